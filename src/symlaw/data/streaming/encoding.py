"""Columns of a batch as the formulas of a fit have them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from symlaw.data.cells.recipes import apply
from symlaw.data.formats.arrow import column_from_arrow, plain_floats
from symlaw.errors import ColumnNotFound

Array = NDArray[np.float64]


class Wanted(NamedTuple):
    """What is wanted of batches.

    Attributes
    ----------
    recipes
        Of the features, as a fit made them.
    target, weights, y_std
        Names of columns, empty for none.
    """

    recipes: tuple[Mapping[str, Any], ...]
    target: str = ""
    weights: str = ""
    y_std: str = ""

    @property
    def names(self) -> list[str]:
        """What formulas call the features."""
        return [str(recipe["name"]) for recipe in self.recipes]

    @property
    def columns(self) -> list[str]:
        """Columns of the source, each once."""
        sources = [str(recipe["source"]) for recipe in self.recipes]
        return list(dict.fromkeys([*sources, *filter(None, (self.target, self.weights, self.y_std))]))

    def without(self, unused: set[str]) -> Wanted:
        """Without features of these names."""
        return self._replace(recipes=tuple(one for one in self.recipes if one["name"] not in unused))


class Block(NamedTuple):
    """Rows of a batch as numbers, nan where cells are missing.

    Attributes
    ----------
    X
        Features (n_rows, n_features), columns one after the other in memory.
    y, weights
        (n_rows,); no weights where all rows weigh 1.
    """

    X: Array
    y: Array
    weights: Array | None


def block_of(batch: Any, wanted: Wanted) -> Block:
    """A batch as numbers."""
    n_rows = batch.num_rows
    columns = np.empty((len(wanted.recipes), n_rows))
    for place, recipe in enumerate(wanted.recipes):
        name = str(recipe["source"])
        as_it_is = recipe["kind"] == "number" and not {"scale", "offset"} & recipe.keys()
        values = plain_floats(batch.column(name)) if as_it_is else None
        if values is None:
            column = column_from_arrow(name, batch.column(name))
            values = column.values if as_it_is and column.kind == "number" else apply(column, recipe)
        columns[place] = values
    y = _numbers(batch, wanted.target) if wanted.target else np.zeros(n_rows)
    weights = _numbers(batch, wanted.weights) if wanted.weights else None
    if wanted.y_std:
        with np.errstate(divide="ignore"):
            weights = 1.0 / _numbers(batch, wanted.y_std) ** 2
    return Block(columns.T, y, weights)


def wanted_of(encodings: Mapping[str, Any], names: Sequence[str], **columns: str | None) -> Wanted:
    """What batches have to hold for formulas over some features of a fit."""
    used = set(names)
    recipes = tuple(one for one in encodings["features"] if one["name"] in used)
    return Wanted(recipes, **{role: name or "" for role, name in columns.items()})


def check_columns(wanted: Wanted, there: Sequence[str]) -> None:
    """Refuse a source that lacks a column; raises `ColumnNotFound`."""
    missing = next((name for name in wanted.columns if name not in there), None)
    if missing is not None:
        raise ColumnNotFound(
            f"Column {missing!r} is missing from the data, and is needed. The columns are {', '.join(there)}."
        )


def _numbers(batch: Any, name: str) -> Array:
    column = batch.column(name)
    values = plain_floats(column)
    if values is None:
        values = np.asarray(column_from_arrow(name, column).values, dtype=np.float64)
    return values
