"""Runs that constants were not fitted to."""

from __future__ import annotations

import numpy as np

from symlaw import DynamicsRegressor
from symlaw.language import parse
from symlaw.search.dynamics.data import Trajectory
from symlaw.search.dynamics.measured.noise import smoothed
from symlaw.search.dynamics.shooting import Shooting, System
from symlaw.search.dynamics.systems import stretches
from symlaw.trust.dynamics.held_out import held_out
from tests.search.dynamics.systems import GROWTH, measured

STARTS = (0.3, 2.0, 11.0)


def shooting() -> Shooting:
    each = [measured(GROWTH, count=25, noise=0.03, span=4.0, seed=k, first=[x]) for k, x in enumerate(STARTS)]
    runs = [Trajectory(one["t"], one["x"][:, None], np.zeros((25, 0))) for one in each]
    return Shooting(stretches(smoothed(runs), 1, 1))


def test_the_law_says_runs_held_out_and_a_wrong_one_does_not() -> None:
    seen = shooting()
    texts = ("1.2 * x - 0.17 * x**2", "1.5 - 0.2 * x")
    fits = [seen.fit(System((parse(text),), ("x", "t")), most=20) for text in texts]
    assert all(fits)
    law, wrong = held_out(fits, seen, [0, 1, 2])
    assert law.cost < 3.0 * fits[0].cost
    assert wrong.cost > 3.0 * law.cost


def test_below_three_runs_none_is_held_out() -> None:
    seen = shooting()
    fit = seen.fit(System((parse("1.2 * x - 0.17 * x**2"),), ("x", "t")))
    assert held_out([fit], seen, [0, 0, 1]) == [None]


def test_a_front_of_three_runs_says_so() -> None:
    data = [measured(GROWTH, count=25, noise=0.03, span=4.0, seed=k, first=[x]) for k, x in enumerate(STARTS)]
    model = DynamicsRegressor(operators=["+", "*"], time_budget=12).fit(data)
    assert model.front_["held_out"][model.recommended_] > 0.95
    np.testing.assert_allclose(sorted(model.system_["x"].constants), [-1.3 / 7.0, 1.3], rtol=0.1)
