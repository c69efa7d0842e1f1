"""A bank: what all rules of few literals say of the rows, by size, each behaviour once.

Rows that nothing is asked of are left out of the words, so that rules that differ there alone are one. The
first rule that says something is of the smallest size that does; its parts are entries of the bank, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations_with_replacement, product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.search.rules.bank.kernels import ALL, ANY, DIFFER, insert, join
from symlaw.search.rules.tree import ODD, Tree, exactly, node, reached

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symlaw.search.rules.growth import Ground

    Words = NDArray[np.uint64]

# Words that a bank may keep.
_MOST_KEPT = 4_000_000


class Level(NamedTuple):
    """Entries of one size, from ``first`` on and before ``end``; up to ``odd`` they are exclusive ors."""

    first: int
    odd: int
    end: int


class Counted(NamedTuple):
    """All parts but one of a gate that is neither a conjunction nor a disjunction: at least so many hold."""

    least: int
    parts: tuple[int, ...]


class Bank(NamedTuple):
    """All rules up to a size, by what they say.

    Attributes
    ----------
    words
        What each entry says, uint64 (n, n_words); of no rows first, then of all.
    parents
        The two parts of each; of a literal its number and -1, int32 (n, 2).
    gates
        `ALL`, `ANY` or `DIFFER`; -1 of literals; from `COUNTED` on the place in ``counted`` of a gate's
        other parts.
    levels
        By size from 0 on. Every rule of up to the size of the last says what an entry does.
    counted
        Gates that count, without their last part.
    odd, several
        Whether rules have exclusive or, and gates such as "at least 2 of 3".
    """

    words: Words
    parents: NDArray[np.int32]
    gates: NDArray[np.int32]
    levels: tuple[Level, ...]
    counted: tuple[Counted, ...]
    odd: bool
    several: bool

    @property
    def size(self) -> int:
        """Rules of up to this size are in it."""
        return len(self.levels) - 1

    def tree(self, entry: int) -> Tree | None:
        """The rule of an entry; None where a gate would count two parts that are the same."""
        gate, (first, second) = int(self.gates[entry]), self.parents[entry].tolist()
        if gate == _LITERAL:
            return int(first)
        if gate < COUNTED:
            return joined(gate, self.tree(first), self.tree(second))
        own = self.counted[gate - COUNTED]
        return gate_of(own.least, [*map(self.tree, own.parts), self.tree(second)])


# Numbers of gates beside those of two parts.
_LITERAL, COUNTED = -1, 3
_LEAST = {ALL: 2, ANY: 1, DIFFER: ODD}


def joined(gate: int, first: Tree | None, second: Tree | None) -> Tree | None:
    """A gate of two parts by its number."""
    return gate_of(_LEAST[gate], [first, second])


def gate_of(least: int, parts: list[Tree | None]) -> Tree | None:
    """A gate of parts, None where one is None."""
    known = [part for part in parts if part is not None]
    return node(least, known) if len(known) == len(parts) else None


class _Store(NamedTuple):
    """Room for entries; see the kernels."""

    words: Words
    parents: NDArray[np.int32]
    gates: NDArray[np.int32]
    slots: NDArray[np.int64]
    state: NDArray[np.int64]

    @property
    def end(self) -> int:
        """How many there are."""
        return int(self.state[0])


def bank_of(ground: Ground, most: int, work: float) -> tuple[Bank, float]:
    """The bank of as large rules as work allows, and what work is left.

    Parameters
    ----------
    ground
        What rules are made of; the literals alone are taken.
    most
        The largest size.
    work
        Words that may be made.
    """
    used = np.bitwise_or.reduce(ground.planes.masks)
    literals = ground.words[: len(ground.costs)] & used
    n_words = literals.shape[1]
    store = _room(None, len(literals) + 2, n_words)
    for row in (np.zeros_like(used), used):
        insert(store.words, store.parents, store.slots, row[None], -1, store.state)
    bank = Bank(store.words, store.parents, store.gates, (), (), ground.odd, ground.several)
    bank = bank._replace(levels=(Level(0, 0, store.end),))
    for size in range(1, most + 1):
        made = np.flatnonzero(ground.costs == size)
        price = float(n_words) * (len(made) + _price(bank, size))
        if price > work:
            break
        room = min(_MOST_KEPT // n_words, store.end + int(price) // n_words)
        store = _room(store, room, n_words)
        bank = bank._replace(words=store.words, parents=store.parents, gates=store.gates)
        work -= price
        grown = _with_level(bank, store, size, (made, literals[made]))
        if store.state[1]:
            break
        bank = grown
    end = bank.levels[-1].end
    return bank._replace(
        words=np.ascontiguousarray(store.words[:end]),
        parents=np.ascontiguousarray(store.parents[:end]),
        gates=np.ascontiguousarray(store.gates[:end]),
    ), work


def _room(store: _Store | None, entries: int, n_words: int) -> _Store:
    """Room for so many entries, those of a store in it."""
    slots = np.full(1 << (2 * entries + 2).bit_length(), -1, np.int64)
    words = np.empty((entries + 1, n_words), np.uint64)
    parents, gates = np.full((entries + 1, 2), -1, np.int32), np.full(entries + 1, _LITERAL, np.int32)
    new = _Store(words, parents, gates, slots, np.zeros(2, np.int64))
    if store is not None:
        end = store.end
        insert(new.words, new.parents, new.slots, np.ascontiguousarray(store.words[:end]), -1, new.state)
        parents[:end], gates[:end] = store.parents[:end], store.gates[:end]
    return new


def _with_level(bank: Bank, store: _Store, size: int, literals: tuple[NDArray[np.intp], Words]) -> Bank:
    """A bank with the rules of one more size."""
    first = store.end
    for spans in _of_two(bank, size, DIFFER):
        join(store.words, store.parents, store.slots, spans, DIFFER, store.state)
    odd = store.end
    store.gates[first:odd] = DIFFER
    numbers, words = literals
    insert(store.words, store.parents, store.slots, np.ascontiguousarray(words), -1, store.state)
    alone = store.end
    store.gates[odd:alone] = _LITERAL
    store.parents[odd:alone, 0] = numbers[store.parents[odd:alone, 1]]
    for gate in (ALL, ANY):
        begun = store.end
        for spans in _of_two(bank, size, gate):
            join(store.words, store.parents, store.slots, spans, gate, store.state)
        store.gates[begun : store.end] = gate
    counted = list(bank.counted)
    for own, largest in counted_of(bank, size) if bank.several else ():
        if store.state[1]:
            break
        _count(bank, store, own, largest, COUNTED + len(counted))
        counted.append(own)
    return bank._replace(levels=(*bank.levels, Level(first, odd, store.end)), counted=tuple(counted))


def _count(bank: Bank, store: _Store, own: Counted, largest: int, gate: int) -> None:
    """Put a gate that counts over its parts and each rule of a size."""
    level, begun = bank.levels[largest], store.end
    parts = list(bank.words[list(own.parts)])
    rest = bank.words[level.first : level.end]
    batch = reached(own.least, parts)[own.least] | (exactly(own.least - 1, parts) & rest)
    insert(store.words, store.parents, store.slots, batch, -1, store.state)
    store.gates[begun : store.end] = gate
    store.parents[begun : store.end, 1] += level.first


def _of_two(bank: Bank, size: int, gate: int) -> Iterator[NDArray[np.int64]]:
    """Spans of the left and right parts of gates of a size, the smaller part on the left."""
    if gate == DIFFER and not bank.odd:
        return
    total = size - (gate == DIFFER)
    for own in range(1, total // 2 + 1):
        left, right = bank.levels[own], bank.levels[total - own]
        yield np.array([left.first, left.end, right.first, right.end], np.int64)
    # an exclusive or among the parts of one is part of it, and counts no more
    for own in range(1, size - 1 if gate == DIFFER else 1):
        left, right = bank.levels[own], bank.levels[size - own]
        yield np.array([left.first, left.end, right.first, right.odd], np.int64)


def counted_of(bank: Bank, size: int) -> Iterator[tuple[Counted, int]]:
    """Gates of a size that count, without their largest part; and the size of that one.

    Parts may say the same: a rule that counts one of them twice is looked at, too.
    """
    for largest in range(1, size - 2):
        for sizes in _sums(size - 1 - largest, largest):
            if len(sizes) < 2:
                continue
            levels = [bank.levels[own] for own in dict.fromkeys(sizes)]
            choices = [
                combinations_with_replacement(range(level.first, level.end), sizes.count(own))
                for own, level in zip(dict.fromkeys(sizes), levels, strict=True)
            ]
            for chosen in product(*choices):
                parts = tuple(entry for own in chosen for entry in own)
                for least in range(2, len(parts) + 1):
                    yield Counted(least, parts), largest


def _sums(total: int, largest: int) -> Iterator[tuple[int, ...]]:
    """Whole numbers that fall or stay, none above ``largest``, of a sum."""
    if total == 0:
        yield ()
    for own in range(min(total, largest), 0, -1):
        for rest in _sums(total - own, own):
            yield (own, *rest)


def _price(bank: Bank, size: int) -> float:
    """How many words are made for a size."""
    spans = [own for gate in (ALL, ANY, DIFFER) for own in _of_two(bank, size, gate)]
    price = sum(float(own[1] - own[0]) * float(own[3] - own[2]) for own in spans)
    return price + (counted_price(bank, size) if bank.several else 0.0)


def counted_price(bank: Bank, size: int) -> float:
    """How many words are made for gates of a size that count."""
    price = 0.0
    for largest in range(1, size - 2):
        for sizes in _sums(size - 1 - largest, largest):
            if len(sizes) > 1:
                ways = float(np.prod([float(_count_of(bank, own)) for own in sizes]))
                price += ways * (_count_of(bank, min(largest, bank.size)) + _OVERHEAD) * (len(sizes) - 1)
    return price


# Words in whose time a gate that counts is set up.
_OVERHEAD = 5_000.0


def _count_of(bank: Bank, size: int) -> int:
    return bank.levels[size].end - bank.levels[size].first
