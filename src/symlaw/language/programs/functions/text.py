"""Operators on text: pieces, runs of a class of characters, case, padding, replacement."""

from __future__ import annotations

import re
from typing import Any

# Each class is one set of characters, so that a run is found in linear time whatever the text.
CLASSES = {
    "digits": r"[0-9]",
    "letters": r"[^\W\d_]",
    "capitals": r"[A-Z]",
    "small": r"[a-z]",
    "alphanumeric": r"[^\W_]",
    "word": r"\S",
    "blanks": r"\s",
    "figures": r"[0-9.]",
    "marks": r"[^\w\s]",
}
RUNS = {kind: re.compile(each + "+") for kind, each in CLASSES.items()}


def spans(text: str, kind: str) -> list[tuple[int, int]]:
    """Where the longest runs of a class of characters begin and end."""
    return [found.span() for found in RUNS[kind].finditer(text)]


def span(text: str, kind: str, place: int) -> tuple[int, int] | None:
    """Where the place-th run begins and ends; those behind it are not looked for."""
    if place < 1:
        from_end: tuple[int, int] | None = pick(spans(text, kind), place)
        return from_end
    for found in RUNS[kind].finditer(text):
        place -= 1
        if place == 0:
            return found.span()
    return None


def pick(found: list[Any], place: int) -> Any:
    """The place-th of a list, counted from 1, or from -1 backwards."""
    if place > 0:
        return found[place - 1] if place <= len(found) else None
    return found[place] if -place <= len(found) else None


def part(text: str, mark: str, place: int) -> str | None:
    """The place-th of the pieces between marks."""
    found: str | None = pick(text.split(mark), place)
    return found


def places(text: str, mark: str) -> list[int]:
    """Where a mark begins, from left to right, without overlaps."""
    return [found.start() for found in re.finditer(re.escape(mark), text)]


def before(text: str, mark: str, place: int) -> str | None:
    """What comes before the place-th mark."""
    at = pick(places(text, mark), place)
    return None if at is None else text[:at]


def after(text: str, mark: str, place: int) -> str | None:
    """What comes after the place-th mark."""
    at = pick(places(text, mark), place)
    return None if at is None else text[at + len(mark) :]


def run(text: str, kind: str, place: int) -> str | None:
    """The place-th run of a class of characters."""
    at = span(text, kind, place)
    return None if at is None else text[at[0] : at[1]]


def before_run(text: str, kind: str, place: int) -> str | None:
    """What comes before the place-th run."""
    at = span(text, kind, place)
    return None if at is None else text[: at[0]]


def after_run(text: str, kind: str, place: int) -> str | None:
    """What comes after the place-th run."""
    at = span(text, kind, place)
    return None if at is None else text[at[1] :]


def from_run(text: str, kind: str, place: int) -> str | None:
    """The place-th run and what comes after it."""
    at = span(text, kind, place)
    return None if at is None else text[at[0] :]


def through_run(text: str, kind: str, place: int) -> str | None:
    """What comes before the place-th run, and the run."""
    at = span(text, kind, place)
    return None if at is None else text[: at[1]]


def first(text: str, n: int) -> str:
    """The first n characters."""
    return text[:n]


def last(text: str, n: int) -> str:
    """The last n characters."""
    return text[-n:]


def skip(text: str, n: int) -> str:
    """All but the first n characters."""
    return text[n:]


def drop(text: str, n: int) -> str:
    """All but the last n characters."""
    return text[:-n]


def upper(text: str) -> str:
    """In capital letters."""
    return text.upper()


def lower(text: str) -> str:
    """In small letters."""
    return text.lower()


def proper(text: str) -> str:
    """Each word with a capital letter and small ones after it."""
    return re.sub(r"[^\W\d_]+", lambda word: word[0][:1].upper() + word[0][1:].lower(), text)


def capital(text: str) -> str:
    """The first letter capital, all others small."""
    return text[:1].upper() + text[1:].lower()


def trim(text: str) -> str:
    """Without blanks at both ends."""
    return text.strip()


def squeeze(text: str) -> str:
    """Without blanks at both ends, and one blank where there were several."""
    return " ".join(text.split())


def replace(text: str, old: str, new: str) -> str:
    """With all of one text replaced."""
    return text.replace(old, new)


def keep(text: str, kind: str) -> str:
    """Only the characters of a class."""
    return "".join(re.findall(CLASSES[kind], text))


def remove(text: str, kind: str) -> str:
    """Without the characters of a class."""
    return re.sub(CLASSES[kind], "", text)


def pad(text: str, width: int, mark: str) -> str:
    """With marks before it, up to a width."""
    return text.rjust(width, mark)


def pad_end(text: str, width: int, mark: str) -> str:
    """With marks after it, up to a width."""
    return text.ljust(width, mark)


def strip(text: str, mark: str) -> str:
    """Without the marks that it begins with."""
    return text.lstrip(mark)


def strip_end(text: str, mark: str) -> str:
    """Without the marks that it ends with."""
    return text.rstrip(mark)


def without(text: str, other: str) -> str | None:
    """Without the first of another text in it."""
    at = text.find(other) if other else -1
    return None if at < 0 else text[:at] + text[at + len(other) :]


def concat(*texts: str) -> str:
    """One text after the other."""
    return "".join(texts)
