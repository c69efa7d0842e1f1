"""Formulas of short descriptions among the entries of a bank and their joins."""

from __future__ import annotations

import numpy as np
import pytest

from symlaw import SymbolicRegressor
from symlaw.language.grammar import Language
from symlaw.language.values import values
from symlaw.search.bank.bank import enumerate_more, make_bank
from symlaw.search.bank.beam.shortest import shortest
from symlaw.search.bank.targets import make_workplace, transforms_of
from symlaw.search.problem import make_problem

OPERATORS = ["+", "-", "*", "/", "sqrt", "square", "exp", "log", "sin", "cos", "tanh"]


@pytest.mark.parametrize(
    "law",
    [
        lambda a, b, c: c - 4.0 + b - np.cos(a),
        lambda a, b, c: 0.3 * a**2 * np.exp(b) / np.sqrt(c),
        lambda a, b, c: 1.0 + np.tanh(c) + b + np.log(a),
        lambda a, b, c: 2.0 * (a + b) * np.sin(c),
    ],
)
def test_noisy_laws_of_few_rows_are_among_the_shortest(law) -> None:  # type: ignore[no-untyped-def]
    rng = np.random.default_rng(3)
    X = rng.uniform(0.5, 3.0, (25, 3))
    truth = law(*X.T)
    y = truth + 0.1 * np.std(truth) * rng.normal(size=25)
    problem = make_problem(X, y, Language.of(["a", "b", "c"], OPERATORS))
    bank = make_bank(problem.probe.X, problem.language, 2**27)
    while bank.count < 50_000:
        enumerate_more(bank)
    found = shortest(make_workplace(problem, bank, transforms_of(problem)), 2.3, 60)
    assert any(_is_a_line_of(formula, X, truth) for formula in found)


def _is_a_line_of(formula, X: np.ndarray, truth: np.ndarray) -> bool:  # type: ignore[no-untyped-def]
    """Whether the truth is the formula with a scale and an offset."""
    there = values(formula, dict(zip("abc", X.T, strict=True)))
    return bool(abs(np.corrcoef(there, truth)[0, 1]) > 1.0 - 1e-12)


@pytest.mark.long
def test_a_law_that_others_of_its_size_beat_by_chance_is_recommended() -> None:
    rng = np.random.default_rng(11)
    X = rng.uniform(0.5, 3.0, (20, 3))
    y = X[:, 2] + X[:, 1] - np.cos(3.0 * X[:, 0]) + 0.05 * rng.normal(size=20)
    model = SymbolicRegressor(max_evaluations=30_000, time_budget=None, random_state=0).fit(X, y)
    assert sorted(model.expression_.variables) == ["x0", "x1", "x2"]
    residual = y - model.predict(X)
    assert np.sqrt(np.mean(residual**2)) < 0.08
