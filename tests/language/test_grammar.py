"""Languages: what a search may propose."""

from __future__ import annotations

import pytest

from symlaw.errors import InvalidSetting, UnknownOperator
from symlaw.language import parse
from symlaw.language.grammar import Language

LANGUAGE = Language.of(["x", "y"], ["+", "*", "sin"], costs={"sin": 4})


@pytest.mark.parametrize("text", ["x", "x * y + 2.5", "sin(x + y)"])
def test_formula_within_is_allowed(text: str) -> None:
    assert LANGUAGE.allows(parse(text))


@pytest.mark.parametrize("text", ["z", "x - y", "cos(x)"])
def test_formula_outside_is_not(text: str) -> None:
    assert not LANGUAGE.allows(parse(text))


def test_costs_are_those_of_the_user() -> None:
    assert LANGUAGE.complexity(parse("sin(x) + y")) == 7.0


def test_aliases_and_repeats_are_one_operator() -> None:
    assert [row.name for row in Language.of(["x"], ["add", "+", "ln"]).operators] == ["+", "log"]


def test_no_operators_are_refused() -> None:
    with pytest.raises(InvalidSetting, match="operators is empty"):
        Language.of(["x"], [])


@pytest.mark.parametrize("size", [0, -1])
def test_size_below_one_is_refused(size: int) -> None:
    with pytest.raises(InvalidSetting, match="max_complexity"):
        Language.of(["x"], max_complexity=size)


@pytest.mark.parametrize("cost", [0, -1, float("nan")])
def test_cost_that_is_not_positive_is_refused(cost: float) -> None:
    with pytest.raises(InvalidSetting, match="the cost of 'sin'"):
        Language.of(["x"], costs={"sin": cost})


def test_cost_of_an_unknown_operator_is_refused() -> None:
    with pytest.raises(UnknownOperator, match="cosinus"):
        Language.of(["x"], costs={"cosinus": 2})
