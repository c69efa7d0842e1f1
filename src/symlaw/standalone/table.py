"""Columns of numbers from delimited text."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.errors import ColumnNotFound, DataError, FileUnreadable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path
    from typing import TextIO

    from numpy.typing import NDArray

_DELIMITERS = (",", ";", "\t")
# Cells that say that a value is missing.
_MISSING = frozenset(("", "na", "n/a", "nan", "null", "none", "-"))


class Table(NamedTuple):
    """Names of columns, and rows of as many cells as there are names."""

    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def cells(self, name: str, *, unnamed: bool = False) -> list[str]:
        """The cells of a column.

        Raises
        ------
        ColumnNotFound
            When there is none, or more than one, of that name.
        """
        if self.names.count(name) > 1:
            raise ColumnNotFound(f"two columns are called {name!r}: give one of them another name")
        if name not in self.names:
            told = " (the law was found in columns without names: x0 is the first)" if unnamed else ""
            raise ColumnNotFound(
                f"the formula needs the column {name!r}{told}, and the data have {_shown(self.names)}"
            )
        place = self.names.index(name)
        return [row[place] for row in self.rows]

    def numbers(self, name: str, *, unnamed: bool = False) -> NDArray[np.float64]:
        """A column as numbers (n_rows,), missing ones nan.

        Raises
        ------
        ColumnNotFound
            When there is no such column.
        DataError
            When a cell is no number.
        """
        cells = self.cells(name, unnamed=unnamed)
        return np.array([_number(cell, row, name) for row, cell in enumerate(cells, start=1)], dtype=float)

    def codes(self, name: str, labels: Sequence[str]) -> NDArray[np.float64]:
        """A column of labels as their numbers; one that is not among them has a number of no group."""
        known = {label: float(number) for number, label in enumerate(labels)}
        return np.array([known.get(cell, float(len(labels))) for cell in self.cells(name)], dtype=float)


def read_table(path: Path) -> Table:
    """Read a file whose first line names the columns, parted by commas, semicolons or tabs.

    Raises
    ------
    FileUnreadable
        When it cannot be read as text.
    DataError
        When it has no rows, or rows of different lengths.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return _table(file, path.name)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise FileUnreadable(f"{str(path)!r} cannot be read as a table of text: {error}") from None


def _table(file: TextIO, name: str) -> Table:
    first = file.readline()
    delimiter = max(_DELIMITERS, key=first.count)
    file.seek(0)
    lines = (tuple(cell.strip() for cell in line) for line in csv.reader(file, delimiter=delimiter))
    filled = [line for line in lines if any(line)]
    if len(filled) < 2:
        raise DataError(f"{name!r} has no rows: its first line has to name the columns, the others hold rows")
    names, rows = filled[0], filled[1:]
    for number, row in enumerate(rows, start=1):
        if len(row) != len(names):
            raise DataError(
                f"row {number} of {name!r} has {len(row)} cells where {len(names)} columns are named"
            )
    return Table(names, tuple(rows))


def _number(cell: str, row: int, name: str) -> float:
    if cell.lower() in _MISSING:
        return np.nan
    try:
        # Python reads 1_000 as a number, tables do not
        return float(cell.replace("_", " "))
    except ValueError:
        raise DataError(
            f"row {row} of column {name!r} holds {cell!r}, which is no number: write a number, or nothing"
            " where it is missing"
        ) from None


def _shown(names: Iterable[str]) -> str:
    return ", ".join(map(repr, names))
