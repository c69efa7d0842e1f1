"""How many nats it takes to say the measured states by way of a system, and the system itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from symlaw.engine import reference
from symlaw.language.operators import Operator
from symlaw.search.dynamics.sums import parts_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symlaw.language.expression import Expression
    from symlaw.search.dynamics.shooting import Fit

    Array = NDArray[np.float64]

# What a node of a formula takes: which of about eight symbols it is.
NODE_NATS = 2.0
# More for functions such as sin, exp and tanh, of which named equations have one among 38 symbols
# (`symlaw.knowledge.priors`).
FUNCTION_NATS = 2.0


@dataclass(frozen=True)
class Judge:
    """Description length of measured states given a fitted system (Rissanen 1978).

    Parameters
    ----------
    floors
        Share of the errors' variance below which squares say nothing, (n_states,).
    columns
        Values along the trajectories, by name, that tell how large terms are; without them none is
        thought to be too large.
    """

    floors: Array
    columns: Mapping[str, Array] = field(default_factory=dict)

    def misfit(self, fit: Fit) -> float:
        """Nats for the errors, their size being fitted.

        First states that each stretch has for itself take up as many values, which say nothing of the system.
        """
        used = fit.counts > 0
        n = fit.counts[used] * fit.share
        left = np.maximum(fit.squares[used] / n, self.floors[used])
        return float(0.5 * np.sum(n * np.log(left)))

    def length(self, fit: Fit) -> float:
        """Nats for errors, constants and formulas."""
        n = float(np.sum(fit.counts))
        constants = len(fit.curvature)
        system = fit.system
        known = system.known or (False,) * len(system.equations)
        given = [one for one, is_known in zip(system.equations, known, strict=True) if not is_known]
        size = 0.5 * constants * float(np.log(n)) + NODE_NATS * system.complexity
        rare = FUNCTION_NATS * sum(map(functions_in, given))
        return self.misfit(fit) + size + rare + sum(map(self.cancelling, given))

    def cancelling(self, equation: Expression) -> float:
        """Nats for terms that are larger than their sum, and so take most of each other away.

        Before the data are seen a coefficient is of the size that makes its term as large as the rate (a
        Cauchy distribution, Jeffreys 1961).
        """
        parts = parts_of(equation) if self.columns else []
        if len(parts) < 2:
            return 0.0
        with np.errstate(all="ignore"):
            values = [reference.values(part, self.columns) for part in parts]
            whole = float(np.mean(np.square(sum(values))))
            shares = [float(np.mean(np.square(one))) / whole for one in values]
        return float(sum(np.log1p(one) for one in shares)) if all(map(np.isfinite, shares)) else 0.0


def functions_in(formula: Expression) -> int:
    """How many functions other than arithmetic and powers a formula has."""
    return sum(isinstance(node, Operator) and node.rarely_nested for node in formula.nodes)
