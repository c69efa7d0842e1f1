"""Powers in formulas of a language that lacks them: as people write them, and as they are searched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symlaw.language.expression import Constant, Expression, joined, reduced
from symlaw.language.operators import PRODUCTS, Operator, named_power, operator

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from symlaw.language.expression import Node, Nodes


# The highest whole power that is written.
_HIGHEST = 8


def with_powers(expression: Expression) -> Expression:
    """A formula with ``exp(c * log(x))`` and ``x * sqrt(x)`` as powers, for formulas that are defined.

    Where those are defined, powers have the same values; they may be defined elsewhere too.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> print(with_powers(parse("2 * exp(1.3 * log(x)) + y * sqrt(y)")))
    2.0 * x**1.3 + y**1.5
    """
    names = {node.name for node in expression.nodes if isinstance(node, Operator)}
    if not ({"exp", "log"} <= names or ("sqrt" in names and names & {*PRODUCTS})):
        return expression
    found = Expression(reduced(expression.nodes, lambda leaf: (leaf,), _applied))
    return expression if len(found.nodes) == len(expression.nodes) else found


def _applied(row: Operator, parts: Sequence[Nodes]) -> Nodes:
    power = None
    if row.name == "exp":
        power = _of_logarithm(parts[0])
    elif row.name == "*":
        power = _of_root(parts[0], 1.0, parts[1]) or _of_root(parts[1], 1.0, parts[0])
    elif row.name == "/":
        power = _of_root(parts[1], -1.0, parts[0])
    return joined(row, parts) if power is None else power


def _of_logarithm(inside: Nodes) -> Nodes | None:
    """What ``exp`` makes of a number times a logarithm; None for other formulas."""
    row = inside[-1]
    if not isinstance(row, Operator) or row.name not in PRODUCTS:
        return None
    first, second = (one.nodes for one in Expression(inside).arguments())
    if row.name == "*" and _is_number(first) and _is_called(second[-1], "log"):
        return (*second[:-1], *first, operator("pow"))
    if not (_is_number(second) and _is_called(first[-1], "log")):
        return None
    number = second[0]
    if row.name == "/":
        if number.value == 0.0:  # type: ignore[union-attr]
            return None
        number = number._replace(value=1.0 / number.value)  # type: ignore[union-attr, operator]
    return (*first[:-1], number, operator("pow"))


def _of_root(base: Nodes, exponent: float, root: Nodes) -> Nodes | None:
    """A formula to a power, times its own square root, as one power; None for other formulas."""
    if not _is_called(root[-1], "sqrt") or root[:-1] != base:
        return None
    return (*base, Constant(exponent + 0.5, fixed=True), operator("pow"))


def _is_number(nodes: Nodes) -> bool:
    return len(nodes) == 1 and isinstance(nodes[0], Constant)


def _is_called(node: Node, name: str) -> bool:
    return isinstance(node, Operator) and node.name == name


def with_powers_of(factors: Sequence[Nodes]) -> list[Nodes]:
    """Factors of a product, those of one base as one power where that is above its square.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> factors = [parse(text).nodes for text in ("x", "y", "x**2", "y")]
    >>> [str(Expression(one)) for one in with_powers_of(factors)]
    ['x**3', 'y', 'y']
    """
    parted = [_as_power(one) for one in factors]
    found: list[Nodes] = []
    for place, (base, _) in enumerate(parted):
        whole = sum(exponent for other, exponent in parted if other == base)
        together = whole > 2 and sum(other == base for other, _ in parted) > 1 and whole <= _HIGHEST
        if not together:
            found.append(factors[place])
        elif all(other != base for other, _ in parted[:place]):
            found.append(_power(base, whole))
    return found


def raised(nodes: Nodes, exponent: int) -> Nodes:
    """A formula to a whole power: that of its base where it is one itself."""
    base, own = _as_power(nodes)
    return _power(base, own * exponent) if own * exponent <= _HIGHEST else _power(nodes, exponent)


def _as_power(nodes: Nodes) -> tuple[Nodes, int]:
    """Base and whole exponent of a formula; itself and 1 where it is no power."""
    root = nodes[-1]
    if isinstance(root, Operator) and root.whole_power:
        return nodes[:-1], root.whole_power
    exponent = nodes[-2] if len(nodes) > 2 else None
    if _is_called(root, "pow") and isinstance(exponent, Constant) and _is_whole(exponent.value):
        return nodes[:-2], int(exponent.value)
    return nodes, 1


def _power(base: Nodes, exponent: int) -> Nodes:
    named = named_power(exponent) if exponent > 1 else None
    if named is not None:
        return (*base, named)
    return (*base, Constant(float(exponent), fixed=True), operator("pow"))


def _is_whole(value: float) -> bool:
    return value in range(2, _HIGHEST + 1)


def _multiplied(base: Nodes, exponent: int, squares: bool) -> Nodes:
    """A whole power as products, and squares where there are such."""
    if exponent == 1:
        return base
    half = _multiplied(base, exponent // 2, squares)
    twice = (*half, operator("square")) if squares else joined(operator("*"), [half, half])
    return twice if exponent % 2 == 0 else joined(operator("*"), [base, twice])


def in_logarithms(expression: Expression, *, squares: bool = True) -> Expression:
    """A formula whose powers are written with exponentials of logarithms, whole ones with products.

    Without ``squares`` these are products of the base alone.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> print(in_logarithms(parse("2 * pow(x, 1.3) + y**3")))
    2.0 * exp(1.3 * log(x)) + y * y**2
    """
    if not {operator("pow"), operator("cube")} & set(expression.nodes):
        return expression

    def applied(row: Operator, parts: Sequence[Nodes]) -> Nodes:
        if row.whole_power == 3:
            return _multiplied(parts[0], 3, squares)
        if row.name != "pow":
            return joined(row, parts)
        base, exponent = parts
        number = exponent[0]
        if len(exponent) == 1 and isinstance(number, Constant) and _is_whole(number.value):
            return _multiplied(base, int(number.value), squares)
        logarithm = joined(operator("log"), [base])
        return joined(operator("exp"), [joined(operator("*"), [exponent, logarithm])])

    return Expression(reduced(expression.nodes, lambda leaf: (leaf,), applied))


def with_fixed_exponents(expression: Expression, fitted: Container[float] = ()) -> Expression:
    """A formula whose exponents of roots and factors stay as they are, but those that were fitted.

    Roots and factors of one base have quarters as exponents.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> with_fixed_exponents(parse("pow(x, 1.5)")).nodes[1]
    Constant(value=1.5, fixed=True)
    """
    nodes = list(expression.nodes)
    for place, node in enumerate(nodes[1:]):
        inside = nodes[place]
        if node == operator("pow") and isinstance(inside, Constant) and inside.value not in fitted:
            is_quarter = (4.0 * inside.value).is_integer()
            nodes[place] = inside._replace(fixed=inside.fixed or is_quarter)
    return Expression(tuple(nodes))
