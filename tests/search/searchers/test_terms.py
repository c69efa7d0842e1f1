"""The searcher of sums of terms: what it finds by itself, and when it stands aside."""

from __future__ import annotations

import pickle
import time

import numpy as np
import pytest
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from symlaw.engine import reference
from symlaw.language.expression import Expression
from symlaw.language.grammar import DEFAULT_OPERATORS, Language
from symlaw.search.archive import Archive
from symlaw.search.problem import Problem, make_problem
from symlaw.search.searchers.terms import Terms, TermsState

Array = NDArray[np.float64]


def uniform(n_rows: int = 600, seed: int = 3) -> Array:
    """Three columns between 0.3 and 4, (n_rows, 3)."""
    return np.random.Generator(np.random.Philox(seed)).uniform(0.3, 4.0, (n_rows, 3))


def problem_of(
    X: Array, y: Array, operators: tuple[str, ...] = DEFAULT_OPERATORS, **kwargs: object
) -> Problem:
    """A problem in columns a, b and c."""
    return make_problem(X, y, Language.of(["a", "b", "c"], operators, max_complexity=60, **kwargs))  # type: ignore[arg-type]


def asked(problem: Problem, state: TermsState, searcher: Terms) -> list[Expression]:
    """What one epoch brings."""
    snapshot = Archive(30, problem.loss_floor, 2**8).snapshot()
    # as in a search: more threads of the matrix library than cores take ten times as long
    with np.errstate(all="ignore"), threadpool_limits(1, user_api="blas"):
        return list(searcher.ask(state, problem, snapshot, 10**9, map).formulas)


def best_loss(problem: Problem, X: Array, y: Array, epochs: int, enough: float) -> float:
    """Smallest loss of what comes in some epochs, scale and offset fitted."""
    searcher = Terms()
    state, least = searcher.start(problem, 0), 1.0
    for _ in range(epochs):
        for formula in asked(problem, state, searcher):
            assert problem.language.fits(formula)
            values = reference.values(formula, dict(zip("abc", X.T, strict=True)))
            least = min(least, reference.scale_and_offset(values, y)[2] / float(np.var(y)))
        if least <= enough:
            break
    return least


@pytest.mark.long
def test_a_sum_of_mechanisms_is_found_exactly() -> None:
    X = uniform()
    y = 1.4 * X[:, 0] / (0.9 + X[:, 0]) - 0.8 * X[:, 1] * np.exp(-0.6 * X[:, 0]) + 0.4 * np.cos(1.7 * X[:, 2])
    assert best_loss(problem_of(X, y), X, y, 40, 1e-18) < 1e-18


@pytest.mark.long
def test_under_noise_its_terms_are_those_of_the_law() -> None:
    X = uniform()
    clean = 2.0 * np.exp(-0.9 * X[:, 0]) + 0.7 * np.sin(1.9 * X[:, 2]) - 0.3 * X[:, 1]
    noise = np.random.Generator(np.random.Philox(5)).standard_normal(len(X))
    y = clean + 0.05 * np.sqrt(np.mean(clean**2)) * noise
    problem, searcher = problem_of(X, y), Terms()
    state, found = searcher.start(problem, 0), list[Expression]()
    while not found:
        # columns alone are something to begin with
        found = [formula for formula in asked(problem, state, searcher) if len(formula.nodes) > 1]
    values = reference.values(found[0], dict(zip("abc", X.T, strict=True)))
    scale, offset, _ = reference.scale_and_offset(values, y)
    assert np.sqrt(np.mean((scale * values + offset - clean) ** 2)) < 0.01 * np.std(clean)


@pytest.mark.long
def test_a_product_of_sums_is_one_of_the_logarithm_or_of_terms() -> None:
    X = uniform()
    y = np.exp(X[:, 1] / (1.2 + X[:, 1])) * X[:, 0] ** 2
    assert best_loss(problem_of(X, y), X, y, 60, 1e-13) < 1e-13


@pytest.mark.long
def test_the_same_rows_bring_the_same_formulas_also_from_a_pickle() -> None:
    X = uniform(300)
    problem, searcher = problem_of(X, np.log(X[:, 0]) + np.cos(2.0 * X[:, 1])), Terms(epoch_work=1e7)
    first, second = searcher.start(problem, 0), searcher.start(problem, 1)
    for _ in range(4):
        assert asked(problem, first, searcher) == asked(problem, second, searcher)
        second = pickle.loads(pickle.dumps(second))


def test_columns_that_stand_still_are_left_out() -> None:
    X = uniform(200)
    X[:, 1] = 2.0
    y = X[:, 0] + np.sin(1.5 * X[:, 2])
    assert best_loss(problem_of(X, y), X, y, 20, 1e-18) < 1e-18


def test_an_epoch_ends_with_the_search_and_says_so() -> None:
    X = uniform(200)
    problem, searcher = problem_of(X, np.exp(-X[:, 0]) * X[:, 1]), Terms()
    cut, whole = searcher.start(problem, 0), searcher.start(problem, 0)
    cut.end = time.monotonic()
    asked(problem, cut, searcher)
    assert cut.is_cut and not any(seen.begun for seen in cut.seen)
    asked(problem, whole, searcher)
    assert not whole.is_cut and whole.seen[0].begun
    assert pickle.loads(pickle.dumps(cut)).end == np.inf


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"constants": False}, "no constants may stand inside of formulas"),
        ({"operators": ("-", "exp")}, "it needs + and *"),
        ({"n_rows": 20}, "it needs 30 rows"),
    ],
)
def test_it_stands_aside_where_it_cannot_help(change: dict[str, object], reason: str) -> None:
    X = uniform(int(change.pop("n_rows", 100)))  # type: ignore[call-overload]
    assert Terms().objection(problem_of(X, X[:, 0], **change)) == reason  # type: ignore[arg-type]


def test_a_budget_of_evaluations_is_kept() -> None:
    X = uniform(200)
    problem, searcher = problem_of(X, np.exp(-X[:, 0])), Terms()
    snapshot = Archive(30, problem.loss_floor, 2**8).snapshot()
    brought = searcher.ask(searcher.start(problem, 0), problem, snapshot, 10, map)
    # a step is not interrupted
    assert brought.counters["evaluations"] <= 10 + 100
