"""Functions that carry along a second value which is no result."""

from __future__ import annotations

from typing import Any

import pytest

import symlaw
from benchmarks.hidden import FUNCTIONS, SEEN
from benchmarks.recursion import CHECKS, Function, measured


def found(function: Function) -> symlaw.RecursiveFunction:
    return symlaw.recursive([(*given, function.rule(*given)) for given in function.shown], time_budget=None)


@pytest.mark.long
@pytest.mark.parametrize("name", ["length of the last run", "sum of depths", "largest sum of a stretch"])
def test_second_values_make_functions_exact_on_larger_inputs(name: str) -> None:
    # far more than it takes, so that a slow machine's answer is the same
    assert measured(name, FUNCTIONS, by_processor=True, most=40.0)["right"] == CHECKS


@pytest.mark.long
def test_the_second_value_is_computed_once_and_is_no_result() -> None:
    law = found(FUNCTIONS["largest sum of a stretch"])
    # a fold that walked the rest in each step would take a hundred times as long
    assert law([3, -4, 2] * 1000) == 1003
    assert law.code.count("def ") == 2
    space: dict[str, Any] = {}
    exec(law.code, space)
    assert space["function"]([5, -1, 4, -20, 7]) == 8


def test_terms_of_two_values_need_no_recursion_of_their_own() -> None:
    law = found(SEEN["largest less smallest"])
    assert law([3, -50, 20, 7]) == 70


def test_division_is_looked_at_where_outputs_have_fractions() -> None:
    law = found(FUNCTIONS["average"])
    assert law([1, 2, 6, 2]) == 2.75
    assert "/" in law.export("javascript")
