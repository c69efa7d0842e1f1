"""How large formulas may be: sums of terms may be larger than others."""

from __future__ import annotations

from dataclasses import replace

import pytest

from symlaw.knowledge.structure import TermLimits
from symlaw.language import parse
from symlaw.language.grammar import Language

SMALL = Language.of("abc", max_complexity=6)
SUMS = replace(SMALL, max_sum=16)


@pytest.mark.parametrize(
    ("text", "plain", "sums"),
    [
        ("a * b + c", True, True),
        ("a * b * c + a * c", False, True),
        ("2.5 * (a * b - b / c) + 1.5", False, True),
        ("exp(a * b * c * a)", False, False),
        ("a + exp(a * b * c * a)", False, False),
        ("a * b + b * c + a * c + a / b + c / b", False, False),
    ],
)
def test_sums_of_small_terms_have_more_room(text: str, plain: bool, sums: bool) -> None:
    assert SMALL.has_room_for(parse(text)) is plain
    assert SUMS.has_room_for(parse(text)) is sums


def test_the_largest_of_a_kind() -> None:
    assert SUMS.largest_like(parse("a + b")) == 16 and SUMS.largest_like(parse("a * b")) == 6
    assert SMALL.largest_like(parse("a + b")) == 6


@pytest.mark.parametrize(
    ("limits", "text", "allowed"),
    [
        (TermLimits(count=2), "a + b", True),
        (TermLimits(count=2), "2 * (a - b) / 3 + 1.5 - c", False),
        (TermLimits(count=1), "a * (b + c)", True),
        (TermLimits(size=3), "a * b + 2.5 * (b / c)", True),
        (TermLimits(size=3), "a * b + a * b * c", False),
        (TermLimits(size=3, costs={"*": 2.0}), "a * b + c", False),
    ],
)
def test_terms_are_counted_and_measured(limits: TermLimits, text: str, allowed: bool) -> None:
    assert limits.allows(parse(text)) is allowed
