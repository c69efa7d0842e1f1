"""A function that the user gives for the target, asked wherever a study needs a value that no row has.

It takes the place of the smooth model: what derivatives suggest is put to the test by moving columns so that
the replaced ones stay as they are, and summands and factors are read off with the other columns held.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symlaw.search.decomposition.gaussian import Groups, Moments
from symlaw.search.decomposition.reductions import Powers, Reduction, SignedSum

Array = NDArray[np.float64]
Ask = Callable[[Array], Array]

# Steps of differences, as fractions of a column's spread.
_STEP = 1e-3
# Where gone columns are held, as quantiles of theirs: the first that keeps the others in their ranges.
_ANCHORS = (0.5, 0.25, 0.75, 0.05, 0.95, 0.0, 1.0)
# Node values that a value of the user's function counts as.
_VALUES_PER_ANSWER = 16


@dataclass(frozen=True)
class Scaled:
    """A function of points (n_points, n_columns), over a unit."""

    function: Callable[[Any], Any]
    unit: float

    def __call__(self, X: Array) -> Array:
        """Values, float64 (n_points,)."""
        return np.asarray(self.function(X), dtype=float).reshape(len(X)) / self.unit


@dataclass(frozen=True)
class Lifted:
    """The function of a part that was made smaller: gone columns are held at some value.

    Parameters
    ----------
    ask
        The function before.
    reduction
        What replaced columns.
    anchors
        Values at which columns may be held, float64 (n_anchors, n_columns).
    low, high
        Ranges of the columns.
    """

    ask: Ask
    reduction: Reduction
    anchors: Array
    low: Array
    high: Array

    def __call__(self, Z: Array) -> Array:
        """Values at points of the smaller part, float64 (n_points,); nan where there is no such point."""
        points = np.full((len(Z), len(self.low)), np.nan)
        waiting = np.ones(len(Z), bool)
        with np.errstate(all="ignore"):
            for anchor in self.anchors:
                tried = self._restored(Z, anchor)
                inside = np.all((tried >= self.low) & (tried <= self.high), axis=1)
                # out of range is better than nowhere
                take = waiting & (inside | np.isnan(points[:, 0])) & np.all(np.isfinite(tried), axis=1)
                points[take] = tried[take]
                waiting &= ~inside
            values = np.full(len(Z), np.nan)
            known = np.all(np.isfinite(points), axis=1)
            if np.any(known):
                values[known] = self.ask(points[known])
            divisor = self.reduction.divisor
            return values if divisor is None else values / divisor.values(points)

    def _restored(self, Z: Array, anchor: Array) -> Array:
        """Points of the part before, with gone columns at the anchor or solved for."""
        kept = self.reduction.kept(len(anchor))
        points = np.tile(anchor, (len(Z), 1))
        points[:, kept] = Z[:, : len(kept)]
        for item, wanted in zip(self.reduction.new, Z[:, len(kept) :].T, strict=True):
            (column, exponent), left = _solvable(item, points, wanted)
            points[:, column] = self._root(left, exponent, column)
        return points

    def _root(self, power: Array, exponent: Fraction, column: int) -> Array:
        """The values of a column whose powers these are; negative ones where the column is."""
        size = np.abs(power) ** float(1 / exponent)
        if exponent.numerator % 2 == 0:
            root = -size if self.high[column] <= 0 else size
            return np.where(power < 0, np.nan, root)
        return np.where(power < 0, -size, size)


def _solvable(item: Powers | SignedSum, points: Array, wanted: Array) -> tuple[tuple[int, Fraction], Array]:
    """The first column of an item with its exponent, and what its power has to be."""
    if isinstance(item, SignedSum):
        return item.first, wanted - item.sign * Powers((item.second,)).values(points)
    first, *held = item.factors
    return first, wanted / Powers(tuple(held)).values(points) if held else wanted


def lifted(ask: Ask, reduction: Reduction, X: Array) -> Lifted:
    """The function of a part with rows ``X`` after a reduction."""
    return Lifted(ask, reduction, np.quantile(X, _ANCHORS, axis=0), X.min(axis=0), X.max(axis=0))


@dataclass(frozen=True)
class Exact:
    """The user's function in the place of a `Surrogate`.

    Parameters
    ----------
    ask
        The target at points (n_points, n_columns).
    spread
        Of the columns.
    middle
        A row at which columns are held, float64 (n_columns,).
    errors
        What it misses of the part's target, float64 (n_rows,).
    r_squared
        Fraction of the target's variance that it explains.
    work
        What asking it took, in node values.
    groups, multiplied
        Groups of columns whose functions are added up, or multiplied.
    sign
        0: the target itself is modelled.
    """

    ask: Ask
    spread: Array
    middle: Array
    errors: Array
    r_squared: float
    work: int
    groups: Groups
    multiplied: bool = False
    sign: float = 0.0

    @property
    def unexplained(self) -> float:
        """Mean squared error of the modelled target."""
        return float(np.mean(self.errors**2))

    def value(self, X: Array) -> Array:
        """The target at points (n_points, n_columns)."""
        return self.ask(X)

    def component(self, X: Array, group: int) -> Array:
        """One group's summand or factor at points, the other columns held."""
        return component(self.ask, X, self.middle, self.groups[group], self.multiplied)

    def derivatives(self, X: Array) -> Moments:
        """The target at points (n_points, n_columns), with first and second differences."""
        n, d = X.shape
        steps = _STEP * self.spread * np.eye(d)
        pairs = [(i, j) for i in range(d) for j in range(i)]
        moves = [np.zeros(d), *steps, *-steps]
        for i, j in pairs:
            moves += [steps[i] + steps[j], steps[i] - steps[j], steps[j] - steps[i], -steps[i] - steps[j]]
        f = self.ask((X[None] + np.array(moves)[:, None]).reshape(-1, d)).reshape(len(moves), n)
        h = _STEP * self.spread
        value, up, down, mixed = f[0], f[1 : d + 1], f[d + 1 : 2 * d + 1], f[2 * d + 1 :]
        hessian = np.zeros((n, d, d))
        hessian[:, range(d), range(d)] = (up - 2.0 * value + down).T / h**2
        for (i, j), four in zip(pairs, mixed.reshape(len(pairs), 4, n), strict=True):
            hessian[:, i, j] = hessian[:, j, i] = (four[0] - four[1] - four[2] + four[3]) / (4 * h[i] * h[j])
        return Moments(value, (up - down).T / (2.0 * h), hessian)


