"""``symlaw dynamics``: trajectories in, equations out."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from symlaw import DynamicsRegressor
from symlaw.cli.app import main
from tests.search.dynamics.systems import GROWTH, PENDULUM, measured


def test_files_give_equations_and_a_model(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    frame = pd.DataFrame(measured(PENDULUM, count=120))
    for number, part in enumerate((frame[:60], frame[60:])):
        part.to_csv(tmp_path / f"run{number}.csv", index=False)
    files = [str(tmp_path / f"run{number}.csv") for number in range(2)]
    saved = tmp_path / "model.json"
    known = ["--known", "x' = v", "--operators", "+,*,sin", "--save", str(saved)]
    assert main(["dynamics", *files, "--states", "x,v", *known]) == 0
    said = capsys.readouterr().out
    assert "x' = v" in said and "sin(x)" in said and "Noise: " in said
    assert str(DynamicsRegressor.load(saved)) in said


def test_a_system_is_written_for_other_programs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "growth.csv"
    pd.DataFrame(measured(GROWTH, count=60)).to_csv(path, index=False)
    assert main(["dynamics", str(path), "--operators", "+,*", "--export", "julia"]) == 0
    assert capsys.readouterr().out.startswith("# using DifferentialEquations")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--known", "x"], "is no equation"),
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
