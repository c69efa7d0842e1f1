"""Rules that are larger than a bank's: two of its entries meet, or an entry and what it leaves to be told.

A rule has a gate on top. Where one part of it is known, the rule follows the other part on some rows only:
those that the first one does not decide. So the other part is asked for on these rows, from the bank where it
is small enough, and in the same way where it is larger. What a conjunction covers, each of its parts covers;
so parts that miss too many rows are left aside, and parts of disjunctions that cover too many wrong ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.search.rules.bank.enumerating import (
    COUNTED,
    Counted,
    counted_of,
    counted_price,
    gate_of,
    joined,
)
from symlaw.search.rules.bank.kernels import ALL, ANY, DIFFER, meet
from symlaw.search.rules.counting import counts
from symlaw.search.rules.tree import exactly, reached

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symlaw.search.rules.bank.enumerating import Bank
    from symlaw.search.rules.counting import Planes
    from symlaw.search.rules.tree import Tree

    Words = NDArray[np.uint64]
    Floats = NDArray[np.float64]
    Entries = NDArray[np.intp]

_TOPS = frozenset((ALL, ANY, DIFFER, COUNTED))
# The entry that is true in all rows.
_EVERYWHERE = 1
# Words that one call of a kernel compares.
_AT_ONCE = 5e7
# How much dearer than in a bank gates that count are here.
_DEARER = 20.0


@dataclass
class Work:
    """Words that may still be compared, unless the clock ends it."""

    left: float
    is_late: Callable[[], bool] = lambda: False

    def affords(self, price: float) -> bool:
        """Whether so many words can be compared, which are then spent."""
        if price > self.left or self.is_late():
            return False
        self.left -= price
        return True


class Met(NamedTuple):
    """A rule and what it gains; the rule is None where a gate of it would count a part twice."""

    gain: float
    tree: Tree | None


class Asked(NamedTuple):
    """What rows weigh, and what each entry of a bank says of them.

    Attributes
    ----------
    masks, shares
        See `symlaw.search.rules.counting.Planes`.
    gains
        What each entry gains, (n,).
    covers
        The same of the rows to be covered alone: the most that a conjunction with it gains, (n,).
    positive
        Weight of all rows to be covered.
    """

    masks: Words
    shares: Floats
    gains: Floats
    covers: Floats
    positive: float

    def may_gain(self, gate: int) -> Floats:
        """The most that a gate over each entry gains, (n,)."""
        if gate == ALL:
            return self.covers
        if gate == ANY:
            return self.positive - self.covers + self.gains
        return np.full(len(self.gains), np.inf)


def asked_of(bank: Bank, planes: Planes) -> Asked:
    """What the rows of a table weigh, and what each entry of a bank says of them."""
    return _asked(bank, planes.masks, planes.shares, bank.size)


def _asked(bank: Bank, masks: Words, shares: Floats, size: int) -> Asked:
    """The same of entries of up to a size."""
    words = bank.words[: bank.levels[min(size, bank.size)].end]
    out = np.zeros((len(shares), len(words)), np.int64)
    counts(words, masks, out)
    covered = np.maximum(shares, 0.0)
    return Asked(masks, shares, shares @ out, covered @ out, float(covered @ out[:, _EVERYWHERE]))


class _Sought(NamedTuple):
    """Rules that are sought: of what size, from which gain on, how many, and with which gates on top."""

    size: int
    bar: float
    room: int = 1
    tops: frozenset[int] = _TOPS


def rules_of(bank: Bank, asked: Asked, sought: tuple[int, float, int], work: Work) -> list[Met] | None:
    """Rules of a size that gain enough and are not said by smaller ones; None where work does not suffice.

    Parameters
    ----------
    bank
        All small rules.
    asked
        What is asked of the rows.
    sought
        The size, the gain from which on rules are looked for, and how many are kept; if one, the best is.
        Smaller rules that gain so much are known not to exist, or are known.
    work
        Words that may be compared; more are not.
    """
    return _rules(bank, asked, _Sought(*sought), work)


def _rules(bank: Bank, asked: Asked, sought: _Sought, work: Work) -> list[Met] | None:
    if sought.size <= bank.size:
        level = bank.levels[sought.size]
        entries = np.arange(level.first, level.end)
        enough = entries[asked.gains[entries] >= sought.bar]
        best = enough[np.argsort(-asked.gains[enough], kind="stable")][: sought.room]
        return [Met(float(asked.gains[entry]), bank.tree(entry)) for entry in best.tolist()]
    found: list[Met] = []
    for branch in _branches(bank, asked, sought, work):
        if branch is None:
            return None
        found = sorted([*found, *branch], key=lambda one: -one.gain)[: sought.room]
        if found and sought.room == 1:
            sought = sought._replace(bar=found[0].gain)
    return found


def _branches(bank: Bank, asked: Asked, sought: _Sought, work: Work) -> Iterator[list[Met] | None]:
    """Rules by the gate on top and by how large its parts are."""
    for gate in (ALL, ANY, DIFFER):
        if gate not in sought.tops or (gate == DIFFER and not bank.odd):
            continue
        for own, rest, is_odd in _splits(sought.size, gate):
            if own > bank.size:
                yield None
            elif rest <= bank.size:
                yield _meeting(bank, asked, sought, (gate, own, rest, is_odd), work)
            else:
                yield _left(bank, asked, sought, (gate, own, rest, is_odd), work)
    if bank.several and COUNTED in sought.tops:
        yield _counting(bank, asked, sought, work)


def _splits(size: int, gate: int) -> Iterator[tuple[int, int, bool]]:
    """Sizes of the two parts of a gate, the smaller first, and whether the larger is an exclusive or, too."""
    total = size - (gate == DIFFER)
    for own in range(total // 2, 0, -1):
        yield own, total - own, False
    # of three parts or more of an exclusive or the smallest is at most a third
    for own in range(1, (size - 1) // 3 + 1 if gate == DIFFER else 1):
        yield own, size - own, True


def _entries(bank: Bank, asked: Asked, sought: _Sought, gate: int, own: int) -> Entries:
    """Entries of a size over which a gate may gain enough."""
    level = bank.levels[own]
    return level.first + np.flatnonzero(asked.may_gain(gate)[level.first : level.end] >= sought.bar)


def _meeting(
    bank: Bank, asked: Asked, sought: _Sought, split: tuple[int, int, int, bool], work: Work
) -> list[Met] | None:
    """Pairs of entries in a gate."""
    gate, own, rest, is_odd = split
    left, right = (_entries(bank, asked, sought, gate, size) for size in (own, rest))
    if is_odd:
        right = right[right < bank.levels[rest].odd]
    if not work.affords(float(len(left)) * len(right) * asked.masks.size):
        return None
    if not len(left) or not len(right):
        return []
    factor = {ALL: 1.0, ANY: -1.0, DIFFER: -2.0}[gate]
    alone = 0.0 if gate == ALL else 1.0
    found: list[Met] = []
    at_once = max(1, int(_AT_ONCE / (len(right) * asked.masks.size)))
    for begun in range(0, len(left), at_once):
        part = left[begun : begun + at_once]
        out = np.zeros((1 + sought.room, 3))
        out[0, 0] = sought.bar
        meet(
            bank.words[part], bank.words[right], alone * asked.gains[part], alone * asked.gains[right],
            asked.masks, asked.shares, factor, out,
        )  # fmt: skip
        for gain, one, other in out[1 : 1 + min(sought.room, int(out[0, 1]))]:
            tree = joined(gate, bank.tree(int(part[int(one)])), bank.tree(int(right[int(other)])))
            found.append(Met(float(gain), tree))
    return found


def _left(
    bank: Bank, asked: Asked, sought: _Sought, split: tuple[int, int, int, bool], work: Work
) -> list[Met] | None:
    """An entry in a gate, and a rule that is larger than the bank's for what the entry leaves."""
    gate, own, rest, is_odd = split
    # a conjunction of more parts than two can be divided more evenly, unless one of them is large
    tops = _TOPS - {gate} if gate == DIFFER or 3 * rest > 2 * sought.size else _TOPS
    inner = _Sought(rest, sought.bar, sought.room, frozenset((DIFFER,)) if is_odd else tops)

    def parts() -> Iterator[_Part]:
        for entry in _entries(bank, asked, sought, gate, own).tolist():
            words, gain = bank.words[entry], float(asked.gains[entry])
            if gate == DIFFER:
                masks = np.concatenate([asked.masks & ~words, asked.masks & words])
                shares = np.concatenate([asked.shares, -asked.shares])
                yield _Part(*_merged(masks, shares), gain, _writer(bank, gate, entry))
            elif gate == ALL:
                yield _Part(asked.masks & words, asked.shares, 0.0, _writer(bank, gate, entry))
            else:
                yield _Part(asked.masks & ~words, asked.shares, gain, _writer(bank, gate, entry))

    return _of_parts(bank, parts(), inner, work)


