"""``symlaw show``: the front of a run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from symlaw.cli import options as option
from symlaw.cli.answering import refuse_options
from symlaw.errors import InvalidSetting

if TYPE_CHECKING:
    from symlaw.runs.store import Run

_ROW = "{:<14}{:>13}{:>13}{:>8}{:>9}{:>9}{:>8}{:>6}"
_HEADS = ("searcher", "scored", "new", "brought", "accepted", "on front", "s", "+ s")
_COUNTS = ("evaluations", "distinct", "proposed", "accepted", "on_front")


def show(
    run: option.RunName,
    runs: option.RunsFolder = option.RUNS,
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for programs.")] = False,
    search: Annotated[
        bool, typer.Option("--search", help="Also what each searcher tried and contributed.")
    ] = False,
    behaviour: Annotated[
        bool, typer.Option("--behaviour", help="Also how the formula behaves on the data and beyond them.")
    ] = False,
    complexity: option.OneComplexity = None,
    data: Annotated[
        Path | None,
        typer.Option("--data", metavar="FILE", help="Table for --behaviour; that of the run by default."),
    ] = None,
) -> None:
    """Show the front of a run: finished, still going, or cut off.

    \b
    Examples:
      symlaw show last
      symlaw show 2026-05-04-1203
      symlaw show last --search
      symlaw show last --json
      symlaw show last --behaviour
      symlaw show last --behaviour --complexity 9 --data more.csv
    """
    from symlaw.cli.answering import model_in, say_summary
    from symlaw.runs.store import read_run, resolve_run

    folder = resolve_run(run, runs)
    model = model_in(folder)
    if model is not None:
        of_tables = {"--search": search, "--behaviour": behaviour, "--complexity": complexity, "--data": data}
        refuse_options(folder, of_tables)
        if as_json:
            typer.echo(json.dumps({"id": folder.resolve().name, **model.to_record()}, indent=1))
        else:
            say_summary(model.summary())
        return
    found = read_run(folder)
    if behaviour:
        _tell_behaviour(found, complexity, data)
    elif data is not None:
        raise InvalidSetting("--data goes with --behaviour: add that, or leave it out")
    elif complexity is not None and (as_json or search):
        raise InvalidSetting("--complexity shows one formula, --json and --search a run: leave one out")
    elif as_json:
        typer.echo(json.dumps(_record(found), indent=1))
    elif complexity is not None:
        _tell_one(found, complexity)
    else:
        _tell(found)
        if search:
            _tell_searchers(found)


def _tell_behaviour(run: Run, complexity: float | None, data: Path | None) -> None:
    from symlaw.data import read_table
    from symlaw.knowledge.statements.domain import domain_of
    from symlaw.knowledge.units.analysis import units_from
    from symlaw.trust.behaviour.summary import behaviour_on

    header, formula = run.header, run.row(complexity).expression
    if data is None and not header.source:
        raise InvalidSetting("the run's data came from memory: name a table with --data")
    settings = header.settings
    file = Path(header.source) if data is None else data
    encodings = header.encodings or None
    table = read_table(file, features=header.feature_names, encodings=encodings)
    units = None
    if settings.get("units") is not None:
        units = units_from(settings["units"], settings["target_unit"], settings["constant_units"])
    domain = domain_of(settings.get("domain"), table.feature_names, table.X)
    typer.echo(behaviour_on(formula, domain, table.X, table.feature_names, units).text())


def _record(run: Run) -> dict[str, Any]:
    rows = [{"equation": row.expression.text(), **row.to_record()} for row in run.rows]
    header = run.header
    return {
        "id": run.id,
        "state": run.state,
        "created": header.created,
        "source": header.source,
        "target": header.target_name,
        "features": list(header.feature_names),
        "n_rows": header.n_rows,
        "seed": header.seed,
        "loss": header.loss.name,
        "objective": header.objective_name,
        "stopped_by": run.stopped_by,
        "recommended": run.recommended,
        "reason": run.reason,
        "finding": dict(run.finding),
        "counters": dict(run.counters),
        "searchers": [dict(account) for account in run.searchers],
        "notes": list(run.notes),
        "doubts": list(run.doubts),
        "noise": run.noise,
        "terms": [dict(term) for term in run.terms],
        "proof": run.proof,
        "front": rows,
    }


def _tell(run: Run) -> None:
    from symlaw.cli.output.terminal import console, say, show_summary, show_verdicts
    from symlaw.tasks.display.fronts import FrontSummary
    from symlaw.trust.selection.finding import words_of
    from symlaw.trust.terms import read_terms

    screen, header = console(), run.header
    say(screen, f"Run {run.id}, {_state(run)}")
    source = header.source or "data from memory"
    weighing = f"; {header.weighing}" if header.weighing else ""
    say(screen, f"{source}: {header.n_rows:,} rows{weighing}; seed {header.seed}", style="dim")
    if run.recommended is None:
        say(screen, "Nothing was found yet.")
        return
    finding = words_of(run.finding)
    show_summary(
        screen,
        FrontSummary(
            header.target_name,
            run.rows,
            run.recommended,
            run.reason,
            finding,
            run.noise,
            read_terms(run.terms),
            run.proof,
        ),
        header,
    )
    show_verdicts(screen, run.rows, run.doubts)


def _tell_one(run: Run, complexity: float) -> None:
    """One formula of the front, with its figures and constants."""
    from symlaw.cli.output.terminal import after_law, console, say
    from symlaw.tasks.display.fronts import front_lines, law

    screen, row = console(), run.row(complexity)
    marked = 0 if run.recommended is not None and row is run.rows[run.recommended] else None
    for line in front_lines([row], marked, run.header.loss):
        say(screen, line)
    say(screen)
    say(screen, law(run.header.target_name, row), style="bold green")
    for sentence in after_law(row, run.header):
        say(screen, sentence, style="dim")


def _state(run: Run) -> str:
    used = run.counters
    after = ""
    if used:
        after = f" after {used.get('seconds', 0):.1f} s and {int(used['evaluations']):,} formulas"
    if run.state in ("running", "paused"):
        words = "still running" if run.state == "running" else "paused"
        return f"{words}; its front{after}" if used else words
    if run.state == "finished":
        return f"finished{after}: {run.stopped_by}"
    return f"cut off{after}" + (f": {run.stopped_by}" if run.stopped_by else "")


def _tell_searchers(run: Run) -> None:
    from symlaw.cli.output.terminal import console, say

    screen = console()
    say(screen)
    if not run.searchers:
        say(screen, "What each searcher did is known when a run has finished.", style="dim")
        return
    say(screen, _ROW.format(*_HEADS), style="bold")
    for account in run.searchers:
        numbers = (f"{account[name]:,}" for name in _COUNTS)
        times = (f"{account[name]:.1f}" for name in ("seconds", "confirming"))
        if account.get("aside"):
            say(screen, f"{account['searcher']:<14}stood aside: {account['aside']}")
        else:
            say(screen, _ROW.format(account["searcher"], *numbers, *times))
    remarks = [remark for account in run.searchers for remark in account.get("remarks", ())]
    if remarks:
        say(screen)
        say(screen, "Seen in the data:", style="bold")
        for remark in remarks:
            say(screen, f"  {remark}")
