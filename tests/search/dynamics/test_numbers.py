"""Numbers of known right sides, as weak forms have them, and fits of groups of runs."""

from __future__ import annotations

import numpy as np
import pytest

from symlaw.engine.flows.rates import flow_of, no_inputs, rates_and_slopes
from symlaw.language import parse
from symlaw.search.dynamics.data import Names, Trajectory
from symlaw.search.dynamics.measured.noise import smoothed
from symlaw.search.dynamics.measured.weak import WIDTHS, grid_of, windows_of
from symlaw.search.dynamics.numbers import Number, Partly, estimated
from symlaw.search.dynamics.shooting import Shooting, System
from symlaw.search.dynamics.systems import stretches
from tests.search.dynamics.systems import GROWTH, measured


def growth(first: float = 0.3, seed: int = 1) -> Trajectory:
    one = measured(GROWTH, count=60, noise=0.01, seed=seed, first=[first])
    return Trajectory(one["t"], one["x"][:, None], np.zeros((60, 0)))


def test_weak_forms_say_numbers_however_far_from_one_they_are() -> None:
    data = smoothed([growth()])
    grid = grid_of(data, Names(("x",), (), "t"))
    windows = [windows_of(data, grid, width) for width in WIDTHS]
    # thousandths and thousands in place of 1.3 x (1 - x / 7)
    law = parse("1000.0 * a * x * (1.0 - 0.001 * x * b)").map_nodes(
        lambda node: parse("0.9").nodes[0] if getattr(node, "name", "") in ("a", "b") else node
    )
    places = [k for k, node in enumerate(law.nodes) if getattr(node, "value", None) == 0.9]
    numbers = [Number(name, ((0, place),)) for name, place in zip("ab", places, strict=True)]
    values = estimated(numbers, [Partly(0, "x", law)], grid.columns, windows)
    np.testing.assert_allclose(values, [0.0013, 1000.0 / 7.0], rtol=0.05)


def test_a_number_that_stands_twice_has_one_slope() -> None:
    law = parse("2.5 * x - 2.5 * x**2")
    places = tuple((0, k) for k, node in enumerate(law.nodes) if node == law.nodes[0])
    flow = flow_of([law], ("x", "t"), (True,), numbers=[places])
    flow.load(np.array([2.0]))
    out = np.empty(1)
    rates_and_slopes(flow, no_inputs(), 0.0, np.array([3.0]), out)
    assert out[0] == pytest.approx(2.0 * 3.0 - 2.0 * 9.0)
    assert flow.by_parameter[0, 0] == pytest.approx(3.0 - 9.0)


def test_an_equation_with_numbers_is_fitted_through_the_solver() -> None:
    law = parse("0.9 * x - 0.15 * x**2")
    system = System((law,), ("x", "t"), (True,), numbers=(Number("r", ((0, 0),)),))
    fit = Shooting(stretches(smoothed([growth()]), 4, 1)).fit(system, most=30)
    assert fit is not None and len(fit.system.constants) == 1
    assert fit.system.equations[0].nodes[0] != law.nodes[0]
    assert fit.system.equations[0].constants[1] == 0.15


def test_constants_of_groups_are_fitted_together() -> None:
    rates, firsts = (1.3, 0.7), (0.3, 4.0)
    runs = []
    for group, (rate, first) in enumerate(zip(rates, firsts, strict=True)):
        law = (lambda t, u, rate=rate: [rate * u[0] - 0.2 * u[0] ** 2], [first], ("x",))
        one = measured(law, count=60, noise=0.01, span=8.0)
        runs.append(Trajectory(one["t"], one["x"][:, None], np.zeros((60, 0)), group))
    named = System((parse("0.9 * x - 0.15 * x**2"),), ("x", "t"), (True,), numbers=(
        Number("r", ((0, 0),), is_own=True), Number("s", ((0, 3),)),
    ))  # fmt: skip
    shooting = Shooting(stretches(smoothed(runs), 2, 1))
    fit = shooting.fit(named, most=40)
    assert fit is not None
    # two rates and one loss that both share
    assert len(fit.curvature) == 3
    each = np.array(fit.system.by_group)
    np.testing.assert_allclose(each[:, 0], rates, rtol=0.02)
    assert each[0, 1] == each[1, 1] == pytest.approx(0.2, rel=0.03)
    apart = shooting.fit(System((parse("0.9 * x - 0.15 * x**2"),), ("x", "t"), is_own=True), most=40)
    assert apart is not None and len(apart.curvature) == 4
    assert apart.cost <= fit.cost
    state, spread = shooting.end_of(apart, len(shooting.stretches) - 1)
    assert state[0] == pytest.approx(3.5, rel=0.05) and spread.shape == (3, 3)
