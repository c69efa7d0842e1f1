"""What cannot be searched costs nothing else, and what fails after a search does not cost the search."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import KFold, cross_val_score

from symlaw import SymbolicRegressor
from symlaw.errors import DataError
from symlaw.search.bank.entries import Entries

X = np.random.default_rng(101).uniform(-2.0, 2.0, (60, 3))
Y = 2.0 * X[:, 0] + X[:, 1]


def _model(**more: Any) -> SymbolicRegressor:
    quick = {"searchers": ["evolution"], "operators": ["+", "*"], "max_evaluations": 600, "time_budget": None,
             "n_jobs": 1, "random_state": 0, "max_complexity": 8}  # fmt: skip
    return SymbolicRegressor(**{**quick, **more})


@pytest.mark.parametrize("value", [0.0, 3.7, 1e300])
def test_a_constant_target_has_that_number_as_its_formula(value: float) -> None:
    with pytest.warns(RuntimeWarning, match="target 'y' is constant"):
        found = _model().fit(X, np.full(60, value))
    assert found.expression_.constants == (value,) and found.stopped_by_ == "the target is constant"
    assert np.array_equal(found.predict(X), np.full(60, value))
    assert len(found.alternatives_(1.0)) == 0


def test_one_constant_target_does_not_cost_the_others() -> None:
    with pytest.warns(RuntimeWarning, match="target 'y1' is constant"):
        found = _model().fit(X, np.column_stack([Y, np.full(60, 4.0)]))
    assert np.allclose(found.predict(X), np.column_stack([Y, np.full(60, 4.0)]))
    assert list(found.front_["output"].unique()) == [0, 1]


def test_shared_parts_with_a_constant_target_are_searched_alone() -> None:
    with pytest.warns(RuntimeWarning, match="constant"):
        found = _model(shared_parts=True).fit(X, np.column_stack([Y, np.full(60, 4.0), Y]))
    assert np.allclose(found.predict(X)[:, 1], 4.0)


def test_a_constant_target_is_recorded_like_any_other(tmp_path: Path) -> None:
    from symlaw.runs.store import read_run

    with pytest.warns(RuntimeWarning, match="constant"):
        _model(run_folder=tmp_path / "run").fit(X, np.full(60, 4.0))
    assert [str(row.expression) for row in read_run(tmp_path / "run").rows] == ["4.0"]


@pytest.mark.long
def test_a_constant_part_of_a_cross_validation_has_a_score() -> None:
    y = np.r_[np.full(48, 5.0), np.full(12, 7.0)]
    with pytest.warns(RuntimeWarning, match="constant"):
        scores = cross_val_score(_model(), X, y, cv=KFold(5))
    assert np.isfinite(scores).all()


def test_a_template_is_not_filled_by_a_constant_target() -> None:
    with pytest.raises(DataError, match="the target is constant"):
        _model(template="a * f(x0) + b").fit(X, np.full(60, 2.0))


@pytest.mark.long
def test_the_bank_is_let_go_without_the_collector_of_cycles() -> None:
    def banks() -> int:
        # other packages' objects may warn where they are asked for their class
        return sum(type(one) is Entries for one in gc.get_objects())

    gc.collect()
    before = banks()
    gc.disable()
    try:
        _model(max_evaluations=5_000, searchers=["bank", "evolution"], bank_memory=16).fit(
            X, Y * X[:, 2] + X[:, 0] ** 2
        )
        assert banks() == before
    finally:
        gc.enable()


@pytest.mark.long_but(
    "tasks.front.conclude.simplest-simplifying", "trust.selection.recommend.recommend-choosing a formula"
)
@pytest.mark.parametrize(
    ("step", "words"),
    [
        ("tasks.front.conclude.finished", "fitting on all rows"),
        ("tasks.front.conclude.with_fitted_numbers", "fitting the numbers"),
        ("tasks.front.conclude.simplest", "simplifying"),
        ("tasks.front.conclude.as_written", "writing formulas"),
        ("trust.selection.recommend.recommend", "choosing a formula"),
        ("trust.selection.recommend.worth_showing", "choosing a formula"),
        ("tasks.front.conclude.thinned", "choosing a formula"),
        ("tasks.regression.fit.held_out_errors", "choosing a formula"),
        ("tasks.regression.fit.found_out", "judging what was found"),
        ("tasks.regression.fit.bank_after", "growing the bank"),
        ("tasks.regression.fit.chance_of", "counting chance"),
        ("tasks.regression.fit.shortlist", "the shortlist"),
    ],
)
def test_what_fails_after_a_search_does_not_cost_it(
    step: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise KeyError("Temperature")

    monkeypatch.setattr(f"symlaw.{step}", fails)
    with pytest.warns(RuntimeWarning, match=rf"{words} failed after the search \(KeyError: 'Temperature'\)"):
        found = _model().fit(X, Y)
    assert np.allclose(found.predict(X), Y)


def test_nothing_appears_in_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    noisy = Y + 0.01 * X[:, 2] ** 2
    found = _model(n_jobs=2).fit(X, noisy)
    found.evidence(X, noisy)
    found.plot_front()
    found.report(tmp_path / "asked.html", X, noisy)
    assert [path.name for path in tmp_path.iterdir()] == ["asked.html"]


@pytest.mark.long
def test_formulas_are_written_as_people_do_without_egglog_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("symlaw.tasks.front.simplify.is_installed", lambda: False)
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"mass": rng.uniform(1, 5, 40), "speed": rng.uniform(1, 9, 40)})
    energy = 0.5 * frame["mass"] * frame["speed"] ** 2
    model = SymbolicRegressor(
        operators=["+", "-", "*", "/"], max_evaluations=5_000, time_budget=None, random_state=0, n_jobs=1
    ).fit(frame, energy)
    assert model.expression_.shown() == "0.5 * mass * speed * speed"
