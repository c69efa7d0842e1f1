"""Pictures are named by their neighbours, and classes that are not needed go."""

from __future__ import annotations

import numpy as np

from symlaw.engine.programs.grammars import Grammar, Level, Rule
from symlaw.language.programs.phrases import Piece
from symlaw.search.grammars.pictures.dissolving import dissolved
from symlaw.search.grammars.pictures.learning import clusters
from symlaw.search.grammars.pictures.reader import Reader, options_of
from symlaw.search.grammars.pictures.reading import Shown, pairs_read, reading

RNG = np.random.default_rng(0)


def some(level: float, n: int = 6) -> np.ndarray:
    return (level + 0.05 * RNG.standard_normal((n, 4))).astype(np.float32)


DARK, GREY, LIGHT = some(0.0), some(1.0), some(3.0)
ALL = np.concatenate([DARK, GREY, LIGHT])
CLASSES = np.repeat([0, 1, 2], 6)
READER = Reader((2, 2), ALL, CLASSES, ("a", "b", "c"))


def test_a_picture_is_named_by_those_most_like_it() -> None:
    assert [one[0][0] for one in options_of(READER, np.concatenate([LIGHT, DARK]))] == ["c"] * 6 + ["a"] * 6


def test_a_picture_has_no_say_about_itself() -> None:
    odd = Reader((2, 2), ALL, np.array([2, *CLASSES[1:]]), ("a", "b", "c"))
    assert odd.shares(ALL[:1]).argmax() == 2
    assert odd.shares(ALL[:1], np.array([0])).argmax() == 0


def test_those_that_look_alike_are_a_cluster_numbered_as_it_comes() -> None:
    assert clusters(ALL, 3).tolist() == CLASSES.tolist()


def test_the_likeliest_reading_with_the_value_is_taken() -> None:
    grammar = Grammar({"a": 1, "b": 2})
    assert reading(grammar, [[("a", 0.9), ("b", 0.1)]], 2) == ("b",)
    assert reading(grammar, [[("c", 0.9), ("a", 0.1)]]) == ("a",)
    assert reading(grammar, [[("a", 0.9), ("b", 0.1)]], 3) is None


def test_a_class_that_says_nothing_more_is_dissolved() -> None:
    names = ["a"] * 6 + ["b"] * 6 + ["b"] * 5 + ["c"]
    shown = Shown(
        tuple((place,) for place in range(18)),
        (("x",),) * 6 + (("y",),) * 12,
        ALL,
        (2, 2),
    )
    rule = Rule(("c", 0), (Piece(0),))
    grammar = Grammar({"a": ("x",), "b": ("y",), "c": ("y",)}, (Level((rule,)),))
    rest, fresh = dissolved(shown, grammar, READER, names, lambda: False)
    assert set(fresh) == {"a", "b"} and not rest.rules
    assert [rest.read(pair.words) for pair in pairs_read(shown, fresh)] == list(shown.values)
