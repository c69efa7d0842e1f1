"""Oscillations on even grids have no frequency above half of the sampling rate."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from symlaw import SymbolicRegressor
from symlaw.engine import reference
from symlaw.language import parse
from symlaw.language.expression import Expression
from symlaw.language.grammar import Language
from symlaw.search.problem import make_problem
from symlaw.search.pruning.aliases import Grid, Unaliased, grid_of
from symlaw.search.scoring.confirmers.rows import Confirmer

HOURS = np.arange(168.0)
YEARS = 1990.25 + np.arange(40) / 4
ROWS = {"t": HOURS[:40], "year": YEARS, "x": np.random.default_rng(0).uniform(0, 3, 40)}


def slow(text: str) -> Expression | None:
    return Unaliased(ROWS)(parse(text))


def on_rows(formula: Expression) -> NDArray[np.float64]:
    return np.asarray(reference.values(formula, ROWS))


def test_grids_are_told() -> None:
    rng = np.random.default_rng(1)
    assert grid_of(HOURS) == Grid(0.0, 1.0)
    assert grid_of(np.array([3.0, 9.0, 6.0, 18.0, 6.0])) == Grid(3.0, 3.0)
    gaps = np.delete(0.005 * np.arange(800), rng.integers(1, 799, 300))
    assert grid_of(gaps).step == pytest.approx(0.005)  # type: ignore[union-attr]
    assert grid_of(np.array([0.0, 2.0, 5.0])).step == pytest.approx(1.0)  # type: ignore[union-attr]
    jitter = HOURS + 0.02 * rng.normal(size=168)
    assert grid_of(jitter).step == pytest.approx(1.0, rel=1e-3)  # type: ignore[union-attr]
    assert grid_of(rng.uniform(0, 1, 200)) is None
    assert grid_of(np.geomspace(1, 100, 50)) is None
    assert grid_of(np.full(20, 3.0)) is None


@pytest.mark.parametrize(
    "text",
    [
        "cos(38.22 * t)",
        "2 * cos(38.22 * t + 0.4) + 1",
        "sin(38.22 * t - 0.4)",
        "sin(-5.5 * t)",
        "tan(3.3 * t)",
        "cos((t + 0.3) * 7.1)",
        "cos(t / 0.0261)",
        "cos(30 * year + 1.5)",
        "sin(30 * year + 2 * x)",
        "cos(9 * (t * t) + x)",
        "exp(sin(17 * t)) * x",
    ],
)
def test_the_slow_alias_has_the_same_values(text: str) -> None:
    found = slow(text)
    assert found is not None and found != parse(text)
    np.testing.assert_allclose(on_rows(found), on_rows(parse(text)), atol=1e-8, rtol=1e-8)
    inside = [abs(value) for value in found.constants]
    assert min(inside) <= 4 * math.pi


@pytest.mark.parametrize(
    "text", ["cos(3.1 * t)", "sin(t)", "cos(pi * t)", "sin(40 * x)", "cos(12.5 * year)", "exp(t * 20)"]
)
def test_slow_oscillations_stay(text: str) -> None:
    formula = parse(text)
    assert Unaliased(ROWS)(formula) is formula


def test_values_that_turn_on_the_last_digits_are_refused() -> None:
    assert slow("cos(3006123.26 * cos(x))") is None


def fitted(t: NDArray[np.float64], y: NDArray[np.float64]) -> tuple[list[float], list[str]]:
    """Numbers of the recommended formula, and the texts of the front."""
    model = SymbolicRegressor(
        operators=["+", "-", "*", "/", "sin", "cos"], max_evaluations=60_000, time_budget=None, random_state=0
    ).fit(t[:, None], y)
    return [abs(value) for value in parse(str(model.expression_)).constants], list(model.front_["equation"])


@pytest.mark.long
def test_an_hourly_series_has_a_daily_period() -> None:
    y = 10 + 3 * np.cos(2 * np.pi * HOURS / 12 + 0.4) + 0.3 * np.random.default_rng(1).normal(size=168)
    numbers, _ = fitted(HOURS, y)
    assert any(abs(value - 0.5236) < 0.002 for value in numbers), numbers
    assert all(value < math.pi or abs(value - 10) < 0.2 for value in numbers), numbers


def test_a_fast_even_series_keeps_below_half_of_the_rate() -> None:
    t = np.arange(0, 4, 1 / 200)
    y = 1.5 + np.cos(2 * np.pi * 5.03 * t) + 0.1 * np.random.default_rng(2).normal(size=800)
    numbers, front = fitted(t, y)
    assert any(abs(value - 31.60) < 0.05 for value in numbers), numbers
    for text in front:
        assert all(abs(value) < 629 for value in parse(text).constants), text


def test_jittered_rows_that_tell_a_fast_oscillation_keep_it() -> None:
    rng = np.random.default_rng(3)
    t = np.arange(120) + 0.03 * rng.normal(size=120)
    language = Language.of(("t",), ("+", "*", "cos"))
    problem = make_problem(t[:, None], np.cos(7.5 * t), language)
    entries = Confirmer(problem).guess(parse("cos(7.5 * t)"))
    assert max(max(entry.expression.constants, default=0.0) for entry in entries) > 7.4
