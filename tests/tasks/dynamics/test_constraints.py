"""What users state of systems, and what every system of a front obeys then."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from symlaw import DynamicsRegressor
from symlaw.errors import DataError, InvalidSetting
from tests.search.dynamics.systems import measured

SPRING = (lambda t, u: [u[1], -4.0 * u[0]], [1.0, 0.5], ("x", "v"))
RIVALS = (
    lambda t, u: [u[0] * (1.2 - u[0] - 0.6 * u[1]), u[1] * (1.2 - u[1] - 0.6 * u[0])], [0.1, 0.4], ("x", "y"),
)  # fmt: skip


def regressor(*constraints: str, **settings) -> DynamicsRegressor:
    return DynamicsRegressor(operators=["+", "*"], time_budget=40, constraints=constraints, **settings)


@pytest.mark.long
def test_a_quantity_is_conserved_by_every_system_of_the_front() -> None:
    data = measured(SPRING, count=40, noise=0.0, additive=0.05, span=4.0)
    model = regressor("2.0*x**2 + v**2/2.0 is conserved").fit(data)
    x, v = np.random.default_rng(0).standard_normal((2, 50))
    for each in model.front_["equations"]:
        rates = [one.evaluate({"x": x, "v": v}) * np.ones(50) for one in each.expressions]
        np.testing.assert_allclose(4.0 * x * rates[0] + v * rates[1], 0.0, atol=1e-6)
    np.testing.assert_allclose(model.system_["x"].evaluate({"x": x, "v": v}), v, atol=0.15)


@pytest.mark.long
def test_equations_stay_the_same_when_states_are_exchanged(tmp_path: Path) -> None:
    model = regressor("symmetric in x, y").fit(measured(RIVALS, count=60, noise=0.01))
    x, y = np.random.default_rng(0).uniform(0.1, 1.2, (2, 20))
    first = model.system_["x"].evaluate({"x": x, "y": y})
    np.testing.assert_allclose(model.system_["y"].evaluate({"x": y, "y": x}), first, rtol=1e-12)
    np.testing.assert_allclose(first, x * (1.2 - x - 0.6 * y), atol=0.05)
    assert model.system_.errors[0] == model.system_.errors[1]
    model.save(tmp_path / "model.json")
    assert str(DynamicsRegressor.load(tmp_path / "model.json")) == str(model)


@pytest.mark.long
def test_volumes_shrink_and_solutions_stay() -> None:
    t = np.linspace(0.0, 1.0, 20)
    with pytest.raises(DataError, match="no system that obeys the constraints"):
        regressor("dissipative").fit({"t": t, "x": np.exp(2.0 * t)})
    t = np.linspace(0.0, 0.8, 40)
    model = regressor("bounded").fit({"t": t, "x": 1.0 / (1.0 - t)})
    # from twice the largest state the law behind these data, x' = x**2, is infinite at t = 0.1
    assert np.all(np.isfinite(model.simulate([7.0], t)["x"]))


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("stable", "cannot be read"),
        ("x**2 + w is conserved", "uses 'w'"),
        ("3.0 is conserved", "uses no state"),
        ("symmetric in x", "names no pair"),
        ("symmetric in x, w", "has to name each state once"),
    ],
)
def test_sentences_that_cannot_be_used_are_refused(sentence: str, said: str) -> None:
    with pytest.raises(InvalidSetting, match=said):
        regressor(sentence).fit(measured(SPRING, count=40))
