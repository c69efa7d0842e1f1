"""Canonical forms: equal formulas become one, and keep their values."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symlaw.engine import reference
from symlaw.language import Expression, operator, operator_table, parse
from symlaw.testing.formulas import random_formula, rewritten, sensitivity
from symlaw.testing.strategies import expressions

LAW = settings(max_examples=300, deadline=None, derandomize=True)
NAMES = st.sampled_from(("a", "b", "c"))
NUMBERS = st.floats(-8, 8).map(lambda value: round(value, 2) + 0.0)
COLUMNS = dict(zip("abc", np.random.Generator(np.random.Philox(4)).uniform(0.3, 2.5, (3, 12)), strict=True))


def assert_same_values(first: Expression, second: Expression) -> None:
    """Equal values wherever both are defined and rounding says little."""
    ours, theirs = reference.values(first, COLUMNS), reference.values(second, COLUMNS)
    with np.errstate(all="ignore"):
        doubt = np.maximum(sensitivity(first, COLUMNS), sensitivity(second, COLUMNS))
        clear = np.isfinite(ours) & np.isfinite(theirs) & (doubt <= 1e-10 * np.abs(ours))
    np.testing.assert_allclose(theirs[clear], ours[clear], rtol=1e-9)


@LAW
@given(expressions(variables=NAMES, values=NUMBERS))
def test_canonical_form_keeps_values(expression: Expression) -> None:
    assert_same_values(expression, expression.canonical)


@LAW
@given(expressions(variables=NAMES, values=NUMBERS))
def test_canonical_form_is_defined_where_the_formula_is(expression: Expression) -> None:
    before = reference.values(expression, COLUMNS)
    after = reference.values(expression.canonical, COLUMNS)
    with np.errstate(all="ignore"):
        clear = np.isfinite(before) & (sensitivity(expression, COLUMNS) <= 1e-10 * np.abs(before))
    assert np.all(np.isfinite(after[clear]))


@LAW
@given(expressions(variables=NAMES, values=NUMBERS))
def test_canonical_form_is_its_own(expression: Expression) -> None:
    once = expression.canonical
    twice = Expression(once.nodes).canonical
    assert_same_values(once, twice)
    assert shape(once) == shape(twice)


def shape(expression: Expression) -> list[str]:
    """The text with constants to 9 digits."""
    return expression.text(digits=9).split()


@LAW
@given(expressions())
def test_any_formula_has_a_canonical_form(expression: Expression) -> None:
    assert isinstance(expression.canonical, Expression)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("a + b", "b + a"),
        ("a * b * c", "c * (b * a)"),
        ("a + (b + c)", "(c + a) + b"),
        ("a - b", "-(b - a)"),
        ("a - b", "-b + a"),
        ("a - a + b", "b"),
        ("a / a", "1"),
        ("a - a", "0"),
        ("--a", "a"),
        ("-(-(-a))", "-a"),
        ("inv(inv(a))", "a"),
        ("inv(inv(inv(a)))", "1 / a"),
        ("1 / (a / b)", "b / a"),
        ("2 * 3 * a", "6 * a"),
        ("2 * (3 + a)", "2 * a + 6"),
        ("(1 + a) + 2", "3 + a"),
        ("a * a", "a**2"),
        ("a * a * a", "a**3"),
        ("a**2 * a", "a**3"),
        ("a + a", "2 * a"),
        ("(2 * a)**2", "4 * a**2"),
        ("a / 2", "0.5 * a"),
        ("(a - b)**2", "(b - a)**2"),
        ("(a - b)**3", "-(b - a)**3"),
        ("abs(a - b)", "abs(b - a)"),
        ("cosh(-a)", "cosh(a)"),
        ("gaussian(a - 1)", "gaussian(1 - a)"),
        ("pow(a, 0.5)", "sqrt(a)"),
        ("pow(a, -1)", "1 / a"),
        ("pow(a, 1)", "a"),
        ("max(a, b)", "max(b, a)"),
        ("hypot(a, b)", "hypot(b, a)"),
        ("sin(2 + 1)", "0.1411200080598672"),
        ("(2 * a + 2 * b) * c", "2 * (c * (a + b))"),
        ("exp(a * b + c)", "exp(c + b * a)"),
    ],
)
def test_formulas_that_say_the_same_are_equal(text: str, other: str) -> None:
    assert parse(text) == parse(other)


@pytest.mark.parametrize(
    ("text", "other"),
    [("a - b", "b - a"), ("a / b", "b / a"), ("sin(a)", "cos(a)"), ("pow(a, b)", "pow(b, a)"), ("a", "b"),
     ("2 * a", "3 * a"), ("(a - b)**3", "(b - a)**3"), ("sqrt(a**2)", "a"), ("atan2(a, b)", "atan2(b, a)")],
)  # fmt: skip
def test_formulas_that_say_other_things_are_not_equal(text: str, other: str) -> None:
    assert parse(text) != parse(other)


def test_whole_rewrites_are_equal() -> None:
    """Commuted, re-associated and respelled formulas; distribution is not undone by canonical forms."""
    rng = np.random.Generator(np.random.Philox(2))
    rows = [operator(name) for name in ("+", "-", "*", "/", "neg", "inv", "square", "sin", "exp", "max")]
    unequal = []
    for _ in range(400):
        expression = random_formula(rng, rows, ("a", "b", "c"), int(rng.integers(2, 7)), constant_share=0.0)
        other = rewritten(expression, rng)
        defined = np.isfinite(reference.values(expression, COLUMNS)).all()
        if defined and _leaves(other) == _leaves(expression) and expression != other:
            unequal.append((expression, other))
    assert not unequal, unequal[:3]


def _leaves(expression: Expression) -> int:
    """Number of variables, powers counted out."""
    counts: list[int] = []
    for node in expression.nodes:
        name = getattr(node, "name", "")
        arity = getattr(node, "arity", 0)
        below = [counts.pop() for _ in range(arity)]
        factor = {"square": 2, "cube": 3}.get(name, 1)
        counts.append(factor * sum(below) if arity else int(hasattr(node, "name")))
    return counts[0]


@pytest.mark.parametrize("row", operator_table().values(), ids=lambda row: row.name)
def test_every_operator_has_a_canonical_form_of_the_same_values(row: object) -> None:
    names = ("a", "b", "c")[: getattr(row, "arity", 1)]
    expression = Expression((*(parse(name).nodes[0] for name in names), row))  # type: ignore[arg-type]
    assert_same_values(expression, expression.canonical)
