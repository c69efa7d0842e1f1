"""Data given to an estimator as a table of numbers: what the command does with a file, done with a frame.

Frames may hold text, truth values, dates, durations, numbers of any kind and missing cells; each thing that
is done to get numbers is a note. How it was done is kept, so that new data are read in the same way.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils.validation import validate_data

from symlaw.data.cells.numerals import refine
from symlaw.data.deviations import names_errors, without_errors
from symlaw.data.fitting import MIN_ROWS, encode_for_fit
from symlaw.data.raw import Column, Raw
from symlaw.data.reading import read_raw
from symlaw.data.roles import Roles, held_out_together
from symlaw.errors import ColumnNotFound, DataError, InvalidSetting
from symlaw.tasks.inputs.checking import checked_features, checked_rows
from symlaw.tasks.inputs.reading import Reading, has_names, with_names, without_column
from symlaw.tasks.inputs.targets import (
    TargetColumns,
    name_of_target,
    names_of_targets,
    targets_of,
    weighing_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from symlaw.data.table import Table

    Array = NDArray[np.float64]

# Settings that say something of columns, which have to be there then.
_NAMING_COLUMNS = (
    "units", "template", "required", "forbidden", "constraints", "domain", "guesses", "oracle"
)  # fmt: skip


@dataclass(frozen=True)
class Taken:
    """Rows that can be used, as numbers.

    Parameters
    ----------
    X
        Columns that formulas may use (n_samples, n_names).
    Y
        Targets (n_samples, n_outputs).
    weights, y_std
        Of the rows (n_samples,), or None.
    targets
        What the targets are called; None for each that has no name.
    single
        Whether there is one target, given without its number.
    reading
        How the columns were read.
    notes
        What was done.
    together
        Numbers of the groups of rows that are held out together (n_samples,), or None.
    """

    X: Array
    Y: Array
    weights: Array | None
    y_std: Array | None
    targets: tuple[str | None, ...]
    single: bool
    reading: Reading
    notes: tuple[str, ...] = ()
    together: NDArray[np.int64] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """What formulas call the columns."""
        return self.reading.names


def taken(
    estimator: Any,
    X: Any,
    y: Any,
    sample_weight: ArrayLike | None = None,
    y_std: ArrayLike | str | None = None,
) -> Taken:
    """What a fit takes of its data; the estimator learns the columns' names.

    Raises
    ------
    InvalidSetting
        When weights and deviations are both given, or groups are no column.
    ColumnNotFound
        When there is no column of deviations.
    DataError
        When the data cannot be used.
    """
    if has_names(X):
        raw, targets, weighing = _of_frame(estimator, X, y, sample_weight, y_std)
    else:
        raw, targets, weighing = _of_array(estimator, X, y, sample_weight, y_std)
    named = any(getattr(estimator, name) is not None for name in _NAMING_COLUMNS)
    table = _table(raw, targets, weighing, estimator, sample_weight, keep_all=named)
    keep = table.kept_rows
    reading = Reading(table.encodings)
    Y = np.column_stack([column.values[keep] for column in targets.columns]).astype(np.float64)
    names = tuple(None if name in reading.names else name for name in targets.names)
    return Taken(
        table.X, Y, table.weights, table.y_std, names, targets.single, reading, table.notes, table.together
    )  # fmt: skip


def taken_again(
    reading: Reading, X: Any, y: Any, sample_weight: ArrayLike | None = None, y_std: Any = None
) -> Taken:
    """Data read as those of a fit were, without rows that lack a cell or weigh 0.

    Raises
    ------
    ColumnNotFound, DataError
        When a column is not there, or the data cannot be used.
    """
    data, targets = reading.read(X), targets_of(y)
    Y = np.column_stack([column.values for column in targets.columns]).astype(np.float64)
    if len(data) != len(Y):
        raise DataError(f"X has {len(data)} rows and y {len(Y)}: give as many of each")
    weights, deviations = weighing_of(X, len(data), sample_weight, y_std)
    kept = np.isfinite(data).all(axis=1) & np.isfinite(Y).all(axis=1)
    if weights is not None:
        kept &= weights > 0
    if not kept.any():
        raise DataError("no row has all the columns of the fit and a target")
    return Taken(
        data[kept], Y[kept], None if weights is None else weights[kept],
        None if deviations is None else deviations[kept], targets.names, targets.single, reading,
    )  # fmt: skip


def features_of(estimator: Any, X: Any) -> Array:
    """Columns of new data as a fitted estimator's formulas have them; its names are checked."""
    if has_names(X):
        X = without_column(with_names(X)[0], getattr(estimator, "y_std_column_", None))
        validate_data(estimator, X, reset=False, skip_check_array=True)
        return np.asarray(estimator.reading_.read(X))
    data = checked_features(estimator, X)
    return np.asarray(estimator.reading_.read(data))


def tell(notes: Sequence[str], groups: str | None) -> None:
    """Say each note in a warning, but what the labels of groups are, which were asked for."""
    for note in notes:
        if groups is None or not note.startswith(f"Column {groups!r} tells "):
            warnings.warn(note, UserWarning, stacklevel=3)


