"""Each term of a sum against what the data leave for it: partial residuals (Larsen and McCleary 1972)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.errors import InvalidSetting
from symlaw.report.found import found_and_rows
from symlaw.report.plots.style import BLUE, GREY, VERMILLION, name_axes, panels_of, styled, title
from symlaw.trust.terms import LEAST_TERMS, several_terms

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from symlaw.report.found import Found
    from symlaw.runs.store import Run
    from symlaw.tasks.regression.estimator import SymbolicRegressor

# Points that are drawn large.
_FEW = 300


def plot_terms(
    source: SymbolicRegressor | Run | Found,
    X: Any,
    y: ArrayLike,
    *,
    complexity: float | None = None,
    output: int | str | None = None,
) -> Any:
    """Each term of a sum of three or more, and what the data leave for it.

    A point is a row's target less all other terms. A term of one column is drawn along that column; one of
    several against its own value, where the line is the diagonal.

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

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    InvalidSetting
        When the formula is no sum of three terms or more.
    """
    found, rows = found_and_rows(source, X, y, output=output)
    law = found.row(complexity).expression
    terms = several_terms(law)
    if not terms:
        raise InvalidSetting(f"the formula {law.shown(4)!r} is no sum of {LEAST_TERMS} terms or more")
    residual = rows.y - rows.values(law)
    with styled():
        figure, panels = panels_of(len(terms))
        for ax, (coefficient, term) in zip(panels, terms, strict=True):
            part = coefficient * rows.values(term)
            alone = len(term.variables) == 1
            place = rows.column(term.variables[0]) if alone else part
            order = np.argsort(place, kind="stable")
            size, alpha = (4.0, 0.6) if len(part) <= _FEW else (2.5, 0.25)
            ax.plot(place, part + residual, "o", color=GREY, markersize=size, alpha=alpha, zorder=2)
            line = "-" if len(np.unique(place)) > 1 else "o"
            ax.plot(place[order], part[order], line, color=VERMILLION if alone else BLUE, zorder=3)
            title(ax, f"{coefficient:.4g} * {term.shown(3)}")
            name_axes(ax, found.label(term.variables[0]) if alone else "the term's value", "term + residual")
        return figure
