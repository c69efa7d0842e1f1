"""A name and a note that people give a run: a small JSON file in its folder; terminal and page share it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from symlaw.errors import InvalidSetting, RunError
from symlaw.runs.files import load_record, write_atomic

if TYPE_CHECKING:
    from pathlib import Path

NOTE_FILE = "note.json"
KEY, VERSION = "symlaw_note", 1
# Letters.
LONGEST_NAME, LONGEST_TEXT = 80, 20_000


@dataclass(frozen=True)
class Note:
    """What people say of a run.

    Parameters
    ----------
    name
        What they call it, on one line; "" for nothing.
    text
        Anything; "" for nothing.
    """

    name: str = ""
    text: str = ""

    def line(self) -> str:
        """Name and first line of the text, for lists.

        Examples
        --------
        >>> Note("clean data", "Without row 7.\\nSee the log.").line()
        'clean data: Without row 7.'
        """
        return ": ".join(filter(None, (self.name, *self.text.splitlines()[:1])))


def read_note(folder: Path) -> Note:
    """The note of a run; an empty one where nobody wrote any.

    Raises
    ------
    RunError
        When the file is damaged or of an unknown version.
    """
    path = folder / NOTE_FILE
    if not path.exists():
        return Note()
    record = load_record(path, KEY, VERSION)
    return Note(str(record.get("name", "")), str(record.get("text", "")))


def note_or_none(folder: Path) -> Note:
    """`read_note` for lists: a file that cannot be read counts as none."""
    try:
        return read_note(folder)
    except RunError:
        return Note()


def write_note(folder: Path, note: Note) -> None:
    """Give a run a name and a note, in place of those that it had.

    Raises
    ------
    InvalidSetting
        When one of them is too long, or the name has several lines.
    RunError
        When the file cannot be written.
    """
    if len(note.name) > LONGEST_NAME or len(note.name.splitlines()) > 1:
        raise InvalidSetting(f"the name is too long: give one line of {LONGEST_NAME} letters at most")
    if len(note.text) > LONGEST_TEXT:
        raise InvalidSetting(f"the note has {len(note.text):,} letters: give at most {LONGEST_TEXT:,}")
    try:
        if note == Note():
            (folder / NOTE_FILE).unlink(missing_ok=True)
        else:
            write_atomic(folder / NOTE_FILE, json.dumps({KEY: VERSION, "name": note.name, "text": note.text}))
    except OSError as error:
        raise RunError(f"the note cannot be written in {str(folder)!r}: {error}") from None
