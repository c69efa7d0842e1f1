"""Writing a run while it goes; trouble with the disk never ends the search."""

from __future__ import annotations

import json
import secrets
import time
import warnings
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symlaw.errors import RunError
from symlaw.runs.checkpoints.checkpoint import CHECKPOINT_FILE, CannotStore, write_checkpoint
from symlaw.runs.control import obey, take_back
from symlaw.runs.files import number, sync_folder, write_atomic
from symlaw.runs.journal import Journal, read_journal
from symlaw.runs.records import HEADER_FILE, JOURNAL_FILE, OUTCOME, RESULT_FILE
from symlaw.search.loop.state import STOPPED

if TYPE_CHECKING:
    import threading

    from symlaw.runs.records import Header, Result
    from symlaw.search.archive import Entry
    from symlaw.search.loop.budget import Spent
    from symlaw.search.loop.saved_state import SavedState
    from symlaw.search.loop.search import Progress

EARLIER_RESULT_FILE = "result.earlier.json"
PROGRESS_SECONDS = 5.0
# Between checkpoints: at least so many seconds, and so many times what the last one took.
CHECKPOINT_SECONDS, _RARELY = 30.0, 100.0


def new_run_id() -> str:
    """A name for a run: its date, its time, and four random characters."""
    return f"{datetime.now():%Y-%m-%d-%H%M%S}-{secrets.token_hex(2)}"


def say_warning(sentence: str) -> None:
    """What is said where nobody else takes it."""
    warnings.warn(sentence, RuntimeWarning, stacklevel=2)


class FolderWriter:
    """What writes into the folder of a run; trouble with the disk is said once and never ends the search.

    Parameters
    ----------
    folder
        Where to.
    warn
        Takes a sentence, once, when something cannot be written.

    Attributes
    ----------
    folder
        Where it writes.
    complete
        Whether all that it was given so far is on disk.
    """

    def __init__(self, folder: Path, warn: Callable[[str], None] = say_warning) -> None:
        self.folder = folder
        self.complete = True
        self._warn: Callable[[str], None] | None = warn
        self._journal: Journal | None = None

    def note(self, text: str) -> None:
        """Note a sentence."""
        self._add({"kind": "note", "text": text})

    def fail(self, reason: str) -> None:
        """Close a run that an error ended."""
        self._add({"kind": "end", "finished": False, "reason": reason})
        self._close()

    def _begin(self, header: dict[str, Any]) -> None:
        """Make the folder, or a free name beside it, with this header and a journal."""
        self.folder = claim_folder(self.folder, json.dumps(header, indent=1))
        self._journal = Journal(self.folder / JOURNAL_FILE)
        sync_folder(self.folder)

    def _go_on(self) -> None:
        """Take the journal of the run that the folder holds."""
        try:
            self._journal = Journal(self.folder / JOURNAL_FILE)
        except BlockingIOError:
            raise RunError(
                f"run {self.folder.name!r} is being written by another process: wait for it, or stop it with"
                f" symlaw runs stop {self.folder.name}"
            ) from None
        take_back(self.folder)

    def _add(self, record: dict[str, Any]) -> None:
        if self._journal is None:
            return
        self._journal.add(record)
        self.complete = True
        self._try(self._journal.flush)

    def _close(self) -> None:
        if self._journal is not None:
            self._try(lambda: take_back(self.folder))
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


