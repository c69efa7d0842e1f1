"""Templates: formulas some parts of which are unknown, such as ``a * f(x1, x2) + g(x3)**2``.

Functions that are no operators are unknown formulas of their arguments; names that are no columns are unknown
numbers, the parameters. ``diff(f(x), x)`` is a derivative by a column, ``diff(f(x), x, x)`` the second one.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from symlaw.errors import ParseError
from symlaw.language.algebra.derivative import derivative, substituted
from symlaw.language.expression import Expression, Leaf, Nodes, Variable, joined, reduced, rewritten
from symlaw.language.operators import LINE_OPERATORS, Operator, operator
from symlaw.language.operators.row import Spelling
from symlaw.language.parser import parse

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

# What stands for a derivative by a column, with the column as its second argument.
SLOPE = "diff"


@dataclass(frozen=True)
class Unknown:
    """An unknown part of a template.

    Parameters
    ----------
    name
        As the template has it.
    arity
        Arguments of a function; 0 for a parameter.
    """

    name: str
    arity: int

    @property
    def arguments(self) -> tuple[str, ...]:
        """Names of its arguments in formulas that are put in for it."""
        return tuple(f"u{number}" for number in range(self.arity))


@dataclass(frozen=True)
class Template:
    """A formula with unknown parts; made by `template_of`.

    Parameters
    ----------
    text
        As the user wrote it.
    expression
        The formula, in which operators of no table stand for functions, and variables for parameters too.
    unknowns
        Functions in order of their first use, then parameters.
    groups
        Column whose values tell groups of rows that have parameters of their own.
    all_own
        Whether constants inside functions are a group's own too.
    """

    text: str
    expression: Expression
    unknowns: tuple[Unknown, ...]
    groups: str | None = None
    all_own: bool = False

    def __str__(self) -> str:
        return self.text

    @property
    def functions(self) -> tuple[Unknown, ...]:
        """The unknowns that are functions."""
        return tuple(unknown for unknown in self.unknowns if unknown.arity > 0)

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the unknowns that are numbers."""
        return tuple(unknown.name for unknown in self.unknowns if unknown.arity == 0)

    def operators(self, proposed: Sequence[Operator]) -> tuple[Operator, ...]:
        """All operators that a filled formula may hold, those proposed for its unknowns first."""
        written = [node for node in self.expression.nodes if isinstance(node, Operator)]
        line = [operator(name) for name in LINE_OPERATORS]
        found = dict.fromkeys([*proposed, *(node for node in written if node.kernel), *line])
        for _ in range(sum(node.name == SLOPE for node in written)):
            partials = [parse(text) for row in found for text in row.partials]
            found |= dict.fromkeys(n for p in partials for n in p.nodes if isinstance(n, Operator))
        return tuple(found)

    def filled(self, parts: Mapping[str, Expression]) -> Expression:
        """The formula with formulas put in for its unknowns.

        Parameters
        ----------
        parts
            A formula for each unknown, of the variables that `Unknown.arguments` names.

        Examples
        --------
        >>> template = template_of("a * f(x) + diff(f(x), x)", ["x"])
        >>> print(template.filled({"f": parse("u0**2"), "a": parse("3")}))
        3.0 * x**2 + 2.0 * x
        """

        def leaf(node: Leaf) -> Nodes:
            standing = parts.get(node.name) if isinstance(node, Variable) else None
            return (node,) if standing is None else standing.nodes

        def applied(node: Operator, arguments: Sequence[Nodes]) -> Nodes:
            return _applied(node, arguments, parts)

        return Expression(reduced(self.expression.nodes, leaf, applied))


def _applied(node: Operator, arguments: Sequence[Nodes], parts: Mapping[str, Expression]) -> Nodes:
    if node.name in parts:
        places = {f"u{number}": argument for number, argument in enumerate(arguments)}
        return substituted(parts[node.name].nodes, places)
    if node.name == SLOPE:
        column = arguments[1][0]
        return derivative(Expression(arguments[0]), column.name).nodes  # type: ignore[union-attr]
    return joined(node, arguments)


