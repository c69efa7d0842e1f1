"""`Table`, the numbers that a search works on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

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
