"""Linear fits of few columns, which every front is compared with.

Under much noise a search has many formulas of a size that miss a little less by chance, and the plain sum of
the columns that matter is not among what it keeps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.language.expression import Constant, Expression, Variable
from symlaw.language.operators import LINEAR_SUM, operator
from symlaw.search.archive import Entry

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from symlaw.language.expression import Node
    from symlaw.search.problem import Problem
    from symlaw.trust.constants.fit import Sample

    Array = NDArray[np.float64]

SOURCE = "linear fit"
# Columns that are chosen among, and rows more than columns at least.
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
    if not names >= LINEAR_SUM:
        return []
    products = _products(sample)
    usable = np.flatnonzero(np.diag(products.among) > 0.0)
    usable = usable[np.argsort(-np.abs(products.with_target[usable]), kind="stable")][:_MOST]
    places = sorted(usable.tolist())
    chosen = dict.fromkeys([*_forward(products, places), *_backward(products, places)])
    entries = [_entry(one, problem, sample) for one in chosen if len(one) + _FREE <= sample.n_rows]
    return [one for one in entries if one is not None]


class _Products(NamedTuple):
    """Means of products of standardised columns, with each other and with the target."""

    among: Array
    with_target: Array

    def explained(self, places: Sequence[int]) -> float:
        """How much of the target's squares some columns explain together."""
        own = self.with_target[list(places)]
        solved = np.linalg.lstsq(self.among[np.ix_(places, places)], own, rcond=1e-12)[0]
        return float(own @ solved)


def _products(sample: Sample) -> _Products:
    shares = sample.weights / np.sum(sample.weights)
    X = _standardised(sample)
    weighted = X * shares[:, None]
    y = sample.y - shares @ sample.y
    return _Products(weighted.T @ X, weighted.T @ (y / (float(np.std(y)) or 1.0)))


def _standardised(sample: Sample) -> Array:
    centred = sample.X - np.average(sample.X, axis=0, weights=sample.weights)
    with np.errstate(all="ignore"):
        spread = np.sqrt(np.average(centred**2, axis=0, weights=sample.weights))
        small = spread <= 1e-12 * np.max(np.abs(sample.X), axis=0)
        return np.asarray(np.where(small, 0.0, centred / np.where(small, 1.0, spread)))


def _forward(products: _Products, places: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Sets of columns, each with the column more that explains most."""
    own: list[int] = []
    while len(own) < len(places):
        tried = [[*own, place] for place in places if place not in own]
        own = max(tried, key=products.explained)
        yield tuple(sorted(own))


def _backward(products: _Products, places: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Sets of columns, each without the column whose loss costs least."""
    own = list(places)
    while own:
        yield tuple(own)
        own = max(([one for one in own if one != place] for place in own), key=products.explained)


def _entry(places: Sequence[int], problem: Problem, sample: Sample) -> Entry | None:
    """The linear fit of some columns as a formula; None where the language does not admit it."""
    names = [sample.names[place] for place in places]
    size = problem.language.complexity(_written(names, [1.5] * (len(names) + 1)))
    if size > problem.language.max_complexity:
        return None
    X = np.column_stack([sample.X[:, places], np.ones(sample.n_rows)])
    roots = np.sqrt(sample.weights / np.mean(sample.weights))
    norms = np.linalg.norm(X, axis=0)
    solved = np.linalg.lstsq(X / norms * roots[:, None], sample.y * roots, rcond=1e-10)[0] / norms
    if not np.all(np.isfinite(solved)):
        return None
    formula = _written(names, solved.tolist())
    if not problem.language.admits(formula):
        return None
    errors = (sample.y - X @ solved) / problem.y_scale
    loss = float(np.average(errors**2, weights=sample.weights))
    return Entry(formula, size, loss, formula, SOURCE)


def _written(names: Sequence[str], solved: Sequence[float]) -> Expression:
    """The sum of columns times numbers and an offset."""
    plus, times = operator("+"), operator("*")
    nodes: list[Node] = []
    for place, (name, number) in enumerate(zip(names, solved[:-1], strict=True)):
        nodes += [Constant(float(number)), Variable(name), times]
        nodes += [plus] if place else []
    return Expression((*nodes, Constant(float(solved[-1])), plus))
