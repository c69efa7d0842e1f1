"""Terms that a system lacks, longer stretches, and what is best where constants change."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from symlaw.language import parse
from symlaw.search.dynamics.additions import nearest_sum, with_fewer, with_more
from symlaw.search.dynamics.candidates import Ranked
from symlaw.search.dynamics.data import Trajectory
from symlaw.search.dynamics.judging import Judge
from symlaw.search.dynamics.measured.noise import Smoothed, smoothed
from symlaw.search.dynamics.normals import Linear, Normal
from symlaw.search.dynamics.shooting import Shooting, System
from symlaw.search.dynamics.sums import parts_of, scaled, total
from symlaw.search.dynamics.systems import Assembly, levels_of, stretches
from symlaw.search.watch import Watch
from tests.search.dynamics.systems import PREY, measured

LORENZ = (
    lambda t, u: [10 * (u[1] - u[0]), u[0] * (28 - u[2]) - u[1], u[0] * u[1] - 8 / 3 * u[2]],
    [-7.6, -4.2, 29.8], ("x", "y", "z"),
)  # fmt: skip
SIMPLE = [parse(text) for text in ("1.0", "x", "y", "x**2", "x * y", "y**2")]


def data_of(system, **how) -> tuple[Smoothed, dict[str, np.ndarray]]:
    given = measured(system, **how)
    states = np.column_stack([given[name] for name in system[2]])
    run = Trajectory(given["t"], states, np.zeros((len(states), 0)))
    return smoothed([run]), {name: given[name] for name in system[2]}


def judge_of(data: Smoothed, columns: dict[str, np.ndarray]) -> Judge:
    states = data.states(0, data.runs[0].times)
    return Judge(data.noise.floors(states), columns)


@pytest.fixture(scope="module")
def prey() -> tuple[Smoothed, Judge]:
    data, columns = data_of(PREY, noise=0.01, count=200)
    return data, judge_of(data, columns)


def test_what_is_best_where_one_constant_is_given_is_the_least_squares_answer() -> None:
    generator = np.random.default_rng(2)
    A, b = generator.standard_normal((40, 4)), generator.standard_normal(40)
    # a first state that nothing depends on
    normal = Normal(np.pad(A.T @ A, (0, 1)), np.append(A.T @ b, 0.0), np.array([b @ b]), np.arange(4))
    linear = Linear(np.array([0.0, 0.0, 0.0, -0.7]), np.zeros((1, 1)), (normal,))
    change = linear.change(np.array([0, 1]), np.array([3]))
    np.testing.assert_allclose(change[:2], np.linalg.lstsq(A[:, :2], b - 0.7 * A[:, 3], rcond=None)[0])
    assert change[2] == 0.0 and change[3] == 0.7
    assert linear.gain(change) == pytest.approx(np.sum(b**2) - np.sum((b - A @ change) ** 2))


def test_the_term_that_is_missing_comes_first_and_its_gain_is_about_right(
    prey: tuple[Smoothed, Judge],
) -> None:
    data, judge = prey
    shooting = Shooting(stretches(data, 8, 0))
    lacking = System((parse("1.1 * x - 0.4 * x * y"), parse("-0.1 * y")), ("x", "y", "t"))
    fit = shooting.fit(lacking, most=20)
    assert fit is not None
    best = with_more(fit, shooting, [SIMPLE, SIMPLE], judge.columns)[0]
    assert "x * y" in best.system.equations[1].text(3)
    new = shooting.fit(best.system, best.starts, 20)
    assert new is not None
    gained = judge.length(fit) - judge.length(new)
    assert gained > 50.0
    # what the equation holds now is near its best
    np.testing.assert_allclose(best.system.constants, new.system.constants, rtol=0.5)


def test_one_term_may_stand_in_the_place_of_another(prey: tuple[Smoothed, Judge]) -> None:
    data, judge = prey
    shooting = Shooting(stretches(data, 8, 0))
    wrong = System((parse("1.1 * x - 0.4 * x * y"), parse("-0.4 * y + 0.1 * x")), ("x", "y", "t"))
    fit = shooting.fit(wrong, most=20)
    assert fit is not None
    texts = [one.system.equations[1] for one in with_more(fit, shooting, [[], SIMPLE], judge.columns)[:3]]
    forms = [sorted(one.variables) for one in texts if "x * y" in one.text(3) and len(one.nodes) < 10]
    assert ["x", "y"] in forms


def test_of_a_whole_sum_the_right_terms_are_kept(prey: tuple[Smoothed, Judge]) -> None:
    data, _ = prey
    shooting = Shooting(stretches(data, 8, 0))
    whole = total([scaled(0.01, term) for term in SIMPLE])
    fit = shooting.fit(System((parse("1.1 * x - 0.4 * x * y"), whole), ("x", "y", "t")), most=40)
    assert fit is not None
    kept = with_fewer(fit, shooting, 1)[:3]
    forms = [{tuple(part.variables) for part in parts_of(one.system.equations[1])} for one in kept]
    assert {("y",), ("x", "y")} in forms


def test_a_right_side_becomes_the_nearest_sum() -> None:
    x = np.linspace(0.1, 1.0, 50)
    columns = {"x": x, "y": x**3}
    found = nearest_sum(parse("sin(x)"), SIMPLE[:4], columns)
    assert found is not None
    np.testing.assert_allclose(found.evaluate(columns), np.sin(x), atol=1e-3)
    itself = nearest_sum(parse("2.0 * x"), SIMPLE, {"x": x, "y": np.cos(9.0 * x)})
    assert itself is not None and "y**2" in itself.text(3)
    np.testing.assert_allclose(itself.evaluate({"x": x, "y": np.cos(9.0 * x)}), 2.0 * x, rtol=1e-3)
    many = [*SIMPLE, *(parse(f"x**{k} * y") for k in range(2, 8))]
    assert nearest_sum(parse("2.0 * x"), many, {"x": x, "y": np.cos(9.0 * x)}) is None
    assert nearest_sum(parse("cos(40 * x)"), SIMPLE[:4], columns) is None


def test_stretches_get_longer_by_and_by() -> None:
    levels = levels_of(12)
    assert levels[0] == 12 and levels[-1] == 1.0
    assert all(1.0 < a / b <= 1.121 for a, b in pairwise(levels))
    assert levels_of(1) == [1.0]


def test_longer_stretches_begin_on_the_solutions_of_shorter_ones(prey: tuple[Smoothed, Judge]) -> None:
    data, _ = prey
    short, long = Shooting(stretches(data, 8, 0)), Shooting(stretches(data, 1.5, 0))
    fit = short.fit(System((parse("1.1 * x - 0.4 * x * y"), parse("0.1 * x * y - 0.4 * y")), ("x", "y", "t")))
    assert fit is not None
    starts = short.starts_on(fit, long)
    assert starts.shape == (2, 2)
    np.testing.assert_array_equal(starts[0], fit.starts[0])
    cold = np.array([one.first for one in long.stretches])
    assert not np.array_equal(starts, cold)
    np.testing.assert_allclose(starts, cold, rtol=0.1)


@pytest.mark.long
def test_a_chaotic_run_in_much_noise_is_followed_to_its_end() -> None:
    sizes = np.array([7.9, 9.0, 24.8])
    given = measured(LORENZ, count=1000, noise=0.0)
    states = np.column_stack([given[name] for name in "xyz"])
    states = states + 0.3 * sizes * np.random.default_rng(7).standard_normal(states.shape)
    run = Trajectory(given["t"], states, np.zeros((1000, 0)))
    data = smoothed([run])
    judge = judge_of(data, dict(zip("xyz", data.states(0, run.times).T, strict=True)))
    equations = ("-10 * x + 10 * y", "7.0 * y - 0.002 * x**3 * z", "-2.7 * z + x * y")
    terms = [parse(text) for text in ("1.0", "x", "y", "z", "x**2", "x*y", "x*z", "y**2", "y*z", "z**2")]
    frame = System(tuple(map(parse, equations)), ("x", "y", "z", "t"))
    choices = [[Ranked(parse(text), 0.0, 0.0)] for text in equations]
    outcome = Assembly(data, frame, judge, 0, (), [terms] * 3).search(choices, Watch(300.0))
    assert outcome is not None and outcome.pieces == 1.0
    best = outcome.front[outcome.chosen]
    assert best.cost < 1.1 * 3000
    assert "x * z" in best.system.equations[1].text(2) and "z" not in best.system.equations[0].text(2)
