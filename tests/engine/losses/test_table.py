"""The table of losses is complete, and the kernels compute what its plain functions say."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.optimize import approx_fprime, minimize_scalar

from symlaw.engine.losses.irls import cost
from symlaw.engine.losses.table import LOSSES, SQUARED, Loss, LossRow, loss_named
from symlaw.errors import DataError, InvalidSetting

RNG = np.random.Generator(np.random.Philox(8))
TARGETS = {
    "poisson": np.repeat([0.0, 0.02, 1.0, 4.0], 60),
    "logistic": np.repeat([0.0, 1.0], 120),
    "log": np.linspace(0.2, 3.0, 240),
}
NAMES = ("absolute", "quantile:0.9", "huber:0.5", "log-cosh", "poisson", "logistic", "log")


def case(name: str) -> tuple[LossRow, np.ndarray, np.ndarray, float]:
    """A row of the table, targets, predictions on both sides of them, and a parameter."""
    loss = loss_named(name)
    predictions = RNG.normal(0.4, 1.5, 240)
    p = 0.1 if loss.row.unit == "mean" else loss.given
    return loss.row, TARGETS.get(name, RNG.normal(size=240)), predictions, p


def test_every_row_that_kernels_know_is_among_the_cases() -> None:
    compiled = {row.name for row in LOSSES.values() if row.code != SQUARED}
    assert compiled == {loss_named(name).row.name for name in NAMES}


@pytest.mark.parametrize("row", LOSSES.values(), ids=LOSSES)
def test_rows_are_complete(row: LossRow) -> None:
    assert row.meaning
    assert row.name in LOSSES
    assert (row.takes == "") == (Loss(row).name == row.name)
    y, w = TARGETS.get(row.name, RNG.normal(size=240)), np.ones(240)
    p = 0.5 if row.default is None else row.default
    assert math.isfinite(row.middle(y, w, p))
    assert row.length(0.5, 100, 1.0) > row.length(0.1, 100, 1.0)


@pytest.mark.parametrize("name", NAMES)
def test_kernel_agrees_with_plain_functions(name: str) -> None:
    row, y, m, p = case(name)
    found = np.array([cost(row.code, p, 1e-300, a, b) for a, b in zip(y, m, strict=True)])
    plain = np.stack([row.value(y, m, p), row.pull(y, m, p), row.stiffness(y, m, p)], axis=1)
    np.testing.assert_allclose(found, plain, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("name", NAMES)
def test_pull_is_minus_the_slope(name: str) -> None:
    row, y, m, p = case(name)
    for a, b in zip(y[::7], m[::7], strict=True):
        slope = approx_fprime(np.array([b]), lambda at, a=a: row.value(np.array([a]), at, p)[0], 1e-7)[0]
        assert row.pull(np.array([a]), np.array([b]), p)[0] == pytest.approx(-slope, rel=1e-4, abs=1e-4)


@pytest.mark.parametrize("name", NAMES)
def test_a_perfect_prediction_costs_nothing_and_no_other_less(name: str) -> None:
    row, y, m, p = case(name)
    perfect = np.where(y > 0, 50.0, -50.0) if row.log_odds else y
    assert np.max(row.value(y, perfect, p)) < 1e-15
    assert np.min(row.value(y, m, p)) >= 0.0


@pytest.mark.parametrize("name", NAMES)
def test_middle_is_the_best_constant(name: str) -> None:
    row, y, _, p = case(name)
    w = RNG.uniform(0.5, 2.0, len(y))

    def total(m: float) -> float:
        return float(np.average(row.value(y, m, p), weights=w))

    best = minimize_scalar(total, bounds=(-3, 5), method="bounded", options={"xatol": 1e-10})
    assert total(row.middle(y, w, p)) <= best.fun * (1 + 1e-9)


@pytest.mark.parametrize(("text", "words"), [
    ("square", "there are squared, absolute"),
    ("quantile", "as in 'quantile:0.9'"),
    ("quantile:1.2", "a number between 0 and 1"),
    ("huber:-1", "a number above 0"),
    ("huber:wide", "as in 'huber:1.35'"),
    ("absolute:2", "takes no number"),
])  # fmt: skip
def test_unknown_losses_and_parameters_are_refused(text: str, words: str) -> None:
    with pytest.raises(InvalidSetting, match=words):
        loss_named(text)


@pytest.mark.parametrize(("text", "y", "words"), [
    ("poisson", [0.0, 3.0, -2.0], "'n', which holds -2"),
    ("logistic", [0.0, 1.0, 2.0], "'n', which holds 2: give 0 and 1"),
    ("relative", [1.0, 0.0, 2.0], "'n', which holds 0"),
    ("log", [1.0, -2.0, 2.0], "'n', which holds -2, which has no logarithm"),
])  # fmt: skip
def test_targets_that_a_loss_cannot_judge_are_refused(text: str, y: list[float], words: str) -> None:
    with pytest.raises(DataError, match=words):
        loss_named(text).check(np.array(y), "n")


def test_relative_weights_are_those_of_relative_errors() -> None:
    y, w = np.array([1.0, -2.0, 4.0]), np.array([1.0, 1.0, 2.0])
    weights = loss_named("relative").weighted(y, w)
    np.testing.assert_allclose(weights / weights[0], w / y**2)
    assert weights.sum() == pytest.approx(4.0)


def test_counts_and_labels_are_coded_at_half_their_deviance() -> None:
    y = TARGETS["logistic"]
    loss = loss_named("logistic")
    assert loss.length(0.25, len(y), loss.null_deviance(y)) == pytest.approx(60 * math.log(2))
