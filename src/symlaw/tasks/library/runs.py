"""A library beside runs: what the command keeps of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from symlaw.runs.store import read_run
from symlaw.tasks.library.hints import NewData, keep

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from symlaw.data import Table
    from symlaw.language.expression import Expression


def data_of(table: Table) -> NewData:
    """A table as a library looks at it."""
    y = np.zeros(len(table.X)) if table.y is None else table.y
    return NewData(table.X, y, table.feature_names, table.target_name or "y")


def keep_found(library: Path, folder: Path, table: Table, hints: Sequence[Expression]) -> None:
    """Keep what a run recommends."""
    run = read_run(folder)
    row = run.row(None)
    keep(library, data_of(table), row.expression, row.loss, str(run.finding.get("word", "")), hints)
