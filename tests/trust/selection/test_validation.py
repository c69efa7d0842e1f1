"""Rows held out, and what fails on them."""

from __future__ import annotations

import numpy as np
import pytest

from symlaw.engine.losses.table import loss_named
from symlaw.knowledge.priors.expected import Expected
from symlaw.language import parse
from symlaw.search.archive import Entry
from symlaw.trust.selection.description import Criteria
from symlaw.trust.selection.recommend import recommend, worth_showing
from symlaw.trust.selection.validation import failing, held_out_errors, holds_exactly, split_rows


def entry(text: str, loss: float) -> Entry:
    """A formula with the loss that it is said to have."""
    formula = parse(text)
    return Entry(formula, formula.complexity(), loss, formula)


@pytest.mark.parametrize(("n_rows", "held_out"), [(59, 0), (60, 12), (1000, 200), (200_000, 10_000)])
def test_a_fifth_is_held_out_of_enough_rows(n_rows: int, held_out: int) -> None:
    split = split_rows(n_rows, seed=3)
    assert len(split.held_out) == held_out
    np.testing.assert_array_equal(np.sort(np.concatenate(split)), np.arange(n_rows))


def test_rows_without_weight_are_not_held_out() -> None:
    weights = np.repeat([0.0, 1.0], 100)
    assert np.all(weights[split_rows(200, 0, weights).held_out] > 0)


def test_undefined_values_are_infinite_errors() -> None:
    errors = held_out_errors(
        [entry("log(x)", 0.1), entry("x", 0.2)], np.array([[-1.0], [2.0]]), np.ones(2), ["x"]
    )
    assert np.isinf(errors[0, 0]) and np.all(np.isfinite(errors[1]))


def test_errors_cost_what_the_loss_says() -> None:
    loss = loss_named("quantile:0.9")
    x, y = np.ones((2, 1)), np.array([3.0, -1.0])
    errors = held_out_errors([entry("x", 0.1)], x, y, ["x"], lambda f: loss.costs(y, f, 0.9))
    np.testing.assert_allclose(errors, [[1.8, 0.2]])


@pytest.mark.parametrize("name", ["absolute", "huber", "log-cosh", "quantile:0.2", "poisson", "relative"])
def test_costs_are_least_and_nothing_for_what_is_right(name: str) -> None:
    loss, y = loss_named(name), np.array([1.0, 2.0, 5.0])
    right, wrong = (loss.costs(y, given, loss.given) for given in (y, y + 0.5))
    assert np.all(np.abs(right) < 1e-12) and np.all(wrong > 0)


def test_costs_of_labels_are_those_of_probabilities() -> None:
    costs = loss_named("logistic").costs(np.array([1.0, 0.0, 1.0]), np.array([0.25, 0.25, 1.0]), 1.0)
    np.testing.assert_allclose(costs, [np.log(4.0), np.log(4.0 / 3.0), 0.0], atol=1e-12)


def criteria(n_rows: int) -> Criteria:
    """What formulas of one column are compared by."""
    return Criteria(n_rows, Expected(("+", "*", "exp", "sin"), 1))


def test_what_is_clearly_worse_than_something_simpler_fails() -> None:
    rng = np.random.Generator(np.random.Philox(0))
    simple = rng.normal(size=100) ** 2
    errors = np.array([simple, 0.5 * simple, 3.0 * simple, 0.5 * simple + 1e-3 * rng.normal(size=100)])
    assert failing(errors).tolist() == [False, False, True, False]


def test_the_recommended_formula_is_one_that_holds() -> None:
    front = [entry("x", 0.5), entry("x * x", 0.1), entry("exp(x) * x * x", 0.01)]
    good, bad = np.full(50, 0.1) + 1e-3 * np.arange(50), np.full(50, 0.9) + 1e-3 * np.arange(50)
    assert recommend(front, criteria(300)).place == 2
    chosen = recommend(front, criteria(300), errors=np.array([5 * good, good, bad]))
    assert chosen.place == 1 and "50 rows held out" in chosen.reason
    confirmed = recommend(front, criteria(300), errors=np.array([5 * good, good, 0.1 * good]))
    assert confirmed.place == 2 and "holds on 50 rows" in confirmed.reason


def test_rows_that_complexity_does_not_pay_for_are_not_shown() -> None:
    front = [
        entry("x", 0.5),
        entry("x * x", 0.4999),
        entry("exp(x) * x", 0.01),
        entry("exp(x) * x + x", 0.00999),
    ]
    assert worth_showing(front, 2, criteria(200)) == [0, 2]
    assert worth_showing(front, 3, criteria(200)) == [0, 2, 3]
    assert worth_showing(front, 2, criteria(200_000)) == [0, 1, 2, 3]


def test_few_rows_show_no_formula_with_as_many_parameters() -> None:
    large = entry("exp(x * 1.37 + 2.21) * x + sin(x * 3.31) / (x + 4.73)", 1e-12)
    assert worth_showing([entry("x", 0.5), large], 0, criteria(5)) == [0]
    assert worth_showing([entry("x", 0.5), large], 0, criteria(100)) == [0, 1]


def test_exactness_is_checked_on_rows_held_out() -> None:
    X = np.linspace(-1, 1, 11)[:, None]
    assert holds_exactly(entry("x * x", 0.0), X, X[:, 0] ** 2, ["x"])
    assert not holds_exactly(entry("x", 0.0), X, np.abs(X[:, 0]), ["x"])
    assert holds_exactly(entry("x", 0.0), X[:0], X[:0, 0], ["x"])


def test_the_last_rows_are_held_out_where_that_is_said() -> None:
    assert split_rows(100, 0, last=True).held_out.tolist() == list(range(80, 100))
    assert split_rows(20, 0, last=True).held_out.tolist() == [16, 17, 18, 19]
    assert len(split_rows(20, 0).held_out) == len(split_rows(14, 0, last=True).held_out) == 0
    weights = np.r_[np.ones(50), np.zeros(50)]
    assert split_rows(100, 0, weights, last=True).held_out.tolist() == list(range(40, 50))


def test_groups_are_held_out_whole() -> None:
    together = np.repeat(np.arange(10), 10)
    split = split_rows(100, 3, together=together)
    assert len(split.held_out) == 20
    assert set(together[split.held_out]).isdisjoint(together[split.searched])
    two = np.r_[np.zeros(90, int), np.ones(10, int)]
    assert len(np.unique(two[split_rows(100, 0, together=two).searched])) == 1
