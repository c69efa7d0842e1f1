"""Tables that were dropped on the page: kept under the folder of runs by their content, and described."""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import secrets
import zipfile
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symlaw.data.formats.opening import SUFFIXES, suffix_of
from symlaw.errors import DataError, FileUnreadable, RunError
from symlaw.runs.files import write_atomic
from symlaw.runs.scan import TABLES_FOLDER

if TYPE_CHECKING:
    from symlaw.data.raw import Column

# Cells of a packed table, and bytes that it unpacks to, which may be far more than those of its file.
MOST_CELLS, MOST_UNPACKED = 50_000_000, 500_000_000
_CHUNK = 2**20
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
            await self._write(temporary, chunks, digest.update)
            folder = self._home / digest.hexdigest()[:32]
            folder.mkdir(exist_ok=True)
            os.replace(temporary, folder / safe)
        finally:
            temporary.unlink(missing_ok=True)
        return folder.name

    def put(self, name: str, text: str) -> Path:
        """Write what was pasted, where `keep` writes what was dropped, and give its path."""
        folder = self._home / hashlib.sha256(f"{name}\0{text}".encode()).hexdigest()[:32]
        folder.mkdir(parents=True, exist_ok=True)
        write_atomic(folder / name, text)
        return folder / name

    async def receive(self, name: str, chunks: AsyncIterator[bytes], folder: Path) -> Path:
        """Write an upload that is needed once into a folder, and give its path.

        Raises
        ------
        FileUnreadable
            As `keep` does.
        """
        path = folder / safe_name(name)
        await self._write(path, chunks)
        return path

    async def _write(
        self, path: Path, chunks: AsyncIterator[bytes], tell: Callable[[bytes], None] = lambda _: None
    ) -> None:
        size = 0
        with path.open("wb") as file:
            async for chunk in chunks:
                size += len(chunk)
                self.check_size(size)
                tell(chunk)
                file.write(chunk)
        if not size:
            raise FileUnreadable("the file is empty: choose one with a table in it")

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


def safe_stem(name: str) -> str:
    """A table's name without its ending.

    Examples
    --------
    >>> safe_stem("run.1.csv.gz")
    'run.1'
    """
    return name.removesuffix(suffix_of(name))


def described(path: Path, table: str) -> dict[str, Any]:
    """What a table holds, column by column.

    Raises
    ------
    DataError, FileUnreadable
        When it cannot be read.
    """
    from symlaw.data.reading import read_raw

    check_cells(path)
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


def check_cells(path: Path) -> None:
    """Refuse packed tables that are far larger than their files.

    Raises
    ------
    TooLarge
        When it has too many cells, or unpacks to too many bytes.
    FileUnreadable
        When it is damaged.
    """
    suffix = path.suffix.lower()
    if suffix == ".parquet":
        _check_parquet(path)
    elif suffix == ".gz":
        _check_unpacked(path, _bytes_of_gzip(path))
    elif suffix in (".xlsx", ".xlsm"):
        _check_unpacked(path, _bytes_of_zip(path))


def _check_parquet(path: Path) -> None:
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


def _check_unpacked(path: Path, sizes: Iterator[int]) -> None:
    total = 0
    try:
        for size in sizes:
            total += size
            if total > MOST_UNPACKED:
                raise TooLarge(
                    f"{path.name!r} unpacks to more than {MOST_UNPACKED / 1e6:g} MB, too many for the page:"
                    " search it with symlaw fit"
                )
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile) as error:
        if isinstance(error, FileUnreadable):
            raise
        raise FileUnreadable(f"{path.name!r} cannot be unpacked: {error}") from None


def _bytes_of_gzip(path: Path) -> Iterator[int]:
    with gzip.open(path) as file:
        while chunk := file.read(_CHUNK):
            yield len(chunk)


def _bytes_of_zip(path: Path) -> Iterator[int]:
    """What the members of a .zip unpack to; they are unpacked, as the sizes that they tell may lie."""
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            with archive.open(member) as file:
                while chunk := file.read(_CHUNK):
                    yield len(chunk)


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
