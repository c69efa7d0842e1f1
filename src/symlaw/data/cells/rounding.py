"""Values just below 0 that should be 0: what rounding leaves of differences that cannot be negative."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

# Of the median size, below which a value of the other sign is rounding; the share of rows that may be; and
# rows without which the others' sign says nothing.
_ROUNDING, _FEW, _LEAST_ROWS = 1e-12, 0.01, 10


def without_wrong_signs(
    X: NDArray[np.float64], names: Sequence[str]
) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """Columns with 0 where one row or a few have a tiny value of another sign than all others.

    ``sqrt`` and ``log`` would be undefined there.

    Parameters
    ----------
    X
        (n_rows, n_features), finite.
    names
        Of the columns.

    Returns
    -------
    X, notes
        The array itself where nothing changes, and a sentence for each column that does.

    Examples
    --------
    >>> changed, notes = without_wrong_signs(np.array([[2.0], [-1e-17], *10 * [[3.0]]]), ["x"])
    >>> changed[:3].ravel().tolist(), notes[0]
    ([2.0, 0.0, 3.0], "Column 'x' is -1e-17 in row 2, which counts as 0: it is above 0 elsewhere.")
    """
    notes: list[str] = []
    for place, name in enumerate(names):
        column = X[:, place]
        wrong = _wrong(column)
        if not wrong.any():
            continue
        if not notes:
            X = X.copy()
        X[wrong, place] = 0.0
        rows = np.flatnonzero(wrong)
        more = "" if len(rows) == 1 else f" and {len(rows) - 1} more"
        side = "above" if column[rows[0]] < 0 else "below"
        notes.append(
            f"Column {name!r} is {column[rows[0]]:g} in row {rows[0] + 1}{more}, which counts as 0: it is"
            f" {side} 0 elsewhere."
        )
    return X, tuple(notes)


def _wrong(column: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Rows of a tiny value whose sign is not that of the others; none where these are many."""
    tiny = np.abs(column) <= _ROUNDING * float(np.median(np.abs(column)))
    if len(column) < _LEAST_ROWS:
        return np.zeros(len(column), bool)
    for sign in (1.0, -1.0):
        wrong = sign * column < 0
        if np.all(tiny[wrong]) and np.any(wrong) and np.sum(wrong) <= max(1.0, _FEW * len(column)):
            return wrong
    return np.zeros(len(column), bool)
