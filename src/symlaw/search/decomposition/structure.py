"""What a surrogate's derivatives show: which columns could be replaced, and which groups could be split.

These are hints, to be confirmed by modelling the smaller problem: see `symlaw.search.decomposition.study`.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from symlaw.search.decomposition.reductions import (
    Reduction,
    added,
    even,
    irrelevant,
    multiplied,
    odd,
    scaled,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from symlaw.search.decomposition.gaussian import Groups, Moments
    from symlaw.search.decomposition.oracle import Exact
    from symlaw.search.decomposition.surrogate import Surrogate

    Array = NDArray[np.float64]

# Rows that derivatives are looked at on.
_POINTS = 200
# Two sides of an equation that differ by more than this fraction of their size are no hint.
_MISFIT = 0.1
_MAX_HINTS = 8
# Hints with a smaller misfit than the first come before others; the second leaves little doubt.
_LIKELY = 0.02
_CLEAR = 0.002
_ORDER = ("sum", "difference", "even", "odd", "sum of powers", "difference of powers")
# Misfit that an exponent other than 1 and -1 has to make up for.
_SIMPLER = 0.003
_SUM_POWERS = ((1, 1), (2, 2), (-1, -1), (1, 2), (2, 1))
_PRODUCT_POWERS = (
    (1, 1), (1, -1), (2, 1), (1, 2), (2, -1), (1, -2), (3, 1), (1, 3), (3, -1), (1, -3),
    (3, 2), (3, -2), (2, 3), (2, -3),
)  # fmt: skip
# Singular values below one of these fractions of the largest may belong to symmetries.
_SINGULAR = (0.001, 0.005, 0.03)
_MAX_DENOMINATOR = 3
_MAX_EXPONENT = 6
_ROUNDING = 0.08
# Mixed derivatives below these, relative to the target's spread over the columns' spreads, count as none.
_MIXED = (0.1, 0.03, 0.01)


@dataclass(frozen=True)
class Hint:
    """A reduction that derivatives suggest.

    Parameters
    ----------
    reduction
        The reduction.
    misfit
        How far from it the derivatives are: 0 is exact, 1 is far.
    handicap
        Misfit that it has to make up for against simpler ones.
    attempts
        How often it was tried to confirm it.
    """

    reduction: Reduction
    misfit: float
    handicap: float = 0.0
    attempts: int = 0

    @property
    def rank(self) -> float:
        """By what hints of one kind are compared."""
        return self.misfit + self.handicap

    @property
    def is_clear(self) -> bool:
        """Whether the derivatives leave little doubt."""
        return self.misfit < _CLEAR


def hints(X: Array, y: Array, surrogate: Surrogate | Exact) -> list[Hint]:
    """Reductions that derivatives suggest, likeliest first.

    Parameters
    ----------
    X, y
        Rows (n_rows, n_columns) and target (n_rows,) of a part.
    surrogate
        Its model.
    """
    points = X[:_POINTS]
    moments = surrogate.derivatives(points)
    idle = _irrelevant(points, moments)
    found = [*idle]
    n_columns = X.shape[1]
    for i, j in combinations(range(n_columns), 2):
        found += _of_pair(points, moments, i, j)
    found += _scalings(X, points, moments)
    found += [hint for j in range(n_columns) for hint in _mirrored(X, j, surrogate)]
    kept = [hint for hint in found if hint.misfit < _MISFIT]
    first = [hint for hint in kept if hint.reduction.kind == "irrelevant"]
    rest = sorted((hint for hint in kept if hint not in first), key=_rank)
    return [*first, *rest][: len(first) + _MAX_HINTS]


def _rank(hint: Hint) -> tuple[bool, int, float]:
    """Likely hints first; among them those that leave the simplest columns."""
    kind = hint.reduction.kind
    order = _ORDER.index(kind) if kind in _ORDER else len(_ORDER)
    return hint.rank > _LIKELY, order, hint.rank


def _irrelevant(points: Array, moments: Moments) -> list[Hint]:
    """Columns along which the target hardly changes: all of them, then each."""
    reach = np.median(np.abs(moments.gradient), axis=0) * points.std(axis=0)
    share = reach / max(float(reach.max()), 1e-300)
    idle = [int(column) for column in np.argsort(share) if share[column] < _MISFIT / 2]
    if not idle:
        return []
    alone = [Hint(irrelevant((column,)), float(share[column])) for column in idle]
    together = Hint(irrelevant(tuple(sorted(idle))), float(share[idle[-1]]))
    return [together, *alone] if len(idle) > 1 else alone


def _difference(left: Array, right: Array) -> float:
    """How far two sides are apart, relative to their size, at most rows."""
    size = float(np.median(np.abs(left) + np.abs(right)))
    apart = float(np.median(np.abs(left - right)))
    return apart / size if size > 0 and np.isfinite(apart) else 1.0


def _of_pair(points: Array, moments: Moments, i: int, j: int) -> list[Hint]:
    """Sums and products of powers of two columns; the best of each."""
    x, z = points[:, i], points[:, j]
    f, g = moments.gradient[:, i], moments.gradient[:, j]
    sums, products = [], []
    with np.errstate(all="ignore"):
        for p, q in _SUM_POWERS:
            left, right = f / (p * x ** float(p - 1)), g / (q * z ** float(q - 1))
            for sign in (1, -1):
                handicap = _SIMPLER * (abs(p - 1) + abs(q - 1))
                sums.append(Hint(added(i, j, sign, p, q), _difference(left, sign * right), handicap))
        for p, q in _PRODUCT_POWERS:
            handicap = _SIMPLER * (abs(p) + abs(q) - 2)
            products.append(Hint(multiplied(i, j, p, q), _difference(q * x * f, p * z * g), handicap))
    return [min(group, key=lambda hint: hint.rank) for group in (sums, products)]


def _mirrored(X: Array, column: int, surrogate: Surrogate | Exact) -> list[Hint]:
    """A column of both signs whose mirror image gives the same target, or its negative."""
    x = X[:, column]
    reach = min(-float(x.min()), float(x.max()))
    points = X[np.abs(x) < reach][:_POINTS] if reach > 0 else X[:0]
    if len(points) < max(20, len(X) // 5) and len(points) < _POINTS:
        return []
    mirrored = points.copy()
    mirrored[:, column] *= -1.0
    here, there = surrogate.value(points), surrogate.value(mirrored)
    spread = float(np.std(here)) or 1.0
    kinds = ((even(column), here - there), (odd(column), here + there))
    return [Hint(reduction, float(np.median(np.abs(apart))) / spread) for reduction, apart in kinds]


def _scalings(X: Array, points: Array, moments: Moments) -> list[Hint]:
    """Scalings of columns under which the target scales: null vectors of ``x_i f_i`` and f."""
    pivots = np.flatnonzero(np.all(X > 0, axis=0) | np.all(X < 0, axis=0)).tolist()
    matrix = np.column_stack([points * moments.gradient, moments.value])
    with np.errstate(all="ignore"):
        matrix = matrix / np.linalg.norm(matrix, axis=1)[:, None]
    matrix = matrix[np.all(np.isfinite(matrix), axis=1)]
    size = np.sqrt(np.mean(matrix**2, axis=0)) if len(matrix) else np.zeros(1)
    if not pivots or not np.all(size > 1e-9):
        return []
    try:
        _, strengths, rows = np.linalg.svd(matrix / size, full_matrices=False)
    except np.linalg.LinAlgError:
        # LAPACK's iteration may fail to converge; a hint less is no harm
        return []
    found: dict[Reduction, Hint] = {}
    for level in _SINGULAR:
        null = rows[strengths < level * strengths[0]] / size
        for rounded in filter(None, map(_rational, _sparse_basis(null))):
            pair = sum(map(bool, rounded[:-1])) == 2 and not rounded[-1]
            reduction = None if pair else scaled(rounded[:-1], -rounded[-1], pivots)
            if reduction is not None:
                found.setdefault(reduction, Hint(reduction, _left(matrix, rounded)))
    return list(found.values())


def _left(matrix: Array, vector: Sequence[Fraction]) -> float:
    """How far a vector is from a null vector of the matrix, at most rows."""
    terms = matrix * np.array([float(value) for value in vector])
    return float(np.median(np.abs(terms.sum(axis=1)))) / float(np.median(np.abs(terms).sum(axis=1)))


def _sparse_basis(null: Array) -> list[Array]:
    """Vectors of the space of the rows, each 1 at a place where the others are 0, which is never the last."""
    basis = null.copy()
    free = list(range(basis.shape[1] - 1)) if len(basis) else []
    for row in range(min(len(basis), len(free))):
        sizes = np.abs(basis[row:][:, free])
        place, column = np.unravel_index(int(np.argmax(sizes)), sizes.shape)
        if not sizes[place, column] > 0:
            return list(basis[:row])
        chosen = free.pop(int(column))
        basis[[row, row + int(place)]] = basis[[row + int(place), row]]
        basis[row] /= basis[row, chosen]
        others = np.arange(len(basis)) != row
        basis[others] -= np.outer(basis[others, chosen], basis[row])
    return list(basis)


def _rational(vector: Array) -> list[Fraction] | None:
    """Small fractions near a vector's entries, or None."""
    found = [Fraction(float(value)).limit_denominator(_MAX_DENOMINATOR) for value in vector]
    near = all(abs(float(f) - v) < _ROUNDING for f, v in zip(found, vector, strict=True))
    small = all(abs(fraction) <= _MAX_EXPONENT for fraction in found)
    return found if near and small else None


