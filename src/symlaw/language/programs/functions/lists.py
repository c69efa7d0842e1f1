"""Operators on lists of text: made by splitting, joined again."""

from __future__ import annotations

import re

from symlaw.language.programs.functions.text import CLASSES, capital


def pieces(text: str, mark: str) -> tuple[str, ...]:
    """What stands between marks."""
    return tuple(text.split(mark))


def runs(text: str, kind: str) -> tuple[str, ...]:
    """All runs of a class of characters."""
    return tuple(re.findall(CLASSES[kind] + "+", text))


def gather(*texts: str) -> tuple[str, ...]:
    """The list of some texts."""
    return texts


def present(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Those that are not empty."""
    return tuple(text for text in texts if text)


def rest(texts: tuple[str, ...]) -> tuple[str, ...] | None:
    """All but the first."""
    return texts[1:] or None


def front(texts: tuple[str, ...]) -> tuple[str, ...] | None:
    """All but the last."""
    return texts[:-1] or None


def backwards(texts: tuple[str, ...]) -> tuple[str, ...]:
    """In the opposite order."""
    return texts[::-1]


def ordered(texts: tuple[str, ...]) -> tuple[str, ...]:
    """In the order of characters."""
    return tuple(sorted(texts))


def distinct(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Each text once, where it comes first."""
    return tuple(dict.fromkeys(texts))


def each_first(texts: tuple[str, ...], n: int) -> tuple[str, ...]:
    """The first characters of each."""
    return tuple(text[:n] for text in texts)


def each_capital(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Each with a capital first letter and small ones after it."""
    return tuple(capital(text) for text in texts)


def each_trim(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Each without blanks at both ends."""
    return tuple(text.strip() for text in texts)


def join(texts: tuple[str, ...], mark: str) -> str:
    """Joined, with a mark between neighbours."""
    return mark.join(texts)


def most_common(texts: tuple[str, ...]) -> str:
    """The text that occurs most often; of several, the first."""
    return max(texts, key=texts.count)
