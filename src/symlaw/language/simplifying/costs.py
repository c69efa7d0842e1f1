"""What makes a formula simple: costs of its nodes by name."""

from __future__ import annotations

import math
from collections.abc import Mapping
from numbers import Real

from symlaw.errors import InvalidSetting

# Nanoseconds for 100 values of an operator, as `python -m benchmarks.simplify --cycles` measures it.
_CYCLES = {
    "variable": 0.1,
    "constant": 0.1,
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
