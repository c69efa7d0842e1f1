"""``symlaw dynamics``: trajectories in, equations out."""

from __future__ import annotations

import json
import os
import signal
import time
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from symlaw import DynamicsRegressor
from symlaw.cli.app import main
from symlaw.runs.answers import AnswerWriter, Asked, read_answer
from tests.cli.conftest import started
from tests.search.dynamics.systems import GROWTH, PENDULUM, measured


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs are kept in the working folder."""
    monkeypatch.chdir(tmp_path)


def test_files_give_equations_and_a_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    frame = pd.DataFrame(measured(PENDULUM, count=120))
    for number, part in enumerate((frame[:60], frame[60:])):
        part.to_csv(tmp_path / f"run{number}.csv", index=False)
    files = [str(tmp_path / f"run{number}.csv") for number in range(2)]
    saved = tmp_path / "model.json"
    known = ["--known", "x' = v", "--operators", "+,*,sin", "--time", "10", "--save", str(saved)]
    assert main(["dynamics", *files, "--states", "x,v", *known]) == 0
    said = capsys.readouterr().out
    assert "x' = v" in said and "sin(x)" in said and "Noise: " in said
    assert str(DynamicsRegressor.load(saved)) in said


def test_a_system_is_written_for_other_programs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "growth.csv"
    pd.DataFrame(measured(GROWTH, count=60)).to_csv(path, index=False)
    assert main(["dynamics", str(path), "--operators", "+,*", "--time", "10", "--export", "julia"]) == 0
    assert capsys.readouterr().out.startswith("# using DifferentialEquations")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--known", "x"], "is no equation"),
        (["--known", "x' = f(x) + g(x)"], "write one unknown function, and once"),
        (["--constraint", "stable"], "cannot be read"),
        (["--time-column", "time"], "there is no column 'time'"),
    ],
)
def test_bad_input_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    path = tmp_path / "growth.csv"
    pd.DataFrame(measured(GROWTH, count=20)).to_csv(path, index=False)
    assert main(["dynamics", str(path), *arguments]) == 2
    assert said in capsys.readouterr().err


def test_one_run_says_the_same_everywhere(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pd.DataFrame(measured(GROWTH, count=60)).to_csv(tmp_path / "growth.csv", index=False)
    assert main(["dynamics", "growth.csv", "--operators", "+,*", "--time", "10"]) == 0
    first = capsys.readouterr()
    assert "Ended by: " in first.err and "symlaw report last" in first.err
    assert main(["show", "last"]) == 0
    assert capsys.readouterr().out == first.out
    assert main(["show", "last", "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    system = "; ".join(record["front"][record["recommended"]]["system"])
    assert system in first.out and record["noise"] in first.out
    assert main(["runs", "--json"]) == 0
    (listed,) = json.loads(capsys.readouterr().out)
    assert (listed["task"], listed["target"], listed["outcome"]["formula"]) == ("dynamics", "x", system)
    assert main(["export", "last", "--format", "scipy"]) == 0
    assert "def simulate" in capsys.readouterr().out
    assert main(["report", "last", "-o", "growth.md"]) == 0
    assert capsys.readouterr().out == "Written to growth.md.\n"
    report = (tmp_path / "growth.md").read_text()
    assert all(line in report for line in record["front"][record["recommended"]]["system"])
    assert record["reason"].capitalize()[:40] in report and "How to repeat it" in report


@pytest.mark.long
def test_a_report_without_the_data_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "growth.csv"
    pd.DataFrame(measured(GROWTH, count=60)).to_csv(path, index=False)
    assert main(["dynamics", "growth.csv", "--operators", "+,*", "--time", "10", "--quiet"]) == 0
    path.unlink()
    capsys.readouterr()
    assert main(["report", "last", "-o", "growth.html"]) == 0
    assert "growth.csv' is not there; name them with --data" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["show", "last", "--behaviour"], "--behaviour is for formulas of a table"),
        (["examine", "last"], "is of dynamics"),
        (["resume", "last"], "is of dynamics"),
        (["export", "last", "--format", "scipi"], "did you mean 'scipy'"),
    ],
)
def test_what_other_runs_have_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    writer = AnswerWriter(tmp_path / ".symlaw" / "runs" / "one", Asked("dynamics", "x"))
    model = DynamicsRegressor(operators=["+", "*"], time_budget=10).fit(measured(GROWTH, count=40))
    writer.finish(model.save, {"reason": "all was tried", "seconds": 1.0, **model.outcome()})
    assert main(arguments) == 2
    assert said in capsys.readouterr().err


@pytest.mark.long
@pytest.mark.skipif(os.name == "nt", reason="no signals to others")
def test_an_interrupt_ends_it_with_what_it_has(tmp_path: Path) -> None:
    pd.DataFrame(measured(PENDULUM, count=200)).to_csv(tmp_path / "pendulum.csv", index=False)
    process = started(tmp_path, "dynamics", "pendulum.csv", "--time", "600")
    journal = _wait_for(lambda: next(iter((tmp_path / ".symlaw").rglob("journal.jsonl")), None))
    _wait_for(lambda: "' = " in journal.read_text() or journal.read_text().count("note") > 1 or None)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert "Ended by: stopped by the user" in err and "v' = " in out
    assert read_answer(journal.parent).outcome["reason"] == "stopped by the user"


@pytest.mark.long
@pytest.mark.skipif(os.name == "nt", reason="no signals to others")
def test_a_run_that_was_killed_is_resumed(tmp_path: Path) -> None:
    pd.DataFrame(measured(PENDULUM, count=200)).to_csv(tmp_path / "pendulum.csv", index=False)
    process = started(tmp_path, "dynamics", "pendulum.csv", "--time", "60", "--operators", "+,*,sin")
    journal = _wait_for(lambda: next(iter((tmp_path / ".symlaw").rglob("journal.jsonl")), None))
    _wait_for(lambda: '"kept"' in journal.read_text() or None)
    process.kill()
    process.communicate()
    folder = journal.parent
    assert read_answer(folder).state == "interrupted" and read_answer(folder).used > 0.0
    kept = journal.read_text().count('"kept"')
    out, err = started(tmp_path, "resume", "last").communicate(timeout=200)
    assert f"Run {folder.name} keeps it" in err and "sin(x)" in out
    # what was worked out before is not worked out again
    assert journal.read_text().count('"kept"') == max(kept, 2)
    assert read_answer(folder).state == "finished"
    assert str(DynamicsRegressor.load(folder / "answer.json")) in out


def test_a_run_that_was_cut_off_goes_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pd.DataFrame(measured(GROWTH, count=60)).to_csv(tmp_path / "growth.csv", index=False)
    assert main(["dynamics", "growth.csv", "--operators", "+,*", "--time", "10"]) == 0
    first = capsys.readouterr().out
    (folder,) = (tmp_path / ".symlaw" / "runs").glob("*-*")
    assert main(["resume", "last"]) == 2
    assert "there is nothing to go on with" in capsys.readouterr().err
    # as it was before the answer came
    (folder / "answer.json").unlink()
    header = json.loads((folder / "run.json").read_text())
    header["process"]["pid"] = 2**22 + 5
    (folder / "run.json").write_text(json.dumps({k: v for k, v in header.items() if k != "outcome"}))
    journal = (folder / "journal.jsonl").read_text().splitlines(keepends=True)
    (folder / "journal.jsonl").write_text("".join(journal[:-1]))
    before = read_answer(folder)
    assert before.state == "interrupted" and len(before.kept) == 1
    assert main(["resume", "last"]) == 0
    assert capsys.readouterr().out == first
    assert read_answer(folder).kept == before.kept


def _wait_for(look: Any) -> Any:
    for _ in range(600):
        found = look()
        if found is not None:
            return found
        time.sleep(0.1)
    raise AssertionError("it did not come")


def test_numbers_and_groups_from_a_shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number, first in enumerate((0.3, 2.0)):
        data = measured(GROWTH, count=30, seed=number, first=[first])
        pd.DataFrame(data).to_csv(tmp_path / f"dish{number}.csv", index=False)
    known = ["--known", "x' = r*x - x**2*r/m", "--own-by-run", "--shared", "m", "--time", "10"]
    assert main(["dynamics", "dish0.csv", "dish1.csv", *known]) == 0
    said = capsys.readouterr().out
    assert "run 1:\n  x' = 1." in said and "run 2:\n  x' = 1." in said
    assert main(["dynamics", "dish0.csv", "dish1.csv", *known[:2], "--groups", "dish"]) == 2
    assert "there is no column 'dish'" in capsys.readouterr().err
