"""``symlaw report``: a run as one file for people."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from symlaw.cli import options as option
from symlaw.cli.answering import refuse_options

if TYPE_CHECKING:
    from collections.abc import Sequence

    from symlaw.language.operators import Operator

Target = Annotated[
    Path, typer.Option("--output", "-o", metavar="FILE", help="File to write: .html, .md or .pdf.")
]
Table = Annotated[
    Path | None,
    typer.Option("--data", metavar="FILE", help="Table of the run, where it is not at its place."),
]


def report(
    run: option.RunName,
    output: Target = Path("report.html"),
    data: Table = None,
    weights: option.Weights = None,
    plugin: option.Plugin = None,
    runs: option.RunsFolder = option.RUNS,
) -> None:
    """Write a run as one file: formula, front, evidence, plots.

    The file stands by itself, with pictures and facts for programs inside.
    Plots need matplotlib, a PDF needs Chromium or Chrome.

    \b
    Examples:
      symlaw report last
      symlaw report last -o law.pdf
      symlaw report last -o law.md --data moved/data.csv
    """
    from symlaw.cli.management.plugins import operators_in
    from symlaw.runs.answers import task_of
    from symlaw.runs.store import resolve_run

    folder = resolve_run(run, runs)
    if task_of(folder) is None:
        write_report(folder, output, data, weights, operators_in(plugin))
        return
    refuse_options(folder, {"--weights": weights, "--plugin": plugin or None})
    _write_answer(folder, output, data)


def _write_answer(folder: Path, output: Path, data: Path | None) -> None:
    """Write the report of a run of another question, and say where it is and what it lacks."""
    from symlaw.cli.output.terminal import console, say
    from symlaw.report.answers import report_answer

    lacking = report_answer(folder, output, data)
    screen = console()
    say(screen, f"Written to {output}.")
    if lacking:
        say(screen, f"It has no picture of the data: {lacking}; name them with --data.")


def check_report(output: Path) -> None:
    """Refuse what is no name of a report, before anything is searched; raises `InvalidSetting`."""
    from symlaw.errors import InvalidSetting
    from symlaw.report.document import checked_path

    folder = checked_path(output).absolute().parent
    if not folder.is_dir():
        raise InvalidSetting(
            f"there is no folder {str(folder)!r} to write {output.name!r} into: make it first"
        )


def write_report(
    folder: Path, output: Path, data: Path | None, weights: str | None, own: Sequence[Operator]
) -> None:
    """Write the report of a run, and say where it is and what it lacks.

    Parameters
    ----------
    folder
        Of the run.
    output
        The file to write.
    data, weights
        Table and column of weights, in place of the run's.
    own
        Operators of the user's that its formulas have.
    """
    from symlaw.cli.output.terminal import console, say
    from symlaw.report.document import report_run
    from symlaw.runs.store import read_run

    found = read_run(folder)
    rows = [replace(row, expression=row.expression.with_operators(own)) for row in found.rows]
    found = replace(found, rows=tuple(rows))
    whole = report_run(found, output, data, weights)
    screen = console()
    say(screen, f"Written to {output}.")
    if not whole:
        source = found.header.source or "the data"
        say(screen, f"{source} is not there: no standard errors, evidence or fit; name it with --data.")
