"""`symlaw.machine` of a function: asked, learned by queries, read out of what it keeps."""

from __future__ import annotations

import random
import sys
from typing import Any

import numpy as np
import pytest

import symlaw
from symlaw.errors import DataError
from symlaw.search.machines.clusters import merged
from symlaw.search.machines.states import States


def test_a_rare_secret_is_learned_by_queries() -> None:
    pytest.importorskip("aalpy")
    opened = symlaw.machine(rare, alphabet="ab")
    assert isinstance(opened.machine, States) and len(opened.machine.steps) == 6
    assert opened(list("bb" + "aabba" + "a")) == rare(list("bb" + "aabba" + "a"))
    for seed in range(20):
        word = random.Random(seed).choices("ab", k=80)
        assert opened(word) == rare(word)


def rare(word: list[str]) -> list[int]:
    """Counts to five in a pattern and stays there, whatever comes."""
    pattern, at, said = "aabba", 0, []
    for letter in word:
        at = at if at == len(pattern) else at + 1 if letter == pattern[at] else int(letter == "a")
        said.append(int(at == len(pattern)))
    return said


def test_a_function_of_numbers_is_a_formula() -> None:
    total = symlaw.machine(lambda xs: [sum(xs[:end]) % 5 for end in range(1, len(xs) + 1)], alphabet=range(3))
    assert total([2] * 100)[-1] == 0 and "% 5" in str(total)


def test_a_label_is_learned_for_whole_sequences() -> None:
    pytest.importorskip("aalpy")
    found = symlaw.machine(lambda word: "odd" if word.count("a") % 2 else "even", alphabet="ab")
    assert found("a" * 41 + "b") == "odd" and found("abab" * 20) == "even"


def kept(word: list[int]) -> Any:
    """Noisy vectors of a machine with three states, two of which do the same."""
    generator = np.random.default_rng(len(word))
    corners = np.array([[0.9, -0.8], [-0.7, 0.9], [0.8, 0.9]])
    states, state = [], 0
    for one in word:
        state = (state + one) % 3
        states.append(state)
    return corners[states] + 0.05 * generator.normal(size=(len(word), 2))


def test_states_are_read_out_of_what_a_network_keeps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "aalpy.base", None)

    def says(word: list[int]) -> list[int]:
        return [int(sum(word[:end]) % 3 == 2) for end in range(1, len(word) + 1)]

    found = symlaw.machine(says, alphabet=[0, 1], hidden=kept)
    long = random.Random(1).choices([0, 1], k=200)
    assert found(long) == says(long)


def test_states_that_do_the_same_are_one() -> None:
    step = (0,)
    twice = States(({step: (1, (5,))}, {step: (2, (6,))}, {step: (1, (5,))}), ())
    assert merged(twice) == States(({step: (1, (5,))}, {step: (0, (6,))}), ())


def test_what_a_function_cannot_be_asked_is_refused() -> None:
    with pytest.raises(DataError, match="alphabet"):
        symlaw.machine(rare)
    with pytest.raises(DataError, match="for each"):
        symlaw.machine(lambda word: [0] * (1 + len(word)), alphabet=[0, 1])
    with pytest.raises(DataError, match="row of finite numbers"):
        symlaw.machine(lambda word: [1] * len(word), alphabet=[0, 1], hidden=lambda word: [1.0])


def test_without_the_package_an_error_says_what_would_help(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "aalpy.base", None)
    with pytest.raises(DataError, match="needs AALpy"):
        symlaw.machine(lambda word: [hash(tuple(word[:end])) % 2 for end in range(1, len(word) + 1)],
                       alphabet=[0, 1], time_budget=1.0)  # fmt: skip
