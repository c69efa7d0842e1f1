"""What losses chance reaches with many formulas on shuffled targets."""

from __future__ import annotations

import numpy as np
import pytest

import symlaw
from symlaw import SymbolicRegressor
from symlaw.errors import DataError, InvalidSetting
from symlaw.language import parse
from symlaw.language.grammar import Language
from symlaw.search.bank.bank import enumerate_more, formulas_beyond, make_bank
from symlaw.trust.selection.chance import chance_in, chance_on

LANGUAGE = Language.of(["a", "b"], ["+", "-", "*", "/", "sqrt", "exp"])


def rows(n_rows: int = 20) -> tuple[np.ndarray, np.ndarray]:
    """Two columns of ordinary numbers, and noise."""
    rng = np.random.default_rng(8)
    return rng.uniform(0.5, 3.0, (n_rows, 2)), rng.normal(size=n_rows)


def test_formulas_that_are_not_kept_are_those_that_a_bank_would_keep() -> None:
    X, _ = rows()
    first, second = (make_bank(X.T.copy(), LANGUAGE, 2**26) for _ in range(2))
    while len(first.bounds) < 5:
        enumerate_more(first)
    while len(second.bounds) < 4:
        enumerate_more(second)
    level = first.bounds[4][1] - first.bounds[4][0]
    brought = [(number, len(values)) for number, values in formulas_beyond(second, level + 1)]
    # those that come twice within a slice are known only once they are merged
    assert level <= sum(count for number, count in brought if number == 4) <= 2 * level


def test_chance_reaches_more_with_more_formulas_and_fewer_rows() -> None:
    X, y = rows()
    few = chance_on(X, y, LANGUAGE, 300, n_permutations=40)
    many = chance_on(X, y, LANGUAGE, 100_000, n_permutations=40)
    assert few is not None and many is not None
    assert many.n_formulas > 90_000 > 10_000 > few.n_formulas
    assert many.loss(9) < few.loss(9) < few.loss(3) < 1.0
    fewer = chance_on(X[:8], y[:8], LANGUAGE, 100_000, n_permutations=40)
    assert fewer is not None and fewer.loss(9) < 0.6 * many.loss(9)


def test_what_is_streamed_counts_as_what_is_kept() -> None:
    X, y = rows()
    bank = make_bank(X.T.copy(), LANGUAGE, 2**26)
    while bank.count < 100_000:
        enumerate_more(bank)
    kept = chance_in(bank, y, np.inf, n_permutations=60)
    streamed = chance_on(X, y, LANGUAGE, 100_000, n_permutations=60)
    assert kept is not None and streamed is not None
    assert abs(np.log(kept.loss(6) / streamed.loss(6))) < 0.02


def test_a_law_is_beyond_chance_and_noise_is_not() -> None:
    X, y = rows()
    chance = chance_on(X, y, LANGUAGE, 50_000)
    assert chance is not None
    assert chance.reaches(parse("2.1 * a * b"), 5, 0.01) < 0.001
    assert chance.reaches(parse("2.1 * a * b"), 5, 0.7) > 0.2


def test_fewer_than_four_rows_have_no_chance() -> None:
    X, y = rows(3)
    assert chance_on(X, y, LANGUAGE, 1000) is None


@pytest.fixture(scope="module")
def fitted() -> tuple[SymbolicRegressor, np.ndarray, np.ndarray]:
    """A model of twelve rows of a power law."""
    rng = np.random.default_rng(5)
    X = rng.uniform(1.0, 5.0, (12, 1))
    y = 2.3 * X[:, 0] ** 1.5 * (1.0 + 0.02 * rng.normal(size=12))
    return SymbolicRegressor(max_evaluations=20_000, time_budget=None, random_state=0).fit(X, y), X, y


@pytest.mark.long
def test_every_fit_of_few_rows_says_what_chance_reaches(
    fitted: tuple[SymbolicRegressor, np.ndarray, np.ndarray],
) -> None:
    assert "chance" in fitted[0].finding_.detail


@pytest.mark.long
def test_the_permutation_null_has_a_row_for_each_of_the_front(
    fitted: tuple[SymbolicRegressor, np.ndarray, np.ndarray],
) -> None:
    model, X, y = fitted
    table = symlaw.permutation_null(model, X, y, n_formulas=20_000, n_permutations=40)
    assert list(table.columns) == ["complexity", "loss", "chance_loss", "probability", "equation"]
    assert len(table) == len(model.front_)
    assert np.isnan(table["probability"].iloc[0]) and table["probability"].iloc[-1] < 0.001
    assert np.all(np.diff(table["chance_loss"]) <= 0)
    with pytest.raises(DataError, match="chance is counted on 4 or more"):
        symlaw.permutation_null(model, X[:3], y[:3])


def test_the_permutation_null_is_of_squared_errors() -> None:
    X, y = rows()
    model = SymbolicRegressor(loss="absolute", max_evaluations=300, time_budget=None, operators=["+", "*"])
    with pytest.raises(InvalidSetting, match="chance is counted for squared errors"):
        symlaw.permutation_null(model.fit(X, y), X, y)
