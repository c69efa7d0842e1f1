"""Linear fits of few columns, which every front is compared with.

Under much noise a search has many formulas of a size that miss a little less by chance, and the plain sum of
the columns that matter is not among what it keeps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from symlaw.language.expression import Constant, Expression, Variable
from symlaw.language.operators import operator
from symlaw.search.archive import Entry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from symlaw.language.expression import Node
    from symlaw.search.problem import Problem
    from symlaw.trust.fit import Sample

    Array = NDArray[np.float64]

SOURCE = "linear fit"
# Columns at most, and rows more than columns at least.
_MOST, _FREE = 40, 3


def linear_sums(problem: Problem, sample: Sample) -> list[Entry]:
    """Linear fits by number of columns: those that selection forward and elimination backward go through.

    Parameters
    ----------
    problem
        The language, and how the target is scaled.
    sample
        Its rows.
    """
    names = {row if isinstance(row, str) else row.name for row in problem.language.operators}
    if not {"+", "*"} <= names:
        return []
    roots = np.sqrt(sample.weights / np.mean(sample.weights))
    X = _standardised(sample) * roots[:, None]
    y = (sample.y - np.average(sample.y, weights=sample.weights)) * roots
    usable = np.flatnonzero(np.any(X != 0.0, axis=0) & np.all(np.isfinite(X), axis=0))[:_MOST]
    chosen = dict.fromkeys([*_forward(X, y, usable.tolist()), *_backward(X, y, usable.tolist())])
    entries = [_entry(places, problem, sample) for places in chosen]
    return [one for one in entries if one is not None]


def _standardised(sample: Sample) -> Array:
    centred = sample.X - np.average(sample.X, axis=0, weights=sample.weights)
    with np.errstate(all="ignore"):
        spread = np.sqrt(np.average(centred**2, axis=0, weights=sample.weights))
        small = spread <= 1e-12 * np.max(np.abs(sample.X), axis=0)
        return np.asarray(np.where(small, 0.0, centred / np.where(small, 1.0, spread)))


def _forward(X: Array, y: Array, usable: Sequence[int]) -> list[tuple[int, ...]]:
    """Sets of columns, each with the column more that leaves least."""
    found: list[tuple[int, ...]] = []
    own: list[int] = []
    while len(own) < min(len(usable), len(y) - _FREE):
        rest = [place for place in usable if place not in own]
        own = [*own, min(rest, key=lambda place: _left(X, y, [*own, place]))]
        found.append(tuple(sorted(own)))
    return found


def _backward(X: Array, y: Array, usable: Sequence[int]) -> list[tuple[int, ...]]:
    """Sets of columns, each without the column whose loss costs least."""
    own = list(usable)
    if len(own) > len(y) - _FREE:
        return []
    found = [tuple(own)]
    while len(own) > 1:
        own.remove(min(own, key=lambda place: _left(X, y, [one for one in own if one != place])))
        found.append(tuple(own))
    return found


def _left(X: Array, y: Array, places: Sequence[int]) -> float:
    """Sum of squares that columns leave."""
    chosen = X[:, places]
    solved = np.linalg.lstsq(chosen, y, rcond=1e-10)[0]
    errors = y - chosen @ solved
    return float(errors @ errors)


def _entry(places: Sequence[int], problem: Problem, sample: Sample) -> Entry | None:
    """The linear fit of some columns as a formula; None where the language does not admit it."""
    X = np.column_stack([sample.X[:, places], np.ones(sample.n_rows)])
    roots = np.sqrt(sample.weights / np.mean(sample.weights))
    size = np.linalg.norm(X, axis=0)
    solved = np.linalg.lstsq(X / size * roots[:, None], sample.y * roots, rcond=1e-10)[0] / size
    formula = _written([sample.names[place] for place in places], solved.tolist())
    size_of_formula = problem.language.complexity(formula)
    if not np.all(np.isfinite(solved)) or size_of_formula > problem.language.max_complexity:
        return None
    if not problem.language.admits(formula):
        return None
    errors = (sample.y - X @ solved) / problem.y_scale
    loss = float(np.average(errors**2, weights=sample.weights))
    return Entry(formula, size_of_formula, loss, formula, SOURCE)


def _written(names: Sequence[str], solved: Sequence[float]) -> Expression:
    """The sum of columns times numbers and an offset."""
    plus, times = operator("+"), operator("*")
    nodes: list[Node] = []
    for place, (name, number) in enumerate(zip(names, solved[:-1], strict=True)):
        nodes += [Constant(float(number)), Variable(name), times]
        nodes += [plus] if place else []
    return Expression((*nodes, Constant(float(solved[-1])), plus))
