"""Programs that put pieces of one text together, as a regular expression and what it is replaced with.

Python's `re` and pandas read it. Each piece is one group. What comes before a piece is written so that it
fits in one way only: where the piece is missing, nothing else is taken for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from symlaw.errors import CannotExport
from symlaw.language.programs.functions.text import CLASSES
from symlaw.language.programs.printers.expressions import overlaps_itself
from symlaw.language.programs.program import Call, Input, Literal, Program


class _Piece(NamedTuple):
    """How a piece is found.

    Attributes
    ----------
    skipped
        What comes before the pattern, fitting in one way only.
    pattern
        The piece as a group, and what has to follow.
    rest
        What comes before the piece, where it goes on to the end and can be taken apart further; else None.
    """

    skipped: str
    pattern: str
    rest: str | None = None


def regex(program: Program, names: tuple[str, ...]) -> str:
    r"""Two lines: the regular expression, which fits whole texts, and what these are replaced with.

    Raises
    ------
    CannotExport
        When the program does more than putting pieces of one column together.

    Examples
    --------
    >>> both = Call("concat", (Call("part", (Input(0), Literal(" "), Literal(2))), Literal("!")))
    >>> print(regex(both, ("name",)))
    (?s)\A(?:(?:(?!\ ).)*\ ){1}((?:(?!\ ).)*).*\Z
    \1!
    <BLANKLINE>
    """
    if len(names) != 1:
        raise CannotExport("the program reads several columns, a regular expression one: export it as python")
    parts = program.arguments if isinstance(program, Call) and program.name == "concat" else (program,)
    pieces: list[_Piece] = []
    said = ""
    for part in parts:
        if isinstance(part, Literal) and part.value is not None:
            text = str(part.value).replace("\\", r"\\").replace("\n", r"\n")
            # a digit after the number of a group would be read as its last
            said = re.sub(r"\\(\d+)$", r"\\g<\1>", said) if text[:1].isdigit() else said
            said += text
            continue
        piece = _piece(part)
        if piece not in pieces:
            pieces.append(piece)
        said += rf"\{pieces.index(piece) + 1}"
    if len(pieces) == 1:
        found = pieces[0].skipped + pieces[0].pattern
    else:
        found = "".join(f"(?={piece.skipped}{piece.pattern})" for piece in pieces)
    return "\n".join([rf"(?s)\A{found}.*\Z", said, ""])


def _piece(program: Program) -> _Piece:
    if isinstance(program, Input):
        return _Piece("", "(.*)", "")
    spelling = _SPELLINGS.get(program.name) if isinstance(program, Call) else None
    if spelling is None:
        what = program.name if isinstance(program, Call) else "a condition"
        raise CannotExport(
            f"the program uses {what}, for which there is no regular expression: export it as python"
        )
    assert isinstance(program, Call)
    inner = _piece(program.arguments[0])
    if inner.rest is None:
        raise CannotExport(
            f"the program uses {program.name} on a piece of a piece, for which there is no regular"
            " expression: export it as python"
        )
    values = [one.value for one in program.arguments[1:] if isinstance(one, Literal)]
    skipped, pattern, rest = spelling(*values)
    return _Piece(inner.rest + skipped, pattern, None if rest is None else inner.rest + rest)


def _of_mark(spelled: Callable[[str, str, int], _Piece]) -> Callable[..., _Piece]:
    """Of a mark and a place; the spelling gets the mark, and what holds no mark."""

    def spelling(mark: str, place: int) -> _Piece:
        if not mark or overlaps_itself(mark):
            raise CannotExport(
                f"marks such as {mark!r}, that overlap, have no regular expression: export it as python"
            )
        escaped = re.escape(mark)
        return spelled(escaped, f"(?:(?!{escaped}).)*", place)

    return spelling


def _part(mark: str, free: str, place: int) -> _Piece:
    if place > 0:
        return _Piece(rf"(?:{free}{mark}){{{place - 1}}}", f"({free})")
    return _Piece("", rf"(?:.*{mark}|)({free})(?:{mark}{free}){{{-place - 1}}}\Z")


def _before(mark: str, free: str, place: int) -> _Piece:
    if place > 0:
        return _Piece("", rf"((?:{free}{mark}){{{place - 1}}}{free}){mark}")
    return _Piece("", rf"(.*){mark}{free}(?:{mark}{free}){{{-place - 1}}}\Z")


def _after(mark: str, free: str, place: int) -> _Piece:
    if place > 0:
        before = rf"(?:{free}{mark}){{{place}}}"
        return _Piece(before, "(.*)", before)
    before = rf".*{mark}(?={free}(?:{mark}{free}){{{-place - 1}}}\Z)"
    return _Piece(before, "(.*)", before)


def _of_class(spelled: Callable[[str, str, int], _Piece]) -> Callable[..., _Piece]:
    """Of a class of characters and a place; the spelling gets one of the class, and one that is not."""

    def spelling(kind: str, place: int) -> _Piece:
        return spelled(CLASSES[kind], f"(?:(?!{CLASSES[kind]}).)", place)

    return spelling


def _behind(each: str, other: str, place: int) -> str:
    """What follows a run that is counted from the end."""
    return rf"(?:{other}+{each}+){{{-place - 1}}}{other}*\Z"


def _ahead(each: str, other: str, place: int) -> str:
    """What comes before a run that is counted from the beginning."""
    return rf"{other}*(?:{each}+{other}+){{{place - 1}}}"


def _run(each: str, other: str, place: int) -> _Piece:
    if place > 0:
        return _Piece(_ahead(each, other, place), f"({each}+)")
    return _Piece("", f"(?:.*{other}|)({each}+){_behind(each, other, place)}")


def _before_run(each: str, other: str, place: int) -> _Piece:
    if place > 0:
        return _Piece("", f"({_ahead(each, other, place)}){each}")
    return _Piece("", f"(.*{other}|){each}+{_behind(each, other, place)}")


def _after_run(each: str, other: str, place: int) -> _Piece:
    if place > 0:
        before = f"{_ahead(each, other, place)}{each}+(?!{each})"
        return _Piece(before, "(.*)", before)
    return _Piece("", f"(?:.*{other}|){each}+({_behind(each, other, place)})")


def _from_run(each: str, other: str, place: int) -> _Piece:
    if place > 0:
        return _Piece(_ahead(each, other, place), f"({each}.*)")
    return _Piece("", f"(?:.*{other}|)({each}+{_behind(each, other, place)})")


def _through_run(each: str, other: str, place: int) -> _Piece:
    if place > 0:
        return _Piece("", f"({_ahead(each, other, place)}{each}+)")
    return _Piece("", f"((?:.*{other}|){each}+){_behind(each, other, place)}")


def _ends(pattern: str) -> Callable[[int], _Piece]:
    """Of a number of characters, which stands at a place of the pattern."""

    def spelling(n: int) -> _Piece:
        return _Piece("", pattern.replace("n}", f"{n}}}"))

    return spelling


_SPELLINGS: dict[str, Callable[..., _Piece]] = {
    "part": _of_mark(_part),
    "before": _of_mark(_before),
    "after": _of_mark(_after),
    "run": _of_class(_run),
    "before_run": _of_class(_before_run),
    "after_run": _of_class(_after_run),
    "from_run": _of_class(_from_run),
    "through_run": _of_class(_through_run),
    "first": _ends("(.{0,n})"),
    "last": _ends(r".*?(.{0,n})\Z"),
    "skip": _ends(".{0,n}(.*)"),
    "drop": _ends(r"(.*?).{0,n}\Z"),
    "trim": lambda: _Piece("", r"\s*(.*?)\s*\Z"),
}
