"""Following a run: what of its journal is new, kept as one front, however long the journal gets."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from symlaw.dashboard.values import formula_record
from symlaw.errors import RunError
from symlaw.runs.files import load_record
from symlaw.runs.journal import follow
from symlaw.runs.marks import read_marks
from symlaw.runs.records import HEADER_FILE, HEADER_KEY, JOURNAL_FILE, VERSION, Header
from symlaw.runs.scan import summary
from symlaw.runs.store import choose, formula_of, read_run

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from symlaw.runs.marks import Marked
    from symlaw.runs.records import Formula

GOING = ("running", "paused")


@dataclass
class Following:
    """A journal as far as it was read.

    Parameters
    ----------
    folder
        Of the run.

    Attributes
    ----------
    entries
        What the journal says of each formula of the latest front, by complexity.
    counters, shares
        What the search had used when it last wrote, and which part of the work each searcher did.
    """

    folder: Path
    entries: dict[float, Mapping[str, Any]] = field(default_factory=dict)
    counters: dict[str, float] = field(default_factory=dict)
    shares: dict[str, float] = field(default_factory=dict)
    _offset: int = 0
    _shown: dict[float, tuple[Mapping[str, Any], Formula, dict[str, Any]]] = field(default_factory=dict)

    def update(self) -> bool:
        """Read on; whether there was anything new."""
        records, offset = follow(self.folder / JOURNAL_FILE, self._offset)
        self._offset = offset
        for record in records:
            self._take(record)
        return bool(records)

    def _take(self, record: Mapping[str, Any]) -> None:
        numbers = {k: v for k, v in record.items() if isinstance(v, (int, float)) and not isinstance(v, bool)}
        if "evaluations" in numbers:
            self.counters = numbers
        self.shares = record.get("shares", self.shares)
        if record.get("kind") == "front":
            new = {float(entry["complexity"]): entry for entry in record["entries"]}
            known = {**self.entries, **new}
            self.entries = {float(place): known[float(place)] for place in sorted(record["front"])}

    @property
    def best(self) -> Mapping[str, Any] | None:
        """The entry of the smallest loss."""
        return min(self.entries.values(), key=lambda entry: float(entry["loss"]), default=None)

    def snapshot(self, header: Header) -> dict[str, Any]:
        """The front for the page; what was made of an entry before is used again."""
        shown = {}
        for place, entry in self.entries.items():
            before = self._shown.get(place)
            if before is None or before[0] is not entry:
                formula = formula_of(entry, header)
                before = (entry, formula, formula_record(formula))
            shown[place] = before
        self._shown = shown
        chosen = choose([formula for _, formula, _ in shown.values()], header)
        return {
            "rows": [record for _, _, record in shown.values()],
            "recommended": None if chosen is None else chosen.place,
            "reason": "" if chosen is None else chosen.reason,
            "counters": self.counters,
            "shares": self.shares,
        }


def header_in(folder: Path) -> Header:
    """The header of a run; raises `RunError` where it cannot be read."""
    return Header.from_record(load_record(folder / HEADER_FILE, HEADER_KEY, VERSION))


def live(following: Following) -> dict[str, Any]:
    """All that changes of a run while it goes, as the page shows it."""
    state = summary(following.folder).state
    if state in GOING:
        told = {
            **following.snapshot(header_in(following.folder)),
            "stopped_by": None,
            "notes": [],
            "doubts": [],
        }
    else:
        told = _ended(following)
    marks = read_marks(following.folder)
    return {"state": state, **told, "marked": _marked(told["rows"], marks)}


def _ended(following: Following) -> dict[str, Any]:
    run = read_run(following.folder)
    return {
        "rows": [formula_record(row) for row in run.rows],
        "recommended": run.recommended,
        "reason": run.reason,
        "counters": run.counters,
        "shares": following.shares,
        "stopped_by": run.stopped_by,
        "notes": run.notes,
        "doubts": run.doubts,
    }


def _marked(rows: list[dict[str, Any]], marks: Mapping[str, Marked]) -> list[dict[str, Any]]:
    """Marked formulas, each told whether it is on the front now."""
    there = {row["key"] for row in rows}
    return [{**formula_record(one.formula, one.mark), "on_front": key in there} for key, one in marks.items()]


def formula_named(folder: Path, key: str) -> Formula:
    """The formula of a run's front, or a marked one, that has a key.

    Raises
    ------
    RunError
        When there is none any more.
    """
    from symlaw.runs.marks import key_of

    run = read_run(folder)
    marked = read_marks(folder).get(key)
    if marked is not None:
        return marked.formula
    found = next((row for row in run.rows if key_of(row.expression) == key), None)
    if found is None:
        raise RunError("this formula is no longer on the front: choose another one")
    return found
