"""Trajectories as arrays, and the names of their columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from symlaw.engine.flows.rates import LINEAR, Inputs

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True)
class Trajectory:
    """States that were measured one after the other.

    Parameters
    ----------
    times
        Rising, float64 (n_times,).
    states
        float64 (n_times, n_states), nan where nothing was measured.
    inputs
        float64 (n_times, n_inputs).
    group
        Which group of runs it is of, of which constants may have values of their own.
    """

    times: Array
    states: Array
    inputs: Array
    group: int = 0

    @property
    def span(self) -> float:
        """From the first time to the last."""
        return float(self.times[-1] - self.times[0])


@dataclass(frozen=True)
class Names:
    """Names of the columns that right sides may use.

    Parameters
    ----------
    states, inputs
        In the order of the arrays.
    time
        Name of the time.
    """

    states: tuple[str, ...]
    inputs: tuple[str, ...]
    time: str

    @property
    def columns(self) -> tuple[str, ...]:
        """States, inputs, then time."""
        return (*self.states, *self.inputs, self.time)


def inputs_of(run: Trajectory, kind: int = LINEAR) -> Inputs:
    """A run's inputs as functions of time."""
    count = run.inputs.shape[1]
    values = np.ascontiguousarray(run.inputs.T)
    kinds = np.full(count, kind, np.int64)
    return Inputs(np.ascontiguousarray(run.times), values, np.zeros_like(values), kinds, np.zeros(1))
