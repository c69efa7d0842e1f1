"""``symlaw runs``: what it lists, compares, removes, moves and asks of other processes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from symlaw.cli import main
from symlaw.cli.output import listing
from symlaw.runs.store import read_run, resolve_run

from ..conftest import FIT

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def two(finished: Path, tmp_path: Path) -> Path:
    """A folder with two runs; the second has another target and no result."""
    runs = tmp_path / "two"
    first = resolve_run("last", finished)
    shutil.copytree(first, runs / "first")
    shutil.copytree(first, runs / "second")
    header = json.loads((runs / "second" / "run.json").read_text())
    header["settings"]["max_complexity"] = 9
    changed = {**header, "target_name": "other", "created": "2099-01-01T00:00:00+00:00", "outcome": None}
    (runs / "second" / "run.json").write_text(json.dumps(changed))
    (runs / "second" / "result.json").unlink()
    return runs


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["runs", *arguments]) == 0
    return capsys.readouterr().out


def test_lists_and_filters(two: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = ("--runs", str(two))
    lines = said(capsys, *folder).splitlines()
    assert lines[0].split() == ["run", "state", "target", "data", "seconds", "formulas", "loss", "formula"]
    assert lines[1].startswith("first") and "finished" in lines[1] and "axis_au" in lines[1]
    assert lines[2].startswith("second") and "interrupted" in lines[2]
    for wanted in (("--target", "other"), ("--state", "interrupted"), ("--since", "2098-01-01")):
        assert [line.split()[0] for line in said(capsys, *wanted, *folder).splitlines()] == ["run", "second"]
    assert "no run there is like that" in said(capsys, "--source", "nowhere", *folder)
    found = json.loads(said(capsys, "--json", *folder))
    assert [run["id"] for run in found] == ["first", "second"]
    assert main(["runs", "--state", "done", *folder]) == 2
    assert "--state is 'done': give finished, running, paused or interrupted" in capsys.readouterr().err


@pytest.mark.parametrize("width", [80, 120])
def test_a_terminal_is_filled_and_not_overrun(
    two: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    def screen() -> Console:
        return Console(
            width=width, force_terminal=True, no_color=True, highlight=False, markup=False, emoji=False
        )

    monkeypatch.setattr(listing, "console", screen)
    for arguments in (("--runs", str(two)), ("compare", "first", "second", "--runs", str(two))):
        out = said(capsys, *arguments)
        lines = [line.replace("\x1b[1m", "").replace("\x1b[0m", "") for line in out.splitlines()]
        assert max(map(len, lines)) <= width
        assert "axis_au" in out and "first" in out


def test_compares(two: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = said(capsys, "compare", "first", "second", "--runs", str(two))
    rows = [line.split() for line in out.splitlines()]
    assert ["max_complexity", '"auto"', "9"] in rows
    assert ["target", '"period_years"', '"other"'] in rows
    assert "★ " in out
    same = said(capsys, "compare", "first", "first", "--runs", str(two))
    assert "All settings are the same." in same


def test_removes_exports_and_imports(two: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, path = ("--runs", str(two)), tmp_path / "law.zip"
    said(capsys, "export", "first", "-o", str(path), *folder)
    assert said(capsys, "rm", "first", "second", *folder) == "removed first\nremoved second\n"
    assert "there is no run" in said(capsys, *folder)
    assert said(capsys, "import", str(path), *folder) == "imported first\n"
    assert read_run(two / "first").state == "finished"
    assert main(["runs", "rm", "nothing", *folder]) == 2


def test_clears_up(two: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = ("--runs", str(two))
    (two / "first" / "checkpoint.npz").write_bytes(b"x" * 2_000_000)
    assert said(capsys, "gc", "--dry-run", *folder) == "would free 2.0 MB: 0 runs, 1 other files\n"
    assert (two / "first" / "checkpoint.npz").exists()
    assert "freed 2.0 MB" in said(capsys, "gc", *folder)
    assert not (two / "first" / "checkpoint.npz").exists()
    assert "1 runs" in said(capsys, "gc", "--older-than", "0d", *folder)
    assert [path.name for path in two.iterdir()] == ["second"]


def test_clears_up_dropped_tables_without_runs(two: Path, capsys: pytest.CaptureFixture[str]) -> None:
    header = json.loads((two / "first" / "run.json").read_text())
    tables = [two / ".tables" / (letter * 32) / "data.csv" for letter in "abc"]
    for path in tables:
        path.parent.mkdir(parents=True)
        path.write_text("x,y\n1,2\n")
    for path in tables[:2]:
        os.utime(path, (0, 0))
    (two / "first" / "run.json").write_text(json.dumps({**header, "source": str(tables[0])}))
    said(capsys, "gc", "--runs", str(two))
    assert [path.exists() for path in tables] == [True, False, True]


def test_pauses_lets_go_on_and_stops_another_process(
    start: Start, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = tmp_path / "runs"
    folder = ("--runs", str(runs))
    process = start(*FIT, "--time", "600", *folder)
    while not list(runs.glob("*/journal.jsonl")) or not read_run(resolve_run("last", runs)).rows:
        time.sleep(0.05)
    said(capsys, "pause", "last", *folder)
    journal = resolve_run("last", runs) / "journal.jsonl"
    while '"paused"' not in journal.read_text():
        time.sleep(0.05)
    assert [run["state"] for run in json.loads(said(capsys, "--json", *folder))] == ["paused"]
    said(capsys, "unpause", "last", *folder)
    while '"continued"' not in journal.read_text():
        time.sleep(0.05)
    said(capsys, "stop", "last", *folder)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert "stopped by the user" in out
    assert main(["runs", "stop", "last", *folder]) == 2
    assert "is finished, not running" in capsys.readouterr().err


def test_names_and_notes_are_written_and_listed(two: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = ("--runs", str(two))
    assert said(capsys, "note", "first", *folder) == "There is no note.\n"
    assert (
        said(capsys, "note", "first", "Row 7 was left out.", "--name", "clean", *folder)
        == "noted for first\n"
    )
    assert said(capsys, "note", "first", *folder) == "clean\nRow 7 was left out.\n"
    assert "first: clean: Row 7 was left out." in said(capsys, *folder).splitlines()
    assert json.loads(said(capsys, "--json", *folder))[0]["note"]["name"] == "clean"
    said(capsys, "note", "first", "", *folder)
    assert said(capsys, "note", "first", *folder) == "clean\n"
