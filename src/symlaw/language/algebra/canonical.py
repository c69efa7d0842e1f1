"""Canonical forms: formulas that differ only by order, sign or constant arithmetic become one.

A formula is rewritten bottom-up into sums of terms and products of whole powers:

- a sum is ``("+", constant, ((term, coefficient), ...))``, sorted by term;
- a product is ``("*", ((base, exponent), ...))``, whole non-zero exponents, sorted by base;
- anything else is ``("c", value)``, ``("v", name)``, ``("v", name, value)`` of a named constant, or
  ``("f", operator, arguments)``.

Constants fold, like terms and powers collect (so ``x - x`` is 0 and ``x / x`` is 1), sums inside
products lose their common factor, and even functions lose the sign of their argument. Values are
kept to rounding wherever the formula is defined.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Collection, Sequence
from typing import Any, TypeVar

from symlaw.language.expression import (
    Constant,
    Expression,
    Leaf,
    Node,
    Nodes,
    Variable,
    joined,
    reduced,
    rewritten,
)
from symlaw.language.operators import PRODUCTS, SUMS, Operator, operator

Form = tuple[Any, ...]
_Part = TypeVar("_Part")

_MAX_POWER = 64


def canonicalise(expression: Expression) -> Expression:
    """The canonical form of an expression."""
    return Expression(tuple(_nodes(reduced(expression.nodes, _leaf, _combine))))


def folded(expression: Expression) -> Expression:
    """The formula with each part that has no variable as one number.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> print(folded(parse("x * sqrt(3 + 1)")))
    x * 2.0
    """

    def applied(row: Operator, arguments: Sequence[Nodes]) -> Nodes:
        values = [part[0].value for part in arguments if isinstance(part[0], Constant) and len(part) == 1]
        return (Constant(fold(row, values)),) if len(values) == row.arity else joined(row, arguments)

    return Expression(rewritten(expression.nodes, applied))


def _leaf(node: Leaf) -> Form:
    if isinstance(node, Constant):
        return ("c", node.value)
    return ("v", node.name) if node.value is None else ("v", *node)


def tidy_signs(expression: Expression, allowed: Collection[Operator]) -> Expression:
    """``a - -2`` as ``a + 2`` and ``a + -2 * b`` as ``a - 2 * b``, as far as the operators allow it.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> from symlaw.language.operators import operator
    >>> print(tidy_signs(parse("a + -2 * b - c * -3"), [operator("+"), operator("-")]))
    a - 2.0 * b + c * 3.0
    """
    opposite = dict(zip(SUMS, map(operator, reversed(SUMS)), strict=True))

    def applied(row: Operator, parts: Sequence[Nodes]) -> Nodes:
        turned = opposite.get(row.name)
        positive = _negative(parts[1]) if turned is not None and turned in allowed else None
        return (
            joined(row, parts) if turned is None or positive is None else joined(turned, [parts[0], positive])
        )

    return Expression(reduced(expression.nodes, lambda leaf: (leaf,), applied))


def _negative(nodes: Nodes) -> Nodes | None:
    """A formula with a minus before it left out; None where it has none."""
    root = nodes[-1]
    if isinstance(root, Constant):
        return (root._replace(value=-root.value),) if root.value < 0 else None
    if not isinstance(root, Operator) or root.name not in PRODUCTS:
        return None
    parts = [part.nodes for part in Expression(nodes).arguments()]
    for place, part in enumerate(parts):
        positive = _negative(part)
        if positive is not None:
            parts[place] = positive
            return joined(root, parts)
    return None


def _combine(node: Operator, arguments: Sequence[Form]) -> Form:
    rule = _RULES.get(node.name)
    if rule is not None:
        return rule(*arguments)
    return _function(node, arguments)


def _ordered(parts: Sequence[_Part], form_of: Callable[[_Part], Form]) -> list[_Part]:
    """Parts by their forms' text without constants, then with them: rounding does not reorder terms."""
    if len(parts) < 2:
        return list(parts)
    texts = [repr(_masked(form_of(part))) for part in parts]
    places = list(range(len(parts)))
    if len(set(texts)) == len(parts):
        places.sort(key=texts.__getitem__)
    else:
        places.sort(key=lambda place: (texts[place], repr(form_of(parts[place]))))
    return [parts[place] for place in places]


