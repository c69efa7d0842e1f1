"""Equations seen through test functions: no derivative of measured values is taken.

With a test function g that vanishes at both ends of its window, the integral of ``g f(x)`` is that of ``-g'
x``
for a state x of rate f (Messenger and Bortz 2021). Windows of several widths are made: narrow ones see fast
changes, wide ones average noise out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from symlaw.search.dynamics.data import Names
    from symlaw.search.dynamics.measured.noise import Smoothed

    Array = NDArray[np.float64]

# Half widths of windows as shares of the longest run.
WIDTHS = (0.015, 0.05, 0.15)
_POWER = 4
_MOST_POINTS, _DENSER = 1200, 2
_MOST_WINDOWS = 160
# A factor below this share of its largest value says nothing of what it multiplies.
_LEAST_FACTOR = 1e-3


@dataclass(frozen=True)
class Grid:
    """Dense points on smooth trajectories.

    Parameters
    ----------
    times
        Of each run, evenly spaced, (n_points,).
    columns
        Values of states, inputs and time on the points of all runs, one below the other, by name.
    rates
        Derivatives of the states there, (n_points, n_states).
    """

    times: tuple[Array, ...]
    columns: dict[str, Array]
    rates: Array

    def of_runs(self, runs: Sequence[int]) -> dict[str, Array]:
        """Columns on the points of some runs."""
        ends = np.cumsum([len(t) for t in self.times])[:-1]
        return {
            name: np.concatenate([np.split(column, ends)[k] for k in runs])
            for name, column in self.columns.items()
        }

    @property
    def n_points(self) -> int:
        """Points of all runs."""
        return sum(map(len, self.times))


@dataclass(frozen=True)
class Windows:
    """Test functions of one width on a grid.

    Parameters
    ----------
    operators
        By run, what gives the integrals of a function's values, (n_windows, n_points).
    targets
        The integrals that each state's rate has to have, (n_windows of all runs, n_states).
    """

    operators: tuple[Array, ...]
    targets: Array

    def blocks(self, groups: Sequence[int]) -> list[NDArray[np.int64]]:
        """Windows of the runs of each group; all in one where there are none."""
        own = np.repeat(groups or [0] * len(self.operators), [len(one) for one in self.operators])
        return [np.flatnonzero(own == group) for group in np.unique(own)]

    def of_runs(self, runs: Sequence[int]) -> Windows:
        """Those of some runs."""
        ends = np.cumsum([len(one) for one in self.operators])[:-1]
        targets = np.split(self.targets, ends)
        return Windows(tuple(self.operators[k] for k in runs), np.concatenate([targets[k] for k in runs]))

    def seen(self, values: Array) -> Array:
        """Integrals (n_windows, ...) of values on the points of all runs (n_points, ...)."""
        parts, first = [], 0
        for operator in self.operators:
            parts.append(operator @ values[first : first + operator.shape[1]])
            first += operator.shape[1]
        return np.concatenate(parts)


def grid_of(data: Smoothed, names: Names) -> Grid:
    """Dense points on the smooth curves of all runs."""
    share = max(1, _MOST_POINTS // len(data.runs))
    times = [_even(run.times, min(_DENSER * len(run.times), max(share, 100))) for run in data.runs]
    states = np.concatenate([data.states(k, t) for k, t in enumerate(times)])
    rates = np.concatenate([data.states(k, t, 1) for k, t in enumerate(times)])
    inputs = np.concatenate(
        [
            np.column_stack([np.interp(t, run.times, column) for column in run.inputs.T])
            if run.inputs.shape[1]
            else np.zeros((len(t), 0))
            for run, t in zip(data.runs, times, strict=True)
        ]
    )
    table = np.column_stack([states, inputs, np.concatenate(times)])
    return Grid(tuple(times), dict(zip(names.columns, np.ascontiguousarray(table.T), strict=True)), rates)


def _even(times: Array, count: int) -> Array:
    return np.linspace(times[0], times[-1], count)


def windows_of(data: Smoothed, grid: Grid, width: float) -> Windows:
    """Test functions whose half width is a share of the longest run, on all runs."""
    half = width * max(run.span for run in data.runs)
    most = max(12, _MOST_WINDOWS // len(data.runs))
    operators, targets = [], []
    for number, t in enumerate(grid.times):
        operator, slopes = _bumps(t, min(half, 0.45 * (t[-1] - t[0])), most)
        operators.append(operator)
        targets.append(-slopes @ data.states(number, t))
    return Windows(tuple(operators), np.concatenate(targets))


def _bumps(t: Array, half: float, most: int) -> tuple[Array, Array]:
    """Integrals against test functions and against their derivatives, (n_windows, n_points) each."""
    step = t[1] - t[0]
    half = max(half, 4.0 * step)
    count = int(np.clip((t[-1] - t[0] - 2 * half) / (0.35 * half), 3, most))
    centres = np.linspace(t[0] + half, t[-1] - half, count)
    s = (t[None, :] - centres[:, None]) / half
    inside = np.clip(1.0 - s**2, 0.0, None)
    return inside**_POWER * step, -2.0 * _POWER * s * inside ** (_POWER - 1) / half * step


def of_part(
    grid: Grid, windows: Sequence[Windows], state: int, offset: Array, factor: Array
) -> tuple[Grid, list[Windows]]:
    """Grid and windows for the part f of a right side ``offset + factor * f`` of one state.

    Parameters
    ----------
    grid, windows
        Of the whole right side.
    state
        Place of the state.
    offset, factor
        Values on the grid, (n_points,).
    """
    rates = grid.rates.copy()
    usable = np.abs(factor) > _LEAST_FACTOR * np.max(np.abs(factor))
    rates[:, state] = (rates[:, state] - offset) / np.where(usable, factor, 1.0)
    rates[~usable, state] = np.median(rates[usable, state])
    ends = np.cumsum([len(t) for t in grid.times])[:-1]
    found = []
    for one in windows:
        targets = one.targets.copy()
        targets[:, state] -= one.seen(offset)
        each = np.split(factor, ends)
        operators = tuple(operator * own for operator, own in zip(one.operators, each, strict=True))
        found.append(Windows(operators, targets))
    return Grid(grid.times, grid.columns, rates), found


def steps_of(data: Smoothed, names: Names) -> tuple[Grid, Windows]:
    """Measured points of a map, and what each is followed by."""
    times = tuple(run.times[:-1] for run in data.runs)
    rows = [np.column_stack([run.states, run.inputs, run.times])[:-1] for run in data.runs]
    columns = dict(zip(names.columns, np.ascontiguousarray(np.concatenate(rows).T), strict=True))
    following = np.concatenate([run.states[1:] for run in data.runs])
    operators = tuple(np.eye(len(t)) for t in times)
    return Grid(times, columns, following), Windows(operators, following)
