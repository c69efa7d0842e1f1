"""Targets and weights given to an estimator, as columns of numbers with their names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.data.cells.numerals import refine
from symlaw.data.deviations import checked_deviations, read_deviations, weights_of
from symlaw.data.fitting import MIN_ROWS
from symlaw.data.raw import Column, label_text
from symlaw.data.reading import read_raw
from symlaw.data.roles import checked_weights, target_column
from symlaw.errors import ColumnNotFound, DataError, InvalidSetting
from symlaw.tasks.inputs.reading import with_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True)
class TargetColumns:
    """Targets of a fit.

    Parameters
    ----------
    columns
        Their values.
    names
        What they are called; None for each that has no name.
    single
        Whether there is one target, given without its number.
    notes
        What was done to them.
    """

    columns: tuple[Column, ...]
    names: tuple[str | None, ...]
    single: bool
    notes: tuple[str, ...]


def targets_of(y: Any) -> TargetColumns:
    """Targets as columns of numbers; raises `DataError` where they are none."""
    y, renamed = with_names(y, "y") if hasattr(y, "columns") else (y, ())
    named = names_of_targets(y)
    if hasattr(y, "columns"):
        raw, single = read_raw(y), False
    elif hasattr(y, "dtype") and not isinstance(y, np.ndarray):
        raw, single = read_raw({named[0] or "y": y}), True
    else:
        values = np.asarray(y)
        if values.ndim not in (1, 2):
            raise DataError(
                f"y has the shape {values.shape}: give one number for each row, or a column per target"
            )
        single = values.ndim == 1
        parts = values.reshape(len(values), -1).T
        raw = read_raw({name_of_target((), k, single=single): part for k, part in enumerate(parts)})
    found = [target_column(raw, name) for name in raw.names]
    notes = (*renamed, *(note for _, said in found for note in said))
    return TargetColumns(tuple(column for column, _ in found), named or (None,) * len(found), single, notes)


def names_of_targets(y: Any) -> tuple[str | None, ...]:
    """What targets are called; empty where they have no names."""
    if hasattr(y, "columns"):
        return tuple(label_text(label) for label in y.columns)
    name = getattr(y, "name", None)
    if not hasattr(y, "dtype") or isinstance(y, np.ndarray):
        return ()
    return (None if name in (None, "") else label_text(name),)


def name_of_target(named: Sequence[str | None], place: int, *, single: bool) -> str:
    """What a target is called: its own name, or y, y0, y1, ..."""
    own = named[place] if place < len(named) else None
    return own or ("y" if single else f"y{place}")


def weighing_of(frame: Any, n_rows: int, sample_weight: Any, y_std: Any) -> tuple[Array | None, Array | None]:
    """Weights of the rows, and the standard deviations that they are made of."""
    if sample_weight is not None and y_std is not None:
        raise InvalidSetting("sample_weight and y_std are both given: leave one of them out")
    if y_std is None:
        if sample_weight is None:
            return None, None
        weights = checked_weights(_weights(sample_weight, n_rows), "sample_weight")
        counting = int(np.sum(weights > 0))
        if counting < MIN_ROWS:
            raise DataError(
                f"sample_weight leaves {counting} rows: at least {MIN_ROWS} must weigh more than 0"
            )
        return weights, None
    if not isinstance(y_std, str):
        deviations = checked_deviations(_numbers(y_std, "y_std"), n_rows)
        return weights_of(deviations), deviations
    known = [label_text(name) for name in getattr(frame, "columns", frame if frame is not None else ())]
    if y_std not in known:
        raise ColumnNotFound(
            f"y_std names {y_std!r}, which is no column of X ({', '.join(known)}): give its values"
        )
    deviations = read_deviations(read_raw({y_std: np.asarray(frame[y_std])}), y_std)
    return weights_of(deviations), deviations


def _weights(given: Any, n_rows: int) -> Array:
    """Weights as numbers, one for each row."""
    must = "sample_weight must be one number for each row of X"
    values = _numbers(given, "sample_weight")
    try:
        numbers = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise DataError(f"{must}, and holds {type(values).__name__}") from None
    if numbers.ndim == 0:
        numbers = np.full(n_rows, float(numbers))
    if numbers.shape != (n_rows,):
        raise DataError(f"{must}: X has {n_rows} rows, and sample_weight has the shape {numbers.shape}")
    return numbers.copy()


def _numbers(given: Any, role: str) -> Any:
    """Numbers of a series or of a list of cells of any kind; what is no list stays as it is."""
    values = given if hasattr(given, "dtype") else np.asarray(given)
    if np.ndim(values) != 1 or not len(values):
        return given
    column, _ = refine(read_raw({role: values}).columns[0], False)
    if column.kind not in ("number", "boolean"):
        raise DataError(f"{role} must be one number for each row of X, and holds {column.kind}")
    return column.values
