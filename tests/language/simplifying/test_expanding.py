"""Formulas multiplied out keep their values, and are offered where they are shorter."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symlaw.language import parse
from symlaw.language.operators import operator
from symlaw.language.simplifying.expanding import expanded
from symlaw.language.simplifying.simplify import simplify
from symlaw.language.values import values
from symlaw.testing.strategies import expressions


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("y + 1 + (x + y)**2 - (x - y)**2", "4.0 * x * y + y + 1.0"),
        ("(x + 1) * (x - 1)", "x**2 - 1.0"),
        ("0.5 / sqrt(x * x + y * y) * (x + x)", "x / sqrt(x**2 + y**2)"),
        ("2 * (x + 3) - 2 * x", "6.0"),
        ("x / (2 * y) + x / (2 * y)", "x / y"),
        ("-(x - y)", "y - x"),
    ],
)
def test_sums_are_multiplied_out(text: str, written: str) -> None:
    assert expanded(parse(text)) == parse(written)


def test_fractions_are_not_cancelled() -> None:
    assert str(expanded(parse("x * y / x"))) == "x * y / x"


def test_what_grows_long_stays() -> None:
    long = parse("(a + b + c + d + e + f + g)**3 * (a + b + c + d)**2")
    assert expanded(long) is long


def test_fixed_numbers_stay() -> None:
    formula = parse("2 * (x + 3) + 2 * x").fix(c0=2)
    assert expanded(formula) is formula


@settings(max_examples=200, deadline=None)
@given(
    expressions(
        [operator(name) for name in ("+", "-", "*", "/", "neg", "square", "sin")],
        st.sampled_from(["x", "y"]),
        st.sampled_from([0.5, 1.0, 2.0, -3.0]),
    )
)
def test_values_are_kept(formula) -> None:  # type: ignore[no-untyped-def]
    rng = np.random.default_rng(0)
    columns = {"x": rng.uniform(-3, 3, 40), "y": rng.uniform(-3, 3, 40)}
    with np.errstate(all="ignore"):
        before, after = values(formula, columns), values(expanded(formula), columns)
    there = np.isfinite(before) & np.isfinite(after) & (np.abs(before) < 1e6)
    np.testing.assert_allclose(after[there], before[there], rtol=1e-6, atol=1e-6)


def test_the_shorter_form_is_offered() -> None:
    assert str(simplify(parse("y + 1 + (x + y)**2 - (x - y)**2"))) == "4.0 * x * y + y + 1.0"
    assert str(simplify(parse("x * (y + z)"))) == "x * (y + z)"
