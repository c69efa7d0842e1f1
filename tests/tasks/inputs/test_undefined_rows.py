"""Rows where a formula is undefined are named, and neither lose the law nor spoil figures."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from symlaw import SymbolicRegressor
from symlaw.data import read_table
from symlaw.trust.selection.validation import failing, split_rows

BUDGET: dict[str, Any] = {"max_evaluations": 5000, "time_budget": None, "n_jobs": 1}


@pytest.mark.long_but("2")
@pytest.mark.parametrize("seed", range(4))
def test_a_root_of_what_rounding_made_negative_is_found(seed: int) -> None:
    x = np.random.default_rng(30).exponential(2, 200)
    x[0] = -1e-17
    y = np.sqrt(np.maximum(x, 0))
    with pytest.warns(UserWarning, match="'x0' is -1e-17 in row 1, which counts as 0"):
        model = SymbolicRegressor(random_state=seed, **BUDGET).fit(x[:, None], y)
    assert str(model.expression_) == "sqrt(x0)"
    figures = model.front_[["loss", "r2", "rmse", "mae", "max_error"]].to_numpy()
    assert np.all(np.isfinite(figures))


def test_the_command_notes_the_row() -> None:
    x = np.linspace(-3, -1, 50)
    x[7] = 1e-18
    table = read_table({"x": x, "y": x**2}, target="y")
    assert table.X[7, 0] == 0.0 and any("in row 8, which counts as 0" in note for note in table.notes)
    assert any("below 0 elsewhere" in note for note in table.notes)


def test_small_values_of_both_signs_stay() -> None:
    x = np.linspace(-1, 1, 50)
    x[7] = -1e-18
    assert not read_table({"x": x, "y": x**2}, target="y").notes


def test_a_law_that_is_undefined_on_a_row_held_out_is_recommended_and_the_row_named() -> None:
    x = np.random.default_rng(3).exponential(2, 200)
    seed = int(np.random.RandomState(0).randint(2**31 - 1))
    place = int(split_rows(200, seed).held_out[3])
    x[place] = -0.01
    y = np.sqrt(np.maximum(x, 0))
    model = SymbolicRegressor(operators=["+", "*", "sqrt"], random_state=0, **BUDGET).fit(x[:, None], y)
    assert str(model.expression_) == "sqrt(x0)"
    assert f"it is undefined in row {place + 1}" in model.reason_
    assert np.all(np.isfinite(model.front_[["loss", "rmse", "mae", "max_error", "r2"]].to_numpy()))


def test_what_is_undefined_on_a_row_has_to_be_better_on_the_others() -> None:
    simple = np.full(40, 0.1)
    alike, better = np.full(40, 0.1), np.full(40, 0.01)
    alike[3] = better[3] = np.inf
    assert failing(np.array([simple, alike])).tolist() == [False, True]
    assert failing(np.array([simple, better])).tolist() == [False, False]
    better[5] = np.inf
    assert failing(np.array([simple, better])).tolist() == [False, True]
