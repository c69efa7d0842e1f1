"""A frame in Python and the file that it is written to are the same table to a search, or both are refused.

``SYMLAW_FRAMES=10000`` tries that many frames.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from symlaw import SymbolicRegressor
from symlaw.cli.commands.fit import _read, _reading
from symlaw.data.formats.delimited import _is_data
from symlaw.data.raw import label_text, unique_names
from symlaw.errors import SymlawError
from symlaw.tasks.inputs.intake import taken
from symlaw.testing.frames import KINDS, FrameRecipe, frame_recipes

N_FRAMES = int(os.environ.get("SYMLAW_FRAMES", "150"))
FORMATS = ("csv", "csv", "csv", "csv", "csv", "parquet", "parquet", "jsonl", "xlsx", "polars")
# Words of other libraries, which no sentence of ours has.
FOREIGN = re.compile(r"Found array|sample\(s\)|Input [Xy]\b|validate_data|dtype|Traceback|0x[0-9a-f]{6}|\n")


class Read(NamedTuple):
    """What a search gets: the table, or the sentence that refuses it."""

    names: tuple[str, ...] = ()
    X: Any = None
    y: Any = None
    weights: Any = None
    notes: tuple[str, ...] = ()
    refused: str = ""


def in_python(frame: Any, role: str | None) -> Read:
    """A frame whose last column is the target as `fit` takes it."""
    X, y = without_last(frame)
    more: dict[str, Any] = {}
    if role == "y_std":
        more = {"y_std": "w"}
    elif role is not None:
        X, weights = without_last(X)
        more = {"sample_weight" if role == "weights" else "y_std": weights}
    try:
        data = taken(SymbolicRegressor(), X, y, **more)
    except SymlawError as error:
        return Read(refused=str(error))
    kept = data.reading.read(X)
    kept = kept[np.isfinite(kept).all(axis=1)]
    assert {tuple(row) for row in data.X.tolist()} <= {tuple(row) for row in kept.tolist()}
    return Read(data.names, data.X, data.Y[:, 0], data.weights, data.notes)


def without_last(frame: Any) -> tuple[Any, Any]:
    """A frame of any library without its last column, and that column."""
    if isinstance(frame, pd.DataFrame):
        return frame.iloc[:, :-1], frame.iloc[:, -1]
    names = list(frame.columns if isinstance(frame, pl.DataFrame) else frame.column_names)
    return frame.select(names[:-1]), frame[names[-1]]


def in_command(path: Path, target: str, role: str | None) -> Read:
    """A file as ``symlaw fit`` reads it."""
    reading = {"target": target, **_reading(None, None, None)}
    if role is not None:
        reading[role.removesuffix(" values")] = "w"
    try:
        table = _read(path, reading)
    except SymlawError as error:
        return Read(refused=str(error))
    return Read(table.feature_names, table.X, table.y, table.weights, table.notes)


# --- what a format keeps of a frame -----------------------------------------------------------------


def as_kept(frame: pd.DataFrame, form: str) -> pd.DataFrame | None:
    """The frame as far as a format can hold it; None where it cannot."""
    names = [label_text(name) for name in frame.columns]
    columns = [frame.iloc[:, place] for place in range(frame.shape[1])]
    if names[-1] in names[:-1]:
        # the name of the target tells no column
        return None
    if form == "csv" and (_is_data(names) or names[0].startswith("#")):
        # a first line of numbers is data, and one that starts with # a comment
        return None
    if form == "parquet" and any(map(_is_beyond_parquet, columns)):
        return None
    if form != "parquet":
        # single precision is written by its shortest text, and read in double precision
        columns = [
            _by_text(one, str) if "float16" in kind(one) or "float32" in kind(one) else one for one in columns
        ]
    if form == "xlsx":
        if any(_is_beyond_sheets(one) for one in columns) or any(name[:1] in ("", "=") for name in names):
            return None
        columns = [_by_text(one, "{:.16g}".format) if kind(one) == "float64" else one for one in columns]
    if form == "jsonl" and any(_has_infinities(one) for one in columns):
        return None
    kept = pd.concat(columns, axis=1).set_axis(frame.columns, axis=1)
    if form != "csv":
        # formats that know columns by their names
        kept.columns = pd.Index(unique_names(names)[0], dtype=object)
    if form == "xlsx":
        # line ends are \n, and rows without any cell are no rows
        kept.columns = kept.columns.str.replace("\r\n", "\n")
        kept = kept.dropna(how="all")
    return kept


def kind(column: pd.Series) -> str:
    """What the dtype of a column is called, in small letters."""
    return str(column.dtype).lower()


def _by_text(column: pd.Series, text: Callable[[Any], str]) -> pd.Series:
    return pd.Series([float(text(cell)) if pd.notna(cell) else np.nan for cell in column], column.index)


def _is_beyond_parquet(column: pd.Series) -> bool:
    """Whether a column holds periods, which are bare numbers there, intervals, or objects of two kinds.

    pandas writes the latter as all of one kind, where it can: truth values as 1, stamps without their time.
    """
    if len({type(cell) for cell in column.dropna()}) > 1:
        return True
    within = getattr(column.dtype, "categories", column).dtype
    return isinstance(within, pd.PeriodDtype | pd.IntervalDtype)


def _is_beyond_sheets(column: pd.Series) -> bool:
    """Whether sheets have no such cells: durations are numbers there, and seconds have three decimals."""
    cells = column.dropna()
    durations = len(cells) > 0 and isinstance(cells.iloc[0], dt.timedelta)
    return durations or (kind(column) == "datetime64[ns]" and bool((cells.dt.nanosecond != 0).any()))


def _has_infinities(column: pd.Series) -> bool:
    return any(isinstance(cell, float) and np.isinf(cell) for cell in column)


def write(frame: pd.DataFrame, form: str, path: Path) -> bool:
    """Write a frame as people do; whether its format can hold it."""
    frame = frame.set_axis(pd.Index([label_text(one) for one in frame.columns], dtype=object), axis=1)
    try:
        if form == "csv":
            frame.to_csv(path, index=False)
        elif form == "parquet":
            frame.to_parquet(path, index=False)
        elif form == "xlsx":
            frame.to_excel(path, index=False)
        else:
            path.write_text("\n".join(map(_json_line, frame.to_dict("records"))), encoding="utf-8")
    except (pa.ArrowException, OverflowError, TypeError, ValueError):
        assert form != "csv"
        return False
    return True


def _json_line(row: dict[str, Any]) -> str:
    own = {name: None if pd.isna(cell) else cell for name, cell in row.items()}
    return json.dumps(own, default=lambda cell: float(cell) if isinstance(cell, Decimal) else str(cell))


# --- the two ways in --------------------------------------------------------------------------------


def outcome(recipe: FrameRecipe, form: str, folder: Path) -> str:
    """Compare what comes of a frame and of its file; in a word."""
    library, form = form, "parquet" if form == "polars" else form
    frame, path = as_kept(recipe.frame(), form), folder / f"table.{form}"
    if frame is None or not write(frame, form, path):
        return "not written"
    own = in_python(pl.read_parquet(path) if library == "polars" else frame, recipe.role)
    other = in_command(path, label_text(recipe.target[1]), recipe.role)
    for refused in (own.refused, other.refused):
        assert not FOREIGN.search(refused.replace(str(path), "")), refused
    if "a formula needs a target that varies" in other.refused and not own.refused:
        # a decision: Python gives the number that the target always is, and the command refuses
        return "constant"
    if own.refused and other.refused:
        return "refused"
    assert not own.refused and not other.refused, f"{own.refused or 'taken'} | {other.refused or 'taken'}"
    same(own, other, form)
    return "same"


def same(own: Read, other: Read, form: str) -> None:
    """Check that two tables are one."""
    assert own.names == other.names, f"{own} | {other}"
    for word in ("X", "y", "weights"):
        given, read = getattr(own, word), getattr(other, word)
        assert (given is None) == (read is None), word
        if given is not None:
            np.testing.assert_allclose(read, given, rtol=1e-14, atol=0, err_msg=word)
    assert notes(own, form) == notes(other, form)


def notes(read: Read, form: str) -> list[str]:
    """Notes, without those that a format has no word for."""
    # durations that are written without their days are times of day to a reader
    said = [note for note in read.notes if "times of day that start again" not in note]
    # numbers of JSON and of sheets are floating-point numbers beyond some size
    return said if form in ("csv", "parquet") else [note for note in said if "above 2**53" not in note]


@pytest.mark.long
@settings(
    max_examples=N_FRAMES,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
@given(recipe=frame_recipes(), form=st.sampled_from(FORMATS))
def test_a_frame_and_its_file_are_the_same_table_or_both_refused(
    tmp_path_factory: pytest.TempPathFactory, recipe: FrameRecipe, form: str
) -> None:
    assert outcome(recipe, form, tmp_path_factory.getbasetemp())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("form", [*dict.fromkeys(FORMATS)])
def test_each_kind_of_column_alone(tmp_path: Path, kind: str, form: str) -> None:
    recipe = FrameRecipe(24, 3, ((kind, "a", 0.1), ("normal", "b", 0.0)), ("normal", "y", 0.0))
    assert outcome(recipe, form, tmp_path) in ("same", "not written", "refused")


@st.composite
def arrays(draw: st.DrawFn) -> Any:
    """Arrays of numbers, of which some cells may be missing or infinite; the last column is the target."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    array = rng.normal(size=(draw(st.integers(0, 9)), draw(st.integers(1, 4))))
    array = np.round(array, draw(st.sampled_from((0, 1, 9))))
    for value in draw(st.lists(st.sampled_from((np.nan, np.nan, np.inf)), max_size=2)):
        array[rng.uniform(size=array.shape) < 0.1] = value
    return array.astype(draw(st.sampled_from(("float64", "float64", "float32"))))


@settings(max_examples=N_FRAMES, deadline=None, database=None, derandomize=True)
@given(array=arrays())
def test_an_array_and_its_file_are_the_same_table_or_both_refused(
    tmp_path_factory: pytest.TempPathFactory, array: Any
) -> None:
    path = tmp_path_factory.getbasetemp() / "array.npy"
    np.save(path, array)
    other = in_command(path, "-1", None)
    try:
        data = taken(SymbolicRegressor(), array[:, :-1], array[:, -1])
    except SymlawError as error:
        assert other.refused and not FOREIGN.search(str(error)), error
        return
    if not (other.refused and np.ptp(data.Y) == 0.0):
        assert data.names == other.names, other.refused
        np.testing.assert_array_equal(data.X, other.X)
        np.testing.assert_array_equal(data.Y[:, 0], other.y)
