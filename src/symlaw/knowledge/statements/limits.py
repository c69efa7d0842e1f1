"""Statements about where a formula tends to as a variable goes to 0 or to infinity."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from symlaw.knowledge.statements.kinds import Probe, nearest_of, values_at

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symlaw.knowledge.statements.domain import Domain
    from symlaw.language.expression import Expression

    Array = NDArray[np.float64]

# Powers of ten, times the variable's size, of the distances at which a formula is asked; and what may be
# left at two of them, in units of what counts, for a search to go on with a formula.
_POWERS = (1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 25.0, 50.0, 100.0)
_AHEAD = ((3.0, 0.2), (6.0, 0.1))
# What is left in the end counts as nothing; or is small and goes on falling by this factor from one distance
# to the next.
_NOTHING, _SMALL, _FALLS = 1e-9, 1e-2, 0.9
_LEAST_POINTS = 3


@dataclass(frozen=True)
class Limit:
    """The value tends to a formula as a variable goes somewhere; or their ratio tends to 1.

    Parameters
    ----------
    name
        The variable.
    toward
        0, inf or -inf.
    value
        What the value tends to: a number, or a formula.
    is_ratio
        Whether the ratio tends to 1 instead of the difference to 0.
    """

    name: str
    toward: float
    value: Expression
    is_ratio: bool = False

    def probe(self, shares: Array, domain: Domain, unit: float) -> Probe:
        """Values at two distances, one after the other."""
        powers = np.where(np.arange(len(shares)) % 2 == 0, _AHEAD[0][0], _AHEAD[1][0])
        left = np.where(np.arange(len(shares)) % 2 == 0, _AHEAD[0][1], _AHEAD[1][1])
        points = self._points(shares, domain, powers)
        wanted = values_at(self.value, points, domain)
        if self.is_ratio:
            factors = np.where(wanted != 0, 1.0 / np.where(wanted != 0, wanted, 1.0), np.inf)
            return Probe(points[:, None, :], factors[:, None], 1.0 - left, 1.0 + left)
        ones = np.ones((len(points), 1))
        return Probe(points[:, None, :], ones, wanted - left * unit, wanted + left * unit)

    def is_proven(self, expression: Expression, domain: Domain, unit: float) -> bool:
        """Only of formulas without the variable that are the limit itself; boxes do not reach infinity."""
        return self.name not in expression.variables and expression == self.value

    def snapped(self, constant: float) -> float:
        """A number of the limit's, where the constant is near to that."""
        return nearest_of(constant, self.value.constants)

    def excess(
        self, expression: Expression, shares: Array, domain: Domain, unit: float
    ) -> tuple[Array, Array]:
        """By how much a formula misses the limit, above 0 where it does, and the points where that shows.

        Returns
        -------
        excess, points
            float64 (n_points,) and (n_points, n_variables).
        """
        grids = [self._points(shares, domain, np.full(len(shares), power)) for power in _POWERS]
        columns = [self._left(expression, points, domain, unit) for points in grids]
        left = np.stack(columns, axis=1)
        # what comes after an overflow says nothing
        finite = np.cumprod(np.isfinite(left), axis=1).sum(axis=1)
        last = np.maximum(finite - 1, 0)
        rows = np.arange(len(left))
        ends = [left[rows, np.maximum(last - back, 0)] for back in range(_LEAST_POINTS)]
        falls = (ends[0] <= _FALLS * ends[1]) & (ends[1] <= _FALLS * ends[2]) & (ends[0] <= _SMALL)
        holds = (finite >= _LEAST_POINTS) & ((ends[0] <= _NOTHING) | falls)
        excess = np.where(holds, -1.0, np.where(finite >= _LEAST_POINTS, unit * ends[0], np.inf))
        return excess, np.stack(grids, axis=1)[rows, last]

    def _left(self, expression: Expression, points: Array, domain: Domain, unit: float) -> Array:
        """What is left of the difference or of the ratio, in units of what counts."""
        there, wanted = values_at(expression, points, domain), values_at(self.value, points, domain)
        with np.errstate(all="ignore"):
            found: Array = np.abs(there / wanted - 1.0) if self.is_ratio else np.abs(there - wanted) / unit
        return found

    def _points(self, shares: Array, domain: Domain, powers: Array) -> Array:
        """Points at distances 10**powers times the variable's size, or that close to 0."""
        points, place, size = domain.points(shares), domain.place(self.name), domain.size(self.name)
        if math.isinf(self.toward):
            points[:, place] = math.copysign(size, self.toward) * 10.0**powers
            return points
        below, above = domain.low[place] < 0, domain.high[place] > 0
        side = np.where(shares[:, -1] < 0.5, -1.0, 1.0) if below and above else (-1.0 if below else 1.0)
        points[:, place] = side * size * 10.0**-powers
        return points
