"""What makes a formula simple: costs of its nodes by name."""

from __future__ import annotations

import math
from collections.abc import Mapping
from numbers import Real

from symlaw.errors import InvalidSetting

# Nanoseconds for a value of an operator, as `python -m benchmarks.simplify --cycles` measures it.
_CYCLES = {
    "variable": 0.05,
    "constant": 0.05,
    "+": 0.21,
    "-": 0.20,
    "*": 0.23,
    "/": 0.50,
    "neg": 0.14,
    "abs": 0.15,
    "inv": 0.52,
    "exp": 1.11,
    "log": 1.22,
    "log2": 1.54,
    "log10": 1.60,
    "log1p": 1.77,
    "expm1": 1.32,
    "logistic": 2.46,
    "gaussian": 1.51,
    "erf": 3.81,
    "clamp": 0.31,
    "min": 0.28,
    "max": 0.19,
    "sign": 0.28,
    "floor": 0.16,
    "step": 0.17,
    "square": 0.16,
    "cube": 0.24,
    "sqrt": 0.85,
    "cbrt": 1.99,
    "pow": 6.98,
    "hypot": 0.91,
    "sin": 1.95,
    "cos": 1.92,
    "tan": 3.49,
    "asin": 1.20,
    "acos": 1.11,
    "atan": 1.39,
    "atan2": 3.01,
    "sinh": 1.48,
    "cosh": 2.12,
    "tanh": 2.64,
}
# Divisions, powers and signs that stand alone take longer to read than sums and products.
_READABILITY = {
    "variable": 1.0,
    "constant": 1.2,
    "-": 1.05,
    "neg": 1.1,
    "/": 1.2,
    "inv": 1.5,
    "square": 0.9,
    "cube": 1.0,
    "pow": 2.0,
    "abs": 1.5,
}
COSTS: Mapping[str, Mapping[str, float]] = {
    "complexity": {},
    "cycles": _CYCLES,
    "readability": _READABILITY,
}


def costs_of(cost: str | Mapping[str, float]) -> Mapping[str, float]:
    """Costs by operator name, ``"variable"`` and ``"constant"``; those of the operator table where not given.

    Raises
    ------
    InvalidSetting
        When there are no costs of that name, or one is no number above 0.
    """
    if not isinstance(cost, Mapping):
        if cost not in COSTS:
            raise InvalidSetting(f"cost is {cost!r}: give {', '.join(map(repr, COSTS))} or costs by operator")
        return COSTS[cost]
    for name, value in cost.items():
        if isinstance(value, bool) or not isinstance(value, Real) or not 0 < value < math.inf:
            raise InvalidSetting(f"the cost of {name!r} is {value!r}: give a number above 0")
    return cost
