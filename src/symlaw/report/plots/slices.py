"""A formula along one column, the others held at their medians, with its confidence band."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from symlaw.errors import SymlawError
from symlaw.report.found import Found, Rows, sure_of
from symlaw.report.plots.style import is_wide
from symlaw.trust.constants.numbers import all_numbers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from symlaw.language.expression import Expression
    from symlaw.trust.constants.uncertainty import Uncertainty

    Array = NDArray[np.float64]

POINTS = 200


def strongest(found: Found, law: Expression, rows: Rows) -> str:
    """The column along which the formula changes most, the others at their medians; groups come last."""
    moves = {}
    for name in [name for name in law.variables if name != found.groups] or law.variables:
        values = along(law, rows, name, found.groups)[1]
        moves[name] = float(np.nanmax(values) - np.nanmin(values)) if np.any(np.isfinite(values)) else -1.0
    return max(moves, key=lambda name: moves[name]) if moves else rows.names[0]


def along(
    law: Expression, rows: Rows, name: str, groups: str | None = None
) -> tuple[Array, Array, dict[str, Array]]:
    """Points along a column, the formula's values there, and all columns of these points."""
    own = rows.column(name)
    ends = (float(own.min()), float(own.max()))
    grid = np.geomspace(*ends, POINTS) if is_wide(own) else np.linspace(*ends, POINTS)
    columns = {
        one: grid if one == name else np.full(POINTS, _middle(rows.column(one), one == groups))
        for one in rows.names
    }
    points = Rows(np.column_stack(list(columns.values())), grid, rows.names)
    return grid, points.values(law), columns


def _middle(column: Array, is_group: bool) -> float:
    """The median, or the most frequent group."""
    if not is_group:
        return float(np.median(column))
    levels, counts = np.unique(column, return_counts=True)
    return float(levels[np.argmax(counts)])


def sure_or_why(found: Found, law: Expression, rows: Rows, level: float) -> Uncertainty | str:
    """How sure a formula's constants are, or why that cannot be told."""
    if not len(all_numbers(law)):
        return "The formula has no fitted constants."
    try:
        return sure_of(found, law, rows, level)
    except SymlawError as error:
        return f"There are no intervals: {error}."


def band_of(sure: Uncertainty | str, columns: Mapping[str, Array]) -> tuple[Array, Array] | None:
    """Confidence band of the formula's value; None where there is none."""
    if isinstance(sure, str):
        return None
    try:
        told = sure.predict(columns, of_mean=True)
    except SymlawError:
        return None
    return told.low, told.high
