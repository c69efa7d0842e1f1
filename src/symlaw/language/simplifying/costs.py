"""What makes a formula simple: costs of its nodes by name."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from numbers import Real

from symlaw.errors import InvalidSetting
from symlaw.language.operators import Operator, operator_table

# Costs of leaves by kind of costs; those of operators are in cells of their rows.
_OF_LEAVES: Mapping[str, Mapping[str, float]] = {
    "complexity": {},
    "cycles": {"variable": 0.05, "constant": 0.05},
    # divisions, powers and signs that stand alone take longer to read than sums and products
    "readability": {"variable": 1.0, "constant": 1.2},
}
KINDS = tuple(_OF_LEAVES)


def costs_of(cost: str | Mapping[str, float], users: Iterable[Operator] = ()) -> Mapping[str, float]:
    """Costs by operator name, ``"variable"`` and ``"constant"``; those of the operator table where not given.

    Parameters
    ----------
    cost
        Kind of costs, or costs by name.
    users
        Operators beside the built-in ones.

    Raises
    ------
    InvalidSetting
        When there are no costs of that name, or one is no number above 0.
    """
    if not isinstance(cost, Mapping):
        if cost not in KINDS:
            raise InvalidSetting(f"cost is {cost!r}: give {', '.join(map(repr, KINDS))} or costs by operator")
        return {**_OF_LEAVES[cost], **_of_operators(cost, users)}
    for name, value in cost.items():
        if isinstance(value, bool) or not isinstance(value, Real) or not 0 < value < math.inf:
            raise InvalidSetting(f"the cost of {name!r} is {value!r}: give a number above 0")
    return cost


def _of_operators(kind: str, users: Iterable[Operator]) -> dict[str, float]:
    """Costs of a kind, of those operators that have one beside their complexity."""
    if kind == "complexity":
        return {}
    rows = (*operator_table().values(), *users)
    return {row.name: cost for row in rows if (cost := getattr(row, kind)) is not None}
