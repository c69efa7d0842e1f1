"""Programs as formulas of Excel; an error stands where there is no value."""

from __future__ import annotations

from collections.abc import Callable

from symlaw.errors import CannotExport
from symlaw.language.programs.printers.expressions import Consumer, expression_of, overlaps_itself
from symlaw.language.programs.program import Program


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
    if overlaps_itself(mark):
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
    return "=" + expression_of(program, _EXCEL)


_EXCEL = Consumer(
    lambda place: f"{chr(ord('A') + place)}2", _quoted, "NA()",
    lambda condition, then, other: f"IF({condition},{then},{other})",
    "&", _SPELLINGS, _TEXT_SECOND, "which Excel has no function for",
)  # fmt: skip
