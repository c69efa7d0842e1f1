"""Formulas as sums of products: what is multiplied out, collected and cancelled."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from symlaw.language.expression import Constant, Expression, Leaf, Nodes, joined, reduced
from symlaw.language.operators import Operator, operator

if TYPE_CHECKING:
    from collections.abc import Sequence

# Factors and how often they stand in a product; products and their coefficients.
_Product = tuple[tuple[Nodes, int], ...]
_Sum = Mapping[_Product, float]

# Products of a sum, and copies of one factor, at most.
_MOST_TERMS, _MOST_POWER = 40, 6
# Of the largest coefficient that was added, below which what is left is rounding.
_ROUNDING = 1e-14


class _TooLarge(Exception):
    """More products than are worth writing down."""


def expanded(expression: Expression) -> Expression:
    """The formula with sums multiplied out and equal products collected; itself where that is too long.

    Its values are the same, but for rounding, and it is defined in the same places: nothing is cancelled in
    fractions.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> print(expanded(parse("y + 1 + (x + y)**2 - (x - y)**2")))
    4.0 * x * y + y + 1.0
    >>> print(expanded(parse("0.5 / sqrt(x * x + y * y) * (x + x)")))
    x / sqrt(x**2 + y**2)
    """
    if any(node.fixed for node in expression.nodes if isinstance(node, Constant)):
        return expression
    try:
        found = reduced(expression.nodes, _leaf, _applied)
    except _TooLarge:
        return expression
    return Expression(_written(found))


def _leaf(node: Leaf) -> _Sum:
    if isinstance(node, Constant):
        return _number(node.value)
    return {(((node,), 1),): 1.0}


def _number(value: float) -> _Sum:
    if not math.isfinite(value):
        raise _TooLarge
    return {(): value} if value else {}


def _applied(row: Operator, parts: Sequence[_Sum]) -> _Sum:
    if row.name == "+":
        return _plus(parts[0], parts[1], 1.0)
    if row.name == "-":
        return _plus(parts[0], parts[1], -1.0)
    if row.name == "neg":
        return _plus({}, parts[0], -1.0)
    if row.name == "*":
        return _times(parts[0], parts[1])
    if row.whole_power:
        found = parts[0]
        for _ in range(row.whole_power - 1):
            found = _times(found, parts[0])
        return found
    if row.name == "/":
        return _over(parts[0], parts[1])
    return {((joined(row, [_written(part) for part in parts]), 1),): 1.0}


def _plus(first: _Sum, second: _Sum, sign: float) -> _Sum:
    found, sizes = dict(first), {product: abs(value) for product, value in first.items()}
    for product, value in second.items():
        sizes[product] = max(sizes.get(product, 0.0), abs(value))
        found[product] = found.get(product, 0.0) + sign * value
    return _checked({p: value for p, value in found.items() if abs(value) > _ROUNDING * sizes[p]})


def _times(first: _Sum, second: _Sum) -> _Sum:
    found: dict[_Product, float] = {}
    for own, a in first.items():
        for other, b in second.items():
            product = _joined(own, other)
            found[product] = found.get(product, 0.0) + a * b
    return _checked({product: value for product, value in found.items() if value})


def _over(first: _Sum, second: _Sum) -> _Sum:
    if set(second) == {()}:
        return {product: value / second[()] for product, value in first.items()}
    below = _written(second)
    if len(second) == 1:
        # a number below the line goes above it
        ((product, value),) = second.items()
        first, below = {p: own / value for p, own in first.items()}, _written({product: 1.0})
    return _times(first, {(((Constant(1.0), *below, operator("/")), 1),): 1.0})


def _joined(own: _Product, other: _Product) -> _Product:
    counts = dict(own)
    for factor, power in other:
        counts[factor] = counts.get(factor, 0) + power
    if any(power > _MOST_POWER for power in counts.values()):
        raise _TooLarge
    return tuple(sorted(counts.items(), key=lambda one: (len(one[0]), str(Expression(one[0])))))


def _checked(found: dict[_Product, float]) -> dict[_Product, float]:
    if len(found) > _MOST_TERMS or not all(map(math.isfinite, found.values())):
        raise _TooLarge
    return found


def _written(found: _Sum) -> Nodes:
    if not found:
        return (Constant(0.0),)
    nodes: Nodes = ()
    # as people write them: the most factors first, the number last
    for product, value in sorted(found.items(), key=lambda one: -sum(power for _, power in one[0])):
        if not nodes:
            nodes = _term(product, value)
        elif value < 0.0:
            nodes = joined(operator("-"), [nodes, _term(product, -value)])
        else:
            nodes = joined(operator("+"), [nodes, _term(product, value)])
    return nodes


def _term(product: _Product, value: float) -> Nodes:
    """A product with its number, what is divided by at its end."""
    above = [_power(factor, power) for factor, power in product if not _is_inverse(factor)]
    below = [(factor[1:-1], power) for factor, power in product if _is_inverse(factor)]
    number: list[Nodes] = [] if value == 1.0 and above else [(Constant(value),)]
    factors = [*number, *above]
    nodes = factors[0]
    for factor in factors[1:]:
        nodes = joined(operator("*"), [nodes, factor])
    for factor, power in below:
        nodes = joined(operator("/"), [nodes, _power(factor, power)])
    return nodes


def _is_inverse(factor: Nodes) -> bool:
    return factor[0] == Constant(1.0) and factor[-1] == operator("/")


def _power(factor: Nodes, power: int) -> Nodes:
    if power == 1:
        return factor
    if power in (2, 3):
        return (*factor, operator("square" if power == 2 else "cube"))
    return (*factor, Constant(float(power)), operator("pow"))
