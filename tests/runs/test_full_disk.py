"""A disk that is full or refuses: the search goes on, is told once, and what waited is written later."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from symlaw.runs.store import read_run
from symlaw.runs.writer import RunWriter

from .conftest import CLOSER, LINE, LONG, SQUARE, progress, result

Writer = Callable[..., RunWriter]


@contextmanager
def files_of_at_most(n_bytes: int) -> Iterator[None]:
    """Make writing beyond a size fail, as on a full disk, half a line included."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_what_could_not_be_written_is_written_when_there_is_room(writer: Writer) -> None:
    said: list[str] = []
    run = writer(warn=said.append)
    run.listen(progress(LINE))
    size = (run.folder / "journal.jsonl").stat().st_size
    with files_of_at_most(size + 100):
        run.listen(progress(LINE, LONG))
        assert not run.complete
        run.listen(progress(CLOSER, LONG))
    assert len(said) == 1
    assert "the run cannot be saved" in said[0]
    assert [row.expression for row in read_run(run.folder).rows] == [LINE.expression]
    run.listen(progress(SQUARE, CLOSER, LONG))
    assert run.complete
    expected = [SQUARE.expression, CLOSER.expression, LONG.expression]
    assert [row.expression for row in read_run(run.folder).rows] == expected


def test_a_result_that_could_not_be_written_leaves_the_journal_to_tell(writer: Writer) -> None:
    run = writer(warn=lambda sentence: None)
    run.listen(progress(LINE))
    with files_of_at_most((run.folder / "journal.jsonl").stat().st_size + 200):
        run.finish(replace(result(), reason="because " * 200))
    assert not run.complete
    assert sorted(path.name for path in run.folder.iterdir()) == ["journal.jsonl", "run.json"]
    found = read_run(run.folder)
    assert found.state == "finished"
    assert [row.expression for row in found.rows] == [LINE.expression]


def test_a_folder_that_cannot_be_made(tmp_path: Path, writer: Writer) -> None:
    (tmp_path / "file").write_text("")
    with pytest.warns(RuntimeWarning, match="cannot be saved"):
        run = writer("file/run")
    run.listen(progress(LINE))
    run.finish(result())
    assert not run.complete


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="needs the right to mount")
def test_a_real_full_disk(tmp_path: Path, writer: Writer) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32k", "tmpfs", disk], capture_output=True)
    if mounted.returncode:
        pytest.skip("mounting is not allowed here")
    try:
        said: list[str] = []
        run = writer("disk/run", warn=said.append)
        run.listen(progress(LINE))
        (disk / "filler").write_bytes(b"x" * (os.statvfs(disk).f_bavail * 4096))
        for evaluations in range(20):
            entries = (LINE, LONG) if evaluations % 2 else (CLOSER, LONG)
            run.listen(progress(*entries, evaluations=evaluations))
        assert len(said) == 1
        (disk / "filler").unlink()
        run.listen(progress(SQUARE))
        assert read_run(run.folder).rows[0].expression == SQUARE.expression
        run._close()
    finally:
        subprocess.run(["umount", "-l", disk], check=True)
