"""Examples that may be wrong: a function of all others, where that is a much shorter description."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from symlaw.language.recursion.program import Choice, nodes
from symlaw.search.recursion.goals import Candidate, Goal
from symlaw.search.recursion.search import find_recursive

# With fewer examples nothing says that one of them is wrong; a wrong one costs so many bits.
_FEWEST, _WRONG_BITS = 6, 25.0
# No recursive function takes fewer bits.
_LEAST_BITS = 15.0
# Functions of all but one example are simple, or are not looked for.
_ROUNDS = 3


class Tolerant(NamedTuple):
    """Programs, the shortest first, and the place of the row on which they are not right."""

    programs: list[Candidate]
    wrong: int | None


def find_with_typo(goal: Goal, is_late: Callable[[], bool], is_half_over: Callable[[], bool]) -> Tolerant:
    """Programs that are right on all rows, or on all but one where that costs fewer bits.

    Parameters
    ----------
    goal
        Rows and what they give.
    is_late, is_half_over
        Whether the search has to end, and whether what is for all rows has to.
    """
    may_leave_out = len(goal.rows) >= _FEWEST
    found = find_recursive(goal, is_half_over if may_leave_out else is_late)
    best = Tolerant(found, None)
    # a function without conditions that is right on all has learned no example by heart
    least = found[0].bits if found else float("inf")
    if not may_leave_out or least <= _LEAST_BITS + _WRONG_BITS or (found and not _has_choice(found[0])):
        return best
    for place in range(len(goal.rows)):
        if is_late():
            break
        others = [other for other in range(len(goal.rows)) if other != place]
        fewer = replace(
            goal,
            rows=tuple(goal.rows[other] for other in others),
            outputs=tuple(goal.outputs[other] for other in others),
        )
        programs = find_recursive(fewer, is_late, _ROUNDS, carries=False)
        if programs and not _has_choice(programs[0]) and programs[0].bits + _WRONG_BITS < least:
            best, least = Tolerant(programs, place), programs[0].bits + _WRONG_BITS
    return best


def _has_choice(candidate: Candidate) -> bool:
    return any(isinstance(one, Choice) for one in nodes(candidate.program))
