"""Dimensional analysis of formulas."""

from __future__ import annotations

import pytest

from symlaw.errors import InvalidSetting
from symlaw.knowledge.units.analysis import Units, constants_in
from symlaw.knowledge.units.dimensions import unit_of
from symlaw.language import parse

COLUMNS = {"m": unit_of("kg"), "v": unit_of("m/s"), "r": unit_of("m"), "t": unit_of("s"), "q": unit_of("1")}


def units(target: str, *, free: bool = False) -> Units:
    """Units of a target in these columns."""
    return Units(COLUMNS, unit_of(target), free)


@pytest.mark.parametrize(
    ("formula", "target"),
    [
        ("m * v**2 / r", "N"), ("0.5 * m * v**2", "J"), ("sqrt(v * r / t) * exp(q)", "m/s"),
        ("v * t + r", "m"), ("r * sin(v * t / r)", "m"), ("atan2(r, v * t)", ""), ("pow(r, 1.5)", "m**1.5"),
        ("pow(q, q)", ""), ("abs(r) - 2 * r", "m"), ("3 + exp(q)", ""), ("max(r, v * t)", "m"),
    ],
)  # fmt: skip
def test_consistent_formulas_are_allowed(formula: str, target: str) -> None:
    assert units(target).objection(parse(formula)) is None


@pytest.mark.parametrize(
    ("formula", "target", "reason"),
    [
        ("r + t", "m", r"\+ of m and s"),
        ("exp(r)", "", "exp of m"),
        ("r + 1", "m", r"\+ of m and 1"),
        ("m * v", "N", "is in m\\*kg/s, the target in m\\*kg/s\\*\\*2"),
        ("pow(q, r)", "", "an exponent in m"),
        ("pow(r, q)", "m", "a power of m whose exponent"),
        ("pow(r, 1.4142)", "m", "a power of m whose exponent"),
        ("atan2(r, t)", "", "atan2 of m and s"),
    ],
)
def test_inconsistent_formulas_are_refused_with_a_reason(formula: str, target: str, reason: str) -> None:
    import re

    objection = units(target).objection(parse(formula))
    assert objection is not None
    assert re.search(reason, objection)


@pytest.mark.parametrize("formula", ["r + 1", "exp(2 * r)", "2 * t + 3", "m * v", "r + 3 * t"])
def test_free_constants_carry_what_is_missing(formula: str) -> None:
    assert units("m", free=True).allows(parse(formula))


@pytest.mark.parametrize("formula", ["r + t", "sin(v)", "1 + r + t"])
def test_free_constants_do_not_make_up_for_sums_of_columns(formula: str) -> None:
    assert not units("m", free=True).allows(parse(formula))


def test_units_of_free_constants_follow() -> None:
    formula = parse("2 * t + 3 * sin(4 * t + 5)")
    assert constants_in(formula, units("m", free=True)) == ["m/s", "m", "1/s", "1"]
    assert constants_in(parse("m * 2 / r + 3"), units("kg/m", free=True)) == ["1", "kg/m"]
    assert constants_in(parse("2 * m"), units("kg")) == ["1"]


def test_one_quantity_in_two_units_is_refused() -> None:
    with pytest.raises(InvalidSetting, match="a is in km and b in m: give quantities of one kind in"):
        Units({"a": unit_of("km"), "b": unit_of("m")}, unit_of("1"))


@pytest.mark.parametrize(
    ("outer", "target", "inner"),
    [
        ("sqrt(u)", "m", "m**2"), ("u**2", "m", "m**0.5"), ("1 / u", "s", "1/s"), ("exp(u)", "", ""),
        ("1 / sqrt(u)", "s", "s**-2"),
    ],
)  # fmt: skip
def test_dimension_inside_a_function(outer: str, target: str, inner: str) -> None:
    assert units(target).inside(parse(outer)) == unit_of(inner).dimension


def test_no_dimension_makes_an_exponential_a_length() -> None:
    assert units("m").inside(parse("exp(u)")) is None
