"""Tables that were dropped on the page: kept under the folder of runs by their content, and described."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symlaw.data.files import SUFFIXES, suffix_of
from symlaw.errors import DataError, FileUnreadable, RunError
from symlaw.runs.scan import TABLES_FOLDER

if TYPE_CHECKING:
    from symlaw.data.raw import Column

# Cells of a packed table, which may be far larger than its file.
MOST_CELLS = 50_000_000
# Columns and cells that the page shows.
_COLUMNS_SHOWN, _CELLS_SHOWN, _LETTERS = 300, 5, 40
_LONGEST_NAME = 80
_UNIT = re.compile(r".*\[([^\[\]]*)\]\s*")
_ID = re.compile(r"[0-9a-f]{32}")


class TooLarge(FileUnreadable):
    """An upload has more bytes than are taken."""


@dataclass(frozen=True)
class Uploads:
    """Where uploads go.

    Parameters
    ----------
    root
        The folder of runs.
    limit
        Bytes of one at most.
    """

    root: Path
    limit: int

    async def keep(self, name: str, chunks: AsyncIterator[bytes]) -> str:
        """Write an upload to disk as it comes, and give its id.

        Raises
        ------
        FileUnreadable
            When its name has no known ending, it is too large, or it cannot be written.
        """
        safe = safe_name(name)
        self._home.mkdir(parents=True, exist_ok=True)
        temporary = self._home / f".upload-{secrets.token_hex(8)}.tmp"
        digest = hashlib.sha256(safe.encode() + b"\0")
        try:
            size = 0
            with temporary.open("wb") as file:
                async for chunk in chunks:
                    size += len(chunk)
                    self.check_size(size)
                    digest.update(chunk)
                    file.write(chunk)
            if not size:
                raise FileUnreadable("the file is empty: choose one with a table in it")
            folder = self._home / digest.hexdigest()[:32]
            folder.mkdir(exist_ok=True)
            os.replace(temporary, folder / safe)
        finally:
            temporary.unlink(missing_ok=True)
        return folder.name

    def check_size(self, size: int) -> None:
        """Refuse what is too large; raises `TooLarge`."""
        if size > self.limit:
            raise TooLarge(
                f"the file is larger than {self.limit / 1e6:g} MB: search it with symlaw fit, or start the"
                " dashboard with a larger --max-upload"
            )

    def path(self, table: str) -> Path:
        """The file of an id; raises `RunError` where there is none."""
        if _ID.fullmatch(table):
            for path in sorted((self._home / table).glob("*")):
                if suffix_of(path.name):
                    return path
        raise RunError("the table is not there any more: drop the file again")

    @property
    def _home(self) -> Path:
        return self.root / TABLES_FOLDER


def safe_name(name: str) -> str:
    """The last part of a file's name with plain characters only.

    Raises
    ------
    FileUnreadable
        When its ending is none of a table.

    Examples
    --------
    >>> safe_name("../../etc/données (1).CSV")
    'données _1_.CSV'
    """
    base = re.split(r"[/\\]", name)[-1]
    plain = re.sub(r"[^\w.\- ]", "_", base).lstrip(". -")
    suffix = suffix_of(plain)
    if not suffix:
        raise FileUnreadable(
            f"{base[:_LONGEST_NAME]!r} is no table that the page takes: let its name end in"
            f" {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}"
        )
    return plain.removesuffix(suffix).encode()[:_LONGEST_NAME].decode(errors="ignore") + suffix


def described(path: Path, table: str) -> dict[str, Any]:
    """What a table holds, column by column.

    Raises
    ------
    DataError, FileUnreadable
        When it cannot be read.
    """
    from symlaw.data.reading import read_raw

    _check_cells(path)
    raw = read_raw(path)
    columns = [_column(column) for column in raw.columns[:_COLUMNS_SHOWN]]
    numbers = [column["name"] for column in columns if column["kind"] == "number" and not column["constant"]]
    if not numbers:
        raise DataError("no column holds numbers that vary: there is nothing to explain")
    return {
        "table": table,
        "name": path.name,
        "n_rows": raw.n_rows,
        "n_columns": len(raw.columns),
        "columns": columns,
        "target": numbers[-1],
        "notes": list(raw.notes),
    }


def _check_cells(path: Path) -> None:
    if path.suffix.lower() != ".parquet":
        return
    from symlaw.data.raw import pyarrow

    arrow, parquet = pyarrow(), pyarrow("parquet")
    try:
        told = parquet.read_metadata(path)
    except (arrow.ArrowException, OSError) as error:
        raise FileUnreadable(f"{path.name!r} is not a Parquet file that can be read: {error}") from None
    if told.num_rows * told.num_columns > MOST_CELLS:
        raise TooLarge(
            f"the table has {told.num_rows:,} rows of {told.num_columns} columns, too many for the page:"
            " search it with symlaw fit"
        )


def _column(column: Column) -> dict[str, Any]:
    missing = column.missing()
    there = column.values[~missing]
    unit = _UNIT.fullmatch(column.name)
    return {
        "name": column.name,
        "kind": column.kind,
        "missing": int(missing.sum()),
        "constant": bool(len(there) == 0 or all(cell == there[0] for cell in there)),
        "unit": unit[1] if unit else "",
        "cells": [_cell(cell) for cell in there[:_CELLS_SHOWN]],
    }


def _cell(cell: Any) -> str:
    text = f"{cell:.6g}" if isinstance(cell, float) else str(cell)
    return text if len(text) <= _LETTERS else text[: _LETTERS - 1] + "…"
