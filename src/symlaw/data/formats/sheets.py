"""Sheets of Excel files, read by openpyxl: the values of cells, as the file keeps them."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from symlaw.data.formats.arrow import column_from_objects
from symlaw.data.raw import Column, Raw, unique_names
from symlaw.errors import DataError, FileUnreadable, MissingDependency


def read_sheet(path: Path) -> Raw:
    """The first sheet that holds anything; its first line that does has the names.

    Raises
    ------
    DataError
        When no sheet holds a table.
    FileUnreadable
        When it is no such file.
    MissingDependency
        When openpyxl is not installed.
    """
    try:
        openpyxl: Any = importlib.import_module("openpyxl")
    except ImportError:
        raise MissingDependency(
            "Reading Excel files needs openpyxl, which is not installed: pip install 'symlaw[excel]', or save"
            " the sheet as CSV"
        ) from None
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except Exception as error:  # of many libraries: zip, XML, openpyxl's own
        raise FileUnreadable(f"{str(path)!r} is not an Excel file that can be read: {error}") from None
    try:
        sheets = [(sheet.title, _cells(sheet.iter_rows(values_only=True))) for sheet in book.worksheets]
    finally:
        book.close()
    filled = [(title, rows) for title, rows in sheets if rows]
    if not filled:
        raise DataError(f"{str(path)!r} holds no filled sheet; a table needs a line of names and rows below.")
    title, rows = filled[0]
    notes: tuple[str, ...] = ()
    if len(filled) > 1:
        others = ", ".join(repr(name) for name, _ in filled[1:])
        notes = (f"Sheet {title!r} of {path.name!r} is read; others are not: {others}.",)
    return _table(rows, notes)


def _cells(rows: Any) -> list[tuple[Any, ...]]:
    """The rows that hold anything, without empty columns at their ends."""
    found = [tuple(None if cell == "" else cell for cell in row) for row in rows]
    found = [row for row in found if any(cell is not None for cell in row)]
    width = max((max(k for k, cell in enumerate(row) if cell is not None) for row in found), default=-1) + 1
    return [(*row, *(None for _ in range(width)))[:width] for row in found]


def _table(rows: Sequence[tuple[Any, ...]], notes: tuple[str, ...]) -> Raw:
    head, *body = rows
    if all(isinstance(cell, int | float) for cell in head if cell is not None):
        head, body = tuple(None for _ in head), list(rows)
        notes = (*notes, "The sheet starts with numbers, not with names; its columns are called x0, x1, ...")
    # a column without a name and without cells is a margin
    used = [k for k, name in enumerate(head) if name is not None or any(row[k] is not None for row in body)]
    names = ["" if head[k] is None else str(head[k]) for k in used]
    own, said = unique_names(names) if any(names) else (tuple(f"x{k}" for k in range(len(names))), ())
    columns: list[Column] = [
        column_from_objects(name, [row[place] for row in body]) for name, place in zip(own, used, strict=True)
    ]
    return Raw(tuple(columns), (*notes, *said))
