"""``symlaw predict``: values of a run's formula, or labels of its rule, on other data."""

from __future__ import annotations

import csv
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, TextIO

import typer

from symlaw.cli import options as option
from symlaw.cli.answering import model_in, refuse_options
from symlaw.errors import FileUnreadable, InvalidSetting

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def predict(
    run: option.RunName,
    data: option.Data,
    complexity: option.OneComplexity = None,
    output: option.OutputFile = None,
    plugin: option.Plugin = None,
    abstain: Annotated[
        bool, typer.Option("--abstain", help="Of a rule: no label where rules that fit as well disagree.")
    ] = False,
    runs: option.RunsFolder = option.RUNS,
) -> None:
    """Compute a run's formula, or its rule, on a table.

    Writes CSV with one column and one line per row of the table; nan where the
    formula is undefined or a value is missing. The columns are read as those of
    the run were. Of a rule it writes labels; with --abstain the line is empty
    where rules that describe the fitted rows as well say something else.

    \b
    Examples:
      symlaw predict last new.csv
      symlaw predict last new.csv --complexity 4 -o predicted.csv
      symlaw predict last patients.csv --abstain
    """
    from symlaw.cli.management.plugins import operators_in
    from symlaw.cli.output.terminal import console, say
    from symlaw.data.streaming.stream import is_streamed
    from symlaw.runs.store import read_run, resolve_run
    from symlaw.tasks.model.predictions import predictions, streamed_predictions, write_predictions

    folder = resolve_run(run, runs)
    streamed = is_streamed(data)
    if output is not None and not streamed and output.exists() and output.samefile(data):
        raise InvalidSetting(f"--output {str(output)!r} is the table itself: name another file")
    model = model_in(folder)
    if model is not None:
        refuse_options(folder, {"--complexity": complexity, "--plugin": plugin})
        _write_labels(folder, model, data, output, abstain=abstain)
        return
    if abstain:
        raise InvalidSetting("--abstain is for rules, and the run is of a formula: leave it out")
    found = read_run(folder)
    formula = found.row(complexity).expression.with_operators(operators_in(plugin))
    if streamed:
        values, notes = streamed_predictions(found, formula, data), tuple[str, ...]()
    else:
        known, notes = predictions(found, formula, data)
        values = iter([known])
    errors = console(stderr=True)
    for note in notes:
        say(errors, f"symlaw: {note}")
    with _written_to(output) as file:
        write_predictions(file, found.header.target_name, values)


def _write_labels(folder: Path, model: Any, data: Path, output: Path | None, *, abstain: bool) -> None:
    """Labels of a rule, one a line, empty where the rule abstains."""
    from symlaw.cli.output.terminal import console, say
    from symlaw.runs.answers import read_answer
    from symlaw.tasks.model.predictions import predicted_name
    from symlaw.tasks.rules.estimator import RuleClassifier
    from symlaw.tasks.rules.inputs import table_for

    answer = read_answer(folder)
    if not isinstance(model, RuleClassifier):
        raise InvalidSetting(
            f"run {answer.id!r} is of {answer.asked.task!r}, and predict is for formulas of a table and for"
            " rules: see symlaw export"
        )
    labels = model.predict(table_for(model._kinds, data), abstain=abstain)
    with _written_to(output) as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow([predicted_name(answer.asked.target)])
        lines.writerows([label] for label in labels.tolist())
    undecided = sum(label is None for label in labels.tolist())
    if undecided:
        say(
            console(stderr=True),
            f"symlaw: {undecided} of {len(labels)} rows have no label: rules that describe the fitted rows as"
            " well disagree there",
        )


@contextmanager
def _written_to(output: Path | None) -> Iterator[TextIO]:
    """The file, or standard output."""
    if output is None:
        yield sys.stdout
        return
    try:
        with output.open("w", encoding="utf-8", newline="") as file:
            yield file
    except OSError as error:
        raise FileUnreadable(f"{str(output)!r} cannot be written: {error}") from None
