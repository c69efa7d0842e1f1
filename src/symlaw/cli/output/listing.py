"""How lists of runs and comparisons of two look: as wide as the terminal, whole elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich import box
from rich.table import Table
from rich.text import Text

from symlaw.cli.output.terminal import console, is_plain, say
from symlaw.tasks.display.fronts import DIGITS, STAR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from symlaw.runs.records import Formula
    from symlaw.runs.scan import Summary
    from symlaw.runs.store import Run

# Terminals that are narrower leave out how long runs took and how good they are.
_WIDE = 100
_STYLES = {"finished": "green", "running": "cyan", "paused": "yellow", "interrupted": "magenta"}
_PLAIN_ROW = "{:<24}{:<13}{:<16}{:<20}{:>9}{:>14}{:>11}  {}"
_HEADS = ("run", "state", "target", "data", "seconds", "formulas", "loss", "formula")


def show_runs(runs: Sequence[Summary], root: Path, *, filtered: bool) -> None:
    """Write a list of runs."""
    screen = console()
    if not runs:
        why = "no run there is like that" if filtered else "there is no run: make one with symlaw fit"
        say(screen, f"In {root} {why}.")
        return
    rows = [_cells(run) for run in runs]
    if is_plain(screen):
        for row in (_HEADS, *rows):
            say(screen, _PLAIN_ROW.format(*row).rstrip())
    else:
        screen.print(_table(runs, rows, screen.width))
    for run in runs:
        if run.note.line():
            say(screen, f"{run.id}: {run.note.line()}")
        if run.why:
            say(screen, f"{run.id}: {run.why}", style="yellow")


def _cells(run: Summary) -> tuple[str, ...]:
    done, source = run.outcome, Path(run.source).name if run.source else ""
    if not done:
        return (run.id, run.state, run.target, source, "", "", "", "")
    tried = f"{int(done['evaluations']):,}" if "evaluations" in done else ""
    figures = (f"{float(done['seconds']):.1f}", tried, f"{float(done['loss']):.3e}")
    return (run.id, run.state, run.target, source, *figures, str(done["formula"]))


def _table(runs: Sequence[Summary], rows: Sequence[tuple[str, ...]], width: int) -> Table:
    table = _bare()
    wide = width >= _WIDE
    shown = range(8) if wide else (0, 1, 2, 3, 7)
    for place in shown:
        tight = place in (0, 1, 4, 5, 6)
        table.add_column(
            _HEADS[place], no_wrap=True, overflow="ellipsis", justify="right" if 3 < place < 7 else "left",
            ratio=None if tight else 3 if place == 7 else 2,
            min_width=None if not tight else _widest(rows, place),
        )  # fmt: skip
    for run, row in zip(runs, rows, strict=True):
        cells = [Text(row[place]) for place in shown]
        cells[1].stylize(_STYLES.get(run.state, "yellow"))
        table.add_row(*cells)
    table.width = width
    return table


def _widest(rows: Sequence[tuple[str, ...]], place: int) -> int:
    return max(len(_HEADS[place]), *(len(row[place]) for row in rows))


def _bare() -> Table:
    return Table(box=box.SIMPLE_HEAD, expand=False, pad_edge=False, padding=(0, 1, 0, 0))


def show_comparison(first: Run, second: Run) -> None:
    """Write which settings of two runs differ, and their fronts side by side."""
    from symlaw.runs.scan import differences

    screen = console()
    for mark, run in (("A", first), ("B", second)):
        used = f", {int(run.counters['evaluations']):,} formulas" if "evaluations" in run.counters else ""
        say(screen, f"{mark}  {run.id}, {run.state}{used}")
    if first.header.data_digest != second.header.data_digest:
        say(screen, "They are of different data.", style="yellow")
    changed = differences(_asked(first), _asked(second))
    rows = [(name, a, b) for name, a, b in changed] or [("", "", "")]
    say(screen)
    if changed:
        _show(screen, ("setting", "A", "B"), rows)
    else:
        say(screen, "All settings are the same.")
    say(screen)
    _show(screen, ("complexity", "loss A", "loss B", "A", "B"), _side_by_side(first, second))


def _asked(run: Run) -> dict[str, Any]:
    return {
        **run.header.settings,
        "target": run.header.target_name,
        "features": list(run.header.feature_names),
    }


def _side_by_side(first: Run, second: Run) -> list[tuple[str, ...]]:
    ours, theirs = ({row.complexity: row for row in run.rows} for run in (first, second))
    chosen = [None if run.recommended is None else run.rows[run.recommended] for run in (first, second)]
    rows = []
    for complexity in sorted({*ours, *theirs}):
        pair = (ours.get(complexity), theirs.get(complexity))
        losses = tuple("" if row is None else f"{row.loss:.3e}" for row in pair)
        texts = tuple(_formula(row, best) for row, best in zip(pair, chosen, strict=True))
        rows.append((f"{complexity:g}", *losses, *texts))
    return rows


def _formula(row: Formula | None, best: Formula | None) -> str:
    if row is None:
        return ""
    return f"{STAR} {row.expression.shown(DIGITS)}" if row is best else row.expression.shown(DIGITS)


def _show(screen: Console, heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    """Write a table whose last two columns share what the others leave."""
    if is_plain(screen):
        widths = [max(len(row[place]) for row in (heads, *rows)) for place in range(len(heads))]
        for row in (heads, *rows):
            cells = (f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True))
            say(screen, "  ".join(cells).rstrip())
        return
    table = _bare()
    for place, head in enumerate(heads):
        free = place >= len(heads) - 2
        table.add_column(
            head, overflow="fold" if free else "ellipsis", no_wrap=not free, ratio=1 if free else None
        )
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    table.width = screen.width
    screen.print(table)
