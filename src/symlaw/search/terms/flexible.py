"""Smooth functions of some columns as sums of known ones: what stands for parts that are not known yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Columns = tuple[int, ...]
    # Degree of each column, those of degree 0 left out.
    Degrees = tuple[tuple[int, int], ...]

# Largest total degree of products of so many columns, and of so many columns beside a known factor.
_DEGREES, _FACTOR_DEGREES = (0, 12, 8, 5, 4, 3, 3), (0, 6, 3, 2, 2, 1, 1)
MAX_COLUMNS = len(_DEGREES) - 1
# What a degree counts in a column that goes up and down often.
_FINE = 0.4
# Positive columns over more than this factor may have so many polynomials of their logarithms.
_WIDE, _LOGS = 4.0, 5
# Sets of functions whose values are kept.
_KEPT = 24


class Detail(NamedTuple):
    """Columns of which more functions stand for what is unknown.

    Attributes
    ----------
    scales
        Those with polynomials of their logarithms.
    fine
        Those with polynomials of high degrees.
    """

    scales: frozenset[int] = frozenset()
    fine: frozenset[int] = frozenset()

    def further(self, X: Array) -> Iterator[Detail]:
        """With one column more in one of them, where that makes sense."""
        for place, column in enumerate(X):
            if place not in self.scales and _is_wide(column):
                yield Detail(self.scales | {place}, self.fine)
            if place not in self.fine:
                yield Detail(self.scales, self.fine | {place})

    @classmethod
    def on_curve(cls, X: Array) -> Detail:
        """Along a curve: the logarithms of all columns for which that makes sense."""
        return cls(frozenset(place for place, column in enumerate(X) if _is_wide(column)))


def _is_wide(column: Array) -> bool:
    low, high = float(np.min(column)), float(np.max(column))
    return low > 0.0 and high > _WIDE * low


class Flexible:
    """Products of Chebyshev polynomials of columns (n_columns, n_rows).

    Columns of both signs have beside them functions with a kink at 0, such as their size.
    """

    def __init__(self, X: Array, detail: Detail) -> None:
        self.detail = detail
        self._n_rows = X.shape[1]
        self._each = [
            _functions(column, self._highest(place), scales=place in detail.scales)
            for place, column in enumerate(X)
        ]
        self._values: dict[object, Array] = {}
        self._products: dict[object, tuple[Degrees, ...]] = {}

    def products(self, groups: tuple[Columns, ...]) -> tuple[Degrees, ...]:
        """What stands for a sum of unknown functions, each of some columns: 1 first, and nothing twice.

        The more columns are in a product, the smaller its degree.
        """
        if groups not in self._products:
            every = (degrees for columns in ((), *groups) for degrees in self._up_to(columns, _DEGREES))
            self._products[groups] = tuple(dict.fromkeys(every))
        return self._products[groups]

    def alone(self, groups: tuple[Columns, ...]) -> Array:
        """Values of these products, float64 (n, n_rows)."""
        if groups not in self._values:
            self._keep(groups, self.products(groups))
        return self._values[groups]

    def beside(self, columns: Columns) -> Array:
        """What stands for an unknown function of columns that multiplies a known one, float64 (n, n_rows)."""
        key = ("beside", columns)
        if key not in self._values:
            degree = _FACTOR_DEGREES[len(columns)]
            self._keep(key, self._up_to(columns, (degree,) * (len(columns) + 1)))
        return self._values[key]

    def _keep(self, key: object, products: tuple[Degrees, ...]) -> None:
        if len(self._values) >= _KEPT:
            self._values.clear()
        self._values[key] = self._of(products)

    def _highest(self, column: int) -> int:
        return int(_DEGREES[1] / _FINE) if column in self.detail.fine else _DEGREES[1]

    def _up_to(self, columns: Columns, most: tuple[int, ...]) -> tuple[Degrees, ...]:
        key = (columns, most)
        if key not in self._products:
            found: list[tuple[Degrees, float]] = [((), 0.0)]
            for column in columns:
                weight = _FINE if column in self.detail.fine else 1.0
                # with more columns the limit is lower, so that what is above it now stays so
                found += [
                    ((*degrees, (column, degree)), total + weight * degree)
                    for degrees, total in found
                    for degree in range(1, int((most[len(degrees) + 1] - total) / weight + 1e-9) + 1)
                ]
            self._products[key] = tuple(degrees for degrees, _ in found)
        return self._products[key]

    def _of(self, asked: Iterable[Degrees]) -> Array:
        return np.array([self._product(degrees) for degrees in asked])

    def _product(self, degrees: Degrees) -> Array:
        values = np.ones(self._n_rows)
        for column, degree in degrees:
            values = values * self._each[column][degree]
        return values


def _functions(column: Array, highest: int, *, scales: bool) -> list[Array]:
    low, high = float(np.min(column)), float(np.max(column))
    smooth = _chebyshev(column, highest)
    if low < 0.0 < high:
        size, sign = np.abs(column) / max(-low, high), np.sign(column)
        others = [size, sign * size**2, size**3, sign * size**4, size**5]
    elif scales:
        others = _chebyshev(np.log(column), _LOGS)[1:]
    else:
        return smooth
    mixed = smooth[:2]
    for place, one in enumerate(others):
        mixed += [one, smooth[place + 2]]
    return [*mixed, *smooth[len(others) + 2 :]][: highest + 1]


def _chebyshev(column: Array, highest: int) -> list[Array]:
    low, high = float(np.min(column)), float(np.max(column))
    z = (2.0 * column - low - high) / (high - low)
    found = [np.ones_like(z), z]
    while len(found) <= highest:
        found.append(2.0 * z * found[-1] - found[-2])
    return found
