"""``symlaw predict``: values of a run's formula on other data."""

from __future__ import annotations

import sys

from symlaw.cli import options as option
from symlaw.errors import FileUnreadable, InvalidSetting


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
    from symlaw.cli.management.plugins import operators_in
    from symlaw.cli.output.terminal import console, say
    from symlaw.data.streaming.stream import is_streamed
    from symlaw.runs.store import read_run, resolve_run
    from symlaw.tasks.model.predictions import predictions, streamed_predictions, write_predictions

    found = read_run(resolve_run(run, runs))
    formula = found.row(complexity).expression.with_operators(operators_in(plugin))
    streamed = is_streamed(data)
    if output is not None and not streamed and output.exists() and output.samefile(data):
        raise InvalidSetting(f"--output {str(output)!r} is the table itself: name another file")
    if streamed:
        values, notes = streamed_predictions(found, formula, data), tuple[str, ...]()
    else:
        known, notes = predictions(found, formula, data)
        values = iter([known])
    errors = console(stderr=True)
    for note in notes:
        say(errors, f"symlaw: {note}")
    target = found.header.target_name
    if output is None:
        write_predictions(sys.stdout, target, values)
        return
    try:
        with output.open("w", encoding="utf-8", newline="") as file:
            write_predictions(file, target, values)
    except OSError as error:
        raise FileUnreadable(f"{str(output)!r} cannot be written: {error}") from None
