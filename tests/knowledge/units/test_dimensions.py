"""Units from names and exponents."""

from __future__ import annotations

from fractions import Fraction

import pytest

from symlaw.errors import InvalidSetting
from symlaw.knowledge.units.dimensions import NONE, name_of, unit_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("N", "kg*m/s**2"), ("N", "m kg s-2"), ("V", "m2 kg s-3 A-1"),
        ("J", {"length": 2, "mass": 1, "time": -2}), ("m/s", [1, 0, -1]),
        ("rad", ""), ("degree", "1"), ("Hz**0.5", {"time": -0.5}),
    ],
)  # fmt: skip
def test_ways_to_write_a_unit_agree(one: object, other: object) -> None:
    assert unit_of(one).dimension == unit_of(other).dimension


def test_factor_is_that_to_si() -> None:
    assert unit_of("km").factor == pytest.approx(1000.0)
    assert unit_of("N").factor == pytest.approx(1.0)


def test_names_are_in_si() -> None:
    assert name_of(unit_of("V").dimension) == "m**2*kg/(s**3*A)"
    assert name_of(unit_of("Hz").dimension) == "1/s"
    assert name_of(NONE) == "1"
    assert name_of((Fraction(1, 2), *NONE[1:])) == "m**(1/2)"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("furlongs_per_nothing", "unit 'furlongs_per_nothing' is not known"),
        ({"lenght": 1}, "names the base 'lenght': there are length, mass"),
        ([0.123], "the exponent 0.123: give a multiple of 1/12"),
        ([1] * 9, "give a name such as"),
        (3.0, "give a name such as"),
        (["x"], "give a number"),
    ],
)
def test_what_is_no_unit_is_refused(given: object, message: str) -> None:
    with pytest.raises(InvalidSetting, match=message):
        unit_of(given)
