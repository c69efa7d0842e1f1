"""The journal: whole lines only, gone on after its last whole line."""

from __future__ import annotations

from pathlib import Path

from symlaw.runs.journal import Journal, read_journal


def test_lines_come_back(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j")
    journal.add({"a": 1})
    journal.add({"text": "line\nend, ü"})
    assert read_journal(tmp_path / "j") == []
    journal.flush()
    assert read_journal(tmp_path / "j") == [{"a": 1}, {"text": "line\nend, ü"}]
    journal.close()


def test_goes_on_after_the_last_whole_line(tmp_path: Path) -> None:
    (tmp_path / "j").write_bytes(b'{"a": 1}\n{"b": ')
    journal = Journal(tmp_path / "j")
    journal.add({"c": 3})
    journal.flush()
    journal.close()
    assert read_journal(tmp_path / "j") == [{"a": 1}, {"c": 3}]


def test_a_missing_journal_is_empty(tmp_path: Path) -> None:
    assert read_journal(tmp_path / "j") == []


def test_garbage_is_ignored(tmp_path: Path) -> None:
    (tmp_path / "j").write_bytes(b'\xff\xfe\n[1]\n{"a": 1}\n{"a"')
    assert read_journal(tmp_path / "j") == [{"a": 1}]
