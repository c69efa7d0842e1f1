"""Reductions: columns replaced by fewer ones that are computed from them, exactly."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from symlaw.language.expression import Nodes
    from symlaw.search.sparse.writing import Writer

    Array = NDArray[np.float64]


@dataclass(frozen=True)
class Powers:
    """A product of powers of columns.

    Parameters
    ----------
    factors
        Column and exponent of each.
    """

    factors: tuple[tuple[int, Fraction], ...]

    def values(self, X: Array) -> Array:
        """On data (n_rows, n_columns); not finite where a power is not defined."""
        with np.errstate(all="ignore"):
            powers = [np.power(X[:, column], float(exponent)) for column, exponent in self.factors]
        product: Array = np.prod(powers, axis=0)
        return product

    def nodes(self, writer: Writer, columns: Sequence[Nodes]) -> Nodes | None:
        """As a formula of what the columns stand for; None where the language lacks an operator."""
        return writer.product(tuple((columns[column], exponent) for column, exponent in self.factors))

    @property
    def inverse(self) -> Powers:
        """One over the product."""
        return Powers(tuple((column, -exponent) for column, exponent in self.factors))

    @property
    def is_below(self) -> bool:
        """Whether all of it is written below a fraction's line."""
        return all(exponent < 0 for _, exponent in self.factors)


@dataclass(frozen=True)
class SignedSum:
    """A sum or difference of powers of two columns: ``x**p + sign * y**q``."""

    first: tuple[int, Fraction]
    second: tuple[int, Fraction]
    sign: int

    def values(self, X: Array) -> Array:
        """On data (n_rows, n_columns)."""
        return Powers((self.first,)).values(X) + self.sign * Powers((self.second,)).values(X)

    def nodes(self, writer: Writer, columns: Sequence[Nodes]) -> Nodes | None:
        """As a formula of what the columns stand for; None where the language lacks an operator."""
        parts = [Powers((part,)).nodes(writer, columns) for part in (self.first, self.second)]
        return writer.apply("+" if self.sign > 0 else "-", *parts)


@dataclass(frozen=True)
class Reduction:
    """What replaces columns.

    Parameters
    ----------
    kind
        What is seen in the data, in words.
    columns
        Columns that it is about.
    gone
        Those that are left out.
    new
        What is added at the end.
    divisor
        What the target is divided by, if by anything.
    """

    kind: str
    columns: tuple[int, ...]
    gone: tuple[int, ...]
    new: tuple[Powers | SignedSum, ...] = ()
    divisor: Powers | None = None

    def kept(self, n_columns: int) -> list[int]:
        """Columns that stay as they are."""
        return [column for column in range(n_columns) if column not in self.gone]


def irrelevant(columns: tuple[int, ...]) -> Reduction:
    """Columns on which the target does not depend."""
    return Reduction("irrelevant", columns, columns)


def even(column: int) -> Reduction:
    """A column whose sign does not matter."""
    return Reduction("even", (column,), (column,), (Powers(((column, Fraction(2)),)),))


def odd(column: int) -> Reduction:
    """A column whose sign is the target's: what is left when that is divided by it is even."""
    squared = Powers(((column, Fraction(2)),))
    return Reduction("odd", (column,), (column,), (squared,), Powers(((column, Fraction(1)),)))


def added(i: int, j: int, sign: int, p: int, q: int) -> Reduction:
    """Columns that matter through ``x_i**p + sign * x_j**q`` only."""
    name = "sum" if sign > 0 else "difference"
    kind = name if p == q == 1 else f"{name} of powers"
    return Reduction(kind, (i, j), (i, j), (SignedSum((i, Fraction(p)), (j, Fraction(q)), sign),))


def multiplied(i: int, j: int, p: int, q: int) -> Reduction:
    """Columns that matter through ``x_i**p * x_j**q`` only."""
    kind = {(1, 1): "product", (1, -1): "quotient"}.get((p, q), "product of powers")
    return Reduction(kind, (i, j), (i, j), (Powers(((i, Fraction(p)), (j, Fraction(q)))),))


def scaled(exponents: Sequence[Fraction], degree: Fraction, pivots: Sequence[int]) -> Reduction | None:
    """Columns by quotients with one of them, for ``y(t**a1 x1, ...) = t**degree y(x1, ...)``.

    Parameters
    ----------
    exponents
        a1, a2, ... for every column.
    degree
        The target's exponent; where it is not 0, the target is divided by a power of the column.
    pivots
        Columns of one sign. One of them is what others are divided by; of the others no roots or even powers
        are taken.

    Returns
    -------
    reduction
        None where no column will do.
    """
    involved = tuple(column for column, exponent in enumerate(exponents) if exponent)
    usable = [pivot for pivot in pivots if exponents[pivot] and _spares_signs(exponents, pivot, pivots)]
    pivot = min(usable, key=lambda c: (_awkward(exponents, degree, c), c), default=None)
    if pivot is None:
        return None
    lead = exponents[pivot]
    others = [column for column in involved if column != pivot]
    new = tuple(_invariant(column, pivot, exponents[column] / lead) for column in others)
    divisor = Powers(((pivot, degree / lead),)) if degree else None
    kind = "scaling" if degree else "invariant to scaling"
    return Reduction(kind, involved, involved, new, divisor)


def _spares_signs(exponents: Sequence[Fraction], pivot: int, pivots: Sequence[int]) -> bool:
    """Whether columns of both signs keep them in the quotients with a pivot."""
    ratios = [exponent / exponents[pivot] for c, exponent in enumerate(exponents) if c not in pivots]
    return all(ratio.denominator == 1 for ratio in ratios)


def _invariant(column: int, pivot: int, ratio: Fraction) -> Powers:
    """The column over a power of the pivot, without roots where that is possible."""
    whole = ratio.denominator
    return Powers(((column, Fraction(whole)), (pivot, -ratio * whole)))


def _awkward(exponents: Sequence[Fraction], degree: Fraction, pivot: int) -> Fraction:
    """How far the powers that a pivot leads to are from 1."""
    ratios = [exponent / exponents[pivot] for exponent in (*exponents, degree) if exponent]
    return sum((Fraction(ratio.denominator - 1) + abs(abs(ratio) - 1) for ratio in ratios), Fraction(0))
