"""How many nats it takes to say the measured states by way of a system, and the system itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symlaw.search.dynamics.shooting import Fit

    Array = NDArray[np.float64]

# What a node of a formula takes: which of about eight symbols it is.
NODE_NATS = 2.0


@dataclass(frozen=True)
class Judge:
    """Description length of measured states given a fitted system (Rissanen 1978).

    Parameters
    ----------
    floors
        Share of the errors' variance below which squares say nothing, (n_states,).
    """

    floors: Array

    def misfit(self, fit: Fit) -> float:
        """Nats for the errors, their size being fitted."""
        used = fit.counts > 0
        n = fit.counts[used]
        left = np.maximum(fit.squares[used] / n, self.floors[used])
        return float(0.5 * np.sum(n * np.log(left)))

    def length(self, fit: Fit) -> float:
        """Nats for errors, constants and formulas."""
        n = float(np.sum(fit.counts))
        constants = len(fit.system.constants)
        return self.misfit(fit) + 0.5 * constants * float(np.log(n)) + NODE_NATS * fit.system.complexity
