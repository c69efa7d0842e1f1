"""``symlaw resume``: go on with a run that was cut off or stopped."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from symlaw.cli import options as option
from symlaw.errors import FileUnreadable, RunError

if TYPE_CHECKING:
    from symlaw.cli.management.plugins import Plugin
    from symlaw.data import Table
    from symlaw.runs.records import Header
    from symlaw.tasks.regression.settings import Settings


def resume(
    run: option.RunName,
    data: Annotated[
        Path | None, typer.Option("--data", metavar="DATA", help="Where the same table is now, if it moved.")
    ] = None,
    time_budget: Annotated[
        float | None, typer.Option("--time", metavar="S", help="Seconds to search, in all.")
    ] = None,
    max_evaluations: Annotated[
        int | None, typer.Option("--max-evaluations", metavar="N", help="Formulas to score at most, in all.")
    ] = None,
    plugin: option.Plugin = None,
    threads: option.Threads = None,
    executor: option.Executor = None,
    cluster: option.Cluster = None,
    anew: Annotated[
        bool, typer.Option("--anew", help="Search from the beginning, not from the latest checkpoint.")
    ] = False,
    checkpoint: option.CheckpointSeconds = 30.0,
    runs: option.RunsFolder = option.RUNS,
    verbose: option.Verbose = False,
    quiet: option.Quiet = False,
) -> None:
    """Go on with a run that was killed, stopped or is used up.

    It continues from the latest checkpoint. A run that was cut off ends with the
    front that it would have had without that. What it used counts; to go beyond
    its budget, give another one.

    \b
    Examples:
      symlaw resume last
      symlaw resume last --time 600
      symlaw resume 2026-05-04 --data moved/data.csv --plugin my_operators.py
    """
    from symlaw.cli.commands.fit import cores, who_runs
    from symlaw.cli.management.plugins import plugin_of
    from symlaw.cli.searching import Task, compile_first, concluding, search, warning
    from symlaw.runs.store import read_run, resolve_run
    from symlaw.tasks.regression.resuming import check_left, guesses_of, opened_again

    folder = resolve_run(run, runs)
    if _is_answer(folder):
        others = {"--data": data, "--max-evaluations": max_evaluations, "--plugin": plugin}
        _resume_answer(folder, runs, others, time_budget, quiet=quiet)
        return
    found = read_run(folder)
    made = plugin_of(plugin)
    limits = {"time_budget": time_budget, "max_evaluations": max_evaluations, "cluster": cluster}
    limits["executor"] = who_runs(executor, cluster, threads)
    settings = _settings(found.header, made, **limits, threads=cores() if threads is None else threads)
    check_left(found, settings)
    table = _table(found.header, data)
    compile_first(settings, quiet=quiet)
    writer, earlier = opened_again(
        found, table, settings, anew=anew, warn=warning(), checkpoint_seconds=checkpoint
    )
    if not quiet:
        _tell(found.id, begins=earlier.checkpoint is None)
    guesses = guesses_of(found.header, made.operators)
    source = Path(found.header.source) if data is None else data
    conclude = concluding(source, dict(found.header.reading), table, settings, quiet=quiet)
    task = Task(table, settings, guesses, earlier, conclude)
    search(task, writer, found.header, runs, verbose=verbose, quiet=quiet)


def _is_answer(folder: Path) -> bool:
    from symlaw.runs.answers import task_of

    return task_of(folder) is not None


def _resume_answer(
    folder: Path, runs: Path, others: dict[str, Any], seconds: float | None, *, quiet: bool
) -> None:
    """Go on with a run of another question, where it keeps what it works out."""
    from symlaw.cli.answering import refuse_options
    from symlaw.cli.commands.dynamics import resume_dynamics
    from symlaw.runs.answers import read_answer

    answer = read_answer(folder)
    if not answer.asked.model:
        raise RunError(
            f"run {answer.id!r} is of {answer.asked.task}, and such runs are not resumed: start it again with"
            f" {answer.asked.command or 'its command'}"
        )
    if answer.state != "interrupted":
        raise RunError(
            f"run {answer.id!r} is {answer.state}: there is nothing to go on with; for more time, start it"
            f" again with {answer.asked.command}"
        )
    refuse_options(folder, others)
    resume_dynamics(answer, runs, seconds, quiet=quiet)


def _settings(header: Header, made: Plugin, **limits: Any) -> Settings:
    """The run's settings, its users' functions taken from a plugin."""
    from symlaw.tasks.regression.resuming import settings_of

    users, objective = header.settings.get("user_loss"), header.objective_name
    own = None if users is None else made.losses.get(users["name"]) or made.functions.get(users["name"])
    score = None if objective is None else made.functions.get(objective)
    return settings_of(header, operators=made.operators, loss=own, score=score, **limits)


def _table(header: Header, data: Path | None) -> Table:
    """The run's table, read as it was."""
    from symlaw.data import read_table
    from symlaw.data.streaming.stream import is_streamed
    from symlaw.tasks.inputs.rescaling import scaled_as

    if not header.source or not header.reading:
        raise RunError(
            "the data of this run came from memory: go on with SymbolicRegressor(run_folder=..., resume=True)"
        )
    path = Path(header.source) if data is None else data
    if not path.exists() and not is_streamed(path):
        raise FileUnreadable(f"there is no file {str(path)!r}: say where the table is now, with --data")
    return scaled_as(read_table(path, **header.reading), header.encodings)


def _tell(name: str, *, begins: bool) -> None:
    from symlaw.cli.output.terminal import console, say

    where = "its beginning, as it has no checkpoint" if begins else "its latest checkpoint"
    say(console(), f"Run {name} goes on from {where}.")
