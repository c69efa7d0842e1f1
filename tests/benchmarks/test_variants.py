"""Frozen inputs and columns that a law does not use."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.candidates import count_nodes, truth
from benchmarks.judge import OTHER_COLUMNS, Judge, is_law
from benchmarks.problems import (
    Input,
    Problem,
    can_freeze,
    frozen,
    irrelevant_columns,
    irrelevant_names,
    load,
    suites,
)

WAVE = Problem(
    "made", "made", 0, "2.5*a*sin(1.7*b) + gamma", tuple(Input(n, 1, 3) for n in ("a", "b", "gamma"))
)
LENS = next(p for p in load("feynman") if p.name == "I.27.6")


def test_a_frozen_input_is_no_column_and_a_number_in_the_law() -> None:
    left, name, value = frozen(WAVE, seed=0)
    assert left.names == [n for n in WAVE.names if n != name]
    assert name not in left.expression.variables and value in left.expression.constants
    assert 1 <= value <= 3


def test_values_are_those_of_the_law_at_the_number() -> None:
    left, name, value = frozen(WAVE, seed=3)
    X = left.draw(50).X
    whole = np.insert(X, WAVE.names.index(name), value, axis=1)
    assert left.values(X) == pytest.approx(WAVE.values(whole), rel=1e-14)


def test_the_seed_chooses_input_and_number() -> None:
    assert frozen(WAVE, 1) == frozen(WAVE, 1)
    assert {frozen(WAVE, seed).name for seed in range(20)} == set(WAVE.names)
    assert len({frozen(WAVE, seed).value for seed in range(20)}) == 20


def test_only_inputs_that_the_law_uses_are_frozen() -> None:
    idle = Problem("idle", "made", 0, "a*b", tuple(Input(n, 1, 3) for n in ("a", "b", "c")))
    assert {frozen(idle, seed).name for seed in range(20)} == {"a", "b"}


def test_a_law_of_one_input_is_refused() -> None:
    single = Problem("single", "made", 0, "sin(a)", (Input("a", 1, 3),))
    assert not can_freeze(single)
    with pytest.raises(ValueError, match="fewer than two inputs"):
        frozen(single, 0)


@pytest.mark.parametrize("suite", ["feynman", "nguyen", "pagie", "korns"])
def test_what_is_left_of_every_problem_is_its_own_law(suite: str) -> None:
    for problem in filter(can_freeze, load(suite)[1::4]):
        left = frozen(problem, seed=1).problem
        assert np.std(left.draw(50).y) > 0, problem.name
        assert Judge.of(left).verdict(left.expression).law, problem.name


def test_the_judge_asks_for_the_frozen_law() -> None:
    problem = Problem("made", "made", 0, "a*sin(b*c)", tuple(Input(n, 1, 2) for n in ("a", "b", "c")))
    left, name, value = next(f for f in (frozen(problem, s) for s in range(20)) if f.name == "c")
    assert name == "c"
    assert is_law(f"a*sin({value * 1.01}*b)", left)
    assert is_law(f"1.1*a*sin({value * 1.01}*b)", left)
    assert not is_law("a*sin(b*c)", left)
    assert not is_law("1.1*a*sin(b)", left)


def test_a_frozen_law_is_of_the_size_that_it_has() -> None:
    left = frozen(WAVE, seed=0).problem
    assert Judge.of(left).max_nodes == 2 * count_nodes(truth(left)) + 4


def test_names_of_added_columns_are_free() -> None:
    assert {"d1", "d2"} < set(LENS.names)
    assert irrelevant_names(3, LENS.names) == ["d3", "d4", "d5"]
    assert irrelevant_names(0, []) == []
    for suite in ["feynman", *suites()[3:]]:
        for problem in load(suite):
            assert not set(irrelevant_names(9, problem.names)) & set(problem.names)


def test_a_third_of_the_added_columns_follows_true_ones() -> None:
    X = LENS.draw(20_000).X
    added = irrelevant_columns(LENS, X, 9, seed=0)
    closest = np.sort(np.max(np.abs(np.corrcoef(X.T, added.T)[:3, 3:]), axis=0))
    assert closest[6:] == pytest.approx(0.9, abs=0.01)
    assert np.max(closest[:6]) < 0.05


def test_added_columns_lie_where_true_ones_lie() -> None:
    X = LENS.draw(5000).X
    added = irrelevant_columns(LENS, X, 6, seed=1)
    assert added.shape == (5000, 6)
    assert np.mean(added, axis=0) == pytest.approx(3.0, abs=0.1)
    assert np.std(added, axis=0) == pytest.approx(np.std(X), abs=0.1)


def test_added_columns_depend_on_the_seed_alone() -> None:
    X = LENS.draw(20).X
    assert np.array_equal(irrelevant_columns(LENS, X, 3, 1), irrelevant_columns(LENS, X, 3, 1))
    assert not np.array_equal(irrelevant_columns(LENS, X, 3, 1), irrelevant_columns(LENS, X, 3, 2))
    assert irrelevant_columns(LENS, X, 0, 1).shape == (20, 0)


def test_a_formula_that_uses_an_added_column_is_not_the_law() -> None:
    verdict = Judge.of(WAVE).verdict("2.5*a*sin(1.7*b) + gamma + 0.000001*d1")
    assert not verdict.law and verdict.reason == OTHER_COLUMNS
