"""``symlaw examine``: how sure a run's formula is, and what speaks for it."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from symlaw.cli import options as option

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from rich.console import Console

    from symlaw.language.operators import Operator
    from symlaw.runs.store import Run
    from symlaw.search.exhaustive.proof import Effort
    from symlaw.trust.constants.uncertainty import Kind, Uncertainty
    from symlaw.trust.selection.chance import Chance
    from symlaw.trust.selection.evidence import Evidence

Level = Annotated[float, typer.Option("--level", metavar="SHARE", help="Confidence of intervals.")]
KindName = Annotated[
    str, typer.Option("--kind", metavar="NAME", help="Intervals by t, profile or bootstrap.")
]

Formulas = Annotated[
    int,
    typer.Option("--formulas", metavar="N", help="Formulas tried on shuffled targets; 0 for none.", min=0),
]

Symbols = Annotated[
    int,
    typer.Option(
        "--prove", metavar="N", help="Go through all formulas of up to N symbols; 0 for none.", min=0, max=15
    ),
]
Seconds = Annotated[float, typer.Option("--seconds", metavar="S", help="Time for --prove, at most.")]

_LEGEND = (
    "length: nats for formula and data; gap: what a row saves over the one before;",
    "CV loss: on folds that the constants were not fitted to; stable: share of tables",
    "of rows drawn again for which the row is recommended; chance: share of tables",
    "with shuffled targets on which as short a formula reaches the loss.",
)


def examine(
    run: option.RunName,
    data: Annotated[
        Path | None, typer.Argument(metavar="[DATA]", help="Table; that of the run by default.")
    ] = None,
    complexity: option.OneComplexity = None,
    level: Level = 0.95,
    kind: KindName = "t",
    n_formulas: Formulas = 10_000_000,
    n_symbols: Symbols = 0,
    seconds: Seconds = 10.0,
    plugin: option.Plugin = None,
    runs: option.RunsFolder = option.RUNS,
) -> None:
    """Tell how sure a run's formula is, and what speaks for it.

    Fits the constants to the table, which is that of the run or a new one, and
    shows their standard errors and intervals, which of them may be exact, and
    what speaks for each formula of the front. With --prove all short formulas
    without constants inside are gone through, and it says up to how many
    symbols, columns and operators that is, none does better.

    \b
    Examples:
      symlaw examine last
      symlaw examine last data.csv --kind profile --level 0.99
      symlaw examine last data.csv --formulas 0
      symlaw examine last --prove 7 --seconds 10
    """
    from symlaw.cli.commands.compare import measured, table_of
    from symlaw.cli.management.plugins import operators_in
    from symlaw.cli.output.terminal import console, say
    from symlaw.runs.store import read_run, resolve_run
    from symlaw.search.archive import Entry
    from symlaw.tasks.model.proving import effort_of
    from symlaw.tasks.model.trust import uncertainty
    from symlaw.trust.constants.figures import ANEW, is_anew
    from symlaw.trust.constants.snapping import snapped
    from symlaw.trust.constants.uncertainty import checked_kind
    from symlaw.trust.selection.evidence import evidence

    effort = effort_of(n_symbols, seconds) if n_symbols else None
    found = read_run(resolve_run(run, runs))
    own = operators_in(plugin)
    formulas = [row.expression.with_operators(own) for row in found.rows]
    picked = found.row(complexity).expression.with_operators(own)
    columns, target, weighing = measured(found, table_of(found, data))
    screen = console()
    sure = uncertainty(picked, columns, target, loss=found.header.loss, level=level, **weighing)
    _tell_constants(screen, sure, checked_kind(kind), found.header.group_labels)
    if is_anew(sure, picked):
        say(screen, ANEW, style="dim")
    exact = snapped(sure.fit)
    if exact is not None:
        say(screen, "")
        say(screen, "Exact as far as the data tell:", style="bold")
        say(screen, f"  {exact.expression.shown()}")
        for one in exact.replaced:
            say(screen, f"  {one}, odds {_short(one.odds)} to 1", style="dim")
    if effort is not None:
        _tell_proof(screen, found, sure, own, effort)
    if not found.header.loss.shares_variance:
        return
    entries = [
        Entry(one, row.complexity, row.loss, one) for one, row in zip(formulas, found.rows, strict=True)
    ]
    rows = evidence(entries, sure.fit.sample, found.header.criteria)
    chance = _chance(found, columns, target, own, n_formulas) if n_formulas else None
    _tell_evidence(screen, rows, chance)


def _chance(
    found: Run, columns: Mapping[str, Any], target: Any, own: Sequence[Operator], n_formulas: int
) -> Chance | None:
    """What so many formulas of a run's operators, the user's ``own`` among them, reach by chance."""
    import numpy as np

    from symlaw.cli.output.terminal import console, say
    from symlaw.tasks.model.trust import shuffled_chance

    say(console(stderr=True), f"symlaw: trying {n_formulas:,} formulas on shuffled targets", style="dim")
    names, settings = found.header.feature_names, found.header.settings
    known = {operator.name: operator for operator in own}
    return shuffled_chance(
        np.column_stack([columns[name] for name in names]), target, names,
        [known.get(name, name) for name in settings.get("operators", ())],
        costs=settings.get("complexity_costs"), n_formulas=n_formulas,
    )  # fmt: skip


def _tell_proof(
    screen: Console, found: Run, sure: Uncertainty, own: Sequence[Operator], effort: Effort
) -> None:
    """What is proved of a run's formula among those of its operators, the user's ``own`` among them."""
    from symlaw.cli.output.terminal import say
    from symlaw.tasks.model.proving import check_plain, enumerated, proved_on

    settings, known = found.header.settings, {operator.name: operator for operator in own}
    check_plain(found.header.loss, settings)
    names = settings.get("operators", ())
    operators = enumerated([known.get(name, name) for name in names], settings.get("exponents"))
    say(screen, "")
    say(screen, "The best formula without constants inside of up to so many symbols:", style="bold")
    say(screen, str(proved_on(sure.fit.expression, sure.fit.sample, operators, effort)))


def _tell_constants(screen: Console, sure: Uncertainty, kind: Kind, labels: Sequence[str] | None) -> None:
    from symlaw.cli.output.terminal import say

    say(screen, sure.table(kind, labels))
    say(screen, "Intervals are those of a given formula; a search chooses one that fits.", style="dim")


def _tell_evidence(screen: Console, rows: Iterable[Evidence], chance: Chance | None) -> None:
    from symlaw.cli.output.terminal import say

    say(screen, "")
    say(screen, "What speaks for each formula of the front:", style="bold")
    heads = ("complexity", "loss", "length", "gap", "BIC", "CV loss", "stable", "chance")
    say(screen, "".join(f"{head:>10}" for head in heads), style="dim")
    for row in rows:
        gap = "" if math.isnan(row.gap) else f"{row.gap:.1f}"
        cells = (
            f"{row.complexity:g}", f"{row.loss:.3g}", f"{row.description_length:.1f}", gap, f"{row.bic:.1f}",
            f"{row.cv_loss:.3g}", f"{100 * row.stability:.0f}%", _reached(row, chance),
        )  # fmt: skip
        say(screen, "".join(f"{cell:>10}" for cell in cells))
    for line in _LEGEND:
        say(screen, line, style="dim")


def _reached(row: Evidence, chance: Chance | None) -> str:
    """How often shuffled targets reach a row's loss."""
    if chance is None or not row.expression.variables:
        return ""
    share = 100 * chance.reaches(row.expression, row.complexity, row.loss)
    return "<0.1%" if share < 0.1 else f"{share:.2g}%"


def _short(odds: float) -> str:
    return f"{odds:.0f}" if odds < 1e4 else f"{odds:.0e}"
