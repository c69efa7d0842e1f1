"""Operators that give true or false, which branches ask."""

from __future__ import annotations

import re
from decimal import Decimal

from symlaw.language.programs.functions.text import CLASSES


def has(text: str, mark: str) -> bool:
    """Whether a text is in another."""
    return mark in text


def has_any_case(text: str, mark: str) -> bool:
    """Whether a text is in another, capital and small letters being the same."""
    return mark.lower() in text.lower()


def has_class(text: str, kind: str) -> bool:
    """Whether there is a character of a class."""
    return re.search(CLASSES[kind], text) is not None


def begins(text: str, mark: str) -> bool:
    """Whether a text begins with another."""
    return text.startswith(mark)


def ends(text: str, mark: str) -> bool:
    """Whether a text ends with another."""
    return text.endswith(mark)


def begins_with_class(text: str, kind: str) -> bool:
    """Whether the first character is of a class."""
    return re.match(CLASSES[kind], text) is not None


def ends_with_class(text: str, kind: str) -> bool:
    """Whether the last character is of a class."""
    return re.match(CLASSES[kind], text[-1:]) is not None


def equal(one: str, other: str) -> bool:
    """Whether two texts are the same."""
    return one == other


def longer(text: str, n: int) -> bool:
    """Whether a text has more than n characters."""
    return len(text) > n


def occurs(text: str, mark: str, n: int) -> bool:
    """Whether a mark occurs n times or more."""
    return text.count(mark) >= n


def below(value: Decimal, limit: Decimal) -> bool:
    """Whether a number is below a limit."""
    return value < limit
