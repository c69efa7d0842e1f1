"""Formulas changed by hand: constants fixed, variables replaced, solved for a variable.

Constants are called c0, c1, ... from left to right, fixed ones among them.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from symlaw.errors import InvalidSetting
from symlaw.language.algebra.derivative import derivative, substituted
from symlaw.language.expression import Constant, Expression, Node, Variable
from symlaw.language.parser import parse
from symlaw.language.simplifying.expanding import expanded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def constant_names(expression: Expression) -> list[str]:
    """Names of a formula's constants, left to right."""
    return [f"c{number}" for number in range(len(expression.constants))]


def fixed(expression: Expression, values: Mapping[str, float | None]) -> Expression:
    """The formula with constants that fits keep, by name; None keeps the value that they have.

    Raises
    ------
    InvalidSetting
        When a name is none of its constants', or a value no number.
    """
    names = constant_names(expression)
    _known(values, names, "constant")
    supply = iter(names)

    def kept(node: Node) -> Node:
        if not isinstance(node, Constant):
            return node
        name = next(supply)
        if name not in values:
            return node
        value = values[name]
        return Constant(node.value if value is None else _number(name, value), fixed=True)

    return expression.map_nodes(kept)


def _number(name: str, value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise InvalidSetting(f"constant {name} is to be {value!r}: give a number") from None


def replaced(expression: Expression, parts: Mapping[str, Any]) -> Expression:
    """The formula with variables replaced, all at once, by formulas, texts of formulas or numbers.

    Raises
    ------
    InvalidSetting
        When a name is none of its variables'.
    ParseError
        When a text is no formula.
    """
    names = [node.name for node in expression.nodes if isinstance(node, Variable)]
    _known(parts, list(dict.fromkeys(names)), "variable")
    return Expression(
        substituted(expression.nodes, {name: as_formula(part).nodes for name, part in parts.items()})
    )


def as_formula(given: Any) -> Expression:
    """A formula from an expression, a text or a number.

    Raises
    ------
    InvalidSetting
        When it is none of them.
    ParseError
        When a text is no formula.
    """
    if isinstance(given, Expression):
        return given
    if isinstance(given, str):
        return parse(given)
    try:
        return Expression((Constant(float(given)),))
    except (TypeError, ValueError):
        raise InvalidSetting(f"{given!r} is no formula: give an Expression, a text or a number") from None


def differentiated(expression: Expression, name: str) -> Expression:
    """The derivative by a variable that the formula has.

    Raises
    ------
    InvalidSetting
        When it has no such variable, or an operator whose derivative is not known.
    """
    _known([name], list(expression.variables), "variable")
    for node in expression.nodes:
        if not isinstance(node, (Variable, Constant)) and len(node.partials) != node.arity:
            raise InvalidSetting(
                f"operator {node.name!r} has no derivative that is a formula: make it with derivative="
            )
    found = derivative(expression, name)
    shorter = expanded(found)
    return shorter if len(shorter.nodes) < len(found.nodes) else found


def _known(given: Iterable[str], names: list[str], what: str) -> None:
    for name in given:
        if name not in names:
            near = difflib.get_close_matches(str(name), names, n=1)
            hint = f"did you mean {near[0]!r}? " if near else ""
            has = f"its {what}s are {', '.join(names)}" if names else "it has none"
            raise InvalidSetting(f"the formula has no {what} {name!r}: {hint}{has}")
