"""Known equations with an unknown function or numbers in them, such as ``F / m + f(x, v)``."""

from __future__ import annotations

import difflib
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from symlaw.engine.flows.around import Around
from symlaw.errors import InvalidSetting
from symlaw.language.expression import Constant, Expression, Variable
from symlaw.language.operators import operator, operator_table
from symlaw.language.operators.row import Operator
from symlaw.language.parser import parse
from symlaw.language.template import refuse_slip, template_of
from symlaw.search.dynamics.finding import Unknown
from symlaw.search.dynamics.numbers import Number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from symlaw.language.expression import Nodes
    from symlaw.search.dynamics.data import Names

# What a number is before it is looked for.
_BEGIN = 0.9
# A name this near to that of an operator is a slip of the pen.
_NEAR = 0.75


class Known(NamedTuple):
    """What is known of right sides.

    Attributes
    ----------
    equations
        Whole right sides, by place of the state.
    unknowns
        What is unknown of others, by place of the state.
    numbers
        Numbers with names in all of these, in the order in which they come.
    """

    equations: dict[int, Expression]
    unknowns: dict[int, Unknown]
    numbers: tuple[Number, ...]


def read_known(given: Mapping[str, str | Expression], names: Names, operators: Sequence[Operator]) -> Known:
    """Read known right sides: names that are no columns are numbers to fit, functions that are no operators
    are unknown.

    Parameters
    ----------
    given
        Right sides by state.
    names
        Of the columns.
    operators
        Operators beside those of the table.

    Raises
    ------
    ParseError
        When one is no formula, or names what is nearly a column.
    InvalidSetting
        When unknown functions are not as they have to be.
    """
    equations: dict[int, Expression] = {}
    unknowns: dict[int, Unknown] = {}
    places: dict[str, list[tuple[int, int]]] = {}

    def numbered(nodes: Nodes, state: int, first: int) -> Nodes:
        """Nodes with constants for names that are no columns."""
        found = list(nodes)
        for k, node in enumerate(nodes):
            if isinstance(node, Variable) and node.name not in names.columns:
                refuse_slip(node.name, f"known of {names.states[state]!r}", names.columns)
                places.setdefault(node.name, []).append((state, first + k))
                found[k] = Constant(_BEGIN)
        return tuple(found)

    for state, text in given.items():
        place = names.states.index(state)
        if isinstance(text, str) and calls_unknown(text, operators):
            one = unknown_of(state, text, names, operators)
            own = one.around
            before = numbered(own.before, place, 0)
            around = own._replace(before=before, after=numbered(own.after, place, -len(own.after)))
            unknowns[place] = one._replace(around=around)
        else:
            formula = parse(text) if isinstance(text, str) else text
            equations[place] = Expression(numbered(formula.nodes, place, 0))
    check_names(unknowns)
    return Known(equations, unknowns, tuple(Number(name, tuple(own)) for name, own in places.items()))


def calls_unknown(text: str, operators: Sequence[Operator]) -> bool:
    """Whether a formula calls a function that is no operator."""
    known, found = {row.name: row for row in operators}, list[str]()

    def called(name: str, arity: int) -> Operator:
        found.extend(() if name in known else (name,))
        return known.get(name) or replace(operator("neg"), name=name, arity=arity)

    parse(text, functions=called)
    return bool(found)


def unknown_of(state: str, text: str, names: Names, operators: Sequence[Operator]) -> Unknown:
    """The unknown part of a known equation, and what is known around it.

    Parameters
    ----------
    state
        Whose equation it is.
    text
        Its right side, with one function that is no operator.
    names
        Of the columns.
    operators
        Operators beside those of the table.

    Raises
    ------
    ParseError
        When the text is no formula.
    InvalidSetting
        When there is not exactly one unknown function of columns.
    """
    template = template_of(text, names.columns, operators)
    said = f"known of {state!r} is {text!r}"
    nodes = template.expression.nodes
    unknown = template.functions[0]
    near = difflib.get_close_matches(unknown.name, operator_table(), 1, _NEAR)
    if near:
        raise InvalidSetting(f"{said}: {unknown.name} is no operator; did you mean {near[0]}?")
    places = [k for k, node in enumerate(nodes) if isinstance(node, Operator) and node.name == unknown.name]
    if len(template.functions) > 1 or len(places) > 1:
        raise InvalidSetting(f"{said}: write one unknown function, and once")
    place = places[0]
    arguments = nodes[place - unknown.arity : place]
    columns = [node.name for node in arguments if isinstance(node, Variable) and node.name in names.columns]
    if len(columns) < unknown.arity or len(set(columns)) < len(columns):
        raise InvalidSetting(
            f"{said}: give {unknown.name} different columns, such as {unknown.name}({state})"
        )
    around = Around(nodes[: place - unknown.arity], nodes[place + 1 :], unknown.name)
    return Unknown(around, tuple(columns))


def check_names(unknowns: Mapping[int, Unknown]) -> None:
    """Refuse one name for unknowns of two equations.

    Raises
    ------
    InvalidSetting
        When there is one.
    """
    each = [one.around.name for one in unknowns.values()]
    twice = [name for name in each if each.count(name) > 1]
    if twice:
        raise InvalidSetting(f"{twice[0]} is unknown in two equations: give each a name of its own")
