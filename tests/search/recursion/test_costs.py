"""Operators near to what is wanted count less; what a term costs an answer stays."""

from __future__ import annotations

from symlaw.language.recursion.program import bits
from symlaw.language.recursion.types import NUMBER, TRUTH
from symlaw.search.recursion.bank import NOTHING, Bank
from symlaw.search.recursion.costs import learned, likeness
from symlaw.search.recursion.goals import Goal, World

NUMBERS = ("list", NUMBER)
WORLD = World((TRUTH, NUMBER, NUMBERS), (), has_missing=False)
ROWS = tuple((a, b) for a in range(2, 6) for b in range(3, 6))


def grown(outputs: tuple[int, ...], levels: dict[str, int] | None = None) -> Bank:
    bank = Bank(Goal((NUMBER, NUMBER), ROWS, NUMBER, outputs, WORLD), levels=levels)
    bank.grow(5, 400, lambda: False)
    return bank


def test_what_makes_products_and_what_makes_sums_is_told_apart() -> None:
    products = learned([grown(tuple(a * a * b for a, b in ROWS))])
    differences = learned([grown(tuple(a - b - b for a, b in ROWS))])
    assert products.get("product", 1) < products.get("minus", 1)
    assert differences.get("minus", 1) < differences.get("product", 1)
    assert all(level in (2, 3) for level in (*products.values(), *differences.values()))


def test_levels_say_when_terms_come_and_not_what_they_cost() -> None:
    late = grown((0,) * len(ROWS), {"plus": 3})
    sums = [one for one in late.of_type(NUMBER, 5) if str(one.program).count("'plus'") == 1]
    assert sums
    assert not any("'plus'" in str(one.program) for size in (2, 3, 4) for one in late.of_type(NUMBER, size))
    assert all(one.bits == bits(one.program) for one in sums)


def test_work_ends_growth_where_most_terms_do_what_others_do() -> None:
    # in one row there are few behaviours, and many terms for each
    bank = Bank(Goal((NUMBER, NUMBER), ((1, 0),), NUMBER, (7,), WORLD))
    bank.grow(9, 14, lambda: False)
    assert bank.count < 14
    assert bank.work == 140


def test_the_last_terms_are_wanted_ones_or_conditions() -> None:
    goal = Goal((NUMBER, NUMBER), ROWS, TRUTH, (True,) * len(ROWS), WORLD)
    bank = Bank(goal)
    bank.grow(3, 400, lambda: False, is_last=True)
    assert bank.of_type(TRUTH, 3)
    assert not bank.of_type(NUMBER, 3)


def test_likeness_grows_with_what_is_shared() -> None:
    assert likeness((1, 2, 3), (1, 2, 3)) == 1.0
    assert likeness((1, 2, 4), (1, 2, 3)) > likeness((4, 5, 6), (1, 2, 3)) > likeness((), (1, 2, 3))
    assert likeness(((), 1, ()), (((), 1, ()), 2, ())) > likeness(((), 7, ()), (((), 1, ()), 2, ()))
    assert likeness(5, 6) > likeness(50, 6)
    assert likeness(True, False) == likeness(NOTHING, 1) == likeness(None, 1) == 0.0
