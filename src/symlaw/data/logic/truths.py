"""`TruthRows`: rows of 0 and 1 and what is asked of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symlaw.errors import DataError

# Inputs of a table that is written out row by row.
MOST_INPUTS = 16


@dataclass(frozen=True, eq=False)
class TruthRows:
    """A truth table: all rows, some rows, or rows that contradict each other.

    Attributes
    ----------
    names
        The inputs.
    target
        The output's name.
    rows
        Truths of the inputs, (n_rows, n_inputs).
    truths
        What is asked of each row, (n_rows,); rows of which nothing is asked are not there.
    """

    names: tuple[str, ...]
    target: str
    rows: NDArray[np.bool_]
    truths: NDArray[np.bool_]

    @property
    def is_full(self) -> bool:
        """Whether something is asked of every row of the inputs, and nothing twice."""
        return bool(len(self.rows) == 2 ** len(self.names) == len(np.unique(self.rows, axis=0)))


def columns_of(names: Sequence[str], rows: NDArray[Any]) -> dict[str, NDArray[np.float64]]:
    """Rows of truths, (n_rows, n_inputs), as the columns that formulas take, each (n_rows,)."""
    return {name: rows[:, place].astype(float) for place, name in enumerate(names)}


def every_row(n_inputs: int) -> NDArray[np.bool_]:
    """All rows of some inputs, the first input changing slowest.

    Raises
    ------
    DataError
        When there are too many inputs.

    Examples
    --------
    >>> every_row(2).astype(int).tolist()
    [[0, 0], [0, 1], [1, 0], [1, 1]]
    """
    if not 1 <= n_inputs <= MOST_INPUTS:
        raise DataError(
            f"the table has {n_inputs} inputs, and 1 to {MOST_INPUTS} are written out: give rows as a CSV"
        )
    numbers = np.arange(2**n_inputs)[:, None]
    return np.asarray((numbers >> np.arange(n_inputs)[::-1]) & 1 == 1)


def from_outputs(outputs: Sequence[object]) -> TruthRows:
    """The table of 2^n outputs in the order of `every_row`: 0, 1, or "-" or None where either will do.

    Raises
    ------
    DataError
        When they are no 2^n of these.
    """
    known = {"0": 0, "1": 1, "-": -1, "None": -1, "False": 0, "True": 1}
    words = [str(one) for one in outputs]
    strange = [word for word in words if word not in known]
    if strange:
        raise DataError(f"a truth table holds {strange[0]!r}: give 0, 1, and '-' where either will do")
    n = len(words).bit_length() - 1
    if n < 1 or len(words) != 2**n:
        raise DataError(f"a truth table has 2, 4, 8, ... outputs, and these are {len(words)}")
    asked = np.array([known[word] for word in words])
    rows = every_row(n)
    return TruthRows(tuple(f"x{k}" for k in range(n)), "f", rows[asked >= 0], asked[asked >= 0] == 1)
