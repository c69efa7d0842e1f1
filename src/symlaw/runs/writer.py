"""Writing a run while it goes; trouble with the disk never ends the search."""

from __future__ import annotations

import json
import secrets
import time
import warnings
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symlaw.runs.files import number, sync_folder, write_atomic
from symlaw.runs.journal import Journal

if TYPE_CHECKING:
    from symlaw.runs.records import Header, Result
    from symlaw.search.archive import Entry
    from symlaw.search.budget import Spent
    from symlaw.search.portfolio import Progress

HEADER_FILE = "run.json"
JOURNAL_FILE = "journal.jsonl"
RESULT_FILE = "result.json"
PROGRESS_SECONDS = 5.0


def new_run_id() -> str:
    """A name for a run: its date, its time, and four random characters."""
    return f"{datetime.now():%Y-%m-%d-%H%M%S}-{secrets.token_hex(2)}"


def _warn(sentence: str) -> None:
    warnings.warn(sentence, RuntimeWarning, stacklevel=2)


class RunWriter:
    """Writes one run: the header at once, the journal as the search goes, the result at its end.

    Parameters
    ----------
    folder
        Where to; when it holds a run already, a free name beside it is taken.
    header
        What is asked.
    warn
        Told, once, in a sentence when something cannot be written.

    Attributes
    ----------
    folder
        Where it writes.
    complete
        Whether all that it was given so far is on disk.
    """

    def __init__(self, folder: Path, header: Header, warn: Callable[[str], None] = _warn) -> None:
        self.folder = folder
        self.complete = True
        self._warn: Callable[[str], None] | None = warn
        self._journal: Journal | None = None
        self._known: dict[float, Entry] = {}
        self._told_at = time.monotonic()
        self._try(lambda: self._open(header))

    def listen(self, progress: Progress) -> None:
        """Note what an epoch brought; goes to `symlaw.search.portfolio.search` as ``listen``."""
        if self._journal is None:
            return
        front = {entry.complexity: entry for entry in progress.front}
        new = [entry for place, entry in front.items() if self._known.get(place) is not entry]
        late = time.monotonic() - self._told_at >= PROGRESS_SECONDS
        if not (new or late or progress.stopping):
            return
        self._told_at, self._known = time.monotonic(), front
        record: dict[str, Any] = {"kind": "progress", **counters(progress.spent)}
        if new:
            record["kind"] = "front"
            record["entries"] = [_entry_record(entry) for entry in new]
            record["front"] = list(front)
        self._add(record)

    def note(self, text: str) -> None:
        """Note a sentence."""
        self._add({"kind": "note", "text": text})

    def finish(self, result: Result) -> None:
        """Write the result and close the run."""
        self._add({"kind": "end", "finished": True, "reason": result.stopped_by, **result.counters})
        if self._journal is not None:
            text = json.dumps(result.to_record(), allow_nan=False)
            self._try(lambda: write_atomic(self.folder / RESULT_FILE, text))
        self._close()

    def fail(self, reason: str) -> None:
        """Close a run that an error ended."""
        self._add({"kind": "end", "finished": False, "reason": reason})
        self._close()

    def _open(self, header: Header) -> None:
        text = json.dumps(header.to_record(), indent=1)
        self.folder = _claim(self.folder, text)
        self._journal = Journal(self.folder / JOURNAL_FILE)
        sync_folder(self.folder)

    def _add(self, record: dict[str, Any]) -> None:
        if self._journal is None:
            return
        self._journal.add(record)
        self.complete = True
        self._try(self._journal.flush)

    def _close(self) -> None:
        if self._journal is not None:
            self._journal.close()
        self._journal = None

    def _try(self, action: Callable[[], None]) -> None:
        try:
            action()
        except OSError as error:
            self.complete = False
            if self._warn is not None:
                self._warn(f"the run cannot be saved in {str(self.folder)!r} ({error}); the search goes on.")
            self._warn = None


def counters(spent: Spent) -> dict[str, float]:
    """What a search has used, as plain numbers."""
    return {"seconds": round(spent.seconds, 3), **{k: v for k, v in asdict(spent).items() if k != "started"}}


def _entry_record(entry: Entry) -> dict[str, Any]:
    return {
        "complexity": number(entry.complexity),
        "loss": number(entry.loss),
        **({} if entry.objective is None else {"objective": number(entry.objective)}),
        "source": entry.source,
        "expression": json.loads(entry.expression.to_json()),
        "inner": json.loads(entry.inner.to_json()),
    }


def _claim(folder: Path, header: str) -> Path:
    """Make a folder with this header in it, the first free one of ``folder``, ``folder-2``, ..."""
    count = 1
    while True:
        chosen = folder if count == 1 else folder.with_name(f"{folder.name}-{count}")
        chosen.mkdir(parents=True, exist_ok=True)
        try:
            with (chosen / HEADER_FILE).open("x", encoding="utf-8") as file:
                file.write(header)
            return chosen
        except FileExistsError:
            count += 1
