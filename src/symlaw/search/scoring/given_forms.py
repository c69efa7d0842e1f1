"""Numbers of the forms of a formula that lack scale or offset, fitted in that form where rows are few.

The fit of searchers takes out a scale and an offset, so that the numbers inside are the best ones beside
both. Those of a form that lacks one are others: about a standard error off, and further where they say nearly
the same as the one that is missing.
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from symlaw.engine.differentiate import by_constants
from symlaw.engine.program import MAX_NODES
from symlaw.knowledge.constants import kind_of
from symlaw.language.expression import Constant
from symlaw.search.constraints.refit import loss_of
from symlaw.search.objectives.base import Ability
from symlaw.search.scoring.descent import Steps, descended

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from symlaw.search.archive import Archive, Entry
    from symlaw.search.problem import Problem

    Array = NDArray[np.float64]

# With more rows than this numbers are so near already that no row of a front changes.
MOST_ROWS = 300
_MOST_STEPS, _STEPS = 12, Steps(damping=1e-2, factors=(1.0,), refused=10.0, taken=0.1, settled=1e-6)
# A fit ends where a straight step promises no less than this many times what is wanted.
_HOPE = 1.5


def in_own_form(entries: Sequence[Entry], problem: Problem, archive: Archive) -> list[Entry]:
    """Entries of one formula, those of shorter forms with numbers that are the best of the form.

    Parameters
    ----------
    entries
        With and without scale and offset.
    problem
        What is searched: in least squares, its formulas free to have any numbers.
    archive
        Where they are to go: a form that could not enter with the loss of the best one stays as it is.
    """
    best = min((entry.loss for entry in entries), default=math.inf)
    if problem.n_rows > MOST_ROWS or best <= archive.loss_floor or not _is_free(problem):
        return list(entries)
    found = []
    for entry in entries:
        limit = archive.limit_at(entry.complexity)
        wanted = entry.loss > best and _is_worth(entry, best, limit, problem)
        found.append(_fitted(entry, problem, limit) if wanted else entry)
    return found


def _is_free(problem: Problem) -> bool:
    """Whether numbers may be any, and are judged by least squares alone."""
    free = kind_of(problem.language) is None and problem.ordered_by is None
    return free and problem.offers(Ability.SQUARES)


def _is_worth(entry: Entry, best: float, limit: float, problem: Problem) -> bool:
    """Whether an entry with the best loss would be better by more than chance, and has numbers inside."""
    inside = any(isinstance(node, Constant) for node in entry.inner.nodes)
    return inside and best * problem.chance_factor < limit


def _fitted(entry: Entry, problem: Problem, limit: float) -> Entry:
    """An entry with its numbers at the least squares, where that is better and within what is demanded."""
    # exponents from a set are no numbers to fit
    formula = problem.language.searched(entry.expression)
    if len(formula.nodes) > MAX_NODES or any(n.fixed for n in formula.nodes if isinstance(n, Constant)):
        return entry
    differentiated = by_constants(formula, problem.rows.X.T, problem.language.variables)
    weights = np.sqrt(problem.rows.weights / problem.rows.total) / problem.y_scale

    @lru_cache(maxsize=2)
    def at(constants: tuple[float, ...]) -> tuple[Array, Array]:
        """Weighted errors in units of the target's size (n_rows,); derivatives (n_rows, n_constants)."""
        values, slopes = map(problem.seen, differentiated(np.array(constants)))
        return weights * (values - problem.y), weights[:, None] * slopes

    def errors(sets: Array) -> Array:
        return np.array([at(tuple(one.tolist()))[0] for one in sets])

    def slopes(constants: Array, _errors: Array) -> Array:
        return at(tuple(constants.tolist()))[1]

    def hopeless(promised: float) -> bool:
        return promised > _HOPE * limit

    with np.errstate(all="ignore"):
        constants, _ = descended(errors, slopes, np.array(formula.constants), _MOST_STEPS, _STEPS, hopeless)
    better = formula.with_constants(constants.tolist())
    loss, shown = loss_of(better, problem), problem.language.shown(better)
    if not loss < entry.loss or not problem.language.admits(shown):
        return entry
    return replace(entry, expression=shown, loss=loss)
