"""Merging prefixes into states."""

from __future__ import annotations

from itertools import product

from symlaw.search.machines.states import find_states


def test_parity_has_two_states() -> None:
    inputs = [[(bit,) for bit in bits] for bits in product((0, 1), repeat=4)]
    outputs = [[(sum(bit for (bit,) in steps[:end]) % 2,) for end in range(1, 5)] for steps in inputs]
    found = find_states(inputs, outputs, False)
    assert found is not None
    assert len(found.steps) == 2
    assert found.run([(1,)] * 9) == [(1 - k % 2,) for k in range(9)]


def test_what_was_never_read_has_no_answer() -> None:
    found = find_states([[("a",)]], [[("x",)]], False)
    assert found is not None
    assert found.run([("b",), ("a",)]) == [None, None]


def test_contradictions_are_no_machine() -> None:
    assert find_states([[("a",)], [("a",)]], [[("x",)], [("y",)]], False) is None
