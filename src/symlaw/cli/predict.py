"""``symlaw predict``: values of a run's formula on other data."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from symlaw.cli import options as option
from symlaw.errors import FileUnreadable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from symlaw.language.expression import Expression
    from symlaw.runs.store import Run


def predict(
    run: option.RunName,
    data: option.Data,
    complexity: option.OneComplexity = None,
    output: option.OutputFile = None,
    plugin: option.Plugin = None,
    runs: option.RunsFolder = option.RUNS,
) -> None:
    """Compute a run's formula on a table.

    Writes CSV with one column and one line per row of the table; nan where the
    formula is undefined or a value is missing. The columns are read as those of
    the run were.

    \b
    Examples:
      symlaw predict last new.csv
      symlaw predict last new.csv --complexity 4 -o predicted.csv
    """
    from symlaw.cli.plugins import operators_in
    from symlaw.runs.store import read_run, resolve_run

    found = read_run(resolve_run(run, runs))
    formula = found.row(complexity).expression.with_operators(operators_in(plugin))
    values = _values(found, formula, data)
    name = f"{found.header.target_name}_predicted"
    if output is None:
        _write(sys.stdout, name, values.tolist())
        return
    try:
        with output.open("w", encoding="utf-8", newline="") as file:
            _write(file, name, values.tolist())
    except OSError as error:
        raise FileUnreadable(f"{str(output)!r} cannot be written: {error}") from None


def _values(run: Run, expression: Expression, data: Path) -> NDArray[np.float64]:
    from symlaw.cli.terminal import console, say
    from symlaw.data import read_table
    from symlaw.engine.evaluate import evaluate

    if run.header.encodings:
        table = read_table(
            data, encodings=run.header.encodings, features=expression.variables or run.header.feature_names
        )
    else:
        table = read_table(data, features=run.header.feature_names)
    errors = console(stderr=True)
    for note in table.notes:
        say(errors, f"symlaw: {note}")
    values: NDArray[np.float64] = evaluate([expression], table.X, table.feature_names)[0]
    return values


def _write(file: TextIO, name: str, values: Iterable[float]) -> None:
    lines = csv.writer(file, lineterminator="\n")
    lines.writerow([name])
    lines.writerows([repr(value)] for value in values)
