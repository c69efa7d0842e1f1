"""Pairs: which are looked at, and what is seen of words at sight."""

from __future__ import annotations

from symlaw.search.grammars.pairs import Pair, brackets_of, sample_of, seen_at_sight, shortest_and_rest


def test_words_that_come_where_an_item_comes_have_its_value() -> None:
    pairs = [
        Pair(("go", "left"), ("L", "G")),
        Pair(("go", "right"), ("R", "G")),
        Pair(("stay", "left"), ("L",)),
    ]
    assert seen_at_sight(pairs) == {"go": ("G",), "left": ("L",), "right": ("R",)}


def test_a_word_alone_is_a_fact_before_what_comes_together() -> None:
    pairs = [Pair(("two",), 2), Pair(("two", "3"), 5)]
    assert seen_at_sight(pairs) == {"two": 2, "3": 3}


def test_brackets_are_words_that_open_and_close() -> None:
    pairs = [Pair(("<",) * n + ("a",) + (">",) * n, n) for n in range(1, 10)]
    assert brackets_of(pairs) == [("<", ">")]


def test_each_two_words_are_shown_by_the_shortest_pair_that_has_them() -> None:
    pairs = [Pair(("a", "b", "c") * n, n) for n in range(1, 600)]
    assert sample_of(pairs)[0] == pairs[0]
    assert len(sample_of(pairs)) < len(pairs)


def test_of_many_the_first_and_some_of_the_rest_are_taken() -> None:
    assert shortest_and_rest(list(range(100)), 6) == [0, 1, 2, 3, 36, 69]
    assert shortest_and_rest([1, 2], 6) == [1, 2]
