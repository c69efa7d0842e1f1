"""Plots of a front and of its formulas on data; each gives a figure and opens no window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.errors import InvalidSetting
from symlaw.report.found import Found, Rows, found_and_rows, found_of
from symlaw.report.plots.slices import along, band_of, strongest, sure_or_why
from symlaw.report.plots.style import (
    BLUE,
    FLOOR,
    GREY,
    ORANGE,
    PALE,
    PER_LINE,
    SKY,
    VERMILLION,
    cut,
    is_wide,
    log_scale,
    name_axes,
    panel,
    panels_of,
    styled,
    title,
)  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from symlaw.language.expression import Expression
    from symlaw.runs.store import Run
    from symlaw.tasks.regression.estimator import SymbolicRegressor
    from symlaw.trust.constants.uncertainty import Uncertainty

    Array = NDArray[np.float64]

# More rows than this are drawn as small pale points.
_MANY = 300
# That fit across a panel.
_LETTERS = 72


def plot_front(
    source: SymbolicRegressor | Run | Found, *, output: int | str | None = None, ax: Any = None
) -> Any:
    """Loss against complexity, one point per formula, the recommended one marked.

    Parameters
    ----------
    source
        A fitted model, or a run.
    output
        Number of the target, where there are several.
    ax
        Axes to draw in; a new figure by default.

    Returns
    -------
    matplotlib.figure.Figure
    """
    found = found_of(source, output)
    with styled():
        ax = panel(ax)
        scored = all(row.objective is not None for row in found.rows)
        heights = np.array([row.objective if scored else row.loss for row in found.rows], dtype=float)
        if not scored or np.all(heights > 0):
            heights = np.maximum(heights, FLOOR)
            log_scale(ax.yaxis, heights)
        complexities = np.array([row.complexity for row in found.rows])
        ax.step(complexities, heights, where="post", color=SKY, linewidth=1.2, zorder=2)
        ax.plot(complexities, heights, "o", color=BLUE, markersize=5.5, zorder=3, label="front")
        _mark(ax, found, complexities, heights)
        name_axes(ax, "complexity", "objective" if scored else _loss_label(found))
        ax.xaxis.get_major_locator().set_params(integer=True)
        ax.margins(x=0.06, y=0.12)
        return ax.figure


def _mark(ax: Any, found: Found, complexities: Array, heights: Array) -> None:
    """Mark the recommended row."""
    x, y = float(complexities[found.recommended]), float(heights[found.recommended])
    ax.plot([x], [y], "*", color=VERMILLION, markersize=16, markeredgecolor="white", zorder=4,
            label="recommended")  # fmt: skip
    place = (x - complexities[0]) / (float(np.ptp(complexities)) or 1.0)
    right = place > 0.5
    room = int(_LETTERS * max(place, 1.0 - place))
    ax.annotate(
        cut(f"{found.target} = {found.expression.shown(4)}", room), (x, y),
        xytext=(-6, 12) if right else (8, 12), textcoords="offset points", ha="right" if right else "left",
        color=VERMILLION, fontsize=8.5, parse_math=False,
    )  # fmt: skip


def _loss_label(found: Found) -> str:
    if found.loss.shares_variance:
        return "loss: share of variance left"
    return f"{found.loss.name} loss over the best constant's"


def plot_fit(
    source: SymbolicRegressor | Run | Found,
    X: Any,
    y: ArrayLike,
    sample_weight: ArrayLike | None = None,
    *,
    against: str | None = None,
    complexity: float | None = None,
    level: float = 0.95,
    output: int | str | None = None,
    ax: Any = None,
) -> Any:
    """Measured values and the formula against a column, with a confidence band where it is a curve.

    Parameters
    ----------
    source
        A fitted model, or a run.
    X, y, sample_weight
        Data, as for `fit`.
    against
        Column to draw against; by default the one that moves the formula most.
    complexity
        Formula to take; the recommended by default.
    level
        Confidence of the band, which a formula of one column has.
    output
        Number of the target, where there are several.
    ax
        Axes to draw in; a new figure by default.

    Returns
    -------
    matplotlib.figure.Figure
    """
    found, rows = found_and_rows(source, X, y, sample_weight, output)
    law = found.row(complexity).expression
    chosen = strongest(found, law, rows) if against is None else _checked(against, rows.names)
    with styled():
        ax = panel(ax)
        _points(ax, rows.column(chosen), rows.y, "measured")
        if set(law.variables) <= {chosen}:
            _curve(ax, found, law, rows, chosen, sure_or_why(found, law, rows, level))
        else:
            _values(ax, rows.column(chosen), rows.values(law))
        if is_wide(rows.column(chosen)):
            log_scale(ax.xaxis, rows.column(chosen))
        if is_wide(rows.y) and np.nanmin(rows.values(law)) > 0:
            log_scale(ax.yaxis, rows.y)
        name_axes(ax, found.label(chosen), found.label(found.target))
        title(ax, f"{found.target} = {law.shown(4)}")
        ax.legend()
        return ax.figure


def plot_residuals(
    source: SymbolicRegressor | Run | Found,
    X: Any,
    y: ArrayLike,
    *,
    against: str | None = None,
    complexity: float | None = None,
    output: int | str | None = None,
    ax: Any = None,
) -> Any:
    """Measured values less the formula's, against the formula's value or a column.

    The band is two root mean squares wide to either side: a trend, a fan or a row far outside says that
    the formula or the loss does not fit.

    Parameters
    ----------
    source
        A fitted model, or a run.
    X, y
        Data, as for `fit`.
    against
        Column to draw against; the formula's value by default.
    complexity
        Formula to take; the recommended by default.
    output
        Number of the target, where there are several.
    ax
        Axes to draw in; a new figure by default.

    Returns
    -------
    matplotlib.figure.Figure
    """
    found, rows = found_and_rows(source, X, y, None, output)
    law = found.row(complexity).expression
    values = rows.values(law)
    residuals = rows.y - values
    spread = 2.0 * float(np.sqrt(np.nanmean(residuals**2)))
    with styled():
        ax = panel(ax)
        ax.axhspan(-spread, spread, color=PALE, alpha=0.45, linewidth=0)
        ax.axhline(0.0, color=GREY, linewidth=0.9)
        places = values if against is None else rows.column(_checked(against, rows.names))
        _points(ax, places, residuals)
        if is_wide(places):
            log_scale(ax.xaxis, places)
        name = f"{found.target}, formula" if against is None else against
        name_axes(ax, name + _in(found) if against is None else found.label(name),
                  f"measured less formula{_in(found)}")  # fmt: skip
        title(ax, "grey: 2 root mean squares to either side")
        return ax.figure


def plot_parity(
    source: SymbolicRegressor | Run | Found,
    X: Any,
    y: ArrayLike,
    *,
    complexity: float | None = None,
    output: int | str | None = None,
    ax: Any = None,
) -> Any:
    """Measured values against the formula's, with the line on which both are equal.

    Parameters
    ----------
    source
        A fitted model, or a run.
    X, y
        Data, as for `fit`.
    complexity
        Formula to take; the recommended by default.
    output
        Number of the target, where there are several.
    ax
        Axes to draw in; a new figure by default.

    Returns
    -------
    matplotlib.figure.Figure
    """
    found, rows = found_and_rows(source, X, y, None, output)
    values = rows.values(found.row(complexity).expression)
    ends = [float(np.nanmin([values, rows.y])), float(np.nanmax([values, rows.y]))]
    with styled():
        ax = panel(ax, 4.6, 4.6)
        ax.plot(ends, ends, color=GREY, linewidth=0.9, zorder=1, label="equal")
        _points(ax, values, rows.y)
        if is_wide(rows.y) and np.nanmin(values) > 0:
            log_scale(ax.xaxis, values)
            log_scale(ax.yaxis, rows.y)
        ax.set_aspect("equal", adjustable="datalim")
        name_axes(ax, f"{found.target}, formula{_in(found)}", f"{found.target}, measured{_in(found)}")
        return ax.figure


def plot_slices(
    source: SymbolicRegressor | Run | Found,
    X: Any,
    y: ArrayLike,
    sample_weight: ArrayLike | None = None,
    *,
    complexity: float | None = None,
    level: float = 0.95,
    output: int | str | None = None,
) -> Any:
    """The formula along each of its columns, the others at their medians, with confidence bands.

    Ticks at the bottom are the rows' values: between them the formula is interpolation, beyond them none.

    Parameters
    ----------
    source
        A fitted model, or a run.
    X, y, sample_weight
        Data, as for `fit`.
    complexity
        Formula to take; the recommended by default.
    level
        Confidence of the bands, which are those of the formula's value.
    output
        Number of the target, where there are several.

    Returns
    -------
    matplotlib.figure.Figure
    """
    found, rows = found_and_rows(source, X, y, sample_weight, output)
    law = found.row(complexity).expression
    names = [name for name in law.variables if name != found.groups]
    if not names:
        raise InvalidSetting(f"the formula {law.shown(4)!r} uses no column: there is nothing to draw")
    sure = sure_or_why(found, law, rows, level)
    with styled():
        figure, panels = panels_of(len(names), sharey=True)
        for ax, name in zip(panels, names, strict=True):
            _curve(ax, found, law, rows, name, sure)
            places = np.unique(rows.column(name))
            ax.plot(places, np.zeros(len(places)), "|", color=GREY, markersize=7, alpha=0.6,
                    transform=ax.get_xaxis_transform(), clip_on=False)  # fmt: skip
            name_axes(ax, found.label(name), found.label(found.target) if ax in panels[::PER_LINE] else "")
        if is_wide(rows.y) and all(np.nanmin(ax.get_lines()[0].get_ydata()) > 0 for ax in panels):
            log_scale(panels[0].yaxis, rows.y)
        panels[0].legend()
        return figure


def _checked(name: str, names: Sequence[str]) -> str:
    if name not in names:
        raise InvalidSetting(f"against is {name!r}, which is no column: there are {', '.join(names)}")
    return name


def _curve(ax: Any, found: Found, law: Expression, rows: Rows, name: str, sure: Uncertainty | str) -> None:
    """The formula along a column with its confidence band."""
    grid, values, columns = along(law, rows, name, found.groups)
    band = band_of(sure, columns)
    if not isinstance(sure, str) and band is not None:
        label = f"{100 * sure.level:g}% of the mean"
        ax.fill_between(grid, *band, color=ORANGE, alpha=0.3, linewidth=0, label=label)
    ax.plot(grid, values, color=VERMILLION, label="formula", zorder=3)
    if is_wide(rows.column(name)):
        log_scale(ax.xaxis, grid)


def _points(ax: Any, x: Array, y: Array, label: str | None = None) -> None:
    many = len(x) > _MANY
    ax.plot(x, y, "o", color=BLUE, markersize=2.5 if many else 5, alpha=0.35 if many else 0.8,
            markeredgecolor="none" if many else "white", markeredgewidth=0.5, label=label,
            rasterized=len(x) > 5000)  # fmt: skip


def _values(ax: Any, x: Array, values: Array) -> None:
    """The formula's values at the rows: rings around what was measured, or points where there are many."""
    many = len(x) > _MANY
    ax.plot(x, values, "o", color=VERMILLION, markersize=2 if many else 9, label="formula",
            markerfacecolor=VERMILLION if many else "none", alpha=0.5 if many else 1.0)  # fmt: skip


def _in(found: Found) -> str:
    return found.label(found.target).removeprefix(found.target)
