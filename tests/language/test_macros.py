"""Macros: what they stand for, and what is refused."""

from __future__ import annotations

import pickle

import pytest

from symlaw.errors import InvalidSetting
from symlaw.language import parse
from symlaw.language.grammar import Language
from symlaw.language.macros import Macro, macros_from


def test_arguments_go_where_the_open_places_are() -> None:
    macro = Macro("norm", "sqrt(x**2 + y**2)")
    assert macro.arity == 2
    assert macro.applied(parse("a"), parse("b - 1")).text() == parse("sqrt(a**2 + (b - 1)**2)").text()


def test_an_argument_may_be_wanted_twice() -> None:
    assert Macro("well", "x**2 - x").applied(parse("a + b")) == parse("(a + b)**2 - (a + b)")


def test_a_macro_can_be_pickled() -> None:
    macro = Macro("gauss", "exp(-x**2)", 3, "some run")
    assert macro.arity == 1
    assert pickle.loads(pickle.dumps(macro)) == macro


@pytest.mark.parametrize(
    ("name", "definition", "said"),
    [
        ("2x", "exp(-x**2)", "give a word"),
        ("exp", "exp(-x**2)", "has a meaning in formulas"),
        ("x", "exp(-x**2)", "has a meaning in formulas"),
        ("m", "exp(-x**2", "macro 'm' cannot be read: expected ')'"),
        ("m", "exp(-z**2)", "unknown name 'z'"),
        ("m", "foo(x) + 1", "unknown operator 'foo'"),
        ("m", "exp(-y**2)", "write x where its argument goes"),
        ("m", "1 + sqrt(2)", "write x where its argument goes"),
        ("m", "exp(x)", "2 operators or more"),
        ("m", " + ".join(["x"] * 11), "at most 20 nodes"),
    ],
)
def test_a_bad_macro_is_refused(name: str, definition: str, said: str) -> None:
    with pytest.raises(InvalidSetting, match="^macro '") as caught:
        Macro(name, definition)
    assert said in str(caught.value)


def test_macros_come_from_a_mapping_or_a_list() -> None:
    expected = [("gauss", "exp(-x**2)"), ("norm", "sqrt(x**2 + y**2)")]
    for given in (dict(expected), [Macro(*pair) for pair in expected]):
        assert [(macro.name, macro.definition) for macro in macros_from(given)] == expected
    assert [macro.name for macro in macros_from(["exp(-x**2)", "sin(x)**2"])] == ["macro1", "macro2"]
    assert macros_from(None) == ()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("exp(-x**2)", "give names and definitions"),
        ({"m": 3}, "macro 'm' is 3: give its definition as text"),
        ([Macro("m", "exp(-x)"), Macro("m", "exp(-x**2)")], "two macros are called 'm'"),
    ],
)
def test_what_holds_no_macros_is_refused(given: object, said: str) -> None:
    with pytest.raises(InvalidSetting) as caught:
        macros_from(given)
    assert said in str(caught.value)


def test_a_macro_outside_the_language_is_refused() -> None:
    with pytest.raises(InvalidSetting, match="macro 'm' uses exp, which operators lacks"):
        Language.of(["a"], ["+", "*", "neg", "square"], macros=[Macro("m", "exp(-x**2)")])
