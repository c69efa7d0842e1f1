from __future__ import annotations

import pytest

from symlaw.errors import InvalidSetting
from symlaw.knowledge.constants import kind_from
from symlaw.knowledge.named_constants import (
    SYMBOLS,
    dimensions_of_products,
    in_units_of,
    named_from,
    units_in_record,
)
from symlaw.knowledge.units.dimensions import unit_of
from symlaw.tasks.regression.settings import Settings


def test_every_symbol_is_one_of_codata_with_a_unit() -> None:
    found = named_from(list(SYMBOLS))
    assert [one.name for one in found] == list(SYMBOLS)
    assert all(one.unit.factor == 1.0 and one.value > 0 for one in found)
    pure = [one.name for one in found if one.unit.is_dimensionless]
    assert pure == ["alpha"]


def test_names_of_codata_and_names_of_ones_own() -> None:
    (long,) = named_from(["Boltzmann constant"])
    (own,) = named_from({"kB": "k_B"})
    assert long.value == own.value == 1.380649e-23
    assert (long.name, own.name) == ("Boltzmann constant", "kB")


@pytest.mark.parametrize(
    ("columns", "name", "value"),
    [
        ({"d": "km", "t": "s"}, "c", 299792.458),
        ({"v": "km/s"}, "c", 299792.458),
        ({"wavelength": "nm", "energy": "eV"}, "h", 4.135667696923859e-15),
        ({"T": "K"}, "c", 299792458.0),
        ({}, "c", 299792458.0),
        ({"p": "kPa", "V": "m**3", "n": "mol", "T": "K"}, "R", 0.00831446261815324),
    ],
)
def test_constants_are_in_the_units_that_columns_imply(columns: dict, name: str, value: float) -> None:
    units = {column: unit_of(text) for column, text in columns.items()}
    (found,) = in_units_of(named_from([name]), units)
    assert found.value == pytest.approx(value, rel=1e-13)


def test_products_have_the_right_value_where_columns_leave_a_unit_open() -> None:
    units = {"wavelength": unit_of("nm"), "energy": unit_of("eV")}
    h, c = in_units_of(named_from(["h", "c"]), units)
    assert h.value * c.value == pytest.approx(1239.8419843320026, rel=1e-13)


def test_columns_that_do_not_agree_are_refused() -> None:
    units = {"F": unit_of("kN"), "m": unit_of("kg"), "a": unit_of("m/s**2")}
    with pytest.raises(InvalidSetting, match="named constant 'G' has no one value beside F in kN, m in kg"):
        in_units_of(named_from(["G"]), units)


def test_units_survive_a_record() -> None:
    found = in_units_of(named_from(["c"]), {"d": unit_of("km"), "t": unit_of("s")})
    assert units_in_record({one.name: one.record() for one in found}) == {"c": found[0].unit}


def test_products_supply_dimensions() -> None:
    supplied = dimensions_of_products(named_from(["c", "k_B"]))
    assert unit_of("m**2/s**2").dimension in supplied
    assert unit_of("J*s/(K*m)").dimension in supplied
    assert unit_of("").dimension not in supplied


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"named_constants": "c"}, "named_constants is 'c': give a list of symbols"),
        ({"named_constants": ["cc"]}, "names 'cc', which CODATA does not have: did you mean 'c'"),
        ({"named_constants": {"a": 0}}, "named constant 'a' is 0: give a number other than 0"),
        ({"named_constants": {"exp": 2}}, "named_constants names 'exp', which has a meaning in formulas"),
        ({"named_constants": {"x": 2}}, "named_constants names 'x', and a column is called so"),
        ({"named_constants": ["c"], "template": "f(x)"}, "named_constants and template .* do not go"),
        ({"constants": "whole"}, "constants is of kind 'whole': give real, integer, rational or positive"),
        ({"constants": {"min": 2, "max": 1}}, "constants has min 2 above max 1: no number is between them"),
        ({"constants": {"kind": "positive", "max": -1}}, "constants are positive and have max -1"),
        ({"constants": {"kind": "integer", "min": 0.2, "max": 0.8}}, "constants allow no number but 0"),
        ({"constants": {"kind": "integer", "max_denominator": 3}}, "max_denominator 3 and kind 'integer'"),
        ({"constants": {"kinds": "integer"}}, "constants names 'kinds': there may be kind"),
        ({"constants": {"kind": "rational", "max_denominator": 0}}, "give a whole number from 1 to 1000"),
        ({"exponents": [2]}, "exponents are given, and operators lacks 'pow'"),
        ({"exponents": [], "operators": ["pow"]}, "exponents is empty"),
        ({"exponents": [0], "operators": ["pow"]}, "exponents holds 0: give numbers other than 0"),
        ({"exponents": 2, "operators": ["pow"]}, "exponents is 2: give a list of numbers"),
        (
            {"exponents": [-1, 1.5], "operators": ["pow", "square"]},
            "operators holds 'square', which is the power 2, and exponents .* lacks that",
        ),
        (
            {"exponents": [2], "operators": ["pow", "exp", "*"], "macros": {"m": "exp(pow(x, 1.5))"}},
            "macros holds 'm', which uses pow, and exponents are given",
        ),
    ],
)  # fmt: skip
def test_statements_that_make_no_sense_are_refused(settings: dict, message: str) -> None:
    with pytest.raises(InvalidSetting, match=message):
        Settings(**settings).language(["x"])


def test_kinds_of_constants() -> None:
    assert kind_from(True) == (True, None)
    assert kind_from(False) == (False, None)
    _, kind = kind_from({"kind": "rational", "max_denominator": 4, "positive": True, "max": 2})
    assert kind is not None
    assert [v for v in (-0.5, 0.2, 0.25, 1.75, 2.0, 2.25) if kind.admits(v)] == [0.25, 1.75, 2.0]
    assert kind.around(0.3) == (0.25, 1 / 3)
