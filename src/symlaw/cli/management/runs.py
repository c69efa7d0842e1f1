"""``symlaw runs``: the runs of a folder, listed, compared, stopped, moved and cleared up."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from symlaw.cli import options as option
from symlaw.errors import InvalidSetting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from symlaw.runs.scan import Summary

app = typer.Typer(rich_markup_mode=None, context_settings={"max_content_width": 80})

_Names = Annotated[list[str], typer.Argument(metavar="RUN...", help="Ids, their beginnings, or paths.")]
_AsJson = Annotated[bool, typer.Option("--json", help="As JSON, for programs.")]


@app.callback(invoke_without_command=True)
def runs_of(
    context: typer.Context,
    target: Annotated[
        str | None, typer.Option("--target", "-t", metavar="NAME", help="Of this column.")
    ] = None,
    source: Annotated[
        str | None, typer.Option("--source", metavar="TEXT", help="Of data whose path holds this.")
    ] = None,
    state: Annotated[
        str | None,
        typer.Option("--state", metavar="STATE", help="finished, running, paused or interrupted."),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="WHEN", help="Begun since: 2026-05-04, or 12h, 2d, 1w ago."),
    ] = None,
    as_json: _AsJson = False,
    runs: option.RunsFolder = option.RUNS,
) -> None:
    """List runs, the newest last; compare, stop, move, remove them.

    \b
    Examples:
      symlaw runs
      symlaw runs --target y --state interrupted --since 2d
      symlaw runs compare last 2026-05-04
      symlaw runs stop last
    """
    from symlaw.cli.output.listing import show_runs
    from symlaw.runs.scan import STATES, Filter, moment_of, scan

    if context.invoked_subcommand is not None:
        return
    if state is not None and state not in STATES:
        raise InvalidSetting(f"--state is {state!r}: give {', '.join(STATES[:-1])} or {STATES[-1]}")
    wanted = Filter(target, source, state, None if since is None else moment_of(since))
    found = list(scan(runs, wanted))
    if as_json:
        typer.echo(json.dumps([_plain(run) for run in found], indent=1))
    else:
        show_runs(found, runs, filtered=wanted != Filter())


def _plain(run: Summary) -> dict[str, Any]:
    return {"id": run.id, **asdict(run), "folder": str(run.folder)}


@app.command()
def compare(
    first: Annotated[str, typer.Argument(metavar="A", help="A run.")],
    second: Annotated[str, typer.Argument(metavar="B", help="Another one.")],
    runs: option.RunsFolder = option.RUNS,
) -> None:
    """Show which settings of two runs differ, and their fronts side by side.

    \b
    Example:
      symlaw runs compare 2026-05-04-1203 last
    """
    from symlaw.cli.output.listing import show_comparison
    from symlaw.runs.store import read_run, resolve_run

    show_comparison(*(read_run(resolve_run(name, runs)) for name in (first, second)))


def _found(names: Sequence[str], runs: Path) -> list[Summary]:
    from symlaw.runs.scan import summary
    from symlaw.runs.store import resolve_run

    return [summary(resolve_run(name, runs).resolve()) for name in names]


@app.command()
def rm(names: _Names, runs: option.RunsFolder = option.RUNS) -> None:
    """Remove runs with all that they hold.

    \b
    Example:
      symlaw runs rm 2026-05-04-1203
    """
    from symlaw.runs.scan import remove

    for run in _found(names, runs):
        remove(run)
        typer.echo(f"removed {run.id}")


@app.command()
def note(
    run: option.RunName,
    text: Annotated[
        str | None, typer.Argument(metavar="[TEXT]", help="The note; empty for none any more.")
    ] = None,
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="What to call the run in lists.")
    ] = None,
    runs: option.RunsFolder = option.RUNS,
) -> None:
    """Give a run a name or a note, or show those that it has.

    The dashboard shows and changes the same ones.

    \b
    Examples:
      symlaw runs note last "Row 7 was left out." --name "clean data"
      symlaw runs note last
    """
    from dataclasses import replace

    from symlaw.runs.annotations.notes import read_note, write_note
    from symlaw.runs.store import resolve_run

    folder = resolve_run(run, runs)
    known = read_note(folder)
    if text is None and name is None:
        typer.echo("\n".join(filter(None, (known.name, known.text))) or "There is no note.")
        return
    given = {"text": text, "name": name}
    write_note(folder, replace(known, **{key: value for key, value in given.items() if value is not None}))
    typer.echo(f"noted for {folder.resolve().name}")


@app.command()
def gc(
    older_than: Annotated[
        str | None,
        typer.Option("--older-than", metavar="AGE", help="Also remove runs that are older: 30d, 12w."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be removed.")] = False,
    runs: option.RunsFolder = option.RUNS,
) -> None:
    """Remove what no one needs: checkpoints of finished runs, and what crashes left.

    Tables dropped on the dashboard go when their runs have gone. A finished
    run without its checkpoint goes beyond its budget only from its beginning.

    \b
    Examples:
      symlaw runs gc --dry-run
      symlaw runs gc --older-than 30d
    """
    from symlaw.runs.scan import clutter, moment_of, remove, scan, unused_tables

    found = list(scan(runs))
    before = None if older_than is None else moment_of(older_than)
    old = [run for run in found if before is not None and run.state != "running" and _is_older(run, before)]
    kept = [run for run in found if run not in old]
    files = [*clutter(kept), *unused_tables(runs, kept)]
    freed = sum(path.stat().st_size for path in files)
    for run in old:
        freed += sum(path.stat().st_size for path in run.folder.rglob("*") if path.is_file())
        if not dry_run:
            remove(run)
    for path in files if not dry_run else ():
        path.unlink(missing_ok=True)
    word = "would free" if dry_run else "freed"
    typer.echo(f"{word} {freed / 1e6:.1f} MB: {len(old)} runs, {len(files)} other files")


def _is_older(run: Summary, moment: Any) -> bool:
    from symlaw.runs.scan import Filter

    return bool(run.created) and run.state != "paused" and not Filter(since=moment).takes(run)


@app.command()
def stop(names: _Names, runs: option.RunsFolder = option.RUNS) -> None:
    """End runs of other processes after their present epoch, as Ctrl-C does.

    \b
    Example:
      symlaw runs stop last
    """
    _ask(names, runs, "stop")


@app.command()
def pause(names: _Names, runs: option.RunsFolder = option.RUNS) -> None:
    """Have runs wait until symlaw runs unpause; waiting does not count as time used.

    \b
    Example:
      symlaw runs pause last
    """
    _ask(names, runs, "pause")


@app.command()
def unpause(names: _Names, runs: option.RunsFolder = option.RUNS) -> None:
    """Let runs go on that were paused.

    \b
    Example:
      symlaw runs unpause last
    """
    from symlaw.runs.control import take_back

    for run in _going(names, runs):
        take_back(run.folder)
        typer.echo(f"{run.id} goes on")


def _ask(names: Sequence[str], runs: Path, what: Any) -> None:
    from symlaw.runs.control import wish

    for run in _going(names, runs):
        wish(run.folder, what)
        typer.echo(f"{run.id} is asked to {what}")


def _going(names: Sequence[str], runs: Path) -> list[Summary]:
    from symlaw.errors import RunError

    found = _found(names, runs)
    for run in found:
        if run.state not in ("running", "paused"):
            raise RunError(f"run {run.id!r} is {run.state}, not running")
    return found


@app.command("export")
def export_one(
    run: option.RunName,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="File to write; RUN.zip by default.")
    ] = None,
    runs: option.RunsFolder = option.RUNS,
) -> None:
    """Write a run to a .zip: header, journal and result, without data or code.

    \b
    Example:
      symlaw runs export last -o law.zip
    """
    from symlaw.runs.archives import export_run
    from symlaw.runs.store import resolve_run

    folder = resolve_run(run, runs)
    path = Path(f"{folder.resolve().name}.zip") if output is None else output
    export_run(folder, path)
    typer.echo(f"wrote {path}")


@app.command("import")
def import_one(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="A .zip that symlaw runs export wrote.")],
    runs: option.RunsFolder = option.RUNS,
) -> None:
    """Put a run of a .zip into the folder of runs; it is checked first.

    \b
    Example:
      symlaw runs import law.zip
    """
    from symlaw.runs.archives import import_run

    typer.echo(f"imported {import_run(path, runs).name}")
