"""Names and notes of runs: kept, shown by the command, refused where they are too long."""

from __future__ import annotations

from pathlib import Path

import pytest

from symlaw.errors import InvalidSetting, RunError
from symlaw.runs.annotations.notes import NOTE_FILE, Note, note_or_none, read_note, write_note


def test_a_note_is_kept_and_taken_away(tmp_path: Path) -> None:
    assert read_note(tmp_path) == Note()
    note = Note("clean data", "Row 7 was left out.\nSee the log: ü, \ud800.")
    write_note(tmp_path, note)
    assert read_note(tmp_path) == note and note.line() == "clean data: Row 7 was left out."
    write_note(tmp_path, Note())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("note", "why"),
    [
        (Note("x" * 81), "80 letters at most"),
        (Note("a\nb"), "one line"),
        (Note("", "x" * 20_001), "20,001 letters"),
    ],
)
def test_what_is_too_long_is_refused(tmp_path: Path, note: Note, why: str) -> None:
    with pytest.raises(InvalidSetting, match=why):
        write_note(tmp_path, note)


def test_a_damaged_note_hides_no_run(tmp_path: Path) -> None:
    (tmp_path / NOTE_FILE).write_text("{")
    assert note_or_none(tmp_path) == Note()
    with pytest.raises(RunError, match="cannot be read"):
        read_note(tmp_path)
