"""The list of runs for the page; headers of runs that have ended are read once."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symlaw.dashboard.following import Journals, stamp_of
from symlaw.errors import RunError, SymlawError
from symlaw.runs.annotations.notes import NOTE_FILE
from symlaw.runs.records import HEADER_FILE, JOURNAL_FILE, read_expression
from symlaw.runs.scan import differences, summary
from symlaw.runs.store import list_runs

if TYPE_CHECKING:
    from symlaw.runs.scan import Summary
    from symlaw.runs.store import Run

_DIGITS = 6
_FILES = (HEADER_FILE, JOURNAL_FILE, NOTE_FILE)


@dataclass
class Listing:
    """The runs of a folder.

    Parameters
    ----------
    root
        The folder.
    journals
        Where those that have no result yet are followed.
    """

    root: Path
    journals: Journals
    _known: dict[str, tuple[tuple[int, ...], dict[str, Any]]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def folder(self, name: str) -> Path:
        """The folder of a run.

        Raises
        ------
        RunError
            When there is none of this name; a name that is a path is never looked up.
        """
        if name and name not in (".", "..") and not set(name) & set("/\\:\0"):
            found = self.root / name
            try:
                if (found / HEADER_FILE).is_file():
                    return found
            except (OSError, ValueError):
                # a name that the file system cannot have
                pass
        raise RunError(f"there is no run {name[:80]!r}")

    def records(self) -> list[dict[str, Any]]:
        """All runs, the newest first."""
        with self._lock:
            return self._records()

    def _records(self) -> list[dict[str, Any]]:
        folders = list_runs(self.root)
        for gone in self._known.keys() - {folder.name for folder in folders}:
            self._known.pop(gone, None)
        found = [self._record(folder) for folder in folders]
        return sorted(found, key=lambda run: (run["created"], run["id"]), reverse=True)

    def _record(self, folder: Path) -> dict[str, Any]:
        stamp, before = stamp_of(folder, _FILES), self._known.get(folder.name)
        if before is not None and before[0] == stamp and before[1]["state"] not in ("running", "paused"):
            return before[1]
        record = self._read(folder)
        self._known[folder.name] = (stamp, record)
        return record

    def _read(self, folder: Path) -> dict[str, Any]:
        run = summary(folder)
        return {
            "id": run.id, "state": run.state, "created": run.created, "target": run.target,
            "task": run.task, "source": Path(run.source).name, "why": run.why, "name": run.note.name,
            "note": run.note.text,
            **self._best(run),
        }  # fmt: skip

    def _best(self, run: Summary) -> dict[str, Any]:
        """Loss and formula: the recommended one of a finished run, else the best one yet."""
        if run.outcome:
            return {name: run.outcome.get(name) for name in ("loss", "formula", "seconds", "evaluations")}
        if run.task or run.state == "unreadable":
            return {"loss": None, "formula": "", "seconds": None, "evaluations": None}
        try:
            entry, used = self.journals.of(run.folder).best()
            text = "" if entry is None else read_expression(entry["expression"]).shown(_DIGITS)
        except (SymlawError, KeyError, TypeError, ValueError):
            return {"loss": None, "formula": "", "seconds": None, "evaluations": None}
        told = {name: used.get(name) for name in ("seconds", "evaluations")}
        return {"loss": None if entry is None else entry["loss"], "formula": text, **told}


def comparison(first: Run, second: Run) -> dict[str, Any]:
    """Two runs side by side."""
    changed = differences(_asked(first), _asked(second))
    ours, theirs = ({row.complexity: row for row in run.rows} for run in (first, second))
    return {
        "runs": [{"id": run.id, "state": run.state, "counters": run.counters} for run in (first, second)],
        "same_data": first.header.data_digest == second.header.data_digest,
        "settings": [{"name": name, "values": [a, b]} for name, a, b in changed],
        "rows": [
            {"complexity": place, "formulas": [_short(run, rows.get(place)) for run, rows in
                                               ((first, ours), (second, theirs))]}
            for place in sorted({*ours, *theirs})
        ],
    }  # fmt: skip


def _asked(run: Run) -> dict[str, Any]:
    header = run.header
    return {**header.settings, "target": header.target_name, "features": list(header.feature_names)}


def _short(run: Run, row: Any) -> dict[str, Any] | None:
    if row is None:
        return None
    best = run.recommended is not None and run.rows[run.recommended] is row
    return {"loss": row.loss, "text": row.expression.shown(_DIGITS), "recommended": best}
