"""Least squares in plain NumPy: Levenberg-Marquardt steps for what kernels do not know.

Kernels fit the constants of formulas on rows (`symlaw.engine.fit`). Complete formulas, and errors that are
not those of rows alone, are fitted here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Errors = Callable[[Array], Array]
    Slopes = Callable[[Array, Array], Array]


@dataclass(frozen=True)
class Steps:
    """How steps are taken.

    Parameters
    ----------
    damping
        The first one.
    factors
        Dampings that are tried at once, as multiples of it; the best is taken.
    refused, taken
        Factor of the damping after a step that was no gain, and after one that was.
    settled
        Gain, as a fraction of what is left, at which the descent ends.
    """

    damping: float
    factors: tuple[float, ...]
    refused: float
    taken: float
    settled: float


def descended(
    errors: Errors,
    slopes: Slopes,
    start: Array,
    most: int,
    steps: Steps,
    hopeless: Callable[[float], bool] = lambda promised: False,
) -> tuple[Array, float]:
    """Constants after at most so many steps, and the sum of squares reached.

    Parameters
    ----------
    errors
        Errors of several sets of constants (n_sets, n_constants), as (n_sets, n_errors).
    slopes
        Derivatives of the errors by the constants (n_errors, n_constants), of constants and their errors.
    start
        Where to begin, (n_constants,).
    most
        Steps at most.
    steps
        How they are taken.
    hopeless
        Whether to give up where a straight step promises no less than this sum of squares.
    """
    best, damping = start, steps.damping
    residual = errors(best[None])[0]
    cost = float(residual @ residual)
    for _ in range(most if len(start) else 0):
        derivatives = slopes(best, residual)
        normal, right = derivatives.T @ derivatives, derivatives.T @ residual
        if not np.all(np.isfinite(normal)):
            break
        dampings = damping * np.array(steps.factors)
        # a constant without effect stays where it is
        scale = np.diag(normal) + 1e-12 * (np.trace(normal) + 1e-300)
        damped = normal + dampings[:, None, None] * np.diag(scale)
        moves = np.linalg.solve(damped, np.tile(right, (len(dampings), 1))[..., None])[..., 0]
        if hopeless(cost - float(right @ moves[0])):
            break
        trials = best - moves
        tried = errors(trials)
        costs = np.sum(tried**2, axis=1)
        chosen = int(np.argmin(costs))
        if not costs[chosen] < cost:
            damping *= steps.refused
            continue
        gained = cost - float(costs[chosen])
        best, residual, cost = trials[chosen], tried[chosen], float(costs[chosen])
        damping = float(dampings[chosen]) * steps.taken
        if gained < steps.settled * cost:
            break
    return best, cost