def _first(pair: tuple[Form, Any]) -> Form:
    return pair[0]


def _itself(form: Form) -> Form:
    return form


def _masked(form: Any) -> Any:
    if isinstance(form, tuple):
        return ("c",) if form[:1] == ("c",) else tuple([_masked(part) for part in form])
    return "#" if isinstance(form, float) else form


def _is_finite_constant(form: Form) -> bool:
    return form[0] == "c" and math.isfinite(form[1])


# Sums


def _as_sum(form: Form) -> tuple[float, dict[Form, float]]:
    if form[0] == "+":
        return form[1], dict(form[2])
    if _is_finite_constant(form):
        return form[1], {}
    return 0.0, {form: 1.0}


def _make_sum(constant: float, terms: dict[Form, float]) -> Form:
    kept = [(term, coefficient) for term, coefficient in terms.items() if coefficient != 0]
    if not kept:
        return ("c", constant)
    if constant == 0 and len(kept) == 1 and kept[0][1] == 1.0:
        return kept[0][0]
    return ("+", constant, tuple(_ordered(kept, _first)))


def _add(left: Form, right: Form, sign: float = 1.0) -> Form:
    constant, terms = _as_sum(left)
    other_constant, other_terms = _as_sum(right)
    for term, coefficient in other_terms.items():
        terms[term] = terms.get(term, 0.0) + sign * coefficient
    total = constant + sign * other_constant
    if not all(map(math.isfinite, (total, *terms.values()))):
        return ("f", "+" if sign > 0 else "-", (left, right))
    return _make_sum(total, terms)


def _scale(form: Form, factor: float) -> Form:
    constant, terms = _as_sum(form)
    scaled = {term: factor * coefficient for term, coefficient in terms.items()}
    if not all(map(math.isfinite, (factor * constant, *scaled.values()))):
        return ("f", "*", (("c", factor), form))
    return _make_sum(factor * constant, scaled)


# Products


def _as_product(form: Form) -> tuple[float, dict[Form, int]]:
    """A form as (coefficient, {base: exponent})."""
    if _is_finite_constant(form):
        return form[1], {}
    if form[0] == "*":
        return 1.0, dict(form[1])
    if form[0] == "+":
        constant, terms = form[1], form[2]
        lead = terms[0][1]
        if constant == 0 and len(terms) == 1:
            inner, powers = _as_product(terms[0][0])
            return lead * inner, powers
        if math.isfinite(1 / lead):
            return lead, {_scale(form, 1 / lead): 1}
    return 1.0, {form: 1}


def _make_product(coefficient: float, powers: dict[Form, int]) -> Form:
    kept = [(base, exponent) for base, exponent in powers.items() if exponent]
    if not kept or coefficient == 0:
        return ("c", coefficient)
    single = len(kept) == 1 and kept[0][1] == 1
    product = kept[0][0] if single else ("*", tuple(_ordered(kept, _first)))
    return product if coefficient == 1 else _scale(product, coefficient)


def _multiply(left: Form, right: Form, sign: int = 1) -> Form:
    coefficient, powers = _as_product(left)
    other_coefficient, other_powers = _as_product(right)
    if sign < 0 and other_coefficient == 0:
        return ("f", "/", (left, right))
    for base, exponent in other_powers.items():
        powers[base] = powers.get(base, 0) + sign * exponent
    total = coefficient * other_coefficient if sign > 0 else coefficient / other_coefficient
    in_range = math.isfinite(total) and (total != 0 or coefficient == 0 or other_coefficient == 0)
    if not in_range or any(abs(exponent) > _MAX_POWER for exponent in powers.values()):
        return ("f", "*" if sign > 0 else "/", (left, right))
    return _make_product(total, powers)


def _raise(form: Form, exponent: int) -> Form:
    coefficient, powers = _as_product(form)
    largest = max((abs(e * exponent) for e in powers.values()), default=0)
    try:
        total = coefficient**exponent
    except (OverflowError, ZeroDivisionError):
        total = math.nan
    if largest > _MAX_POWER or not math.isfinite(total) or (total == 0 and coefficient != 0):
        return ("f", "pow", (form, ("c", float(exponent))))
    return _make_product(total, {base: e * exponent for base, e in powers.items()})