class _Part(NamedTuple):
    """What all parts of a gate but one leave to that one.

    Attributes
    ----------
    masks, shares
        What rows weigh on which the whole follows it.
    gain
        What the others gain without it.
    write
        The whole with it.
    """

    masks: Words
    shares: Floats
    gain: float
    write: Callable[[Tree | None], Tree | None]


def _of_parts(bank: Bank, parts: Iterator[_Part], inner: _Sought, work: Work) -> list[Met] | None:
    """The rules that are best for what some parts leave, written together with these."""
    found: list[Met] = []
    for part in parts:
        if _positive(part, bank) + part.gain < inner.bar:
            continue
        end = bank.levels[min(inner.size, bank.size)].end
        if not work.affords(float(part.masks.size) * end):
            return None
        asked = _asked(bank, part.masks, part.shares, inner.size)
        sought = inner._replace(bar=inner.bar - part.gain)
        own = _rules(bank, asked, sought, work)
        if own is None:
            return None
        whole = [Met(one.gain + part.gain, part.write(one.tree)) for one in own]
        found = sorted([*found, *whole], key=lambda one: -one.gain)[: inner.room]
        if found and inner.room == 1:
            inner = inner._replace(bar=found[0].gain)
    return found


def _positive(part: _Part, bank: Bank) -> float:
    """The most that a rule gains on the rows that are left to it."""
    out = np.zeros((len(part.shares), 1), np.int64)
    counts(bank.words[_EVERYWHERE : _EVERYWHERE + 1], part.masks, out)
    return float(np.maximum(part.shares, 0.0) @ out[:, 0])


