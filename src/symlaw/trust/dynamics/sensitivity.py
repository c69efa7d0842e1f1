"""How fast neighbouring solutions part, and whether solutions stay where data were."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symlaw.trust.dynamics.solutions import Solver

    Array = NDArray[np.float64]

# Stretches of time over which growth is averaged, the share of the states' size that neighbours begin apart,
# and growth times time that is called sensitive.
_STRETCHES, _APART, _SENSITIVE = 200, 1e-7, 5.0


class Sensitivity(NamedTuple):
    """How solutions part.

    Attributes
    ----------
    exponent
        Largest Lyapunov exponent along the solution, per unit of time; nan where it diverged.
    diverged_at
        When the solution left all bounds, or None.
    """

    exponent: float
    diverged_at: float | None

    def horizon(self, share: float) -> float:
        """Time until errors of a share of the states' size have grown to all of it; inf where they shrink."""
        if not self.exponent > 0.0:
            return math.inf
        return math.log(1.0 / max(share, 1e-12)) / self.exponent


def sensitivity(solver: Solver, first: Array, span: float) -> Sensitivity:
    """Follow a solution and a neighbour of it, which is brought back again and again (Benettin 1980).

    Parameters
    ----------
    solver
        Of a system without inputs.
    first
        Where the solution begins, (n_states,).
    span
        How long it is followed.
    """
    count = max(8, int(span)) if solver.system.is_map else _STRETCHES
    step = 1.0 if solver.system.is_map else span / count
    state, apart = np.array(first, dtype=float), _APART * solver.sizes
    total = 0.0
    for number in range(count):
        times = np.array([number * step, (number + 1) * step])
        here, near = solver.solve(state, times), solver.solve(state + apart, times)
        if here.diverged_at is not None or near.diverged_at is not None:
            return Sensitivity(math.nan, float(times[1]))
        difference = (near.states[-1] - here.states[-1]) / solver.sizes
        size = float(np.sqrt(np.mean(difference**2)))
        if not size > 0.0:
            return Sensitivity(-math.inf, None)
        # the first tenth is the way to where solutions stay
        if number >= count // 10:
            total += math.log(size / _APART)
        state, apart = here.states[-1], difference * solver.sizes * (_APART / size)
    return Sensitivity(total / ((count - count // 10) * step), None)


def is_sensitive(found: Sensitivity, span: float) -> bool:
    """Whether neighbours part by more than a hundredfold over a span."""
    return found.exponent * span > _SENSITIVE
