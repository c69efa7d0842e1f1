"""Proofs that are asked for, beside fitted models."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from symlaw import SymbolicRegressor
from symlaw.engine.losses.table import loss_named
from symlaw.errors import DataError, InvalidSetting
from symlaw.tasks.model.proving import check_plain, effort_of, enumerated

rng = np.random.default_rng(6)
X: NDArray[Any] = rng.uniform(0.5, 2.0, (50, 2))
y = X[:, 0] / np.sqrt(X[:, 1]) + 0.001 * rng.normal(size=50)


@pytest.fixture(scope="module")
def model() -> SymbolicRegressor:
    """Of few evaluations."""
    operators = ["+", "*", "/", "sqrt"]
    return SymbolicRegressor(
        operators=operators, max_evaluations=600, time_budget=None, random_state=0, n_jobs=1
    ).fit(X, y)


@pytest.mark.long
def test_a_proof_names_the_best_formula_of_each_number_of_symbols(model: SymbolicRegressor) -> None:
    proof = model.prove(X, y, max_symbols=5, seconds=60.0)
    frame = proof.frame()
    assert frame["symbols"].tolist() == [1, 2, 3, 4, 5]
    assert frame["loss"].is_monotonic_decreasing
    assert frame["equation"].tolist()[3] == "x0 / sqrt(x1)"
    basis = np.stack([np.ones(50), model.predict(X)], axis=1)
    rest = y - basis @ np.linalg.lstsq(basis, y, rcond=None)[0]
    assert proof.loss == pytest.approx(np.sum(rest**2) / np.sum((y - y.mean()) ** 2))
    assert proof.words in str(proof)
    assert proof.symbols == proof.proof.up_to(proof.loss)


@pytest.mark.long
def test_weights_count(model: SymbolicRegressor) -> None:
    weights = rng.uniform(0.1, 3.0, 50)
    plain, weighted = model.prove(X, y, max_symbols=3), model.prove(X, y, weights, max_symbols=3)
    bars = model.prove(X, y, y_std=weights**-0.5, max_symbols=3)
    assert plain.loss != weighted.loss
    assert weighted.loss == pytest.approx(bars.loss)
    assert weighted.proof.losses == pytest.approx(bars.proof.losses)
    assert weighted.loss == pytest.approx(1.0 - model.score(X, y, weights), rel=0.1)


def test_what_cannot_be_proved_is_refused(model: SymbolicRegressor) -> None:
    for name, value, words in (
        ("max_symbols", 1, "whole number of 2 to 15"),
        ("max_symbols", 2.5, "whole number"),
        ("seconds", 0, "above 0"),
    ):
        with pytest.raises(InvalidSetting, match=words):
            model.prove(X, y, **{name: value})
    with pytest.raises(DataError, match="same on all rows"):
        model.prove(X, np.ones(50))
    with pytest.raises(InvalidSetting, match="'clamp' is none"):
        enumerated(["+", "clamp"])
    with pytest.raises(InvalidSetting, match="'>' is none"):
        enumerated(["+", ">"])
    with pytest.raises(InvalidSetting, match="by least squares"):
        check_plain(loss_named("absolute"), {})
    with pytest.raises(InvalidSetting, match="a template"):
        check_plain(loss_named("squared"), {"template": "f(x0)"})


def test_powers_of_a_fit_are_operators_of_its_proof() -> None:
    names = {row.name for row in enumerated(["+", "pow"], [2.0, -1.5])}
    assert names == {"+", "square", "pow_m1_5"}
    assert effort_of(4, 2).size == 4
