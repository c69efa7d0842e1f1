"""Truth tables are found again, exactly where there is a formula, as well as can be where there is none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise, product

import numpy as np
import pytest

from symlaw.errors import DataError, InvalidSetting
from symlaw.language.grammar import Language
from symlaw.language.types import Type
from symlaw.language.values import values
from symlaw.search.archive import Entry
from symlaw.search.loop.budget import Budget
from symlaw.search.loop.search import search
from symlaw.search.objectives.truths import make_truth_problem
from symlaw.search.problem import Problem, make_problem
from symlaw.search.searchers.bits import Bits

Row = Sequence[int]
BUDGET = Budget(evaluations=30_000_000)
CONNECTIVES = ("and", "or", "not")


def multiplexer(row: Row) -> int:
    """6 inputs: two address bits choose one of four data bits."""
    return row[2 + 2 * row[0] + row[1]]


def boolean_language(n: int, operators: Sequence[str] = CONNECTIVES, max_complexity: int = 60) -> Language:
    names = [f"x{k}" for k in range(n)]
    types = dict.fromkeys(names, Type.BOOLEAN)
    return Language.of(names, operators, types=types, result=Type.BOOLEAN, max_complexity=max_complexity)


def table_of(n: int, function: Callable[[Row], int]) -> tuple[np.ndarray, np.ndarray]:
    rows = list(product((0, 1), repeat=n))
    return np.array(rows, float), np.array([float(function(row) != 0) for row in rows])


def problem_of(
    n: int, function: Callable[[Row], int], operators: Sequence[str] = CONNECTIVES, max_complexity: int = 60
) -> Problem:
    return make_truth_problem(*table_of(n, function), boolean_language(n, operators, max_complexity))


def assert_is(entry: Entry, problem: Problem) -> None:
    columns = dict(zip(problem.language.variables, problem.rows.X, strict=True))
    np.testing.assert_array_equal(values(entry.expression, columns), problem.y)


@pytest.mark.parametrize(
    ("operators", "at_most"),
    [
        (("and", "or", "not"), 22),
        (("and", "or", "not", "mux"), 10),
        (("nand",), 25),
        (("and", "xor"), 30),
    ],
    ids=["and or not", "choices", "nand", "and xor"],
)
def test_multiplexer_of_six_inputs(operators: Sequence[str], at_most: int) -> None:
    problem = problem_of(6, multiplexer, operators)
    best = search(problem, BUDGET).front[-1]
    assert best.loss == 0.0
    assert best.complexity <= at_most
    assert_is(best, problem)


def disjunction(seed: int, n: int, terms: int) -> Callable[[Row], int]:
    rng = np.random.Generator(np.random.Philox(seed))
    chosen = [(rng.choice(n, 3, replace=False), rng.integers(0, 2, 3)) for _ in range(terms)]
    return lambda row: any(all(row[k] == bit for k, bit in zip(*term, strict=True)) for term in chosen)


@pytest.mark.long_but("majority")
@pytest.mark.parametrize(
    ("name", "n", "function", "operators"),
    [
        ("parity", 8, lambda row: sum(row) % 2, (*CONNECTIVES, "xor")),
        ("majority", 5, lambda row: sum(row) >= 3, CONNECTIVES),
        (
            "carry",
            6,
            lambda row: 4 * (row[0] + row[3]) + 2 * (row[1] + row[4]) + row[2] + row[5] >= 8,
            CONNECTIVES,
        ),
        ("disjunction", 8, disjunction(1, 8, 4), CONNECTIVES),
        ("implication", 4, lambda row: row[0] <= row[1] and row[2] <= row[3], ("implies", "and")),
    ],
    ids=["parity", "majority", "carry", "disjunction", "implication"],
)
def test_other_functions(name: str, n: int, function: Callable[[Row], int], operators: Sequence[str]) -> None:
    problem = problem_of(n, function, operators)
    best = search(problem, BUDGET).front[-1]
    assert best.loss == 0.0, name
    assert_is(best, problem)


def test_front_trades_rows_for_length() -> None:
    front = search(problem_of(6, multiplexer), Budget(evaluations=500_000)).front
    assert front[0].complexity == 1.0
    assert front[0].loss == 0.75
    assert len(front) >= 4
    assert all(first.loss > second.loss for first, second in pairwise(front))


def test_wrong_rows_leave_the_law() -> None:
    rng = np.random.Generator(np.random.Philox(4))
    X = (rng.random((600, 7)) < 0.5).astype(float)
    law = (X[:, 0] > 0) & ((X[:, 3] > 0) | (X[:, 5] == 0))
    y = np.where(rng.random(600) < 0.05, ~law, law).astype(float)
    problem = make_truth_problem(X, y, boolean_language(7, max_complexity=20))
    front = search(problem, Budget(evaluations=2_000_000)).front
    columns = dict(zip(problem.language.variables, X.T, strict=True))
    assert any(np.array_equal(values(entry.expression, columns) != 0, law) for entry in front)
    six = next(entry for entry in front if entry.complexity == 6.0)
    assert six.loss == pytest.approx(np.sum(law != y) / min(np.sum(y), np.sum(1 - y)))


def test_numbers_are_compared_with_thresholds() -> None:
    rng = np.random.Generator(np.random.Philox(5))
    X = np.stack([rng.normal(2.0, 1.5, 300), (rng.random(300) < 0.4).astype(float)], axis=1)
    y = ((X[:, 0] > 2.5) & (X[:, 1] == 0)).astype(float)
    language = Language.of(
        ["x", "wet"], [">", "and", "not"], types={"wet": Type.BOOLEAN}, result=Type.BOOLEAN
    )
    problem = make_truth_problem(X, y, language)
    best = search(problem, BUDGET).front[-1]
    assert best.loss == 0.0
    assert best.complexity == 6.0
    assert_is(best, problem)


@pytest.mark.long
def test_threads_and_cuts_change_nothing() -> None:
    problem = problem_of(5, lambda row: sum(row) >= 3)
    fronts = [
        [str(entry.expression) for entry in search(problem, Budget(evaluations=1_500_000), threads=n).front]
        for n in (1, 2)
    ]
    assert fronts[0] == fronts[1]


def test_bits_object_to_numbers() -> None:
    X = np.random.Generator(np.random.Philox(6)).normal(size=(20, 2))
    problem = make_problem(X, X[:, 0], Language.of(["a", "b"]))
    assert Bits().objection(problem) == "it needs a table of truths"


@pytest.mark.parametrize(
    ("X", "y", "what"),
    [
        ([[0], [2]], [0, 1], "column 'x0' holds 2: truths are 0 and 1"),
        ([[0], [1]], [0, 0.5], "the target holds 0.5"),
        ([[0], [1]], [1, 1], "the same truth on all rows"),
    ],
)
def test_other_values_are_refused(X: list[list[float]], y: list[float], what: str) -> None:
    with pytest.raises(DataError, match=what):
        make_truth_problem(X, y, boolean_language(1))


def test_language_of_numbers_is_refused() -> None:
    with pytest.raises(InvalidSetting, match="formulas of this language are numbers"):
        make_truth_problem([[0], [1]], [0, 1], Language.of(["x0"]))
