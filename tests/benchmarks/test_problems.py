"""The tables of problems and the generator."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.problems import Input, Problem, load, random_problems, short_problems, suites
from benchmarks.problems.generator import MAX_NODES, MIN_NODES, has_inner_constant
from symlaw.language import operator_table

ALL = [p for suite in ["feynman", *suites()[3:]] for p in load(suite)]


def test_the_tables_are_complete() -> None:
    assert len(load("feynman")) == 120
    assert len(ALL) == 120 + 267


def test_every_fourth_problem_is_for_claims() -> None:
    claims, dev = load("feynman-claims"), load("feynman-dev")
    assert [p.index for p in claims] == list(range(0, 120, 4))
    assert sorted(p.index for p in claims + dev) == list(range(120))


def test_an_unknown_suite_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="known are feynman, "):
        load("fineman")


@pytest.mark.parametrize("suite", ["feynman", *suites()[3:]])
def test_rows_are_finite_and_vary(suite: str) -> None:
    for problem in load(suite):
        for sample in (problem.draw(), problem.fresh(200)):
            assert np.all(np.isfinite(sample.X)) and np.all(np.isfinite(sample.y)), problem.name
            assert np.std(sample.y) > 0, problem.name


def by_name(name: str) -> Problem:
    return next(p for p in ALL if p.name == name)


def test_inputs_named_as_operators_are_inputs() -> None:
    problem = by_name("III.17.37")
    assert problem.formula == "beta*(1+alpha*cos(theta))"
    x = np.array([[2.0, 3.0, 0.5]])
    assert problem.values(x)[0] == pytest.approx(2.0 * (1 + 3.0 * np.cos(0.5)))


def test_units_are_read() -> None:
    gravity = by_name("I.13.12")
    assert gravity.unit == "m2 kg s-2"
    assert {v.name: v.unit for v in gravity.inputs}["G"] == "m3 s-2 kg-1"


def test_suites_have_their_own_rows() -> None:
    assert by_name("I.13.12").draw().X.shape == (1000, 5)
    assert by_name("I.13.12").draw(50).X.shape == (50, 5)
    assert by_name("Nguyen-9").draw().X.shape == (20, 2)
    assert by_name("Pagie-1").draw().X.shape == (26**2, 2)
    assert by_name("Vladislavleva-3").draw().X.shape == (600, 2)


def test_random_rows_of_dso_suites_stay_within_their_limit() -> None:
    assert np.max(np.abs(by_name("Korns-1").draw().y)) < 100


def test_grids_are_equidistant() -> None:
    x = by_name("Keijzer-1").draw().X[:, 0]
    assert x[0] == -1 and x[-1] == 1
    assert np.diff(x) == pytest.approx(0.1)


def test_a_seed_gives_the_same_rows_and_another_others() -> None:
    problem = by_name("I.6.2")
    one, again, other = problem.draw(seed=1), problem.draw(seed=1), problem.draw(seed=2)
    assert np.array_equal(one.X, again.X) and np.array_equal(one.y, again.y)
    assert not np.array_equal(one.X, other.X)


def test_fresh_rows_are_not_the_training_rows() -> None:
    problem = by_name("I.6.2")
    assert not np.intersect1d(problem.draw().X, problem.fresh(1000).X).size


def test_noise_is_a_share_of_the_rms() -> None:
    sample = by_name("I.12.1").draw(20_000, noise=0.1)
    share = np.std(sample.y - sample.y_clean) / np.sqrt(np.mean(sample.y_clean**2))
    assert share == pytest.approx(0.1, rel=0.03)


def test_noise_leaves_inputs_and_clean_target_alone() -> None:
    clean, noisy = by_name("I.12.1").draw(), by_name("I.12.1").draw(noise=0.1)
    assert np.array_equal(clean.X, noisy.X) and np.array_equal(clean.y, noisy.y_clean)


def test_random_problems_are_reproducible_and_distinct() -> None:
    problems = random_problems(4, 30)
    assert problems == random_problems(4, 30)
    assert len({p.formula for p in problems}) == 30
    assert problems[0] != random_problems(5, 1)[0]


def test_random_problems_are_of_the_stated_kind() -> None:
    allowed = {"+", "-", "*", "/", "sqrt", "square", "exp", "log", "sin", "cos", "tanh", "asin", "acos"}
    for problem in random_problems(6, 40):
        nodes = problem.expression.nodes
        assert MIN_NODES <= len(nodes) <= MAX_NODES
        assert {n.name for n in nodes if getattr(n, "name", "") in operator_table()} <= allowed
        assert set(problem.expression.variables) == set(problem.names)
        y = problem.draw().y
        assert np.all(np.isfinite(y)) and np.max(np.abs(y)) < 2e4 and np.std(y) > 5e-3


def test_short_problems_are_short_and_have_a_constant_inside() -> None:
    problems = short_problems(3, 12)
    assert problems == short_problems(3, 12)
    assert all(7 <= len(problem.expression.nodes) <= 9 for problem in problems)
    assert all(has_inner_constant(problem) for problem in problems)


def test_a_scale_and_an_offset_are_no_constants_inside() -> None:
    inputs = (Input("a", 1.0, 2.0), Input("b", 1.0, 2.0))
    inner = {
        "2*a/b + 3": False,
        "-a*0.3": False,
        "2/(a + 3)": True,
        "a - (3 - b)": False,
        "exp(2*a) - 1": True,
        "b*(a + 3)": True,
    }
    for formula, expected in inner.items():
        assert has_inner_constant(Problem("one", "own", 0, formula, inputs)) == expected
