"""Estimators that go on with a run, and settings that come back from a header."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import symlaw
from symlaw import SymbolicRegressor
from symlaw.data import Table
from symlaw.errors import RunError
from symlaw.runs.store import read_run
from symlaw.runs.writer import RunWriter
from symlaw.tasks.regression.recorded import header_of
from symlaw.tasks.regression.resuming import settings_of
from symlaw.tasks.regression.settings import Settings

OPERATORS = ["+", "-", "*", "/", "exp"]


def the_data() -> tuple[Any, Any]:
    rng = np.random.Generator(np.random.Philox(1))
    X = rng.uniform(0.5, 2.0, (80, 2))
    return X, X[:, 0] * np.exp(-X[:, 1]) + X[:, 1] / (1 + X[:, 0]) + 0.01 * rng.normal(size=80)


class Crash(Exception):
    """Ends a fit in the middle."""


def model(folder: Path | None, **more: Any) -> SymbolicRegressor:
    chosen = {"operators": OPERATORS, "time_budget": None, "max_evaluations": 500_000, "random_state": 4}
    return SymbolicRegressor(
        run_folder=folder, n_jobs=2, searchers=["sparse", "evolution"], **{**chosen, **more}
    )


def crashing_at(evaluations: int) -> Any:
    def callback(progress: Any) -> None:
        if progress.spent.evaluations >= evaluations:
            raise Crash

    return callback


def front(fitted: SymbolicRegressor) -> list[tuple[Any, ...]]:
    return [(row.complexity, row.loss, row.equation) for row in fitted.front_.itertuples()]


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Checkpoints after every epoch."""
    monkeypatch.setattr(
        "symlaw.runs.writer.RunWriter.__init__.__kwdefaults__", {"again": False, "checkpoint_seconds": 0.0}
    )
    monkeypatch.setattr("symlaw.runs.writer._RARELY", 0.0)


@pytest.fixture(scope="module")
def whole() -> list[tuple[Any, ...]]:
    return front(model(None).fit(*the_data()))


@pytest.mark.long
def test_what_units_tell_before_a_search_is_not_scored_again(tmp_path: Path, often: None) -> None:
    told = {"units": {"x0": "m", "x1": ""}, "target_unit": "m"}
    uninterrupted = model(None, **told).fit(*the_data())
    with pytest.raises(Crash):
        model(tmp_path, callback=crashing_at(250_000), **told).fit(*the_data())
    done = model(tmp_path, resume=True, **told).fit(*the_data())
    assert front(done) == front(uninterrupted)
    assert done.n_evaluations_ == uninterrupted.n_evaluations_
    reports = [one.search_report_.set_index("searcher").loc["dimensions"] for one in (done, uninterrupted)]
    assert reports[0]["asks"] == reports[1]["asks"] > 0


@pytest.mark.long
def test_a_crashed_fit_resumes_to_the_front_of_a_whole_one(tmp_path: Path, often: None, whole: Any) -> None:
    for evaluations in (150_000, 250_000):
        with pytest.raises(Crash):
            model(tmp_path, callback=crashing_at(evaluations), resume=True).fit(*the_data())
        assert read_run(tmp_path).state == "interrupted"
    assert (tmp_path / "checkpoint.npz").exists()
    seen = []
    done = model(tmp_path, resume=True, callback=lambda p: seen.append(p.spent.evaluations)).fit(*the_data())
    assert front(done) == whole
    assert min(seen) > 200_000
    assert read_run(tmp_path).state == "finished"


@pytest.mark.long
def test_without_a_checkpoint_it_comes_the_same_way_from_the_beginning(tmp_path: Path, whole: Any) -> None:
    with pytest.raises(Crash):
        model(tmp_path, callback=crashing_at(100_000)).fit(*the_data())
    assert not (tmp_path / "checkpoint.npz").exists()
    assert front(model(tmp_path, resume=True, random_state=None).fit(*the_data())) == whole


@pytest.mark.long
def test_a_finished_run_gives_the_same_front_again(tmp_path: Path) -> None:
    first = front(model(tmp_path, max_evaluations=50_000).fit(*the_data()))
    assert front(model(tmp_path, max_evaluations=50_000, resume=True).fit(*the_data())) == first


@pytest.mark.long
def test_a_larger_budget_ends_where_one_fit_with_it_would(tmp_path: Path, often: None, whole: Any) -> None:
    model(tmp_path, max_evaluations=250_000).fit(*the_data())
    assert front(model(tmp_path, resume=True).fit(*the_data())) == whole
    assert (tmp_path / "result.earlier.json").exists()


