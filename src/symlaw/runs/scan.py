"""Lists of runs from their headers alone, quick where there are many; filters, comparison and clearing up."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from symlaw.errors import InvalidSetting, RunError
from symlaw.runs.annotations.notes import Note, note_or_none
from symlaw.runs.checkpoints.checkpoint import CHECKPOINT_FILE
from symlaw.runs.files import load_record
from symlaw.runs.journal import follow
from symlaw.runs.records import HEADER_FILE, HEADER_KEY, JOURNAL_FILE, OUTCOME, RESULT_FILE, TASK, VERSION
from symlaw.runs.store import State, alive_state, list_runs

STATES = ("finished", "running", "paused", "interrupted")
# Enough of a journal's end to hold its last line where that is not a front.
_TAIL = 4096
_UNITS = {"h": 3600.0, "d": 86400.0, "w": 7 * 86400.0}
# Where, in a folder of runs, tables lie that were dropped on the dashboard: each in a folder of its own.
TABLES_FOLDER = ".tables"
# Seconds for which a dropped table may wait for its first run.
_IN_HAND = 3600.0


@dataclass(frozen=True)
class Summary:
    """What a run's header says.

    Parameters
    ----------
    folder
        Where it lies.
    state
        As `symlaw.runs.store.Run` has it; ``"unreadable"`` where the header is damaged or of another version.
    created
        When it began, in ISO 8601.
    target, source
        Column, and path of the data; "" for data from memory.
    settings
        As the header has them.
    outcome
        Once finished: ``reason``, ``seconds``, ``evaluations``, ``complexity``, ``loss``, ``formula``.
    task
        Which question it is of; "" for a formula of a table.
    why
        Why it is unreadable.
    note
        What people say of it.
    """

    folder: Path
    state: State | str
    created: str = ""
    target: str = ""
    source: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    outcome: Mapping[str, Any] = field(default_factory=dict)
    task: str = ""
    why: str = ""
    note: Note = field(default_factory=Note)

    @property
    def id(self) -> str:
        """Name of the run."""
        return self.folder.name


@dataclass(frozen=True)
class Filter:
    """Which runs are wanted; None for all.

    Parameters
    ----------
    target
        Name of the column.
    source
        Part of the path of the data.
    state
        One of `STATES`.
    since
        Begun then or later.
    """

    target: str | None = None
    source: str | None = None
    state: str | None = None
    since: datetime | None = None

    def takes(self, run: Summary) -> bool:
        """Whether a run is wanted."""
        return (
            self.target in (None, run.target)
            and (self.source is None or self.source in run.source)
            and self.state in (None, run.state)
            and (self.since is None or (run.created != "" and _moment(run.created) >= self.since))
        )


def scan(root: Path, wanted: Filter | None = None) -> Iterator[Summary]:
    """The runs of a folder, the oldest first; a header that cannot be read is told, not raised."""
    found = sorted(map(summary, list_runs(root)), key=lambda run: (run.created, run.id))
    return (run for run in found if wanted is None or wanted.takes(run))


def summary(folder: Path) -> Summary:
    """What one header says."""
    try:
        record = load_record(folder / HEADER_FILE, HEADER_KEY, VERSION)
        outcome = record.get(OUTCOME) or {}
        state = "finished" if outcome else _state(folder, record)
        created, target, source = (str(record[name]) for name in ("created", "target_name", "source"))
        note = note_or_none(folder)
        task = str(record.get(TASK, ""))
        return Summary(folder, state, created, target, source, record["settings"], outcome, task, note=note)
    except (RunError, KeyError) as error:
        return Summary(folder, "unreadable", why=str(error), note=note_or_none(folder))


def _state(folder: Path, record: Mapping[str, Any]) -> State:
    """The state of a run whose header tells no end."""
    if (folder / RESULT_FILE).exists():
        return "finished"
    alive = alive_state(folder, record["process"])
    if alive is None:
        return "interrupted"
    # an error ends a run and not always its process
    return "interrupted" if _last(folder).get("kind") == "end" else alive


def _last(folder: Path) -> Mapping[str, Any]:
    path = folder / JOURNAL_FILE
    try:
        begin = max(0, path.stat().st_size - _TAIL)
    except OSError:
        return {}
    records, _ = follow(path, begin)
    return records[-1] if records else {}


def moment_of(text: str) -> datetime:
    """A moment from a date, a date with time, or an age such as ``2d``, ``12h`` or ``1w``.

    Raises
    ------
    InvalidSetting
        When it is none of these.
    """
    unit = _UNITS.get(text[-1:])
    try:
        if unit is not None:
            return datetime.now(UTC) - timedelta(seconds=float(text[:-1]) * unit)
        return _moment(text)
    except (ValueError, OverflowError):
        raise InvalidSetting(
            f"{text!r} is no moment: give a date such as 2026-05-04, or an age such as 2d, 12h or 1w"
        ) from None


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    # a moment that names no zone is one here
    return found if found.tzinfo is not None else found.astimezone()


def differences(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Settings that differ between two runs, as (name, first, second)."""
    names = sorted({*first, *second})
    return [
        (name, json.dumps(first.get(name)), json.dumps(second.get(name)))
        for name in names
        if first.get(name) != second.get(name)
    ]


def remove(run: Summary) -> None:
    """Delete a run's folder.

    Raises
    ------
    RunError
        When it is going, is a link to a folder elsewhere, or cannot be deleted.
    """
    if run.state in ("running", "paused"):
        raise RunError(f"run {run.id!r} is {run.state}: stop it first, with symlaw runs stop {run.id}")
    if run.folder.is_symlink():
        raise RunError(f"run {run.id!r} is a link to a folder elsewhere: remove it there")
    try:
        # without a header it is no run any more, however far the rest comes
        (run.folder / HEADER_FILE).unlink()
        shutil.rmtree(run.folder)
    except OSError as error:
        raise RunError(f"run {run.id!r} cannot be removed: {error}") from None


def clutter(runs: Iterable[Summary]) -> list[Path]:
    """Files that no one needs: checkpoints of finished runs, and what crashes left half written."""
    found: list[Path] = []
    for run in runs:
        if run.state in ("running", "paused"):
            continue
        found += sorted(run.folder.glob(".*.tmp"))
        if run.state == "finished":
            found += [path for path in (run.folder / CHECKPOINT_FILE,) if path.exists()]
    return found


def unused_tables(root: Path, runs: Sequence[Summary]) -> list[Path]:
    """Tables that were dropped on the dashboard an hour ago or earlier, and that no run was made of.

    While a run cannot be read, nobody knows which table is its own, and none counts as unused.
    """
    if any(run.state == "unreadable" for run in runs):
        return []
    used = {Path(run.source).parent.name for run in runs}
    latest = time.time() - _IN_HAND
    return [
        path
        for path in sorted((root / TABLES_FOLDER).glob("*/*"))
        if path.parent.name not in used and path.stat().st_mtime < latest
    ]
