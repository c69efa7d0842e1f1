"""Formulas of truths enumerated bottom-up, one entry per behaviour on the rows.

After Albarghouthi, Gulwani and Kincaid (2013), on words: the key of a behaviour is the truth table itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.engine.bits.words import key_of_words, word_table, wrong_rows
from symlaw.engine.compiling.jit import address_of, call_forward, inner, kernel
from symlaw.engine.compiling.records import record
from symlaw.engine.tape import FIRST_OPERATOR, VARIABLE
from symlaw.language.expression import Variable
from symlaw.language.operators.row import MAX_ARITY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from symlaw.language.expression import Node, Nodes
    from symlaw.language.operators import Operator
    from symlaw.search.bits.truths import TruthTable

MAX_BYTES = 2**27
MAX_ENTRIES = 2**21
# Combinations that a level may have; a larger one is left out, and all after it.
MAX_COMBINATIONS = 6e7
_ZERO, _1 = np.uint64(0), np.uint64(1)


@record
class Entries(NamedTuple):
    """One formula per row; children come before parents.

    Attributes
    ----------
    words
        Truths, 0 on rows that do not matter, uint64 (capacity, n_words).
    code
        Node code of the outermost node, int16 (capacity,).
    arguments
        Entries of its arguments; of a variable its column, int32 (capacity, MAX_ARITY).
    level
        Complexity as a whole number, int16 (capacity,).
    wrong
        Weight of the rows that it gets wrong, float64 (capacity,).
    slots
        Open-addressing table of one more than an entry's number, by behaviour; 0 is empty, int32 (n_slots,).
    used
        Number of entries, int64 (1,).
    """

    words: NDArray[np.uint64]
    code: NDArray[np.int16]
    arguments: NDArray[np.int32]
    level: NDArray[np.int16]
    wrong: NDArray[np.float64]
    slots: NDArray[np.int32]
    used: NDArray[np.int64]


@record
class Asked(NamedTuple):
    """What is asked of formulas: fields of `symlaw.search.bits.truths.TruthTable`."""

    target: NDArray[np.uint64]
    care: NDArray[np.uint64]
    planes: NDArray[np.uint64]
    shares: NDArray[np.float64]


@record
class Segment(NamedTuple):
    """One operator on all combinations of ranges of entries, of length 1 where it has fewer arguments.

    Attributes
    ----------
    ordered
        1 where only pairs that ascend are taken.
    """

    code: int
    level: int
    first: int
    first_end: int
    second: int
    second_end: int
    third: int
    third_end: int
    ordered: int

    @property
    def size(self) -> int:
        """Number of combinations."""
        return (self.first_end - self.first) * (self.second_end - self.second) * (self.third_end - self.third)


@inner
def _slot_of(entries, words, care):  # type: ignore[no-untyped-def]
    """Where a behaviour stands in the table, or the free slot where it would."""
    mask = np.uint64(len(entries.slots) - 1)
    slot = key_of_words(words, care) & mask
    while entries.slots[slot] != 0:
        entry = entries.slots[slot] - 1
        same = True
        for k in range(len(care)):
            if entries.words[entry, k] != words[k] & care[k]:
                same = False
                break
        if same:
            break
        slot = (slot + _1) & mask
    return slot


@inner
def _is_constant(words, care):  # type: ignore[no-untyped-def]
    some, all_of_them = False, True
    for k in range(len(care)):
        some |= (words[k] & care[k]) != _ZERO
        all_of_them &= (words[k] & care[k]) == care[k]
    return not some or all_of_them


@inner
def _put(entries, asked, words, code, first, second, third, level):  # type: ignore[no-untyped-def]
    """Add a formula of new behaviour; 1 when added, 0 when known or constant, -1 when there is no room."""
    if _is_constant(words, asked.care):
        return 0
    slot = _slot_of(entries, words, asked.care)
    if entries.slots[slot] != 0:
        return 0
    entry = entries.used[0]
    if entry == len(entries.code):
        return -1
    entries.used[0] = entry + 1
    entries.slots[slot] = entry + 1
    for k in range(len(asked.care)):
        entries.words[entry, k] = words[k] & asked.care[k]
    entries.code[entry] = code
    entries.arguments[entry, 0], entries.arguments[entry, 1] = first, second
    entries.arguments[entry, 2] = third
    entries.level[entry] = level
    entries.wrong[entry] = wrong_rows(words, asked.target, asked.planes, asked.shares)
    return 1


@kernel
def put_atom(entries, asked, words, column, level):  # type: ignore[no-untyped-def]
    """Add a column."""
    return _put(entries, asked, words, VARIABLE, column, 0, 0, level)


@kernel
def combine(entries, asked, address, segment, begin, end, scratch):  # type: ignore[no-untyped-def]
    """Evaluate combinations begin to end of a segment and add those of new behaviour; -1 when full."""
    n = len(asked.care)
    base, out = address_of(entries.words), address_of(scratch)
    depth = segment.third_end - segment.third
    width = (segment.second_end - segment.second) * depth
    first = segment.first + begin // width
    second = segment.second + begin % width // depth
    third = segment.third + begin % depth
    for _ in range(begin, end):
        if segment.ordered == 0 or second >= first:
            call_forward(address, base + 8 * n * first, base + 8 * n * second, base + 8 * n * third, out, n)
            if _put(entries, asked, scratch, segment.code, first, second, third, segment.level) < 0:
                return -1
        third += 1
        if third == segment.third_end:
            third = segment.third
            second += 1
            if second == segment.second_end:
                second = segment.second
                first += 1
    return 0


class Store:
    """Entries by rising complexity, grown as far as wanted.

    Parameters
    ----------
    table
        The rows, and what is asked of them.
    operators
        Those that know bits are used.
    costs
        Level of each of these, and of each atom.
    max_entries, max_bytes
        Where growth ends.

    Attributes
    ----------
    bounds
        First entry of each level from 0 on, and the end; of finished levels only.
    combinations
        How many were evaluated.
    finished
        Whether it grows no more.
    """

    def __init__(
        self,
        table: TruthTable,
        operators: Sequence[Operator],
        costs: Mapping[str, int],
        atom_costs: Sequence[int],
        max_entries: int = MAX_ENTRIES,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        n_words = len(table.target)
        capacity = int(min(max_entries, max(1000, max_bytes // (8 * n_words + 40))))
        self.table, self.names = table, table.names
        self.asked = Asked(table.target, table.care, table.planes, table.shares)
        self.operators = tuple(row for row in operators if row.bits)
        self._kernels = word_table(self.operators)
        self._costs = [costs[row.name] for row in self.operators]
        self.entries = Entries(
            np.zeros((capacity, n_words), np.uint64),
            np.zeros(capacity, np.int16),
            np.zeros((capacity, MAX_ARITY), np.int32),
            np.zeros(capacity, np.int16),
            np.zeros(capacity),
            np.zeros(1 << (2 * capacity).bit_length(), np.int32),
            np.zeros(1, np.int64),
        )
        self._scratch = np.zeros(n_words, np.uint64)
        self._atom_costs = list(atom_costs)
        self.bounds = [0, 0]
        self.combinations, self.finished = 0, False
        self._segments: list[Segment] = []
        self._place = 0
        self._open_level()

    @property
    def count(self) -> int:
        """Number of entries of finished levels."""
        return self.bounds[-1]

    @property
    def level(self) -> int:
        """The level under way."""
        return len(self.bounds) - 1

    def cost_of(self, row: Operator) -> int:
        """Level of one use of an operator."""
        return self._costs[self.operators.index(row)]

    def grow(self, most: int) -> int:
        """Evaluate at most so many combinations, to the end of a level at most; how many it were."""
        began, level = self.combinations, self.level
        while not self.finished and self.level == level and self.combinations - began < most:
            segment = self._segments[0]
            end = min(segment.size, self._place + most - (self.combinations - began))
            address = self._kernels.forward[segment.code]
            full = combine(self.entries, self.asked, address, segment, self._place, end, self._scratch)
            self.combinations += end - self._place
            self._place = end
            if end == segment.size:
                self._segments, self._place = self._segments[1:], 0
            if full < 0:
                self.bounds.append(int(self.entries.used[0]))
                self.finished = True
            elif not self._segments:
                self._close_level()
        return self.combinations - began

    def _close_level(self) -> None:
        self.bounds.append(int(self.entries.used[0]))
        self._open_level()

    def _open_level(self) -> None:
        """Add the atoms of a level and list what else it consists of; a level of nothing else is finished.

        Thus where the enumeration stands follows from the number of combinations.
        """
        for column, cost in enumerate(self._atom_costs):
            if cost == self.level:
                put_atom(self.entries, self.asked, self.table.columns[column], column, cost)
        self._segments = [segment for segment in self._of_level() if segment.size > 0]
        largest = max(self._costs) + max(self._atom_costs)
        barren = self.level > largest and self.bounds[-1] == self.bounds[max(0, self.level - 2 * largest)]
        if barren or sum(segment.size for segment in self._segments) > MAX_COMBINATIONS:
            self.finished = True
        elif not self._segments:
            self._close_level()

    def range_of(self, level: int) -> tuple[int, int]:
        """Entries of a finished level."""
        return self.bounds[level], self.bounds[level + 1]

    def _of_level(self) -> Iterator[Segment]:
        for code, (row, cost) in enumerate(zip(self.operators, self._costs, strict=True), FIRST_OPERATOR):
            for levels in _sums(self.level - cost, row.arity):
                if row.commutative and row.arity == 2 and levels[0] > levels[1]:
                    continue
                ordered = int(row.commutative and row.arity == 2 and levels[0] == levels[1])
                ranges = [self.range_of(level) for level in levels]
                ranges += [(0, 1)] * (MAX_ARITY - row.arity)
                yield Segment(code, self.level, *ranges[0], *ranges[1], *ranges[2], ordered)

    def nodes(self, entry: int) -> Nodes:
        """The formula of an entry, of the atoms' names."""
        backwards: list[Node] = []
        pending = [entry]
        while pending:
            place = pending.pop()
            code = int(self.entries.code[place])
            if code == VARIABLE:
                backwards.append(Variable(self.names[int(self.entries.arguments[place, 0])]))
                continue
            row = self.operators[code - FIRST_OPERATOR]
            backwards.append(row)
            pending += self.entries.arguments[place, : row.arity].tolist()
        return tuple(reversed(backwards))


def _sums(total: int, count: int) -> Iterator[tuple[int, ...]]:
    """Ways to write a total as so many whole numbers of 1 or more."""
    if count == 1:
        if total >= 1:
            yield (total,)
        return
    for first in range(1, total - count + 2):
        for rest in _sums(total - first, count - 1):
            yield (first, *rest)
