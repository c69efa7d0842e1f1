"""The smallest machine that gives all outputs, and the proof."""

from __future__ import annotations

from itertools import product

from symlaw.search.machines.smallest import smaller
from symlaw.search.machines.states import PrefixTree


def counting(modulus: int, longest: int) -> PrefixTree:
    inputs = [[(bit,) for bit in bits] for bits in product((0, 1), repeat=longest)]
    outputs = [
        [(int(sum(bit for (bit,) in steps[:end]) % modulus == 0),) for end in range(1, longest + 1)]
        for steps in inputs
    ]
    return PrefixTree(inputs, outputs, False)


def test_fewer_states_are_found_where_there_are_any() -> None:
    found = smaller(counting(3, 6), 5, lambda: False)
    assert found.states is not None
    assert len(found.states) == 3
    assert found.is_proved


def test_without_fewer_states_the_tree_stays_as_it_was_and_that_is_proved() -> None:
    tree = counting(3, 6)
    before = [dict(children) for children in tree.children]
    assert smaller(tree, 3, lambda: False) == (None, True)
    assert tree.children == before


def test_a_search_that_is_cut_proves_nothing() -> None:
    assert smaller(counting(3, 6), 3, lambda: True) == (None, False)
