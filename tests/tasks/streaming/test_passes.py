"""Formulas on all rows of a stream have the figures and the constants that they have in memory."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.dataset
import pytest

import symlaw
from symlaw import SymbolicRegressor, parse
from symlaw.data.streaming.encoding import Wanted
from symlaw.data.streaming.stream import open_stream
from symlaw.errors import DataError, InvalidSetting
from symlaw.tasks.streaming.passes import confirm

RNG = np.random.default_rng(2)
N = 300_000
A, B = RNG.uniform(0.5, 3.0, (2, N))
Y = 3.0 * np.exp(-0.7 * A) + 0.5 * B + 0.1 * RNG.normal(size=N)
WEIGHTS = RNG.uniform(0.5, 2.0, N)
RECIPES = tuple({"name": name, "source": name, "kind": "number"} for name in "ab")


def stream(**columns: Any) -> Any:
    return open_stream(pa.dataset.dataset(pa.table({"a": A, "b": B, "y": Y, "w": WEIGHTS, **columns})))


@pytest.mark.parametrize("weights", ["", "w"])
def test_constants_are_those_of_a_fit_in_memory(weights: str) -> None:
    formula = parse("2.0 * exp(-1.0 * a) + 0.3 * b")
    found = confirm([formula], stream(), Wanted(RECIPES, "y", weights), passes=12).formulas[0]
    X = {"a": A, "b": B}
    wanted = symlaw.refit(formula, X, Y, WEIGHTS if weights else None)
    assert np.allclose(found.expression.constants, wanted.constants, rtol=1e-6)


def test_figures_are_those_of_all_rows() -> None:
    formula = parse("3.0 * exp(-0.7 * a) + 0.5 * b")
    found = confirm([formula], stream(), Wanted(RECIPES, "y"), passes=1)
    errors = 3.0 * np.exp(-0.7 * A) + 0.5 * B - Y
    one = found.formulas[0]
    assert found.n_rows == N
    assert found.n_passes == 1
    assert one.expression == formula
    assert np.isclose(one.loss, np.mean(errors**2) / np.var(Y), rtol=1e-10)
    assert np.isclose(one.mae, np.mean(np.abs(errors)))
    assert one.max_error == np.max(np.abs(errors))


def test_rows_that_lack_cells_are_left_out_and_undefined_values_counted() -> None:
    y, a = Y.copy(), A.copy()
    y[:5], a[5:15] = np.nan, -1.0
    gone = pa.array(B, mask=np.arange(N) == 20)
    found = confirm([parse("sqrt(a) + b")], stream(y=y, a=a, b=gone), Wanted(RECIPES, "y"), passes=1)
    assert (found.n_rows, found.n_left_out) == (N - 6, 6)
    assert found.formulas[0].n_undefined == 10


def test_infinite_cells_are_left_out_and_numbers_of_other_types_are_read() -> None:
    a = A.copy()
    a[[3, 4]] = np.inf, -np.inf
    counts = pa.array(np.arange(N) % 7, pa.int32())
    found = confirm([parse("a + b")], stream(a=a, b=counts), Wanted(RECIPES, "y"), passes=1)
    errors = np.delete(a + np.arange(N) % 7 - Y, [3, 4])
    assert (found.n_rows, found.n_left_out) == (N - 2, 2)
    assert np.isclose(found.formulas[0].rmse, np.sqrt(np.mean(errors**2)), rtol=1e-12)


def test_equal_weights_are_like_none() -> None:
    formula, even = parse("3.0 * exp(-0.7 * a) + 0.5 * b"), stream(w=np.full(N, 2.0))
    one = confirm([formula], even, Wanted(RECIPES, "y", "w"), passes=1).formulas[0]
    other = confirm([formula], even, Wanted(RECIPES, "y"), passes=1).formulas[0]
    assert np.allclose([one.loss, one.rmse, one.mae], [other.loss, other.rmse, other.mae], rtol=1e-12)


def test_a_target_that_does_not_vary_is_refused() -> None:
    with pytest.raises(DataError, match="the same in every row"):
        confirm([parse("a")], stream(y=np.ones(N)), Wanted(RECIPES, "y"))


@pytest.fixture(scope="module")
def model() -> SymbolicRegressor:
    regressor = SymbolicRegressor(
        operators=["+", "*", "exp"], max_evaluations=4_000, time_budget=None, random_state=0, n_jobs=1,
        searchers=["sparse", "evolution"], guesses=["3.0 * exp(-0.7 * a) + 0.5 * b"],
    )  # fmt: skip
    dataset = pa.dataset.dataset(pa.table({"a": A, "b": B, "y": Y}))
    return symlaw.fit_stream(dataset, "y", regressor, sample_rows=2_000)


def test_a_fit_of_a_stream_has_the_loss_of_all_rows(model: SymbolicRegressor) -> None:
    row = model.front_.iloc[model.recommended_]
    assert model.confirmation_.n_rows == N
    assert np.isclose(row["loss"], 0.1**2 / np.var(Y), rtol=0.01)
    X = {"a": A, "b": B}
    best = symlaw.compare([symlaw.refit(model.expression_, X, Y)], X, Y).rows[0]
    assert row["loss"] <= best.loss * (1.0 + 1e-6)
    values = np.concatenate(
        list(symlaw.predict_stream(model, pa.dataset.dataset(pa.table({"a": A, "b": B}))))
    )
    assert np.array_equal(values, model.predict(pd.DataFrame({"a": A, "b": B})), equal_nan=True)


def test_settings_that_need_all_rows_in_memory_are_refused() -> None:
    with pytest.raises(InvalidSetting, match="groups does not go with a table larger than memory"):
        symlaw.fit_stream(stream(), "y", SymbolicRegressor(groups="a"))
    with pytest.raises(InvalidSetting, match="loss 'absolute' does not go"):
        symlaw.fit_stream(stream(), "y", SymbolicRegressor(loss="absolute"))
