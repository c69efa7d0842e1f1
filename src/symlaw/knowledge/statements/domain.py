"""Where statements about a formula's values hold: a box, and well spread points in it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.errors import InvalidSetting

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

# Corners of at most so many coordinates are all taken.
_ALL_CORNERS = 6


@dataclass(frozen=True, eq=False)
class Domain:
    """A box.

    Parameters
    ----------
    names
        Variables.
    low, high
        Ends by variable, float64 (n_variables,).
    """

    names: tuple[str, ...]
    low: Array
    high: Array

    def place(self, name: str) -> int:
        """Position of a variable."""
        return self.names.index(name)

    def points(self, shares: Array) -> Array:
        """Points (n_points, n_variables) from shares of the ranges (n_points, at least n_variables)."""
        found: Array = self.low + shares[:, : len(self.names)] * (self.high - self.low)
        return found

    def size(self, name: str) -> float:
        """Largest absolute value of a variable, 1 where that is 0."""
        place = self.place(name)
        return float(max(abs(self.low[place]), abs(self.high[place]))) or 1.0

    def spans_zero(self, name: str) -> bool:
        """Whether a variable is below 0 somewhere and above 0 elsewhere."""
        place = self.place(name)
        return bool(self.low[place] < 0 < self.high[place])


def domain_of(given: Mapping[str, Any] | None, names: Sequence[str], X: Array) -> Domain:
    """The data's box (n_samples, n_features), with the ends that the user gives instead.

    Raises
    ------
    InvalidSetting
        When a name is no column, or its ends are no two rising numbers.
    """
    low, high = X.min(axis=0), X.max(axis=0)
    for name, ends in check_domain(given, names).items():
        low[names.index(name)], high[names.index(name)] = ends
    return Domain(tuple(names), low, high)


def check_domain(given: Mapping[str, Any] | None, names: Sequence[str]) -> dict[str, tuple[float, float]]:
    """Ends by variable as the user gives them; raises as `domain_of` does."""
    found: dict[str, tuple[float, float]] = {}
    if given is not None and not isinstance(given, Mapping):
        raise InvalidSetting(f"domain is {given!r}: give ends by column, such as {{'x0': (0, 10)}}")
    for name, ends in (given or {}).items():
        if name not in names:
            raise InvalidSetting(f"domain names {name!r}, which is no column: there are {', '.join(names)}")
        try:
            first, last = (float(end) for end in ends)
        except (TypeError, ValueError):
            first, last = math.nan, math.nan
        if not -math.inf < first < last < math.inf:
            raise InvalidSetting(f"domain of {name!r} is {ends!r}: give two rising numbers, such as (0, 10)")
        found[str(name)] = (first, last)
    return found


def spread_shares(count: int, dimensions: int, *, corners: bool = False) -> Array:
    """Well spread points of the unit cube, float64 (n_points, dimensions): inside and on edges.

    The additive recurrence of Roberts (2018); of every three points one has about half its coordinates moved
    to an end. With ``corners`` these are added when there are few enough. The same arguments give the same
    points.

    Examples
    --------
    >>> spread_shares(4, 1).round(3).ravel().tolist()
    [0.0, 0.736, 0.354, 1.0]
    """
    ratio = 2.0
    for _ in range(40):
        ratio = (1.0 + ratio) ** (1.0 / (dimensions + 1))
    steps = ratio ** -np.arange(1.0, dimensions + 1)
    found = np.mod(0.5 + np.arange(1, count + 1)[:, None] * steps, 1.0)
    rng = np.random.Generator(np.random.Philox(key=dimensions))
    ends = rng.random((count, dimensions)) < 0.5
    ends[np.arange(count) % 3 > 0] = False
    found = np.where(ends, np.round(found), found)
    if corners and dimensions <= _ALL_CORNERS:
        grid = np.indices((2,) * dimensions).reshape(dimensions, -1).T.astype(float)
        found = np.concatenate([grid, found])
    return found
