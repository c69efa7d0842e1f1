"""Formulas as people write them have the same values, no more nodes, and are left alone the second time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from symlaw.engine.evaluate import evaluate
from symlaw.language import parse
from symlaw.language.algebra.arranging import arranged
from symlaw.language.algebra.shared_parts import parts_of
from symlaw.language.expression import Expression
from symlaw.language.grammar import Language
from symlaw.language.operators import operator
from symlaw.testing.strategies import expressions

OPERATORS = [operator(name) for name in ("+", "-", "*", "/", "exp", "sqrt", "sin", "neg", "square")]
ROWS = np.random.default_rng(3).uniform(0.4, 2.5, (40, 3))


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("0.5 * (m * (v * v))", "0.5 * m * v * v"),
        ("v * sin(m) * 2.5 * m", "2.5 * m * v * sin(m)"),
        ("m / v / 3.5", "m / (3.5 * v)"),
        ("1 / m * v", "v / m"),
        ("m - (v - 2.5)", "m - v + 2.5"),
        ("exp(m / -2.5)", "exp(-0.4 * m)"),
        ("m / -2", "m / -2"),
        ("m / 2.5", "m / 2.5"),
        ("m / (v / 2.5)", "2.5 * m / v"),
    ],
)
def test_formulas_are_written_as_people_do(given_text: str, expected: str) -> None:
    assert arranged(parse(given_text), OPERATORS, ["m", "v"]).nodes == parse(expected).nodes


@settings(deadline=None)
@given(
    expressions(OPERATORS, st.sampled_from(["a", "b", "c"]), st.floats(-4, 4).filter(lambda v: abs(v) > 0.01))
)
def test_values_stay_and_no_node_is_added(formula: Expression) -> None:
    found = arranged(formula, OPERATORS, ["a", "b", "c"])
    assert len(found.nodes) <= len(formula.nodes)
    assert arranged(found, OPERATORS, ["a", "b", "c"]).nodes == found.nodes
    # sums of parts that cancel are as exact as the parts are large
    parts = list(parts_of(formula))
    with np.errstate(all="ignore"):
        before, after, *inside = evaluate([formula, found, *parts], ROWS, ("a", "b", "c"))
    both = np.isfinite(before) & np.isfinite(after)
    size = np.max(np.abs([one[both] for one in inside]), initial=0.0)
    assert not np.isfinite(size) or np.allclose(before[both], after[both], rtol=1e-6, atol=1e-6 * size)


def test_operators_that_are_not_allowed_are_not_written() -> None:
    formula = parse("a - (b - c)")
    assert arranged(formula, [operator("-")]).nodes == formula.nodes


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("(m**2)**2", "m**4"),
        ("m / (v * v**2)", "m / v**3"),
        ("2.5 * m * (v * m**2)", "2.5 * m**3 * v"),
        ("m * m", "m * m"),
        ("(m**2)**2 * m", "m**5"),
        ("(m + v)**2 * (m + v)", "(m + v)**3"),
    ],
)
def test_powers_of_one_base_are_one(given_text: str, expected: str) -> None:
    found = arranged(parse(given_text), OPERATORS, ["m", "v"], powers=True)
    assert found.shown() == expected
    language = Language.of(["m", "v"], [*OPERATORS, "log"])
    searched = replace(language, writes_powers=True).searched(found)
    assert {row.name for row in searched.operators} <= {"+", "*", "/", "square"}
    rows = ROWS[:, :2] - 1.2
    np.testing.assert_allclose(*evaluate([parse(given_text), searched], rows, ("m", "v")), rtol=1e-12)
