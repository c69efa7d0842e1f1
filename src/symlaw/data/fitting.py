"""Making a table to fit: encode the columns, drop rows and columns that cannot be used, and say so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symlaw.data.columns import apply, plan, plan_labels
from symlaw.data.raw import Column, Raw, free_name
from symlaw.data.roles import Roles, check_finite
from symlaw.data.rounding import without_wrong_signs
from symlaw.data.table import Table
from symlaw.errors import DataError

MIN_ROWS = 3
MOSTLY_MISSING = 0.5
ENCODINGS_VERSION = 1


@dataclass(frozen=True, eq=False)
class Feature:
    """One column of X to be: its recipe and its values for every row of the source, nan where missing."""

    recipe: dict[str, Any]
    values: NDArray[np.float64]

    @property
    def name(self) -> str:
        return str(self.recipe["name"])


def encode_for_fit(raw: Raw, roles: Roles) -> Table:
    """Make a table of the chosen columns; raises `DataError` when too little is left of it."""
    notes = list(roles.notes)
    columns = _enough_present(roles.features, notes)
    target_name = None if roles.target is None else roles.target.name
    features = _encode(columns, {target_name or ""}, notes, roles.groups)
    keep = _complete_rows(columns, features, roles, raw.n_rows, notes)
    features = _informative(features, keep, notes)
    y = None if roles.target is None else roles.target.values[keep]
    _check_target(roles.target, y)
    if not features:
        raise DataError(" ".join(["No feature column is left to use.", *notes]))
    X, said = without_wrong_signs(
        np.column_stack([feature.values[keep] for feature in features]), [one.name for one in features]
    )
    notes += said
    return Table(
        X=X,
        y=y,
        feature_names=tuple(feature.name for feature in features),
        target_name=target_name,
        weights=None if roles.weights is None else roles.weights[keep],
        y_std=None if roles.y_std is None else roles.y_std[keep],
        notes=tuple(notes),
        kept_rows=keep,
        encodings={"version": ENCODINGS_VERSION, "features": [feature.recipe for feature in features]},
    )


def _enough_present(columns: Sequence[Column], notes: list[str]) -> list[Column]:
    """Leave out the columns of which more than half is missing."""
    kept = []
    for column in columns:
        share = float(np.mean(column.missing()))
        if share <= MOSTLY_MISSING:
            kept.append(column)
            continue
        notes.append(f"Column {column.name!r} is left out: {100 * share:.0f}% of its cells are missing.")
    return kept


def _encode(
    columns: Sequence[Column], reserved: set[str], notes: list[str], groups: str | None
) -> list[Feature]:
    features: list[Feature] = []
    taken = reserved | {column.name for column in columns}
    for column in columns:
        recipes, said = plan_labels(column) if column.name == groups else plan(column)
        notes.extend(said)
        for recipe in recipes:
            if recipe["name"] != column.name:
                recipe["name"] = free_name(recipe["name"], taken)
            taken.add(recipe["name"])
            values = apply(column, recipe)
            check_finite(column.name, values)
            features.append(Feature(recipe, values))
    return features


def _complete_rows(
    columns: Sequence[Column], features: Sequence[Feature], roles: Roles, n_rows: int, notes: list[str]
) -> NDArray[np.int64]:
    """Return the rows without missing cells, and say how many others there are and why."""
    used = {feature.recipe["source"] for feature in features}
    sources = [column for column in columns if column.name in used]
    if roles.target is not None:
        sources.append(roles.target)
    gone = np.zeros(n_rows, dtype=bool)
    reasons = []
    for column in sources:
        missing = column.missing()
        gone |= missing
        if missing.any():
            reasons.append(f"{column.name!r} ({int(missing.sum())})")
    keep = np.flatnonzero(~gone).astype(np.int64)
    dropped = n_rows - len(keep)
    if dropped:
        verb = "is" if dropped == 1 else "are"
        notes.append(
            f"{dropped} of {n_rows} rows {verb} left out because cells are missing: {', '.join(reasons)}."
        )
    _check_row_count(keep, roles, n_rows, reasons)
    return keep


def _check_row_count(keep: NDArray[np.int64], roles: Roles, n_rows: int, reasons: list[str]) -> None:
    counting = len(keep) if roles.weights is None else int(np.sum(roles.weights[keep] > 0))
    if counting >= MIN_ROWS:
        return
    why = f"; cells are missing in {', '.join(reasons)}" if reasons else ""
    if counting < len(keep):
        why += "; rows of weight zero do not count"
    raise DataError(
        f"Only {counting} of {n_rows} rows can be used{why}. At least {MIN_ROWS} are needed: "
        "add rows, fill the missing cells, or leave such columns out with drop."
    )


def _informative(features: Sequence[Feature], keep: NDArray[np.int64], notes: list[str]) -> list[Feature]:
    """Leave out features that are constant or equal to one before them."""
    kept: list[Feature] = []
    seen: dict[bytes, str] = {}
    for feature in features:
        values = feature.values[keep] + 0.0  # -0.0 and 0.0 are one value
        if values.min() == values.max():
            value = _shown(feature, values[0])
            notes.append(f"Column {feature.name!r} is left out: it is {value} in every row.")
            continue
        twin = seen.setdefault(values.tobytes(), feature.name)
        if twin != feature.name:
            notes.append(f"Column {feature.name!r} is left out: it equals {twin!r} in every row.")
            continue
        kept.append(feature)
    return kept


def _shown(feature: Feature, value: float) -> str:
    if feature.recipe["kind"] == "category" and value == 1.0:
        return repr(feature.recipe["value"])
    return f"{value:g}"


def _check_target(target: Column | None, y: NDArray[np.float64] | None) -> None:
    if target is not None and y is not None and y.min() == y.max():
        raise DataError(
            f"The target {target.name!r} is {y[0]:g} in every row that can be used; "
            "a formula needs a target that varies, so name another or add rows."
        )
