"""Text: printing and parsing a formula gives the formula back."""

from __future__ import annotations

import math

import pytest
from hypothesis import example, given, settings

from symlaw.language import Constant, Expression, Variable, operator, parse
from symlaw.testing.strategies import HOSTILE_NAMES, expressions

LAW = settings(max_examples=600, deadline=None, derandomize=True)
X = Variable("x")


@LAW
@given(expressions())
@example(Expression((Constant(-2.0), operator("neg"))))
@example(Expression((Constant(2.0), operator("neg"), operator("neg"))))
@example(Expression((Constant(2.0), operator("square"), operator("neg"))))
@example(Expression((Constant(-2.0), operator("square"))))
@example(Expression((X, Constant(2.0), operator("pow"))))
@example(Expression((Constant(math.inf), operator("neg"))))
@example(Expression((Constant(-math.inf),)))
@example(Expression((Constant(-1e-300), operator("cube"), X, operator("-"))))
@example(Expression((Variable("a"), Variable("b"), Variable("c"), operator("-"), operator("-"))))
@example(Expression((Variable("a"), Variable("b"), Variable("c"), operator("/"), operator("/"))))
def test_print_then_parse_is_the_identity(expression: Expression) -> None:
    assert parse(expression.text()).nodes == expression.nodes


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_any_column_name_survives(name: str) -> None:
    expression = Expression((Variable(name), operator("sin")))
    assert parse(expression.text()).nodes == expression.nodes


def test_nan_survives() -> None:
    (node,) = parse(Expression((Constant(math.nan),)).text()).nodes
    assert isinstance(node, Constant) and math.isnan(node.value)


def test_not_a_number_keeps_its_name_beside_a_column_of_that_name() -> None:
    expression = Expression((Variable("nan"), Constant(math.inf), operator("*")))
    assert expression.text() == "`nan` * inf"


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("a*b+c", "a * b + c"),
        ("a*(b+c)", "a * (b + c)"),
        ("a-(b-c)", "a - (b - c)"),
        ("-a**2", "-a**2"),
        ("(-a)^2", "(-a)**2"),
        ("a**3", "a**3"),
        ("a**b", "a**b"),
        ("pow(a, -b)", "a**-b"),
        ("pow(a, b + 1)**2", "(a**(b + 1.0))**2"),
        ("pow(-a, 1.5)", "(-a)**1.5"),
        ("pow(a, 2)", "pow(a, 2.0)"),
        ("a*-b", "a * -b"),
        ("ln(x)", "log(x)"),
        ("1e-5*x", "1e-05 * x"),
        ("`my column`/2", "`my column` / 2.0"),
    ],
)
def test_formulas_print_as_people_write_them(text: str, printed: str) -> None:
    assert parse(text).text() == printed


def test_digits_shorten_constants() -> None:
    assert parse("3.14159265 * x + 1234567.0").text(digits=3) == "3.14 * x + 1.23e6"
