"""Rules about a formula's shape: what may stand inside what, how large arguments are, what may not occur."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from symlaw.errors import InvalidSetting
from symlaw.language.algebra.sums import terms_of
from symlaw.language.expression import Expression, reduced
from symlaw.language.operators import ALIASES, Operator, operator, operator_table
from symlaw.language.parser import parse

Sizes = tuple[float, ...]


@dataclass(frozen=True)
class Structure:
    """What a formula may not look like.

    Parameters
    ----------
    nesting
        For an operator, how many levels of each other one its arguments may hold: ``{"sin": {"sin": 0}}``
        allows no sine inside a sine.
    sizes
        For an operator, the largest complexity of each argument.
    forbidden
        Parts that may not occur, compared by canonical form.
    costs
        Costs by which complexity counts, where they differ from the operator table's.
    """

    nesting: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    sizes: Mapping[str, Sizes] = field(default_factory=dict)
    forbidden: tuple[Expression, ...] = ()
    costs: Mapping[str, float] = field(default_factory=dict)

    def allows(self, expression: Expression) -> bool:
        """Whether a formula obeys; a fitted scale and offset may be around it."""
        return self.objection(expression) is None

    def objection(self, expression: Expression) -> str | None:
        """What a formula holds against the rules, in words; None where it obeys."""
        for end, begin in enumerate(expression.starts):
            part = Expression(expression.nodes[begin : end + 1])
            found = self._objection_to(part)
            if found is not None:
                return found
        return None

    def _objection_to(self, part: Expression) -> str | None:
        if self.forbidden and part.canonical in {other.canonical for other in self.forbidden}:
            return f"{part} is forbidden"
        root = part.nodes[-1]
        if not isinstance(root, Operator):
            return None
        arguments = part.arguments()
        for number, argument in enumerate(arguments):
            for inner, most in self.nesting.get(root.name, {}).items():
                if levels_of(argument, inner) > most:
                    return f"{root.name} holds more than {most} levels of {inner}: {part}"
            limits = self.sizes.get(root.name, ())
            if number < len(limits) and argument.complexity(self.costs) > limits[number]:
                return f"{root.name} has an argument of more than complexity {limits[number]:g}: {argument}"
        return None


def levels_of(expression: Expression, name: str) -> int:
    """How many operators of a name stand inside each other at most.

    Examples
    --------
    >>> levels_of(parse("sin(x + sin(y)) + sin(z)"), "sin")
    2
    """
    return reduced(expression.nodes, lambda _: 0, lambda row, levels: max(levels) + (row.name == name))


@dataclass(frozen=True)
class Required:
    """What a formula has to hold to come to the front; searches may pass through others.

    Parameters
    ----------
    variables
        Columns that have to occur.
    parts
        Sub-formulas that have to occur, compared by canonical form.
    operators
        Names of operators that have to occur, whatever they are applied to.
    """

    variables: tuple[str, ...] = ()
    parts: tuple[Expression, ...] = ()
    operators: tuple[str, ...] = ()

    def allows(self, expression: Expression) -> bool:
        """Whether a formula holds everything."""
        if not set(self.variables) <= set(expression.variables):
            return False
        if not set(self.operators) <= {row.name for row in expression.operators}:
            return False
        if not self.parts:
            return True
        nodes, starts = expression.nodes, expression.starts
        held = {Expression(nodes[begin : end + 1]).canonical for end, begin in enumerate(starts)}
        return all(part.canonical in held for part in self.parts)


@dataclass(frozen=True)
class TermLimits:
    """How many terms a sum may have to come to the front, and how large each may be.

    A formula that is no sum is one term. Coefficients and the offset are no part of terms.

    Parameters
    ----------
    count
        Most terms; None for any number.
    size
        Largest complexity of a term; None for any.
    costs
        Costs by which complexity counts, where they differ from the operator table's.
    """

    count: int | None = None
    size: int | None = None
    costs: Mapping[str, float] = field(default_factory=dict)

    def allows(self, expression: Expression) -> bool:
        """Whether a formula obeys; a fitted scale and offset may be around it."""
        terms = [term for _, term in terms_of(expression)]
        if self.count is not None and len(terms) > self.count:
            return False
        return self.size is None or all(term.complexity(self.costs) <= self.size for term in terms)


def structure_of(
    nesting: Mapping[str, Mapping[str, int]] | None,
    sizes: Mapping[str, Any] | None,
    forbidden: Sequence[str] | None,
    costs: Mapping[str, float] | None,
    variables: Sequence[str],
) -> Structure | None:
    """The rule of settings, None where they say nothing.

    Raises
    ------
    InvalidSetting
        When a number makes no sense.
    UnknownOperator, ParseError
        When a name is no operator, or a text no formula.
    """
    if not (nesting or sizes or forbidden):
        return None
    levels: dict[str, dict[str, int]] = {}
    for outer, inside in (nesting or {}).items():
        if not isinstance(inside, Mapping):
            raise InvalidSetting(
                f"max_nesting of {outer!r} is {inside!r}: give levels by operator, such as {{'sin': 0}}"
            )
        for inner, most in inside.items():
            if not isinstance(most, int) or isinstance(most, bool) or most < 0:
                raise InvalidSetting(f"max_nesting of {inner!r} in {outer!r} is {most!r}: give 0 or more")
            levels.setdefault(operator(outer).name, {})[operator(inner).name] = most
    limits = {operator(name).name: _limits(operator(name), given) for name, given in (sizes or {}).items()}
    parts = tuple(parse(text, variables) for text in forbidden or ())
    return Structure(levels, limits, parts, dict(costs or {}))


def _limits(row: Operator, given: Any) -> Sizes:
    numbers = given if isinstance(given, Sequence) else [given] * row.arity
    sound = [n for n in numbers if isinstance(n, (int, float)) and not isinstance(n, bool) and n > 0]
    if len(sound) != row.arity or len(numbers) != row.arity:
        many = "a number above 0" if row.arity == 1 else f"{row.arity} numbers above 0, one for each argument"
        raise InvalidSetting(f"max_argument_size of {row.name!r} is {given!r}: give {many}")
    return tuple(float(n) for n in sound)


def required_of(
    required: Sequence[str] | None, variables: Sequence[str], operators: Iterable[Operator] = ()
) -> Required | None:
    """The rule of settings, None where they say nothing.

    Parameters
    ----------
    required
        Names of columns, names of operators, and parts in text. A name of both is a column's.
    variables
        The columns.
    operators
        Those of the language, which may be the user's own.

    Raises
    ------
    ParseError
        When a text is none of these.
    """
    if not required:
        return None
    known = {*operator_table(), *(row.name for row in operators)}
    names, parts, functions = list[str](), list[Expression](), list[str]()
    for text in required:
        function = ALIASES.get(text, text)
        if text not in variables and function in known:
            functions.append(function)
            continue
        formula = parse(text, variables)
        if len(formula.nodes) > 1:
            parts.append(formula)
        else:
            names += formula.variables
    return Required(tuple(names), tuple(parts), tuple(functions))
