"""A table as batches of rows that can be read several times: folders of files, large files, DuckDB."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from symlaw.data.formats.arrow import NULLS
from symlaw.data.formats.opening import check_file, kind_of
from symlaw.data.raw import pyarrow
from symlaw.errors import DataError, FileUnreadable, MissingDependency

# Rows of a batch, and batches and files that Arrow reads ahead: memory is what is bounded.
BATCH_ROWS = 2**16
_BATCHES_AHEAD, _FILES_AHEAD = 2, 1
# Files from this size on are streamed: tables in memory take a few times as much.
LARGE_BYTES = 2**28
_DATABASES = (".duckdb", ".ddb")


class Stream(Protocol):
    """A table that is read batch by batch, always in the same order.

    Attributes
    ----------
    names
        Of the columns.
    source
        What it is, in words for messages.
    """

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns."""
        ...

    @property
    def source(self) -> str:
        """What it is."""
        ...

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[Any]:
        """Arrow record batches of some columns, all by default."""
        ...


def is_streamed(source: Any) -> bool:
    """Whether a source is gone through batch by batch and not taken into memory."""
    if not isinstance(source, str | os.PathLike):
        return _is_dataset(source) or _is_relation(source)
    path, _ = _database(str(source))
    if path is not None:
        return True
    path = Path(source).expanduser()
    if path.is_dir():
        return True
    return path.is_file() and path.stat().st_size >= LARGE_BYTES and kind_of(path) in ("parquet", "text")


def open_stream(source: Any) -> Stream:
    """A source as a stream.

    Parameters
    ----------
    source
        A folder of Parquet or of CSV files, a file of either, ``data.duckdb#table``, a DuckDB relation, or a
        `pyarrow.dataset.Dataset`.

    Raises
    ------
    FileUnreadable
        When there is no such file, or its type is not known.
    DataError
        When a source can be read only once, or is no table.
    MissingDependency
        When DuckDB is asked for and not installed.
    """
    if _is_dataset(source):
        return _Dataset(source, "the dataset")
    if _is_relation(source):
        return _Relation(source, "the relation")
    if not isinstance(source, str | os.PathLike):
        raise DataError(
            f"{type(source).__name__} cannot be streamed: give a folder or file of Parquet or CSV,"
            " data.duckdb#table, a DuckDB relation, or a pyarrow.dataset.Dataset"
        )
    database, table = _database(str(source))
    if database is not None:
        return _table_of(database, table)
    return _files(Path(source).expanduser())


@dataclass(frozen=True)
class _Dataset:
    """An Arrow dataset."""

    dataset: Any
    source: str

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.dataset.schema.names)

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[Any]:
        pa = pyarrow()
        try:
            yield from self.dataset.to_batches(
                columns=None if columns is None else list(columns),
                batch_size=BATCH_ROWS,
                batch_readahead=_BATCHES_AHEAD,
                fragment_readahead=_FILES_AHEAD,
            )
        except (pa.ArrowException, OSError) as error:
            raise FileUnreadable(f"{self.source} cannot be read: {error}") from None


@dataclass(frozen=True)
class _Relation:
    """A DuckDB relation, which is computed anew for each pass."""

    relation: Any
    source: str

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.relation.columns)

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[Any]:
        asked = self.relation
        if columns is not None:
            asked = asked.project(", ".join('"' + name.replace('"', '""') + '"' for name in columns))
        yield from asked.to_arrow_reader(BATCH_ROWS)


def _files(path: Path) -> _Dataset:
    dataset = pyarrow("dataset")
    pa = pyarrow()
    if not path.is_dir():
        check_file(path)
    paths = _tables_in(path) if path.is_dir() else [path]
    kind = kind_of(paths[0])
    if kind not in ("parquet", "text"):
        raise FileUnreadable(f"{str(path)!r} cannot be streamed: give Parquet or CSV")
    layout = "parquet" if kind == "parquet" else _delimited(paths[0])
    try:
        found = dataset.dataset([str(one) for one in paths], format=layout)
    except (pa.ArrowException, OSError) as error:
        raise FileUnreadable(f"{str(path)!r} is no table that can be read: {error}") from None
    return _Dataset(found, repr(str(path)))


def _tables_in(folder: Path) -> list[Path]:
    """The files of a folder that hold one table, in the order of their names."""
    files = [
        one for one in sorted(folder.rglob("*")) if one.is_file() and not one.name.startswith(("_", "."))
    ]
    parquet = [one for one in files if one.suffix.lower() == ".parquet"]
    text = [one for one in files if one.name.lower().removesuffix(".gz").endswith((".csv", ".tsv"))]
    if parquet and text:
        raise FileUnreadable(f"{str(folder)!r} holds Parquet and CSV files: keep one kind in it")
    if not parquet and not text:
        raise FileUnreadable(f"{str(folder)!r} holds no .parquet, .csv or .tsv file: name another folder")
    return parquet or text


def _delimited(path: Path) -> Any:
    dataset, csv = pyarrow("dataset"), pyarrow("csv")
    tabs = path.name.lower().removesuffix(".gz").endswith(".tsv")
    return dataset.CsvFileFormat(
        parse_options=csv.ParseOptions(delimiter="\t" if tabs else ","),
        convert_options=csv.ConvertOptions(null_values=list(NULLS), strings_can_be_null=True),
    )


def _database(text: str) -> tuple[Path | None, str]:
    """The file and the table of ``data.duckdb#table``; None where it is something else."""
    path, _, table = text.partition("#")
    return (Path(path).expanduser(), table) if path.lower().endswith(_DATABASES) else (None, "")


def _table_of(path: Path, table: str) -> _Relation:
    try:
        import duckdb
    except ImportError as error:
        raise MissingDependency("a DuckDB file needs the package duckdb: pip install duckdb") from error
    check_file(path)
    try:
        connection = duckdb.connect(str(path), read_only=True)
        tables = sorted(str(row[0]) for row in connection.execute("SHOW TABLES").fetchall())
    except duckdb.Error as error:
        raise FileUnreadable(f"{str(path)!r} is no DuckDB file that can be read: {error}") from None
    if not table and len(tables) == 1:
        table = tables[0]
    if table not in tables:
        known = ", ".join(tables) or "none"
        raise FileUnreadable(
            f"name a table of {str(path)!r}, as in {path.name}#{(tables or ['t'])[0]}: there are {known}"
        )
    return _Relation(
        connection.table('"' + table.replace('"', '""') + '"'), f"{str(path)!r}, table {table!r}"
    )


def _is_dataset(source: Any) -> bool:
    return (
        type(source).__module__.startswith("pyarrow")
        and hasattr(source, "to_batches")
        and hasattr(source, "schema")
        and hasattr(source, "scanner")
    )


def _is_relation(source: Any) -> bool:
    return type(source).__name__ == "DuckDBPyRelation"
