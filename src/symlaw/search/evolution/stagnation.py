"""When an island begins anew: what it has reached, and for how long it has reached nothing better."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# A loss smaller by this factor is progress, and patience grows by this one with each beginning.
_CLEARLY, _MORE_PATIENT = 0.9, 1.5


@dataclass
class Stagnation:
    """How an island fares.

    Attributes
    ----------
    limits
        Its best loss at or below each complexity, float64 (max_complexity + 1,).
    idle
        Evaluations since it last improved clearly.
    restarts
        How often it began anew.
    """

    limits: NDArray[np.float64]
    idle: int = 0
    restarts: int = 0

    def note(self, losses: NDArray[np.float64], evaluations: int) -> None:
        """Take in the best new losses of each complexity, inf where there is none, after an epoch."""
        better = bool(np.any(losses < _CLEARLY * self.limits))
        np.minimum(self.limits, np.minimum.accumulate(losses), out=self.limits)
        self.idle = 0 if better else self.idle + evaluations

    def is_over(self, stale_after: int) -> bool:
        """Whether to begin anew, given how long a first life may reach nothing better."""
        return self.idle > stale_after * _MORE_PATIENT**self.restarts

    def begin_anew(self) -> None:
        """Forget what was reached."""
        self.restarts += 1
        self.idle = 0
        self.limits[:] = np.inf


def stagnation(n_levels: int) -> Stagnation:
    """An island that has reached nothing yet."""
    return Stagnation(np.full(n_levels, np.inf))
