"""Making of new data the features that a fit had: same recipes, same order, every row kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from symlaw.data.cells.numerals import refine
from symlaw.data.cells.recipes import Recipe, apply, unknown_categories
from symlaw.data.deviations import read_deviations, weights_of
from symlaw.data.naming import not_found, resolve, shorten
from symlaw.data.raw import Column, Raw
from symlaw.data.roles import as_names, check_finite, column_of, read_weights, target_column
from symlaw.data.table import Table
from symlaw.errors import ColumnNotFound, DataError, InvalidSetting


def encode_as_before(
    raw: Raw,
    encodings: Mapping[str, Any],
    target: str | int | None,
    features: Sequence[str] | None,
    drop: Sequence[str],
    weights: str | ArrayLike | None,
    y_std: str | ArrayLike | None = None,
) -> Table:
    """Encode new data by the recipes of a fit.

    Rows that cannot be used keep their place and hold nan, so that predictions align with the source.
    """
    notes = list(raw.notes)
    recipes = _chosen(_recipes(encodings), features, drop)
    columns = {recipe["source"]: _source(raw, recipe["source"], notes) for recipe in recipes}
    X = np.column_stack([_finite(columns[recipe["source"]], recipe, notes) for recipe in recipes])
    _say_missing(X, notes)
    target_name, y = None, None
    if target is not None:
        column, said = target_column(raw, resolve(target, raw.names, "target"))
        check_finite(column.name, column.values, "target")
        target_name, y = column.name, column.values
        notes.extend(said)
    deviations = None if y_std is None else read_deviations(raw, y_std)
    return Table(
        X=X,
        y=y,
        feature_names=tuple(recipe["name"] for recipe in recipes),
        target_name=target_name,
        weights=read_weights(raw, weights) if deviations is None else weights_of(deviations),
        y_std=deviations,
        notes=tuple(dict.fromkeys(notes)),
        kept_rows=np.arange(raw.n_rows, dtype=np.int64),
        encodings={**encodings, "features": [dict(recipe) for recipe in recipes]},
    )


def _recipes(encodings: Mapping[str, Any]) -> list[Recipe]:
    recipes = encodings.get("features") if isinstance(encodings, Mapping) else None
    if not recipes or not all({"name", "source", "kind"} <= set(recipe) for recipe in recipes):
        raise InvalidSetting("encodings must be the encodings of a table that read_table made.")
    return list(recipes)


def _chosen(recipes: list[Recipe], features: Sequence[str] | None, drop: Sequence[str]) -> list[Recipe]:
    """Return the recipes of the wanted features in the wanted order; a source stands for all its features."""
    dropped = set(as_names(drop))
    if features is not None:
        recipes = [recipe for name in as_names(features) for recipe in _named(name, recipes)]
    chosen = [recipe for recipe in recipes if not {recipe["name"], recipe["source"]} & dropped]
    if not chosen:
        raise DataError("No feature column is left; name at least one.")
    return chosen


def _named(name: str, recipes: list[Recipe]) -> list[Recipe]:
    found = [recipe for recipe in recipes if recipe["name"] == name]
    found = found or [recipe for recipe in recipes if recipe["source"] == name]
    if not found:
        raise ColumnNotFound(not_found(name, [recipe["name"] for recipe in recipes], "feature"))
    return found


def _source(raw: Raw, name: str, notes: list[str]) -> Column:
    try:
        own = resolve(name, raw.names)
    except ColumnNotFound:
        raise ColumnNotFound(
            f"Column {name!r} is missing from the new data, and the formula needs it. "
            f"The columns are {shorten(raw.names)}."
        ) from None
    column, said = refine(column_of(raw, own), raw.decimal_comma)
    notes.extend(said)
    return column


def _finite(column: Column, recipe: Recipe, notes: list[str]) -> NDArray[np.float64]:
    values = apply(column, recipe)
    infinite = np.isinf(values)
    if infinite.any():
        rows = np.flatnonzero(infinite)
        notes.append(
            f"Column {column.name!r} holds {rows.size} infinities (first row {rows[0] + 1}), read as nan."
        )
        values[infinite] = np.nan
    unknown = unknown_categories(column, recipe)
    if unknown:
        notes.append(
            f"Column {column.name!r} holds values that the fit has not seen, read as nan: {shorten(unknown)}."
        )
    return values


def _say_missing(X: NDArray[np.float64], notes: list[str]) -> None:
    rows = np.flatnonzero(np.isnan(X).any(axis=1))
    if rows.size:
        verb = "has" if rows.size == 1 else "have"
        notes.append(
            f"{rows.size} of {len(X)} rows {verb} missing values (first row {rows[0] + 1}); they predict nan."
        )
