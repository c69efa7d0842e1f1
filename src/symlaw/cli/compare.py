"""``symlaw compare``: own formulas beside those of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from symlaw.cli import options as option

if TYPE_CHECKING:
    from pathlib import Path

    from symlaw.runs.store import Run

Formulas = Annotated[list[str] | None, typer.Argument(metavar="FORMULA", help="Own formulas, in text.")]


def compare(
    run: option.RunName,
    data: option.Data,
    formulas: Formulas = None,
    refit: Annotated[
        bool, typer.Option("--refit", help="Fit the constants of own formulas to the data first.")
    ] = False,
    front: Annotated[
        bool, typer.Option("--front", help="All formulas of the run, not only the recommended one.")
    ] = False,
    plugin: option.Plugin = None,
    runs: option.RunsFolder = option.RUNS,
) -> None:
    """Compare own formulas with a run's on a table.

    Shows complexity, loss, R2, errors and BIC of each: first those of the run,
    then your own. The table needs the run's target.

    \b
    Examples:
      symlaw compare last data.csv "2.1 * mass * speed"
      symlaw compare last new.csv "a * x + 1" "x**2" --refit --front
    """
    from symlaw.cli.plugins import operators_in
    from symlaw.language.parser import parse
    from symlaw.runs.store import read_run, resolve_run
    from symlaw.tasks.comparing import compare as compared
    from symlaw.tasks.comparing import refit as refitted

    found = read_run(resolve_run(run, runs))
    rows = found.rows if front else (found.row(),)
    known = [row.expression.with_operators(operators_in(plugin)) for row in rows]
    own = [parse(text) for text in formulas or ()]
    columns, target = columns_and_target(found, data)
    if refit:
        own = [refitted(one, columns, target) for one in own]
    table = compared([*known, *own], columns, target, loss=found.header.loss.name)
    typer.echo(f"1 to {len(known)} are the run's, the others your own." if own else "All are the run's.")
    typer.echo(str(table))


def columns_and_target(run: Run, data: Path) -> tuple[dict[str, Any], Any]:
    """Columns by name and the target, from the rows of a table that can be used."""
    import numpy as np

    from symlaw.cli.terminal import console, say
    from symlaw.data import read_table
    from symlaw.errors import DataError

    header = run.header
    table = read_table(
        data, target=header.target_name, features=header.feature_names, encodings=header.encodings or None
    )
    for note in table.notes:
        say(console(stderr=True), f"symlaw: {note}")
    if table.y is None:
        raise DataError(f"{str(data)!r} has no column {header.target_name!r} to compare with")
    whole = np.all(np.isfinite(table.X), axis=1) & np.isfinite(table.y)
    return dict(zip(table.feature_names, table.X[whole].T, strict=True)), table.y[whole]
