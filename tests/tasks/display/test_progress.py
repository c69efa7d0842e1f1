"""What hears of an estimator's search: run folder, callback, screen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from symlaw import SymbolicRegressor
from symlaw.runs.store import read_run
from symlaw.search.loop.search import Progress

X = np.linspace(1.0, 3.0, 30)[:, None]


def model(**more: Any) -> SymbolicRegressor:
    """A small regressor."""
    quick = {
        "operators": ["+", "-", "*"], "max_evaluations": 1000, "time_budget": None, "random_state": 0,
        "searchers": ["sparse", "evolution"],
    }  # fmt: skip
    return SymbolicRegressor(**{**quick, **more})


def test_a_run_is_kept(tmp_path: Path) -> None:
    fitted = model(run_folder=tmp_path / "run").fit(X, np.exp(X[:, 0]))
    run = read_run(tmp_path / "run")
    assert run.state == "finished"
    assert [row.expression for row in run.rows] == list(fitted.front_["expression"])
    assert [row.max_error for row in run.rows] == list(fitted.front_["max_error"])
    assert run.recommended == fitted.recommended_
    assert run.reason == fitted.reason_
    assert run.stopped_by == fitted.stopped_by_
    assert run.header.feature_names == ("x0",)


def test_each_output_has_its_own_run(tmp_path: Path) -> None:
    model(run_folder=tmp_path).fit(X, np.column_stack([X, X**2]))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["output_0", "output_1"]
    assert read_run(tmp_path / "output_1").header.target_name == "y1"


def test_nothing_is_written_unasked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    model().fit(X, X[:, 0] ** 2)
    assert not list(tmp_path.iterdir())


def test_a_callback_that_returns_false_ends_the_search() -> None:
    heard: list[Progress] = []

    def callback(progress: Progress) -> bool:
        heard.append(progress)
        return len(heard) < 2

    fitted = model(callback=callback, max_evaluations=10**9).fit(X, np.exp(X[:, 0]))
    assert fitted.stopped_by_ == "stopped by the user"
    assert 2 <= len(heard) <= 3


def test_a_callback_that_fails_is_heard_and_the_run_says_so(tmp_path: Path) -> None:
    def callback(progress: Progress) -> None:
        raise RuntimeError("boom")

    with pytest.raises(RuntimeError, match="boom"):
        model(callback=callback, run_folder=tmp_path / "run").fit(X, X[:, 0] ** 2)
    run = read_run(tmp_path / "run")
    assert run.state == "interrupted"
    assert run.stopped_by == "ended by an error: boom"
    assert run.rows


def test_verbose_prints_improvements(capsys: pytest.CaptureFixture[str]) -> None:
    model(verbose=1).fit(X, X[:, 0] ** 2)
    out = capsys.readouterr().out
    assert "x0 * x0" in out
    assert all("complexity" in line for line in out.splitlines())
    model().fit(X, X[:, 0] ** 2)
    assert capsys.readouterr().out == ""
