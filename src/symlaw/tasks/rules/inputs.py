"""A table as the columns that rules look at, and the labels, weights and costs of its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.data.cells.numerals import refine
from symlaw.data.raw import Column
from symlaw.data.reading import read_raw
from symlaw.errors import ColumnNotFound, DataError, InvalidSetting
from symlaw.language.rules.literals import numbers
from symlaw.language.rules.printers.writing import plain

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from symlaw.language.rules.literals import Columns

    Floats = NDArray[np.float64]

# Labels beyond which a target is taken for a number or a name.
_MOST_CLASSES = 50


def columns_of(source: Any, kinds: Mapping[str, str] | None = None) -> tuple[Columns, dict[str, str]]:
    """The columns of a path, a frame, an array or a dict by name, and the kind of each.

    Parameters
    ----------
    source
        The table.
    kinds
        What the columns were when a rule was fitted; only these are then read.

    Raises
    ------
    ColumnNotFound
        When one of them is missing.
    DataError
        When a column holds another kind of cells, or infinities.
    """
    raw = read_raw(source)
    by_name = {column.name: refine(column, raw.decimal_comma)[0] for column in raw.columns}
    if kinds is None:
        return {name: _values(column) for name, column in by_name.items()}, {
            name: column.kind for name, column in by_name.items()
        }
    missing = [name for name in kinds if name not in by_name]
    if missing:
        raise ColumnNotFound(f"the rule looks at the column {missing[0]!r}, which the data lack: add it")
    return {name: _as_before(by_name[name], kind) for name, kind in kinds.items()}, dict(kinds)


def table_for(kinds: Mapping[str, str], source: Any) -> pd.DataFrame:
    """The columns of a path, a frame or a dict that a model was fitted to, whatever else is there.

    Raises
    ------
    ColumnNotFound
        When one of them is missing.
    """
    import pandas as pd

    return pd.DataFrame(columns_of(source, kinds)[0])


def _values(column: Column) -> NDArray[Any]:
    if column.kind in ("text", "time"):
        return column.values
    values = column.values.astype(float)
    if np.isinf(values).any():
        row = int(np.flatnonzero(np.isinf(values))[0]) + 1
        raise DataError(
            f"column {column.name!r} holds an infinity in row {row}: empty the cell or give a number"
        )
    return values


def _as_before(column: Column, kind: str) -> NDArray[Any]:
    plain = ("number", "boolean", "duration")
    if column.kind == kind or (column.kind in plain and kind in plain):
        return _values(column)
    n = len(column.values)
    if column.missing().all():
        if kind == "text":
            return np.full(n, None, object)
        return np.full(n, np.datetime64("NaT"), "datetime64[us]") if kind == "time" else np.full(n, np.nan)
    if kind == "text" and column.kind in plain:
        # labels such as "1" are read as numbers where all of them are
        values = column.values
        texts = [
            None if np.isnan(cell) else str(int(cell)) if cell == int(cell) else repr(cell) for cell in values
        ]
        return np.array(texts, dtype=object)
    raise DataError(
        f"column {column.name!r} holds {column.kind} where the rule was fitted to {kind}:"
        " give cells of that kind"
    )


def check_target(y: NDArray[Any]) -> NDArray[Any]:
    """The classes of a target.

    Raises
    ------
    DataError
        When there is one class, or so many that the target is no class, or no label occurs twice.
    """
    classes, number = np.unique(y, return_counts=True)
    if len(classes) < 2:
        raise DataError(
            f"the target has one class, {plain(classes[0])!r}, in every row: add rows of another class"
        )
    if len(classes) > _MOST_CLASSES:
        raise DataError(
            f"the target has {len(classes)} different labels, and rules tell at most {_MOST_CLASSES} apart: "
            "name a column of classes, or use symlaw.SymbolicRegressor for a number"
        )
    if len(classes) > 2 and number.max() == 1:
        raise DataError(
            f"each of the target's {len(classes)} labels is in one row only, as names of rows are: "
            "name a column of classes, each of several rows"
        )
    return classes


def positive_of(positive: Any, classes: NDArray[Any]) -> Any:
    """The class that the rule is about: the one named, or the last.

    Raises
    ------
    InvalidSetting
        When it is none of the classes.
    """
    if positive is None:
        return classes[-1]
    for label in classes:
        if label == positive or str(label) == str(positive):
            return label
    shown = ", ".join(repr(plain(label)) for label in classes)
    raise InvalidSetting(f"positive is {positive!r}: give one of the classes, {shown}")


def target_of(source: Any, target: str) -> tuple[NDArray[Any], list[str]]:
    """The labels of a column of a table, None or nan where missing, and the names of the other columns.

    Raises
    ------
    ColumnNotFound
        When there is no such column.
    """
    raw = read_raw(source)
    if target not in raw.names:
        raise ColumnNotFound(f"the target {target!r} is no column: the columns are {', '.join(raw.names)}")
    column = refine(raw.columns[raw.names.index(target)], raw.decimal_comma)[0]
    if column.kind in ("time", "duration"):
        raise DataError(f"the target {target!r} holds {column.kind}s: rules tell classes apart")
    values: NDArray[Any] = column.values
    if column.kind == "boolean":
        values = np.array([None if np.isnan(cell) else bool(cell) for cell in values], dtype=object)
    elif column.kind == "number" and np.all(np.isnan(values) | (values == np.round(values))):
        values = np.array([None if np.isnan(cell) else int(cell) for cell in values], dtype=object)
    return values, [name for name in raw.names if name != target]


def check_forbidden(forbidden: Sequence[str] | str | None, columns: Columns) -> tuple[str, ...]:
    """Names of columns that no rule may use.

    Raises
    ------
    ColumnNotFound
        When one is no column.
    InvalidSetting
        When no column is left.
    """
    names = () if forbidden is None else (forbidden,) if isinstance(forbidden, str) else tuple(forbidden)
    for name in names:
        if name not in columns:
            raise ColumnNotFound(
                f"forbidden names {name!r}, which is no column: the columns are {', '.join(columns)}"
            )
    if len(set(names)) == len(columns):
        raise InvalidSetting("forbidden names every column: leave one for the rules")
    return names


def check_required(
    required: Sequence[str] | str | None,
    forbidden: Sequence[str] | str | None,
    fair: Mapping[str, Any] | None,
    columns: Columns,
) -> tuple[str, ...]:
    """Names of columns that every rule uses.

    Raises
    ------
    ColumnNotFound
        When one is no column.
    InvalidSetting
        When no rule may use it.
    """
    names = () if required is None else (required,) if isinstance(required, str) else tuple(required)
    aside = {*([forbidden] if isinstance(forbidden, str) else forbidden or ()), *(fair or ())}
    for name in names:
        if name not in columns:
            raise ColumnNotFound(
                f"required names {name!r}, which is no column: the columns are {', '.join(columns)}"
            )
        if name in aside:
            raise InvalidSetting(f"{name!r} is required, and forbidden or in fair too: leave one of them out")
    return names


def check_monotone(monotone: Mapping[str, str] | None, columns: Columns) -> tuple[tuple[str, bool], ...]:
    """Columns of numbers, and whether larger values speak for the class or against it.

    Raises
    ------
    ColumnNotFound
        When one is no column.
    InvalidSetting
        When a direction is no word for one, or a column has no order.
    """
    words = {"increasing": True, "decreasing": False}
    if monotone is not None and not isinstance(monotone, Mapping):
        raise InvalidSetting(f"monotone is {monotone!r}: give such as {{'age': 'increasing'}}")
    for name, word in (monotone or {}).items():
        if name not in columns:
            raise ColumnNotFound(
                f"monotone names {name!r}, which is no column: the columns are {', '.join(columns)}"
            )
        if word not in words:
            raise InvalidSetting(f"monotone has {word!r} for {name!r}: give 'increasing' or 'decreasing'")
        if columns[name].dtype == object:
            raise InvalidSetting(
                f"monotone names {name!r}, which holds texts: name a column of numbers or dates"
            )
    return tuple((name, words[word]) for name, word in (monotone or {}).items())


def all_missing(columns: Columns) -> bool:
    """Whether no column has a cell."""
    return all(
        all(cell is None for cell in values)
        if values.dtype == object
        else bool(np.isnan(numbers(values)).all())
        for values in columns.values()
    )
