"""Programs as formulas of Excel; an error stands where there is no value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from symlaw.errors import CannotExport
from symlaw.language.programs.program import Branch, Input, Literal, Program


def _quoted(text: str) -> str:
    if any(ord(letter) < 32 for letter in text):
        raise CannotExport("a text of the program has a line break or a tab, which formulas cannot hold")
    return '"' + text.replace('"', '""') + '"'


def _marked(text: str, mark: str, place: str) -> str:
    """Where the place-th mark begins."""
    return f"FIND(CHAR(1),SUBSTITUTE({text},{_quoted(mark)},CHAR(1),{place}))"


def _many(text: str, mark: str) -> str:
    """How many marks there are."""
    return f'(LEN({text})-LEN(SUBSTITUTE({text},{_quoted(mark)},"")))/{len(mark)}'


def _place(text: str, mark: str, place: int) -> str:
    _check(mark)
    return str(place) if place > 0 else f"{_many(text, mark)}+{place + 1}"


def _check(mark: str) -> None:
    if any(mark[:n] == mark[-n:] for n in range(1, len(mark))):
        raise CannotExport(f"the mark {mark!r} overlaps itself: export it as python")


def _part(text: str, mark: str, place: int) -> str:
    sign = _quoted(mark)
    wide = f"{sign}&{text}&{sign}"
    _check(mark)
    start = str(place) if place > 0 else f"{_many(f'({wide})', mark)}+{place}"
    begins, ends = _marked(wide, mark, start), _marked(wide, mark, f"{start}+1")
    return f"MID({wide},{begins}+{len(mark)},{ends}-{begins}-{len(mark)})"


_SPELLINGS: dict[str, Callable[..., str]] = {
    "part": _part,
    "before": lambda text, mark, place: f"LEFT({text},{_marked(text, mark, _place(text, mark, place))}-1)",
    "after": lambda text, mark, place: (
        f"MID({text},{_marked(text, mark, _place(text, mark, place))}+{len(mark)},LEN({text}))"
    ),
    "first": lambda text, n: f"LEFT({text},{n})",
    "last": lambda text, n: f"RIGHT({text},{n})",
    "skip": lambda text, n: f"MID({text},{n + 1},LEN({text}))",
    "drop": lambda text, n: f"LEFT({text},MAX(LEN({text})-{n},0))",
    "upper": lambda text: f"UPPER({text})",
    "lower": lambda text: f"LOWER({text})",
    "proper": lambda text: f"PROPER({text})",
    "capital": lambda text: f"UPPER(LEFT({text},1))&LOWER(MID({text},2,LEN({text})))",
    "replace": lambda text, old, new: f"SUBSTITUTE({text},{_quoted(old)},{_quoted(new)})",
    "pad": lambda text, n, mark: f"REPT({_quoted(mark)},MAX({n}-LEN({text}),0))&{text}",
    "pad_end": lambda text, n, mark: f"{text}&REPT({_quoted(mark)},MAX({n}-LEN({text}),0))",
    "has": lambda text, mark: f"ISNUMBER(FIND({mark},{text}))",
    "begins": lambda text, mark: f"EXACT(LEFT({text},LEN({mark})),{mark})",
    "ends": lambda text, mark: f"EXACT(RIGHT({text},LEN({mark})),{mark})",
    "equal": lambda one, other: f"EXACT({one},{other})",
    "longer": lambda text, n: f"LEN({text})>{n}",
}
_TEXT_SECOND = ("has", "begins", "ends", "equal")


def excel(program: Program, names: tuple[str, ...]) -> str:
    """A formula for row 2 of a sheet whose first columns, from A on, are the inputs.

    Raises
    ------
    CannotExport
        When the program uses an operator that has no spelling here, or more than 26 columns.
    """
    if len(names) > 26:
        raise CannotExport(f"the program reads {len(names)} columns, and formulas here up to 26")
    return "=" + _written(program)


def _written(program: Program) -> str:
    if isinstance(program, Input):
        return f"{chr(ord('A') + program.place)}2"
    if isinstance(program, Literal):
        return "NA()" if program.value is None else _quoted(str(program.value))
    if isinstance(program, Branch):
        parts = (program.condition, program.then, program.otherwise)
        return f"IF({','.join(map(_written, parts))})"
    inner = [_written(part) for part in program.arguments]
    if program.name == "concat":
        return "(" + "&".join(inner) + ")"
    literals: list[Any] = [part.value for part in program.arguments[1:] if isinstance(part, Literal)]
    if program.name in _TEXT_SECOND:
        literals = inner[1:]
    spelling = _SPELLINGS.get(program.name)
    if spelling is None or len(literals) != len(program.arguments) - 1:
        raise CannotExport(
            f"the program uses {program.name}, which Excel has no function for: export it as python"
        )
    return "(" + spelling(inner[0], *literals) + ")"