@pytest.mark.long
def test_the_journal_never_falls_behind_what_it_had(tmp_path: Path, often: None) -> None:
    with pytest.raises(Crash):
        model(tmp_path, callback=crashing_at(200_000)).fit(*the_data())
    best = min(row.loss for row in read_run(tmp_path).rows)
    losses = []

    def look(_: Any) -> None:
        losses.append(min(row.loss for row in read_run(tmp_path).rows))

    model(tmp_path, resume=True, callback=look).fit(*the_data())
    assert max(losses) <= best * (1 + 1e-9)


def test_other_data_and_other_settings_are_refused(tmp_path: Path) -> None:
    X, y = the_data()
    with pytest.raises(Crash):
        model(tmp_path, callback=crashing_at(1)).fit(X, y)
    with pytest.raises(RunError, match="the data are not those of the run"):
        model(tmp_path, resume=True).fit(X, y + 1)
    with pytest.raises(RunError, match=r'max_complexity is not what it was: it was "auto", and is 12'):
        model(tmp_path, resume=True, max_complexity=12).fit(X, y)


def test_a_run_that_is_being_written_is_refused(tmp_path: Path) -> None:
    X, y = the_data()
    settings = replace(model(None)._settings(1), threads=1)
    table = Table(X, y, ("x0", "x1"), "y")
    writer = RunWriter(tmp_path / "run", header_of(table, settings))
    with pytest.raises(RunError, match="is being written by another process"):
        model(writer.folder, resume=True).fit(X, y)
    writer.fail("done")


@symlaw.operator
def shrunk(x: Any) -> Any:
    return x / (1 + abs(x))


def pinball(y: Any, m: Any) -> Any:
    return np.where(y > m, 0.8 * (y - m), 0.2 * (m - y))


def by_length(expression: Any, X: Any, y: Any) -> float:
    return float(len(expression.nodes))


ASKED: list[dict[str, Any]] = [
    {"operators": OPERATORS, "complexity_costs": {"exp": 2}, "max_complexity": 17, "constants": "rational"},
    {"units": {"a": "m", "b": "s"}, "target_unit": "m/s", "named_constants": ["c"], "constant_units": "free"},
    {"named_constants": {"g": (9.81, "m/s^2"), "two": 2.0}},
    {"max_nesting": {"sin": {"sin": 0}}, "max_argument_size": {"/": (9, 4)}, "forbidden": ["exp(exp(a))"]},
    {"required": ["a"], "macros": {"gauss": "exp(x * x)"}, "prior": "corpus"},
    {"constraints": ["increasing in a", {"that": "y >= 0", "weight": 0.5}], "domain": {"a": (0.1, 3)}},
    {"template": "f(a) * k + g(b)"},
    {"operators": [*OPERATORS, "pow"], "exponents": [-2, 0.5, 2]},
    {"operators": [*OPERATORS, shrunk], "guesses": ["a + b"]},
    {"loss": "quantile:0.9"},
    {"loss": pinball},
    {"score": by_length, "target_loss": 0.001, "patience": 1000},
]  # fmt: skip


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: next(iter(asked)))
def test_settings_come_back_from_a_header(asked: dict[str, Any]) -> None:
    X, y = the_data()
    settings = Settings(**asked, seed=3)
    header = header_of(Table(X, y, ("a", "b"), "y"), settings)
    record = json.loads(json.dumps(header.to_record()))
    known = type(header).from_record(record)
    functions = {
        "operators": [one for one in settings.operators if not isinstance(one, str)],
        "loss": asked["loss"] if callable(asked.get("loss")) else None,
        "score": asked.get("score"),
    }
    again = settings_of(known, **functions)
    assert again.language(["a", "b"]).operators == settings.language(["a", "b"]).operators
    assert again.seed == 3
    longer = settings_of(known, **functions, time_budget=100.0)
    assert longer.time_budget == 100.0


@pytest.mark.parametrize(
    ("asked", "what"),
    [
        ({"operators": [*OPERATORS, shrunk]}, "operator 'shrunk'"),
        ({"loss": pinball}, "loss 'pinball'"),
        ({"score": by_length}, "objective 'by_length'"),
    ],
)
def test_functions_of_the_user_are_asked_for(asked: dict[str, Any], what: str) -> None:
    X, y = the_data()
    header = header_of(Table(X, y, ("a", "b"), "y"), Settings(**asked))
    known = type(header).from_record(json.loads(json.dumps(header.to_record())))
    with pytest.raises(RunError, match=f"the run uses the {what}, whose code is not kept: .*--plugin"):
        settings_of(known)
