"""A Jupyter notebook's views: progress that is redrawn in place, and a fitted model."""

from __future__ import annotations

import html
import math
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from symlaw.language.printers.notation import latex_name
from symlaw.tasks.display.fronts import DIGITS, STAR, figure_texts, figure_widths, front_summaries
from symlaw.trust.terms import table_of_terms

if TYPE_CHECKING:
    from symlaw.engine.losses.table import Loss
    from symlaw.search.archive import Entry
    from symlaw.search.loop.search import Progress
    from symlaw.tasks.display.fronts import FrontSummary, Shown
    from symlaw.tasks.model.fitted import FittedModel

# Seconds between drawings.
_INTERVAL = 0.5
_WIDTH, _HEIGHT, _MARGIN = 360, 180, 36


def in_notebook() -> bool:
    """Whether this is the kernel of a notebook; nothing of IPython is loaded to find out."""
    if "IPython" not in sys.modules:
        return False
    shell = sys.modules["IPython"].get_ipython()
    return shell is not None and hasattr(shell, "kernel")


@dataclass
class NotebookView:
    """A listener that redraws a front in place.

    Parameters
    ----------
    title
        Put above the table.
    """

    title: str = ""
    _handle: Any = None
    _drawn_at: float = field(default=-math.inf)

    def __call__(self, progress: Progress) -> None:
        """Draw the front, unless that was done a moment ago."""
        if not progress.front or not (progress.stopping or time.monotonic() - self._drawn_at >= _INTERVAL):
            return
        self._drawn_at = time.monotonic()
        from IPython.display import HTML, display

        make: Any = HTML
        show: Any = display
        drawn = make(view(progress, self.title))
        if self._handle is None:
            self._handle = show(drawn, display_id=True)
        else:
            self._handle.update(drawn)


def view(progress: Progress, title: str = "") -> str:
    """The front of a search as HTML: a table, a figure and a line about the search."""
    rows = "".join(
        f"<tr><td>{entry.complexity:g}</td><td>{entry.loss:.3e}</td>"
        f"<td style='text-align:left'><code>{html.escape(entry.expression.shown(DIGITS))}</code></td>"
        "</tr>"
        for entry in progress.front
    )
    head = "<tr><th>complexity</th><th>loss</th><th style='text-align:left'>equation</th></tr>"
    heading = f"<b>{html.escape(title)}</b>" if title else ""
    return f"{heading}<table>{head}{rows}</table>{figure(progress.front)}<div>{_status(progress)}</div>"


def fitted_view(model: FittedModel) -> str:
    """A fitted model as HTML: for each target its recommended formula, why it is, and the front it is of."""
    from symlaw.engine.losses.register import loss_from

    return "".join(_told(summary, loss_from(model.loss)) for summary in front_summaries(model))


def _told(summary: FrontSummary, loss: Loss) -> str:
    formula = summary.rows[summary.place].expression
    name = latex_name(summary.target)
    law = f"$\\displaystyle {name} = {formula.latex()}$"
    said = "<br>".join(html.escape(sentence) for sentence in (*summary.why(), *summary.remarks()))
    scored = any(row.objective is not None for row in summary.rows)
    head = "".join(f"<th>{name}</th>" for name in ("", *figure_widths(loss, scored=scored), "equation"))
    rows = [
        "".join(f"<td>{cell}</td>" for cell in (STAR if place == summary.place else "", *_cells(row, loss)))
        for place, row in enumerate(summary.rows)
    ]
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return (
        f"<p>{html.escape(law)}</p><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        f"{_terms(summary)}<p><small>{said}</small></p>"
    )


def _terms(summary: FrontSummary) -> str:
    """What the terms of the recommended sum are worth, as a table."""
    if not summary.terms:
        return ""
    heads, *rows = table_of_terms(summary.terms)
    head = "".join(f"<th>{name}</th>" for name in heads)
    cells = ["".join(f"<td>{html.escape(cell)}</td>" for cell in row) for row in rows]
    return f"<table><tr>{head}</tr>{''.join(f'<tr>{row}</tr>' for row in cells)}</table>"


def _cells(row: Shown, loss: Loss) -> list[str]:
    return [*figure_texts(row, loss), f"<code>{html.escape(row.expression.shown(DIGITS))}</code>"]


def _status(progress: Progress) -> str:
    from symlaw.runs.writer import shares

    spent = progress.spent
    rate = spent.evaluations / max(spent.seconds, 1e-3)
    summary = [
        f"{spent.seconds:.1f} s",
        f"{spent.evaluations:,} formulas",
        f"{float(f'{rate:.2g}'):,.0f} per second",
    ]
    summary += [f"{name} {100 * share:.0f}%" for name, share in shares(progress).items() if share > 0]
    summary += [f"ended: {progress.stopping}"] if progress.stopping else []
    return html.escape(" · ".join(summary))


def figure(front: Sequence[Entry]) -> str:
    """Loss over complexity as an SVG drawing, losses logarithmic; empty for fewer than two points."""
    points = [(entry.complexity, math.log10(entry.loss)) for entry in front if 0.0 < entry.loss < math.inf]
    if len(points) < 2:
        return ""
    across, up = _scale([x for x, _ in points], _WIDTH), _scale([y for _, y in points], _HEIGHT)
    places = [(across(x), _HEIGHT - up(y)) for x, y in points]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    dots = "".join(f"<circle cx='{x:.1f}' cy='{y:.1f}' r='3'/>" for x, y in places)
    return (
        f"<svg width='{_WIDTH}' height='{_HEIGHT}' role='img' aria-label='loss over complexity'>"
        f"<polyline points='{line}' fill='none' stroke='currentColor'/><g fill='currentColor'>{dots}</g>"
        f"<text x='{_WIDTH / 2}' y='{_HEIGHT - 4}' font-size='11' fill='currentColor'>complexity</text>"
        f"<text x='2' y='12' font-size='11' fill='currentColor'>loss {10 ** points[0][1]:.1e} to"
        f" {10 ** points[-1][1]:.1e}</text></svg>"
    )


def _scale(values: Sequence[float], size: int) -> Callable[[float], float]:
    low, span = min(values), (max(values) - min(values)) or 1.0
    return lambda value: _MARGIN + (size - 2 * _MARGIN) * (value - low) / span
