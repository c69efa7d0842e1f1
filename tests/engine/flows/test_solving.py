"""Solutions and their slopes, against SciPy and against differences."""

from __future__ import annotations

import numpy as np
from scipy.integrate import RK45, solve_ivp

from symlaw.engine.flows import solving
from symlaw.engine.flows.rates import CUBIC, HELD, LINEAR, Inputs, flow_of, no_inputs
from symlaw.engine.flows.solving import DIVERGED, REACHED, TOO_MANY_STEPS, Steering, follow, iterate
from symlaw.language import parse

EXACT = 1e-9


def steering(count: int, relative: float = 1e-9, most_steps: int = 100_000) -> Steering:
    return Steering(relative, np.full(count, 1e-2 * relative), np.full(count, 1e6), most_steps, np.zeros(2))


def solved(flow, first, times, inputs=None, q=0, steer=None):
    count = flow.n_states
    out = np.empty((len(times), count * (1 + q)))
    flow.state[:] = 0.0
    flow.state[:count] = first
    if q:
        flow.state[count:].reshape(count, q)[:, q - count :] = np.eye(count)
    status = follow(flow, inputs or no_inputs(), steer or steering(count), times, q, out)
    return status, out


def test_the_tables_are_those_of_dormand_and_prince() -> None:
    np.testing.assert_allclose(solving._WEIGHTS[:6, :5], RK45.A, atol=1e-15)
    np.testing.assert_allclose(solving._WEIGHTS[6], RK45.B, atol=1e-15)
    np.testing.assert_allclose(np.abs(solving._ERRORS), np.abs(RK45.E), atol=1e-15)
    np.testing.assert_allclose(solving._WITHIN, RK45.P, atol=1e-12)


def test_a_solution_is_that_of_scipy() -> None:
    flow = flow_of([parse("1.1 * x - 0.4 * x * y"), parse("0.1 * x * y - 0.4 * y")], ["x", "y", "t"])
    times = np.linspace(0.0, 12.0, 77)
    status, found = solved(flow, [10.0, 5.0], times)
    truth = solve_ivp(
        lambda t, u: [1.1 * u[0] - 0.4 * u[0] * u[1], 0.1 * u[0] * u[1] - 0.4 * u[1]], (0, 12), [10.0, 5.0],
        t_eval=times, rtol=1e-11, atol=1e-12,
    )  # fmt: skip
    assert status == REACHED
    np.testing.assert_allclose(found, truth.y.T, rtol=1e-6)


def test_slopes_are_those_of_differences() -> None:
    texts = ["v", "-0.3 * v - 4.9 * sin(1.2 * x)"]
    flow, times = flow_of([parse(one) for one in texts], ["x", "v", "t"]), np.linspace(0.0, 3.0, 20)
    constants, first = np.array([-0.3, 4.9, 1.2]), np.array([1.0, 0.2])
    flow.load(constants)
    _, whole = solved(flow, first, times, q=5)
    slopes = whole[-1, 2:].reshape(2, 5)
    for place in range(5):
        ends = []
        for sign in (1.0, -1.0):
            moved = np.concatenate([constants, first])
            moved[place] += sign * 1e-5
            flow.load(moved[:3])
            ends.append(solved(flow, moved[3:], times)[1][-1])
        np.testing.assert_allclose(slopes[:, place], (ends[0] - ends[1]) / 2e-5, rtol=1e-4, atol=1e-6)


def test_inputs_are_held_linear_or_smooth() -> None:
    times = np.array([0.0, 1.0, 2.0])
    values, slopes = np.array([[0.0, 1.0, 4.0]]), np.array([[0.0, 2.0, 4.0]])
    ends = {HELD: 1.0, LINEAR: 3.0, CUBIC: 8.0 / 3.0}
    for kind, area in ends.items():
        inputs = Inputs(times, values, slopes, np.array([kind]), np.zeros(1))
        flow = flow_of([parse("u")], ["x", "u", "t"])
        _, found = solved(flow, [0.0], times, inputs)
        np.testing.assert_allclose(found[-1, 0], area, rtol=1e-7)


def test_time_may_stand_in_an_equation() -> None:
    flow = flow_of([parse("2 * t")], ["x", "t"])
    _, found = solved(flow, [1.0], np.array([1.0, 3.0]))
    np.testing.assert_allclose(found[-1, 0], 9.0, rtol=1e-8)


def test_a_divergence_is_told_and_leaves_nan() -> None:
    flow, times = flow_of([parse("x**2")], ["x", "t"]), np.linspace(0.0, 2.0, 21)
    status, found = solved(flow, [1.0], times)
    assert status in (DIVERGED, TOO_MANY_STEPS)
    assert np.all(np.isfinite(found[:9])) and np.all(np.isnan(found[11:]))


def test_too_many_steps_end_a_solution() -> None:
    flow = flow_of([parse("-100000.0 * (x - 1.0)")], ["x", "t"])
    status, _ = solved(flow, [0.5], np.array([0.0, 10.0]), steer=steering(1, most_steps=50))
    assert status == TOO_MANY_STEPS


def test_a_map_is_iterated_with_its_slopes() -> None:
    flow = flow_of([parse("3.7 * x - 3.7 * x**2")], ["x", "t"])
    out, q = np.empty((4, 1 + 3)), 3
    flow.state[:] = [0.3, 0.0, 0.0, 1.0]
    assert iterate(flow, no_inputs(), steering(1), np.arange(4.0), q, out) == REACHED
    x = [0.3]
    for _ in range(3):
        x.append(3.7 * x[-1] - 3.7 * x[-1] ** 2)
    np.testing.assert_allclose(out[:, 0], x)
    slope = np.prod([3.7 - 7.4 * one for one in x[:3]])
    np.testing.assert_allclose(out[3, 3], slope)
