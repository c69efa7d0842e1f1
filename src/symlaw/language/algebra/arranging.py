"""Formulas as people write them: without brackets that change nothing, numbers first, one fraction."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from symlaw.language.algebra.powers import raised, with_powers_of
from symlaw.language.expression import Constant, Expression, Node, Nodes, Variable, joined, reduced
from symlaw.language.operators import Operator, operator

_PLUS, _MINUS, _TIMES, _OVER = (operator(name) for name in "+-*/")
_SQUARE = operator("square")


class _Link(NamedTuple):
    """A term of a sum or a factor of a product: whether it is taken off or divided by, and its nodes."""

    inverse: bool
    nodes: Nodes


def arranged(
    expression: Expression,
    allowed: Collection[Operator],
    columns: Sequence[str] = (),
    *,
    powers: bool = False,
) -> Expression:
    """The formula in the order that people write it, with no more nodes than before.

    Sums and products are written without brackets; of factors numbers come first, then columns, then
    functions; what a product is divided by stands below one line. A division by a negative number that is
    not whole becomes a product.

    Parameters
    ----------
    expression
        The formula.
    allowed
        Operators that it may have.
    columns
        In the order in which they stand in a product; others come after them as they were.
    powers
        Whether squares of squares, and factors of one base, become higher powers.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> def shown(text):
    ...     return str(arranged(parse(text), parse("a + b - c * d / e").operators, ["m", "v"]))
    >>> [shown(text) for text in ("v * (m * v) * 0.5", "a / b / c", "a - (b - c)", "exp(t / -2.5)")]
    ['0.5 * m * v * v', 'a / (b * c)', 'a - b + c', 'exp(-0.4 * t)']
    """
    ranks = {name: place for place, name in enumerate(columns)}

    def applied(row: Operator, parts: Sequence[Nodes]) -> Nodes:
        if row in (_PLUS, _MINUS) and {_PLUS, _MINUS} <= set(allowed):
            return _sum([*_links(parts[0], _PLUS, _MINUS), *_turned(parts[1], row == _MINUS, _PLUS, _MINUS)])
        if row in (_TIMES, _OVER) and {_TIMES, _OVER} <= set(allowed):
            turned = _turned(parts[1], row == _OVER, _TIMES, _OVER)
            return _product([*_links(parts[0], _TIMES, _OVER), *turned], ranks, powers=powers)
        return raised(parts[0], 2) if powers and row == _SQUARE else joined(row, parts)

    return Expression(reduced(expression.nodes, lambda leaf: (leaf,), applied))


def _links(nodes: Nodes, direct: Operator, inverse: Operator) -> list[_Link]:
    """The terms or factors of a formula, from left to right; the formula itself where it has none."""
    root = nodes[-1]
    if root not in (direct, inverse):
        return [_Link(False, nodes)]
    first, second = Expression(nodes).arguments()
    return [
        *_links(first.nodes, direct, inverse), *_turned(second.nodes, root == inverse, direct, inverse)
    ]  # fmt: skip


def _turned(nodes: Nodes, is_inverse: bool, direct: Operator, inverse: Operator) -> list[_Link]:
    own = _links(nodes, direct, inverse)
    return [_Link(not one.inverse, one.nodes) for one in own] if is_inverse else own


def _sum(terms: Sequence[_Link]) -> Nodes:
    nodes = terms[0].nodes
    for term in terms[1:]:
        nodes = joined(_MINUS if term.inverse else _PLUS, [nodes, term.nodes])
    return nodes


def _product(factors: Sequence[_Link], ranks: Mapping[str, int], *, powers: bool) -> Nodes:
    ordered = sorted(factors, key=lambda one: _rank(one.nodes, ranks))
    above = [one.nodes for one in ordered if not one.inverse]
    below = [one.nodes for one in ordered if one.inverse]
    if powers:
        above, below = with_powers_of(above), with_powers_of(below)
    number = _number(below[0]) if len(below) == 1 else None
    if number is not None and number.value < 0 and not number.fixed and number.value % 1.0 != 0.0:
        above, below = [(Constant(1.0 / number.value),), *above], []
    # a factor of 1 says nothing beside another one
    if len(above) > 1 and (first := _number(above[0])) is not None and first.value == 1.0:
        above = above[1:]
    return joined(_OVER, [_joined(above), _joined(below)]) if below else _joined(above)


def _rank(factor: Nodes, ranks: Mapping[str, int]) -> tuple[int, int]:
    """Where a factor stands in a product: numbers, columns in their order, all others."""
    node = factor[-1]
    if isinstance(node, Constant):
        return 0, 0
    return (1, ranks.get(node.name, len(ranks))) if isinstance(node, Variable) else (2, 0)


def _joined(factors: Sequence[Nodes]) -> Nodes:
    nodes = factors[0]
    for factor in factors[1:]:
        nodes = joined(_TIMES, [nodes, factor])
    return nodes


def _number(nodes: Nodes) -> Constant | None:
    node: Node = nodes[-1]
    return node if isinstance(node, Constant) else None
