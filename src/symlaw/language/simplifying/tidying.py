"""Order within a formula as people write it: numbers first in products and last in sums, few signs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symlaw.language.expression import Constant, Expression, Nodes, joined, rewritten
from symlaw.language.operators import PRODUCTS, Operator, operator

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence


def tidied(expression: Expression, allowed: Collection[Operator]) -> Expression:
    """The formula with its numbers where people look for them, and differences instead of negative terms.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> print(tidied(parse("1 + x * 2 + -3 * y"), [operator("-")]))
    2.0 * x + 1.0 - 3.0 * y
    """
    difference = operator("-")

    def applied(row: Operator, arguments: Sequence[Nodes]) -> Nodes:
        first, *others = arguments
        if row.name == "*" and _factor(others[0]) is not None and _factor(first) is None:
            return joined(row, (others[0], first))
        if row.name == "+" and _is_number(first) and not _is_number(others[0]):
            first, others = others[0], [first]
        factor = _factor(others[0]) if row.name == "+" else None
        if factor is not None and factor < 0 and difference in allowed:
            return joined(difference, (first, _without_sign(others[0])))
        return joined(row, (first, *others))

    return Expression(rewritten(expression.nodes, applied))


def _factor(part: Nodes) -> float | None:
    """The number that a product or quotient begins with."""
    whole = Expression(part)
    while isinstance(whole.nodes[-1], Operator) and whole.nodes[-1].name in PRODUCTS:
        whole = whole.arguments()[0]
    return whole.constants[0] if _is_number(whole.nodes) else None


def _is_number(part: Nodes) -> bool:
    return len(part) == 1 and isinstance(part[0], Constant)


def _without_sign(part: Nodes) -> Nodes:
    first, *others = part
    assert isinstance(first, Constant)
    return (Constant(-first.value, first.fixed), *others)
