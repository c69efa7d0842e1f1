"""Formulas of literals: printing, negation, and the same values in other languages."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from symlaw.errors import RunError
from symlaw.language.rules.formula import (
    Formula,
    Gate,
    Odd,
    columns_of,
    negation,
    text_of,
    truths_of,
    writings,
)
from symlaw.language.rules.json_form import as_json, from_json
from symlaw.language.rules.literals import Above, Among, Equal, Holds, Missing, Related

A, B, C = Holds("a"), Holds("b"), Holds("c")
TABLE = {
    name: np.array(column, float)
    for name, column in zip("abc", zip(*itertools.product((0, 1), repeat=3), strict=True), strict=True)
}
FORMULAS: list[Formula] = [
    Gate(2, (A, Gate(1, (B, negation(C))))),
    Gate(2, (A, B, C)),
    Odd((A, B, Gate(2, (A, C)))),
    Gate(1, (Odd((A, B)), Gate(2, (A, B, negation(C))))),
]


@pytest.mark.parametrize("formula", FORMULAS, ids=text_of)
def test_a_negation_holds_where_the_formula_does_not(formula: Formula) -> None:
    own, other = truths_of(formula, TABLE, 8), truths_of(negation(formula), TABLE, 8)
    assert (own != other).all()


@pytest.mark.parametrize("formula", FORMULAS, ids=text_of)
def test_json_gives_the_formula_back(formula: Formula) -> None:
    assert from_json(as_json(formula)) == formula


@pytest.mark.parametrize(
    "record", [{}, {"is": "above"}, {"is": "os.system", "column": "a"}, 3, {"at_least": "x", "of": []}]
)
def test_a_record_that_holds_no_rule_is_refused(record: object) -> None:
    with pytest.raises(RunError, match="no rule"):
        from_json(record)


def test_brackets_stand_where_they_are_needed() -> None:
    assert text_of(Gate(1, (Gate(2, (A, B)), C))) == "a and b or c"
    assert text_of(Gate(2, (Gate(1, (A, B)), C))) == "(a or b) and c"
    assert text_of(Gate(2, (A, Odd((B, C))))) == "a and (b xor c)"
    assert text_of(Gate(2, (A, B, C))) == "at least 2 of (a; b; c)"


def test_names_that_are_no_words_are_quoted() -> None:
    assert Above("blood pressure", 120.0).text() == "`blood pressure` > 120"
    assert columns_of(Related("paid [EUR]", "owed [EUR]")) == ("paid [EUR]", "owed [EUR]")


def test_every_literal_but_missing_is_false_where_the_cell_is_missing() -> None:
    numbers = {"x": np.array([np.nan]), "y": np.array([1.0]), "t": np.array([None], object)}
    for literal in (Above("x", 0.0), Equal("x", 1.0), Holds("x"), Related("x", "y"), Among("t", ("a",))):
        assert not literal.truths(numbers)[0]
        assert not literal.negated().truths(numbers)[0]
    assert Missing("t").truths(numbers)[0]


def test_dates_are_compared_with_dates() -> None:
    days = {"seen": np.array(["2024-02-28", "2024-03-02", "NaT"], "datetime64[us]")}
    march = Above("seen", 1_709_251_200.0, is_date=True)
    assert march.text() == "seen > 2024-03-01"
    assert march.truths(days).tolist() == [False, True, False]


def test_ways_to_write_a_gate_are_those_of_ordered_trees() -> None:
    def trees(parts: frozenset[str]) -> int:
        if len(parts) == 1:
            return 1
        each = [
            frozenset(one) for k in range(1, len(parts)) for one in itertools.combinations(sorted(parts), k)
        ]
        return sum(trees(one) * trees(parts - one) for one in each)

    for names in ("ab", "abc", "abcd"):
        gate = Gate(1, tuple(Holds(name) for name in names))
        assert 2.0 ** writings(gate) == pytest.approx(trees(frozenset(names)))
    assert writings(Gate(2, tuple(Holds(name) for name in "abc"))) == 0.0
    assert writings(Holds("a")) == 0.0
