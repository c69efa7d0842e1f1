"""Derivatives of formulas as formulas, by the chain rule over the operator table's partial derivatives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symlaw.language.expression import Constant, Expression, Leaf, Nodes, Variable, joined, reduced
from symlaw.language.operators import Operator, operator
from symlaw.language.operators.row import ARGUMENTS
from symlaw.language.parser import parse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def derivative(expression: Expression, name: str) -> Expression:
    """The derivative of a formula by a variable.

    Nothing is simplified but factors 1 and terms 0.

    Examples
    --------
    >>> print(derivative(parse("x * sin(x)"), "x"))
    sin(x) + x * cos(x)
    >>> print(derivative(parse("y**2"), "x"))
    0.0
    """

    def leaf(node: Leaf) -> tuple[Nodes, Nodes | None]:
        is_it = isinstance(node, Variable) and node.name == name
        return (node,), (Constant(1.0),) if is_it else None

    def applied(row: Operator, arguments: Sequence[tuple[Nodes, Nodes | None]]) -> tuple[Nodes, Nodes | None]:
        value = joined(row, (nodes for nodes, _ in arguments))
        return value, _chained(row, arguments, value)

    _, slope = reduced(expression.nodes, leaf, applied)
    return Expression((Constant(0.0),) if slope is None else slope)


def _chained(row: Operator, arguments: Sequence[tuple[Nodes, Nodes | None]], value: Nodes) -> Nodes | None:
    """The sum of partial derivatives times the arguments' derivatives; None for 0."""
    places = {**dict(zip(ARGUMENTS, (nodes for nodes, _ in arguments), strict=False)), "v": value}
    total: Nodes | None = None
    for partial, (_, slope) in zip(row.partials, arguments, strict=True):
        if slope is None or partial == "0":
            continue
        term = _product(substituted(parse(partial).nodes, places), slope)
        total = term if total is None else (*total, *term, operator("+"))
    return total


def substituted(nodes: Nodes, places: Mapping[str, Nodes]) -> Nodes:
    """Nodes with variables replaced by formulas, as far as there are some for them."""
    return tuple(
        inner
        for node in nodes
        for inner in (places.get(node.name, (node,)) if isinstance(node, Variable) else (node,))
    )


def _product(first: Nodes, second: Nodes) -> Nodes:
    if first == (Constant(1.0),):
        return second
    if second == (Constant(1.0),):
        return first
    for one, other in ((first, second), (second, first)):
        if one == (Constant(-1.0),):
            return (*other, operator("neg"))
    return (*first, *second, operator("*"))
