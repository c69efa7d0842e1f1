"""Programs as SQL expressions of SQLite, which has no regular expressions: pieces are made by recursion."""

from __future__ import annotations

from collections.abc import Callable

from symlaw.errors import CannotExport
from symlaw.language.programs.printers.expressions import expression_of, overlaps_itself
from symlaw.language.programs.printers.sql import quoted, sql_of
from symlaw.language.programs.program import Program


def _pieces(text: str, mark: str) -> str:
    """A table of pieces: their numbers from 1, themselves, and what comes after them."""
    sign = quoted(mark)
    return (
        f"WITH RECURSIVE pieces(n, piece, rest) AS (SELECT 0, '', {text} || {sign} UNION ALL SELECT n + 1,"
        f" substr(rest, 1, instr(rest, {sign}) - 1), substr(rest, instr(rest, {sign}) + {len(mark)})"
        f" FROM pieces WHERE instr(rest, {sign}) > 0)"
    )


def _part(text: str, mark: str, place: int) -> str:
    _check(mark)
    wanted = place if place > 0 else f"(SELECT max(n) FROM pieces) + {place + 1}"
    return f"{_pieces(text, mark)} SELECT piece FROM pieces WHERE n > 0 AND n = {wanted}"


def _around(text: str, mark: str, place: int, *, is_before: bool) -> str:
    """What comes before or after a mark, by the lengths of the pieces before it."""
    _check(mark)
    many = "(SELECT max(n) FROM pieces)"
    before = str(place) if place > 0 else f"({many} + {place})"
    length = f"(SELECT sum(length(piece) + {len(mark)}) FROM pieces WHERE n > 0 AND n <= {before})"
    chosen = f"substr({text}, 1, {length} - {len(mark)})" if is_before else f"substr({text}, {length} + 1)"
    return f"{_pieces(text, mark)} SELECT CASE WHEN {many} > {abs(place)} THEN {chosen} END"


def _check(mark: str) -> None:
    """Marks that overlap themselves are found at other places once a mark stands behind the text."""
    if overlaps_itself(mark):
        raise CannotExport(
            f"the mark {mark!r} overlaps itself, which SQLite finds elsewhere: export it as python"
        )


_SPELLINGS: dict[str, Callable[..., str]] = {
    "part": _part,
    "before": lambda text, mark, place: _around(text, mark, place, is_before=True),
    "after": lambda text, mark, place: _around(text, mark, place, is_before=False),
    "first": lambda text, n: f"substr({text}, 1, {n})",
    "last": lambda text, n: f"substr({text}, -{n})",
    "skip": lambda text, n: f"substr({text}, {n + 1})",
    "drop": lambda text, n: f"substr({text}, 1, max(length({text}) - {n}, 0))",
    "replace": lambda text, old, new: f"replace({text}, {quoted(old)}, {quoted(new)})",
    "pad": lambda text, n, mark: (
        f"replace(hex(zeroblob(max({n} - length({text}), 0))), '00', {quoted(mark)}) || {text}"
    ),
    "pad_end": lambda text, n, mark: (
        f"{text} || replace(hex(zeroblob(max({n} - length({text}), 0))), '00', {quoted(mark)})"
    ),
    "strip": lambda text, mark: f"ltrim({text}, {quoted(mark)})",
    "strip_end": lambda text, mark: f"rtrim({text}, {quoted(mark)})",
    "has": lambda text, mark: f"instr({text}, {mark}) > 0 OR {mark} = ''",
    "begins": lambda text, mark: f"substr({text}, 1, length({mark})) = {mark}",
    "ends": lambda text, mark: f"substr({text}, length({text}) - length({mark}) + 1) = {mark}",
    "equal": lambda one, other: f"{one} = {other}",
    "longer": lambda text, n: f"length({text}) > {n}",
}
_TEXT_SECOND = ("has", "begins", "ends", "equal")


def sqlite(program: Program, names: tuple[str, ...]) -> str:
    """An expression over columns of a table.

    Raises
    ------
    CannotExport
        When the program uses an operator that has no spelling here.
    """
    return expression_of(program, sql_of(names, "for which there is no SQLite", _SPELLINGS, _TEXT_SECOND))
