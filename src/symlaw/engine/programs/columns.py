"""Programs on whole columns: each distinct row once, by closures where sizes are bounded beforehand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from operator import itemgetter
from typing import Any

from symlaw.engine.programs.interpret import MOST_CHARACTERS, run
from symlaw.language.programs.program import Branch, Call, Input, Literal, Program, nodes
from symlaw.language.programs.table import OPERATORS

Row = tuple[str, ...]
# Longer texts, and programs of more parts, go to the interpreter, which counts steps and characters.
_SHORT, _MOST_PARTS = 2_000, 300

_UNKNOWN = object()
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
    known: dict[Row, str | object | None] = {}
    answers: list[Any] = []
    for row in rows:
        answer = known.get(row, _UNKNOWN)
        if answer is _UNKNOWN:
            is_long = (
                function is None or len(row[0]) > _SHORT or (len(row) > 1 and max(map(len, row)) > _SHORT)
            )
            answer = known[row] = run(program, row) if is_long or function is None else _quick(function, row)
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
    """A function of a row that does what the interpreter does, without its limits.

    What occurs several times in a program is computed once for a row.
    """
    counts = Counter(part for part in nodes(program) if isinstance(part, Call))
    return _closure(program, {part: None for part, n in counts.items() if n > 1})


_Shared = dict[Program, Callable[[Row], Any] | None]


def _closure(program: Program, shared: _Shared) -> Callable[[Row], Any]:
    if isinstance(program, Input):
        return itemgetter(program.place)
    if isinstance(program, Literal):
        value = program.value
        return lambda row: value
    if isinstance(program, Branch):
        return _branch(program, shared)
    known = shared.get(program)
    if known is None:
        known = _call(OPERATORS[program.name].function, program.arguments, shared)
        if program in shared:
            known = shared[program] = _remembered(known)
    return known


def _remembered(function: Callable[[Row], Any]) -> Callable[[Row], Any]:
    last: list[Any] = [None, None]

    def remembered(row: Row) -> Any:
        if last[0] is not row:
            last[1] = function(row)
            last[0] = row
        return last[1]

    return remembered


def _branch(program: Branch, shared: _Shared) -> Callable[[Row], Any]:
    condition, then, otherwise = (
        _closure(part, shared) for part in (program.condition, program.then, program.otherwise)
    )

    def branch(row: Row) -> Any:
        truth = condition(row)
        return None if truth is None else then(row) if truth else otherwise(row)

    return branch


def _call(
    function: Callable[..., Any], arguments: Sequence[Program], shared: _Shared
) -> Callable[[Row], Any]:
    rest = [argument.value for argument in arguments[1:] if isinstance(argument, Literal)]
    if len(rest) == len(arguments) - 1 and None not in rest:
        first = _closure(arguments[0], shared)

        def on_one(row: Row) -> Any:
            value = first(row)
            return None if value is None else function(value, *rest)

        return on_one
    inner = [_closure(argument, shared) for argument in arguments]

    def on_many(row: Row) -> Any:
        values = [one(row) for one in inner]
        return None if None in values else function(*values)

    return on_many
