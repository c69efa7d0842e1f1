"""A run's formula on another table, and its values as CSV."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, TextIO

from symlaw.data import read_table
from symlaw.data.streaming.encoding import wanted_of
from symlaw.data.streaming.stream import open_stream
from symlaw.engine.evaluate import evaluate
from symlaw.tasks.streaming.passes import predict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from symlaw.language.expression import Expression
    from symlaw.runs.store import Run


def predictions(run: Run, expression: Expression, path: Path) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """A formula's values on a table whose columns are read as those of the run were.

    Parameters
    ----------
    run
        The run.
    expression
        A formula of its columns.
    path
        The table.

    Returns
    -------
    values
        One for each row (n_samples,); nan where the formula is undefined or a value is missing.
    notes
        What was done with the columns, in sentences.

    Raises
    ------
    FileUnreadable, DataError, ColumnNotFound
        When the table cannot be read, or lacks a column.
    """
    header = run.header
    if header.encodings:
        features = expression.variables or header.feature_names
        table = read_table(path, encodings=header.encodings, features=features)
    else:
        table = read_table(path, features=header.feature_names)
    values: NDArray[np.float64] = evaluate([expression], table.X, table.feature_names)[0]
    return values, tuple(table.notes)


def streamed_predictions(run: Run, expression: Expression, path: Path) -> Iterator[NDArray[np.float64]]:
    """`predictions` of a table larger than memory, batch by batch."""
    header = run.header
    names = expression.variables or header.feature_names[:1]
    return predict(expression, open_stream(path), wanted_of(header.encodings, names))


def predicted_name(target: str) -> str:
    """What predicted values of a target are called; a unit in brackets stays last.

    Examples
    --------
    >>> predicted_name("y"), predicted_name("period [s]")
    ('y_predicted', 'period_predicted [s]')
    """
    name, space, unit = target.rpartition(" [")
    return f"{name}_predicted [{unit}" if space and unit.endswith("]") else f"{target}_predicted"


def write_predictions(file: TextIO, target: str, values: Iterable[NDArray[np.float64]]) -> None:
    """Write predicted values, batch by batch, as CSV of one column, with all their digits."""
    lines = csv.writer(file, lineterminator="\n")
    lines.writerow([predicted_name(target)])
    for some in values:
        lines.writerows([repr(value)] for value in some.tolist())
