"""A bank has each behaviour of small rules once, at the smallest size that has it."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from symlaw.engine.bits.words import unpacked
from symlaw.search.rules.bank.enumerating import bank_of
from tests.search.rules.bank.naive import all_rules, ground_of, rows_of

EVERY = np.array(list(itertools.product((False, True), repeat=3)))


@pytest.mark.parametrize(("odd", "several"), [(True, True), (True, False), (False, False), (False, True)])
def test_its_levels_are_those_of_all_rules(odd: bool, several: bool) -> None:
    target = np.random.default_rng(1).random(8) < 0.5
    own = ground_of(EVERY, target, odd=odd, several=several)
    bank, left = bank_of(own, 4, 1e7)
    assert bank.size == 4
    assert left < 1e7
    known = {(False,) * 8, (True,) * 8}
    for size, all_said in enumerate(all_rules(own, 4)):
        level = bank.levels[size]
        said = [tuple(row) for row in unpacked(bank.words[level.first : level.end], 8).tolist()]
        if size:
            assert len(set(said)) == len(said)
            assert set(said) == all_said - known
        known |= all_said


def test_rules_of_entries_say_what_the_entries_do_and_have_their_size() -> None:
    rows = np.array(list(itertools.product((False, True), repeat=4)))[:13]
    own = ground_of(rows, np.random.default_rng(2).random(13) < 0.5, odd=True, several=True)
    bank, _ = bank_of(own, 5, 1e8)
    checked = 0
    for size, level in enumerate(bank.levels[1:], 1):
        for entry in range(level.first, level.end, 7):
            tree = bank.tree(entry)
            if tree is not None:
                assert rows_of(tree, own) == tuple(unpacked(bank.words[entry], 13).tolist())
                assert own.size(tree) == size
                checked += 1
    assert checked > 300


def test_rows_that_are_not_asked_do_not_make_rules_different() -> None:
    target = np.array([False, True, True, True])
    whole, _ = bank_of(ground_of(EVERY[::2], target), 3, 1e7)
    less, _ = bank_of(ground_of(EVERY[::2][:3], target[:3]), 3, 1e7)
    assert len(whole.words) == 16
    assert len(less.words) == 8


def test_a_bank_ends_before_the_size_that_takes_too_much_work() -> None:
    own = ground_of(EVERY, np.arange(8) % 3 == 0)
    sizes = [bank_of(own, 5, work)[0].size for work in (1.0, 100.0, 1_000.0, 1e6)]
    assert sizes == sorted(sizes)
    assert sizes[0] == 0
    assert len(set(sizes)) > 2
