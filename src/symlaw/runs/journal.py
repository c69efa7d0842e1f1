"""The journal: one JSON object per line, added to and never changed, on disk before the search goes on."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class Journal:
    """Adds lines to a file; lines that could not be written wait for the next time.

    Parameters
    ----------
    path
        The file; it goes on after its last whole line.
    """

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_CREAT | os.O_RDWR | getattr(os, "O_BINARY", 0), 0o666)
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


def read_journal(path: Path) -> list[dict[str, Any]]:
    """Read the records of a journal.

    The last line is left out when it was cut by a crash. A journal that is not there has no records.
    """
    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return []
    records = []
    for line in lines:
        try:
            record = json.loads(line)
        except ValueError:
            continue
        if isinstance(record, dict):
            records.append(record)
    return records
