"""From any source (file, data frame, array, dict) to raw columns."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symlaw.data.formats.arrow import column_from_arrow, column_from_numpy, column_from_objects
from symlaw.data.formats.delimited import UnitRow, read_delimited
from symlaw.data.formats.json_lines import read_lines
from symlaw.data.formats.opening import SUFFIXES, check_file, kind_of, load_bytes
from symlaw.data.formats.sheets import read_sheet
from symlaw.data.raw import Column, Raw, check_flat, label_text, pyarrow, unique_names
from symlaw.errors import DataError, FileUnreadable

_PANDAS_INDEX = re.compile(r"__index_level_\d+__")


def read_raw(source: Any, unit_row: UnitRow = "none") -> Raw:
    """Read a source of any supported type.

    Parameters
    ----------
    source
        A path, a frame, an array or a dict of columns.
    unit_row
        Whether the line below the names of a text file holds units.

    Raises
    ------
    DataError
        When the source is no table of real values, or has no columns or rows.
    FileUnreadable
        When the file is missing or does not hold what its name says.
    """
    if unit_row == "required" and not _is_text_file(source):
        raise DataError("A row of units can only stand below the names of a text file, such as CSV.")
    raw = _read(source, unit_row)
    if not raw.columns:
        raise DataError("The table has no columns.")
    if not raw.n_rows:
        raise DataError(f"The table has no rows below its {len(raw.columns)} column names; add data rows.")
    return raw


def _is_text_file(source: Any) -> bool:
    return isinstance(source, str | os.PathLike) and kind_of(Path(source)) == "text"


def _read(source: Any, unit_row: UnitRow) -> Raw:
    if isinstance(source, str | os.PathLike):
        return _read_file(Path(source).expanduser(), unit_row)
    if isinstance(source, np.ndarray):
        return _from_array(source)
    if isinstance(source, Mapping):
        return _from_mapping(source)
    pandas = sys.modules.get("pandas")
    if pandas is not None and isinstance(source, pandas.DataFrame):
        return _from_pandas(source)
    if hasattr(source, "__arrow_c_stream__") or hasattr(source, "__arrow_c_array__"):
        return _from_arrow_like(source)
    raise DataError(
        f"A table cannot be read from {type(source).__name__}; give a path ({', '.join(SUFFIXES)}), "
        "a pandas, polars or pyarrow frame, a 2-D NumPy array, or a dict of columns."
    )


def _read_file(path: Path, unit_row: UnitRow) -> Raw:
    kind = kind_of(path)
    check_file(path)
    if kind == "parquet":
        return _read_parquet(path)
    if kind == "npy":
        return _read_npy(path)
    if kind == "sheet":
        return read_sheet(path)
    if kind == "lines":
        found = read_lines(load_bytes(path), path)
        return _from_mapping(found) if isinstance(found, dict) else _from_arrow(found)
    return read_delimited(load_bytes(path), path, unit_row)


def _read_parquet(path: Path) -> Raw:
    pa = pyarrow()
    parquet = pyarrow("parquet")
    try:
        with parquet.ParquetFile(path) as file:
            table = file.read()
    except (pa.ArrowException, OSError) as error:
        raise FileUnreadable(f"{str(path)!r} is not a Parquet file that can be read: {error}") from None
    data = [name for name in table.column_names if not _PANDAS_INDEX.fullmatch(name)]
    return _from_arrow(table if len(data) == table.num_columns else table.select(data))


def _read_npy(path: Path) -> Raw:
    try:
        array = np.load(path, allow_pickle=False)
    except (ValueError, OSError, EOFError) as error:
        raise FileUnreadable(f"{str(path)!r} is not a .npy file of plain numbers: {error}") from None
    if not isinstance(array, np.ndarray):
        raise FileUnreadable(f"{str(path)!r} holds several arrays; save one 2-D array with numpy.save.")
    return _from_array(array)


def _from_array(array: NDArray[Any]) -> Raw:
    if array.dtype.names is not None:
        return _from_mapping({name: array[name] for name in array.dtype.names})
    if array.ndim != 2:
        raise DataError(
            f"A table needs a 2-D array (rows, columns); this one has shape {array.shape}. "
            "One column of values is array.reshape(-1, 1)."
        )
    names = [f"x{position}" for position in range(array.shape[1])]
    return Raw(tuple(_numpy_column(name, array[:, i]) for i, name in enumerate(names)))


def _numpy_column(name: str, array: NDArray[Any]) -> Column:
    if isinstance(array, np.ma.MaskedArray):
        check_flat(array, name)
        return column_from_arrow(name, pyarrow().array(array.tolist()))
    return column_from_numpy(name, array)


def _from_mapping(source: Mapping[Any, Any]) -> Raw:
    arrays = {key: _as_array(label_text(key), cells) for key, cells in source.items()}
    lengths = {label_text(key): len(array) for key, array in arrays.items()}
    if len(set(lengths.values())) > 1:
        listed = ", ".join(f"{name!r} has {length}" for name, length in lengths.items())
        raise DataError(f"The columns differ in length: {listed}. Give all the same number of values.")
    names, notes = unique_names([label_text(key) for key in arrays])
    columns = (_numpy_column(name, array) for name, array in zip(names, arrays.values(), strict=True))
    return Raw(tuple(columns), notes)


def _as_array(name: str, cells: Any) -> NDArray[Any]:
    if isinstance(cells, np.ndarray):
        array = cells
    elif isinstance(cells, Sequence) and not isinstance(cells, str | bytes):
        array = np.empty(len(cells), dtype=object)
        array[:] = [_unnested(name, cell) for cell in cells]
    elif isinstance(cells, str | bytes) or not hasattr(cells, "__array__"):
        raise DataError(
            f"Column {name!r} is one value of type {type(cells).__name__}, not a list or an array."
        )
    else:
        array = np.asarray(cells)
    check_flat(array, name)
    return array


def _unnested(name: str, cell: Any) -> Any:
    if np.ndim(cell) > 0:
        check_flat(np.zeros((0, 2)), name)
    return cell


def _from_pandas(frame: Any) -> Raw:
    names, notes = unique_names([label_text(label) for label in frame.columns])
    columns = []
    for position, name in enumerate(names):
        cells = frame.iloc[:, position]
        if getattr(cells.dtype, "kind", "O") == "c":
            check_flat(np.zeros(0, complex), name)
        columns.append(column_from_objects(name, cells))
    return Raw(tuple(columns), notes)


def _from_arrow_like(source: Any) -> Raw:
    pa = pyarrow()
    try:
        table = pa.table(source)
    except (pa.ArrowException, TypeError, ValueError) as error:
        raise DataError(f"A table cannot be read from this {type(source).__name__}: {error}.") from None
    return _from_arrow(table)


def _from_arrow(table: Any) -> Raw:
    names, notes = unique_names(table.column_names)
    columns = (column_from_arrow(name, table.column(i)) for i, name in enumerate(names))
    return Raw(tuple(columns), notes)
