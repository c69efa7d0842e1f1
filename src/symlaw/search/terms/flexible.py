"""Smooth functions of some columns as sums of known ones: what stands for parts that are not known yet."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

# Largest total degree by the number of columns: of a part of the sum, and of what multiplies a known factor.
DEGREES, FACTOR_DEGREES = (0, 12, 8, 5, 4, 3, 3), (0, 6, 3, 2, 2, 1, 1)
MAX_COLUMNS = len(DEGREES) - 1
_HIGHEST = 12


class Flexible:
    """Products of Chebyshev polynomials of columns (n_columns, n_rows), by total degree.

    Columns of both signs have beside them functions with a kink at 0, such as their size.
    """

    def __init__(self, X: Array) -> None:
        self._each = [_functions(column) for column in X]
        self._known: dict[tuple[tuple[int, ...], int], Array] = {}

    def of(self, columns: tuple[int, ...], degree: int) -> Array:
        """Functions of some columns, the constant 1 among them, float64 (n, n_rows)."""
        key = (columns, degree)
        if key not in self._known:
            self._known[key] = np.array(
                [
                    np.prod([self._each[c][k] for c, k in zip(columns, powers, strict=True)], axis=0)
                    for powers in product(range(degree + 1), repeat=len(columns))
                    if sum(powers) <= degree
                ]
            )
        return self._known[key]


def _functions(column: Array) -> list[Array]:
    low, high = float(np.min(column)), float(np.max(column))
    z = (2.0 * column - low - high) / (high - low)
    smooth = [np.ones_like(z), z]
    while len(smooth) <= _HIGHEST:
        smooth.append(2.0 * z * smooth[-1] - smooth[-2])
    if not low < 0.0 < high:
        return smooth
    size, sign = np.abs(column) / max(-low, high), np.sign(column)
    kinked = [size, sign * size**2, size**3, sign * size**4, size**5]
    mixed = smooth[:2]
    for place, one in enumerate(kinked):
        mixed += [one, smooth[place + 2]]
    return [*mixed, *smooth[len(kinked) + 2 :]][: _HIGHEST + 1]