def component(ask: Ask, X: Array, middle: Array, group: tuple[int, ...], multiplied: bool) -> Array:
    """A group's function at points, with the other columns held; a factor is 1 where all are."""
    points = np.tile(middle, (len(X), 1))
    points[:, list(group)] = X[:, list(group)]
    values = ask(points)
    return values / ask(middle[None])[0] if multiplied else values


def exact(
    ask: Ask, X: Array, y: Array, weights: Array, groups: Groups | None = None, multiplied: bool = False
) -> Exact | None:
    """The user's function as a model of a part; None where it is undefined on some row.

    Parameters
    ----------
    ask
        The part's function.
    X, y, weights
        float64 (n_rows, n_columns), (n_rows,) and (n_rows,).
    groups, multiplied
        Take it as a sum or product of functions of these groups of columns.
    """
    # factors are read off where the target is far from 0
    middle = X[np.argmax(np.abs(y)) if multiplied else np.argsort(y)[len(y) // 2]]
    parts = groups or (tuple(range(X.shape[1])),)
    with np.errstate(all="ignore"):
        if groups is None:
            values = ask(X)
        else:
            pieces = np.array([component(ask, X, middle, group, multiplied) for group in groups])
            base = ask(middle[None])[0]
            values = (
                base * np.prod(pieces, axis=0) if multiplied else pieces.sum(0) - (len(groups) - 1) * base
            )
    errors = y - values
    total = float(weights @ (y - np.average(y, weights=weights)) ** 2)
    if not np.all(np.isfinite(errors)) or not total > 0:
        return None
    r_squared = 1.0 - float(weights @ errors**2) / total
    spread = X.std(axis=0)
    work = _VALUES_PER_ANSWER * len(y) * len(parts)
    return Exact(ask, np.where(spread > 0, spread, 1.0), middle, errors, r_squared, work, parts, multiplied)