def _power(base: Form, exponent: Form) -> Form:
    if exponent[0] == "c" and exponent[1] == 0.5:
        return _function(operator("sqrt"), [base])
    if exponent[0] == "c" and float(exponent[1]).is_integer() and 1 <= abs(exponent[1]) <= _MAX_POWER:
        return _raise(base, int(exponent[1]))
    return _function(operator("pow"), [base, exponent])


# Other functions


def _function(node: Operator, arguments: Sequence[Form]) -> Form:
    if all(_is_finite_constant(argument) for argument in arguments):
        folded = fold(node, [argument[1] for argument in arguments])
        if math.isfinite(folded):
            return ("c", folded)
    if node.monotonicity == ("even",):
        arguments = [_positive_lead(arguments[0])]
    if node.commutative:
        arguments = _ordered(arguments, _itself)
    return ("f", node if node.is_users else node.name, tuple(arguments))


def fold(node: Operator, values: list[float]) -> float:
    """Value of an operator on numbers; nan where it is undefined."""
    import numpy as np

    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return float(node.numpy_function(*(np.float64(value) for value in values)))
        except (ArithmeticError, ValueError):
            return math.nan


def _positive_lead(form: Form) -> Form:
    coefficient, _ = _as_product(form)
    return _scale(form, -1.0) if coefficient < 0 else form


_RULES: dict[str, Callable[..., Form]] = {
    "+": _add,
    "-": lambda left, right: _add(left, right, -1.0),
    "neg": lambda form: _scale(form, -1.0),
    "*": _multiply,
    "/": lambda left, right: _multiply(left, right, -1),
    "inv": lambda form: _multiply(("c", 1.0), form, -1),
    "square": lambda form: _raise(form, 2),
    "cube": lambda form: _raise(form, 3),
    "pow": _power,
}


# Back to nodes


def _nodes(form: Form) -> list[Node]:
    kind = form[0]
    if kind == "c":
        return [Constant(form[1] + 0.0)]
    if kind == "v":
        return [Variable(*form[1:])]
    if kind == "f":
        return [node for argument in form[2] for node in _nodes(argument)] + [_row_of(form[1])]
    return _sum_nodes(form[1], form[2]) if kind == "+" else _product_nodes(1.0, form[1])


def _row_of(named: str | Operator) -> Operator:
    return named if isinstance(named, Operator) else operator(named)


def _sum_nodes(constant: float, terms: tuple[tuple[Form, float], ...]) -> list[Node]:
    ordered = sorted(terms, key=lambda pair: pair[1] < 0)
    nodes: list[Node] = []
    for place, (term, coefficient) in enumerate(ordered):
        powers = term[1] if term[0] == "*" else ((term, 1),)
        if place == 0:
            nodes = _product_nodes(coefficient, powers)
        else:
            nodes += [*_product_nodes(abs(coefficient), powers), operator("-" if coefficient < 0 else "+")]
    if constant:
        nodes += [Constant(abs(constant)), operator("-" if constant < 0 else "+")]
    return nodes


def _product_nodes(coefficient: float, powers: tuple[tuple[Form, int], ...]) -> list[Node]:
    above = [node for base, exponent in powers if exponent > 0 for node in [_power_nodes(base, exponent)]]
    below = [node for base, exponent in powers if exponent < 0 for node in [_power_nodes(base, -exponent)]]
    negated = coefficient == -1 and bool(above)
    if not above or coefficient not in (1.0, -1.0):
        above.insert(0, [Constant(coefficient)])
    nodes = _chain(above) + ([operator("neg")] if negated else [])
    return [*nodes, *_chain(below), operator("/")] if below else nodes


def _chain(factors: list[list[Node]]) -> list[Node]:
    nodes = list(factors[0])
    for factor in factors[1:]:
        nodes += [*factor, operator("*")]
    return nodes


def _power_nodes(base: Form, exponent: int) -> list[Node]:
    nodes = _nodes(base)
    if exponent == 1:
        return nodes
    if exponent in (2, 3):
        return [*nodes, operator("square" if exponent == 2 else "cube")]
    return [*nodes, Constant(float(exponent)), operator("pow")]
