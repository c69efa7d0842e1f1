"""Sines and cosines whose argument is shifted by quarters of a turn, written without the shift."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from symlaw.language.expression import Constant, Expression, Nodes, joined, rewritten
from symlaw.language.operators import SUMS, Operator, operator

if TYPE_CHECKING:
    from collections.abc import Sequence

# Shifts as near to a number of quarters, or periods, as rounding leaves them, and the largest.
_NEAR, _LARGEST = 1e-14, 32.0 * math.pi
# What sine and cosine become by shifts of 0, 1, 2 and 3 quarters: the function, and whether its sign changes.
_SHIFTED = {
    "sin": (("sin", False), ("cos", False), ("sin", True), ("cos", True)),
    "cos": (("cos", False), ("sin", True), ("cos", True), ("sin", False)),
}


def without_phases(expression: Expression) -> Expression:
    """The formula with ``cos(u - 3*pi/2)`` as ``-sin(u)`` and the like, a rounding error of a shift left out.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> print(without_phases(parse("cos(u - 4.71238898038469)")))
    -sin(u)
    """
    return Expression(rewritten(expression.nodes, _applied))


def _applied(row: Operator, arguments: Sequence[Nodes]) -> Nodes:
    unit = 0.5 * math.pi if row.name in _SHIFTED else row.period
    found = _shift(arguments[0], unit) if unit else None
    if found is None:
        return joined(row, arguments)
    rest, quarters = found
    if row.name not in _SHIFTED:
        return joined(row, [rest])
    name, negative = _SHIFTED[row.name][quarters % 4]
    whole = joined(operator(name), [rest])
    return joined(operator("neg"), [whole]) if negative else whole


def _shift(argument: Nodes, unit: float) -> tuple[Nodes, int] | None:
    """An argument without its shift, and how many units that is; None where it has no such shift."""
    whole = Expression(argument)
    if not isinstance(argument[-1], Operator) or argument[-1].name not in SUMS:
        return None
    first, second = (one.nodes for one in whole.arguments())
    sign = -1.0 if argument[-1].name == "-" else 1.0
    for rest, number, factor in ((first, second, sign), (second, first, 1.0)):
        units = _whole_units(number, unit) if sign > 0 or number is second else None
        if units is not None:
            return rest, int(factor) * units
    return None


def _whole_units(number: Nodes, unit: float) -> int | None:
    if len(number) != 1 or not isinstance(number[0], Constant) or number[0].fixed:
        return None
    turns = number[0].value / unit
    near = round(turns) if abs(number[0].value) < _LARGEST else 0
    return near if near and abs(turns - near) <= _NEAR * abs(near) else None
