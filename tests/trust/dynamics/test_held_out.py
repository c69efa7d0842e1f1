"""Runs that constants were not fitted to."""

from __future__ import annotations

import numpy as np
import pytest

from symlaw import DynamicsRegressor
from symlaw.language import parse
from symlaw.search.dynamics.data import Trajectory
from symlaw.search.dynamics.measured.noise import Smoothed, smoothed
from symlaw.search.dynamics.shooting import Shooting, System
from symlaw.search.dynamics.systems import stretches
from symlaw.trust.dynamics.held_out import held_out, split_of
from tests.search.dynamics.systems import GROWTH, measured

STARTS = (0.3, 2.0, 11.0)


def runs(count: int = 25, starts: tuple[float, ...] = STARTS) -> Smoothed:
    each = [measured(GROWTH, count, 0.03, span=4.0, seed=k, first=[x]) for k, x in enumerate(starts)]
    return smoothed([Trajectory(one["t"], one["x"][:, None], np.zeros((count, 0))) for one in each])


def test_the_law_says_runs_held_out_and_a_wrong_one_does_not() -> None:
    seen = Shooting(stretches(runs(), 1, 1))
    texts = ("1.2 * x - 0.17 * x**2", "1.5 - 0.2 * x")
    fits = [seen.fit(System((parse(text),), ("x", "t")), most=20) for text in texts]
    assert all(fits)
    law, wrong = held_out(fits, split_of(runs(), 1, 1), seen)
    assert law.cost < 3.0 * fits[0].cost
    assert wrong.cost > 3.0 * law.cost


@pytest.mark.parametrize(("rows", "stretches_each"), [(99, 0), (100, 5), (300, 10)])
def test_of_a_long_run_every_fifth_stretch_is_held_out(rows: int, stretches_each: int) -> None:
    split = split_of(runs(rows, (0.3, 11.0)), 1, 1)
    if not stretches_each:
        assert split is None
        return
    assert split is not None
    assert split.parts.tolist() == [*range(5)] * (2 * stretches_each // 5)
    assert len(split.shooting.stretches) == 2 * stretches_each


def test_stretches_of_one_run_tell_a_wrong_law() -> None:
    data = runs(200, (0.3,))
    texts = ("1.2 * x - 0.17 * x**2", "1.5 - 0.2 * x")
    seen = Shooting(stretches(data, 1, 1))
    fits = [seen.fit(System((parse(t),), ("x", "t")), most=20) for t in texts]
    assert held_out(fits, None, seen) == [None, None]
    law, wrong = held_out(fits, split_of(data, 1, 1), seen)
    assert law.cost < 1.5 * fits[0].cost
    assert wrong.cost > 3.0 * law.cost


@pytest.mark.long
def test_a_front_of_three_runs_says_so() -> None:
    data = [measured(GROWTH, count=25, noise=0.03, span=4.0, seed=k, first=[x]) for k, x in enumerate(STARTS)]
    model = DynamicsRegressor(operators=["+", "*"], time_budget=12).fit(data)
    assert model.front_["held_out"][model.recommended_] > 0.95
    np.testing.assert_allclose(sorted(model.system_["x"].constants), [-1.3 / 7.0, 1.3], rtol=0.1)
