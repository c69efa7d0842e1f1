"""Which operators make values like those wanted: learned from all terms so far, wrong ones included.

A term that is wrong is right for other outputs: those that it gives. Each term is thus a solved task, and
says the more about the task at hand the nearer its outputs are to those wanted.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from symlaw.language.recursion.program import Apply, nodes
from symlaw.language.recursion.types import Type
from symlaw.search.recursion.bank import NOTHING, UNKNOWN, Bank, Entry
from symlaw.search.recursion.goals import within

# An operator that is less frequent near what is wanted than among all terms, by these factors, counts as 2
# or 3. Counts begin with a share of all terms, so that few terms say little.
_RARE, _RARER, _BEFORE = 0.8, 0.4, 0.05


def learned(banks: Iterable[Bank]) -> dict[str, int]:
    """By how much operators make terms larger in the rounds to come; those left out count as 1."""
    near: defaultdict[str, float] = defaultdict(float)
    among: defaultdict[str, float] = defaultdict(float)
    nearness = terms = 0.0
    for bank in banks:
        for entry, weight in _weighted(bank):
            names = {one.name for one in nodes(entry.program) if isinstance(one, Apply)}
            nearness, terms = nearness + weight, terms + 1.0
            for name in names:
                near[name] += weight
                among[name] += 1.0
    found: dict[str, int] = {}
    for name in among:
        share = (near[name] / max(nearness, 1.0) + _BEFORE) / (among[name] / terms + _BEFORE)
        if share < _RARE:
            found[name] = 3 if share < _RARER else 2
    return found


def _weighted(bank: Bank) -> Iterator[tuple[Entry, float]]:
    """Terms of the wanted type or of its parts, each with the mean nearness of what it gives, squared."""
    goal = bank.goal
    for type_ in dict.fromkeys(within(goal.target)):
        parts = [_parts(output, goal.target, type_) for output in goal.outputs]
        for entry in bank.of_type(type_):
            total = sum(
                max((likeness(value, one) for one in wanted), default=0.0)
                for value, wanted in zip(entry.values, parts, strict=True)
            )
            yield entry, (total / len(goal.outputs)) ** 2


def _parts(value: Any, of: Type, wanted: Type) -> list[Any]:
    """Parts of a value of one type that have another; trees are parts of themselves."""
    if of == wanted:
        return [value]
    if value is None:
        return []
    if of[0] == "list":
        return [part for one in value for part in _parts(one, of[1], wanted)]
    if of[0] == "pair":
        return [part for one, type_ in zip(value, of[1:], strict=True) for part in _parts(one, type_, wanted)]
    return [one for one in subvalues(value) if not isinstance(one, tuple)]


def likeness(value: Any, wanted: Any) -> float:
    """How much a value has of the one wanted, from 0 to 1."""
    if value is NOTHING or value is UNKNOWN:
        return 0.0
    if value == wanted:
        return 1.0
    if isinstance(value, bool) or isinstance(wanted, bool) or value is None or wanted is None:
        return 0.0
    if isinstance(value, tuple) and isinstance(wanted, tuple):
        return 0.8 * _alike(value, wanted)
    if isinstance(value, (int, float)) and isinstance(wanted, (int, float)):
        return 0.5 / (1.0 + abs(value - wanted))
    return 0.0


def _alike(one: tuple[Any, ...], other: tuple[Any, ...]) -> float:
    """The mean of the share of parts in common, of what both begin and end with, and of the length."""
    mine, others = Counter(subvalues(one)), Counter(subvalues(other))
    common = 2.0 * (mine & others).total() / (mine.total() + others.total())
    longest = max(len(one), len(other))
    ends = max(_first(one, other), _first(one[::-1], other[::-1])) / longest
    return (common + ends + (len(one) == len(other))) / 3.0


def _first(one: tuple[Any, ...], other: tuple[Any, ...]) -> int:
    """How many first elements are the same."""
    return next(
        (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )


def subvalues(value: Any) -> Iterator[Any]:
    """A value with all of its parts."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        yield one
        if isinstance(one, tuple):
            waiting.extend(one)
