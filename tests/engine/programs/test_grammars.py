"""Grammars read sequences: the loosest phrase first, sides as levels say."""

from __future__ import annotations

import pytest

from symlaw.engine.programs.grammars import Grammar, Level, Rule, TooLong
from symlaw.language.programs.phrases import Piece
from symlaw.language.programs.program import Input
from symlaw.language.programs.steps import step_call

DIGITS = {str(digit): digit for digit in range(10)}
PLUS, MINUS, TIMES = (
    Rule((0, sign, 1), step_call(name, Input(0), Input(1)))
    for sign, name in (("+", "plus"), ("-", "minus"), ("*", "product"))
)


def test_what_binds_closer_is_read_first() -> None:
    grammar = Grammar(DIGITS, (Level((PLUS,)), Level((TIMES,))))
    assert grammar.read("2 + 3 * 4 + 1".split()) == 15


@pytest.mark.parametrize(("is_last_first", "value"), [(True, 4), (False, 6)])
def test_a_level_says_which_side_belongs_together(is_last_first: bool, value: int) -> None:
    grammar = Grammar(DIGITS, (Level((MINUS, PLUS), is_last_first),))
    assert grammar.read("9 - 4 - 1".split()) == value


def test_what_cannot_be_read_has_no_value() -> None:
    grammar = Grammar(DIGITS, (Level((PLUS,)),))
    assert grammar.read("2 +".split()) is None
    assert grammar.read(["x"]) is None


@pytest.mark.long
def test_sequences_with_too_many_ways_end() -> None:
    beside = Rule((0, 1), (Piece(0), Piece(1)))
    never = Rule((0, "!", 1), (Piece(0),))
    grammar = Grammar({"a": ("a",)}, (Level((beside, never)),))
    with pytest.raises(TooLong):
        grammar.read(["a"] * 300 + ["?"] * 1 + ["a"] * 300)
