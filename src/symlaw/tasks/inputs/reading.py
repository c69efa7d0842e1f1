"""How an estimator reads its columns of data: frames, mappings and arrays, and how each became numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.data.fitting import ENCODINGS_VERSION
from symlaw.data.predicting import encode_as_before
from symlaw.data.raw import label_text, unique_names
from symlaw.data.reading import read_raw
from symlaw.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]


@dataclass(frozen=True)
class Reading:
    """How the formulas' columns are read of data.

    Parameters
    ----------
    encodings
        What the columns of the data were called, in their order, and how those that formulas may use become
        numbers, as `symlaw.data.Table.encodings`.
    """

    encodings: Mapping[str, Any]

    @classmethod
    def of_numbers(cls, names: Sequence[str]) -> Reading:
        """Columns that are numbers, each of which formulas may use."""
        recipes = [{"name": name, "source": name, "kind": "number"} for name in names]
        return cls({"version": ENCODINGS_VERSION, "features": recipes, "columns": list(names)})

    @property
    def columns(self) -> tuple[str, ...]:
        """What the columns of the data were called."""
        return tuple(self.encodings["columns"])

    @property
    def names(self) -> tuple[str, ...]:
        """What formulas call the columns that they may use."""
        return tuple(str(recipe["name"]) for recipe in self.encodings["features"])

    def labels(self, name: str | None) -> list[str] | None:
        """What the numbers of a column stand for; None where these are the data's own."""
        recipes = [
            one for one in self.encodings["features"] if one["name"] == name and one["kind"] == "label"
        ]
        return list(recipes[0]["known"]) if recipes else None

    def read(self, X: Any) -> Array:
        """The columns of data (n_samples, n_names); nan where a cell is missing or a label was never seen.

        Parameters
        ----------
        X
            A frame or a mapping with the columns, or an array of all of them in their order.

        Raises
        ------
        ColumnNotFound, DataError
            When a column is not there, or holds something else than it did.
        """
        if not has_names(X):
            table = np.asarray(X)
            if table.ndim != 2 or table.shape[1] != len(self.columns):
                known = ", ".join(self.columns)
                raise DataError(f"X has the shape {table.shape}: give {len(self.columns)} columns, {known}")
            plain = table.dtype.kind in "fiu" and all(
                recipe["kind"] == "number" and "scale" not in recipe for recipe in self.encodings["features"]
            )
            if plain:
                places = [self.columns.index(recipe["source"]) for recipe in self.encodings["features"]]
                return np.ascontiguousarray(table[:, places], dtype=np.float64)
            X = dict(zip(self.columns, table.T, strict=True))
        return encode_as_before(read_raw(X), self.encodings, None, None, (), None).X


def truths_in(encodings: Mapping[str, Any] | None) -> tuple[str, ...]:
    """What formulas call columns of truth values, and of whether a text is a certain one."""
    recipes = () if encodings is None else encodings.get("features", ())
    return tuple(str(one["name"]) for one in recipes if one["kind"] in ("boolean", "category"))


def has_names(X: Any) -> bool:
    """Whether data say what their columns are called: frames, mappings, structured arrays."""
    structured = isinstance(X, np.ndarray) and X.dtype.names is not None
    if isinstance(X, Mapping):
        # scipy's sparse matrices of keys are mappings too
        return not hasattr(X, "toarray")
    return structured or hasattr(X, "columns") or hasattr(X, "column_names")


def with_names(X: Any, letter: str = "x") -> tuple[Any, tuple[str, ...]]:
    """A frame whose columns have each their own name, as text, and what is said of names that were changed.

    ``letter`` is what the names of columns without one begin with.
    """
    if isinstance(X, np.ndarray):
        X = {name: X[name] for name in X.dtype.names}
    if isinstance(X, Mapping):
        import pandas as pd

        X = pd.DataFrame({key: np.asarray(cells) for key, cells in X.items()})
    if hasattr(X, "column_names") and not hasattr(X, "iloc"):
        X = X.to_pandas()
    names, notes = unique_names([label_text(label) for label in X.columns], letter)
    if list(names) == list(X.columns) and all(type(label) is str for label in X.columns):
        return X, notes
    if hasattr(X, "set_axis"):
        return X.set_axis(list(names), axis=1), notes
    return X.rename(dict(zip(X.columns, names, strict=True))), notes


def without_column(X: Any, name: str | None) -> Any:
    """A frame without a column, if it has it."""
    if name is None or name not in list(X.columns):
        return X
    return X[[other for other in X.columns if other != name]]