def _of_frame(
    estimator: Any, X: Any, y: Any, sample_weight: Any, y_std: Any
) -> tuple[Raw, TargetColumns, tuple[Array | None, Array | None]]:
    frame, said = with_names(X)
    estimator.y_std_column_ = y_std if isinstance(y_std, str) else None
    weighing = weighing_of(frame, len(frame), sample_weight, y_std)
    frame = without_column(frame, estimator.y_std_column_)
    raw = read_raw(frame)
    targets = targets_of(y)
    if len(targets.columns[0].values) != raw.n_rows:
        raise DataError(
            f"X has {raw.n_rows} rows and y {len(targets.columns[0].values)}: give as many of each"
        )
    estimator.feature_names_in_ = np.array(raw.names, dtype=object)
    estimator.n_features_in_ = len(raw.names)
    notes = _of_indexes(X, y)
    return replace(raw, notes=(*said, *raw.notes, *notes)), targets, weighing


def _of_array(
    estimator: Any, X: Any, y: Any, sample_weight: Any, y_std: Any
) -> tuple[Raw, TargetColumns, tuple[Array | None, Array | None]]:
    """Rows of an array by scikit-learn's rules, but that cells and targets may be missing."""
    estimator.y_std_column_ = None
    if isinstance(y_std, str):
        raise ColumnNotFound(f"y_std names {y_std!r}, which is no column of X (an array without names)")
    named = names_of_targets(with_names(y, "y")[0] if hasattr(y, "columns") else y)
    given, target, absent = X, y, None
    counted = hasattr(X, "__len__") and not hasattr(X, "toarray")
    weighing = weighing_of(None, len(X), sample_weight, y_std) if counted else None
    usable = _usable(X, y, sample_weight)
    if usable is not None and not usable.all():
        given, target, absent = np.asarray(X)[usable], np.asarray(y)[usable], ~usable
    data, values = checked_rows(
        estimator,
        given,
        target,
        multi_output=True,
        ensure_min_samples=MIN_ROWS,
        ensure_all_finite="allow-nan",
    )
    if absent is not None:
        # what says that these rows are left out is their target or their weight
        data, values = _spread(data, absent, 0.0), _spread(np.asarray(values, dtype=float), absent, np.nan)
    weighing = weighing or weighing_of(None, len(data), sample_weight, y_std)
    columns = tuple(Column(f"x{k}", "number", column) for k, column in enumerate(data.T))
    Y = np.asarray(values, dtype=np.float64)
    single, Y = Y.ndim == 1, Y.reshape(len(Y), -1)
    own = tuple(Column(name_of_target(named, k, single=single), "number", one) for k, one in enumerate(Y.T))
    return Raw(columns), TargetColumns(own, named or (None,) * len(own), single, ()), weighing


def _spread(values: Array, absent: NDArray[np.bool_], filling: float) -> Array:
    """Rows at their places in the data, a number in those that are left out."""
    whole = np.full((len(absent), *values.shape[1:]), filling)
    whole[~absent] = values
    return whole


def _usable(X: Any, y: Any, sample_weight: Any) -> NDArray[np.bool_] | None:
    """Rows that count and have a target; None where that cannot be told, which is refused after it."""
    try:
        given, n_rows = np.asarray(y), len(X)
        if given.dtype.kind == "c":
            return None
        target = given.astype(np.float64)
    except (TypeError, ValueError, OverflowError):
        return None
    if target.ndim not in (1, 2) or len(target) != n_rows or not n_rows:
        return None
    usable = np.asarray(~np.isnan(target.reshape(n_rows, -1)).any(axis=1))
    if sample_weight is None:
        return usable
    weights = np.asarray(sample_weight)
    if weights.shape != (n_rows,) or weights.dtype.kind not in "fiub":
        return usable
    return np.asarray(usable & (weights != 0))


def _of_indexes(X: Any, y: Any) -> tuple[str, ...]:
    """Say that rows are taken by place where the indexes of pandas objects say something else."""
    own, other = getattr(X, "index", None), getattr(y, "index", None)
    if own is None or other is None or not hasattr(own, "equals") or not hasattr(other, "equals"):
        return ()
    if len(own) != len(other) or own.equals(other) or set(own) != set(other):
        return ()
    return (
        "The index of y has the labels of X in another order: rows are taken by their place. If labels should"
        " decide, give y.reindex(X.index).",
    )


def _table(
    raw: Raw,
    targets: TargetColumns,
    weighing: tuple[Array | None, Array | None],
    estimator: Any,
    given: Any,
    *,
    keep_all: bool,
) -> Table:
    """The rows and columns that can be used."""
    groups = estimator.groups
    if groups is not None and groups not in raw.names:
        raise InvalidSetting(f"groups names {groups!r}, which is no column: there are {', '.join(raw.names)}")
    weights, deviations = weighing
    names, notes = without_errors(list(raw.names), targets.columns[0].name)
    together, label, said = held_out_together(raw, estimator.holdout)
    names, notes = [name for name in names if name != label] or names, notes + said
    columns = []
    for column in raw.columns:
        if column.name in names:
            own, said = refine(column, raw.decimal_comma)
            columns.append(own)
            notes += said
    called = getattr(given, "name", None)
    if isinstance(called, str) and names_errors(called):
        notes += (
            f"sample_weight is called {called!r}: rows count the more the larger it is. Give standard"
            " deviations as y_std.",
        )
    roles = Roles(
        None,
        tuple(columns),
        weights,
        (*raw.notes, *notes, *targets.notes),
        groups,
        deviations,
        targets.columns,
        together,
    )
    return encode_for_fit(raw, roles, keep_all=keep_all)
