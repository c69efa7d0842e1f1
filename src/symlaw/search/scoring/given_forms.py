"""Numbers of the forms of a formula that lack scale or offset, fitted in that form where rows are few.

The fit of searchers takes out a scale and an offset, so that the numbers inside are the best ones beside
both. Those of a form that lacks one are others: about a standard error off, and further where they say nearly
the same as the one that is missing.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from symlaw.engine.differentiate import by_constants
from symlaw.engine.program import MAX_NODES
from symlaw.knowledge.constants import kind_of
from symlaw.language.expression import Constant
from symlaw.search.constraints.refit import loss_of
from symlaw.search.objectives.base import Ability

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from symlaw.search.archive import Archive, Entry
    from symlaw.search.problem import Problem

    Array = NDArray[np.float64]
    Linearised = Callable[[Array], tuple[Array, Array]]

# With more rows than this numbers are so near already that no row of a front changes.
MOST_ROWS = 300
# Steps, the first damping, and the gain below which a fit is at its end.
_STEPS, _DAMPING, _SETTLED = 12, 1e-2, 1e-6
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

    def linearised(constants: Array) -> tuple[Array, Array]:
        """Weighted errors in units of the target's size (n_rows,); derivatives (n_rows, n_constants)."""
        values, slopes = map(problem.seen, differentiated(constants))
        return weights * (values - problem.y), weights[:, None] * slopes

    with np.errstate(all="ignore"):
        constants = _descended(linearised, np.array(formula.constants), limit)
    better = formula.with_constants(constants.tolist())
    loss, shown = loss_of(better, problem), problem.language.shown(better)
    if not loss < entry.loss or not problem.language.admits(shown):
        return entry
    return replace(entry, expression=shown, loss=loss)


def _descended(linearised: Linearised, start: Array, limit: float) -> Array:
    """Constants after Levenberg-Marquardt steps, while their sum of squares seems to come below a limit."""
    best, damping = start, _DAMPING
    residual, slopes = linearised(best)
    cost = float(residual @ residual)
    for _ in range(_STEPS):
        normal, right = slopes.T @ slopes, slopes.T @ residual
        if not np.all(np.isfinite(normal)):
            break
        scale = np.diag(normal) + 1e-12 * (np.trace(normal) + 1e-300)
        step = np.linalg.solve(normal + damping * np.diag(scale), right)
        if cost - float(right @ step) > _HOPE * limit:
            break
        tried = best - step
        residual_there, slopes_there = linearised(tried)
        cost_there = float(residual_there @ residual_there)
        if not cost_there < cost:
            damping *= 10.0
            continue
        settled = cost - cost_there < _SETTLED * cost
        best, residual, slopes, cost, damping = tried, residual_there, slopes_there, cost_there, 0.1 * damping
        if settled:
            break
    return best
