"""What systems have to obey beside the data: bounded solutions, volumes that shrink, what is conserved."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from symlaw.engine import reference
from symlaw.language.algebra.editing import differentiated
from symlaw.trust.dynamics.solutions import Solver, states_in

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symlaw.language.expression import Expression
    from symlaw.search.dynamics.shooting import Fit, Shooting, System

    Array = NDArray[np.float64]

# States that are looked at, and how far around the visited region solutions begin, as a share of its width.
_STATES, _STARTS, _AROUND = 48, 16, 0.5
# What counts as nothing of what it is a part of, and steps towards it.
_NOTHING, _STEPS, _DIFFERENCE = 1e-7, 4, 1e-6


@dataclass(frozen=True)
class Bounded:
    """Solutions from in and around the visited region leave no bounds in the time of the longest run."""

    def __call__(self, fit: Fit, shooting: Shooting) -> Fit | None:
        """The fit where its system obeys, else None."""
        low, high = shooting.region()
        span = _AROUND * (high - low)
        solver = Solver(fit.system, np.maximum(np.abs(low), np.abs(high)))
        times = np.array([0.0, 0.5, 1.0]) * shooting.span()
        if fit.system.is_map:
            times = np.arange(1.0 + max(len(one.times) for one in shooting.stretches))
        starts = states_in(low - span, high + span, _STARTS)
        return None if any(solver.solve(one, times).diverged_at is not None for one in starts) else fit


@dataclass(frozen=True)
class Dissipative:
    """Volumes of states shrink all over the visited region."""

    def __call__(self, fit: Fit, shooting: Shooting) -> Fit | None:
        """The fit where its system obeys, else None."""
        low, high = shooting.region()
        solver = Solver(fit.system, np.maximum(np.abs(low), np.abs(high)))
        for state in states_in(low, high, _STATES):
            slopes = solver.rates(state)[1]
            grows = abs(np.linalg.det(slopes)) >= 1.0 if fit.system.is_map else np.trace(slopes) >= 0.0
            if grows or not np.all(np.isfinite(slopes)):
                return None
        return fit


@dataclass(frozen=True)
class Conserves:
    """A formula of the states stays the same along solutions.

    A system whose constants can be chosen so that it does gets the most likely ones that do: the fitted ones
    are moved by the least that their errors allow (restricted least squares, Theil 1971).

    Parameters
    ----------
    quantity
        The formula.
    """

    quantity: Expression

    def __call__(self, fit: Fit, shooting: Shooting) -> Fit | None:
        """The fit with constants that obey, None where there are none."""
        system = fit.system
        low, high = shooting.region()
        points = states_in(low, high, _STATES)
        columns = dict(zip(system.columns, points.T, strict=False))
        slopes = [self._slope(name, columns) for name in system.columns[: len(low)]]
        covariance = fit.covariance()
        for _ in range(_STEPS):
            change = self._change(system, slopes, columns)[0]
            by_constant = self._by_constants(system, slopes, columns)
            seen = by_constant @ covariance
            moved = seen.T @ np.linalg.lstsq(seen @ by_constant.T, change, rcond=1e-9)[0]
            system = system.with_constants(system.constants - moved)
        change, parts = self._change(system, slopes, columns)
        if not np.all(np.isfinite(change)) or np.max(np.abs(change)) > _NOTHING * np.max(parts):
            return None
        fixed = shooting.fit(system.fixed, fit.starts)
        if fixed is None:
            return None
        return replace(fixed, system=system, curvature=fit.curvature, places=fit.places)

    def _slope(self, name: str, columns: dict[str, Array]) -> Array:
        n_points = len(next(iter(columns.values())))
        if name not in self.quantity.variables:
            return np.zeros(n_points)
        return np.asarray(reference.values(differentiated(self.quantity, name), columns) * np.ones(n_points))

    def _change(self, system: System, slopes: list[Array], columns: dict[str, Array]) -> tuple[Array, Array]:
        """Rate of the quantity at states, and the sizes of the parts that it is the sum of."""
        with np.errstate(all="ignore"):
            each = [
                slope * reference.values(one, columns)
                for slope, one in zip(slopes, system.right_sides, strict=True)
            ]
        return np.sum(each, axis=0), np.sum(np.abs(each), axis=0)

    def _by_constants(self, system: System, slopes: list[Array], columns: dict[str, Array]) -> Array:
        """Slopes of that rate by the constants, (n_points, n_constants)."""
        at = system.constants
        found = []
        for k, value in enumerate(at):
            step = _DIFFERENCE * max(abs(value), _DIFFERENCE)
            ends = []
            for sign in (1.0, -1.0):
                other = at.copy()
                other[k] += sign * step
                ends.append(self._change(system.with_constants(other), slopes, columns)[0])
            found.append((ends[0] - ends[1]) / (2.0 * step))
        return np.column_stack(found) if found else np.zeros((len(slopes[0]), 0))
