"""The numbers of a front's formulas at their least squares, each formula as it is written.

A search fits what stands inside a formula beside a scale and an offset. Where the form that it shows lacks
one of the two, the numbers inside are not the best ones of that form: off by about a standard error.
"""

from __future__ import annotations

import math
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from symlaw.errors import DataError
from symlaw.search.constants.best_thresholds import with_best_thresholds, with_short_thresholds
from symlaw.search.constraints.refit import loss_of
from symlaw.search.objectives.base import Ability
from symlaw.trust.constants.fit import Sample, fitted, model_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from symlaw.search.archive import Entry
    from symlaw.search.problem import Problem

# Evaluations of a formula and its derivatives, at most.
_STEPS = 40
# Seconds that one formula takes in any case, and for each row and node, with some to spare.
_ONE, _ROW = 0.01, 1e-6
# Formulas of a front, about, and nodes of one.
_FORMULAS, _NODES = 15, 15
# Of the time for a search, at most this share is kept back for it; and seconds that it may take in any case,
# as a search may end late.
_SHARE, _LEAST = 0.05, 0.1
# Squares of targets beyond this power of ten may leave the range of numbers.
_POWERS = 100
# Gains below this fraction of the loss are rounding.
_GAIN = 1e-9


def seconds_for(n_rows: int, time_budget: float | None) -> float:
    """Seconds to keep back for `with_fitted_numbers`."""
    if time_budget is None:
        return 0.0
    return min(_FORMULAS * (_ONE + _ROW * n_rows * _NODES), _SHARE * time_budget)


def with_fitted_numbers(front: Sequence[Entry], problem: Problem, seconds: float) -> list[Entry]:
    """The entries of a front with their numbers at the least squares, in the same order.

    Numbers that are fixed stay, and so does a formula whose numbers may not be any: those of templates, and
    those of which the user says something.

    Parameters
    ----------
    front
        Entries, fitted on all rows.
    problem
        The rows.
    seconds
        Time that it may take, or a tenth of one; formulas for which it does not suffice stay as they are.
    """
    plain = problem.offers(Ability.SQUARES) and problem.shape is None and problem.ordered_by is None
    if not plain or problem.language.template is not None or abs(math.log10(problem.y_scale)) > _POWERS:
        return list(front)
    end = time.monotonic() + max(seconds, _LEAST)
    rows = problem.rows
    sample = Sample(rows.X.T, problem.y, problem.language.variables, rows.weights)
    done = []
    for entry in front:
        wanted = _ONE + _ROW * sample.n_rows * len(entry.expression.nodes)
        done.append(_settled(entry, problem, sample) if time.monotonic() + wanted <= end else entry)
    return done


def _settled(entry: Entry, problem: Problem, sample: Sample) -> Entry:
    formula = entry.expression
    if problem.language.is_typed:
        columns = dict(zip(sample.names, sample.X.T, strict=True))
        formula = with_best_thresholds(formula, columns, problem.y, problem.rows.weights) or formula
        formula = with_short_thresholds(formula, columns)
    moved, model = formula is not entry.expression, model_of(formula)
    if not moved and not model.names:
        return entry
    try:
        formula = fitted(model, sample, max_steps=_STEPS).expression if model.names else formula
    except DataError:
        return entry
    loss = loss_of(formula, problem)
    if not (
        loss < entry.loss * (1.0 - _GAIN) or (moved and loss <= entry.loss)
    ) or not problem.language.admits(formula):
        return entry
    return replace(entry, expression=formula, loss=loss)
