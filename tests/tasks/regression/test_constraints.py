"""What is said about values, from the estimator to a saved model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from symlaw import SymbolicRegressor, load
from symlaw.errors import InvalidSetting
from symlaw.runs.store import read_run
from symlaw.trust.behaviour.doubts import Doubt

RNG = np.random.default_rng(3)
X = pd.DataFrame(RNG.uniform(0.5, 3.0, (200, 2)), columns=["a", "b"])
CLEAN = X["b"] * np.exp(-X["a"])
NOISY = CLEAN + 0.05 * np.sqrt(np.mean(CLEAN**2)) * RNG.normal(size=200)


def fitted(y: Any = NOISY, **settings: Any) -> SymbolicRegressor:
    """A short search on a budget of evaluations."""
    given = {"max_evaluations": 40_000, "time_budget": None, "random_state": 0, **settings}
    return SymbolicRegressor(**given).fit(X, y)


@pytest.mark.long
def test_each_row_says_what_is_known_of_each_statement() -> None:
    front = fitted(constraints=["decreasing in a", "y >= 0"]).front_
    assert len(front) > 1
    for words in front["constraints"]:
        assert [one.split("' ")[0] for one in words] == ["'decreasing in a", "'y >= 0"]
        assert not any("violated" in one for one in words)


@pytest.mark.long
def test_without_statements_there_is_no_such_column() -> None:
    model = fitted(max_evaluations=2000)
    assert "constraints" not in model.front_ and model.doubts_ == ()


@pytest.mark.long
def test_a_price_may_be_paid_and_is_not_in_the_loss_shown() -> None:
    model = fitted(constraints=[{"that": "increasing in a", "weight": 1e-6}])
    best = model.front_.iloc[-1]
    assert best["loss"] == pytest.approx(1 - best["r2"])
    assert best["constraints"][0].startswith("'increasing in a' violated at a = ")
    dear = fitted(constraints=[{"that": "increasing in a", "weight": 100.0}])
    assert dear.front_["loss"].iloc[-1] > 10 * best["loss"]


@pytest.mark.long
def test_a_false_statement_is_named_with_both_errors_and_a_true_one_is_not() -> None:
    model = fitted(constraints=["y >= 0", "increasing in a"])
    (doubt,) = model.doubts_
    assert doubt.startswith("the data contradict 'increasing in a': ") and " instead of " in doubt
    assert fitted(constraints=["y >= 0", "decreasing in a"]).doubts_ == ()


@pytest.mark.long
def test_a_domain_beyond_the_data_is_obeyed() -> None:
    inside = fitted(y=X["a"], constraints=["y <= 4"], max_evaluations=3000)
    assert str(inside.expression_) == "a"
    beyond = fitted(y=X["a"], constraints=["y <= 4"], domain={"a": (0, 10)}, max_evaluations=3000)
    wide = pd.DataFrame({"a": np.linspace(0, 10, 50), "b": 1.0})
    assert np.all(beyond.predict(wide) <= 4 + 1e-6)


@pytest.mark.long
def test_a_model_and_a_run_keep_what_is_known(tmp_path: Path) -> None:
    model = fitted(constraints=["increasing in a"], run_folder=tmp_path / "run")
    model.save(tmp_path / "law.json")
    back = load(tmp_path / "law.json")
    assert back.doubts_ == model.doubts_ != ()
    assert list(back.front_["constraints"]) == list(model.front_["constraints"])
    run = read_run(tmp_path / "run")
    assert run.doubts == model.doubts_
    assert [[v.words() for v in row.verdicts] for row in run.rows] == list(model.front_["constraints"])


def test_refused_before_any_search() -> None:
    for constraints, message in (
        (["increasing in c"], "there is no column 'c'"),
        (["increasing in a", "decreasing in a"], "contradict each other"),
    ):
        with pytest.raises(InvalidSetting, match=message):
            fitted(constraints=constraints, max_evaluations=10**12)
    with pytest.raises(InvalidSetting, match="domain names 'c'"):
        fitted(constraints=["y > 0"], domain={"c": (0, 1)}, max_evaluations=10**12)


def test_a_loss_that_is_not_least_squares_is_held_to_statements_too() -> None:
    model = fitted(constraints=["decreasing in a", "y >= 0"], loss="absolute")
    assert len(model.front_) > 1
    assert not any("violated" in one for words in model.front_["constraints"] for one in words)


def test_a_doubt_is_a_sentence() -> None:
    from symlaw.language import parse

    doubt = Doubt("y > 0", parse("a"), 0.5, 1.0)
    assert (
        doubt.words() == "the data contradict 'y > 0': a breaks only that, and its error is 0.5 instead of 1"
    )
