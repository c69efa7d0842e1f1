"""Programs as values: inputs, literals, calls of operators, and branches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from symlaw.errors import ParseError
from symlaw.language.programs.table import OPERATORS

# Larger programs are not read from files.
MOST_NODES, MOST_DEPTH = 5000, 60


@dataclass(frozen=True, slots=True)
class Input:
    """A column of the row that is transformed, by its place."""

    place: int


@dataclass(frozen=True, slots=True)
class Literal:
    """A text, a whole number, a decimal number; None says that there is no value."""

    value: str | int | Decimal | None


@dataclass(frozen=True, slots=True)
class Call:
    """An operator with its arguments."""

    name: str
    arguments: tuple[Program, ...]


@dataclass(frozen=True, slots=True)
class Branch:
    """One program where something is true of the row, else another."""

    condition: Call
    then: Program
    otherwise: Program


Program = Input | Literal | Call | Branch


def nodes(program: Program) -> Iterator[Program]:
    """All parts of a program, itself first."""
    waiting: list[Program] = [program]
    while waiting:
        one = waiting.pop()
        yield one
        if isinstance(one, Call):
            waiting.extend(reversed(one.arguments))
        elif isinstance(one, Branch):
            waiting.extend((one.otherwise, one.then, one.condition))


def text_of(program: Program, names: tuple[str, ...]) -> str:
    """A program on one line, for people; names are those of the input columns."""
    if isinstance(program, Input):
        return names[program.place]
    if isinstance(program, Literal):
        return repr(program.value) if isinstance(program.value, str) else str(program.value)
    if isinstance(program, Branch):
        parts = (text_of(part, names) for part in (program.condition, program.then, program.otherwise))
        return "if {} then {} else {}".format(*parts)
    inner = [text_of(argument, names) for argument in program.arguments]
    return " + ".join(inner) if program.name == "concat" else f"{program.name}({', '.join(inner)})"


def as_json(program: Program) -> Any:
    """Lists, texts and numbers that JSON holds."""
    if isinstance(program, Input):
        return {"input": program.place}
    if isinstance(program, Literal):
        is_decimal = isinstance(program.value, Decimal)
        return {"decimal": str(program.value)} if is_decimal else {"value": program.value}
    if isinstance(program, Branch):
        parts = (program.condition, program.then, program.otherwise)
        return ["if", *(as_json(part) for part in parts)]
    return [program.name, *(as_json(argument) for argument in program.arguments)]


def from_json(record: Any) -> Program:
    """A program from what `as_json` gave.

    Raises
    ------
    ParseError
        When it is none: an unknown operator, a wrong number of arguments, or larger than programs get.
    """
    return _read(record, [MOST_NODES], MOST_DEPTH)


def _read(record: Any, left: list[int], depth: int) -> Program:
    left[0] -= 1
    if left[0] < 0 or depth < 0:
        raise ParseError(f"the program has more than {MOST_NODES} parts or more than {MOST_DEPTH} levels")
    if isinstance(record, dict):
        return _leaf(record)
    if not isinstance(record, list) or not record or not isinstance(record[0], str):
        raise ParseError(f"{record!r:.60} is no part of a program")
    name, *rest = record
    parts = [_read(one, left, depth - 1) for one in rest]
    if name == "if":
        if len(parts) != 3 or not isinstance(parts[0], Call):
            raise ParseError("a branch of the program has no condition and two programs")
        return Branch(parts[0], parts[1], parts[2])
    row = OPERATORS.get(name)
    if row is None:
        raise ParseError(f"the program uses {name!r:.40}, which is no operator of this version")
    if not parts or (not row.takes_many and len(parts) != len(row.arguments)):
        raise ParseError(f"{name} has {len(parts)} arguments in the program, and takes {len(row.arguments)}")
    return Call(name, tuple(parts))


def _leaf(record: dict[str, Any]) -> Program:
    if set(record) == {"input"} and type(record["input"]) is int and 0 <= record["input"] < 1000:
        return Input(record["input"])
    value = record.get("value")
    if set(record) == {"value"} and (value is None or type(value) in (str, int)):
        return Literal(value)
    if set(record) == {"decimal"} and isinstance(record["decimal"], str) and len(record["decimal"]) < 60:
        try:
            number = Decimal(record["decimal"])
        except ArithmeticError:
            number = Decimal("nan")
        if number.is_finite() and abs(number.adjusted()) < 60:
            return Literal(number)
    raise ParseError(f"{record!r:.60} is no part of a program")
