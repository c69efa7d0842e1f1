"""Rows of dear errors as a forest judges them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from symlaw.search.rules.preparing import Data
from symlaw.tasks.rules.estimator import RuleClassifier
from symlaw.tasks.rules.smoothing import smoothing


def rows(n: int, flipped: float, seed: int = 0) -> Data:
    """Rows of a class where x is above 0, some labels flipped, with dear misses."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    target = (x > 0) ^ (rng.random(n) < flipped)
    labels = np.where(x > 0, "high", "low").astype(object)
    labels[:5] = None
    return Data({"x": x, "label": labels}, target, np.ones(n), np.where(target, 5.0, 1.0))


def test_clean_rows_keep_their_labels() -> None:
    data = rows(200, 0.0)
    assert (smoothing(1)(data).target == data.target).mean() > 0.97


def test_a_row_that_its_neighbours_contradict_counts_less() -> None:
    data = rows(400, 0.1)
    found, right = smoothing(1)(data), data.target == (data.columns["x"] > 0)
    own = data.target & right & found.target
    stray = data.target & ~right & found.target
    assert found.costs[stray].mean() < 0.7 * found.costs[own].mean()


def test_few_rows_and_one_label_stay_as_they_are() -> None:
    few = rows(10, 0.2)
    assert smoothing(1)(few) is few
    dear = rows(100, 0.3)
    dear = dear._replace(costs=np.where(dear.target, 1e6, 1.0))
    assert smoothing(1)(dear) is dear


def test_the_same_seed_smooths_alike() -> None:
    data = rows(100, 0.2)
    assert np.array_equal(smoothing(3)(data).costs, smoothing(3)(data).costs)


@pytest.mark.long
def test_what_rules_cost_is_what_their_errors_cost() -> None:
    data = rows(120, 0.15)
    frame = pd.DataFrame(data.columns)
    model = RuleClassifier(error_costs={"miss": 5, "false_alarm": 1}, max_literals=2, random_state=0)
    model.fit(frame, data.target)
    taken = model.front_[model.front_["recommended"]].iloc[0]
    said = model.predict(frame)
    paid = 5.0 * np.sum(data.target & ~said) + np.sum(~data.target & said)
    assert taken["cost"] == paid
    assert any(line.startswith(f"errors cost {paid:g}: ") for line in model.errors_)
    assert (np.diff(model.front_["cost"]) < 0).all()
