"""Identified, rivals, or not learnable; and what chance reaches."""

from __future__ import annotations

import math

import numpy as np
import pytest

from symlaw.language import parse
from symlaw.search.bank.bank import SLICE_PAIRS, enumerate_more, make_bank
from symlaw.tasks.regression.settings import Settings
from symlaw.trust.selection.chance import Chance, chance_in
from symlaw.trust.selection.finding import Candidate, Finding, finding_of

X = np.random.default_rng(1).uniform(1, 5, (12, 2))
NAMES = ("a", "b")


def candidates(*rows: tuple[str, float, float]) -> list[Candidate]:
    """Formulas with their losses and description lengths."""
    return [Candidate(parse(text), parse(text).complexity(), loss, length) for text, loss, length in rows]


def test_a_formula_far_ahead_of_all_others_is_identified() -> None:
    found = finding_of(candidates(("3.0", 1.0, 0.0), ("a * b", 1e-4, -40.0), ("a", 0.3, 2.0)), 1, X, NAMES)
    assert found.word == "identified"
    assert found.rivals[0].probability > 0.89


def test_formulas_that_the_rows_do_not_tell_apart_are_rivals_by_name() -> None:
    found = finding_of(
        candidates(("3.0", 1.0, 0.0), ("a * b", 0.01, -20.0), ("a + b", 0.01, -19.5)), 1, X, NAMES
    )
    assert found.word == "rivals"
    assert [str(rival.expression) for rival in found.rivals[:2]] == ["a * b", "a + b"]
    assert "a + b" in found.sentence


def test_formulas_of_equal_values_are_one_finding() -> None:
    same = candidates(
        ("3.0", 1.0, 0.0), ("a * b", 1e-4, -20.0), ("b * a", 1e-4, -20.0), ("a / (1 / b)", 1e-3, -19.0)
    )
    found = finding_of(same, 1, X, NAMES)
    assert found.word == "identified"


def test_a_constant_is_not_learnable_and_says_what_it_would_take() -> None:
    found = finding_of(candidates(("3.0", 1.0, 0.0), ("a * b", 0.6, 5.0)), 0, X, NAMES)
    assert found.word == "not learnable"
    assert "rows like these" in found.detail


def test_what_chance_reaches_is_not_identified() -> None:
    gains = np.tile(np.random.default_rng(0).gumbel(30.0, 1.0, 100), (9, 1))
    found = finding_of(
        candidates(("3.0", 1.0, 0.0), ("a * b", 0.02, -20.0)), 1, X, NAMES, Chance(12, 10**6, gains)
    )
    assert found.word == "rivals"


def test_a_finding_comes_back_from_its_record() -> None:
    found = finding_of(candidates(("3.0", 1.0, 0.0), ("2.5 * a", 0.01, -20.0)), 1, X, NAMES)
    assert Finding.from_record(found.to_record()) == found


def test_chance_is_what_the_best_of_a_bank_gains_on_shuffled_targets() -> None:
    settings = Settings(operators=("+", "*", "exp"), max_evaluations=10, time_budget=None)
    bank = make_bank(np.ascontiguousarray(X.T), settings.language(NAMES), 2**24)
    while len(bank.bounds) < 6:
        enumerate_more(bank, SLICE_PAIRS)
    y = X[:, 0] * X[:, 1]
    chance = chance_in(bank, y, math.inf, n_permutations=40, seed=3)
    assert chance is not None
    entries = [k for k in range(bank.constants[1], bank.bounds[4][1])]
    rng = np.random.Generator(np.random.Philox(key=[3, 2]))
    first = rng.permutation((y - y.mean()) / np.linalg.norm(y - y.mean()))
    naive = max(abs(np.corrcoef(bank.values(k), first)[0, 1]) for k in entries if np.ptp(bank.values(k)) > 0)
    assert chance.gains[4, 0] == pytest.approx(-5.0 * math.log1p(-(naive**2)), rel=1e-3)
    assert chance.probability(4, float(chance.gains[4].max()) + 20.0) < 1e-6
    assert chance.probability(4, 0.0) > 0.95
    assert np.all(np.diff(chance.gains, axis=0) >= 0)


def test_a_formula_as_long_as_any_that_was_tried_is_not_identified() -> None:
    rows = candidates(("3.0", 1.0, 0.0), ("a * b + a * a * b", 1e-6, -60.0), ("a", 0.3, 2.0))
    assert finding_of(rows, 1, X, NAMES, largest=30).word == "identified"
    found = finding_of(rows, 1, X, NAMES, largest=10)
    assert found.word == "rivals" and "may be the law: 0.5" in found.sentence
    exact = [rows[0], rows[1].__class__(rows[1].expression, rows[1].complexity, 0.0, -60.0)]
    assert finding_of(exact, 1, X, NAMES, largest=10).word == "identified"
