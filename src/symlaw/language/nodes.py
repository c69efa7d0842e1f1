"""Formulas as nodes in postfix order: each operator follows its arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from symlaw.language.leaves import Leaf, Variable
from symlaw.language.operators.row import Operator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

Node = Operator | Leaf
Nodes = tuple[Node, ...]
T = TypeVar("T")


def reduced(
    nodes: Iterable[Node], leaf: Callable[[Leaf], T], applied: Callable[[Operator, Sequence[T]], T]
) -> T:
    """What a formula comes to from its leaves up.

    Parameters
    ----------
    nodes
        One complete formula in postfix order.
    leaf, applied
        What a leaf comes to, and an operator by what its arguments came to.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> reduced(parse("sin(x + 1)").nodes, lambda leaf: 1, lambda operator, depths: 1 + max(depths))
    3
    """
    stack: list[T] = []
    for node in nodes:
        if isinstance(node, Operator):
            first = len(stack) - node.arity
            stack[first:] = [applied(node, stack[first:])]
        else:
            stack.append(leaf(node))
    return stack[0]


def joined(node: Operator, arguments: Iterable[Nodes]) -> Nodes:
    """The nodes of an operator on arguments."""
    return (*(inner for argument in arguments for inner in argument), node)


def rewritten(nodes: Iterable[Node], applied: Callable[[Operator, Sequence[Nodes]], Nodes]) -> Nodes:
    """A formula with each operator on its arguments, from the leaves up, written as ``applied`` says.

    Examples
    --------
    >>> from symlaw.language import Expression, parse
    >>> nodes = rewritten(parse("-sin(-x)").nodes, lambda row, parts: (
    ...     parts[0] if row.name == "neg" else joined(row, parts)))
    >>> print(Expression(nodes))
    sin(x)
    """
    return reduced(nodes, _alone, applied)


def _alone(node: Leaf) -> Nodes:
    return (node,)


def node_cost(node: Node, costs: Mapping[str, float]) -> float:
    """Cost of one node under user-set costs."""
    if isinstance(node, Operator):
        return costs.get(node.name, node.cost)
    return costs.get("variable" if isinstance(node, Variable) else "constant", 1.0)
