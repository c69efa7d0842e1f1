"""Examples that are wrong are left out and named."""

from __future__ import annotations

from typing import Any

import pytest

from symlaw.language.recursion.types import inward, type_of
from symlaw.search.recursion.goals import Goal, world_of
from symlaw.search.recursion.typos import find_with_typo

TOTALS: list[tuple[Any, ...]] = [
    ([], 0), ([4], 4), ([1, 4], 5), ([9, 1, 4], 14), ([3], 3), ([5, 3], 8), ([2, 5, 3], 10),
]  # fmt: skip


def goal_of(examples: list[tuple[Any, ...]]) -> Goal:
    types = tuple(type_of(column) for column in zip(*examples, strict=True))
    inside = [tuple(map(inward, one, types)) for one in examples]
    rows, outputs = tuple(one[:-1] for one in inside), tuple(one[-1] for one in inside)
    world = world_of(types, [value for row in rows for value in row], list(outputs))
    return Goal(types[:-1], rows, types[-1], outputs, world)


@pytest.mark.long
def test_the_wrong_one_of_seven_is_named() -> None:
    wrong = [*TOTALS[:5], ([5, 3], 9), TOTALS[6]]
    # what is for all rows ends after a round, as by the clock
    found = find_with_typo(goal_of(wrong), lambda: False, lambda: True)
    assert found.wrong == 5
    assert found.programs


def test_right_examples_are_all_kept() -> None:
    found = find_with_typo(goal_of(TOTALS), lambda: False, lambda: False)
    assert found.wrong is None
    assert found.programs
