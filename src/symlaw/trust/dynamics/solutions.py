"""Solutions of a system from a first state, explicit where that is quick and implicit where it is stiff."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.integrate import solve_ivp

from symlaw.engine.flows.rates import Inputs, no_inputs, rates_and_slopes
from symlaw.engine.flows.solving import REACHED, TOO_MANY_STEPS, Steering, follow, iterate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symlaw.engine.flows.rates import Flow
    from symlaw.search.dynamics.shooting import System

    Array = NDArray[np.float64]

_RELATIVE, _LARGE, _MOST_STEPS = 1e-8, 1e6, 100_000


def states_in(low: Array, high: Array, count: int) -> Array:
    """States drawn from a box, the same each time, (count, n_states)."""
    generator = np.random.Generator(np.random.Philox(key=len(low)))
    return np.asarray(low + (high - low) * generator.random((count, len(low))))


class Solution(NamedTuple):
    """A solution.

    Attributes
    ----------
    states
        (n_times, n_states); nan from where it could not be followed on.
    diverged_at
        The first time without a state, or None.
    """

    states: Array
    diverged_at: float | None


class Solver:
    """Solves a system with constants that may be changed.

    Parameters
    ----------
    system
        The system.
    sizes
        Ordinary size of each state, (n_states,).
    """

    def __init__(self, system: System, sizes: Array) -> None:
        self.system = system
        self.sizes = np.where(sizes > 0.0, sizes, 1.0)
        self._flow: Flow = system.flow()
        self._steering = Steering(
            _RELATIVE, 1e-2 * _RELATIVE * self.sizes, _LARGE * self.sizes, _MOST_STEPS, np.zeros(2)
        )

    def solve(
        self, first: Array, times: Array, inputs: Inputs | None = None, constants: Array | None = None
    ) -> Solution:
        """States at times, which rise from that of the first state on."""
        flow, known = self._flow, no_inputs() if inputs is None else inputs
        flow.load(self.system.constants if constants is None else constants)
        flow.state[: flow.n_states] = first
        out = np.empty((len(times), flow.n_states))
        solve = iterate if self.system.is_map else follow
        status = solve(flow, known, self._steering, times, 0, out)
        if status == TOO_MANY_STEPS:
            out = self._implicit(first, times, known, out)
        lost = np.flatnonzero(~np.all(np.isfinite(out), axis=1))
        if status != REACHED and not len(lost):
            return Solution(out, None)
        return Solution(out, float(times[lost[0]]) if len(lost) else None)

    def drawn(self, covariance: Array, count: int) -> list[Solver]:
        """Solvers with constants as they might be too, drawn by their covariance, the same each time."""
        constants = self.system.constants
        generator = np.random.Generator(np.random.Philox(key=len(constants)))
        values, vectors = np.linalg.eigh(covariance)
        root = vectors * np.sqrt(np.maximum(values, 0.0))
        each = (constants + root @ generator.standard_normal(len(constants)) for _ in range(count))
        return [Solver(self.system.with_constants(one), self.sizes) for one in each]

    def rates(self, state: Array, t: float = 0.0, inputs: Inputs | None = None) -> tuple[Array, Array]:
        """Rates (n_states,) and their slopes by the states (n_states, n_states)."""
        out = np.empty(self._flow.n_states)
        self._flow.load(self.system.constants)
        known = no_inputs() if inputs is None else inputs
        rates_and_slopes(self._flow, known, float(t), np.ascontiguousarray(state, dtype=float), out)
        return out, self._flow.by_state.copy()

    def _implicit(self, first: Array, times: Array, inputs: Inputs, explicit: Array) -> Array:
        """The same by Radau's method, for stiff systems; what was reached before where that fails too."""
        out, flow = np.empty(len(first)), self._flow

        def rate(t: float, z: Array) -> Array:
            rates_and_slopes(flow, inputs, float(t), np.ascontiguousarray(z), out)
            return out.copy()

        def slopes(t: float, z: Array) -> Array:
            rates_and_slopes(flow, inputs, float(t), np.ascontiguousarray(z), out)
            return flow.by_state.copy()

        try:
            with np.errstate(all="ignore"):
                found = solve_ivp(
                    rate, (times[0], times[-1]), first, "Radau", times, jac=slopes, rtol=1e-7,
                    atol=1e-9 * self.sizes,
                )  # fmt: skip
        except ValueError:
            # rates that are no numbers
            return explicit
        states = np.full((len(times), len(first)), np.nan)
        states[: found.y.shape[1]] = found.y.T
        return states
