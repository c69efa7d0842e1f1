"""How large the errors of measured states are, and whether they grow with the states: found out from the
data.

Each state is smoothed; what is left tells the kind by its likelihood, over all states together: the same
everywhere, or a share of each value.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from symlaw.search.dynamics.measured.smoothing import Lookup, Smooth, smooth

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from symlaw.search.dynamics.data import Trajectory

    Array = NDArray[np.float64]

ADDITIVE, PROPORTIONAL = "additive", "proportional"
# Where a state is smaller than this share of its root mean square, proportional errors shrink no further.
_LEAST_SHARE = 0.02
# Nats by which proportional errors have to explain the values better.
_CONVINCING = 3.0
# Errors below this share of a state's spread are those of who computed it.
FLOOR = 1e-4
_NO_NOISE = 1e-4
_FEWEST = 8


@dataclass(frozen=True)
class Noise:
    """Kind and size of the errors.

    Parameters
    ----------
    kind
        `ADDITIVE` or `PROPORTIONAL`.
    sizes
        Standard deviation of each state's errors, or as a share of each value, (n_states,).
    rms, spread
        Root mean square and standard deviation of each state, (n_states,).
    """

    kind: str
    sizes: Array
    rms: Array
    spread: Array

    def deviations(self, states: Array) -> Array:
        """Standard deviations of the errors at states (n_times, n_states); never quite 0."""
        size = self.sizes
        if self.kind == PROPORTIONAL:
            size = self.sizes * np.sqrt(states**2 + (_LEAST_SHARE * self.rms) ** 2)
        return np.sqrt(size**2 + (FLOOR * self.spread) ** 2) + np.zeros_like(states)

    def floors(self, states: Array) -> Array:
        """Share of the errors' variance that is not noise but how exactly states were computed."""
        each = (FLOOR * self.spread) ** 2 / np.mean(self.deviations(states) ** 2, axis=0)
        return np.asarray(np.minimum(each, 1.0))

    @property
    def is_none(self) -> bool:
        """Whether there is next to no noise."""
        size = self.sizes if self.kind == PROPORTIONAL else self.sizes / self.spread
        return bool(np.all(size < _NO_NOISE))

    def said(self, names: Sequence[str]) -> str:
        """The noise in words.

        Examples
        --------
        >>> one = np.ones(1)
        >>> Noise(PROPORTIONAL, 0.048 * one, one, one).said(["x"])
        '4.8% of each value'
        """
        if self.is_none:
            return "next to none"
        # states that were not measured have none
        names = [name for name, size in zip(names, self.sizes, strict=True) if size > 0.0]
        sizes = self.sizes[self.sizes > 0.0]
        if self.kind == PROPORTIONAL:
            shares = [f"{100.0 * size:.2g}%" for size in sizes]
            same = len(set(shares)) == 1
            return f"{shares[0]} of each value" if same else _listed(shares, names) + " of each value"
        return _listed([f"{size:.2g}" for size in sizes], names)


def _listed(each: Sequence[str], names: Sequence[str]) -> str:
    if len(each) == 1:
        return each[0]
    return ", ".join(f"{size} in {name}" for size, name in zip(each, names, strict=True))


@dataclass(frozen=True)
class Smoothed:
    """Runs with the smooth curves of their states.

    Parameters
    ----------
    runs
        As they were measured.
    curves
        By run, of each state.
    noise
        Kind and size of the errors.
    """

    runs: tuple[Trajectory, ...]
    curves: tuple[tuple[Smooth | Lookup, ...], ...]
    noise: Noise

    def states(self, run: int, times: Array, order: int = 0) -> Array:
        """Smooth states (n_times, n_states) of a run, or their derivatives of an order."""
        return np.column_stack([curve(times, order) for curve in self.curves[run]])


