"""`Table`, the numbers that a search works on, and `read_table`, which makes one of any source."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Table:
    """A table of numbers and what was done to get it.

    Attributes
    ----------
    X : ndarray of float64, shape (n_rows, n_features)
    y : ndarray of float64, shape (n_rows,), or None
        None when no target was asked for.
    feature_names : tuple of str
    target_name : str or None
    weights : ndarray of float64, shape (n_rows,), or None
    notes : tuple of str
        Sentences for the user that say what was left out, encoded or renamed.
    kept_rows : ndarray of int64, shape (n_rows,)
        Which rows of the source these are, counted from 0.
    encodings : Mapping
        JSON-able; ``read_table(new, encodings=...)`` makes the same features of new data.
    units : Mapping
        By column name, as the line below the names has them; empty where none was asked for.
    y_std : ndarray of float64, shape (n_rows,), or None
        Standard deviations of the target's errors, where ``weights`` are made of them.
    together : ndarray of int64, shape (n_rows,), or None
        Numbers of the groups of rows that are held out together.
    """

    X: Floats
    y: Floats | None
    feature_names: tuple[str, ...]
    target_name: str | None = None
    weights: Floats | None = None
    notes: tuple[str, ...] = ()
    kept_rows: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    encodings: Mapping[str, Any] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    y_std: Floats | None = None
    together: NDArray[np.int64] | None = None

    def digest(self) -> str:
        """Return the SHA-256 of names, shapes and numbers: equal for the same data from any source."""
        arrays = {"X": self.X, "y": self.y, "weights": self.weights}
        head = {
            "feature_names": self.feature_names,
            "target_name": self.target_name,
            "shapes": {key: None if array is None else array.shape for key, array in arrays.items()},
        }
        hashed = hashlib.sha256(json.dumps(head, sort_keys=True).encode())
        for array in arrays.values():
            if array is not None:
                hashed.update(np.ascontiguousarray(array, dtype="<f8").tobytes())
        return hashed.hexdigest()


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
) -> Table:
    """Read a table and make numbers of it.

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
    from symlaw.data.fitting import encode_for_fit
    from symlaw.data.predicting import encode_as_before
    from symlaw.data.reading import read_raw
    from symlaw.data.roles import choose_roles

    if encodings is not None:
        told = isinstance(encodings, Mapping) and bool(encodings.get("unit_row"))
        raw = read_raw(source, "possible" if told else "none")
        return encode_as_before(raw, encodings, target, features, drop, weights, y_std)
    raw = read_raw(source, "required" if unit_row else "none")
    table = encode_for_fit(raw, choose_roles(raw, target, features, drop, weights, groups, y_std, holdout))
    if not unit_row:
        return table
    units = dict(zip(raw.names, raw.units, strict=True))
    return replace(table, units=units, encodings={**table.encodings, "unit_row": True})
