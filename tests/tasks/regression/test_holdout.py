"""Rows that are held out by time or by group say what a formula is worth there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from symlaw import SymbolicRegressor
from symlaw.cli import main
from symlaw.errors import ColumnNotFound, DataError, InvalidSetting

RNG = np.random.default_rng(3)
T = np.arange(40.0)
BUDGET = {"max_evaluations": 3_000, "time_budget": None, "random_state": 0, "n_jobs": 1,
          "searchers": ["evolution"]}  # fmt: skip


def fitted(X: Any, y: Any, **settings: Any) -> SymbolicRegressor:
    with pytest.warns(UserWarning, match="held out"):
        return SymbolicRegressor(operators=["+", "-", "*", "square"], **BUDGET, **settings).fit(X, y)


def test_the_last_rows_are_a_forecast() -> None:
    y = 0.3 * T + RNG.normal(size=40)
    model = fitted(pd.DataFrame({"t": T}), y, holdout="last")
    assert "The last fifth of the rows is held out." in model.notes_
    assert "it holds on 8 rows held out" in model.reason_


def test_rows_of_one_label_are_held_out_together_and_it_is_no_input() -> None:
    frame = pd.DataFrame({"x": RNG.uniform(1, 3, 40), "run": np.repeat(list("abcde"), 8)})
    model = fitted(frame, frame["x"] ** 2 + 0.1 * RNG.normal(size=40), holdout="run")
    assert any("'run' are held out together" in note and "no input" in note for note in model.notes_)
    assert list(model.columns(frame)) == ["x"]
    assert "8 rows held out" in model.reason_
    assert len(model.predict(frame[["x", "run"]])) == 40


def test_numbers_that_tell_groups_stay_inputs() -> None:
    frame = pd.DataFrame({"x": RNG.uniform(1, 3, 40), "level": np.repeat(np.arange(5.0), 8)})
    model = fitted(frame, frame["x"] * frame["level"] + 0.01 * RNG.normal(size=40), holdout="level")
    assert set(model.expression_.variables) == {"x", "level"}


def test_refusals() -> None:
    frame = pd.DataFrame({"x": T, "one": 1.0})
    with pytest.raises(ColumnNotFound, match="'group' to use as holdout"):
        SymbolicRegressor(holdout="group", **BUDGET).fit(frame, T)
    with pytest.raises(DataError, match="'one' of holdout has one value"):
        SymbolicRegressor(holdout="one", **BUDGET).fit(frame, T)
    with pytest.raises(InvalidSetting, match="holdout is 3"):
        SymbolicRegressor(holdout=3, **BUDGET).fit(T[:, None], T)


def test_the_command_takes_it_and_a_run_goes_on_with_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, runs = tmp_path / "t.csv", ["--runs", str(tmp_path / "runs")]
    frame = pd.DataFrame({"x": RNG.uniform(1, 3, 40), "run": np.repeat(list("abcde"), 8)})
    frame.assign(y=frame["x"] ** 2 + 0.1 * RNG.normal(size=40)).to_csv(path, index=False)
    options = ["--holdout", "run", "--max-evaluations", "2000", "--seed", "0", "--operators", "+,*"]
    options += ["--searchers", "sparse,evolution"]
    assert main(["fit", str(path), "-t", "y", *options, *runs]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "Rows of one 'run' are held out together" in out and "8 rows held out" in out
    assert main(["resume", "last", "--max-evaluations", "3000", *runs, "-q"]) == 0
    assert main(["predict", "last", str(path), *runs, "-o", str(tmp_path / "p.csv")]) == 0
