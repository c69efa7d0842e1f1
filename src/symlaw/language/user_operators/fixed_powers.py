"""Powers with a fixed exponent, as operators of one argument: what a set of exponents allows.

An exponent that is part of its operator is no constant: nothing can fit it, and every searcher has it. What
is shown of a formula has ordinary powers instead (`in_powers`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache
from numbers import Real
from typing import Any

import numpy as np

from symlaw.errors import InvalidSetting
from symlaw.language.expression import Constant, Expression, Node
from symlaw.language.operators import Operator, named_power, operator, operator_table
from symlaw.language.user_operators.operator import operator as made_of

_LARGEST = 100.0
# Exponents of units are multiples of one over this.
_PARTS = 12


def checked_exponents(exponents: Any, operators: Sequence[str | Operator]) -> tuple[float, ...]:
    """Exponents as settings give them, beside operators.

    Raises
    ------
    InvalidSetting
        When they are no numbers, ``pow`` is not among the operators, or a power that they lack is.
    """
    if isinstance(exponents, (str, Mapping)) or not isinstance(exponents, Iterable):
        raise InvalidSetting(f"exponents is {exponents!r}: give a list of numbers, such as [-1, 0.5, 2]")
    given = list(exponents)
    if not given:
        raise InvalidSetting("exponents is empty: give some, or None for any")
    for value in given:
        number = isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)
        if not number or value == 0 or abs(value) > _LARGEST:
            raise InvalidSetting(
                f"exponents holds {value!r}: give numbers other than 0 between -{_LARGEST:g} and {_LARGEST:g}"
            )
    names = [row.name if isinstance(row, Operator) else row for row in operators]
    if "pow" not in names:
        raise InvalidSetting(
            "exponents are given, and operators lacks 'pow', whose exponents they are: add 'pow' to"
            " operators, or leave exponents out"
        )
    for name, row in operator_table().items():
        power = None if row.exponent is None else float(row.exponent)
        if power is not None and name in names and not any(math.isclose(value, power) for value in given):
            raise InvalidSetting(
                f"operators holds {name!r}, which is the power {power:g}, and exponents {given} lacks that:"
                f" add {power:g} to exponents, or leave {name!r} out"
            )
    return tuple(sorted({float(value) for value in given}))


def with_fixed_powers(
    operators: Iterable[str | Operator], exponents: Sequence[float]
) -> list[str | Operator]:
    """Operators with ``pow`` replaced by one operator for each exponent.

    Examples
    --------
    >>> with_fixed_powers(["+", "pow"], (-2.0, 1.0, 2.0))
    ['+', <operator pow_m2>, 'square']
    """
    found: list[str | Operator] = []
    for one in operators:
        if (one.name if isinstance(one, Operator) else one) == "pow":
            found += [power_row(exponent) for exponent in exponents if exponent != 1.0]
        else:
            found.append(one)
    named = {row if isinstance(row, str) else row.name: row for row in found}
    return list(named.values())


def costs_of_powers(exponents: Sequence[float], costs: Mapping[str, float]) -> dict[str, float]:
    """Costs by which a power counts as much as when it is written out."""
    own = costs.get("pow", operator("pow").cost) + costs.get("constant", 1.0)
    rows = [power_row(exponent) for exponent in exponents]
    return {row.name: own for row in rows if isinstance(row, Operator)}


@cache
def power_row(exponent: float) -> str | Operator:
    """The operator of an exponent: one of the table's, by name, or one made for it."""
    if (named := named_power(exponent)) is not None:
        return named.name
    part = Fraction(exponent).limit_denominator(_PARTS)
    is_unit = math.isclose(part, exponent, rel_tol=1e-12) and _PARTS % part.denominator == 0
    row: Operator = made_of(
        lambda x: np.power(x, exponent),
        name=_name(exponent),
        inverse=lambda v: np.power(v, 1.0 / exponent),
        unit=f"power {part}" if is_unit else "dimensionless",
    )
    # its formula is all there is to it, and functions without a name cannot be pickled
    return replace(row, function=None, source="")


def _name(exponent: float) -> str:
    return "pow_" + repr(exponent).removesuffix(".0").replace("-", "m").replace(".", "_").replace("+", "")


def exponent_of(node: Node) -> float | None:
    """The exponent of an operator that `power_row` made, None of any other node."""
    if not isinstance(node, Operator) or node.body is None or not node.name.startswith("pow_"):
        return None
    *_, power = node.body.nodes
    if len(node.body.nodes) != 3 or power != operator("pow"):
        return None
    value = node.body.constants[0]
    return value if node.name == _name(value) else None


def name_in_counts(row: Operator) -> str:
    """The name by which an operator is counted and weighted: powers are one."""
    return row.name if exponent_of(row) is None else "pow"


def in_powers(expression: Expression) -> Expression:
    """A formula with powers written out.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> row = power_row(1.5)
    >>> print(in_powers(Expression((*parse("x").nodes, row))))
    x**1.5
    """
    nodes: list[Node] = []
    for node in expression.nodes:
        exponent = exponent_of(node)
        nodes += [node] if exponent is None else [Constant(exponent), operator("pow")]
    return expression if len(nodes) == len(expression.nodes) else Expression(tuple(nodes))


def in_fixed_powers(expression: Expression, operators: Iterable[Operator]) -> Expression:
    """The inverse of `in_powers`, as far as there is an operator of the exponent."""
    rows = {exponent: row for row in operators if (exponent := exponent_of(row)) is not None}
    if not rows:
        return expression
    nodes: list[Node] = []
    for node in expression.nodes:
        before = nodes[-1] if nodes else None
        row = rows.get(before.value) if isinstance(before, Constant) else None
        if row is not None and isinstance(node, Operator) and node.name == "pow":
            nodes[-1] = row
        else:
            nodes.append(node)
    return Expression(tuple(nodes))
