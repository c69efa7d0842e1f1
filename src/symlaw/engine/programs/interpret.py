"""Runs programs on rows.

Nothing is ever evaluated as Python, and no row takes long: steps and sizes are limited.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from symlaw.language.programs.program import Branch, Input, Literal, Program
from symlaw.language.programs.table import OPERATORS

# Characters of a text or texts of a list that a program may read or make.
MOST_CHARACTERS = 50_000
# Calls of operators for one row.
MOST_STEPS = 5_000
# Characters that padding may ask for.
MOST_COUNT = 10_000


class _Spent(Exception):
    """A row asks for more steps or memory than it may have."""


class _Meter:
    def __init__(self) -> None:
        self.steps = MOST_STEPS
        self.characters = 20 * MOST_CHARACTERS


def run(program: Program, row: Sequence[str]) -> str | None:
    """What a program gives for one row of texts.

    Returns
    -------
    str or None
        None where it has no value: something that it looks for is missing, or a limit is reached.
    """
    if any(len(text) > MOST_CHARACTERS for text in row):
        return None
    try:
        value = _value(program, row, _Meter())
    except (
        _Spent,
        RecursionError,
        TypeError,
        ValueError,
        KeyError,
        ArithmeticError,
        AttributeError,
        IndexError,
    ):
        # programs from files may put any type anywhere
        return None
    return value if isinstance(value, str) else None


def _value(program: Program, row: Sequence[str], meter: _Meter) -> Any:
    if isinstance(program, Input):
        return row[program.place]
    if isinstance(program, Literal):
        return program.value
    if isinstance(program, Branch):
        truth = _value(program.condition, row, meter)
        if truth is None:
            return None
        return _value(program.then if truth else program.otherwise, row, meter)
    meter.steps -= 1
    arguments = []
    for argument in program.arguments:
        value = _value(argument, row, meter)
        if value is None:
            return None
        arguments.append(value)
    _pay(arguments, meter)
    if program.name == "replace" and arguments[1]:
        _pay_for_growth(arguments, meter)
    value = OPERATORS[program.name].function(*arguments)
    _pay([value], meter)
    return value


def _pay_for_growth(arguments: Sequence[Any], meter: _Meter) -> None:
    """The one operator whose value can be a product of its arguments' sizes pays before it is called."""
    text, old, new = arguments
    size = text.count(old) * len(new)
    if size > MOST_CHARACTERS:
        raise _Spent
    meter.characters -= size


def _pay(values: Sequence[Any], meter: _Meter) -> None:
    for value in values:
        if isinstance(value, (str, tuple)):
            size = len(value) if isinstance(value, str) else sum(map(len, value)) + len(value)
            if size > MOST_CHARACTERS:
                raise _Spent
            meter.characters -= size
        elif _is_huge(value):
            raise _Spent
    if meter.steps < 0 or meter.characters < 0:
        raise _Spent


def _is_huge(value: Any) -> bool:
    if type(value) is int:
        return abs(value) > 100 * MOST_COUNT
    return isinstance(value, Decimal) and not (value.is_finite() and abs(value.adjusted()) < 60)
