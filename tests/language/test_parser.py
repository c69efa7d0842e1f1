"""The parser: what it reads, and how it says what it cannot read."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symlaw.errors import ParseError, SymlawError, UnknownOperator
from symlaw.language import Constant, Variable, operator, parse


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a + ", "character 4, found the end"),
        ("", "character 1, found the end"),
        ("a b", "an operator or the end at character 3, found 'b'"),
        ("(a + b", r"'\)' at character 7"),
        ("a + * b", r"character 5, found '\*'"),
        ("a $ b", r"cannot read '\$ b' at character 2"),
        ("2 ** ", "character 5"),
        ("`a", "cannot read '`a' at character 1"),
        ("()", r"character 2, found '\)'"),
    ],
)
def test_error_names_the_place(text: str, place: str) -> None:
    with pytest.raises(ParseError, match=place):
        parse(text)


@pytest.mark.parametrize(("text", "count"), [("sin(a, b)", 2), ("pow(a)", 1), ("a + max(a, b, c)", 3)])
def test_wrong_number_of_arguments_is_refused(text: str, count: int) -> None:
    with pytest.raises(ParseError, match=rf"argument\(s\), got {count}"):
        parse(text)


def test_unknown_function_gets_a_suggestion() -> None:
    with pytest.raises(UnknownOperator, match="did you mean 'sqrt'"):
        parse("sqr(x)")


def test_unknown_name_is_refused_where_names_are_given() -> None:
    with pytest.raises(ParseError, match="unknown name 'z' at character 5: known are x, y"):
        parse("x + z", variables=["x", "y"])


@pytest.mark.parametrize(
    "text",
    [
        "(" * 20_000 + "x" + ")" * 20_000,
        "sin(" * 20_000 + "x" + ")" * 20_000,
        "(" * 20_000,
        "x" + "**x" * 20_000,
        "2**-" * 20_000 + "x",
        "max(1," * 15_000,
    ],
    ids=["brackets", "calls", "open", "powers", "negative powers", "second arguments"],
)
def test_deep_nesting_is_refused(text: str) -> None:
    with pytest.raises(ParseError):
        parse(text)


def test_very_long_text_is_refused() -> None:
    with pytest.raises(ParseError, match="too long"):
        parse("x+" * 60_000 + "x")


def test_many_signs_are_read() -> None:
    assert parse("-" * 5_001 + "x").nodes == (Variable("x"), *[operator("neg")] * 5_001)


def test_nesting_just_within_the_limit_is_read() -> None:
    assert parse("(" * 100 + "x" + ")" * 100).nodes == (Variable("x"),)


@pytest.mark.parametrize(
    ("text", "value"),
    [("1", 1.0), (".5", 0.5), ("5.", 5.0), ("1e-300", 1e-300), ("-2.5E+3", -2500.0), ("inf", math.inf),
     ("-inf", -math.inf), ("pi", math.pi), ("1e400", math.inf)],
)  # fmt: skip
def test_numbers_are_read(text: str, value: float) -> None:
    assert parse(text).nodes == (Constant(value),)


def test_powers_bind_to_the_right_and_before_the_sign() -> None:
    assert parse("-a**b**c").nodes == parse("-(a**(b**c))").nodes


def test_column_named_like_a_number_is_a_column_where_it_is_known() -> None:
    assert parse("pi", variables=["pi"]).nodes == (Variable("pi"),)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(st.text(alphabet="ab1.e+-*/^(),` sincopw\n\"'_", max_size=30) | st.text(max_size=20))
def test_any_text_is_read_or_refused_cleanly(text: str) -> None:
    try:
        expression = parse(text)
    except SymlawError:
        return
    assert parse(expression.text()).nodes == expression.nodes
