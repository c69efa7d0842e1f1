"""JSON: the storage form of formulas."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import example, given, settings

from symlaw.errors import ParseError, UnknownOperator
from symlaw.language import Constant, Expression, parse
from symlaw.testing.strategies import expressions


@settings(max_examples=300, deadline=None, derandomize=True)
@given(expressions())
@example(Expression((Constant(math.inf),)))
@example(Expression((Constant(-math.inf),)))
def test_round_trip_is_the_identity(expression: Expression) -> None:
    assert Expression.from_json(expression.to_json()).nodes == expression.nodes


def test_nan_survives() -> None:
    back = Expression.from_json(Expression((Constant(math.nan),)).to_json())
    assert math.isnan(back.constants[0])


def test_text_is_strict_json() -> None:
    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is not JSON")

    json.loads(Expression((Constant(math.inf),)).to_json(), parse_constant=refuse)


def test_version_is_written() -> None:
    assert json.loads(parse("x").to_json())["symlaw_expression"] == 1


def test_other_version_is_refused() -> None:
    with pytest.raises(ParseError, match="format 2 is unknown: this symlaw reads 1"):
        Expression.from_json('{"symlaw_expression": 2, "nodes": [{"variable": "x"}]}')


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        "3",
        "{}",
        '{"symlaw_expression": 1}',
        '{"symlaw_expression": 1, "nodes": []}',
        '{"symlaw_expression": 1, "nodes": 5}',
        '{"symlaw_expression": 1, "nodes": ["+"]}',
        '{"symlaw_expression": 1, "nodes": [{}]}',
        '{"symlaw_expression": 1, "nodes": [7]}',
        '{"symlaw_expression": 1, "nodes": [{"constant": "two"}]}',
        '{"symlaw_expression": 1, "nodes": [{"constant": null}]}',
        "[" * 100_000,
    ],
)
def test_what_is_no_formula_is_refused(text: str) -> None:
    with pytest.raises(ParseError):
        Expression.from_json(text)


def test_unknown_operator_is_named() -> None:
    with pytest.raises((ParseError, UnknownOperator), match="frobnicate"):
        Expression.from_json('{"symlaw_expression": 1, "nodes": [{"variable": "x"}, "frobnicate"]}')
