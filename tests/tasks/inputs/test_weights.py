"""Standard deviations of the target's errors weigh rows, and what is found out about the noise is said."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from symlaw import SymbolicRegressor, load
from symlaw.errors import DataError, InvalidSetting
from symlaw.language.expression import Expression

BUDGET: dict[str, Any] = {"max_evaluations": 20_000, "time_budget": None, "random_state": 0, "n_jobs": 1}
POWERS: dict[str, Any] = {"operators": ["*", "/", "pow"], **BUDGET}
# where what is found does not matter
QUICK: dict[str, Any] = {**POWERS, "max_evaluations": 2_000, "searchers": ["evolution"]}


def repeated_means() -> tuple[pd.DataFrame, pd.Series]:
    """Means of N repeats with standard errors of 2 to 12% in a column."""
    rng = np.random.default_rng(9)
    frame = pd.DataFrame({"N": rng.integers(2, 60, 22).astype(float), "d": rng.uniform(0.5, 5, 22)})
    law = 1.62 * frame["N"] ** -0.5 * frame["d"] ** 0.3
    frame["y_err"] = law * rng.uniform(0.02, 0.12, 22) * np.where(rng.uniform(size=22) < 0.5, 0.2, 1.0)
    return frame, pd.Series(law + frame["y_err"] * rng.normal(size=22), name="y")


def exponents(model: SymbolicRegressor, point: dict[str, float]) -> list[float]:
    """Logarithmic slopes of the recommended formula at a point."""
    here, found = pd.DataFrame([point]), []
    for name in point:
        there = here.copy()
        there[name] *= 1.01
        found.append(float(np.log(model.predict(there)[0] / model.predict(here)[0]) / np.log(1.01)))
    return found


@pytest.mark.long
def test_standard_deviations_weigh_rows_and_their_column_is_no_feature() -> None:
    frame, y = repeated_means()
    model = SymbolicRegressor(**POWERS).fit(frame, y, y_std="y_err")
    assert list(model.feature_names_in_) == ["N", "d"]
    np.testing.assert_allclose(exponents(model, {"N": 20.0, "d": 2.0}), [-0.5, 0.3], atol=0.03)
    assert model.predict(frame).shape == (22,)
    assert len(model.evidence(frame, y, y_std="y_err")) == len(model.front_)


def test_a_column_and_its_values_are_one_and_the_same() -> None:
    frame, y = repeated_means()
    by_name = SymbolicRegressor(**QUICK).fit(frame, y, y_std="y_err")
    by_values = SymbolicRegressor(**QUICK).fit(frame[["N", "d"]], y, y_std=frame["y_err"])
    assert by_name.front_["equation"].tolist() == by_values.front_["equation"].tolist()


def test_a_column_that_looks_like_errors_is_asked_about() -> None:
    frame, y = repeated_means()
    with pytest.warns(UserWarning, match=r"'y_err' is left out: it looks like .* Give it as y_std"):
        SymbolicRegressor(**QUICK).fit(frame, y)
    with pytest.warns(UserWarning, match="Give standard deviations as y_std"):
        SymbolicRegressor(**QUICK).fit(frame[["N", "d"]], y, sample_weight=frame["y_err"])


def test_weights_and_deviations_do_not_go_together() -> None:
    frame, y = repeated_means()
    with pytest.raises(InvalidSetting, match="leave one of them out"):
        SymbolicRegressor(**POWERS).fit(frame, y, sample_weight=np.ones(22), y_std="y_err")
    with pytest.raises(DataError, match="row 3 has 0"):
        SymbolicRegressor(**POWERS).fit(frame, y, y_std=np.where(np.arange(22) == 2, 0.0, 1.0))


def scattered(n_rows: int = 150, share: float = 0.4) -> tuple[pd.DataFrame, np.ndarray]:
    rng = np.random.default_rng(8)
    frame = pd.DataFrame({name: 10 ** rng.uniform(0, 1, n_rows) for name in "acd"})
    law = 11.3 * frame["c"] ** 1.6 * frame["d"] / frame["a"] ** 1.75
    return frame, np.asarray(law * np.exp(share * rng.normal(size=n_rows)))


@pytest.mark.long
def test_errors_that_grow_are_noticed_and_the_loss_for_them_finds_the_exponents() -> None:
    frame, y = scattered()
    plain = SymbolicRegressor(**POWERS).fit(frame, y)
    assert "grows with the value" in plain.noise_ and "loss 'log'" in plain.noise_
    model = SymbolicRegressor(loss="log", **POWERS).fit(frame, y)
    found = exponents(model, {"a": 3.0, "c": 3.0, "d": 3.0})
    np.testing.assert_allclose(found, [-1.75, 1.6, 1.0], atol=0.1)
    assert str(model.noise_).startswith("in proportion to the value: 3")


def test_even_noise_is_measured() -> None:
    rng = np.random.default_rng(0)
    x = rng.uniform(1, 3, 100)
    model = SymbolicRegressor(operators=["*", "+"], **BUDGET).fit(
        x[:, None], x * x + 0.02 * rng.normal(size=100)
    )
    assert str(model.noise_).startswith("even: 0.0")


def test_what_is_exact_has_no_noise(tmp_path: object) -> None:
    x = np.linspace(1, 3, 30)
    model = SymbolicRegressor(operators=["*", "+"], **{**BUDGET, "max_evaluations": 2_000}).fit(
        x[:, None], x * x
    )
    assert model.noise_ == "none: what is left is rounding"
    model.save(f"{tmp_path}/model.json")
    assert load(f"{tmp_path}/model.json").noise_ == model.noise_


@pytest.mark.long
def test_weights_that_go_with_errors_are_asked_about() -> None:
    rng = np.random.default_rng(1)
    x, spread = rng.uniform(1, 3, 120), rng.uniform(0.01, 0.3, 120)
    y = x * x + spread * rng.normal(size=120)
    model = SymbolicRegressor(operators=["*", "+"], **BUDGET).fit(x[:, None], y, sample_weight=spread)
    assert "give them as y_std" in model.noise_
    assert isinstance(model.expression_, Expression)
