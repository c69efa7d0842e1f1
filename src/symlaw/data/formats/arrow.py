"""From NumPy and Arrow arrays to columns."""

from __future__ import annotations

import datetime as dt
import numbers
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symlaw.data.raw import Column, check_flat, pyarrow
from symlaw.errors import DataError

EXACT = 2**53
NULLS = (
    "", "NA", "N/A", "n/a", "<NA>", "NaN", "nan", "-nan", "-NaN", "NULL", "null", "None", "NaT",
    "#N/A", "#NA", "#N/A N/A", "#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NUM!", "#NAME?",
)  # fmt: skip


def column_from_numpy(name: str, array: NDArray[Any]) -> Column:
    """Make a column of any NumPy array; raises `DataError` for what has no single real value per cell."""
    check_flat(array, name)
    if array.dtype.kind == "b":
        return Column(name, "boolean", array.astype(np.float64))
    if array.dtype.kind in "iuf":
        return Column(name, "number", array.astype(np.float64), _too_large(array))
    if array.dtype.kind == "M":
        return Column(name, "time", _times_from_numpy(array))
    if array.dtype.kind == "m":
        return Column(name, "duration", np.asarray(array / np.timedelta64(1, "s"), dtype=np.float64))
    if array.dtype.kind == "S":
        array = np.char.decode(array, "utf-8", "replace")
    return column_from_objects(name, array)


def column_from_objects(name: str, cells: Any) -> Column:
    """Make a column of Python objects or of a pandas column; mixed kinds are read as text."""
    pa = pyarrow()
    try:
        array = pa.array(cells, from_pandas=True)
        if pa.types.is_date(array.type) and _has_any(cells, dt.datetime):
            # Arrow takes all for dates, and forgets the times of day
            array = pa.array([_as_stamp(cell) for cell in cells], from_pandas=True)
        if pa.types.is_floating(array.type) and _has_any(cells, bool):
            return _mixed_column(name, list(cells))
    except (pa.ArrowException, OverflowError, TypeError, ValueError):
        return _mixed_column(name, list(cells))
    kind = array.type.value_type if pa.types.is_dictionary(array.type) else array.type
    if isinstance(kind, pa.BaseExtensionType):
        # periods and intervals of pandas
        return _text_column(name, list(cells))
    return column_from_arrow(name, array)


def _has_any(cells: Any, kind: type) -> bool:
    """Whether one of the Python objects is of a kind."""
    return str(getattr(cells, "dtype", "object")) == "object" and any(
        isinstance(cell, kind) for cell in cells
    )


def _as_stamp(cell: Any) -> Any:
    """A date as its midnight; other cells as they are."""
    return dt.datetime.combine(cell, dt.time()) if type(cell) is dt.date else cell


def _mixed_column(name: str, cells: list[Any]) -> Column:
    """Read cells that Arrow has no type for: integers of any size as numbers, mixtures as text."""
    for cell in cells:
        if isinstance(cell, complex | np.complexfloating):
            check_flat(np.zeros(0, complex), name)
        if np.ndim(cell) > 0 or isinstance(cell, dict | set):
            check_flat(np.zeros((0, 2)), name)
    cells = [None if _is_missing(cell) else cell for cell in cells]
    if all(cell is None or _is_plain_number(cell) for cell in cells):
        values = np.array([np.nan if cell is None else _as_float(cell) for cell in cells])
        rounded = any(isinstance(cell, int) and abs(cell) > EXACT for cell in cells)
        return Column(name, "number", values, rounded)
    return _text_column(name, cells)


def _text_column(name: str, cells: list[Any]) -> Column:
    """Read cells by their text, as they are in a file that they are written to."""
    texts = [None if _is_missing(cell) else str(cell) for cell in cells]
    return column_from_arrow(name, pyarrow().array(texts, pyarrow().string()))


def _is_plain_number(cell: Any) -> bool:
    return isinstance(cell, numbers.Real | Decimal) and not isinstance(cell, bool)


def _is_missing(cell: Any) -> bool:
    if isinstance(cell, Decimal):
        return cell.is_nan()
    # pandas.NA and pandas.NaT, told by name because pandas is not imported here.
    return cell is None or type(cell).__name__ in ("NAType", "NaTType") or bool(cell != cell)


def _as_float(number: Any) -> float:
    try:
        return float(number)
    except OverflowError:
        return float("inf") if number > 0 else float("-inf")


