"""Making a table to fit: encode the columns, drop rows and columns that cannot be used, and say so."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symlaw.data.cells.recipes import apply, plan, plan_labels
from symlaw.data.cells.rounding import without_wrong_signs
from symlaw.data.naming import SHOWN
from symlaw.data.raw import Column, Raw, free_name
from symlaw.data.remarks import remarks
from symlaw.data.roles import Roles, check_finite
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


def encode_for_fit(raw: Raw, roles: Roles, *, keep_all: bool = False) -> Table:
    """Make a table of the chosen columns; raises `DataError` when too little is left of it.

    Columns that say nothing are left out, unless ``keep_all`` says that something is known of columns.
    """
    notes = list(roles.notes)
    counting = _weighing_rows(roles, raw.n_rows, notes)
    roles = roles if len(counting) == raw.n_rows else roles.at(counting)
    told = _with_targets(roles, len(counting))
    columns = _enough_present(roles.features, notes, told)
    target_name = None if roles.target is None else roles.target.name
    for column in roles.required:
        check_finite(column.name, column.values, "target")
    features = _encode(columns, {column.name for column in roles.required}, notes, roles.groups, told)
    keep = _complete_rows(columns, features, roles, raw.n_rows, notes)
    informative = _informative(features, keep, notes) if not keep_all else features
    features = informative or (features[:1] if _are_constant(roles.beside, keep) else [])
    y = None if roles.target is None else roles.target.values[keep]
    _check_target(roles.target, y)
    if not features:
        raise DataError(_nothing_left(notes))
    X, said = without_wrong_signs(
        np.column_stack([feature.values[keep] for feature in features]), [one.name for one in features]
    )
    if len(roles.required) == 1:
        (own,) = roles.required
        notes += [*said, *remarks(X, own.values[keep], [one.name for one in features], own.name)]
    else:
        notes += [*said, *remarks(X, None, [one.name for one in features], None)]
    return Table(
        X=X,
        y=y,
        feature_names=tuple(feature.name for feature in features),
        target_name=target_name,
        weights=None if roles.weights is None else roles.weights[keep],
        y_std=None if roles.y_std is None else roles.y_std[keep],
        together=None if roles.together is None else roles.together[keep],
        notes=tuple(notes),
        kept_rows=counting[keep],
        encodings={
            "version": ENCODINGS_VERSION,
            "features": [feature.recipe for feature in features],
            "columns": list(raw.names),
        },
    )


def _weighing_rows(roles: Roles, n_rows: int, notes: list[str]) -> NDArray[np.int64]:
    """Rows that do not weigh 0, and say how many others there are; what these hold is not looked at."""
    if roles.weights is None:
        return np.arange(n_rows, dtype=np.int64)
    counting = np.flatnonzero(roles.weights > 0).astype(np.int64)
    if len(counting) < n_rows:
        gone = n_rows - len(counting)
        verb, whose = ("is", "its") if gone == 1 else ("are", "their")
        notes.append(f"{gone} of {n_rows} rows {verb} left out because {whose} weight is 0.")
    return counting


def _with_targets(roles: Roles, n_rows: int) -> NDArray[np.bool_]:
    """Whether each row has all targets."""
    told = np.ones(n_rows, dtype=bool)
    for column in roles.required:
        told &= ~column.missing()
    return told


def _enough_present(columns: Sequence[Column], notes: list[str], told: NDArray[np.bool_]) -> list[Column]:
    """Leave out the columns of which more than half is missing in rows with a target."""
    kept = []
    for column in columns:
        missing = column.missing()
        share = float(np.mean(missing[told] if told.any() else missing))
        if share <= MOSTLY_MISSING:
            kept.append(column)
            continue
        notes.append(f"Column {column.name!r} is left out: {100 * share:.0f}% of its cells are missing.")
    return kept


def _encode(
    columns: Sequence[Column],
    reserved: set[str],
    notes: list[str],
    groups: str | None,
    told: NDArray[np.bool_],
) -> list[Feature]:
    """Features of columns; rows without a target, which ``told`` says, may hold infinities."""
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
            check_finite(column.name, np.where(told, values, 0.0))
            features.append(Feature(recipe, values))
    return features


def _complete_rows(
    columns: Sequence[Column], features: Sequence[Feature], roles: Roles, n_rows: int, notes: list[str]
) -> NDArray[np.int64]:
    """Return the rows without missing cells, and say how many others there are and why."""
    used = {feature.recipe["source"] for feature in features}
    sources = [*(column for column in columns if column.name in used), *roles.required]
    counting = n_rows if roles.weights is None else len(roles.weights)
    gone = np.zeros(counting, dtype=bool)
    reasons = []
    for column in sources:
        missing = column.missing()
        gone |= missing
        if missing.any():
            reasons.append(f"{column.name!r} ({int(missing.sum())})")
    keep = np.flatnonzero(~gone).astype(np.int64)
    dropped = counting - len(keep)
    if dropped:
        verb = "is" if dropped == 1 else "are"
        notes.append(
            f"{dropped} of {n_rows} rows {verb} left out because cells are missing: {', '.join(reasons)}."
        )
    _check_row_count(len(keep), n_rows, reasons, weightless=counting < n_rows)
    return keep


def _check_row_count(n_kept: int, n_rows: int, reasons: list[str], *, weightless: bool) -> None:
    if n_kept >= MIN_ROWS:
        return
    why = f"; cells are missing in {', '.join(reasons)}" if reasons else ""
    why += "; rows of weight 0 do not count" if weightless else ""
    raise DataError(
        f"Only {n_kept} of {n_rows} rows can be used{why}, and at least {MIN_ROWS} are needed: "
        "add rows, fill the missing cells, or leave such columns out."
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
        twin = seen.setdefault(hashlib.blake2b(values.tobytes()).digest(), feature.name)
        if twin != feature.name:
            notes.append(f"Column {feature.name!r} is left out: it equals {twin!r} in every row.")
            continue
        kept.append(feature)
    return kept


def _nothing_left(notes: Sequence[str]) -> str:
    reasons = [note.rstrip(".") for note in notes if " is left out: " in note]
    more = f"; and {len(reasons) - SHOWN} more" if len(reasons) > SHOWN else ""
    said = "; ".join(reasons[:SHOWN]) + more
    return f"No feature column is left to use ({said}): give one whose cells are there and differ."


def _are_constant(targets: Sequence[Column], keep: NDArray[np.int64]) -> bool:
    """Whether there are targets and all of them are numbers that need no column."""
    return bool(targets) and all(np.ptp(column.values[keep]) == 0.0 for column in targets)


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
