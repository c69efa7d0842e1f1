"""Systems that tests simulate: their rates, first states and names."""

from __future__ import annotations

import numpy as np
from scipy.integrate import solve_ivp

PENDULUM = (lambda t, u: [u[1], -0.3 * u[1] - 4.9 * np.sin(u[0])], [2.5, 0.0], ("x", "v"))
PREY = (
    lambda t, u: [1.1 * u[0] - 0.4 * u[0] * u[1], 0.1 * u[0] * u[1] - 0.4 * u[1]], [10.0, 5.0], ("x", "y"),
)  # fmt: skip
UPTAKE = (lambda t, u: [0.8 - 2.1 * u[0] / (0.7 + u[0])], [4.0], ("x",))
GROWTH = (lambda t, u: [1.3 * u[0] * (1 - u[0] / 7.0)], [0.3], ("x",))


def simulated(system, times, first=None):
    """Clean states (n_times, n_states)."""
    rates, start, _ = system
    begin = start if first is None else first
    return solve_ivp(rates, (times[0], times[-1]), begin, t_eval=times, rtol=1e-9, atol=1e-10).y.T


def measured(system, count=150, noise=0.02, additive=0.0, seed=1, span=10.0, first=None):
    """Times and noisy states by name."""
    times = np.linspace(0.0, span, count)
    states = simulated(system, times, first)
    generator = np.random.default_rng(seed)
    states = states * (1.0 + noise * generator.standard_normal(states.shape))
    states = states + additive * generator.standard_normal(states.shape)
    return {"t": times, **dict(zip(system[2], states.T, strict=True))}
