"""Programs as functions of statements, for languages where a missing value has to be asked for."""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from symlaw.language.programs.program import Branch, Call, Input, Literal, Program
from symlaw.language.programs.table import OPERATORS


@dataclass(frozen=True)
class Dialect:
    """How a language spells things.

    Attributes
    ----------
    literal
        A value.
    call
        An operator with its arguments.
    keep
        A statement that names a value, and leaves the function where it is missing.
    give
        A statement that ends the function with a value.
    branch
        The lines that begin, go on with and end a branch.
    """

    literal: Callable[[Any], str]
    call: Callable[[str, list[str]], str]
    keep: Callable[[str, str], list[str]]
    give: Callable[[str], str]
    branch: tuple[str, str, str | None]


@dataclass
class _Body:
    dialect: Dialect
    names: tuple[str, ...]
    known: dict[Program, str] = field(default_factory=dict)
    count: int = 0


def identifiers(names: tuple[str, ...]) -> tuple[str, ...]:
    """Names of columns as names of arguments, each its own."""
    taken: list[str] = []
    for place, name in enumerate(names, 1):
        plain = re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_").lower()
        if not plain or plain[0].isdigit() or keyword.iskeyword(plain) or plain in OPERATORS:
            plain = f"column_{plain}".rstrip("_")
        while plain in taken:
            plain = f"{plain}_{place}"
        taken.append(plain)
    return tuple(taken)


def body(program: Program, names: tuple[str, ...], dialect: Dialect) -> list[str]:
    """The lines of a function's body, without indentation of its own."""
    return _lines(program, _Body(dialect, names))


def _lines(program: Program, state: _Body) -> list[str]:
    if isinstance(program, Branch):
        before, condition = _inner(program.condition, state, is_last=False)
        begins, goes_on, ends = state.dialect.branch
        known = dict(state.known)
        then = _lines(program.then, state)
        state.known = known
        otherwise = _lines(program.otherwise, state)
        lines = [*before, begins.format(condition), *(f"    {line}" for line in then)]
        lines += [goes_on] if ends is not None else []
        lines += [f"    {line}" for line in otherwise] if ends is not None else otherwise
        return [*lines, *([ends] if ends is not None else [])]
    before, value = _inner(program, state, is_last=True)
    return [*before, state.dialect.give(value)]


def may_fail(name: str) -> bool:
    """Whether an operator has no value for some arguments of its types."""
    return "None" in str(OPERATORS[name].function.__annotations__["return"])


def _inner(program: Program, state: _Body, *, is_last: bool) -> tuple[list[str], str]:
    """Statements that come before, and an expression."""
    if isinstance(program, Input):
        return [], state.names[program.place]
    if isinstance(program, Literal):
        return [], state.dialect.literal(program.value)
    if program in state.known:
        return [], state.known[program]
    assert isinstance(program, Call)
    lines, arguments = [], []
    for argument in program.arguments:
        before, value = _inner(argument, state, is_last=False)
        lines += before
        arguments.append(value)
    value = state.dialect.call(program.name, arguments)
    if is_last or not may_fail(program.name):
        return lines, value
    state.count += 1
    name = f"value_{state.count}"
    state.known[program] = name
    return [*lines, *state.dialect.keep(name, value)], name
