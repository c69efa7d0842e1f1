"""Sequences and outputs as a user gives them, as words and values, and back."""

from __future__ import annotations

import numbers
import re
from collections.abc import Iterable, Mapping
from typing import Any, Literal

from symlaw.errors import DataError
from symlaw.search.grammars.pairs import Pair

Kind = Literal["text", "list", "number"]
_NUMBER = re.compile(r"-?[0-9]{1,18}")
_WORD_OR_MARK = re.compile(r"\w+|[^\w\s]")
_MOST_PAIRS, _MOST_WORDS, _MOST_ITEMS = 200_000, 300, 5_000


def pairs_of(given: Any) -> tuple[list[Pair], Kind]:
    """Pairs of words and values, and what outputs are.

    Raises
    ------
    DataError
        When there are none, or one is no pair of a sequence and an output.
    """
    rows = list(given.items() if isinstance(given, Mapping) else given)
    if not rows:
        raise DataError("there are no pairs: give at least two, such as {'jump twice': 'JUMP JUMP', ...}")
    if len(rows) > _MOST_PAIRS:
        raise DataError(f"there are {len(rows)} pairs: give at most {_MOST_PAIRS}")
    for place, row in enumerate(rows, 1):
        if isinstance(row, str) or not isinstance(row, (tuple, list)) or len(row) != 2:
            raise DataError(f"pair {place} is {row!r:.60}: give a sequence and its output")
    kind = _kind(rows)
    pairs = []
    for place, (sequence, output) in enumerate(rows, 1):
        words = words_of(sequence, kind)
        value = int(output) if kind == "number" else _items(output)
        if not words:
            raise DataError(f"the sequence of pair {place} is empty: give at least one word")
        if len(words) > _MOST_WORDS or (isinstance(value, tuple) and len(value) > _MOST_ITEMS):
            raise DataError(
                f"pair {place} has {len(words)} words: give at most {_MOST_WORDS} words and"
                f" {_MOST_ITEMS} items of output a pair"
            )
        pairs.append(Pair(words, value))
    return pairs, kind


def words_of(sequence: Any, kind: Kind) -> tuple[str, ...]:
    """Words of a sequence: of a text those between blanks, and marks where outputs are numbers."""
    if isinstance(sequence, str):
        return tuple(_WORD_OR_MARK.findall(sequence) if kind == "number" else sequence.split())
    if not isinstance(sequence, Iterable):
        raise DataError(f"{sequence!r:.60} is no sequence: give a text or a list of words")
    return tuple(str(word) for word in sequence)


def shown(value: Any, kind: Kind) -> Any:
    """A value as the user gave outputs."""
    if value is None or kind == "number":
        return value
    return " ".join(map(str, value)) if kind == "text" else list(value)


def _kind(rows: list[Any]) -> Kind:
    outputs = [output for _, output in rows]
    if all(_is_number(output) for output in outputs):
        return "number"
    if all(isinstance(output, str) for output in outputs):
        return "text"
    for place, output in enumerate(outputs, 1):
        if isinstance(output, (str, Mapping)) or not isinstance(output, Iterable):
            raise DataError(
                f"the output of pair {place} is {output!r:.60}: outputs are all texts, all lists, or all"
                " whole numbers"
            )
    return "list"


def _is_number(output: Any) -> bool:
    if isinstance(output, str):
        return _NUMBER.fullmatch(output.strip()) is not None
    return isinstance(output, numbers.Integral) and not isinstance(output, bool)


def _items(output: Any) -> tuple[Any, ...]:
    items = tuple(output.split() if isinstance(output, str) else output)
    for item in items:
        if not isinstance(item, (str, int, float)):
            raise DataError(f"{item!r:.60} is no item of an output: items are texts and numbers")
    return items
