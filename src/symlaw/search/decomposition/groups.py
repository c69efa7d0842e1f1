"""Dimensional analysis as a reduction: columns become products without a unit (Buckingham 1914).

A set of pivots, as many as there are independent dimensions, is divided out of every other column and of the
target. Which columns are pivots decides how simple the law is in the products, so a few sets are tried.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from symlaw.knowledge.units.dimensions import NONE
from symlaw.search.decomposition.reductions import Powers, Reduction

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from symlaw.knowledge.units.dimensions import Dimension

# Sets of pivots that are followed up, and looked at.
_FOLLOWED, _LOOKED_AT = 2, 2000
_MAX_EXPONENT = 6


def pure_products(X: NDArray[np.float64], columns: Sequence[Dimension], target: Dimension) -> list[Reduction]:
    """Reductions of columns (n_rows, n_columns) to products without a unit, the simplest first.

    Parameters
    ----------
    X
        Rows: roots are taken of columns of one sign only.
    columns, target
        Their dimensions.
    """
    involved = [number for number, dimension in enumerate(columns) if dimension != NONE]
    rank = _rank([columns[number] for number in involved])
    if not involved or rank == 0:
        return []
    found: list[tuple[float, Reduction]] = []
    for tried, pivots in enumerate(combinations(involved, rank)):
        if tried >= _LOOKED_AT:
            break
        made = _with_pivots(X, columns, target, involved, pivots)
        found += [] if made is None else [made]
    found.sort(key=lambda pair: pair[0])
    return [reduction for _, reduction in found[:_FOLLOWED]]


def _with_pivots(
    X: NDArray[np.float64],
    columns: Sequence[Dimension],
    target: Dimension,
    involved: Sequence[int],
    pivots: Sequence[int],
) -> tuple[float, Reduction] | None:
    """The reduction for some pivots, with how awkward its exponents are; None where they will not do."""
    base = [columns[pivot] for pivot in pivots]
    others = [number for number in involved if number not in pivots]
    solved = [exponents_of(base, columns[number]) for number in others]
    of_target = exponents_of(base, target)
    if of_target is None or any(exponents is None for exponents in solved):
        return None
    pairs = zip(others, solved, strict=True)
    products = [_product(number, pivots, exponents) for number, exponents in pairs if exponents]
    divisor = _factors(pivots, of_target)
    everything = [*(product.factors for product in products), divisor]
    if not all(_is_usable(X, factors) for factors in everything):
        return None
    awkward = sum(_awkwardness(exponent) for factors in everything for _, exponent in factors)
    reduction = Reduction(
        "dimensions", tuple(involved), tuple(involved), tuple(products), Powers(divisor) if divisor else None
    )
    return awkward, reduction


def _product(number: int, pivots: Sequence[int], exponents: Sequence[Fraction]) -> Powers:
    """A column over its powers of the pivots, raised so that only whole powers are left."""
    whole = int(np.lcm.reduce([exponent.denominator for exponent in exponents]))
    own = ((number, Fraction(whole)),)
    return Powers((*own, *_factors(pivots, [-exponent * whole for exponent in exponents])))


def _factors(pivots: Sequence[int], exponents: Sequence[Fraction]) -> tuple[tuple[int, Fraction], ...]:
    return tuple((pivot, e) for pivot, e in zip(pivots, exponents, strict=True) if e)


def _is_usable(X: NDArray[np.float64], factors: Sequence[tuple[int, Fraction]]) -> bool:
    for column, exponent in factors:
        if abs(exponent) > _MAX_EXPONENT or (exponent < 0 and not np.all(X[:, column] != 0)):
            return False
        if exponent.denominator != 1 and not np.all(X[:, column] > 0):
            return False
    return True


def _awkwardness(exponent: Fraction) -> float:
    return float(abs(exponent)) + 2.0 * (exponent.denominator - 1)


def _rank(rows: Sequence[Dimension]) -> int:
    return len(_reduced_rows(rows)[1])


def independent(dimensions: Sequence[Dimension]) -> list[int]:
    """Places of dimensions, the first ones, of which all others are products of powers."""
    columns = [[dimension[k] for dimension in dimensions] for k in range(len(dimensions[0]))]
    return _reduced_rows(columns)[1]


def exponents_of(base: Sequence[Dimension], wanted: Dimension) -> list[Fraction] | None:
    """Powers of independent dimensions whose product is the wanted one; None where there are none."""
    columns = [[dimension[k] for dimension in base] + [wanted[k]] for k in range(len(wanted))]
    rows, pivots = _reduced_rows(columns)
    if pivots != list(range(len(base))):
        return None
    return [rows[k][-1] for k in range(len(base))]


def _reduced_rows(given: Sequence[Sequence[Fraction]]) -> tuple[list[list[Fraction]], list[int]]:
    """Reduced row echelon form, exactly, and the columns of its pivots."""
    rows = [list(row) for row in given]
    pivots: list[int] = []
    for column in range(len(rows[0]) if rows else 0):
        place = len(pivots)
        found = next((k for k in range(place, len(rows)) if rows[k][column]), None)
        if found is None:
            continue
        rows[place], rows[found] = rows[found], rows[place]
        lead = rows[place][column]
        rows[place] = [value / lead for value in rows[place]]
        for k in range(len(rows)):
            if k != place and rows[k][column]:
                factor = rows[k][column]
                rows[k] = [a - factor * b for a, b in zip(rows[k], rows[place], strict=True)]
        pivots.append(column)
    return rows, pivots
