"""``symlaw resume``: real processes that are killed, and what is refused."""

from __future__ import annotations

import random
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from symlaw.cli import main
from symlaw.runs.journal import read_journal
from symlaw.runs.store import read_run, resolve_run

from ..conftest import FIT, KEPLER, QUICK

Start = Callable[..., "subprocess.Popen[str]"]
LONG = ("--max-evaluations", "900000", "--operators", "+,-,*,/,sqrt,exp", "--searchers", "sparse,evolution")
OFTEN = ("--checkpoint", "0", "--threads", "1")


def front_of(folder: Path) -> list[tuple[float, float, str]]:
    return [(row.complexity, row.loss, row.expression.text()) for row in read_run(folder).rows]


def kill_amid(process: subprocess.Popen[str], folder: Path, wait: float) -> None:
    """Kill -9 a process a while after its journal grew, or let it end."""
    size = sum(path.stat().st_size for path in folder.glob("*/journal.jsonl"))
    while process.poll() is None and size == sum(p.stat().st_size for p in folder.glob("*/journal.jsonl")):
        time.sleep(0.01)
    with suppress(subprocess.TimeoutExpired):
        process.wait(wait)
    process.kill()
    process.communicate()


def killed_and_resumed(start: Start, folder: Path, kills: int, seed: int) -> tuple[int, int]:
    """Fit and resume under so many kills; how many came amid the search, and the checkpoints written."""
    chance, amid = random.Random(seed), 0
    kill_amid(start(*FIT, *LONG, *OFTEN, "--runs", str(folder)), folder, chance.uniform(0.0, 1.0))
    for _ in range(kills - 1):
        run = read_run(resolve_run("last", folder))
        amid += run.state == "interrupted"
        if run.state == "finished":
            shutil.copytree(run.folder, folder.parent / f"done-{len(list(folder.parent.glob('done-*')))}")
            shutil.rmtree(run.folder)
            process = start(*FIT, *LONG, *OFTEN, "--runs", str(folder))
        else:
            process = start("resume", "last", *OFTEN, "--runs", str(folder))
        kill_amid(process, folder, chance.uniform(0.0, 0.4))
    if read_run(resolve_run("last", folder)).state != "finished":
        process = start("resume", "last", *OFTEN, "--runs", str(folder))
        _, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
    records = read_journal(resolve_run("last", folder) / "journal.jsonl")
    return amid, sum(record["kind"] == "checkpoint" for record in records)


@pytest.fixture(scope="module")
def whole(warm: None, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[float, float, str]]:
    """The front of the same fit without an interruption."""
    runs = tmp_path_factory.mktemp("whole")
    assert main([*FIT, *LONG, "-q", "--threads", "1", "--runs", str(runs)]) == 0
    return front_of(resolve_run("last", runs))


def check_kills(start: Start, tmp_path: Path, kills: int, wanted: list[tuple[float, float, str]]) -> None:
    amid, checkpoints = killed_and_resumed(start, tmp_path / "runs", kills, seed=kills)
    assert amid > kills // 3
    assert checkpoints > 0
    for folder in (resolve_run("last", tmp_path / "runs"), *tmp_path.glob("done-*")):
        assert front_of(folder) == wanted


@pytest.mark.slow
def test_ten_kills_lose_nothing(start: Start, tmp_path: Path, whole: list[tuple[float, float, str]]) -> None:
    check_kills(start, tmp_path, 10, whole)


@pytest.mark.slow
def test_fifty_kills_lose_nothing(
    start: Start, tmp_path: Path, whole: list[tuple[float, float, str]]
) -> None:
    check_kills(start, tmp_path, 50, whole)


@pytest.mark.slow
def test_ctrl_c_then_resume_ends_as_without(
    start: Start, tmp_path: Path, whole: list[tuple[float, float, str]]
) -> None:
    runs = tmp_path / "runs"
    process = start(*FIT, *LONG, *OFTEN, "--runs", str(runs))
    while not any(r["kind"] == "front" for p in runs.glob("*/journal.jsonl") for r in read_journal(p)):
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert re.search(r"^  symlaw resume \d{4}-", out, re.MULTILINE)
    assert main(["resume", "last", "-q", "--runs", str(runs)]) == 0
    assert front_of(resolve_run("last", runs)) == whole


@pytest.fixture
def mine(finished: Path, tmp_path: Path) -> Path:
    """A folder of runs with a finished one, to be changed."""
    return Path(shutil.copytree(finished, tmp_path / "mine"))


@pytest.mark.long
def test_a_finished_run_asks_how_far(mine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["resume", "last", "--runs", str(mine)]) == 2
    assert (
        "is finished (budget of 5,000 evaluations used): say how far it should go" in capsys.readouterr().err
    )
    assert main(["resume", "last", "--max-evaluations", "40000", "--runs", str(mine)]) == 0
    out = capsys.readouterr().out
    assert "goes on from its beginning, as it has no checkpoint" in out
    assert "budget of 40,000 evaluations used" in out
    assert read_run(resolve_run("last", mine)).counters["evaluations"] >= 40_000


def test_changed_and_missing_data_are_refused(
    warm: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table, more = tmp_path / "t.csv", ("--runs", str(tmp_path / "runs"))
    table.write_text(KEPLER.read_text())
    assert main(["fit", str(table), "-t", "period_years", *QUICK, "-q", *more]) == 0
    table.write_text(KEPLER.read_text().replace("1.0,", "1.1,", 1).replace("5.2", "5.3", 1))
    again = ("resume", "last", "--max-evaluations", "7000", *more)
    assert main([*again]) == 2
    assert "the data are not those of the run" in capsys.readouterr().err
    table.unlink()
    assert main([*again]) == 2
    assert "say where the table is now, with --data" in capsys.readouterr().err
    assert main([*again, "--data", str(KEPLER), "-q"]) == 0


@pytest.mark.long
def test_functions_of_the_user_come_from_a_plugin(
    warm: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plugin, more = tmp_path / "mine.py", ("--runs", str(tmp_path / "runs"))
    plugin.write_text("import symlaw\n\n@symlaw.operator\ndef third(x):\n    return x / 3\n")
    given = ("--operators", "+,*", "--searchers", "evolution", "--plugin", str(plugin))
    assert main([*FIT, "--max-evaluations", "5000", *given, "-q", *more]) == 0
    again = ("resume", "last", "--max-evaluations", "9000", *more)
    assert main([*again]) == 2
    assert "the run uses the operator 'third'" in capsys.readouterr().err
    assert main([*again, "-q", "--plugin", str(plugin)]) == 0


def test_a_fit_begins_with_the_front_of_another(
    finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = resolve_run("last", finished)
    few = ("--max-evaluations", "64", "--operators", "+,-,*,/,sqrt", "--searchers", "evolution")
    other = ("--from", str(first), "--runs", str(tmp_path))
    assert main([*FIT, *few, "-q", *other]) == 0
    run = read_run(resolve_run("last", tmp_path))
    assert run.header.parent == first.name
    assert min(row.loss for row in run.rows) <= min(row.loss for row in read_run(first).rows) * 1.001
    assert main(["fit", str(KEPLER), "-t", "axis_au", *few, *other]) == 2
    assert "has no formula of these columns" in capsys.readouterr().err
