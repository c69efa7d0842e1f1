"""Numbers of a front's formulas are the best ones of the form that is shown."""

from __future__ import annotations

import numpy as np
import pytest

import symlaw
from symlaw import SymbolicRegressor
from symlaw.language.values import values


@pytest.mark.long
@pytest.mark.parametrize("budget", [{"max_evaluations": 5_000, "time_budget": None}, {"time_budget": 1.0}])
def test_numbers_are_those_of_least_squares(budget: dict[str, float | None]) -> None:
    rng = np.random.default_rng(3)
    X = rng.uniform(0.5, 2.0, (40, 1))
    y = 2.0 * np.exp(0.7 * X[:, 0]) + 0.03 * rng.normal(size=40)
    model = SymbolicRegressor(operators=["+", "*", "exp"], random_state=0, simplify=False, **budget).fit(X, y)
    several = 0
    for formula in model.front_["expression"]:
        again = symlaw.refit(formula, X, y)
        several += len(formula.constants) > 1
        np.testing.assert_allclose(_squares(formula, X, y), _squares(again, X, y), rtol=1e-9)
    assert several


@pytest.mark.long
def test_whole_numbers_stay_whole() -> None:
    """A scale of 1/11 is written as a quotient, whether or not quotients may be searched."""
    rng = np.random.default_rng(3)
    X = rng.uniform(0.5, 2.0, (40, 1))
    y = 2.3 * X[:, 0] + 1.2 + 0.1 * rng.normal(size=40)
    model = SymbolicRegressor(
        operators=["+", "*"], constants="integer", max_evaluations=5_000, time_budget=None, random_state=0
    ).fit(X, y)
    assert all(value == round(value) for formula in model.front_["expression"] for value in formula.constants)


def _squares(formula: symlaw.Expression, X: np.ndarray, y: np.ndarray) -> float:
    return float(np.sum((values(formula, {"x0": X[:, 0]}) - y) ** 2))
