"""Sentences about values: what is read, and what is refused with which words."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from symlaw.errors import InvalidSetting
from symlaw.knowledge.statements.contradictions import check_agreement
from symlaw.knowledge.statements.domain import Domain, check_domain
from symlaw.knowledge.statements.kinds import (
    Bounds,
    Curved,
    Kind,
    Mirrored,
    Monotone,
    Periodic,
    Symmetric,
    Value,
)
from symlaw.knowledge.statements.limits import Limit
from symlaw.knowledge.statements.reading import statements_of
from symlaw.language import parse

NAMES = ("a", "b", "my col")
BOX = Domain(NAMES, np.array([-1.0, 0.5, 0.0]), np.array([2.0, 3.0, 1.0]))

READ: list[tuple[str, Kind]] = [
    ("increasing in a", Monotone("a", 1.0)),
    ("decreasing in `my col`", Monotone("my col", -1.0)),
    ("convex in a", Curved("a", 1.0)),
    ("concave in 'my col'", Curved("my col", -1.0)),
    ("even in a", Mirrored("a", 1.0)),
    ("odd in a", Mirrored("a", -1.0)),
    ('symmetric in a, "my col", b', Symmetric(("a", "my col", "b"))),
    ("periodic in a with 2*pi", Periodic("a", 2 * math.pi)),
    ("y >= 0", Bounds(low=0.0)),
    ("y > -1e-3", Bounds(low=-1e-3, low_excluded=True)),
    ("0 < y <= 1/2", Bounds(0.0, 0.5, low_excluded=True)),
    ("3 >= y", Bounds(high=3.0)),
    ("y = 1 at a = 0, b = -3", Value(parse("1"), (("a", 0.0), ("b", -3.0)))),
    ("y = 2*b where a = 0", Value(parse("2*b"), (("a", 0.0),))),
    ("y -> 0 as a -> inf", Limit("a", math.inf, parse("0"))),
    ("y -> b + 1 as a -> 0", Limit("a", 0.0, parse("b + 1"))),
    ("y ~ 2*a as a -> -inf", Limit("a", -math.inf, parse("2*a"), is_ratio=True)),
]


@pytest.mark.parametrize(("text", "kind"), READ, ids=[text for text, _ in READ])
def test_a_sentence_says_one_thing(text: str, kind: Kind) -> None:
    (statement,) = statements_of([text], NAMES, "y")
    assert (statement.text, statement.kind, statement.is_hard) == (text, kind, True)


def test_a_price_makes_a_statement_soft() -> None:
    (statement,) = statements_of([{"that": "y > 0", "weight": 0.5}], NAMES, "y")
    assert (statement.weight, statement.is_hard) == (0.5, False)


def test_the_target_may_have_an_odd_name() -> None:
    (statement,) = statements_of(["'heat [W]' >= 2"], NAMES, "heat [W]")
    assert statement.kind == Bounds(low=2.0)


REFUSED: list[tuple[Any, str]] = [
    ("", "says nothing"),
    ("growing in a", "'growing' is none that is known: there are increasing, decreasing"),
    ("increasing in c", "there is no column 'c': there are a, b, my col"),
    ("increasing in a b", "expected a comma before 'b'"),
    ("increasing in a, b", "give one column in each sentence"),
    ("increasing in", "a column's name is missing"),
    ("symmetric in a", "name two or more different columns"),
    ("symmetric in a, a", "name two or more different columns"),
    ("y", "it is none that is known"),
    ("y >", "a number or a formula is missing"),
    ("y > a", "expected a number in place of 'a'"),
    ("1 < y > 2", "point against each other"),
    ("2 < y < 1", "no number is above 2 and below 1"),
    ("z > 1", "write it such as 'y >= 0'"),
    ("periodic in a", "say after how much"),
    ("periodic in a with -1", "a period above 0"),
    ("y -> 0", "'as' after the value"),
    ("y -> 0 as a -> 3", "limits are known at 0, inf and -inf"),
    ("y -> a as a -> inf", "write '~' for a value that grows like it"),
    ("y ~ 0 as a -> inf", "write '-> 0'"),
    ("y -> 2 + as a -> inf", "expected a number, a name"),
    ("y = 1", "write it such as 'y = 1 at x1 = 0"),
    ("y = 1 at a", "write it such as 'y = 1 at x1 = 0"),
    ("y = 1 at a = 0, a = 1", "it gives a twice"),
    ("y = a at a = 1", "only columns that are not given a number"),
    ("y = 1 at a = inf", "give finite numbers"),
    ("y @ 3", "cannot read '@ 3'"),
    ({"that": "y > 0", "weight": 0}, "has weight 0: give a number above 0"),
    ({"says": "y > 0"}, "give 'that', a sentence"),
    (3, "is no sentence"),
]


@pytest.mark.parametrize(("given", "message"), REFUSED, ids=[str(given) for given, _ in REFUSED])
def test_what_cannot_be_read_is_refused_with_a_way_out(given: Any, message: str) -> None:
    with pytest.raises(InvalidSetting, match="constraint") as refusal:
        statements_of([given], NAMES, "y")
    assert message in str(refusal.value)


def test_one_sentence_alone_is_no_list() -> None:
    with pytest.raises(InvalidSetting, match="give a list of sentences"):
        statements_of("y > 0", NAMES, "y")


AGAINST = [
    ("increasing in a", "decreasing in a"),
    ("y > 2", "y < 1"),
    ("y > 0", "y <= 0"),
    ("y = 3 at a = 0", "y < 1"),
    ("y = 1 at a = 0", "y = 2 at b = 1"),
    ("even in a", "odd in a"),
    ("even in a", "increasing in a"),
    ("y -> 2 as a -> 0", "y < 1"),
    ("y -> 2 as a -> inf", "y -> 1 as a -> inf"),
    ("y -> 2 as a -> inf", "y ~ 1 as a -> inf"),
    ("odd in a", "y = 1 at a = 0"),
]


@pytest.mark.parametrize(("first", "second"), AGAINST)
def test_two_that_cannot_both_hold_are_refused_by_name(first: str, second: str) -> None:
    for pair in ([first, second], [second, first]):
        with pytest.raises(InvalidSetting, match="contradict each other") as refusal:
            check_agreement(statements_of(pair, NAMES, "y"), BOX)
        assert repr(first) in str(refusal.value) and repr(second) in str(refusal.value)


TOGETHER = [
    ("increasing in a", "decreasing in b"),
    ("convex in a", "concave in a"),
    ("0 <= y", "y <= 0"),
    ("even in b", "increasing in b"),
    ("y = 3 at a = 9", "y < 1"),
    ("y -> 2 as a -> inf", "y < 1"),
    ("y = 1 at a = 0", "y = 2 at a = 1"),
]


@pytest.mark.parametrize("pair", TOGETHER)
def test_two_that_may_both_hold_are_not(pair: tuple[str, str]) -> None:
    check_agreement(statements_of(pair, NAMES, "y"), BOX)


def test_a_price_settles_a_contradiction() -> None:
    check_agreement(statements_of(["y > 2", {"that": "y < 1", "weight": 0.1}], NAMES, "y"), BOX)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"c": (0, 1)}, "domain names 'c', which is no column"),
        ({"a": (1, 0)}, "domain of 'a' is (1, 0): give two rising numbers"),
        ({"a": 3}, "domain of 'a' is 3: give two rising numbers"),
        ([0, 1], "give ends by column"),
    ],
)
def test_a_domain_that_makes_no_sense_is_refused(given: Any, message: str) -> None:
    with pytest.raises(InvalidSetting) as refusal:
        check_domain(given, NAMES)
    assert message in str(refusal.value)
