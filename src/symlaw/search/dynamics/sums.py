"""Right sides as sums: made of terms, and taken apart again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symlaw.engine.flows.rates import free_places
from symlaw.language.expression import Constant, Expression, joined
from symlaw.language.operators import operator
from symlaw.language.operators.row import Operator

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def total(parts: Sequence[Expression]) -> Expression:
    """The sum of parts, 0 where there is none."""
    found = parts[0] if parts else Expression((Constant(0.0),))
    for part in parts[1:]:
        found = Expression(joined(operator("+"), (found.nodes, part.nodes)))
    return found


def scaled(coefficient: float, term: Expression) -> Expression:
    """A term with its coefficient in front, or above the line where the term is one over something."""
    root, number = term.nodes[-1], (Constant(float(coefficient)),)
    if isinstance(root, Constant):
        return Expression((Constant(float(coefficient) * root.value),))
    if isinstance(root, Operator) and root.name == "/":
        above, below = term.arguments()
        if above.nodes == (Constant(1.0),):
            return Expression(joined(root, (number, below.nodes)))
    return Expression(joined(operator("*"), (number, term.nodes)))


def parts_of(formula: Expression, sign: int = 1) -> list[Expression]:
    """The terms whose sum a formula is, signs taken into them.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> [str(part) for part in parts_of(parse("2.0 * x - (y - 0.5 * z)"))]
    ['2.0 * x', '-y', '0.5 * z']
    """
    root = formula.nodes[-1]
    if isinstance(root, Operator) and root.name in ("+", "-"):
        first, second = formula.arguments()
        return parts_of(first, sign) + parts_of(second, sign if root.name == "+" else -sign)
    if isinstance(root, Operator) and root.name == "neg":
        return parts_of(formula.arguments()[0], -sign)
    return [formula if sign > 0 else negative(formula)]


def negative(part: Expression) -> Expression:
    """A term with the other sign, which goes into its first number where it begins with one."""
    first = part.nodes[0]
    root = part.nodes[-1]
    if isinstance(root, Constant):
        return Expression((Constant(-root.value),))
    if isinstance(root, Operator) and root.name == "neg":
        return part.arguments()[0]
    if isinstance(first, Constant) and isinstance(root, Operator) and root.name in ("*", "/"):
        above = part.arguments()[0]
        if above.nodes == (first,):
            return Expression((Constant(-first.value), *part.nodes[1:]))
    return Expression(joined(operator("neg"), (part.nodes,)))


def free_constants(equations: Iterable[Expression], known: Sequence[bool] = ()) -> list[float]:
    """Constants that are fitted, equation by equation and left to right."""
    return [
        one.nodes[place].value  # type: ignore[union-attr, misc]
        for number, one in enumerate(equations)
        if not (known and known[number])
        for place in free_places(one)
    ]


def with_free_constants(
    equations: Sequence[Expression], values: Iterable[float], known: Sequence[bool] = ()
) -> tuple[Expression, ...]:
    """The equations with other fitted constants, in the order of `free_constants`."""
    supply, found = iter(values), []
    for number, one in enumerate(equations):
        nodes = list(one.nodes)
        for place in () if known and known[number] else free_places(one):
            nodes[place] = Constant(float(next(supply)))
        found.append(Expression(tuple(nodes)))
    return tuple(found)