def _writer(bank: Bank, gate: int, entry: int) -> Callable[[Tree | None], Tree | None]:
    return lambda tree: joined(gate, bank.tree(entry), tree)


def _merged(masks: Words, shares: Floats) -> tuple[Words, Floats]:
    """Planes without empty ones, those of one share together: no row is in two of them."""
    lit = masks.any(axis=1)
    distinct = np.unique(shares[lit])
    rows = [np.bitwise_or.reduce(masks[lit & (shares == share)]) for share in distinct]
    return np.array(rows, np.uint64).reshape(-1, masks.shape[1]), distinct


def _counting(bank: Bank, asked: Asked, sought: _Sought, work: Work) -> list[Met] | None:
    """Gates such as "at least 2 of 3"."""
    if not work.affords(_DEARER * counted_price(bank, sought.size)):
        return None
    found: list[Met] = []
    for largest in range(1, sought.size - 2):
        own = (one for one, size in counted_of(bank, sought.size) if size == largest)
        inner = _Sought(largest, sought.bar, sought.room)
        met = _of_parts(bank, (_counted(bank, asked, one) for one in own), inner, work)
        if met is None:
            return None
        found = sorted([*found, *met], key=lambda one: -one.gain)[: sought.room]
    return found


def _counted(bank: Bank, asked: Asked, own: Counted) -> _Part:
    """What the other parts of a gate that counts leave to the last one."""
    parts = list(bank.words[list(own.parts)])
    sure, open_ = reached(own.least, parts)[own.least], exactly(own.least - 1, parts)
    out = np.zeros((len(asked.shares), 1), np.int64)
    counts(sure[None], asked.masks, out)

    def write(tree: Tree | None) -> Tree | None:
        return gate_of(own.least, [*map(bank.tree, own.parts), tree])

    return _Part(asked.masks & open_, asked.shares, float(asked.shares @ out[:, 0]), write)
