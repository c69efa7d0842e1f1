"""Formulas of one size: how each was made, and its values while there is room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

# What stands for an operator where formulas are columns.
COLUMN = -1


class Joining(NamedTuple):
    """An operator on all pairs of two sizes, or on all formulas of one size.

    Attributes
    ----------
    place
        The operator's place among the operators, `COLUMN` for columns.
    left, right
        Sizes of the arguments; ``right`` is that of ``left`` for an operator of one.
    """

    place: int
    left: int
    right: int


class Pairs(NamedTuple):
    """Some pairs of a joining, by the places of both formulas in their sizes, int32.

    An operator of one argument has the same on both sides.
    """

    joining: Joining
    first: NDArray[np.int32]
    second: NDArray[np.int32]

    def picked(self, which: NDArray[np.bool_]) -> Pairs:
        """Those that are marked."""
        return Pairs(self.joining, self.first[which], self.second[which])


class Made(NamedTuple):
    """Formulas just made: their values (n, n_rows), keys and kinds."""

    pairs: Pairs
    values: Array
    keys: NDArray[np.uint64]
    kinds: NDArray[np.int8]


@dataclass(frozen=True)
class Level:
    """The formulas of one size, each behaviour once.

    Attributes
    ----------
    parts
        How they were made, in order.
    kinds
        int8 (n,): undefined somewhere, constant, or neither.
    values
        float64 (n, n_rows); None where there was no room.
    """

    parts: tuple[Pairs, ...]
    kinds: NDArray[np.int8]
    values: Array | None

    def __len__(self) -> int:
        return len(self.kinds)

    def made_by(self, place: int) -> tuple[Joining, int, int]:
        """How the formula at a place was made: its joining, and the places of both arguments."""
        for part in self.parts:
            if place < len(part.first):
                return part.joining, int(part.first[place]), int(part.second[place])
            place -= len(part.first)
        raise IndexError(place)


class Growing:
    """A level that is being made.

    Parameters
    ----------
    room
        Values that may be kept.
    """

    def __init__(self, room: float) -> None:
        self._room = room
        self._parts: list[Pairs] = []
        self._kinds: list[NDArray[np.int8]] = []
        self._values: list[Array] = []

    def add(self, made: Made, new: NDArray[np.bool_]) -> None:
        """Take in those that are new."""
        self._parts.append(made.pairs.picked(new))
        self._kinds.append(made.kinds[new])
        self._room -= int(new.sum()) * made.values.shape[1]
        if self._room < 0.0:
            self._values.clear()
        else:
            self._values.append(made.values[new])

    def level(self) -> Level:
        """What was taken in."""
        values = np.concatenate(self._values) if self._room >= 0.0 and self._values else None
        return Level(tuple(self._parts), np.concatenate(self._kinds), values)
