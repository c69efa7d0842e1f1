"""The operators that steps of machines are written with, exact for integers of any size."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from symlaw.errors import ParseError
from symlaw.language.programs.program import Call, Input, Literal, Program

# Larger formulas are not read from files.
_MOST_PARTS, _DEEPEST = 400, 60


@dataclass(frozen=True)
class StepOperator:
    """What is known of one operator of steps.

    Attributes
    ----------
    name
        As programs write it.
    arity
        How many arguments it has.
    cost
        Bits that naming it takes.
    scalar, arrays
        What it computes, of Python's numbers and of arrays.
    python
        Its spelling, a template of the arguments.
    binary
        Whether it is tried between any two quantities, or only with a literal second.
    """

    name: str
    arity: int
    cost: float
    scalar: Callable[..., Any]
    arrays: Callable[..., Any]
    python: str
    binary: bool = True


def _whole_root(value: Any) -> Any:
    return math.isqrt(int(value)) if value >= 0 else -1


def _truth(compare: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda one, other: int(compare(one, other))


_ROWS = (
    StepOperator("plus", 2, 1.0, operator.add, np.add, "({0} + {1})"),
    StepOperator("minus", 2, 1.0, operator.sub, np.subtract, "({0} - {1})"),
    StepOperator("product", 2, 1.5, operator.mul, np.multiply, "({0} * {1})"),
    StepOperator("larger", 2, 2.0, max, np.maximum, "max({0}, {1})"),
    StepOperator("smaller", 2, 2.0, min, np.minimum, "min({0}, {1})"),
    StepOperator("same", 2, 2.0, _truth(operator.eq), np.equal, "int({0} == {1})"),
    StepOperator("above", 2, 2.0, _truth(operator.gt), np.greater, "int({0} > {1})"),
    StepOperator("at_least", 2, 2.2, _truth(operator.ge), np.greater_equal, "int({0} >= {1})"),
    StepOperator("differ", 2, 2.2, _truth(operator.ne), np.not_equal, "int({0} != {1})"),
    StepOperator("modulo", 2, 2.0, operator.mod, np.mod, "({0} % {1})", binary=False),
    StepOperator("quotient", 2, 2.0, operator.floordiv, np.floor_divide, "({0} // {1})", binary=False),
    StepOperator("magnitude", 1, 1.5, abs, np.abs, "abs({0})"),
    StepOperator(
        "whole_root", 1, 3.0, _whole_root, lambda value: np.floor(np.sqrt(np.maximum(value, 0.0))),
        "math.isqrt(max({0}, 0))",
    ),
)  # fmt: skip
STEPS: dict[str, StepOperator] = {row.name: row for row in _ROWS}


def evaluated(program: Program, values: list[Any], *, arrays: bool = False) -> Any:
    """A formula of numbers or of arrays; inputs are places in the values."""
    if isinstance(program, Input):
        return values[program.place]
    if isinstance(program, Literal):
        return program.value
    if not isinstance(program, Call):
        raise ParseError("steps of machines have no branches")
    row = STEPS[program.name]
    given = [evaluated(argument, values, arrays=arrays) for argument in program.arguments]
    return (row.arrays if arrays else row.scalar)(*given)


def step_bits(program: Program) -> float:
    """Bits of a formula."""
    if isinstance(program, Input):
        return 1.5
    if isinstance(program, Literal):
        assert not isinstance(program.value, str)
        size = abs(float(program.value or 0))
        return 0.5 if size in (0.0, 1.0) else 2.0 if not math.isfinite(size) else 1.0 + math.log2(1.0 + size)
    assert isinstance(program, Call)
    return STEPS[program.name].cost + sum(map(step_bits, program.arguments))


def written(program: Program, names: list[str]) -> str:
    """A formula as Python writes it."""
    if isinstance(program, Input):
        return names[program.place]
    if isinstance(program, Literal):
        value = program.value
        return f'float("{value}")' if isinstance(value, float) and math.isinf(value) else repr(value)
    assert isinstance(program, Call)
    return STEPS[program.name].python.format(*(written(argument, names) for argument in program.arguments))


def step_call(name: str, *arguments: Program | float) -> Call:
    """An operator with formulas and numbers."""
    return Call(name, tuple(_literal(one) if isinstance(one, (int, float)) else one for one in arguments))


def _literal(value: float) -> Literal:
    # whole numbers stay integers, which have any size
    whole = int(value) if math.isfinite(value) and value == int(value) else value
    return Literal(whole)  # type: ignore[arg-type]


def formula_record(program: Program) -> Any:
    """A formula as JSON writes it.

    Examples
    --------
    >>> formula_record(step_call("plus", Input(0), 2))
    ['plus', {'part': 0}, 2]
    """
    if isinstance(program, Input):
        return {"part": program.place}
    if isinstance(program, Literal):
        return program.value
    if not isinstance(program, Call):
        raise ParseError("formulas of steps have no branches")
    return [program.name, *map(formula_record, program.arguments)]


def formula_from(record: Any, n_places: int) -> Program:
    """A formula of so many values, from what `formula_record` gave.

    Raises
    ------
    ParseError
        When it is none, or larger than formulas get.
    """
    return _formula(record, n_places, [_MOST_PARTS], _DEEPEST)


def _formula(record: Any, n_places: int, left: list[int], depth: int) -> Program:
    left[0] -= 1
    if left[0] < 0 or depth < 0:
        raise ParseError(f"a formula has more than {_MOST_PARTS} parts or more than {_DEEPEST} levels")
    if isinstance(record, dict) and type(record.get("part")) is int and record["part"] in range(n_places):
        return Input(record["part"])
    if type(record) is int or (type(record) is float and math.isfinite(record)):
        return Literal(record)  # type: ignore[arg-type]
    if not isinstance(record, list) or not record or record[0] not in STEPS:
        raise ParseError(f"{record!r:.60} is no formula of {n_places} values")
    name, *rest = record
    if len(rest) != STEPS[name].arity:
        raise ParseError(f"{name} has {len(rest)} arguments, and takes {STEPS[name].arity}")
    return Call(name, tuple(_formula(one, n_places, left, depth - 1) for one in rest))
