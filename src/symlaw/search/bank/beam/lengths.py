"""Kernels of the beam: how long descriptions of data by formulas and their joins are, about.

Each formula is measured with the scale and offset that fit it best, from sums over the rows, so that no value
of a join is stored.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from symlaw.engine.compiling.jit import inner, kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

# Joins by number: the sum, both differences but for the sign, the product, and both quotients.
SUM, DIFFERENCE, PRODUCT, QUOTIENT, TURNED_QUOTIENT = range(5)
LEAST_LOSS = 1e-14
# Where the sums of a target stand in the array that kernels take, and how many figures each frame has.
_TOTAL, _MEAN, _VARIANCE, _PER_NODE, _NATS, _FREE = 0, 1, 2, 3, 4, 8
# Whether a form has a scale and an offset, by its number.
_FORMS = ((False, False), (True, False), (False, True), (True, True))
# Share of a formula's squares below which it is constant.
_CONSTANT = 1e-10
_INFINITE = math.inf


def figures_of(y: Array, per_node: float, frames: dict[tuple[bool, bool], float]) -> Array:
    """What kernels need of a target in units of its standard deviation, float64 (12,).

    Its squares' sum, mean, variance and nats for each node; then for a formula as it is, with a scale, with
    an offset, and with both: nats for that form, and by how many the logarithm of the loss is multiplied.
    """
    n = len(y)
    nats = [-math.log(frames[form]) + 0.5 * sum(form) * math.log(n) for form in _FORMS]
    free = [0.5 * (n - sum(form)) for form in _FORMS]
    return np.array([y @ y, y.mean(), y.var(), per_node, *nats, *free], dtype=float)


@kernel
def lengths_of(values, sizes, y, figures, lengths):  # type: ignore[no-untyped-def]
    """Write nats for formulas of such sizes, inf where undefined; values are float64 (n_formulas, n_rows)."""
    n = len(y)
    for k in range(values.shape[0]):
        total, squares, product = 0.0, 0.0, 0.0
        for i in range(n):
            f = values[k, i]
            total += f
            squares += f * f
            product += f * y[i]
        lengths[k] = _shortest(total, squares, product, sizes[k], _INFINITE, n, figures)


@kernel
def lengths_of_joins(first, others, sizes, join, y, figures, most, lengths):  # type: ignore[no-untyped-def]
    """Write nats for joins of formulas with others; inf where undefined, and where they are not below `most`.

    Values are float64 (n_formulas, n_rows) and (n_others, n_rows), sizes of the joins int64 and lengths
    float64 (n_formulas, n_others), and most float64 (n_formulas,).
    """
    n = len(y)
    for k in range(first.shape[0]):
        for other in range(others.shape[0]):
            total, squares, product = 0.0, 0.0, 0.0
            for i in range(n):
                f = joined(first[k, i], others[other, i], join)
                total += f
                squares += f * f
                product += f * y[i]
            lengths[k, other] = _shortest(total, squares, product, sizes[k, other], most[k], n, figures)


@inner
def joined(a, b, join):  # type: ignore[no-untyped-def]
    """The value of a join, by its number."""
    if join == SUM:
        return a + b
    if join == DIFFERENCE:
        return a - b
    if join == PRODUCT:
        return a * b
    return a / b if join == QUOTIENT else b / a


@inner
def _shortest(total, squares, product, size, most, n, figures):  # type: ignore[no-untyped-def]
    """Nats of a formula from sums of its values, their squares and products with the target's."""
    spread = squares - total * total / n
    if not (squares < _INFINITE and spread > _CONSTANT * squares):
        return _INFINITE
    shared = product - total * figures[_MEAN]
    both = figures[_VARIANCE] - shared * shared / spread / n
    nodes = figures[_PER_NODE] * size
    # scale and offset together miss least, so that one logarithm tells most formulas to be too long
    least = math.log(max(both, LEAST_LOSS))
    bound = _INFINITE
    for form in range(4):
        bound = min(bound, figures[_NATS + form] + figures[_FREE + form] * least)
    if bound + nodes >= most:
        return _INFINITE
    bare = (figures[_TOTAL] - 2.0 * product + squares) / n
    apart = figures[_MEAN] - total / n
    best = _nats(bare, 0, figures)
    best = min(best, _nats((figures[_TOTAL] - product * product / squares) / n, 1, figures))
    best = min(best, _nats(bare - apart * apart, 2, figures))
    best = min(best, figures[_NATS + 3] + figures[_FREE + 3] * least) + nodes
    return best if best < most else _INFINITE


@inner
def _nats(loss, form, figures):  # type: ignore[no-untyped-def]
    """Nats of the data and of the form, by its number."""
    return figures[_NATS + form] + figures[_FREE + form] * math.log(max(loss, LEAST_LOSS))


def measure_one_join() -> None:
    """Compile the kernels."""
    y, sizes, lengths = np.array([-1.0, 1.0]), np.ones((1, 1), np.int64), np.empty((1, 1))
    figures = figures_of(y, 1.0, dict.fromkeys(_FORMS, 0.25))
    lengths_of(y[None], sizes[0], y, figures, lengths[0])
    lengths_of_joins(y[None], y[None], sizes, SUM, y, figures, lengths[0], lengths)