def smoothed(runs: Sequence[Trajectory], rates: Mapping[int, int] | None = None) -> Smoothed:
    """Smooth the states of all runs, and find out what their errors are.

    Parameters
    ----------
    runs
        At least eight values of each state.
    rates
        States that were not measured, each the rate of another one: places of both.
    """
    if rates:
        return _with_rates(runs, rates)
    curves = [_curves(run, None) for run in runs]
    whole = np.concatenate([run.states for run in runs])
    rms, spread = np.sqrt(np.nanmean(whole**2, axis=0)), np.nanstd(whole, axis=0)
    spread = np.where(spread > 0.0, spread, np.maximum(rms, 1e-300))
    sizes = np.sqrt(_pooled(runs, curves))
    noise = Noise(ADDITIVE, sizes, rms, spread)
    if noise.is_none or not _is_proportional(runs, curves, rms):
        return Smoothed(tuple(runs), tuple(curves), noise)
    share = Noise(PROPORTIONAL, np.ones_like(sizes), rms, spread)
    for _ in range(2):
        weights = [
            share.deviations(_at_rows(run, found)) ** -2 for run, found in zip(runs, curves, strict=True)
        ]
        curves = [_curves(run, w) for run, w in zip(runs, weights, strict=True)]
    means = [np.array([np.mean(w[np.isfinite(run.states[:, k]), k]) for k in range(len(rms))])
             for run, w in zip(runs, weights, strict=True)]  # fmt: skip
    sizes = np.sqrt(_pooled(runs, curves, means))
    return Smoothed(tuple(runs), tuple(curves), Noise(PROPORTIONAL, sizes, rms, spread))


def _with_rates(runs: Sequence[Trajectory], rates: Mapping[int, int]) -> Smoothed:
    """The same where states are rates of others."""
    count = runs[0].states.shape[1]
    measured = [k for k in range(count) if k not in rates]
    seen = smoothed([replace(run, states=run.states[:, measured]) for run in runs])
    place = {k: number for number, k in enumerate(measured)}
    curves = tuple(
        tuple(each[place[k]] if k in place else each[place[rates[k]]].rate() for k in range(count))
        for each in seen.curves
    )
    whole = np.concatenate(
        [np.column_stack([c(run.times) for c in each]) for run, each in zip(runs, curves, strict=True)]
    )
    sizes = np.zeros(count)
    sizes[measured] = seen.noise.sizes
    rms, spread = np.sqrt(np.mean(whole**2, axis=0)), np.std(whole, axis=0)
    return Smoothed(tuple(runs), curves, Noise(seen.noise.kind, sizes, rms, spread))


def as_measured(runs: Sequence[Trajectory]) -> Smoothed:
    """Runs of a map, whose states are not smoothed: each is what the next is made of."""
    whole = np.concatenate([run.states for run in runs])
    rms, spread = np.sqrt(np.nanmean(whole**2, axis=0)), np.nanstd(whole, axis=0)
    curves = tuple(tuple(Lookup(run.times, column) for column in run.states.T) for run in runs)
    return Smoothed(tuple(runs), curves, Noise(ADDITIVE, np.zeros(len(rms)), rms, spread))


def _curves(run: Trajectory, weights: Array | None) -> tuple[Smooth, ...]:
    return tuple(
        smooth(run.times, run.states[:, k], None if weights is None else weights[:, k])
        for k in range(run.states.shape[1])
    )


def _at_rows(run: Trajectory, curves: Sequence[Smooth]) -> Array:
    return np.column_stack([curve(run.times) for curve in curves])


def _pooled(
    runs: Sequence[Trajectory], curves: Sequence[Sequence[Smooth]], factors: Sequence[Array] | None = None
) -> Array:
    """Mean variance of the errors by state, longer runs counting more."""
    counts = np.array([np.sum(np.isfinite(run.states), axis=0) for run in runs], dtype=float)
    found = np.array([[curve.variance for curve in each] for each in curves])
    if factors is not None:
        found = found * np.array(factors)
    return np.asarray(np.sum(counts * found, axis=0) / np.sum(counts, axis=0))


def _is_proportional(runs: Sequence[Trajectory], curves: Sequence[Sequence[Smooth]], rms: Array) -> bool:
    """Whether errors that are a share of each value explain the values better."""
    gain = 0.0
    for k in range(len(rms)):
        left, size = [], []
        for run, found in zip(runs, curves, strict=True):
            curve, rows = found[k](run.times), np.isfinite(run.states[:, k])
            left.append((run.states[:, k] - curve)[rows])
            size.append(np.sqrt(curve[rows] ** 2 + (_LEAST_SHARE * rms[k]) ** 2))
        errors, sizes = np.concatenate(left), np.concatenate(size)
        if len(errors) >= _FEWEST:
            alike, share = np.mean(errors**2), np.mean((errors / sizes) ** 2)
            gain += 0.5 * len(errors) * np.log(alike / share) - float(np.sum(np.log(sizes)))
    return gain > _CONVINCING
