"""Recursive functions as values: variables, literals, operators, conditions, and schemes with their cases.

A scheme takes one or two values apart. Each of their shapes has two cases, such as the empty list, and a
first element before a rest. In a case, variables are added to those around it: the values that are taken
apart, their parts, and, where all are large, the function's own values of the rests. Variables are places
in that row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from symlaw.errors import ParseError
from symlaw.language.recursion.shapes import SHAPES, width_of_case
from symlaw.language.recursion.table import OPERATORS

MOST_NODES, MOST_DEPTH = 2000, 40
CHOICE_BITS = 4.0


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable, by its place."""

    place: int


@dataclass(frozen=True, slots=True)
class Constant:
    """A number, a truth, a text, or None."""

    value: Any


@dataclass(frozen=True, slots=True)
class Apply:
    """An operator with its arguments."""

    name: str
    arguments: tuple[Recursive, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of two values."""

    condition: Recursive
    then: Recursive
    otherwise: Recursive


@dataclass(frozen=True, slots=True)
class Scheme:
    """Recursion over one or two values.

    Attributes
    ----------
    shapes
        Names of rows of `symlaw.language.recursion.shapes.SHAPES`, one for each subject.
    subjects
        What is taken apart.
    cases
        One for each combination of small and large subjects, the last subject changing fastest; None where no
        example says what to do.
    """

    shapes: tuple[str, ...]
    subjects: tuple[Recursive, ...]
    cases: tuple[Recursive | None, ...]


Recursive = Variable | Constant | Apply | Choice | Scheme


def parts_of(program: Recursive) -> tuple[Recursive, ...]:
    """The direct parts of a program."""
    if isinstance(program, Apply):
        return program.arguments
    if isinstance(program, Choice):
        return (program.condition, program.then, program.otherwise)
    if isinstance(program, Scheme):
        return (*program.subjects, *(case for case in program.cases if case is not None))
    return ()


def nodes(program: Recursive) -> Iterator[Recursive]:
    """All parts of a program, itself first."""
    waiting = [program]
    while waiting:
        one = waiting.pop()
        yield one
        waiting.extend(reversed(parts_of(one)))


def places_read(program: Recursive) -> set[int]:
    """Places of the variables in a program."""
    return {one.place for one in nodes(program) if isinstance(one, Variable)}


def bits(program: Recursive) -> float:
    """Bits of a program's description."""
    return sum(_bits_of_node(one) for one in nodes(program))


def _bits_of_node(node: Recursive) -> float:
    if isinstance(node, Variable):
        return 3.0
    if isinstance(node, Constant):
        return 2.5 if isinstance(node.value, str) else 3.0
    if isinstance(node, Apply):
        return OPERATORS[node.name].cost
    return CHOICE_BITS if isinstance(node, Choice) else max(SHAPES[name].cost for name in node.shapes)


def as_json(program: Recursive) -> Any:
    """Lists, texts and numbers that JSON holds."""
    if isinstance(program, Variable):
        return {"variable": program.place}
    if isinstance(program, Constant):
        return {"value": program.value}
    if isinstance(program, Apply):
        return [program.name, *map(as_json, program.arguments)]
    if isinstance(program, Choice):
        return ["if", *map(as_json, parts_of(program))]
    cases = [None if case is None else as_json(case) for case in program.cases]
    return ["scheme", list(program.shapes), list(map(as_json, program.subjects)), cases]


def from_json(record: Any, n_variables: int) -> Recursive:
    """A program of so many arguments from what `as_json` gave.

    Raises
    ------
    ParseError
        When it is none: unknown names, wrong numbers of arguments, variables that there are not, or too
        large.
    """
    return _read(record, n_variables, [MOST_NODES], MOST_DEPTH)


def _read(record: Any, n: int, left: list[int], depth: int) -> Recursive:
    left[0] -= 1
    if left[0] < 0 or depth < 0:
        raise ParseError(f"the function has more than {MOST_NODES} parts or more than {MOST_DEPTH} levels")
    if isinstance(record, dict):
        return _leaf(record, n)
    if not isinstance(record, list) or not record or not isinstance(record[0], str):
        raise ParseError(f"{record!r:.60} is no part of a recursive function")
    name, *rest = record
    if name == "scheme":
        return _scheme(rest, n, left, depth)
    given = tuple(_read(one, n, left, depth - 1) for one in rest)
    if name == "if":
        if len(given) != 3:
            raise ParseError("a choice of the function has no condition and two values")
        return Choice(*given)
    row = OPERATORS.get(name)
    if row is None or len(given) != len(row.arguments):
        raise ParseError(f"the function uses {name!r:.40} with {len(given)} arguments, which is no operator")
    return Apply(name, given)


def _scheme(rest: list[Any], n: int, left: list[int], depth: int) -> Scheme:
    if len(rest) != 3 or not all(isinstance(one, list) for one in rest):
        raise ParseError("a scheme of the function has no shapes, subjects and cases")
    shapes, subjects, cases = rest
    known = 1 <= len(shapes) <= 2 and all(isinstance(name, str) and name in SHAPES for name in shapes)
    if not known or len(subjects) != len(shapes) or len(cases) != 2 ** len(shapes):
        raise ParseError(
            "a scheme of the function has no one or two known shapes, with their subjects and cases"
        )
    taken = tuple(_read(one, n, left, depth - 1) for one in subjects)
    read = [
        None if case is None else _read(case, n + width_of_case(tuple(shapes), place), left, depth - 1)
        for place, case in enumerate(cases)
    ]
    return Scheme(tuple(shapes), taken, tuple(read))


def _leaf(record: dict[str, Any], n: int) -> Recursive:
    place = record.get("variable")
    if set(record) == {"variable"} and type(place) is int and 0 <= place < n:
        return Variable(place)
    value = record.get("value")
    if set(record) == {"value"} and (value is None or type(value) in (bool, int, float, str)):
        return Constant(value)
    raise ParseError(f"{record!r:.60} is no part of a recursive function")
