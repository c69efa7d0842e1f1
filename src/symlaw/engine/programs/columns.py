"""Programs on whole columns: each distinct row once, by closures where sizes are bounded beforehand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Any

from symlaw.engine.programs.interpret import MOST_CHARACTERS, run
from symlaw.language.programs.program import Branch, Input, Literal, Program, nodes
from symlaw.language.programs.table import OPERATORS

Row = tuple[str, ...]
# Longer texts, and programs of more parts, go to the interpreter, which counts steps and characters.
_SHORT, _MOST_PARTS = 2_000, 300

_FAILURES = (TypeError, ValueError, KeyError, ArithmeticError, AttributeError, IndexError)


def apply(program: Program, rows: Iterable[Row]) -> list[str | None]:
    """What a program gives for each row.

    Parameters
    ----------
    program
        The program.
    rows
        Texts of the input columns.

    Returns
    -------
    list
        None where it has no value.
    """
    function = closure(program) if _is_bounded(program) else None
    known: dict[Row, str | None] = {}
    answers = []
    for row in rows:
        try:
            answers.append(known[row])
            continue
        except KeyError:
            pass
        if function is None or max(map(len, row)) > _SHORT:
            answer = run(program, row)
        else:
            answer = _quick(function, row)
        known[row] = answer
        answers.append(answer)
    return answers


def _quick(function: Callable[[Row], Any], row: Row) -> str | None:
    try:
        value = function(row)
    except _FAILURES:
        return None
    return value if isinstance(value, str) and len(value) <= MOST_CHARACTERS else None


def _is_bounded(program: Program) -> bool:
    """Whether texts cannot grow: few parts, and nothing is replaced by what is replaced again."""
    parts = list(islice(nodes(program), _MOST_PARTS + 1))
    if len(parts) > _MOST_PARTS:
        return False
    growing = sum(getattr(part, "name", "") in ("replace", "join", "pad", "pad_end") for part in parts)
    counts = [part.value for part in parts if isinstance(part, Literal) and type(part.value) is int]
    texts = [part.value for part in parts if isinstance(part, Literal) and isinstance(part.value, str)]
    return (
        growing <= 8
        and all(abs(count) <= 100_000 for count in counts)
        and sum(map(len, texts)) <= 1_000
        and _depth_of_growth(program) <= 2
    )


def _depth_of_growth(program: Program) -> int:
    """How many operators that multiply sizes stand inside each other."""
    if isinstance(program, (Input, Literal)):
        return 0
    if isinstance(program, Branch):
        return max(map(_depth_of_growth, (program.condition, program.then, program.otherwise)))
    inner = max(map(_depth_of_growth, program.arguments))
    return inner + (program.name in ("replace", "join"))


def closure(program: Program) -> Callable[[Row], Any]:
    """A function of a row that does what the interpreter does, without its limits."""
    if isinstance(program, Input):
        place = program.place
        return lambda row: row[place]
    if isinstance(program, Literal):
        value = program.value
        return lambda row: value
    if isinstance(program, Branch):
        return _branch(program)
    return _call(OPERATORS[program.name].function, program.arguments)


def _branch(program: Branch) -> Callable[[Row], Any]:
    condition, then, otherwise = map(closure, (program.condition, program.then, program.otherwise))

    def branch(row: Row) -> Any:
        truth = condition(row)
        return None if truth is None else then(row) if truth else otherwise(row)

    return branch


def _call(function: Callable[..., Any], arguments: Sequence[Program]) -> Callable[[Row], Any]:
    rest = [argument.value for argument in arguments[1:] if isinstance(argument, Literal)]
    if len(rest) == len(arguments) - 1 and None not in rest:
        first = closure(arguments[0])

        def on_one(row: Row) -> Any:
            value = first(row)
            return None if value is None else function(value, *rest)

        return on_one
    inner = [closure(argument) for argument in arguments]

    def on_many(row: Row) -> Any:
        values = [one(row) for one in inner]
        return None if None in values else function(*values)

    return on_many
