"""``symlaw compare``: own formulas beside those of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from symlaw.cli import options as option

if TYPE_CHECKING:
    from pathlib import Path

    from symlaw.data import Table
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
    from symlaw.cli.management.plugins import operators_in
    from symlaw.runs.store import read_run, resolve_run
    from symlaw.tasks.front.user_formula import typed_formula
    from symlaw.tasks.model.compare import compare as compared
    from symlaw.tasks.model.compare import refit as refitted

    found = read_run(resolve_run(run, runs))
    rows = found.rows if front else (found.row(),)
    known = [row.expression.with_operators(operators_in(plugin)) for row in rows]
    own = [typed_formula(text, found) for text in formulas or ()]
    columns, target, _ = rows_told = measured(found, data)
    weights, loss = rows_told.weights, found.header.loss
    if refit:
        own = [refitted(one, columns, target, weights, loss=loss) for one in own]
    table = compared([*known, *own], columns, target, sample_weight=weights, loss=loss)
    typer.echo(f"1 to {len(known)} are the run's, the others your own." if own else "All are the run's.")
    typer.echo(str(table))


class Measured(NamedTuple):
    """Rows of a table that can be used, weighed as a run weighed its own.

    Attributes
    ----------
    columns
        By name, (n_rows,) each.
    target
        (n_rows,).
    weighing
        ``sample_weight`` or ``y_std`` (n_rows,) by that name; empty where all rows count alike.
    """

    columns: dict[str, Any]
    target: Any
    weighing: dict[str, Any]

    @property
    def weights(self) -> Any:
        """Inverse variances up to a factor (n_rows,), or None."""
        if "y_std" in self.weighing:
            return self.weighing["y_std"] ** -2.0
        return self.weighing.get("sample_weight")


def table_of(run: Run, data: Path | None) -> Path:
    """The table that was named, or that of the run.

    Raises
    ------
    InvalidSetting
        When none was named and that of the run is not at its place.
    """
    from pathlib import Path

    from symlaw.errors import InvalidSetting

    if data is not None:
        return data
    if not run.header.source:
        raise InvalidSetting("the run's data came from memory: name a table after the run")
    source = Path(run.header.source)
    if not source.exists():
        raise InvalidSetting(f"the run's table {str(source)!r} is not at its place: name it after the run")
    return source


def measured(run: Run, data: Path) -> Measured:
    """The rows of a table that a run's formulas can be judged on."""
    import numpy as np

    from symlaw.cli.output.terminal import console, say
    from symlaw.errors import DataError

    header = run.header
    table = _read(run, data)
    for note in table.notes:
        say(console(stderr=True), f"symlaw: {note}")
    if table.y is None:
        raise DataError(f"{str(data)!r} has no column {header.target_name!r} to compare with")
    whole = np.all(np.isfinite(table.X), axis=1) & np.isfinite(table.y)
    if table.weights is not None:
        whole &= table.weights > 0
    weighing = {"sample_weight": table.weights} if table.y_std is None else {"y_std": table.y_std}
    return Measured(
        dict(zip(table.feature_names, table.X[whole].T, strict=True)),
        table.y[whole],
        {name: values[whole] for name, values in weighing.items() if values is not None},
    )


def _read(run: Run, data: Path) -> Table:
    """A table with the weights of a run, without where it lacks that column."""
    from dataclasses import replace

    from symlaw.data import read_table
    from symlaw.errors import ColumnNotFound

    header = run.header
    asked: dict[str, Any] = {
        "target": header.target_name,
        "features": header.feature_names,
        "encodings": header.encodings or None,
    }
    weighing: dict[str, Any] = {name: header.reading.get(name) for name in ("weights", "y_std")}
    try:
        return read_table(data, **asked, **weighing)
    except ColumnNotFound:
        if not any(weighing.values()):
            raise
        table = read_table(data, **asked)
        column = weighing["weights"] or weighing["y_std"]
        note = f"{data} has no column {column!r}, which the run weighed rows by: all rows count alike."
        return replace(table, notes=(*table.notes, note))
