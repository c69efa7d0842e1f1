"""Sequences of pictures read as words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from symlaw.engine.programs.grammars import Grammar, TooLong
from symlaw.search.grammars.pairs import Pair
from symlaw.search.grammars.pictures.reader import Pictures, likely

# Readings of a sequence that are tried.
_READINGS = 200

Word = str | int
Steps = tuple[Word, ...]


class Shown(NamedTuple):
    """Sequences of pictures with their values.

    Attributes
    ----------
    sequences
        Of each its words, and places of its pictures.
    values
        Of each what it gives.
    pictures
        All of them, one a row.
    shape
        Rows and columns of a picture.
    """

    sequences: tuple[Steps, ...]
    values: tuple[Any, ...]
    pictures: Pictures
    shape: tuple[int, int]


def pairs_read(shown: Shown, names: Sequence[str]) -> list[Pair]:
    """Sequences as words, with the name of its class for each picture."""
    return [
        Pair(_worded(steps, names), value) for steps, value in zip(shown.sequences, shown.values, strict=True)
    ]


def _worded(steps: Steps, names: Sequence[str]) -> tuple[str, ...]:
    return tuple(names[step] if isinstance(step, int) else step for step in steps)


_ANY = object()


def reading(
    grammar: Grammar, choices: Sequence[Sequence[tuple[str, float]]], value: Any = _ANY
) -> tuple[str, ...] | None:
    """The likeliest words that give a value, or any where none is asked for; None where none do."""
    for words in likely(choices, _READINGS):
        try:
            told = grammar.read(words)
        except TooLong:
            return None
        if (told is not None) if value is _ANY else (told == value):
            return words
    return None