class RunWriter(FolderWriter):
    """Writes one run: the header at once, journal and checkpoints as the search goes, the result at its end.

    Parameters
    ----------
    folder
        Where to; when it holds a run already, a free name beside it is taken.
    header
        What is asked.
    warn
        FrontSummary, once, in a sentence when something cannot be written.
    again
        Whether it goes on with the run that the folder holds.
    checkpoint_seconds
        Seconds between checkpoints at least; more where one takes over a hundredth of that.

    Attributes
    ----------
    folder
        Where it writes.
    complete
        Whether all that it was given so far is on disk.

    Raises
    ------
    RunError
        When the run to go on with is written by another process.
    """

    def __init__(
        self,
        folder: Path,
        header: Header,
        warn: Callable[[str], None] = say_warning,
        *,
        again: bool = False,
        checkpoint_seconds: float = CHECKPOINT_SECONDS,
    ) -> None:
        super().__init__(folder, warn)
        self._header = header
        self._known: dict[float, Entry] = {}
        self._told_at = self._kept_at = time.monotonic()
        self._seconds: float | None = checkpoint_seconds
        self._least_seconds = checkpoint_seconds
        # where the journal is already: what a search finds again on its way there is not told twice
        self._behind = 0
        self._try(self._open_again if again else self._open)

    @property
    def seconds_to_checkpoint(self) -> float | None:
        """Seconds until the next checkpoint is due; None where there will be none."""
        if self._seconds is None or self._journal is None:
            return None
        return max(0.0, self._seconds - (time.monotonic() - self._kept_at))

    def listen(self, progress: Progress) -> None:
        """Note what an epoch brought; goes to `symlaw.search.loop.search.search` as ``listen``."""
        if self._journal is None:
            return
        if progress.spent.evaluations >= self._behind or progress.stopping:
            self._note_front(progress)
        due = self._seconds is not None and time.monotonic() - self._kept_at >= self._seconds
        if progress.kept is not None and (due or progress.stopping):
            self._keep(progress)

    def obey(self, progress: Progress, stop: threading.Event) -> None:
        """Do what the run is asked by other processes, see `symlaw.runs.control`."""
        if self._journal is not None:
            obey(self.folder, progress.spent, stop, self._add)

    def finish(self, result: Result) -> None:
        """Write the result and close the run."""
        self._add({"kind": "end", "finished": True, "reason": result.stopped_by, **result.counters})
        if self._journal is not None:
            text = json.dumps(result.to_record(), allow_nan=False)
            self._try(lambda: write_atomic(self.folder / RESULT_FILE, text))
            self._try(lambda: self._write_header({OUTCOME: _outcome(result)}))
        self._close()

    def _note_front(self, progress: Progress) -> None:
        front = {entry.complexity: entry for entry in progress.front}
        new = [entry for place, entry in front.items() if self._known.get(place) is not entry]
        late = time.monotonic() - self._told_at >= PROGRESS_SECONDS
        if not (new or late or progress.stopping):
            return
        self._told_at, self._known = time.monotonic(), front
        record: dict[str, Any] = {"kind": "progress", **counters(progress.spent)}
        if progress.tallies:
            record["shares"] = shares(progress)
        if new:
            record["kind"] = "front"
            record["entries"] = [_entry_record(entry) for entry in new]
            record["front"] = list(front)
        self._add(record)

    def _keep(self, progress: Progress) -> None:
        """Write a checkpoint; one without known behaviours after a search that the clock ended."""
        kept = progress.kept() if progress.kept is not None else None
        if kept is None or self._seconds is None:
            return
        if progress.stopping not in (None, STOPPED):
            if self._header.settings.get("max_evaluations") is not None:
                return
            kept = replace(kept, archive=kept.archive.forgetful())
        began = time.monotonic()
        self._try(lambda: self._write_checkpoint(kept))
        self._kept_at = time.monotonic()
        if self._seconds is not None:
            self._seconds = max(self._least_seconds, _RARELY * (self._kept_at - began))

    def _write_checkpoint(self, kept: SavedState) -> None:
        try:
            write_checkpoint(self.folder / CHECKPOINT_FILE, kept)
        except CannotStore as error:
            self._seconds = None
            self.note(
                f"This run keeps no checkpoints, for {error} is not stored: it is resumed from its start."
            )
            return
        self._add({"kind": "checkpoint", "epochs": kept.used["epochs"]})

    def _open(self) -> None:
        self._begin(self._header.to_record())

    def _open_again(self) -> None:
        self._go_on()
        told = [int(r["evaluations"]) for r in read_journal(self.folder / JOURNAL_FILE) if "evaluations" in r]
        self._behind = max(told, default=0)
        if (self.folder / RESULT_FILE).exists():
            (self.folder / RESULT_FILE).replace(self.folder / EARLIER_RESULT_FILE)
        self._write_header({})
        self._add({"kind": "resumed"})

    def _write_header(self, more: dict[str, Any]) -> None:
        text = json.dumps({**self._header.to_record(), **more}, indent=1)
        write_atomic(self.folder / HEADER_FILE, text)


def counters(spent: Spent) -> dict[str, float]:
    """What a search has used, as plain numbers."""
    return {"seconds": round(spent.seconds, 3), **{k: v for k, v in asdict(spent).items() if k != "started"}}


def shares(progress: Progress) -> dict[str, float]:
    """Which part of the work each searcher did."""
    total = sum(tally.work for tally in progress.tallies) or 1
    return {tally.searcher: round(tally.work / total, 3) for tally in progress.tallies}


def _outcome(result: Result) -> dict[str, Any]:
    row = result.rows[result.recommended]
    used = {name: result.counters[name] for name in ("seconds", "evaluations") if name in result.counters}
    figures = {
        "complexity": number(row.complexity),
        "loss": number(row.loss),
        "formula": row.expression.shown(),
    }
    return {"reason": result.stopped_by, **used, **figures}


def _entry_record(entry: Entry) -> dict[str, Any]:
    return {
        "complexity": number(entry.complexity),
        "loss": number(entry.loss),
        **({} if entry.objective is None else {"objective": number(entry.objective)}),
        "source": entry.source,
        "expression": json.loads(entry.expression.to_json()),
        "inner": json.loads(entry.inner.to_json()),
    }


def claim_folder(folder: Path, header: str) -> Path:
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
