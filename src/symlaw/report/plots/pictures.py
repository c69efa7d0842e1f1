"""The plots of a report as SVG texts; without matplotlib a sentence instead."""

from __future__ import annotations

import io
import re
import warnings
from typing import TYPE_CHECKING, Any

from symlaw.errors import MissingDependency, SymlawError
from symlaw.report.blocks import Block, Picture, Text
from symlaw.report.plots.results import plot_fit, plot_front, plot_parity, plot_residuals, plot_slices
from symlaw.report.plots.search import plot_search
from symlaw.report.plots.style import styled
from symlaw.report.plots.terms import plot_terms
from symlaw.report.plots.trees import plot_tree
from symlaw.trust.terms import several_terms

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from symlaw.report.found import Found, Rows

    Drawn = tuple[Callable[[], Any], str]


_TERMS = "Each term, and what the data leave for it when the others are taken off."


def pictures_of_front(found: Found) -> list[Block]:
    """Front and tree."""
    return drawn(
        [
            (lambda: plot_front(found), "Loss against complexity; the star is recommended."),
            (lambda: plot_tree(found), "The recommended formula as a tree."),
        ]
    )


def pictures_of_fit(found: Found, rows: Rows) -> list[Block]:
    """The recommended formula on data."""
    X, y, weights = rows.columns(), rows.y, rows.weights
    terms: list[Drawn] = [(lambda: plot_terms(found, X, y), _TERMS)]
    return drawn(
        [
            (lambda: plot_fit(found, X, y, weights), "Measured values and the formula."),
            (lambda: plot_parity(found, X, y), "Measured values against the formula's."),
            (lambda: plot_residuals(found, X, y), "Residuals."),
            (
                lambda: plot_slices(found, X, y, weights),
                "The formula along each column, the others at their medians, with confidence bands.",
            ),
            *(terms if several_terms(found.row(None).expression) else ()),
        ]
    )


def pictures_of_search(source: Any, output: int | str | None) -> list[Block]:
    """How the search went."""
    return drawn([(lambda: plot_search(source, output=output), "How the search went.")])


def drawn(wanted: Sequence[Drawn]) -> list[Block]:
    """Figures with what each shows; sentences where they cannot be drawn."""
    found: list[Block] = []
    for draw, caption in wanted:
        try:
            found.append(Picture(svg_of(draw()), caption))
        except MissingDependency as error:
            return [Text(f"There are no pictures: {error}.", quiet=True)]
        except SymlawError as error:
            found.append(Text(f"{caption} Not drawn: {error}.", quiet=True))
    return found


def svg_of(figure: Any) -> str:
    """A figure as an SVG element, the same for the same figure."""
    file = io.StringIO()
    with styled(), warnings.catch_warnings():
        # letters that no font here has are drawn by the reader's fonts
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    text = file.getvalue()
    return re.sub(r"<metadata>.*?</metadata>\s*", "", text[text.index("<svg") :], flags=re.DOTALL)
