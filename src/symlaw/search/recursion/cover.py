"""From a bank to programs: values put together from their parts, and rows told apart by conditions."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

from symlaw.language.recursion.program import CHOICE_BITS, Apply, Choice
from symlaw.language.recursion.table import OPERATORS, bound, filled
from symlaw.language.recursion.types import TRUTH, Type
from symlaw.search.recursion.bank import NOTHING, UNKNOWN, Bank
from symlaw.search.recursion.goals import Candidate, shortest

# For each set of rows so many of the shortest terms are kept; so many sets, and so many conditions. Where
# some values are not known, more programs are kept, since some of them fail on the examples.
_KEPT, _KEPT_OPEN, _SIDES_OPEN, _SETS, _CONDITIONS = 6, 40, 4, 60, 80
_DEEPEST_PARTS, _MOST_BRANCHES = 3, 3
# What a branch that serves a single row costs beside its bits, since it says little.
_ALONE = 8.0

Terms = dict[int, list[Candidate]]


def programs_for(bank: Bank, is_late: Callable[[], bool]) -> list[Candidate]:
    """Programs that are right on all rows of the bank's goal, the shortest first."""
    goal = bank.goal
    everything = (1 << len(goal.rows)) - 1
    terms = _terms(bank, goal.target, list(goal.outputs), everything, _DEEPEST_PARTS)
    is_open = any(value is UNKNOWN for row in goal.rows for value in row)
    cover = _Cover(terms, _conditions(bank), _KEPT_OPEN if is_open else _KEPT, is_late)
    return cover.programs(everything, _MOST_BRANCHES)


def _terms(bank: Bank, type_: Type, wanted: list[Any], rows: int, depth: int) -> Terms:
    """For sets of rows the shortest terms that are right on them; only given rows are looked at."""
    found: Terms = {}
    for entry in bank.of_type(type_):
        mask = 0
        for place, (value, output) in enumerate(zip(entry.values, wanted, strict=True)):
            # what is not known is no objection: programs as a whole are checked on all examples
            if rows >> place & 1 and (value is UNKNOWN or (value == output and value is not NOTHING)):
                mask |= 1 << place
        if mask:
            _put(found, mask, Candidate(entry.bits, entry.program))
    if depth:
        for name, row in OPERATORS.items():
            names: dict[str, Type] = {}
            if row.undone is not None and bound(row.result, type_, names):
                types = [filled(one, names) for one in row.arguments]
                for mask, candidate in _made(bank, name, types, wanted, rows, depth):
                    _put(found, mask, candidate)
    order = sorted(found, key=lambda mask: (-mask.bit_count(), found[mask][0].bits, mask))
    return {mask: found[mask] for mask in order[:_SETS]}


def _made(
    bank: Bank, name: str, types: list[Type], wanted: list[Any], rows: int, depth: int
) -> list[tuple[int, Candidate]]:
    """Values of one constructor, from terms for their parts."""
    row = OPERATORS[name]
    assert row.undone is not None
    parts = [
        row.undone(value) if value is not None and rows >> place & 1 else None
        for place, value in enumerate(wanted)
    ]
    made = sum(1 << place for place, one in enumerate(parts) if one is not None and len(one) == len(types))
    if not made:
        return []
    combined: dict[int, tuple[Candidate, ...]] = {made: ()}
    for argument, type_ in enumerate(types):
        part = [one[argument] if made >> place & 1 and one else NOTHING for place, one in enumerate(parts)]
        combined = _with_one_more(combined, _terms(bank, type_, part, made, depth - 1))
    return [
        (mask, Candidate(row.cost + _sum(chosen), Apply(name, tuple(one.program for one in chosen))))
        for mask, chosen in combined.items()
    ]


def _with_one_more(
    combined: dict[int, tuple[Candidate, ...]], terms: Terms
) -> dict[int, tuple[Candidate, ...]]:
    """Terms for one more part beside those chosen; for each set of rows the shortest."""
    best: dict[int, tuple[Candidate, ...]] = {}
    for mask, chosen in combined.items():
        for other, candidates in terms.items():
            both = mask & other
            more = (*chosen, candidates[0])
            if both and (both not in best or _sum(more) < _sum(best[both])):
                best[both] = more
    return best


def _sum(candidates: tuple[Candidate, ...]) -> float:
    return sum(one.bits for one in candidates)


def _put(found: Terms, mask: int, candidate: Candidate) -> None:
    kept = found.setdefault(mask, [])
    if len(kept) < _KEPT or candidate.bits < kept[-1].bits:
        found[mask] = shortest([*kept, candidate], _KEPT)


def _conditions(bank: Bank) -> list[tuple[int, int, Candidate]]:
    """Sets of rows with the shortest condition that is true of the one and false of the other."""
    found: dict[tuple[int, int], Candidate] = {}
    for entry in bank.of_type(TRUTH):
        if any(value is NOTHING or value is None for value in entry.values):
            continue
        true = sum(1 << place for place, value in enumerate(entry.values) if value is True)
        false = sum(1 << place for place, value in enumerate(entry.values) if value is False)
        if true and false and ((true, false) not in found or entry.bits < found[true, false].bits):
            found[true, false] = Candidate(entry.bits, entry.program)
    order = sorted(found.items(), key=lambda item: item[1].bits)[:_CONDITIONS]
    return [(true, false, condition) for (true, false), condition in order]


class _Cover:
    """Programs for sets of rows, from terms and conditions."""

    def __init__(
        self,
        terms: Terms,
        conditions: list[tuple[int, int, Candidate]],
        most: int,
        is_late: Callable[[], bool],
    ) -> None:
        self._most = most
        self._terms, self._conditions, self._is_late = terms, conditions, is_late
        self._known: dict[tuple[int, int], list[Candidate]] = {}

    def programs(self, rows: int, branches: int) -> list[Candidate]:
        """The shortest with at most so many branches that are right on a set of rows."""
        key = (rows, branches)
        if key not in self._known:
            self._known[key] = self._found(rows, branches)
        return self._known[key]

    def _found(self, rows: int, branches: int) -> list[Candidate]:
        right = [one for mask, kept in self._terms.items() if mask & rows == rows for one in kept]
        found = shortest(right, self._most)
        if branches < 2:
            return found
        for true, false, condition in self._conditions:
            inside, outside = rows & true, rows & false
            cheapest = condition.bits + CHOICE_BITS
            if not inside or not outside or (len(found) == self._most and cheapest > found[-1].bits):
                continue
            if self._is_late():
                break
            found = shortest([*found, *self._choices(condition, inside, outside, branches)], self._most)
        return found

    def _choices(self, condition: Candidate, inside: int, outside: int, branches: int) -> list[Candidate]:
        """Programs on both sides of a condition, of which one is a single term."""
        alone = sum(_ALONE for side in (inside, outside) if side.bit_count() == 1)
        sides = 1 if self._most == _KEPT else _SIDES_OPEN
        made = []
        for simple, other in ((1, branches - 1), (branches - 1, 1))[: branches - 1]:
            pairs = product(self.programs(inside, simple)[:sides], self.programs(outside, other)[:sides])
            for then, otherwise in pairs:
                if then.program != otherwise.program:
                    size = condition.bits + CHOICE_BITS + then.bits + otherwise.bits + alone
                    made.append(Candidate(size, Choice(condition.program, then.program, otherwise.program)))
        return made
