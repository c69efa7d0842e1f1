"""A function that gives the target at any point, checked against the data once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.errors import InvalidSetting

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Rows that it is asked for at first, and the share of the target's variance that it may miss there.
_ROWS, _MISSED = 200, 0.5


@dataclass(frozen=True)
class Output:
    """One output of a function of points (n_points, n_features)."""

    function: Callable[[Any], Any]
    place: int

    def __call__(self, X: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values, float64 (n_points,)."""
        return np.asarray(self.function(X), dtype=float)[:, self.place]


def checked_oracle(
    oracle: Any, X: NDArray[np.float64], y: NDArray[np.float64], place: int | None
) -> Callable[[Any], Any] | None:
    """The function for one target, None where there is none.

    Parameters
    ----------
    oracle
        As the user gave it.
    X, y
        float64 (n_samples, n_features) and (n_samples,).
    place
        Number of the target where there are several, so that it gives (n_points, n_outputs).

    Raises
    ------
    InvalidSetting
        When it cannot be called on rows of the data, gives something else than one number for each, or
        numbers that have little in common with the target.
    """
    if oracle is None:
        return None
    if not callable(oracle):
        raise InvalidSetting(f"oracle is {oracle!r}: give a function of X (n_points, n_features), or None")
    rows = X[:_ROWS]
    try:
        answers = np.asarray(oracle(rows), dtype=float)
    except Exception as error:
        raise InvalidSetting(
            f"oracle failed on the first {len(rows)} rows of X with {type(error).__name__}: {error}; give a"
            f" function of an array (n_points, {X.shape[1]})"
        ) from error
    columns = answers if place is not None and answers.ndim == 2 else answers.reshape(-1, 1)
    if len(columns) != len(rows) or columns.shape[1] <= (place or 0):
        raise InvalidSetting(
            f"oracle gave an array {answers.shape} for {len(rows)} rows: give one number for each row"
            + ("" if place is None else " and target")
        )
    values = columns[:, place or 0]
    if not np.mean((values - y[: len(rows)]) ** 2) <= _MISSED * np.var(y):
        raise InvalidSetting(
            f"oracle and target have little in common: in the first row oracle gives {values[0]:g} where the"
            f" target is {y[0]:g}; give the function that the data come from"
        )
    return oracle if place is None else Output(oracle, place)
