"""What is shown while a search goes: a table that fills and sharpens, or plain lines."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from rich.console import Console, ConsoleOptions, Group, RenderResult
from rich.live import Live
from rich.segment import Segment
from rich.text import Text

from symlaw.cli.output.terminal import front_table, is_plain, say
from symlaw.runs.writer import shares
from symlaw.tasks.display.fronts import DIGITS
from symlaw.tasks.display.progress import Improvements, improvement
from symlaw.trust.selection.recommend import by_objective, shown

if TYPE_CHECKING:
    from symlaw.runs.records import Header
    from symlaw.search.archive import Entry
    from symlaw.search.loop.search import Progress
    from symlaw.tasks.regression.settings import Settings
    from symlaw.trust.selection.description import Criteria

# Values of the variable CI that say that this is none.
_NOT_CI = ("", "0", "false", "no")
CI_SECONDS = 60.0
LINE_SECONDS = 10.0
# Seconds from one drawing to the next, at least, and the part of the time that drawings may take: the cores
# that draw are those that search.
_REDRAWN, _DRAWING = 0.5, 0.01
# Screens of no more lines do without the line about work.
_LOW = 10
_RULES = 9


@dataclass
class Watch:
    """The search as the live table shows it, redrawn from the last progress.

    Parameters
    ----------
    settings
        Say what will end the search.
    header
        What the recommendation counts, and the loss.
    to_checkpoint
        Gives the seconds until the next checkpoint; None where there is none.
    """

    settings: Settings
    header: Header
    to_checkpoint: Callable[[], float | None] = lambda: None
    progress: Progress | None = None
    _drawn: _Drawn | None = field(default=None, init=False, repr=False)

    @cached_property
    def _criteria(self) -> Criteria:
        return self.header.criteria

    def hear(self, progress: Progress) -> None:
        """Take what an epoch brought."""
        self.progress = progress

    def shown(self, front: Sequence[Entry]) -> tuple[list[Entry], int]:
        """The rows of a front that would be shown if the search ended now, and which is recommended."""
        if self.header.objective_name is not None:
            rows, best = by_objective(front)
            return list(rows), best.place
        kept, best = shown(front, self._criteria)
        return [front[k] for k in kept], best.place

    def __rich_console__(self, screen: Console, options: ConsoleOptions) -> RenderResult:
        """Draw the front and three lines about the search."""
        progress = self.progress
        if progress is None or not progress.front:
            yield Text("searching ...", style="dim")
            return
        yield from self._front_drawn(progress, screen, options)
        status = Text(status_line(progress, self.settings), style="cyan", no_wrap=True, overflow="ellipsis")
        ending = Text(ending_line(self.settings), style="dim", no_wrap=True, overflow="ellipsis")
        told = (shares_line(progress), checkpoint_words(self.to_checkpoint()))
        work = Text(" · ".join(filter(None, told)), style="dim", no_wrap=True, overflow="ellipsis")
        below = (status, ending) if screen.height <= _LOW else (status, work, ending)
        yield Group(*below)

    def _front_drawn(self, progress: Progress, screen: Console, options: ConsoleOptions) -> list[Segment]:
        """The front on this screen, as drawn last if neither has changed: most drawings bring no formula."""
        front, width, height = progress.front, options.max_width, screen.height
        drawn = self._drawn
        if drawn is None or drawn.seen != (front, width, height):
            segments = list(screen.render(self._front(progress, width, height), options))
            drawn = self._drawn = _Drawn((front, width, height), segments)
        return drawn.segments

    def _front(self, progress: Progress, width: int, height: int) -> Group:
        front, marked = self.shown(progress.front)
        room = max(3, height - _RULES)
        first = max(0, min(marked - room // 2, len(front) - room))
        shown = front[first : first + room]
        table = front_table(shown, marked - first, width=width, whole=False, loss=self.header.loss)
        hidden = len(front) - len(shown)
        more = [Text(f"  and {hidden} more", style="dim")] if hidden else []
        return Group(table, *more)


@dataclass(frozen=True)
class _Drawn:
    """A front as it was drawn: what it depends on, and what came of it."""

    seen: tuple[tuple[Entry, ...], int, int]
    segments: list[Segment]


def status_line(progress: Progress, settings: Settings) -> str:
    """Time used, formulas scored, and how fast."""
    spent = progress.spent
    seconds = spent.seconds
    limit = f" of {settings.time_budget:g}" if settings.time_budget is not None else ""
    rate = spent.evaluations / max(seconds, 1e-3)
    return f"{seconds:.1f}{limit} s · {spent.evaluations:,} formulas · {_round(rate):,} per second"


def shares_line(progress: Progress) -> str:
    """Which part of the work each searcher did, most first; empty before any."""
    found = sorted(shares(progress).items(), key=lambda pair: -pair[1])
    told = ", ".join(f"{name} {100 * share:.0f}%" for name, share in found if share > 0.0)
    return f"work: {told}" if told else ""


def checkpoint_words(seconds: float | None) -> str:
    """When the next checkpoint comes."""
    return "" if seconds is None else f"checkpoint in {seconds:.0f} s"


def ending_line(settings: Settings) -> str:
    """What will end the search."""
    limits = ["by Ctrl-C", "once a formula is exact"]
    if settings.time_budget is not None:
        limits.append(f"after {settings.time_budget:g} s")
    if settings.max_evaluations is not None:
        limits.append(f"after {settings.max_evaluations:,} formulas")
    budget = settings.budget()
    if budget.patience is not None:
        limits.append(f"after {budget.patience:,} without improvement")
    if budget.settles:
        limits.append("when settled")
    if settings.target_loss is not None:
        limits.append(f"at a loss of {settings.target_loss:g}")
    return f"Ends {', '.join(limits[:-1])} or {limits[-1]}."


def _round(rate: float) -> int:
    return int(float(f"{rate:.2g}"))


def watching(
    screen: Console, watch: Watch, *, verbose: bool, quiet: bool
) -> tuple[AbstractContextManager[Any], Callable[[Progress], None]]:
    """What to keep open while the search goes, and what it should tell its progress."""
    if quiet:
        return nullcontext(), lambda progress: None
    every = Improvements(lambda line: say(screen, line)) if verbose else None
    if is_plain(screen):
        interval = LINE_SECONDS if os.environ.get("CI", "").lower() in _NOT_CI else CI_SECONDS
        return nullcontext(), every or Headlines(lambda line: say(screen, line), watch, interval)
    # drawn by the listener alone: a thread that draws would take a core from those that search
    live = Live(watch, console=screen, auto_refresh=False, transient=True)
    return live, Drawing(live, watch, every)


@dataclass
class Drawing:
    """A listener that draws the first front at once, and later ones as often as they cost little.

    Parameters
    ----------
    due
        When the next drawing may begin, by the monotonic clock in seconds.
    """

    live: Live
    watch: Watch
    improvements: Callable[[Progress], None] | None = None
    due: float = float("-inf")

    def __call__(self, progress: Progress) -> None:
        """Take what an epoch brought, and draw it when it is time."""
        self.watch.hear(progress)
        if self.improvements is not None:
            self.improvements(progress)
        began = time.monotonic()
        if began >= self.due:
            self.live.refresh()
            self.due = began + max(_REDRAWN, (time.monotonic() - began) / _DRAWING)


@dataclass
class Headlines:
    """A listener that writes plain lines: the recommended formula when it changes, and figures in between.

    Parameters
    ----------
    write
        Takes one line.
    watch
        Says which formula is recommended.
    interval
        Seconds between lines of figures. From `CI_SECONDS` on, no line comes sooner.
    """

    write: Callable[[str], object]
    watch: Watch
    interval: float
    headline: str = ""
    told_at: float = float("-inf")

    def __call__(self, progress: Progress) -> None:
        """Write a line if there is something to say, or nothing was said for long."""
        if not progress.front:
            return
        rows, place = self.watch.shown(progress.front)
        entry, spent = rows[place], progress.spent
        equation = entry.expression.shown(DIGITS)
        due = time.monotonic() - self.told_at >= self.interval
        changed = equation != self.headline
        if not (due or (changed and self.interval < CI_SECONDS)):
            return
        self.told_at, self.headline = time.monotonic(), equation
        rate = _round(spent.evaluations / max(spent.seconds, 1e-3))
        best = f"{spent.evaluations:,} formulas, {rate:,} per second, best loss {progress.front[-1].loss:.3e}"
        told = "; ".join(filter(None, (best, shares_line(progress))))
        self.write(improvement(spent.seconds, entry) if changed else f"{spent.seconds:7.1f} s  {told}")
