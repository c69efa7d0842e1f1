"""A function that gives the target: checked against the data, and used."""

from __future__ import annotations

import numpy as np
import pytest

from symlaw import SymbolicRegressor
from symlaw.errors import InvalidSetting

X = np.random.Generator(np.random.Philox(3)).uniform(1.0, 2.0, (60, 3))


def law(points: np.ndarray) -> np.ndarray:
    """The function that the data come from."""
    return np.exp(points[:, 0] - points[:, 1]) * points[:, 2]


def model(**settings: object) -> SymbolicRegressor:
    """A short search by decomposition and evolution."""
    return SymbolicRegressor(
        operators=["+", "-", "*", "exp"], max_evaluations=30_000, time_budget=None, random_state=0, n_jobs=1,
        searchers=["decomposition", "evolution"], **settings,
    )  # fmt: skip


def test_structure_that_it_shows_is_reported() -> None:
    found = model(oracle=law).fit(X, law(X))
    remarks = [line for lines in found.search_report_["remarks"] for line in lines]
    assert any(line.startswith("difference: x0, x1") for line in remarks)
    assert found.front_["loss"].min() < 1e-20


def test_one_function_gives_several_targets() -> None:
    y = np.column_stack([law(X), X[:, 0] + X[:, 1]])
    both = model(oracle=lambda points: np.column_stack([law(points), points[:, 0] + points[:, 1]])).fit(X, y)
    assert len(both.expression_) == 2


@pytest.mark.parametrize(
    ("oracle", "message"),
    [
        (3, "oracle is 3: give a function of X"),
        (lambda points: 1.0, r"oracle gave an array \(\) for 60 rows"),
        (lambda points: points, r"oracle gave an array \(60, 3\) for 60 rows"),
        (lambda points: points[:, 7], "oracle failed on the first 60 rows of X with IndexError"),
        (lambda points: -law(points), "oracle and target have little in common"),
    ],
)
def test_functions_that_do_not_fit_the_data_are_refused(oracle: object, message: str) -> None:
    with pytest.raises(InvalidSetting, match=message):
        model(oracle=oracle).fit(X, law(X))
