"""Types of formulas, and what a language says of them."""

from __future__ import annotations

import pytest

from symlaw.errors import InvalidSetting
from symlaw.language import parse
from symlaw.language.grammar import Language
from symlaw.language.types import Type
from symlaw.language.well_typed import result_of

WET = {"wet": Type.BOOLEAN}
MIXED = ["+", "*", "if", ">", "and", "not"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("x + 1", Type.REAL),
        ("x > 2.5 and not wet", Type.BOOLEAN),
        ("if(x > 2.5 and not wet, x, 1)", Type.REAL),
        ("mux(wet, x > 1, not wet)", Type.BOOLEAN),
        ("x + wet", None),
        ("not x", None),
        ("if(x, x, 1)", None),
        ("wet > 1", None),
        ("(x > 1) + 2", None),
    ],
)
def test_type_of_a_formula(text: str, kind: Type | None) -> None:
    assert result_of(parse(text).nodes, WET) is kind


@pytest.mark.parametrize(
    "text",
    [
        "if(x > 2.5 and not wet, a, b)", "not not a", "a xor b or c and not (d or e)", "(x > y) and (a or b)",
        "x + 1.0 >= 2.0 * y", "nand(a, b or c)", "mux(a, b, c) xor d", "not (a and b)", "a and (b and c)",
        "(a > b) > c", "`and` and `not`", "-if(a, b, c)", "exp(if(a > b, 1.0, x))**2", "(a or b)**c",
    ],
)  # fmt: skip
def test_text_comes_back(text: str) -> None:
    read = parse(text)
    assert parse(str(read)).nodes == read.nodes


@pytest.mark.parametrize(
    ("loose", "tight"),
    [
        ("not x > 2 and a", "(not (x > 2)) and a"),
        ("a or b xor c and d", "a or (b xor (c and d))"),
        ("x + 1 > 2 * y", "(x + 1) > (2 * y)"),
        ("where(a, x, y)", "if(a, x, y)"),
    ],
)
def test_precedence(loose: str, tight: str) -> None:
    assert parse(loose).nodes == parse(tight).nodes


def test_language_allows_the_well_typed_only() -> None:
    language = Language.of(["x", "wet"], MIXED, types=WET)
    assert language.allows(parse("2.0 * if(x > 2.5 and not wet, x, 1.0) + 3.0"))
    assert not language.allows(parse("x + wet"))
    assert not language.allows(parse("x > 2.5"))


def test_result_may_be_boolean() -> None:
    language = Language.of(
        ["a", "b"], ["and", "not"], types=dict.fromkeys("ab", Type.BOOLEAN), result=Type.BOOLEAN
    )
    assert language.allows(parse("a and not b"))


def test_plain_language_has_no_types() -> None:
    assert not Language.of(["x"]).is_typed


@pytest.mark.parametrize("operators", [["+", "not"], ["+", "if"]])
def test_operator_whose_argument_nothing_gives_is_refused(operators: list[str]) -> None:
    with pytest.raises(InvalidSetting, match="takes a Boolean, and nothing gives one"):
        Language.of(["x"], operators, types={})


def test_result_that_nothing_gives_is_refused() -> None:
    with pytest.raises(InvalidSetting, match="have to give a Boolean"):
        Language.of(["x"], ["+"], types={}, result=Type.BOOLEAN)
