"""A search as the command shows it: the front while it goes, the law, and what to do next."""

from __future__ import annotations

import shlex
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symlaw.cli import options as option

if TYPE_CHECKING:
    from rich.console import Console

    from symlaw.data import Table
    from symlaw.language.expression import Expression
    from symlaw.runs.checkpoints.earlier import Earlier
    from symlaw.runs.records import Header
    from symlaw.runs.writer import RunWriter
    from symlaw.tasks.regression.fit import Fitted
    from symlaw.tasks.regression.settings import Settings


@dataclass(frozen=True)
class Task:
    """What is searched.

    Parameters
    ----------
    table, settings
        What is asked.
    guesses
        Formulas to begin with.
    earlier
        A search to go on from.
    conclude
        Confirms what was found on the rows that the table was drawn of; None where it is all of them.
    """

    table: Table
    settings: Settings
    guesses: Sequence[Expression] = ()
    earlier: Earlier | None = None
    conclude: Callable[[Fitted], Fitted] | None = None


def warning() -> Callable[[str], None]:
    """What says a sentence on the error stream."""
    from symlaw.cli.output.terminal import console, say

    errors = console(stderr=True)
    return lambda sentence: say(errors, f"symlaw: {sentence}")


def search(task: Task, writer: RunWriter, header: Header, runs: Path, *, verbose: bool, quiet: bool) -> None:
    """Search, show it, and say what to do next."""
    from symlaw.cli.output.live import Watch, watching
    from symlaw.cli.output.terminal import console
    from symlaw.search.watch import ending_gracefully
    from symlaw.tasks.regression.recorded import fit_recorded

    screen, settings = console(), task.settings
    watch = Watch(settings, header, lambda: writer.seconds_to_checkpoint)
    opened, listen = watching(screen, watch, verbose=verbose, quiet=quiet)
    stop = threading.Event()
    with ending_gracefully(stop), opened:
        fitted = fit_recorded(
            task.table, settings, writer, listen=listen, stop=stop, guesses=task.guesses,
            earlier=task.earlier, conclude=task.conclude,
        )  # fmt: skip
    _tell_result(screen, fitted, header, quiet=quiet)
    if not quiet:
        _tell_search(screen, fitted, settings, verbose=verbose)
        _tell_run(screen, writer, runs, stopped=fitted.outcome.stopped_by)


def compile_first(settings: Settings, table: Table | None = None, *, quiet: bool) -> None:
    """Compile before the clock starts, when this machine has not done so yet.

    Where there is a ``table``, a first look at it is shown meanwhile.
    """
    from symlaw.cli.output.terminal import console, say
    from symlaw.search.loop.warm_up import is_warm
    from symlaw.tasks.regression.recorded import warm_up

    screen = console()
    losses = not settings.objective().by_squares
    if is_warm(settings.taking_part, losses=losses):
        return
    if not quiet:
        say(screen, "compiling kernels for this machine, once: about half a minute", style="yellow")
    started = time.monotonic()
    meanwhile = None if quiet or table is None else partial(_show_first_look, screen, table, settings)
    warm_up(settings.operators, settings.taking_part, losses=losses, meanwhile=meanwhile)
    if not quiet:
        say(screen, f"compiled in {time.monotonic() - started:.0f} s", style="dim")


def _show_first_look(screen: Console, table: Table, settings: Settings) -> None:
    from symlaw.cli.output.live import Watch
    from symlaw.cli.output.terminal import say, show_front
    from symlaw.tasks.regression.recorded import header_of, looked_at

    front = looked_at(table, settings)
    if front:
        header = header_of(table, settings)
        rows, place = Watch(settings, header).shown(front)
        say(screen, "meanwhile a first look, before the search:", style="yellow")
        show_front(screen, rows, place, header.loss)


def concluding(
    data: Path, reading: dict[str, Any], table: Table, settings: Settings, *, quiet: bool
) -> Callable[[Fitted], Fitted] | None:
    """What confirms a front on all rows of a table larger than memory, and says so; None for others."""
    from symlaw.data.streaming.stream import is_streamed

    if not is_streamed(data):
        return None
    from symlaw.cli.output.terminal import console, say
    from symlaw.tasks.streaming.fitting import confirming

    confirmed, screen = confirming(data, reading, table.encodings, settings), console()

    def conclude(fitted: Fitted) -> Fitted:
        if not quiet:
            say(screen, f"confirming {len(fitted.rows)} formulas on all rows of {data}", style="dim")
        began = time.monotonic()
        fitted, found = confirmed(fitted, table.X, table.feature_names)
        if not quiet:
            seconds = time.monotonic() - began
            left = f"; {found.n_left_out:,} left out, as they lack cells" if found.n_left_out else ""
            say(
                screen,
                f"{found.n_rows:,} rows in {found.n_passes} passes, {seconds:.1f} s{left}",
                style="dim",
            )
        return fitted

    return conclude


def _tell_result(screen: Console, fitted: Fitted, header: Header, *, quiet: bool) -> None:
    from symlaw.cli.output.terminal import show_summary, show_verdicts
    from symlaw.tasks.display.fronts import FrontSummary

    chosen = fitted.recommended
    finding = "" if fitted.finding is None else fitted.finding.sentence
    target = header.target_name
    summary = FrontSummary(
        target,
        fitted.rows,
        chosen.place,
        chosen.reason,
        finding,
        fitted.noise,
        fitted.terms,
        fitted.proof,
    )
    show_summary(screen, summary, header, quiet=quiet)
    doubts = [doubt.words() for doubt in fitted.doubts]
    show_verdicts(screen, [] if quiet else fitted.rows, doubts)


def _tell_search(screen: Console, fitted: Fitted, settings: Settings, *, verbose: bool) -> None:
    from symlaw.cli.output.terminal import say
    from symlaw.runs.writer import counters

    outcome = fitted.outcome
    spent = outcome.spent
    say(screen)
    # with usual searchers and least squares nobody asked for those that a table is too small for
    chosen = settings.searchers is not None or not settings.objective().by_squares
    for tally in outcome.tallies:
        if tally.aside and (chosen or verbose):
            say(screen, f"{tally.searcher} stood aside: {tally.aside}.", style="dim")
    say(
        screen,
        f"{spent.evaluations:,} formulas in {spent.seconds:.1f} s; ended by: {outcome.stopped_by};"
        f" seed {settings.seed}",
    )
    if verbose:
        used = (f"{name} {value:,}" for name, value in counters(spent).items())
        say(screen, ", ".join(used), style="dim")


def _tell_run(screen: Console, writer: RunWriter, runs: Path, *, stopped: str) -> None:
    from symlaw.cli.output.terminal import say
    from symlaw.search.loop.state import STOPPED

    if not writer.complete:
        say(screen, "The run is not saved, or not all of it.", style="yellow")
        return
    where = "" if runs == option.RUNS else f" --runs {shlex.quote(str(runs))}"
    say(screen, f"Saved in {writer.folder}; next:")
    commands = ("show {}", "export {} --format latex", "predict {} new.csv")
    for command in (*(("resume {}",) if stopped == STOPPED else ()), *commands):
        say(screen, f"  symlaw {command.format(writer.folder.name)}{where}", style="cyan")
