"""What a phrase may mean, from the values of its parts and of the whole."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

from symlaw.language.programs.phrases import (
    VIEWS,
    Items,
    Meaning,
    Piece,
    Pieces,
    meaning_bits,
    piece_bits,
    value_of,
)
from symlaw.language.programs.program import Input, Program
from symlaw.language.programs.steps import STEPS, step_call
from symlaw.search.grammars.pairs import shortest_and_rest

# Values of the parts, the value of the whole.
Example = tuple[tuple[Any, ...], Any]
# Meanings read off one example, examples they are read off, and how many are kept of all.
_MOST_OF_ONE, _MOST_READ, _KEPT = 60, 8, 4
_MOST_EXAMPLES, _SHORTEST = 30, 3
_EXAMPLE_BITS = 8.0
# Formulas that are formed of numbers.
_MOST_FORMULAS, ROUNDS = 6_000, 3
_NUMBERS = (0, 1, 2, 10)
# In long examples a phrase is often a part of another one, so that only a share of them has to be right.
_LEAST_SHARE = 0.2


def meanings_of(examples: Sequence[Example], arity: int, rounds: int = ROUNDS) -> list[Meaning]:
    """Meanings that give many of the examples, the best first; formulas of so many operators in a row."""
    if not examples:
        return []
    shown = shortest_and_rest(examples, _MOST_EXAMPLES)
    is_number = not isinstance(shown[0][1], tuple)
    candidates: list[Meaning] = list(_formulas(shown, arity, rounds) if is_number else _pieces(shown, arity))
    bits = [meaning_bits(meaning, arity) for meaning in candidates]
    right = [
        [number for number, (given, whole) in enumerate(shown) if value_of(meaning, given) == whole]
        for meaning in candidates
    ]
    fitting = [place for place, own in enumerate(right) if len(own) >= max(1, _LEAST_SHARE * len(shown))]

    def most(place: int) -> float:
        return bits[place] - _EXAMPLE_BITS * len(right[place])

    def most_short(place: int) -> float:
        # in long examples the phrase may be a part of another
        return bits[place] - sum(_EXAMPLE_BITS / (1.0 + number / 3.0) for number in right[place])

    shortest = set(range(min(_SHORTEST, len(shown))))
    clean = [place for place in fitting if shortest.issubset(right[place])]
    ranked = [
        *sorted(clean, key=lambda place: bits[place])[:_KEPT],
        *sorted(fitting, key=most_short)[:_KEPT],
        *sorted(fitting, key=most)[:_KEPT],
    ]
    return [candidates[place] for place in dict.fromkeys(ranked)]


def _pieces(examples: Sequence[Example], arity: int) -> list[Pieces]:
    """Pieces in a row that give one example at least.

    Examples with the most different items say the most, but in long ones the phrase may be a part of another.
    """
    rich = sorted(examples, key=lambda one: (-len(set(sum(one[0], ()))), len(one[1])))
    seen: Counter[Pieces] = Counter()
    for given, whole in [*examples[:_MOST_READ], *rich[:_MOST_READ]]:
        seen.update(_rows_of_pieces(given, whole, arity))
    return [pieces for pieces, _ in seen.most_common(200)]


def _rows_of_pieces(given: Sequence[Items], whole: Items, arity: int) -> Iterator[Pieces]:
    """The cheapest rows of pieces that give the whole."""
    choices = [
        (Piece(place, name), view.function(items))
        for place, items in enumerate(given)
        for name, view in VIEWS.items()
    ]
    choices = [(piece, items) for piece, items in choices if items]
    heap: list[tuple[float, int, int, Pieces]] = [(0.0, 0, 0, ())]
    visits: Counter[int] = Counter()
    number = found = 0
    while heap and found < _MOST_OF_ONE:
        bits, _, at, pieces = heapq.heappop(heap)
        if at == len(whole):
            found += 1
            yield pieces
            continue
        visits[at] += 1
        if visits[at] > _MOST_OF_ONE:
            continue
        own = (Piece(-1, item=whole[at]), whole[at : at + 1])
        for piece, items in (*choices, own):
            if whole[at : at + len(items)] == items:
                number += 1
                cost = bits + piece_bits(piece, arity)
                heapq.heappush(heap, (cost, number, at + len(items), (*pieces, piece)))


_Entry = tuple[Program | int, tuple[Any, ...]]


def _formulas(examples: Sequence[Example], arity: int, rounds: int) -> Iterator[Program]:
    """Formulas of the parts' numbers that give some of the examples."""
    wanted = tuple(whole for _, whole in examples)
    parts: list[_Entry] = [
        (Input(place), tuple(given[place] for given, _ in examples)) for place in range(arity)
    ]
    # constants of the examples' own have a bank beside the first, so that this reaches as far as without them
    for numbers in (_NUMBERS, tuple(dict.fromkeys(_suggested(examples[:_SHORTEST])))):
        constants: list[_Entry] = [(number, (number,) * len(wanted)) for number in numbers]
        for formula, column in _bank([*parts, *constants], rounds):
            if not isinstance(formula, int) and _agree(column, wanted) >= _LEAST_SHARE * len(wanted):
                yield formula


def _bank(leaves: list[_Entry], rounds: int) -> list[_Entry]:
    """Formulas of leaves, one of each behaviour."""
    entries = list(leaves)
    seen = {column for _, column in leaves}
    before = 0
    for round_ in range(rounds):
        size = len(entries)
        # later rounds join what is new with leaves only, so that few formulas reach far
        partners = size if round_ == 0 else len(leaves)
        for entry in _joined(entries, range(before, size), range(partners), seen):
            entries.append(entry)
            if len(entries) > _MOST_FORMULAS:
                return entries
        before = size
    return entries


def _suggested(examples: Sequence[Example]) -> Iterator[int]:
    """Numbers that turn a part into the whole, or into what another part leaves of it."""
    for given, whole in examples:
        for part in given:
            yield whole - part
            for rest in (whole, *(whole - other for other in given)):
                if part and rest % part == 0:
                    yield rest // part


def _joined(
    entries: list[_Entry], fresh: range, partners: range, seen: set[tuple[Any, ...]]
) -> Iterator[_Entry]:
    """Each operator of what is new and each partner, in both orders, where its values are not there yet."""
    rows = [row for row in STEPS.values() if row.arity == 2]
    for new, partner in product(fresh, partners):
        for one, other in ((new, partner), (partner, new)):
            for row in rows:
                column = _column(row.scalar, entries[one][1], entries[other][1])
                if column not in seen:
                    seen.add(column)
                    yield step_call(row.name, entries[one][0], entries[other][0]), column


def _agree(column: Sequence[Any], wanted: Sequence[Any]) -> int:
    return sum(one == other for one, other in zip(column, wanted, strict=True))


def _column(function: Any, one: Sequence[Any], other: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(_value(function, left, right) for left, right in zip(one, other, strict=True))


def _value(function: Any, left: Any, right: Any) -> Any:
    if left is None or right is None:
        return None
    try:
        return function(left, right)
    except ArithmeticError:
        return None
