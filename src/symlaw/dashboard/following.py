"""Following runs: what is new of their journals is read once, however long they get and however many look."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from symlaw.dashboard.progress import Improvements, limits_of
from symlaw.dashboard.values import expression_record, formula_record
from symlaw.errors import RunError
from symlaw.runs.annotations.marks import key_of, read_marks
from symlaw.runs.annotations.notes import note_or_none
from symlaw.runs.journal import FrontSummary, follow
from symlaw.runs.records import JOURNAL_FILE
from symlaw.runs.store import run_of
from symlaw.trust.selection.finding import words_of
from symlaw.trust.terms import read_terms, table_of_terms

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from symlaw.runs.annotations.marks import Marked
    from symlaw.runs.records import Formula
    from symlaw.runs.store import Run

GOING = ("running", "paused")
# Bytes of a journal that are read at a time, and runs that are followed at a time.
_BYTES, _MOST = 2**18, 64


@dataclass
class Following:
    """A journal as far as it was read; several may ask at a time.

    Parameters
    ----------
    folder
        Of the run.

    Attributes
    ----------
    told
        What the journal says so far.
    improvements
        How the smallest loss fell.
    """

    folder: Path
    told: FrontSummary = field(default_factory=FrontSummary)
    improvements: Improvements = field(default_factory=Improvements)
    _offset: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _printed: dict[str, dict[str, Any]] = field(default_factory=dict)

    def update(self) -> None:
        """Read on."""
        path = self.folder / JOURNAL_FILE
        with self._lock:
            while True:
                records, self._offset = follow(path, self._offset, _BYTES)
                if not records:
                    return
                self.told.take(records)
                self.improvements.take(records)

    def run(self) -> Run:
        """The run as it is now; raises `RunError` where it cannot be read."""
        self.update()
        with self._lock:
            return run_of(self.folder, self.told)

    def records(self, rows: Sequence[Formula]) -> list[dict[str, Any]]:
        """Formulas for the page; those that were told last are not printed again."""
        before, keys = self._printed, [key_of(row.expression) for row in rows]
        printed = [
            before.get(key) or expression_record(row.expression) for key, row in zip(keys, rows, strict=True)
        ]
        self._printed = dict(zip(keys, printed, strict=True))
        return [formula_record(row, printed=one) for row, one in zip(rows, printed, strict=True)]

    def best(self) -> tuple[Mapping[str, Any] | None, Mapping[str, float]]:
        """The entry of the smallest loss, and what the search has used."""
        self.update()
        with self._lock:
            entries = self.told.entries.values()
            return min(entries, key=lambda entry: float(entry["loss"]), default=None), self.told.counters


@dataclass
class Journals:
    """The runs that are followed, the latest that were asked for."""

    _kept: OrderedDict[Path, Following] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, folder: Path) -> Following:
        """A run."""
        with self._lock:
            found = self._kept.pop(folder, None) or Following(folder)
            self._kept[folder] = found
            if len(self._kept) > _MOST:
                self._kept.popitem(last=False)
            return found

    def forget(self, folder: Path) -> None:
        """Leave out a run that was deleted."""
        with self._lock:
            self._kept.pop(folder, None)


def stamp_of(folder: Path, names: Sequence[str]) -> tuple[int, ...]:
    """What differs once one of some files of a run was written to."""
    found: list[int] = []
    for name in names:
        try:
            told = (folder / name).stat()
            found += [told.st_mtime_ns, told.st_size]
        except OSError:
            found += [-1, -1]
    return tuple(found)


def live(following: Following) -> dict[str, Any]:
    """All that changes of a run while it goes, as the page shows it."""
    run = following.run()
    rows = following.records(run.rows)
    return {
        "state": run.state,
        "rows": rows,
        "recommended": run.recommended,
        "reason": run.reason,
        "finding": words_of(run.finding),
        "noise": run.noise,
        "proof": run.proof,
        "terms": table_of_terms(read_terms(run.terms)),
        "counters": run.counters,
        "shares": following.told.shares,
        "improvements": following.improvements.record(),
        "limits": limits_of(run.header),
        "stopped_by": run.stopped_by,
        "notes": run.notes,
        "doubts": run.doubts,
        "note": asdict(note_or_none(following.folder)),
        "marked": _marked(rows, read_marks(following.folder)),
    }


def _marked(rows: Sequence[Mapping[str, Any]], marks: Mapping[str, Marked]) -> list[dict[str, Any]]:
    """Marked formulas, each told whether it is on the front now."""
    there = {row["key"] for row in rows}
    return [{**formula_record(one.formula, one.mark), "on_front": key in there} for key, one in marks.items()]


def formula_named(run: Run, key: str) -> Formula:
    """The formula of a run's front, or a marked one, that has a key.

    Raises
    ------
    RunError
        When there is none any more.
    """
    marked = read_marks(run.folder).get(key)
    if marked is not None:
        return marked.formula
    found = next((row for row in run.rows if key_of(row.expression) == key), None)
    if found is None:
        raise RunError("this formula is no longer on the front: choose another one")
    return found
