"""What a phrase means: pieces of its parts one after the other, or a formula of their numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from symlaw.language.programs.program import Program
from symlaw.language.programs.steps import evaluated, step_bits, written

Items = tuple[Any, ...]


@dataclass(frozen=True)
class View:
    """A way to look at a sequence.

    Attributes
    ----------
    name
        As rules write it.
    cost
        Bits that naming it takes.
    function
        What it gives of the items.
    """

    name: str
    cost: float
    function: Callable[[Items], Items]


# A view costs more than a level of its own: how closely phrases bind explains more than where they look.
_VIEWS = (
    View("", 0.0, lambda items: items),
    View("first", 5.0, lambda items: items[:1]),
    View("last", 5.0, lambda items: items[-1:]),
    View("rest", 5.0, lambda items: items[1:]),
    View("front", 5.5, lambda items: items[:-1]),
    View("reversed", 5.5, lambda items: items[::-1]),
    View("middle", 6.0, lambda items: items[1:-1]),
)
VIEWS: dict[str, View] = {view.name: view for view in _VIEWS}
# An argument that a meaning leaves out is more often an accident than meant.
_LEFT_OUT_BITS = 6.0
_ITEM_BITS = 4.0
# Values are no longer than this: rules that double what they stand beside may be nested.
_MOST_ITEMS, _MOST_DIGITS = 1_000_000, 100_000


@dataclass(frozen=True)
class Piece:
    """A part of the phrase as a view shows it, or an item that is always the same.

    Attributes
    ----------
    place
        Which part of the phrase; -1 for an item of its own.
    view
        Name of the view.
    item
        The item, where there is no part.
    """

    place: int
    view: str = ""
    item: Any = None


Pieces = tuple[Piece, ...]
Meaning = Pieces | Program


def value_of(meaning: Meaning, given: Sequence[Any]) -> Any:
    """What a phrase with that meaning gives; None where it has no value, or one that is too large."""
    if not isinstance(meaning, tuple):
        try:
            number = evaluated(meaning, list(given))
        except (ArithmeticError, ValueError):
            return None
        return number if number.bit_length() <= _MOST_DIGITS else None
    value: list[Any] = []
    for piece in meaning:
        value += (piece.item,) if piece.place < 0 else VIEWS[piece.view].function(given[piece.place])
        if len(value) > _MOST_ITEMS:
            return None
    return tuple(value)


def piece_bits(piece: Piece, arity: int) -> float:
    """Bits of one piece of a phrase with that many parts."""
    return _ITEM_BITS if piece.place < 0 else float(arity) + VIEWS[piece.view].cost


def meaning_bits(meaning: Meaning, arity: int) -> float:
    """Bits of a meaning of a phrase with that many parts."""
    if not isinstance(meaning, tuple):
        return step_bits(meaning)
    used = {piece.place for piece in meaning if piece.place >= 0}
    return sum(piece_bits(piece, arity) for piece in meaning) + _LEFT_OUT_BITS * (arity - len(used))


def said(meaning: Meaning, names: Sequence[str]) -> str:
    """A meaning as a person reads it."""
    if not isinstance(meaning, tuple):
        return written(meaning, list(names))
    if not meaning:
        return "nothing"
    block, times = _repeated(meaning)
    words = [
        str(piece.item) if piece.place < 0 else f"{piece.view} {names[piece.place]}".strip()
        for piece in block
    ]
    text = (
        ", ".join(f"[{word}]" for word in words)
        if any(piece.view for piece in block)
        else " ".join(
            f"[{word}]" if piece.place >= 0 else word for word, piece in zip(words, block, strict=True)
        )
    )
    return text if times == 1 else f"({text}) {times} times"


def _repeated(pieces: Pieces) -> tuple[Pieces, int]:
    """The shortest block that gives the pieces when it is repeated, where that is shorter to read."""
    for size in range(1, len(pieces) // 3 + 1):
        if len(pieces) % size == 0 and pieces[:size] * (len(pieces) // size) == pieces:
            return pieces[:size], len(pieces) // size
    return pieces, 1
