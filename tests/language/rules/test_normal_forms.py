"""Other ways of printing a formula say the same of each row."""

from __future__ import annotations

import numpy as np
import pytest

from symlaw.errors import CannotExport, InvalidSetting
from symlaw.language.rules.formula import ALWAYS, NEVER, Formula, Gate, Odd, truths_of
from symlaw.language.rules.literals import Above, Holds, Missing
from symlaw.language.rules.normal_forms import opposite, printed, two_level

A, B, C, X = Holds("a"), Holds("b"), Holds("c", False), Above("x", 0.0)
FORMULAS: list[Formula] = [
    A,
    Gate(2, (A, B, C, X)),
    Odd((A, B)),
    Odd((A, Gate(2, (B, X)), C)),
    Gate(1, (Gate(2, (A, Missing("x"))), Odd((X, C)))),
    Gate(3, (A, B, Gate(1, (C, X)))),
    ALWAYS,
    NEVER,
]


def columns(gaps: bool) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(2)
    found = {name: rng.integers(0, 2, 200).astype(float) for name in "abc"}
    found["x"] = rng.normal(size=200)
    for values in found.values():
        if gaps:
            values[rng.random(200) < 0.2] = np.nan
    return found


@pytest.mark.parametrize("formula", FORMULAS, ids=lambda one: printed(one))
@pytest.mark.parametrize("gaps", [True, False])
def test_two_levels_and_opposites_say_the_same_of_each_row(formula: Formula, gaps: bool) -> None:
    table = columns(gaps)
    expected = truths_of(formula, table, 200)
    assert np.array_equal(truths_of(two_level(formula, gaps=gaps), table, 200), expected)
    assert np.array_equal(truths_of(opposite(formula, gaps=gaps), table, 200), ~expected)


def test_two_levels_are_conjunctions_side_by_side() -> None:
    majority = Gate(2, (A, B, X))
    assert printed(majority, "two-level") == "a and b or a and x > 0 or b and x > 0"
    assert printed(Odd((A, B)), "two-level", gaps=False) == "a and not b or not a and b"
    assert printed(ALWAYS, "decision-list") == "always: true"


def test_what_cannot_be_printed_is_said() -> None:
    with pytest.raises(InvalidSetting, match="unknown way 'cnf'"):
        printed(A, "cnf")
    wide = Odd(tuple(Holds(f"x{k}") for k in range(11)))
    with pytest.raises(CannotExport, match="more than 500 conjunctions"):
        printed(wide, "two-level", gaps=False)
