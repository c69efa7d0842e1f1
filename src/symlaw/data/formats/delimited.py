"""Reading delimited text (.csv, .tsv, .txt, .dat): encoding, delimiter, header, decimal comma, cells."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np

from symlaw.data.cells.numerals import read_number
from symlaw.data.formats.arrow import column_from_arrow, convert_options
from symlaw.data.raw import Column, Raw, pyarrow, unique_names
from symlaw.errors import DataError, FileUnreadable

HEAD_CHARACTERS = 1 << 18
SAMPLE_ROWS = 50
BLOCK_BYTES = 1 << 24
SPACES = " "
# From which on whole numbers do not go into 64 bits.
_ENDLESS = 2.0**63
_CONTROL = bytes(sorted(set(range(32)) - {9, 10, 11, 12, 13, 26, 27}))
_DECIMAL_COMMA = re.compile(r"[+-]?(?:\d{1,3}(?:\.\d{3})+|\d+)?,\d+(?:[eE][+-]?\d+)?", re.ASCII)

_BLANKS_BEFORE_QUOTES = re.compile(rb'(^|[,;|])[ ]+"', re.MULTILINE)

Rows = list[list[str]]
# Whether the line below the names holds units; where it may, it is one when it is no row of numbers.
UnitRow = Literal["none", "possible", "required"]


@dataclass(frozen=True)
class Layout:
    """How a text file is laid out: what parts its cells, its names, at which character its data start."""

    delimiter: str
    names: tuple[str, ...]
    start: int
    decimal_comma: bool
    notes: tuple[str, ...]
    units: tuple[str, ...] = ()


def read_delimited(content: bytes, path: Path, unit_row: UnitRow = "none") -> Raw:
    """Read the bytes of a delimited text file.

    Raises
    ------
    DataError
        When it is empty, holds only a header, or its rows differ in length.
    FileUnreadable
        When it is not text.
    """
    body, encoding_notes = _as_utf8(content, path)
    if b' "' in body:
        body = _BLANKS_BEFORE_QUOTES.sub(rb'\1"', body)
    if not body.strip():
        raise DataError(f"{str(path)!r} is empty; a table needs a line of column names and data rows.")
    head = body[: 4 * HEAD_CHARACTERS].decode("utf-8", errors="ignore")[:HEAD_CHARACTERS]
    layout = _layout(head, path)
    if unit_row != "none":
        layout = _without_units(layout, head, path, required=unit_row == "required")
    body = body[len(head[: layout.start].encode()) :]
    if not body.strip():
        raise DataError(f"{str(path)!r} holds column names and no data rows; add rows below the names.")
    names, name_notes = unique_names(layout.names)
    if layout.delimiter == SPACES:
        body = b"\n".join(b"\t".join(line.split()) for line in body.splitlines())
    columns = _parse(body, layout, names, path)
    names_given = layout.names
    if len(columns) > 1 and not names_given[-1].strip() and columns[-1].missing().all():
        # every line ends with a delimiter
        columns, name_notes = columns[:-1], unique_names(names_given[:-1])[1]
    notes = (*encoding_notes, *layout.notes, *name_notes)
    return Raw(columns, notes, layout.decimal_comma, layout.units)


def _without_units(layout: Layout, head: str, path: Path, *, required: bool) -> Layout:
    """The layout with its first line of data taken as units."""
    sample = head[layout.start :]
    row = next(iter(_rows(sample, layout.delimiter, 1)), [])
    if _is_data(row) or len(row) != len(layout.names):
        if required:
            shown = layout.delimiter.join(row)[:40]
            raise DataError(
                f"The line below the names of {str(path)!r} holds no units: it is {shown!r}; "
                "put one unit below each name, or write them in brackets, such as 'mass [kg]'."
            )
        return layout
    units = tuple(cell.strip().removeprefix("[").removesuffix("]") for cell in row)
    return replace(layout, start=layout.start + _first_row_end(sample, layout.delimiter), units=units)


def _as_utf8(content: bytes, path: Path) -> tuple[bytes, tuple[str, ...]]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return content.decode("utf-16").encode(), ()
        except UnicodeDecodeError:
            raise _not_text(path) from None
    head = content[: 1 << 16]
    if len(head.translate(None, _CONTROL)) < len(head):
        raise _not_text(path)
    try:
        content.decode("utf-8")
        return content.removeprefix(b"\xef\xbb\xbf"), ()
    except UnicodeDecodeError:
        note = f"{str(path)!r} is not UTF-8; its text is read as Windows-1252."
        return content.decode("cp1252", errors="replace").encode(), (note,)


def _not_text(path: Path) -> FileUnreadable:
    return FileUnreadable(
        f"{str(path)!r} holds binary data, not text; save the table as CSV, or give the file its true ending."
    )


def _layout(head: str, path: Path) -> Layout:
    start, comment = _skip_comments(head)
    sample = head[start:]
    delimiter = _sniff(sample, path)
    rows = _rows(sample, delimiter, SAMPLE_ROWS)
    first = rows[0] if rows else []
    commas = delimiter != "," and any(_DECIMAL_COMMA.fullmatch(cell.strip()) for row in rows for cell in row)
    notes = (f"The lines at the top of {str(path)!r} that start with # are skipped.",) if comment else ()
    named = _names_in_comment(comment, delimiter, len(first))
    if named and any(_is_number(cell) for cell in first):
        return Layout(delimiter, named, start, commas, ())
    if _is_data(first):
        note = f"{str(path)!r} starts with numbers, not with names; its columns are called x0, x1, ..."
        names = tuple(f"x{i}" for i in range(len(first)))
        return Layout(delimiter, names, start, commas, (*notes, note))
    return Layout(delimiter, tuple(first), start + _first_row_end(sample, delimiter), commas, notes)


def _skip_comments(head: str) -> tuple[int, str]:
    """Return where the lines that start with # end, and the last of them."""
    start, comment = 0, ""
    # lines of a string may end at other characters than those of a file
    for line in io.StringIO(head, newline=""):
        if line.strip() and not line.startswith("#"):
            break
        start += len(line)
        comment = line.strip() or comment
    return start, comment


