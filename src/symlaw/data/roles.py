"""Which column is what: target, weights, features."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from symlaw.data.cells.numerals import first_non_number, refine
from symlaw.data.cells.recipes import labels, rounding_note
from symlaw.data.deviations import names_errors, read_deviations, weights_of, without_errors
from symlaw.data.naming import resolve
from symlaw.data.raw import Column, Raw
from symlaw.errors import DataError, InvalidSetting

LAST = "last"


@dataclass(frozen=True, eq=False)
class Roles:
    """The columns of a source by what they are for, with what was said in finding them.

    ``beside`` are further targets, whose rows have to be there too; ``together`` numbers the groups of rows
    that are held out together.
    """

    target: Column | None
    features: tuple[Column, ...]
    weights: NDArray[np.float64] | None
    notes: tuple[str, ...]
    groups: str | None = None
    y_std: NDArray[np.float64] | None = None
    beside: tuple[Column, ...] = ()
    together: NDArray[np.int64] | None = None

    @property
    def required(self) -> tuple[Column, ...]:
        """Columns that a row must have beside the features."""
        return (*(() if self.target is None else (self.target,)), *self.beside)

    def at(self, rows: NDArray[np.int64]) -> Roles:
        """The same roles on some of the rows."""
        return replace(
            self,
            target=None if self.target is None else self.target.at(rows),
            features=tuple(column.at(rows) for column in self.features),
            weights=None if self.weights is None else self.weights[rows],
            y_std=None if self.y_std is None else self.y_std[rows],
            beside=tuple(column.at(rows) for column in self.beside),
            together=None if self.together is None else self.together[rows],
        )


def choose_roles(
    raw: Raw,
    target: str | int | None,
    features: Sequence[str] | None,
    drop: Sequence[str],
    weights: str | ArrayLike | None,
    groups: str | None = None,
    y_std: str | ArrayLike | None = None,
    holdout: str | None = None,
) -> Roles:
    """Find the columns asked for; raises `ColumnNotFound` or `DataError` when they make no sense."""
    target_name = None if target is None else resolve(target, raw.names, "target")
    if weights is not None and y_std is not None:
        raise DataError("Weights and y_std are both given; leave one of them out.")
    weighing, weight_role = (weights, "weights") if y_std is None else (y_std, "y_std")
    weight_name = resolve(weighing, raw.names, weight_role) if isinstance(weighing, str) else None
    group_name = None if groups is None else resolve(groups, raw.names, "groups")
    dropped = {resolve(name, raw.names, "a column to drop") for name in as_names(drop)}
    wanted = None if features is None else [resolve(n, raw.names, "feature") for n in as_names(features)]
    _refuse_clashes(target_name, weight_name, dropped, wanted)
    left_out = {*dropped, target_name, weight_name}
    chosen = [name for name in dict.fromkeys(raw.names if wanted is None else wanted) if name not in left_out]
    if not chosen:
        raise DataError("No feature column is left; name at least one besides the target.")
    together, label, said_of = held_out_together(raw, holdout)
    chosen = [name for name in chosen if name != label] or chosen
    notes: tuple[str, ...] = raw.notes + said_of
    if wanted is None:
        chosen, said = without_errors(chosen, target_name)
        notes += said
    if weight_name is not None and y_std is None and names_errors(weight_name):
        notes += (_doubted(weight_name),)
    columns = []
    for name in chosen:
        column, said = refine(column_of(raw, name), raw.decimal_comma)
        columns.append(column)
        notes += said
    column_y, said = (None, ()) if target_name is None else target_column(raw, target_name)
    if group_name is not None and group_name not in chosen:
        raise DataError(
            f"The groups {group_name!r} are no feature: take that out of drop, or add it to features."
        )
    deviations = None if y_std is None else read_deviations(raw, y_std)
    rows = read_weights(raw, weights) if deviations is None else weights_of(deviations)
    return Roles(column_y, tuple(columns), rows, notes + said, group_name, deviations, together=together)


def held_out_together(
    raw: Raw, holdout: str | None
) -> tuple[NDArray[np.int64] | None, str | None, tuple[str, ...]]:
    """Numbers of the groups of rows that are held out together, a column of labels of these, and notes.

    The word ``last`` means the last rows, unless a column is called that.
    """
    if holdout is not None and not isinstance(holdout, str):
        raise InvalidSetting(f"holdout is {holdout!r}: give 'last' or a column's name, or None")
    if holdout is None or (holdout == LAST and LAST not in raw.names):
        return None, None, () if holdout is None else ("The last fifth of the rows is held out.",)
    name = resolve(holdout, raw.names, "holdout")
    column, _ = refine(column_of(raw, name), raw.decimal_comma)
    words = ["" if word is None else word for word in labels(column)]
    known, together = np.unique(words, return_inverse=True)
    if len(known) < 2:
        raise DataError(f"The column {name!r} of holdout has one value: name one with two or more.")
    is_label = column.kind == "text"
    more = " It is no input." if is_label else ""
    note = f"Rows of one {name!r} are held out together, about a fifth of the rows.{more}"
    return together.astype(np.int64), name if is_label else None, (note,)


def _doubted(name: str) -> str:
    return (
        f"Rows count the more the larger {name!r} is, as weights do. If it holds standard deviations of the"
        " target, give it as y_std in place of weights."
    )


def as_names(names: Sequence[str] | str) -> tuple[str, ...]:
    """Return names as a tuple; one name alone is a tuple of one."""
    return (names,) if isinstance(names, str | int) else tuple(names)


def column_of(raw: Raw, name: str) -> Column:
    """Return the column with that exact name."""
    return raw.columns[raw.names.index(name)]


def _refuse_clashes(
    target: str | None, weight: str | None, dropped: set[str], wanted: list[str] | None
) -> None:
    for name, role in ((target, "the target"), (weight, "the weights")):
        for where, listed in (("features", wanted or ()), ("drop", dropped)):
            if name is not None and name in listed:
                raise DataError(f"Column {name!r} is {role} and also named in {where}; take it out of one.")
    if target is not None and target == weight:
        raise DataError(f"Column {target!r} is both the target and the weights; name another column for one.")


def target_column(raw: Raw, name: str) -> tuple[Column, tuple[str, ...]]:
    """Return the target as a column of numbers; raises `DataError` for text and dates."""
    column, notes = refine(column_of(raw, name), raw.decimal_comma)
    if column.kind == "text":
        raise DataError(
            f"The target {name!r} must be numbers and holds text ({first_non_number(column)}); "
            "correct or empty such cells, code the text as numbers, or name another target."
        )
    if column.kind == "time":
        raise DataError(
            f"The target {name!r} must be numbers and holds dates; give the time elapsed as a number instead."
        )
    said = rounding_note(column)
    if column.kind == "boolean":
        said = (f"The target {name!r} is true or false; true is 1, false is 0.",)
    if column.kind == "duration":
        said = (f"The target {name!r} is in seconds.",)
    return column, notes + said


def check_finite(name: str, values: NDArray[np.float64], role: str = "column") -> None:
    """Refuse infinities; nan passes."""
    rows = np.flatnonzero(np.isinf(values))
    if rows.size:
        raise DataError(
            f"The {role} {name!r} holds an infinity in row {rows[0] + 1} ({rows.size} in all); "
            "empty those cells or remove those rows."
        )


def read_weights(raw: Raw, weights: str | ArrayLike | None) -> NDArray[np.float64] | None:
    """Return one weight per row of the source; raises `DataError` when they cannot weigh rows."""
    if weights is None:
        return None
    if isinstance(weights, str):
        name = resolve(weights, raw.names, "weights")
        column, _ = refine(column_of(raw, name), raw.decimal_comma)
        if column.kind not in ("number", "boolean"):
            raise DataError(f"The weights {name!r} must be numbers and hold {column.kind}.")
        return checked_weights(column.values, f"The weights {name!r}")
    try:
        values = np.asarray(weights, dtype=np.float64)
    except (TypeError, ValueError):
        raise DataError("The weights must be a column name or one number per row.") from None
    if values.shape != (raw.n_rows,):
        raise DataError(
            f"The weights have shape {values.shape}, the table {raw.n_rows} rows; give one per row."
        )
    return checked_weights(values.copy(), "The weights")


def checked_weights(values: NDArray[np.float64], what: str) -> NDArray[np.float64]:
    """Weights that can weigh rows; raises `DataError`."""
    bad = np.flatnonzero(~(np.isfinite(values) & (values >= 0)))
    if bad.size:
        worst = f"row {bad[0] + 1} has {values[bad[0]]:g} ({bad.size} such rows)"
        raise DataError(f"{what} must be numbers from 0 up; {worst}.")
    if not np.any(values > 0):
        raise DataError(f"{what} must not be all zero: at least one row must count.")
    return values
