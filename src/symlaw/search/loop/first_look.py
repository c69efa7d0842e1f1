"""A first look at a table in NumPy alone, to have something to show while kernels are compiled."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

from symlaw.engine import reference
from symlaw.knowledge.constants import kind_of
from symlaw.search.archive import Archive, Entry
from symlaw.search.objectives.base import Ability
from symlaw.search.scoring.affine import fitted_line, through_zero
from symlaw.search.searchers import classes_of, says

if TYPE_CHECKING:
    from collections.abc import Iterator

    from symlaw.language.expression import Expression
    from symlaw.search.problem import Problem

# Rows that a look takes, and formulas that it remembers the behaviour of.
_ROWS, _KEYS = 10_000, 4


def first_look(problem: Problem, seconds: float) -> tuple[Entry, ...]:
    """The front of what searchers bring that need no kernels, in least squares; empty where it says nothing.

    The search does not begin with it: a front must not depend on what was compiled before.

    Parameters
    ----------
    problem
        What is asked.
    seconds
        Time after which no searcher is asked again.
    """
    began, language = time.monotonic(), problem.language
    asked = problem.offers(Ability.SQUARES, Ability.TARGET) and problem.n_rows <= _ROWS
    told = problem.shape is not None or problem.ordered_by is not None or kind_of(language) is not None
    if not asked or told or language.template is not None or language.is_typed:
        return ()
    archive = Archive(language.max_complexity, problem.loss_floor, cache_keys=_KEYS)
    members = [kind() for kind in classes_of(None) if says(kind, "needs_no_kernels")]
    for member in members:
        if member.objection(problem) is not None:
            continue
        state = member.start(problem, 0)
        while time.monotonic() - began < seconds:
            with np.errstate(all="ignore"):
                brought = member.ask(state, problem, archive.snapshot(), 2**62, map)
                archive.extend(one for f in brought.formulas for one in _entries(f, problem, member.name))
            if not brought.formulas:
                break
    return archive.front


def _entries(formula: Expression, problem: Problem, source: str) -> Iterator[Entry]:
    """A formula with scale and offset on all rows, and without an offset."""
    language, rows = problem.language, problem.rows
    values = reference.values(formula, dict(zip(language.variables, rows.X, strict=True)))
    if not np.all(np.isfinite(values)):
        return
    roots = np.sqrt(rows.weights)
    for line in (
        fitted_line(values, problem.y, rows.weights),
        through_zero(roots * values, roots * problem.y),
    ):
        left = (line.scale * values + line.offset - problem.y) / problem.y_scale
        loss = float(np.sum(rows.weights * left * left) / rows.total)
        whole = line.of(formula)
        if np.isfinite(loss) and language.admits(whole) and language.obeyed_by(formula):
            yield Entry(whole, language.complexity(whole), max(loss, problem.loss_floor), formula, source)
