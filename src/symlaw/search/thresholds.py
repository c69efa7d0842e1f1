"""Thresholds of a column of numbers: the shortest numbers between its values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_MOST_DIGITS = 17


def between(low: float, high: float) -> float:
    """The shortest number between two, their middle where there is none.

    Examples
    --------
    >>> between(2.4871, 2.5133), between(1.0, 2.0), between(-0.31, 0.2)
    (2.5, 1.5, -0.05)
    """
    middle = low + (high - low) / 2
    for digits in range(1, _MOST_DIGITS):
        rounded = float(f"{middle:.{digits}g}")
        if low < rounded < high:
            return rounded
    return middle


def thresholds(column: Array, most: int, steps: NDArray[np.int64] | None = None) -> Array:
    """At most so many thresholds of a column, from the lowest on.

    Parameters
    ----------
    column
        Its values, float64 (n_rows,).
    most
        How many, spread evenly over the values.
    steps
        Places in the sorted column after which a threshold may lie; wherever its values differ by default.
    """
    values = np.sort(column)
    places = np.flatnonzero(values[1:] > values[:-1]) if steps is None else steps
    if len(places) > most:
        places = places[np.unique(np.linspace(0, len(places) - 1, most).round().astype(int))]
    return np.array([between(float(values[k]), float(values[k + 1])) for k in places])