def partitions(points: Array, moments: Moments, multiplied: bool) -> list[Groups]:
    """Groups of columns that do not interact by their mixed derivatives, finest first.

    Parameters
    ----------
    points, moments
        Where the surrogate was looked at, and what it gave there.
    multiplied
        Look at the logarithm of the target.
    """
    f, gradient, mixed = moments
    level = f
    if multiplied:
        with np.errstate(all="ignore"):
            level = np.log(np.abs(f))
            mixed = (
                mixed / f[:, None, None] - gradient[:, :, None] * gradient[:, None, :] / (f**2)[:, None, None]
            )
    spread = points.std(axis=0)
    strength = np.median(np.abs(mixed), axis=0) * np.outer(spread, spread) / max(float(np.std(level)), 1e-300)
    found: list[Groups] = []
    for threshold in _MIXED:
        groups = _components(~(strength < threshold))
        if len(groups) > 1 and groups not in found:
            found.append(groups)
    return found


def _components(linked: NDArray[np.bool_]) -> Groups:
    """Connected groups of columns."""
    left, groups = set(range(len(linked))), []
    while left:
        group, border = set(), {min(left)}
        while border:
            group |= border
            border = {int(j) for i in border for j in np.flatnonzero(linked[i])} - group
        left -= group
        groups.append(tuple(sorted(group)))
    return tuple(groups)
