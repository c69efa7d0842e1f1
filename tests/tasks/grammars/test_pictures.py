"""Grammars whose symbols are pictures: classes and meanings are found together, from values alone."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import symlaw
from benchmarks.pictures import Pen, pairs
from symlaw.errors import DataError

BLANK = np.zeros((4, 4))


@pytest.fixture(scope="module")
def found() -> symlaw.FoundGrammar:
    draw = random.Random(1)
    return symlaw.grammar([(seen, value) for _, seen, value in pairs(draw, Pen(draw, 0), 150, "+*")])


def fresh(n: int) -> list[tuple[str, Any, int]]:
    draw = random.Random(2)
    return pairs(draw, Pen(draw, 1), n, "+*", 4)


@pytest.mark.long
def test_expressions_of_fresh_pictures_are_reckoned(found: symlaw.FoundGrammar) -> None:
    asked = fresh(100)
    assert sum(found(seen) == value for _, seen, value in asked) >= 80


@pytest.mark.long
def test_classes_are_called_by_what_they_mean(found: symlaw.FoundGrammar) -> None:
    assert set("0123456789") <= set(found.reader.names) and len(found.reader.names) == 12
    asked = [text for text in fresh(40) if len(text[0]) == 1]
    assert sum(found.words(seen) == (text,) for text, seen, _ in asked) >= 0.8 * len(asked)


@pytest.mark.long
def test_what_was_saved_reads_the_same(found: symlaw.FoundGrammar, tmp_path: Path) -> None:
    found.save(tmp_path / "rules.json")
    loaded = symlaw.FoundGrammar.load(tmp_path / "rules.json")
    for _, seen, _ in fresh(20):
        assert loaded(seen) == found(seen)


@pytest.mark.long
def test_the_report_shows_the_classes(found: symlaw.FoundGrammar, tmp_path: Path) -> None:
    found.report(tmp_path / "rules.html")
    text = (tmp_path / "rules.html").read_text(encoding="utf-8")
    assert "Classes of pictures" in text and "data:image/svg+xml" in text


def test_words_and_pictures_stand_together() -> None:
    draw = random.Random(3)
    pen = Pen(draw, 0)
    given = [([pen.symbol(str(digit)), *["again"] * more], ["abc"[digit]] * (more + 1))
             for digit in range(3) for more in range(3) for _ in range(6)]  # fmt: skip
    found = symlaw.grammar(given)
    assert found([pen.symbol("1"), "again", "again", "again"]) == ["b"] * 4


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([([BLANK], 1), ([np.zeros((4, 5))], 2)], "all of them one size"),
        ([([np.full((4, 4), np.nan)], 1), ([BLANK], 2)], "without a value"),
        ([([np.zeros(4)], 1), ([np.zeros(4)], 2)], "rows and columns"),
        ([([np.zeros((99, 99))], 1)], "points at most"),
        ([([np.array([["a"]])], 1)], "something else than numbers"),
    ],
)
def test_what_is_no_picture_is_refused(given: Any, said: str) -> None:
    with pytest.raises(DataError, match=said):
        symlaw.grammar(given)


def test_pictures_for_rules_of_words_are_refused() -> None:
    found = symlaw.grammar({"a": "A", "b": "B", "a again": "A A", "b again": "B B"})
    with pytest.raises(DataError, match="give words"):
        found([BLANK])


@pytest.mark.long
def test_a_picture_of_another_size_is_refused(found: symlaw.FoundGrammar) -> None:
    with pytest.raises(DataError, match="one size"):
        found([BLANK])
