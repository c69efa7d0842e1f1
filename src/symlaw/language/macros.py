"""Macros: named pieces of formulas with one or two open places, to be put into formulas as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from symlaw.errors import InvalidSetting, ParseError, UnknownOperator
from symlaw.language.expression import Constant, Expression, Node, Nodes, Variable, joined, reduced
from symlaw.language.operators import Operator, operator_table
from symlaw.language.parser import parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# What the open places are called in a definition.
ARGUMENTS = ("x", "y")
MAX_SIZE = 20


@dataclass(frozen=True)
class Macro:
    """A piece of formula with open places.

    Parameters
    ----------
    name
        A word that is no operator's.
    definition
        The formula in ``x``, or in ``x`` and ``y``; its numbers are where a fit starts.
    count
        Formulas it was seen in; 0 where a person wrote it.
    source
        Where it came from, such as a run's id.

    Raises
    ------
    InvalidSetting
        When the name or the definition cannot be used.

    Examples
    --------
    >>> Macro("gauss", "exp(-x**2)").arity
    1
    """

    name: str
    definition: str
    count: int = 0
    source: str = ""

    def __post_init__(self) -> None:
        _check_name(self.name)
        try:
            body = parse(self.definition, ARGUMENTS)
        except (ParseError, UnknownOperator) as error:
            raise InvalidSetting(f"macro {self.name!r} cannot be read: {error}") from None
        _check_body(self.name, body)

    @cached_property
    def body(self) -> Expression:
        """The definition, parsed."""
        return parse(self.definition, ARGUMENTS)

    @property
    def arity(self) -> int:
        """Number of open places."""
        return len(self.body.variables)

    @property
    def operators(self) -> tuple[str, ...]:
        """Names of the operators used, in order of first use."""
        return tuple(dict.fromkeys(n.name for n in self.body.nodes if isinstance(n, Operator)))

    def without_neg(self) -> Macro:
        """The same macro with differences from 0 in place of minus signs."""
        minus, zero = operator_table()["-"], (Constant(0.0),)

        def applied(row: Operator, parts: Sequence[Nodes]) -> Nodes:
            return joined(minus, [zero, parts[0]]) if row.name == "neg" else joined(row, parts)

        body = Expression(reduced(self.body.nodes, lambda leaf: (leaf,), applied))
        return replace(self, definition=body.text())

    def applied(self, *arguments: Expression) -> Expression:
        """The formula that the macro stands for with these arguments."""
        given = dict(zip(ARGUMENTS, arguments, strict=False))
        nodes: list[Node] = []
        for node in self.body.nodes:
            nodes += given[node.name].nodes if isinstance(node, Variable) else (node,)
        return Expression(tuple(nodes))


def _check_name(name: str) -> None:
    if not isinstance(name, str) or not name.isidentifier():
        raise InvalidSetting(f"macro {name!r} needs another name: give a word, such as gauss")
    if name in operator_table() or name in ARGUMENTS:
        raise InvalidSetting(f"macro {name!r} needs another name: that one has a meaning in formulas already")


def _check_body(name: str, body: Expression) -> None:
    if "x" not in body.variables:
        raise InvalidSetting(f"macro {name!r} has no open place: write x where its argument goes")
    n_operators = sum(isinstance(node, Operator) for node in body.nodes)
    if n_operators < 2 or len(body.nodes) > MAX_SIZE:
        raise InvalidSetting(
            f"macro {name!r} has {n_operators} operators and {len(body.nodes)} nodes: "
            f"give 2 operators or more and at most {MAX_SIZE} nodes"
        )


def macros_from(given: Any) -> tuple[Macro, ...]:
    """Macros from what a user gives: a mapping of names to definitions, or a list of definitions or macros.

    A definition without a name is called ``macro1``, ``macro2`` and so on by its place.

    Raises
    ------
    InvalidSetting
        When one cannot be used, or two have one name.
    """
    if given is None:
        return ()
    if isinstance(given, Mapping):
        found = [Macro(name, _text(name, definition)) for name, definition in given.items()]
    elif isinstance(given, (list, tuple)):
        found = [_one(item, place) for place, item in enumerate(given, 1)]
    else:
        raise InvalidSetting(
            f"macros is {given!r}: give names and definitions, such as {{'gauss': 'exp(-x**2)'}}"
        )
    _check_distinct(found)
    return tuple(found)


def _one(item: Any, place: int) -> Macro:
    if isinstance(item, Macro):
        return item
    if isinstance(item, Mapping) and set(item) <= set(Macro.__dataclass_fields__):
        return Macro(**item)
    return Macro(f"macro{place}", _text(f"macro{place}", item))


def _text(name: Any, definition: Any) -> str:
    if not isinstance(definition, str):
        raise InvalidSetting(f"macro {name!r} is {definition!r}: give its definition as text")
    return definition


def _check_distinct(macros: Iterable[Macro]) -> None:
    seen: set[str] = set()
    for macro in macros:
        if macro.name in seen:
            raise InvalidSetting(f"two macros are called {macro.name!r}: give each its own name")
        seen.add(macro.name)
