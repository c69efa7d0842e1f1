"""How a search went: loss over time from a run's journal, or time by searcher from a model's report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from symlaw.errors import RunError
from symlaw.report.plots.style import (
    BLUE,
    FLOOR,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    SKY,
    VERMILLION,
    YELLOW,
    log_scale,
    name_axes,
    panel,
    styled,
)  # fmt: skip
from symlaw.runs.journal import read_journal
from symlaw.runs.records import JOURNAL_FILE
from symlaw.runs.store import Run
from symlaw.tasks.display.frames import place_of, rows_of_output

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from symlaw.tasks.regression.estimator import SymbolicRegressor

_COLOURS = (BLUE, ORANGE, GREEN, PURPLE, SKY, VERMILLION, YELLOW)


class Moment(NamedTuple):
    """What the journal says of one improvement.

    Attributes
    ----------
    seconds
        Since the search began.
    loss
        The best that there was.
    source
        Who brought it.
    evaluations
        Formulas that were tried until then.
    """

    seconds: float
    loss: float
    source: str
    evaluations: float = 0.0


def improvements(run: Run) -> list[Moment]:
    """The improvements of the smallest loss of a run, in order of time."""
    found: list[Moment] = []
    for record in read_journal(run.folder / JOURNAL_FILE):
        found += improvements_in(record, found[-1].loss if found else float("inf"))
    return found


def improvements_in(record: Mapping[str, Any], best: float) -> list[Moment]:
    """The improvements on a loss that one record of a journal tells of."""
    found: list[Moment] = []
    for entry in record.get("entries", ()) if record.get("kind") == "front" else ():
        loss = float(entry["loss"])
        if loss < best:
            best = loss
            source, tried = str(entry.get("source", "")), float(record.get("evaluations", 0.0))
            found.append(Moment(float(record["seconds"]), loss, source, tried))
    return found


def plot_search(source: SymbolicRegressor | Run, *, output: int | str | None = None, ax: Any = None) -> Any:
    """How the search went.

    Of a run, the smallest loss over time, each improvement in the colour of the searcher that brought it. A
    model keeps no times of improvements: of it, the time that each searcher took and what it brought.

    Parameters
    ----------
    source
        A run, or a fitted model.
    output
        Number of the target, where there are several; all of them by default.
    ax
        Axes to draw in; a new figure by default.

    Returns
    -------
    matplotlib.figure.Figure
    """
    with styled():
        if isinstance(source, Run):
            return _over_time(panel(ax), improvements(source), float(source.counters.get("seconds", 0.0)))
        return _by_searcher(panel(ax, 6.0, 2.6), source, output)


def _over_time(ax: Any, moments: Sequence[Moment], seconds: float) -> Any:
    if not moments:
        raise RunError("the journal of the run tells of no improvement: wait for one, or start another run")
    times = [one.seconds for one in moments]
    losses = [max(one.loss, FLOOR) for one in moments]
    end = max(seconds, times[-1])
    ax.step([*times, end], [*losses, losses[-1]], where="post", color=GREY, linewidth=1.0, zorder=2)
    names = list(dict.fromkeys(one.source for one in moments))
    for name, colour in zip(names, _COLOURS * len(names), strict=False):
        own = [place for place, one in enumerate(moments) if one.source == name]
        ax.plot([times[k] for k in own], [losses[k] for k in own], "o", color=colour, markersize=6,
                label=name or "start", zorder=3)  # fmt: skip
    log_scale(ax.yaxis, losses)
    ax.set_xlim(left=-0.02 * end)
    name_axes(ax, "time [s]", "smallest loss")
    ax.legend(title="brought by", alignment="left")
    return ax.figure


def _by_searcher(ax: Any, model: SymbolicRegressor, output: int | str | None) -> Any:
    from sklearn.utils.validation import check_is_fitted

    check_is_fitted(model)
    report = getattr(model, "search_report_", None)
    if report is None:
        raise RunError("a model that was loaded does not know how its search went: plot its run instead")
    report = rows_of_output(report, None if output is None else place_of(model, output))
    took_part = report[report["aside"] == ""]
    sums = took_part.groupby("searcher", sort=False)[["seconds", "confirming", "on_front"]].sum()[::-1]
    ax.barh(sums.index, sums["seconds"], color=BLUE, height=0.55, label="proposing")
    ax.barh(sums.index, sums["confirming"], left=sums["seconds"], color=SKY, height=0.55,
            label="scoring on all rows")  # fmt: skip
    for place, row in enumerate(sums.itertuples()):
        told = f"  {row.on_front:.0f} on the front"
        ax.text(row.seconds + row.confirming, place, told, va="center", color=GREY, fontsize=8.5)
    ax.grid(axis="y", visible=False)
    ax.margins(x=0.25)
    ax.set_xlim(left=0)
    name_axes(ax, "time [s]", "")
    ax.legend()
    return ax.figure
