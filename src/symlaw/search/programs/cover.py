"""Branches: sets of examples that one program serves, told apart by conditions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from symlaw.language.programs.program import Branch, Literal
from symlaw.search.programs.bank import Entry, Task
from symlaw.search.programs.conditions import condition_of
from symlaw.search.programs.description import BRANCH
from symlaw.search.programs.joining import RIVAL_BITS, Found, Pieces, distinct, join

# Bits of a program that serves one example only, which any program might.
_ALONE = 6.0
_MOST_CONDITIONS = 48


@dataclass
class Cover:
    """Programs for sets of examples.

    Attributes
    ----------
    task
        What is asked.
    pieces
        Parts of outputs.
    conditions
        By the examples of which they are true.
    is_late
        Whether to stop.
    """

    task: Task
    pieces: Pieces
    conditions: list[list[Entry]]
    is_late: Callable[[], bool]
    _whole: dict[int, list[Found]] = field(default_factory=dict)
    _trees: dict[tuple[int, int], list[Found]] = field(default_factory=dict)

    def whole(self, mask: int) -> list[Found]:
        """Programs without branches for a set of examples."""
        known = self._whole.get(mask)
        if known is None:
            known = self._whole[mask] = self._join(mask)
        return known

    def _join(self, mask: int) -> list[Found]:
        task = self.task
        empty = sum(1 << place for place in range(task.n) if task.outputs[place] is None)
        if mask & ~empty == 0:
            return [Found(1.0, Literal(None), (None,) * len(task.rows))]
        found = join(self.pieces, mask & ~empty)
        for place in range(task.n):
            if mask & empty & 1 << place:
                found = [one for one in found if one.values[place] is None]
        alone = mask & (mask - 1) == 0
        return [one._replace(cost=one.cost + _ALONE) for one in found] if alone and task.n > 1 else found

    def tree(self, mask: int, depth: int) -> list[Found]:
        """Programs with branches of at most a depth for a set of examples, cheapest first."""
        known = self._trees.get((mask, depth))
        if known is None:
            known = self._trees[mask, depth] = self._grow(mask, depth)
        return known

    def _grow(self, mask: int, depth: int) -> list[Found]:
        found = list(self.whole(mask))
        if depth == 0 or mask & (mask - 1) == 0:
            return found
        best = found[0].cost if found else float("inf")
        seen: set[int] = set()
        for group in self.conditions:
            if self.is_late() or len(seen) >= _MOST_CONDITIONS:
                break
            true = mask & _truths(group[0], self.task)
            if true in (0, mask) or true in seen or group[0].cost + BRANCH + 4.0 >= best + RIVAL_BITS:
                continue
            seen.add(true)
            then = self.tree(true, depth - 1)
            other = self.tree(mask & ~true, depth - 1) if then else []
            if then and other:
                branched = _branched(group, then, other)
                best = min(best, branched[0].cost)
                found.extend(branched)
        return distinct(found)


def _truths(condition: Entry, task: Task) -> int:
    return sum(1 << place for place in range(task.n) if condition.values[place])


def _branched(group: list[Entry], then: list[Found], other: list[Found]) -> list[Found]:
    """Branches of a condition and two programs: the best of each with rivals of one of them at a time."""
    choices = [(condition, then[0], other[0]) for condition in group]
    choices += [(group[0], one, other[0]) for one in then[1:]]
    choices += [(group[0], then[0], one) for one in other[1:]]
    found = []
    for condition, one, two in choices:
        values = tuple(
            None if truth is None else (yes if truth else no)
            for truth, yes, no in zip(condition.values, one.values, two.values, strict=True)
        )
        cost = condition.cost + BRANCH + one.cost + two.cost
        found.append(Found(cost, Branch(condition_of(condition), one.program, two.program), values))
    return sorted(found, key=lambda one: one.cost)
