"""Runs as .zip files: whole there and back, and nothing foreign comes in."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from symlaw.errors import FileUnreadable, RunError
from symlaw.runs.archives import export_run, import_run
from symlaw.runs.store import read_run
from symlaw.runs.writer import RunWriter

from .conftest import LINE, progress, result

Writer = Callable[..., RunWriter]


@pytest.fixture
def exported(tmp_path: Path, writer: Writer) -> Path:
    run = writer()
    run.listen(progress(LINE))
    run.finish(result())
    (run.folder / "checkpoint.npz").write_bytes(b"large")
    (run.folder / "plugin.py").write_text("raise SystemExit")
    export_run(run.folder, tmp_path / "run.zip")
    return tmp_path / "run.zip"


def test_there_and_back(tmp_path: Path, exported: Path) -> None:
    there = [import_run(exported, tmp_path / "other") for _ in range(2)]
    assert [folder.name for folder in there] == ["a-run", "a-run-2"]
    assert read_run(there[0]).rows == read_run(tmp_path / "a-run").rows
    assert sorted(path.name for path in there[0].iterdir()) == ["journal.jsonl", "result.json", "run.json"]


def packed(path: Path, **members: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return path


@pytest.mark.parametrize(
    "member",
    ["../run.json", "/etc/run.json", "a/../../run.json", "a/b/run.json", "run.json", "a/code.py",
     "..\\x/run.json", "../x/run.json", "C:/run.json", "./run.json", ".hidden/run.json"],
)  # fmt: skip
def test_tricks_with_paths_are_refused(tmp_path: Path, member: str) -> None:
    root = tmp_path / "deep" / "runs"
    with pytest.raises(RunError, match=r"is not one run|names its run"):
        import_run(packed(tmp_path / "x.zip", **{member: "{}"}), root)
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == ["x.zip"]


def test_two_runs_in_one_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="is not one run"):
        import_run(packed(tmp_path / "x.zip", **{"a/run.json": "{}", "b/run.json": "{}"}), tmp_path / "runs")


def test_an_unknown_version_is_refused_and_leaves_nothing(tmp_path: Path, exported: Path) -> None:
    with zipfile.ZipFile(exported) as archive:
        header = json.loads(archive.read("a-run/run.json"))
    other = packed(tmp_path / "x.zip", **{"a-run/run.json": json.dumps({**header, "symlaw_run": 99})})
    with pytest.raises(RunError, match="has format version 99"):
        import_run(other, tmp_path / "runs")
    assert list((tmp_path / "runs").iterdir()) == []


def test_more_than_allowed_is_refused(
    tmp_path: Path, exported: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("symlaw.runs.archives.MOST_BYTES", 2**10)
    with pytest.raises(RunError, match="it is not imported"):
        import_run(exported, tmp_path / "runs")


def test_no_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_text("nothing")
    for name in ("x.zip", "none.zip"):
        with pytest.raises(FileUnreadable, match="cannot be imported"):
            import_run(tmp_path / name, tmp_path / "runs")
