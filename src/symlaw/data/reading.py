"""`read_table`: from any source (file, data frame, array, dict) to raw columns, and to a `Table`."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from symlaw.data.fitting import encode_for_fit
from symlaw.data.formats.arrow import column_from_arrow, column_from_numpy, column_from_objects
from symlaw.data.formats.delimited import UnitRow, read_delimited
from symlaw.data.formats.json_lines import read_lines
from symlaw.data.formats.opening import SUFFIXES, check_file, kind_of, load_bytes
from symlaw.data.formats.sheets import read_sheet
from symlaw.data.predicting import encode_as_before
from symlaw.data.raw import Column, Raw, check_flat, label_text, pyarrow, unique_names
from symlaw.data.roles import choose_roles
from symlaw.data.streaming.sampling import SAMPLE_ROWS, draw
from symlaw.data.streaming.stream import is_streamed, open_stream
from symlaw.data.table import Table
from symlaw.errors import DataError, FileUnreadable

_PANDAS_INDEX = re.compile(r"__index_level_\d+__")


def read_table(
    source: Any,
    *,
    target: str | int | None = None,
    features: Sequence[str] | None = None,
    drop: Sequence[str] = (),
    weights: str | ArrayLike | None = None,
    y_std: str | ArrayLike | None = None,
    groups: str | None = None,
    unit_row: bool = False,
    holdout: str | None = None,
    encodings: Mapping[str, Any] | None = None,
    sample_rows: int = SAMPLE_ROWS,
) -> Table:
    """Read a table and make numbers of it.

    Of a table larger than memory (`symlaw.data.streaming.stream.is_streamed`) rows are drawn.

    Parameters
    ----------
    source : path, data frame, 2-D array or dict of columns
        Paths end in .csv, .tsv, .txt, .dat (each also .gz), .parquet or .npy. Frames may be pandas, polars
        or pyarrow.
    target : str or int, optional
        Column to explain. Without it ``y`` is None and every column is a feature. Columns without names are
        called x0, x1, ..., and a position ("3", "-1") means one of them too.
    features : sequence of str, optional
        Columns to use; all but the target by default.
    drop : sequence of str
        Columns to leave out.
    weights : str or array_like of shape (n_rows,), optional
        Column, or one number per row of the source, that says how much a row counts.
    y_std : str or array_like of shape (n_rows,), optional
        Column, or one number per row, of the standard deviation of the target's error; in place of weights.
        Columns that are called as such are features only where ``features`` names them.
    groups : str, optional
        Column that tells groups of rows: text in it becomes one number for each label.
    unit_row : bool
        Whether the line below the names of a text file holds units.
    holdout : str, optional
        Column whose values tell rows that are held out together, or ``"last"``. A column of texts is then no
        feature.
    encodings : Mapping, optional
        ``Table.encodings`` of the data that were fitted. The columns are then encoded as those were,
        ``features`` may name the features too, and every row is kept: a row that cannot be used has nan.
    sample_rows : int
        How many rows are drawn of a table larger than memory.

    Returns
    -------
    Table

    Raises
    ------
    DataError
        When the data cannot be used: too few rows, a constant or text target, infinities, bad weights, ...
    ColumnNotFound
        When a name is not among the columns.
    FileUnreadable
        When the file is missing or does not hold what its name says.

    Examples
    --------
    >>> table = read_table({"x": [1, 2, 3, None], "y": [2, 4, 6, 8]}, target="y")
    >>> table.X.ravel().tolist(), table.notes[0]
    ([1.0, 2.0, 3.0], "1 of 4 rows is left out because cells are missing: 'x' (1).")
    """
    drawn = None
    if is_streamed(source):
        drawn = draw(open_stream(source), None if target is None else str(target), count=sample_rows)
        source = drawn.table
    if encodings is not None:
        told = isinstance(encodings, Mapping) and bool(encodings.get("unit_row"))
        raw = read_raw(source, "possible" if told else "none")
        return encode_as_before(raw, encodings, target, features, drop, weights, y_std)
    raw = read_raw(source, "required" if unit_row else "none")
    table = encode_for_fit(raw, choose_roles(raw, target, features, drop, weights, groups, y_std, holdout))
    if drawn is not None:
        said = f"{drawn.table.num_rows:,} of {drawn.n_rows:,} rows are drawn for the search."
        table = replace(table, notes=(said, *table.notes), kept_rows=drawn.places[table.kept_rows])
    if not unit_row:
        return table
    units = dict(zip(raw.names, raw.units, strict=True))
    return replace(table, units=units, encodings={**table.encodings, "unit_row": True})


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
