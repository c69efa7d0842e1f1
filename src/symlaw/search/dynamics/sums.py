"""Right sides as sums: made of terms, and taken apart again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from symlaw.engine.flows.rates import free_places
from symlaw.language.expression import Constant, Expression, joined
from symlaw.language.operators import operator
from symlaw.language.operators.row import Operator

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# Terms of an expanded formula at most, and of a sum whose square is multiplied out.
_MOST_EXPANDED, _MOST_SQUARED = 8, 3


def total(parts: Sequence[Expression]) -> Expression:
    """The sum of parts, 0 where there is none."""
    found = parts[0] if parts else Expression((Constant(0.0),))
    for part in parts[1:]:
        found = Expression(joined(operator("+"), (found.nodes, part.nodes)))
    return found


def scaled(coefficient: float, term: Expression) -> Expression:
    """A term with its coefficient in front, or above the line where the term is one over something."""
    root = term.nodes[-1]
    if isinstance(root, Constant):
        return Expression((Constant(float(coefficient) * root.value),))
    return times(Expression((Constant(float(coefficient)),)), term)


def times(first: Expression, second: Expression) -> Expression:
    """A product, the first factor above the line where the second is one over something.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> print(times(parse("y"), parse("1 / (2.5 + x)")), times(parse("y"), parse("sin(x)")), sep=", ")
    y / (2.5 + x), y * sin(x)
    """
    root = second.nodes[-1]
    if isinstance(root, Operator) and root.name == "/":
        above, below = second.arguments()
        if above.nodes == (Constant(1.0),):
            return Expression(joined(root, (first.nodes, below.nodes)))
    return Expression(joined(operator("*"), (first.nodes, second.nodes)))


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


class _Product(NamedTuple):
    """A number times formulas, over formulas."""

    number: float
    above: tuple[Expression, ...] = ()
    below: tuple[Expression, ...] = ()

    def times(self, other: _Product) -> _Product:
        above, below = [*self.above, *other.above], []
        for one in (*self.below, *other.below):
            if one in above:
                above.remove(one)
            else:
                below.append(one)
        return _Product(self.number * other.number, tuple(above), tuple(below))

    @property
    def key(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The same for products that differ in the number and the order alone."""
        return tuple(sorted(one.text() for one in self.above)), tuple(
            sorted(one.text() for one in self.below)
        )


def expanded(formula: Expression, columns: Sequence[str] = ()) -> Expression:
    """A formula as a sum of terms, products of sums multiplied out; itself where that makes it long.

    ``columns`` come first in a product, in their order.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> print(expanded(parse("x * (1.5 - 0.5 * y) + 2.0 * (x - 3.0) * x")))
    -4.5 * x + -0.5 * (x * y) + 2.0 * x**2
    """
    products: dict[Any, _Product] = {}
    for one in _products(formula):
        before = products.get(one.key)
        products[one.key] = one if before is None else before._replace(number=before.number + one.number)
    kept = [one for one in products.values() if one.number != 0.0]
    if not kept or len(kept) > _MOST_EXPANDED:
        return formula
    terms = [(one.number, _term(one, columns)) for one in kept]
    return total([term if number == 1.0 else scaled(number, term) for number, term in terms])


def _products(formula: Expression) -> list[_Product]:
    root = formula.nodes[-1]
    if isinstance(root, Constant):
        return [_Product(root.value)]
    name = root.name if isinstance(root, Operator) else ""
    if name in ("+", "-", "neg"):
        return [one for part in parts_of(formula) for one in _of_part(part, formula)]
    if name == "*":
        first, second = map(_products, formula.arguments())
        return [a.times(b) for a in first for b in second]
    if name == "/":
        above, below = formula.arguments()
        under = _products(below)
        if len(under) == 1:
            turned = _Product(
                1.0 / under[0].number if under[0].number else 0.0, under[0].below, under[0].above
            )
            return [a.times(turned) for a in _products(above)]
        return [a.times(_Product(1.0, (), (below,))) for a in _products(above)]
    if name == "square":
        inside = _products(formula.arguments()[0])
        if len(inside) <= _MOST_SQUARED:
            return [a.times(b) for a in inside for b in inside]
    return [_Product(1.0, (formula,))]


def _of_part(part: Expression, whole: Expression) -> list[_Product]:
    """Products of a term, its sign taken into the number."""
    root = part.nodes[-1]
    if isinstance(root, Operator) and root.name == "neg":
        inside = part.arguments()[0]
        own = [_Product(1.0, (inside,))] if inside == whole else _products(inside)
        return [one._replace(number=-one.number) for one in own]
    return _products(part)


def _term(one: _Product, columns: Sequence[str]) -> Expression:
    ranks = {name: place for place, name in enumerate(columns)}
    above = _multiplied(sorted(one.above, key=lambda factor: ranks.get(factor.text(), len(ranks))))
    if not one.below:
        return above
    return Expression(joined(operator("/"), (above.nodes, _multiplied(one.below).nodes)))


def _multiplied(factors: Sequence[Expression]) -> Expression:
    """A product, equal factors as powers; 1 for none."""
    counts: dict[str, list[Expression]] = {}
    for one in factors:
        counts.setdefault(one.text(), []).append(one)
    found: Expression | None = None
    for same in counts.values():
        power = same[0] if len(same) == 1 else power_of(same[0], len(same))
        found = power if found is None else Expression(joined(operator("*"), (found.nodes, power.nodes)))
    return Expression((Constant(1.0),)) if found is None else found


def power_of(base: Expression, times: int) -> Expression:
    """A whole power, as people write it."""
    if times == 2:
        return Expression(joined(operator("square"), (base.nodes,)))
    if times == 3:
        return Expression(joined(operator("cube"), (base.nodes,)))
    return Expression(joined(operator("pow"), (base.nodes, (Constant(float(times)),))))
