"""From a bank to programs: values put together from their parts, and rows told apart by conditions."""

from __future__ import annotations

from typing import Any

from symlaw.language.recursion.program import Apply, Choice, Recursive, bits
from symlaw.language.recursion.table import OPERATORS, bound, filled
from symlaw.language.recursion.types import TRUTH, Type
from symlaw.search.recursion.bank import NOTHING, UNKNOWN, Bank
from symlaw.search.recursion.goals import Candidate

# For each set of rows so many of the shortest terms are kept, and so many sets.
_KEPT, _SETS = 3, 60
_DEEPEST_PARTS, _MOST_BRANCHES = 3, 3
# What a branch that serves a single row costs beside its bits, since it says little.
_ALONE = 8.0

Terms = dict[int, list[Candidate]]


def programs_for(bank: Bank) -> list[Candidate]:
    """Programs that are right on all rows of the bank's goal, the shortest first."""
    goal = bank.goal
    everything = (1 << len(goal.rows)) - 1
    terms = _terms(bank, goal.target, list(goal.outputs), everything, _DEEPEST_PARTS)
    return sorted(_covered(terms, _conditions(bank), everything, _MOST_BRANCHES))[:_KEPT]


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
            _put(found, mask, entry.program)
    if depth:
        for name, row in OPERATORS.items():
            names: dict[str, Type] = {}
            if row.undone is not None and bound(row.result, type_, names):
                types = [filled(one, names) for one in row.arguments]
                for mask, program in _made(bank, name, types, wanted, rows, depth):
                    _put(found, mask, program)
    return _largest(found)


def _made(
    bank: Bank, name: str, types: list[Type], wanted: list[Any], rows: int, depth: int
) -> list[tuple[int, Recursive]]:
    """Values of one constructor, from terms for their parts."""
    undone = OPERATORS[name].undone
    assert undone is not None
    parts = [
        undone(value) if value is not None and rows >> place & 1 else None
        for place, value in enumerate(wanted)
    ]
    made = sum(1 << place for place, one in enumerate(parts) if one is not None and len(one) == len(types))
    if not made:
        return []
    combined: list[tuple[int, tuple[Recursive, ...]]] = [(made, ())]
    for argument, type_ in enumerate(types):
        wanted_part = [
            one[argument] if made >> place & 1 and one else NOTHING for place, one in enumerate(parts)
        ]
        terms = _terms(bank, type_, wanted_part, made, depth - 1)
        combined = [
            (mask & other, (*programs, candidates[0].program))
            for mask, programs in combined
            for other, candidates in terms.items()
            if mask & other
        ]
        combined = _shortest(combined)
    return [(mask, Apply(name, programs)) for mask, programs in combined]


def _shortest(combined: list[tuple[int, tuple[Recursive, ...]]]) -> list[tuple[int, tuple[Recursive, ...]]]:
    best: dict[int, tuple[float, tuple[Recursive, ...]]] = {}
    for mask, programs in combined:
        size = sum(map(bits, programs))
        if mask not in best or size < best[mask][0]:
            best[mask] = (size, programs)
    return [(mask, programs) for mask, (_, programs) in best.items()]


def _put(found: Terms, mask: int, program: Recursive) -> None:
    kept = found.setdefault(mask, [])
    if len(kept) >= _KEPT and bits(program) > kept[-1].bits:
        return
    candidate = Candidate.of(program)
    if candidate not in kept:
        kept.append(candidate)
        kept.sort()
        del kept[_KEPT:]


def _largest(found: Terms) -> Terms:
    """The sets with the most rows, at first those without a better one."""
    order = sorted(found, key=lambda mask: (-mask.bit_count(), found[mask][0]))
    return {mask: found[mask] for mask in order[:_SETS]}


def _conditions(bank: Bank) -> dict[tuple[int, int], Candidate]:
    """For sets of rows the shortest condition that is true of the one and false of the other."""
    found: dict[tuple[int, int], Candidate] = {}
    for entry in bank.of_type(TRUTH):
        if any(value is NOTHING or value is None for value in entry.values):
            continue
        true = sum(1 << place for place, value in enumerate(entry.values) if value is True)
        false = sum(1 << place for place, value in enumerate(entry.values) if value is False)
        size = bits(entry.program)
        if true and false and ((true, false) not in found or size < found[true, false].bits):
            found[true, false] = Candidate.of(entry.program)
    return found


def _covered(
    terms: Terms, conditions: dict[tuple[int, int], Candidate], rows: int, branches: int
) -> list[Candidate]:
    """Programs for a set of rows: a term, or a condition with programs for both of its sides."""
    found = sorted(one for mask, kept in terms.items() if mask & rows == rows for one in kept)[:_KEPT]
    if branches < 2:
        return found
    for (true, false), condition in conditions.items():
        inside, outside = rows & true, rows & false
        if not inside or not outside or (len(found) == _KEPT and condition.bits + 8.0 > found[-1].bits):
            continue
        for one, other, is_swapped in ((inside, outside, False), (outside, inside, True)):
            first = min(
                (term for mask, kept in terms.items() if mask & one == one for term in kept), default=None
            )
            if first is None or (branches == 2 and is_swapped):
                continue
            for last in _covered(terms, conditions, other, branches - 1)[:1]:
                pair = (last, first) if is_swapped else (first, last)
                alone = sum(_ALONE for side in (one, other) if side.bit_count() == 1)
                found.append(_choice(condition, pair, alone))
        found = sorted(set(found))[:_KEPT]
    return found


def _choice(condition: Candidate, pair: tuple[Candidate, Candidate], more: float) -> Candidate:
    made = Candidate.of(Choice(condition.program, pair[0].program, pair[1].program))
    penalty = more + sum(one.bits - bits(one.program) for one in pair)
    return Candidate(made.bits + penalty, made.text, made.program)