def template_of(text: str, columns: Sequence[str], operators: Iterable[Operator] = ()) -> Template:
    """Read a template.

    Parameters
    ----------
    text
        The formula.
    columns
        Names of the data's columns.
    operators
        Operators beside those of the table, which may be called by name.

    Raises
    ------
    ParseError
        When the text is no formula, one function has different numbers of arguments, a name is nearly that of
        a column, or nothing in it is unknown.

    Examples
    --------
    >>> template_of("a * f(x1, x2) + g(x3)**2", ["x1", "x2", "x3"]).unknowns
    (Unknown(name='f', arity=2), Unknown(name='g', arity=1), Unknown(name='a', arity=0))
    """
    found: dict[str, Operator] = {}
    known = {row.name: row for row in operators}

    def unknown(name: str, arity: int) -> Operator:
        if name == SLOPE and name not in columns:
            return _placeholder(SLOPE, arity)
        row = known.get(name) or found.setdefault(name, _placeholder(name, arity))
        if row.arity != arity:
            raise ParseError(
                f"template {text!r} calls {name} with {row.arity} and with {arity} arguments: "
                "give it the same number everywhere"
            )
        return row

    expression = _single_slopes(parse(text, functions=unknown), text, columns)
    parameters = [name for name in expression.variables if name not in columns]
    for name in parameters:
        refuse_slip(name, f"template {text!r}", columns)
    _check_arguments(expression, found, text, columns)
    if not found and not parameters:
        raise ParseError(f"template {text!r} has nothing unknown in it: write a function such as f(x) for it")
    functions = tuple(Unknown(row.name, row.arity) for row in found.values())
    return Template(text, expression, (*functions, *(Unknown(name, 0) for name in parameters)))


def _check_arguments(
    expression: Expression, functions: Collection[str], text: str, columns: Sequence[str]
) -> None:
    """Refuse a function whose argument holds no column: it would be one number."""
    for end, node in enumerate(expression.nodes):
        if not isinstance(node, Operator) or node.name not in functions:
            continue
        for argument in Expression(expression.nodes[expression.starts[end] : end + 1]).arguments():
            if not set(argument.variables) & set(columns):
                known = ", ".join(columns)
                named = " and ".join(argument.variables)
                said = f"{named} is no column" if named else f"{argument} holds no column"
                raise ParseError(f"template {text!r}: in {node.name}(...) {said}: the columns are {known}")


def refuse_slip(name: str, said: str, columns: Sequence[str]) -> None:
    """Refuse the name of a number that is nearly a column's.

    Raises
    ------
    ParseError
        When it is, in a sentence that begins with ``said``.
    """
    near = difflib.get_close_matches(name.lower(), [column.lower() for column in columns], 1, 0.75)
    if near and len(name) > 1:
        meant = next(column for column in columns if column.lower() == near[0])
        raise ParseError(
            f"{said} names {name!r}, which is no column: write {meant!r} if that is meant, "
            "or give the parameter a name that is less like it"
        )


def _placeholder(name: str, arity: int) -> Operator:
    """An operator that stands for an unknown function."""
    shown = Spelling(f"{name}({', '.join(f'{{{number}}}' for number in range(arity))})")
    return replace(operator("neg"), name=name, arity=arity, kernel="", text=shown)


def _single_slopes(expression: Expression, text: str, columns: Sequence[str]) -> Expression:
    """The expression with derivatives of higher order as derivatives of derivatives."""

    def applied(node: Operator, arguments: Sequence[Nodes]) -> Nodes:
        if node.name != SLOPE:
            return joined(node, arguments)
        by = arguments[1:]
        wrong = [one for one in by if len(one) != 1 or getattr(one[0], "name", None) not in columns]
        if not by or wrong:
            raise ParseError(f"template {text!r}: write diff(formula, column), such as diff(f(x), x)")
        nodes = arguments[0]
        for column in by:
            nodes = (*nodes, *column, _placeholder(SLOPE, 2))
        return nodes

    return Expression(rewritten(expression.nodes, applied))
