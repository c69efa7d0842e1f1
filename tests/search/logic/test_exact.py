"""Smallest circuits, formulas of any table, and refutations that are checked by another program."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from symlaw.data.logic.truths import every_row
from symlaw.search.logic.certificates import refutes
from symlaw.search.logic.exact import ask, solve
from symlaw.search.logic.expansion import expanded
from symlaw.search.rules.tree import value

MAJORITY = every_row(3).sum(axis=1) > 1


def test_a_refutation_is_checked_step_by_step() -> None:
    clauses = [(1, 2), (-1, 2), (1, -2), (-1, -2)]
    assert refutes(clauses, ["2 0", "0"])
    assert refutes(clauses, ["d 1 2 0", "0"]) is False
    # an empty clause that does not follow
    assert refutes(clauses[:3], ["0"]) is False
    # a step that does not follow
    assert refutes([(1, 2), (-1, 2), (3, 1)], ["-2 0", "0"]) is False


def test_checked_refutations_are_those_of_clauses_that_cannot_hold() -> None:
    rng = np.random.default_rng(0)
    for _ in range(60):
        clauses = [
            tuple((rng.choice(4, 2, replace=False) + 1) * rng.choice([-1, 1], 2))
            for _ in range(rng.integers(4, 14))
        ]
        clauses = [tuple(int(literal) for literal in clause) for clause in clauses]
        holds = any(
            all(any((literal > 0) == point[abs(literal) - 1] for literal in clause) for clause in clauses)
            for point in itertools.product((False, True), repeat=4)
        )
        # all clauses of one and no literals, the longest proof there is
        steps = [f"{sign * variable} 0" for variable in range(1, 5) for sign in (1, -1)]
        usable = [step for step in steps if refutes(clauses, [step, "0"])]
        assert not (usable and holds)


def test_an_expansion_is_right_in_every_row() -> None:
    rng = np.random.default_rng(1)
    for _ in range(40):
        n = int(rng.integers(2, 6))
        rows = every_row(n)
        kept = rng.random(len(rows)) < 0.7
        truths = rng.random(len(rows)) < 0.5
        if truths[kept].all() or not truths[kept].any():
            continue
        words = np.concatenate([rows.T, ~rows.T]).astype(np.uint64) * ~np.uint64(0)
        tree = expanded(rows[kept], truths[kept], [(k, n + k) for k in range(n)], xor=bool(rng.integers(2)))
        assert tree is not None
        assert ((value(tree, words) != 0) == truths)[kept].all()


def test_rows_that_contradict_have_no_expansion() -> None:
    assert expanded(np.ones((2, 1), bool), np.array([True, False]), [(0, 1)], xor=True) is None


def test_the_majority_of_three_has_four_gates_and_no_fewer() -> None:
    pytest.importorskip("pysat")
    rows = every_row(3)
    for n_gates in (1, 2, 3):
        asked = ask(rows, MAJORITY, n_gates, xor=False)
        answer = solve(asked, 60.0)
        assert answer.circuit is None
        assert answer.proof is not None
        assert refutes(asked.clauses, answer.proof)
    circuit = solve(ask(rows, MAJORITY, 4, xor=False), 60.0).circuit
    assert circuit is not None
    assert (circuit.truths(rows) == MAJORITY).all()


def test_rows_that_are_not_asked_may_be_anything() -> None:
    pytest.importorskip("pysat")
    rows = every_row(3)[[0, 3, 5, 7]]
    circuit = solve(ask(rows, MAJORITY[[0, 3, 5, 7]], 1, xor=True), 60.0).circuit
    assert circuit is not None
    assert (circuit.truths(rows) == MAJORITY[[0, 3, 5, 7]]).all()


def test_a_circuit_is_written_as_equations() -> None:
    pytest.importorskip("pysat")
    rows = every_row(2)
    circuit = solve(ask(rows, rows[:, 0] != rows[:, 1], 1, xor=True), 60.0).circuit
    assert circuit is not None
    assert circuit.lines(["a", "b"])[0].startswith("n1 = a xor b")
