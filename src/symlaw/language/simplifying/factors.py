"""Numbers taken out of sums, so that a product has one number where it had several."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from symlaw.language.expression import Constant, Expression, Leaf, Nodes, joined, reduced
from symlaw.language.operators import SUMS, Operator, operator

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


class _Product(NamedTuple):
    """A number times a formula, which is left out where it is 1."""

    factor: float
    rest: Nodes


# Powers that are computed to the last digit.
_EXACT: Mapping[Fraction, Callable[[float], float]] = {
    Fraction(-1): lambda k: 1.0 / k,
    Fraction(1, 2): math.sqrt,
    Fraction(1, 3): math.cbrt,
    Fraction(1): lambda k: k,
    Fraction(2): lambda k: k * k,
    Fraction(3): lambda k: k**3,
}


def with_common_factors(expression: Expression) -> Expression:
    """The formula with the number of a sum's first term before the sum, wherever products may take it in.

    It is defined where the formula is. A formula with fixed numbers stays as it is, and so does one whose
    numbers would leave the range of numbers.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> print(with_common_factors(parse("3 * (2.5 * x + 4)**2 / (y - 2 * x)")))
    18.75 * ((x + 1.6)**2 / (y + -2.0 * x))
    """
    if any(node.fixed for node in expression.nodes if isinstance(node, Constant)):
        return expression
    try:
        return Expression(_written(reduced(expression.nodes, _leaf, _applied)))
    except (OverflowError, ZeroDivisionError):
        return expression


def _leaf(node: Leaf) -> _Product:
    return _product(node.value, ()) if isinstance(node, Constant) else _Product(1.0, (node,))


def _product(factor: float, rest: Nodes) -> _Product:
    if factor == 0.0 or not math.isfinite(factor):
        raise OverflowError
    return _Product(factor, rest)


def _written(product: _Product) -> Nodes:
    number: Nodes = (Constant(product.factor),)
    if not product.rest:
        return number
    return product.rest if product.factor == 1.0 else joined(operator("*"), (number, product.rest))


def _applied(row: Operator, arguments: Sequence[_Product]) -> _Product:
    first = arguments[0]
    if row.name == "*":
        return _times(row, first, arguments[1])
    if row.name == "/":
        return _over(row, first, arguments[1])
    if row.name in SUMS:
        return _plus(first, arguments[1] if row.name == "+" else _negative(arguments[1]))
    if row.name == "neg":
        return _negative(first)
    if row.degree is not None and first.factor > 0.0 and first.rest:
        return _product(_power(first.factor, row.degree), joined(row, (first.rest,)))
    return _Product(1.0, joined(row, [_written(one) for one in arguments]))


def _power(factor: float, degree: Fraction) -> float:
    """What a factor above 0 is outside an operator that passes it on."""
    return _EXACT[degree](factor) if degree in _EXACT else factor ** float(degree)


def _negative(one: _Product) -> _Product:
    return _Product(-one.factor, one.rest)


def _times(row: Operator, first: _Product, second: _Product) -> _Product:
    both = joined(row, (first.rest, second.rest)) if first.rest and second.rest else first.rest or second.rest
    return _product(first.factor * second.factor, both)


def _over(row: Operator, first: _Product, second: _Product) -> _Product:
    above = first.rest or ((Constant(1.0),) if second.rest else ())
    both = joined(row, (above, second.rest)) if second.rest else above
    return _product(first.factor / second.factor, both)


def _plus(first: _Product, second: _Product) -> _Product:
    if not first.rest and not second.rest:
        return _product(first.factor + second.factor, ())
    common = first.factor if first.rest else second.factor
    # nothing is gained where one of the two needs no number
    if any(one.rest and one.factor == 1.0 for one in (first, second)):
        common = 1.0
    parts = [_written(_product(one.factor / common, one.rest)) for one in (first, second)]
    return _Product(common, joined(operator("+"), parts))
