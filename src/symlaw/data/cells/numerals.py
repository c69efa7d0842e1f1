"""Reading numbers and dates written as text: decimal commas, thousands separators, marks for "missing"."""

from __future__ import annotations

import re
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from symlaw.data.cells.times import as_times
from symlaw.data.formats.arrow import column_as_in_a_file
from symlaw.data.raw import Column

Convention = Literal["plain", "thousands", "decimal comma"]

SHOWN = 40
# Marks that mean "missing" only in a column of numbers: among texts "-" may well be a value.
LOOSE_NULLS = ("?", "-", "--", ".", "...")
_EXPONENT = r"(?:[eE][+-]?\d+)?"
_PLAIN = re.compile(rf"[+-]?(?:(?:\d+\.?\d*|\.\d+){_EXPONENT}|inf|infinity|nan)", re.IGNORECASE | re.ASCII)
_THOUSANDS = re.compile(rf"[+-]?(?:[1-9]\d{{0,2}}(?:,\d{{3}})+|\d+)(?:\.\d*)?{_EXPONENT}", re.ASCII)
_DATE = re.compile(r"\d{1,4}([./-])\d{1,2}\1\d{1,4}")
_COMMA = re.compile(rf"[+-]?(?:(?:[1-9]\d{{0,2}}(?:\.\d{{3}})+|\d+)(?:,\d*)?|,\d+){_EXPONENT}", re.ASCII)


def read_number(cell: str, convention: Convention) -> float | None:
    """Return the number that a stripped cell says under a convention, or None.

    Examples
    --------
    >>> read_number("1.234,5", "decimal comma"), read_number("1,234.5", "thousands")
    (1234.5, 1234.5)
    >>> read_number("1,5", "plain") is None
    True
    """
    cell = cell.replace("\N{MINUS SIGN}", "-")
    if convention == "plain":
        return float(cell) if _PLAIN.fullmatch(cell) else None
    if convention == "thousands":
        return float(cell.replace(",", "")) if _THOUSANDS.fullmatch(cell) else None
    return float(cell.replace(".", "").replace(",", ".")) if _COMMA.fullmatch(cell) else None


def read_numbers(cells: NDArray[Any], convention: Convention) -> tuple[NDArray[np.float64], int]:
    """Read every cell, and stop at the first that is no number.

    Returns
    -------
    values : ndarray of float64
        nan where the cell is missing.
    bad : int
        Index of the first cell that is no number; -1 when there is none.
    """
    values = np.full(len(cells), np.nan)
    for row, cell in enumerate(cells):
        if cell is None or cell in LOOSE_NULLS:
            continue
        value = read_number(cell, convention)
        if value is None:
            return values, row
        values[row] = value
    return values, -1


def refine(column: Column, decimal_comma: bool) -> tuple[Column, tuple[str, ...]]:
    """Turn a text column into numbers or times when every cell is one; leave other columns as they are."""
    if column.kind != "text":
        return column, ()
    own = column_as_in_a_file(column, "," if decimal_comma else ".")
    if own.kind != "text":
        return own, ()
    order: tuple[Convention, ...] = ("plain", "thousands", "decimal comma")
    if decimal_comma:
        order = ("decimal comma", "plain", "thousands")
    for convention in order:
        values, bad = read_numbers(column.values, convention)
        if bad < 0:
            return Column(column.name, "number", values), _said(column, values, convention)
    return as_times(column) or column, ()


def first_non_number(column: Column) -> str:
    """Say which cell of a text column is the first that is not a plain number: ``'abc' in row 3``."""
    row = max(read_numbers(column.values, "plain")[1], 0)
    cell = str(column.values[row])
    return f"{cell if len(cell) <= SHOWN else cell[: SHOWN - 3] + '...'!r} in row {row + 1}"


def date_hint(column: Column) -> str:
    """Say how to write dates when the first cell of a text column looks like one, else nothing."""
    if _DATE.match(_first_cell(column)):
        return " To use dates, write them as 2020-12-31 or 2020-12-31 23:59:59."
    return ""


def mostly_numbers(column: Column) -> bool:
    """Whether more than half of the cells of a text column are plain numbers."""
    cells = [cell for cell in column.values if cell is not None]
    numbers = sum(_PLAIN.fullmatch(cell) is not None for cell in cells)
    return 2 * numbers > len(cells)


def _said(column: Column, values: NDArray[np.float64], convention: Convention) -> tuple[str, ...]:
    if convention == "plain":
        return ()
    mark = "," if convention == "thousands" else ",."
    for cell, value in zip(column.values, values, strict=True):
        if cell is not None and any(sign in cell for sign in mark):
            word = "thousands separators" if convention == "thousands" else "a decimal comma"
            return (f"Column {column.name!r} is read as numbers with {word}: {cell!r} is {float(value)!r}.",)
    return ()


def _first_cell(column: Column) -> str:
    return next((cell for cell in column.values if cell is not None), "")