def column_from_arrow(name: str, array: Any) -> Column:
    """Make a column of an Arrow array or chunked array of any type that has one value per cell."""
    types = pyarrow("types")
    kind = array.type
    if isinstance(kind, pyarrow().BaseExtensionType):
        return column_from_arrow(name, array.cast(kind.storage_type))
    if types.is_dictionary(kind):
        return column_from_objects(name, array.to_pylist())
    if types.is_null(kind):
        return Column(name, "number", np.full(len(array), np.nan))
    if types.is_boolean(kind):
        return Column(name, "boolean", _floats(array))
    if types.is_integer(kind) or types.is_floating(kind) or types.is_decimal(kind):
        return Column(name, "number", _floats(array), types.is_integer(kind) and _too_large(array))
    if types.is_timestamp(kind) or types.is_date(kind):
        return Column(name, "time", _times(array))
    if types.is_time(kind) or types.is_duration(kind):
        return Column(name, "duration", _seconds(array), time_of_day=types.is_time(kind))
    if types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind):
        return Column(name, "text", _texts(array))
    raise DataError(
        f"Column {name!r} holds {kind}, which is more than one value per cell or no number; "
        "give one number, truth value, date or short text per cell."
    )


def column_as_in_a_file(column: Column, decimal_point: str = ".") -> Column:
    """The column of a text file with the cells of a column of texts; itself where that holds text."""
    present = [cell for cell in column.values if cell is not None]
    # what one cell cannot be read as, no column with it is
    if not present or _of_cells(present[:1], decimal_point).type == pyarrow().string():
        return column
    array = _of_cells(column.values.tolist(), decimal_point)
    return column if array.type == pyarrow().string() else column_from_arrow(column.name, array)


def _of_cells(cells: Sequence[str | None], decimal_point: str) -> Any:
    pa, csv = pyarrow(), pyarrow("csv")
    lines = ('"' + (cell or "").replace('"', '""') + '"' for cell in cells)
    table = csv.read_csv(
        pa.BufferReader("\n".join(lines).encode("utf-8", "replace")),
        read_options=csv.ReadOptions(column_names=["cells"]),
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=convert_options(decimal_point),
    )
    return table.column(0)


def convert_options(decimal_point: str, **more: Any) -> Any:
    """How cells of text files are read."""
    return pyarrow("csv").ConvertOptions(
        null_values=NULLS, strings_can_be_null=True, decimal_point=decimal_point, **more
    )


def plain_floats(array: Any) -> NDArray[np.float64] | None:
    """Values of an Arrow array of doubles without empty cells, not copied; None for any other."""
    if array.type != pyarrow().float64() or array.null_count or not len(array):
        return None
    return np.frombuffer(array.buffers()[1], np.float64, len(array), array.offset * 8)


def _floats(array: Any) -> NDArray[np.float64]:
    pa = pyarrow()
    if pa.types.is_boolean(array.type):
        array = array.cast(pa.uint8())
    return _from_buffers(array.cast(pa.float64(), safe=False), np.dtype(np.float64), float("nan"))


def _from_buffers(array: Any, dtype: np.dtype[Any], missing: float) -> NDArray[Any]:
    """Values of an Arrow array of a fixed width; its own conversion would import pandas."""
    parts = [np.empty(0, dtype)]
    for chunk in getattr(array, "chunks", [array]):
        whole = chunk.fill_null(missing) if chunk.null_count else chunk
        begin = whole.offset * dtype.itemsize
        if len(whole):
            parts.append(np.frombuffer(whole.buffers()[1], dtype, len(whole), begin))
    return np.concatenate(parts)


def _times(array: Any) -> NDArray[np.datetime64]:
    """Read instants as UTC; the count since 1970 is taken as it is, so that no clock change comes in."""
    pa = pyarrow()
    if not pa.types.is_timestamp(array.type):
        array = array.cast(pa.timestamp("s"), safe=False)
    unit = array.type.unit
    counts = _from_buffers(array.cast(pa.int64()), np.dtype(np.int64), np.iinfo(np.int64).min)
    return counts.view(f"datetime64[{unit}]")


def _times_from_numpy(array: NDArray[Any]) -> NDArray[Any]:
    unit = np.datetime_data(array.dtype)[0]
    return array.astype("datetime64[s]" if unit in ("Y", "M", "W", "D", "h", "m") else array.dtype)


def _seconds(array: Any) -> NDArray[np.float64]:
    pa = pyarrow()
    per_second = {"s": 1.0, "ms": 1e3, "us": 1e6, "ns": 1e9}[array.type.unit]
    whole = pa.int32() if pa.types.is_time32(array.type) else pa.int64()
    return _floats(array.cast(whole)) / per_second


def _texts(array: Any) -> NDArray[np.object_]:
    cells: Sequence[str | None] = array.to_pylist()
    stripped = (None if cell is None else cell.strip() for cell in cells)
    values = np.empty(len(cells), dtype=object)
    values[:] = [None if cell in NULLS else cell for cell in stripped]
    return values


def _too_large(array: Any) -> bool:
    """Whether an integer array holds a value that float64 may have to round."""
    if isinstance(array, np.ndarray):
        if array.dtype.kind not in "iu" or array.size == 0:
            return False
        low, high = int(array.min()), int(array.max())
    else:
        extremes = pyarrow("compute").min_max(array).as_py()
        low, high = extremes["min"] or 0, extremes["max"] or 0
    return max(-low, high) > EXACT
