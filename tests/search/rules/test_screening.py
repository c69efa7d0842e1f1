"""Columns of very wide tables."""

from __future__ import annotations

import numpy as np
import pytest

from symlaw.search.rules.preparing import Data, Plan, prepare
from symlaw.search.rules.screening import best_alone, distances, orders_of


def test_the_distance_from_chance_is_that_of_the_best_cut() -> None:
    x = np.array([3.0, 1.0, 2.0, 4.0, 2.0, 5.0, 0.0, np.nan])
    signed = np.array([1.0, -1.0, 1.0, 1.0, -2.0, 1.0, -1.0, -1.0])
    found = distances(orders_of({"x": x}, signed > 0, np.abs(signed)), signed[None])[0]
    filled, weight = np.where(np.isnan(x), -np.inf, x), np.abs(signed)
    best = 0.0
    for cut in np.unique(filled)[:-1]:
        sides, kinds = [filled > cut, filled <= cut], [signed > 0, signed < 0]
        table = np.array([[weight @ (side & kind) for kind in kinds] for side in sides])
        expected = np.outer(table.sum(1), table.sum(0)) / table.sum()
        if expected.min() >= 1.0:
            best = max(best, float(np.sum((table - expected) ** 2 / expected)))
    assert best > 0.0
    assert found == pytest.approx(best)


def test_a_column_that_matters_only_beside_another_is_kept() -> None:
    rng = np.random.default_rng(7)
    X = rng.normal(size=(600, 600))
    target = ((X[:, 0] > 0.0) & (X[:, 1] < 0.8)) | ((X[:, 2] > 1.2) & (X[:, 3] > 0.0))
    target ^= rng.random(600) < 0.03
    columns = {f"x{k}": X[:, k] for k in range(600)}
    ones = np.ones(600)
    assert "x3" not in best_alone(orders_of(columns, target, ones), target, ones)
    ready = prepare(Data(columns, target, ones, ones), Plan())
    assert {"x0", "x1", "x2", "x3"} <= {name for one in ready.candidates.literals for name in one.columns}
    assert len(ready.candidates.aside) > 400


def test_screening_stops_when_time_is_up() -> None:
    rng = np.random.default_rng(3)
    X = rng.normal(size=(200, 300))
    target = (X[:, 0] > 0.0) & (X[:, 1] < 0.8)
    columns = {f"x{k}": X[:, k] for k in range(300)}
    ones = np.ones(200)
    asked: list[int] = []

    def is_late() -> bool:
        asked.append(1)
        return True

    ready = prepare(Data(columns, target, ones, ones), Plan(), is_late)
    # the columns that say most alone are there, and no conjunctions were looked for
    assert "x0" in {name for one in ready.candidates.literals for name in one.columns}
    assert len(ready.ground.trees) == len(ready.candidates.literals)
    assert len(asked) < 10
