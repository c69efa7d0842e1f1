"""What a user says of an operator is tried; then it is treated as built-in ones of the same cells."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from symlaw.errors import InvalidSetting
from symlaw.knowledge.priors.expected import Expected
from symlaw.knowledge.priors.prior import pairs_of
from symlaw.knowledge.statements.domain import Domain
from symlaw.knowledge.statements.proving import repeats
from symlaw.language import Expression, Operator, operator, parse
from symlaw.language.expression import Constant
from symlaw.language.grammar import Language
from symlaw.language.simplifying.costs import costs_of
from symlaw.language.simplifying.factors import with_common_factors
from symlaw.language.simplifying.phases import without_phases
from symlaw.language.user_operators.operator import operator as made_of
from symlaw.search.exhaustive.skeletons import Symbols, skeletons
from symlaw.search.pruning.aliases import Unaliased
from symlaw.search.pruning.artefacts import outruns_rows
from symlaw.search.sparse.terms import unary
from symlaw.trust.behaviour.ranges import breaks, region
from symlaw.trust.constants.fit import Sample
from symlaw.trust.selection.description import unturned
from symlaw.trust.selection.linear_sums import terms_of

BOX = Domain(("x",), np.array([0.5]), np.array([2.0]))


def _logarithm(t: float) -> float:
    return math.log(t) if t > 0 else math.nan


def _inverse(t: float) -> float:
    return 1.0 / t if t != 0 else math.nan


def _steps(t: float) -> float:
    return math.floor(t) if t > 0 else -math.floor(-t)


LOG = made_of(_logarithm, name="own_log", domain="t > 0", monotonicity="increasing", rarely_nested=True)
INVERSE = made_of(_inverse, name="own_inv", domain="t != 0")
WAVE = made_of(lambda x: np.sin(x), name="own_sin", period=2.0 * np.pi, parity="odd", rarely_nested=True)
EVEN_WAVE = made_of(lambda x: np.cos(x), name="own_cos", period=2.0 * np.pi, parity="even")
MEAN = made_of(lambda a, b: (a + b) / 2, name="mean", commutative=True)
PAIRS = [(WAVE, operator("sin")), (EVEN_WAVE, operator("cos"))]

waves = pytest.mark.parametrize(("own", "row"), PAIRS, ids=["sin", "cos"])


def of(row: Operator, text: str) -> Expression:
    """An operator of a formula."""
    return Expression((*parse(text).nodes, row))


def in_place(formula: Expression, row: Operator, own: Operator) -> Expression:
    """The formula with one operator in place of another."""
    return formula.map_nodes(lambda node: own if node is row else node)


def test_sparse_models_have_no_terms_of_steps_and_multiples() -> None:
    steps = made_of(_steps, name="steps", monotonicity="step")
    twice = made_of(lambda x: 2 * x, name="twice")
    language = Language.of(["x"], ["+", "neg", "floor", "exp", steps, twice, WAVE])
    assert [row.name for row in unary(language)] == ["exp", "own_sin"]


@pytest.mark.parametrize(("own", "name"), [(LOG, "log"), (INVERSE, "inv")])
def test_reports_say_where_its_domain_ends(own: Operator, name: str) -> None:
    box = Domain(("x",), np.array([-1.0]), np.array([2.0]))
    told, expected = (breaks(of(row, "x - 1"), box) for row in (own, operator(name)))
    assert told == expected and len(told) == 1


def test_values_are_proven_by_monotonicity() -> None:
    own, built_in = (region(of(row, "x"), BOX) for row in (LOG, operator("log")))
    assert own.proven and (own.least, own.most) == pytest.approx((built_in.least, built_in.most))


@waves
def test_a_wave_that_outruns_the_rows_is_no_law(own: Operator, row: Operator) -> None:
    x = np.linspace(1.0, 6.0, 12)
    for text in ("5 * x", "50 * x"):
        told, expected = (outruns_rows(of(one, text), {"x": x}, 12) for one in (own, row))
        assert told == expected


@waves
def test_a_wave_of_half_a_turn_is_unlikely(own: Operator, row: Operator) -> None:
    rows = Sample(np.linspace(1.0, 2.0, 9)[:, None], np.zeros(9), ("x",), np.ones(9))
    assert [unturned(of(one, "x"), rows) for one in (own, row)] == [1, 1]


@waves
@pytest.mark.parametrize("text", ["40 * x + 1", "-40 * x + 1", "41 * x", "0.3 - 61 * x"])
def test_its_aliases_are_exchanged(own: Operator, row: Operator, text: str) -> None:
    unaliased = Unaliased({"x": np.arange(40) * 0.2})
    expected = unaliased(of(row, text))
    assert expected is not None and expected != of(row, text)
    assert unaliased(of(own, text)) == in_place(expected, row, own)


def test_whole_periods_are_left_out() -> None:
    shifted = f"x + {math.pi!r}"
    square = made_of(lambda x: np.sin(x) ** 2, name="sin2", period=np.pi)
    assert without_phases(of(square, shifted)) == of(square, "x")
    assert without_phases(of(operator("tan"), shifted)) == of(operator("tan"), "x")


def test_statements_know_its_period() -> None:
    saw = made_of(lambda x: np.cos(2 * np.pi * x), name="saw", period=1.0)
    assert repeats(of(saw, "3 * x"), "x", 1.0)
    assert not repeats(of(saw, "0.5 * x"), "x", 1.0)


def test_factors_pass_by_its_unit() -> None:
    own = made_of(lambda x: x * x, name="own_square", unit="power 2")
    found = with_common_factors(of(own, "3 * x + 6"))
    assert found == in_place(
        with_common_factors(of(operator("square"), "3 * x + 6")), operator("square"), own
    )


def test_a_unit_is_not_taken_for_more_than_it_is() -> None:
    kelvin = made_of(lambda x: x + 273.15, name="kelvin", unit="same")
    assert kelvin.degree is None
    assert with_common_factors(of(kelvin, "2 * x")) == of(kelvin, "2 * x")


def test_a_sum_of_multiples_is_linear_in_its_columns() -> None:
    formula = Expression((*parse("x").nodes, *parse("y").nodes, MEAN, Constant(3.0), operator("*")))
    assert terms_of(formula) == (frozenset({"x", "y"}), ())
    assert not made_of(lambda x: x + np.floor(x), name="stairs").coefficients


def test_functions_in_functions_are_as_unlikely() -> None:
    expected = Expected(("+", "*", "exp", "sin", "own_sin"), 1)
    own = made_of(lambda x: np.sin(x), name="own_sin")
    apart = expected(of(WAVE, "exp(x)")) - expected(of(own, "exp(x)"))
    assert apart > 1.0


def test_skeletons_leave_out_functions_in_functions() -> None:
    symbols = Symbols.of(Language.of(["x"], ["+", "exp", WAVE]))
    made = [tokens for size in skeletons(symbols, 500, 5) for tokens in size.tolist()]
    pairs = {pair for tokens in made for pair in pairs_of(symbols.formula(tokens, np.ones(len(tokens))))}
    assert ("own_sin", "+") in pairs
    assert not {("own_sin", "exp"), ("exp", "own_sin")} & pairs


def test_its_formula_says_how_long_it_takes() -> None:
    costs = costs_of("cycles", [WAVE])
    assert costs["own_sin"] == costs["sin"]


def test_two_arguments_may_be_exchanged() -> None:
    one, other = (Expression((*parse(a).nodes, *parse(b).nodes, MEAN)) for a, b in (("x", "y"), ("y", "x")))
    assert one.canonical == other.canonical


@pytest.mark.parametrize(
    ("function", "cells", "message"),
    [
        (
            lambda x: x * x,
            {"monotonicity": "increasing"},
            "'f' is not increasing in x between -4 and 4",
        ),
        (lambda x: x, {"monotonicity": "even"}, "is not even in x"),
        (lambda x: x, {"monotonicity": "rising"}, "give one of increasing, decreasing, even, step"),
        (lambda x, y: x + y, {"monotonicity": "increasing"}, "for each of its 2 arguments"),
        (lambda x: x + 1, {"parity": "odd"}, "is not odd"),
        (lambda x: x, {"parity": "both"}, "give 'odd' or 'even'"),
        (lambda x: np.sin(x), {"period": 3.0}, "is not of period 3"),
        (lambda x: np.sin(x), {"period": -1.0}, "give a number above 0"),
        (lambda x, y: x + y, {"period": 3.0}, "parity and period are of one"),
        (lambda x, y: x - y, {"commutative": True}, "is not commutative"),
        (lambda x: x, {"commutative": True}, "commutative is of two"),
    ],
)
def test_what_does_not_hold_is_refused(
    function: Callable[..., Any], cells: dict[str, Any], message: str
) -> None:
    with pytest.raises(InvalidSetting, match=message):
        made_of(function, name="f", **cells)
