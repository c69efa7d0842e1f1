"""Rules of shape, and what a formula has to hold."""

from __future__ import annotations

import pytest

from symlaw.errors import InvalidSetting, ParseError, UnknownOperator
from symlaw.knowledge.structure import Required, Structure, required_of, structure_of
from symlaw.language import parse


def shape(**settings: object) -> Structure:
    """A rule of settings."""
    given = {"nesting": None, "sizes": None, "forbidden": None, "costs": None, **settings}
    rule = structure_of(**given, variables=["x", "y"])  # type: ignore[arg-type]
    assert rule is not None
    return rule


def test_nesting_counts_levels_inside() -> None:
    rule = shape(nesting={"sin": {"sin": 0, "exp": 1}})
    assert rule.allows(parse("sin(x) + sin(y)"))
    assert rule.allows(parse("sin(exp(x)) + exp(sin(x))"))
    reason = rule.objection(parse("2 * sin(x + sin(y))"))
    assert reason == "sin holds more than 0 levels of sin: sin(x + sin(y))"
    assert not rule.allows(parse("sin(exp(exp(x)))"))


def test_sizes_are_those_of_each_argument() -> None:
    rule = shape(sizes={"/": (5, 1), "exp": 3})
    assert rule.allows(parse("(x + x * y) / y"))
    assert not rule.allows(parse("x / (x + y)"))
    assert not rule.allows(parse("exp(x * y + 1)"))
    assert shape(sizes={"exp": 3}, costs={"*": 2}).allows(parse("exp(x * 1)")) is False


def test_forbidden_parts_are_compared_by_canonical_form() -> None:
    rule = shape(forbidden=["x + y", "y"])
    assert not rule.allows(parse("sin(y + x)"))
    assert not rule.allows(parse("2 * y"))
    assert rule.allows(parse("x + 2"))


def test_nothing_said_is_no_rule() -> None:
    assert structure_of(None, {}, [], None, ["x"]) is None
    assert required_of([], ["x"]) is None


def test_required_columns_and_parts() -> None:
    rule = required_of(["x", "sin(x + y)"], ["x", "y"])
    assert rule == Required(("x",), (parse("sin(x + y)"),))
    assert rule.allows(parse("2 * sin(y + x)"))
    assert not rule.allows(parse("sin(x) + y"))
    assert not rule.allows(parse("y"))


def test_required_operators() -> None:
    rule = required_of(["sin", "ln", "x"], ["x", "y"])
    assert rule == Required(("x",), (), ("sin", "log"))
    assert rule.allows(parse("sin(2 * y) / log(x)"))
    assert not rule.allows(parse("sin(x) + cos(y)"))
    assert not rule.allows(parse("sin(y) * log(y)"))


def test_a_required_name_is_a_columns_first() -> None:
    assert required_of(["sin"], ["sin", "y"]) == Required(("sin",))


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"nesting": {"sin": 1}}, InvalidSetting, "max_nesting of 'sin' is 1: give levels by operator"),
        ({"nesting": {"sin": {"sin": -1}}}, InvalidSetting, "max_nesting of 'sin' in 'sin' is -1"),
        ({"nesting": {"sine": {"sin": 0}}}, UnknownOperator, "did you mean 'sin"),
        ({"sizes": {"/": 4.0}}, None, ""),
        ({"sizes": {"/": (4,)}}, InvalidSetting, "give 2 numbers above 0, one for each argument"),
        ({"sizes": {"exp": 0}}, InvalidSetting, "max_argument_size of 'exp' is 0: give a number above 0"),
        ({"forbidden": ["x +"]}, ParseError, "expected"),
        ({"forbidden": ["z"]}, ParseError, "z"),
    ],
)
def test_settings_that_make_no_sense(
    settings: dict[str, object], error: type[Exception] | None, message: str
) -> None:
    if error is None:
        shape(**settings)
        return
    with pytest.raises(error, match=message):
        shape(**settings)
