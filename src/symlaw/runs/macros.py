"""The file of macros that a user keeps, and the formulas of runs in which macros are looked for."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from symlaw.errors import FileUnreadable, RunError
from symlaw.language.macros import Macro, macros_from
from symlaw.runs.files import load_record, write_atomic
from symlaw.search.library_learning import Seen

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from symlaw.runs.store import Run

KEY, VERSION = "symlaw_macros", 1


def read_macros(path: Path) -> tuple[Macro, ...]:
    """The macros of a file.

    Raises
    ------
    FileUnreadable
        When there is no such file.
    RunError
        When it is damaged, or of an unknown version.
    InvalidSetting
        When a macro in it cannot be used.
    """
    if not path.exists():
        raise FileUnreadable(f"There is no file {str(path)!r}: make one with symlaw macros keep")
    record = load_record(path, KEY, VERSION)
    try:
        found = [Macro(**{**entry}) for entry in record["macros"]]
    except (KeyError, TypeError) as error:
        raise RunError(f"{str(path)!r} is damaged: a macro has no {error}") from None
    return macros_from(found)


def write_macros(path: Path, macros: Sequence[Macro]) -> None:
    """Write macros to a file, whole or not at all."""
    record = {KEY: VERSION, "macros": [asdict(macro) for macro in macros]}
    write_atomic(path, json.dumps(record, indent=1) + "\n")


def formulas_of(runs: Iterable[Run]) -> list[Seen]:
    """The fronts of runs, as `symlaw.search.library_learning.recurring` takes them."""
    return [
        Seen(row.expression, f"{run.header.target_name} {run.header.data_digest}", run.id)
        for run in runs
        for row in run.rows
    ]
