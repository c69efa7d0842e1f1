"""The journal: one JSON object per line, added to and never changed, on disk before the search goes on."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path


def lock(file: int) -> None:
    """Take a file for this process as long as it is open.

    Raises
    ------
    BlockingIOError
        When another one, or another part of this one, has it.
    """
    if os.name == "posix":
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


class Journal:
    """Adds lines to a file; lines that could not be written wait for the next time.

    Parameters
    ----------
    path
        The file; it goes on after its last whole line.
    """

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_CREAT | os.O_RDWR | getattr(os, "O_BINARY", 0), 0o666)
        lock(self._file)
        self._end = path.read_bytes().rfind(b"\n") + 1
        self._waiting = b""

    def add(self, record: Mapping[str, Any]) -> None:
        """Note one record, to be written by `flush`."""
        self._waiting += json.dumps(record, allow_nan=False).encode() + b"\n"

    def flush(self) -> None:
        """Bring all records to disk.

        Raises
        ------
        OSError
            As when the disk is full. The records wait, and what was half written is written over.
        """
        if not self._waiting:
            return
        os.lseek(self._file, self._end, os.SEEK_SET)
        written = 0
        while written < len(self._waiting):
            written += os.write(self._file, self._waiting[written:])
        os.fsync(self._file)
        self._end += written
        self._waiting = b""

    def close(self) -> None:
        """Close the file; what still waits is lost."""
        os.close(self._file)


def follow(path: Path, offset: int = 0, most: int = -1) -> tuple[list[dict[str, Any]], int]:
    """Records that were added to a journal from an offset on, and the offset to go on from.

    A line that is being written is left for the next time. With ``most``, no more than so many bytes are read
    where a line ends in them.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp(), "journal.jsonl")
    >>> _ = path.write_text('{"kind": "note"}\\n{"kind": "pro')
    >>> records, offset = follow(path)
    >>> records, follow(path, offset)
    ([{'kind': 'note'}], ([], 17))
    """
    try:
        with path.open("rb") as file:
            file.seek(offset)
            new = file.read(most)
            if b"\n" not in new:
                new += file.read()
    except FileNotFoundError:
        return [], offset
    whole = new[: new.rfind(b"\n") + 1]
    return _records(whole), offset + len(whole)


@dataclass
class FrontSummary:
    """What a journal says so far, of its records as they come; it grows no larger than the front.

    Attributes
    ----------
    entries
        What it says of each formula of the latest front, by complexity, in the front's order.
    counters, shares
        What the search had used when it last wrote, and which part of the work each searcher did.
    notes
        Sentences written along the way.
    end
        The record of the end, or of going on after one.
    damage
        What is wrong with a front; "" for nothing.
    """

    entries: dict[float, Mapping[str, Any]] = field(default_factory=dict)
    counters: dict[str, float] = field(default_factory=dict)
    shares: dict[str, float] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    end: Mapping[str, Any] = field(default_factory=lambda: {"kind": "resumed"})
    damage: str = ""

    def take(self, records: Iterable[Mapping[str, Any]]) -> None:
        """Go on with further records."""
        for record in records:
            try:
                self._take(record)
            except (KeyError, TypeError, ValueError) as error:
                self.damage = str(error)

    def _take(self, record: Mapping[str, Any]) -> None:
        kind = record.get("kind")
        if kind == "note":
            self.notes.append(str(record.get("text")))
        elif kind in ("end", "resumed"):
            self.end = record
        elif kind == "front":
            known = {**self.entries, **{float(entry["complexity"]): entry for entry in record["entries"]}}
            self.entries = {place: known[place] for place in map(float, record["front"])}
        numbers = {k: v for k, v in record.items() if isinstance(v, (int, float)) and not isinstance(v, bool)}
        if "evaluations" in numbers:
            self.counters = numbers
        self.shares = record.get("shares", self.shares)


def read_journal(path: Path) -> list[dict[str, Any]]:
    """Read the records of a journal.

    The last line is left out when it was cut by a crash. A journal that is not there has no records.
    """
    try:
        return _records(path.read_bytes())
    except FileNotFoundError:
        return []


def _records(text: bytes) -> list[dict[str, Any]]:
    records = []
    for line in text.split(b"\n"):
        try:
            record = json.loads(line)
        except ValueError:
            continue
        if isinstance(record, dict):
            records.append(record)
    return records
