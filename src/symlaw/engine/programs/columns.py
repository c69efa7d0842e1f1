"""Programs on whole columns: each distinct row once, one operator after the other where sizes are bounded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import islice, repeat
from typing import Any

from symlaw.engine.programs.interpret import MOST_CHARACTERS, run
from symlaw.language.programs.program import Branch, Call, Input, Literal, Program, nodes
from symlaw.language.programs.table import OPERATORS

Row = tuple[str, ...]
# Longer texts, and programs of more parts, go to the interpreter, which counts steps and characters.
_SHORT, _MOST_PARTS = 2_000, 300
# Rows that are computed together, and values that say whether few of them are distinct.
_TOGETHER, _LOOKED_AT = 20_000, 400

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
    given = list(rows)
    known: dict[Row, str | None] = dict.fromkeys(given)
    distinct = given if len(known) == len(given) else list(known)
    is_bounded = _is_bounded(program)
    short = [row for row in distinct if is_bounded and max(map(len, row)) <= _SHORT]
    for start in range(0, len(short), _TOGETHER):
        part = short[start : start + _TOGETHER]
        known.update(zip(part, map(_checked, _Rows(part).column(program)), strict=True))
    if len(short) < len(distinct):
        quick = set(short)
        known.update((row, run(program, row)) for row in distinct if row not in quick)
    return [known[row] for row in given]


def _checked(value: Any) -> str | None:
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


class _Rows:
    """Some rows, and what parts of a program give for them; None where there is no value.

    An operator that has no value for a row, or an argument without one, gives none, as does all that is made
    of it: columns without values say what the interpreter says of single rows.
    """

    def __init__(self, rows: Sequence[Row], of: _Rows | None = None, places: Sequence[int] = ()) -> None:
        self._rows, self._of, self._places = rows, of, places
        self._known: dict[Program, list[Any]] = {}

    def column(self, program: Program) -> list[Any]:
        """Values of a part of the program; what occurs several times in it is computed once."""
        if isinstance(program, Input):
            place = program.place
            return [row[place] if place < len(row) else None for row in self._rows]
        if isinstance(program, Literal):
            return [program.value] * len(self._rows)
        found = self._seen(program)
        if found is None:
            found = self._branch(program) if isinstance(program, Branch) else self._call(program)
            self._known[program] = found
        return found

    def _seen(self, program: Program) -> list[Any] | None:
        known = self._known.get(program)
        if known is None and self._of is not None:
            whole = self._of._seen(program)
            known = None if whole is None else [whole[place] for place in self._places]
        return known

    def _branch(self, program: Branch) -> list[Any]:
        truths = self.column(program.condition)
        answers: list[Any] = [None] * len(truths)
        for part, is_wanted in ((program.then, True), (program.otherwise, False)):
            places = [
                place for place, truth in enumerate(truths) if truth is not None and bool(truth) is is_wanted
            ]
            if places:
                chosen = _Rows([self._rows[place] for place in places], self, places)
                for place, value in zip(places, chosen.column(part), strict=True):
                    answers[place] = value
        return answers

    def _call(self, program: Call) -> list[Any]:
        function, first = OPERATORS[program.name].function, program.arguments[0]
        rest = [one.value for one in program.arguments[1:] if isinstance(one, Literal)]
        if len(rest) == len(program.arguments) - 1 and None not in rest:
            return _mapped(function, self.column(first), rest)
        return _tried(function, [self.column(argument) for argument in program.arguments], [])


def _mapped(function: Callable[..., Any], values: list[Any], rest: list[Any]) -> list[Any]:
    """A function of each value: of texts that occur often, once for each distinct one."""
    looked_at = values[:: max(1, len(values) // _LOOKED_AT)]
    # other values may be equal and yet not the same: 1, 1.0 and True
    few = all(type(one) is str for one in looked_at) and 2 * len(set(looked_at)) <= len(looked_at)
    if few and set(map(type, values)) <= {str, type(None)}:
        distinct = list(dict.fromkeys(values))
        known = dict(zip(distinct, _tried(function, [distinct], rest), strict=True))
        return [known[value] for value in values]
    return _tried(function, [values], rest)


def _tried(function: Callable[..., Any], columns: list[list[Any]], rest: list[Any]) -> list[Any]:
    """A function of columns and literals; None where a value lacks, or the function fails."""
    if not any(None in column for column in columns):
        try:
            return list(map(function, *columns, *map(repeat, rest)))
        except _FAILURES:
            pass
    return [
        None if None in values else _one(function, (*values, *rest)) for values in zip(*columns, strict=True)
    ]


def _one(function: Callable[..., Any], values: tuple[Any, ...]) -> Any:
    try:
        return function(*values)
    except _FAILURES:
        return None
