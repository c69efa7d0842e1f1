"""What is claimed of all small rules is what a plain count of them says."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import symlaw
from symlaw.search.rules.bank.deciding import bettered, shorter, table_of
from tests.search.rules.bank.naive import all_rules, ground_of, rows_of

EVERY = np.array(list(itertools.product((False, True), repeat=3)))


@pytest.mark.parametrize("odd", [True, False])
def test_the_smallest_formula_of_every_function_of_three_inputs_is_proved(odd: bool) -> None:
    levels = all_rules(ground_of(EVERY, EVERY[:, 0], odd=odd, several=False), 4)
    smallest = {said: size for size in range(4, 0, -1) for said in levels[size]}
    for number in range(1, 255, 17):
        target = np.array([bool(number >> k & 1) for k in range(8)])
        own = ground_of(EVERY, target, odd=odd, several=False)
        size = smallest.get(tuple(target.tolist()))
        found = shorter(table_of(own, 4), 4, float(target.sum()))
        if size is None:
            assert found == (4, ())
            continue
        assert found.size == size - 1
        tree = found.rules[0].tree
        assert tree is not None
        assert own.size(tree) == size
        assert rows_of(tree, own) == tuple(target.tolist())


def test_rules_that_are_better_than_known_ones_are_found() -> None:
    rng = np.random.default_rng(6)
    rows = np.array(list(itertools.product((False, True), repeat=6)))[rng.permutation(64)[:50]]
    target = (rows[:, 0] | rows[:, 1]) & (rows[:, 2] | ~rows[:, 3])
    own = ground_of(rows, target, odd=True, several=False)
    found = bettered(table_of(own, 5), 5, lambda size: 0.0)
    assert found.size == 5
    assert found.rules[-1].gain == target.sum()
    assert own.size(found.rules[-1].tree or 0) == 4


def test_more_than_three_literals_are_proved_of_a_table_of_eight_inputs() -> None:
    rng = np.random.default_rng(8)
    x = np.array(list(itertools.product((False, True), repeat=8)))[rng.permutation(256)[:128]]
    truths = (x[:, 0] & x[:, 1] | x[:, 2]) & (x[:, 3] | x[:, 4] & ~x[:, 5])
    law = symlaw.boolean({**{f"x{k}": x[:, k] for k in range(8)}, "f": truths})
    assert law.front_["literals"].iloc[law.recommended_] == 6
    assert "no formula of 5 or fewer is as good: proved" in law.status_


def test_a_solver_of_clauses_agrees_that_no_circuit_is_larger_than_a_smallest_formula() -> None:
    pytest.importorskip("pysat")
    rng = np.random.default_rng(9)
    for _ in range(2):
        outputs = rng.integers(0, 2, 8)
        if outputs.all() or not outputs.any():
            continue
        law = symlaw.boolean("".join(map(str, outputs)), prove=True)
        claim, size = law.circuit_, law.front_["literals"].iloc[law.recommended_]
        assert claim is not None
        assert claim.circuit is not None
        # an exclusive or counts as one more literal, and is one gate
        assert len(claim.circuit.gates) <= size - 1
        assert law.proved_ == size - 1