def _names_in_comment(comment: str, delimiter: str, width: int) -> tuple[str, ...]:
    """Return the names that a comment line holds when it has as many cells as the data, else nothing."""
    for text in (comment, comment.lstrip("#").strip()):
        row = next(iter(_rows(text, delimiter, 1)), [])
        if row and len(row) == width:
            return (row[0].removeprefix("# "), *row[1:])
    return ()


def _sniff(sample: str, path: Path) -> str:
    """Return the delimiter under which all rows have the same number of cells, or the best guess at it."""
    table = {delimiter: _rows(sample, delimiter, SAMPLE_ROWS) for delimiter in ("\t", ";", "|", ",", SPACES)}
    if path.name.lower().endswith((".csv", ".csv.gz")) and not _is_data(next(iter(table[SPACES][-1:]), [])):
        del table[SPACES]
    elif len(table[SPACES]) > 1 and all(len(row) == 1 for row in table[SPACES][1:]):
        # blanks in the name of the only column
        del table[SPACES]
    table = {delimiter: rows for delimiter, rows in table.items() if rows and len(rows[0]) > 1}
    for delimiter, rows in table.items():
        if all(len(row) == len(rows[0]) for row in rows):
            return delimiter
    agreeing = {d: sum(len(row) == len(rows[0]) for row in rows) for d, rows in table.items()}
    return max(agreeing, key=lambda delimiter: agreeing[delimiter], default=",")


def _rows(text: str, delimiter: str, count: int) -> Rows:
    if delimiter == SPACES:
        return [line.split() for line in io.StringIO(text) if line.strip()][:count]
    rows: Rows = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if row:
                rows.append(row)
            if len(rows) == count:
                break
    except csv.Error:
        pass
    return rows


def _first_row_end(sample: str, delimiter: str) -> int:
    """Return where the first row ends; a quoted name may hold line ends."""
    stream = io.StringIO(sample, newline="")
    if delimiter == SPACES:
        stream.readline()
    else:
        next(csv.reader(stream, delimiter=delimiter), None)
    return stream.tell()


def _is_number(cell: str) -> bool:
    cell = cell.strip()
    return read_number(cell, "plain") is not None or read_number(cell, "decimal comma") is not None


def _is_data(row: list[str]) -> bool:
    cells = [cell for cell in row if cell.strip()]
    return bool(cells) and all(_is_number(cell) for cell in cells)


def _parse(body: bytes, layout: Layout, names: tuple[str, ...], path: Path) -> tuple[Column, ...]:
    pa, arrow_csv = pyarrow(), pyarrow("csv")
    delimiter = "\t" if layout.delimiter == SPACES else layout.delimiter

    def read(options: dict[str, Any]) -> Any:
        return arrow_csv.read_csv(
            pa.BufferReader(body),
            read_options=arrow_csv.ReadOptions(column_names=names, block_size=BLOCK_BYTES),
            parse_options=arrow_csv.ParseOptions(delimiter=delimiter, newlines_in_values=b'"' in body),
            convert_options=convert_options("," if layout.decimal_comma else ".", **options),
        )

    try:
        table = read({})
    except pa.ArrowInvalid as error:
        raise DataError(_ragged(body, delimiter, len(names), path) or _unparsed(path, error)) from None
    columns = [column_from_arrow(name, table.column(i)) for i, name in enumerate(names)]
    huge = [name for name, column in zip(names, columns, strict=True) if _may_be_endless(column)]
    if not huge:
        return tuple(columns)
    # the reader takes whole numbers of more than 64 bits as floating-point numbers
    texts = read({"include_columns": huge, "column_types": dict.fromkeys(huge, pa.string())})
    whole = {name for name in huge if _has_long_integers(texts.column(name))}
    return tuple(replace(column, rounded=column.rounded or column.name in whole) for column in columns)


def _may_be_endless(column: Column) -> bool:
    with np.errstate(invalid="ignore"):
        return column.kind == "number" and bool(np.any(np.abs(column.values) >= _ENDLESS))


def _has_long_integers(texts: Any) -> bool:
    found = pyarrow("compute").match_substring_regex(texts, r"^\s*[+-]?\d{19,}\s*$")
    return bool(pyarrow("compute").any(found).as_py())


def _ragged(body: bytes, delimiter: str, width: int, path: Path) -> str:
    """Say which row has another number of cells than the first line, or nothing when all agree."""
    reader = csv.reader(io.StringIO(body.decode(), newline=""), delimiter=delimiter)
    try:
        for number, row in enumerate((row for row in reader if row), start=1):
            if len(row) != width:
                return (
                    f"Row {number} of {str(path)!r} has {len(row)} cells where the first line has {width}; "
                    "give every row the same number of cells (an empty cell is a missing value)."
                )
    except csv.Error as error:
        return f"{str(path)!r} cannot be read as a table: {error}."
    return ""


def _unparsed(path: Path, error: Exception) -> str:
    return f"{str(path)!r} cannot be read as a table: {error}."
