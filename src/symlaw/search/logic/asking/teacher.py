"""Who is asked: a function of truths, its questions counted, and rows to ask of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Row = NDArray[np.bool_]


class Teacher:
    """Asks, counts, and says what went wrong."""

    def __init__(self, function: Callable[..., Any], count: int) -> None:
        self._function, self._count, self.questions = function, count, 0

    def says(self, row: Row) -> bool:
        """What the function says of a row."""
        self.questions += 1
        try:
            return bool(self._function(*(bool(one) for one in row)))
        except Exception as error:
            shown = ", ".join("10"[1 - int(one)] for one in row[:16])
            raise DataError(
                f"the function fails for the inputs {shown}{', ...' if self._count > 16 else ''} with"
                f" {type(error).__name__}: {error}"
            ) from error

    def around(self, row: Row) -> list[int]:
        """Inputs that change what is said of a row."""
        said = self.says(row)
        changed = []
        for place in range(len(row)):
            if self.says(turned_at(row, place)) != said:
                changed.append(place)
        return changed

    def between(self, first: Row, second: Row) -> tuple[int, Row]:
        """An input that matters, of two rows that are said to differ, and a row in which it does."""
        said, other = self.says(first), second.copy()
        differ = np.flatnonzero(first != other)
        while len(differ) > 1:
            half = differ[: len(differ) // 2]
            middle = other.copy()
            middle[half] = first[half]
            if self.says(middle) == said:
                # the rest of the difference changes nothing: it lies in this half
                differ = half
            else:
                other, differ = middle, differ[len(differ) // 2 :]
        return int(differ[0]), other


def turned_at(row: Row, place: int) -> Row:
    """A row with the opposite of one input."""
    other = row.copy()
    other[place] = not row[place]
    return other


def drawn(generator: np.random.Generator, count: int, n_inputs: int) -> NDArray[np.bool_]:
    """Rows drawn by chance, (count, n_inputs): every second one with a share of ones of its own.

    Conjunctions of many inputs hold in hardly any row of as many ones as zeros.
    """
    shares = np.where(np.arange(count) % 2 == 0, 0.5, generator.random(count))
    return np.asarray(generator.random((count, n_inputs)) < shares[:, None])
