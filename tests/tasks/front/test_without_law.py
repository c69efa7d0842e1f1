"""Noisy tables without a law: as good on new rows as a linear fit, and no value far out."""

from __future__ import annotations

import numpy as np
import pytest

from symlaw import SymbolicRegressor
from symlaw.language import parse
from symlaw.search.archive import Entry
from symlaw.search.problem import make_problem
from symlaw.tasks.front.conclude import chosen_of
from symlaw.tasks.front.linear_sums import linear_sums
from symlaw.tasks.regression.settings import Settings
from symlaw.trust.constants.fit import Sample
from symlaw.trust.selection.description import criteria_on

RNG = np.random.default_rng(5)
NAMES = tuple(f"c{k}" for k in range(15))
COLUMNS = RNG.normal(size=(400, 15)) + RNG.normal(size=(400, 1))
TARGET = COLUMNS[:, 0] - COLUMNS[:, 3] + 0.7 * COLUMNS[:, 8] + RNG.normal(size=400)
OPERATORS = ("+", "-", "*", "/", "exp", "square")


def r2(predicted: np.ndarray, y: np.ndarray) -> float:
    return 1.0 - float(np.mean((y - predicted) ** 2) / np.var(y))


def asked(X: np.ndarray, y: np.ndarray) -> tuple[object, Sample]:
    sample = Sample(X, y, NAMES[: X.shape[1]], np.ones(len(y)))
    return make_problem(X, y, Settings(operators=OPERATORS).language(sample.names)), sample


@pytest.mark.long
def test_sixty_rows_of_fifteen_columns_are_predicted_as_by_a_line() -> None:
    X, y, new = COLUMNS[:60], TARGET[:60], COLUMNS[60:]
    model = SymbolicRegressor(max_evaluations=30_000, time_budget=None, random_state=0, n_jobs=1).fit(X, y)
    line = np.linalg.lstsq(np.column_stack([X, np.ones(60)]), y, rcond=None)[0]
    ours = r2(np.asarray(model.predict(new)), TARGET[60:])
    assert ours >= r2(np.column_stack([new, np.ones(len(new))]) @ line, TARGET[60:]) - 0.02


@pytest.mark.long
def test_noise_is_given_no_sum() -> None:
    y = np.random.default_rng(6).normal(size=60)
    model = SymbolicRegressor(max_evaluations=30_000, time_budget=None, random_state=0, n_jobs=1)
    model.fit(COLUMNS[:60], y)
    assert not model.expression_.variables


def test_linear_fits_hold_the_columns_that_matter() -> None:
    problem, sample = asked(COLUMNS[:100], TARGET[:100])
    found = linear_sums(problem, sample)  # type: ignore[arg-type]
    assert ("c0", "c3", "c8") in [one.expression.variables for one in found]
    assert all(one.complexity <= 30 and 0.0 < one.loss < 1.0 for one in found)


def test_columns_that_say_nothing_or_the_same_are_borne() -> None:
    X = np.column_stack([COLUMNS[:50, 0], COLUMNS[:50, 0], np.full(50, 3.0), COLUMNS[:50, 3]])
    found = linear_sums(*asked(X, TARGET[:50]))  # type: ignore[arg-type]
    assert found
    assert all("c2" not in one.expression.variables for one in found)


@pytest.mark.parametrize(("loss", "picked"), [(0.3, "c0"), (0.01, "c0 + 0.3 / (c1 - 0.5)")])
def test_a_pole_is_recommended_only_where_little_is_left(loss: float, picked: str) -> None:
    X = COLUMNS[:100]
    formulas = [parse("0.5"), parse("c0"), parse("c0 + 0.3 / (c1 - 0.5)")]
    # the target is what the longest gives, and noise
    exact = X[:, 0] + 0.3 / (X[:, 1] - 0.5)
    y = exact + np.sqrt(loss / (1 - loss)) * np.std(exact) * np.random.default_rng(1).normal(size=100)
    problem, sample = asked(X, y)
    entries = []
    for one, values in zip(formulas, (np.full(100, y.mean()), X[:, 0], exact), strict=True):
        left = float(np.mean((y - values) ** 2) / np.var(y))
        entries.append(Entry(one, one.complexity(), left, one))
    chosen = chosen_of(entries, problem, criteria_on(sample, OPERATORS), np.zeros((3, 0)))  # type: ignore[arg-type]
    assert str(chosen.front[chosen.recommended.place].expression) == picked
    assert ("pole" in chosen.recommended.reason) == (picked == "c0")
