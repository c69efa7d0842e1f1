"""Laws in numbers far from 1: large offsets, columns of very different sizes, tiny and huge targets."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from symlaw import SymbolicRegressor
from symlaw.engine.losses.table import LOSSES, Loss
from symlaw.language.expression import Expression

BUDGET: dict[str, Any] = {"max_evaluations": 5_000, "time_budget": None, "random_state": 0, "n_jobs": 1}
OPERATORS = ["+", "-", "*", "/", "sin", "sqrt"]
X = np.random.default_rng(101).uniform(-2, 2, (60, 3))


def fitted(X: np.ndarray, y: np.ndarray) -> SymbolicRegressor:
    return SymbolicRegressor(operators=OPERATORS, **BUDGET).fit(X, y)


@pytest.mark.long
@pytest.mark.parametrize("offset", [1e6, 1e12, -1e12, 1e13])
def test_a_wave_on_a_large_offset_is_found(offset: float) -> None:
    model = fitted(X, offset + np.sin(X[:, 0]))
    assert "sin(x0)" in str(model.expression_)
    there = np.array([[np.pi / 2, 0, 0], [-np.pi / 2, 0, 0]])
    high, low = model.predict(there)
    assert high - low == pytest.approx(2.0, abs=2e-3 + 4 * np.spacing(abs(offset)))


@pytest.mark.long_but("1e-300")
@pytest.mark.parametrize("unit", [1e-300, 1e-30, 1e30, 1e300])
def test_targets_of_any_size_have_their_law(unit: float) -> None:
    model = fitted(X, unit * (np.sin(X[:, 0]) + 2))
    np.testing.assert_allclose(model.predict(X), unit * (np.sin(X[:, 0]) + 2), rtol=1e-9)
    assert len(model.expression_.nodes) <= 7  # type: ignore[union-attr]


@pytest.mark.long
def test_columns_of_very_different_sizes_add_up() -> None:
    wide = X * np.array([1e-15, 1e15, 1.0])
    model = fitted(wide, 1e15 * wide[:, 0] + 1e-15 * wide[:, 1])
    np.testing.assert_allclose(model.predict(wide), X[:, 0] + X[:, 1], atol=1e-9)


@pytest.mark.long
def test_a_sum_of_terms_with_tiny_and_huge_coefficients_and_noise_of_each_value(
    capfd: pytest.CaptureFixture[str],
) -> None:
    rng = np.random.default_rng(12)
    a, b = 10 ** rng.uniform(0, 1, 200), 10 ** rng.uniform(10, 11, 200)
    law = 3e-12 * a * b + 5e10 * a / b
    model = fitted(np.column_stack([a, b]), law * (1 + 0.005 * rng.normal(size=200)))
    assert isinstance(model.expression_, Expression) and len(model.expression_.constants) == 2
    np.testing.assert_allclose(model.predict(np.column_stack([a, b])), law, rtol=0.01)
    assert "grows with the value: 0." in str(model.noise_)
    assert "illegal value" not in "".join(capfd.readouterr())


@pytest.mark.parametrize("name", ["squared", "absolute"])
def test_what_counts_as_exact_is_of_the_last_digits(name: str) -> None:
    loss, power = Loss(LOSSES[name]), LOSSES[name].floor_power
    last_digit = (np.spacing(1e12) / 2) ** power
    assert last_digit < loss.floor(1e12) < 1e4 * last_digit
    assert loss.floor(0.0) == LOSSES[name].floor


def test_a_cell_near_the_largest_number_leaves_all_figures_finite() -> None:
    y = np.where(np.arange(51) == 11, -1e308, np.arange(51.0))
    model = SymbolicRegressor(
        operators=["neg"], searchers=["evolution"], max_complexity=2, max_evaluations=100, time_budget=None,
        n_jobs=1, random_state=0,
    ).fit(np.linspace(1.0, 2.0, 51)[:, None], y)  # fmt: skip
    assert np.isfinite(model.front_[["rmse", "mae", "max_error"]].to_numpy(dtype=float)).all()
