"""What meets in the middle of a small bank is the best of all rules, of sizes that the bank has not."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from symlaw.search.rules.bank.enumerating import bank_of
from symlaw.search.rules.bank.meeting import Met, Work, asked_of, rules_of
from tests.search.rules.bank.naive import all_rules, gain, ground_of, rows_of


def best_of(found: list[Met] | None, best: float) -> float:
    assert found is not None
    return max([best, *(one.gain for one in found)])


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("odd", "several"), [(True, True), (True, False), (False, False)])
def test_the_best_of_each_size_is_that_of_all_rules(seed: int, odd: bool, several: bool) -> None:
    rng = np.random.default_rng([3, seed])
    rows = np.array(list(itertools.product((False, True), repeat=3)))[rng.permutation(8)[: 8 - seed]]
    target, weights = rng.random(len(rows)) < 0.5, rng.integers(1, 4, len(rows)).astype(float)
    target[:2] = False, True
    own = ground_of(rows, target, weights, odd=odd, several=several)
    bank, _ = bank_of(own, 2, 1e7)
    asked, mine, best = asked_of(bank, own.planes), 0.0, 0.0
    for size, all_said in enumerate(all_rules(own, 5 - several)[1:], 1):
        found = rules_of(bank, asked, (size, mine, 1), Work(1e10))
        mine = best_of(found, mine)
        best = max([best, *(gain(said, target, weights) for said in all_said)])
        assert mine == pytest.approx(best)
        for one in found or []:
            if one.tree is not None:
                assert gain(rows_of(one.tree, own), target, weights) == pytest.approx(one.gain)
                assert own.size(one.tree) <= size


@pytest.mark.parametrize(("odd", "several", "most"), [(True, False, 5), (False, False, 7), (True, True, 5)])
def test_a_bank_and_a_smaller_one_find_the_same_on_four_inputs(odd: bool, several: bool, most: int) -> None:
    rng = np.random.default_rng(4)
    rows = np.array(list(itertools.product((False, True), repeat=4)))
    for _ in range(2):
        own = ground_of(rows, rng.random(16) < 0.5, odd=odd, several=several)
        large, small = (bank_of(own, size, 1e10)[0] for size in (most, 2 + (not odd)))
        assert (large.size, small.size) == (most, 2 + (not odd))
        all_asked, asked, best, mine = asked_of(large, own.planes), asked_of(small, own.planes), 0.0, 0.0
        for size in range(1, most + 1):
            best = best_of(rules_of(large, all_asked, (size, best, 1), Work(1e10)), best)
            mine = best_of(rules_of(small, asked, (size, mine, 1), Work(1e10)), mine)
            assert mine == pytest.approx(best)


def test_several_rules_are_kept_the_best_first() -> None:
    rows = np.array(list(itertools.product((False, True), repeat=3)))
    own = ground_of(rows, rows[:, 0] & rows[:, 1], odd=False, several=False)
    bank, _ = bank_of(own, 1, 1e7)
    found = rules_of(bank, asked_of(bank, own.planes), (2, 0.0, 9), Work(1e7))
    assert found is not None
    gains = [one.gain for one in found]
    assert len(found) == 9
    assert gains == sorted(gains, reverse=True)
    assert gains[0] == 2.0


def test_too_little_work_is_said() -> None:
    rows = np.array(list(itertools.product((False, True), repeat=3)))
    own = ground_of(rows, rows.sum(axis=1) == 1)
    bank, _ = bank_of(own, 1, 1e7)
    assert rules_of(bank, asked_of(bank, own.planes), (3, 0.0, 1), Work(10.0)) is None
    assert rules_of(bank, asked_of(bank, own.planes), (3, 0.0, 1), Work(1e9, lambda: True)) is None
    # parts of four literals are neither in the bank nor one literal larger
    assert rules_of(bank, asked_of(bank, own.planes), (8, 0.0, 1), Work(1e9)) is None
