"""Entries of a bank as flat arrays, the tables that find them by behaviour, and their formulas."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.engine.compiling.jit import inner
from symlaw.engine.compiling.records import record
from symlaw.engine.tape import CONSTANT, FIRST_OPERATOR, VARIABLE
from symlaw.language.expression import Expression, Node, Nodes, Variable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from symlaw.language.operators import Operator

_ZERO, _32 = np.uint64(0), np.uint64(32)
_LOW = np.uint64(0xFFFFFFFF)
_HIGH = np.uint64(0xFFFFFFFF00000000)
# At most this share of a table's slots is filled; each entry has two keys.
_FILL = 0.75
# In ``right`` of an operator of one argument: NO_ARGUMENT, or below it the number of the argument's factor.
NO_ARGUMENT = -1


@record
class Entries(NamedTuple):
    """One formula per row; children come before parents.

    Attributes
    ----------
    values
        Values on the probe rows divided by ``scale``, so of root mean square 1, float32 (capacity, n_rows).
    scale
        Root mean square of the formula's values, float64 (capacity,).
    spread
        Standard deviation of ``values``; 0 for constants and where one or two rows dominate, so that the
        entry is never matched, float32 (capacity,).
    code
        Node code of the outermost node, int16 (capacity,).
    left, right
        Entries of the arguments; of a variable its column, of a constant its number, int32 (capacity,).
    level
        Whole-numbered complexity by which entries are made, int16 (capacity,).
    used
        Number of entries, int64 (1,).
    """

    values: NDArray[np.float32]
    scale: NDArray[np.float64]
    spread: NDArray[np.float32]
    code: NDArray[np.int16]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    level: NDArray[np.int16]
    used: NDArray[np.int64]


@record
class Tables(NamedTuple):
    """Open-addressing tables of entries by behaviour.

    A slot holds the high half of a key and, in its low half, one more than the entry's number; 0 is empty.

    Attributes
    ----------
    scaled
        By values up to scale and sign, uint64 (n_slots,).
    shifted
        By values up to scale, sign and offset, uint64 (n_slots,).
    """

    scaled: NDArray[np.uint64]
    shifted: NDArray[np.uint64]


def bytes_per_entry(n_rows: int) -> int:
    """Memory of one entry without its share of the tables."""
    return sum(array.nbytes for array in make_entries(1, n_rows)[:-1])


def capacity_within(n_bytes: int, n_rows: int) -> tuple[int, int]:
    """Entries and table slots that fit into so much memory, as many entries as possible."""
    best = (0, 4)
    for power in range(4, 32):
        n_slots = 1 << power
        room = (n_bytes - 2 * 8 * n_slots) // bytes_per_entry(n_rows)
        capacity = min(room, int(_FILL * n_slots / 2))
        best = max(best, (capacity, n_slots), key=lambda pair: pair[0])
    return best


def slots_for(capacity: int) -> int:
    """Table slots that so many entries need, so that there are always free ones."""
    return 1 << max(4, math.ceil(math.log2(2 * capacity / _FILL)))


def make_entries(capacity: int, n_rows: int) -> Entries:
    """Room for entries."""
    return Entries(
        np.empty((capacity, n_rows), np.float32),
        np.empty(capacity),
        np.empty(capacity, np.float32),
        np.empty(capacity, np.int16),
        np.empty(capacity, np.int32),
        np.empty(capacity, np.int32),
        np.empty(capacity, np.int16),
        np.zeros(1, np.int64),
    )


def make_tables(n_slots: int) -> Tables:
    """Empty tables; ``n_slots`` is a power of two."""
    return Tables(np.zeros(n_slots, np.uint64), np.zeros(n_slots, np.uint64))


@inner
def find(slots, key):  # type: ignore[no-untyped-def]
    """Entry of a key, or -1."""
    mask = np.uint64(len(slots) - 1)
    place = key & mask
    while slots[place] != _ZERO:
        if (slots[place] ^ key) >> _32 == _ZERO:
            return np.int64(slots[place] & _LOW) - 1
        place = (place + np.uint64(1)) & mask
    return -1


@inner
def find_either(slots, first, second):  # type: ignore[no-untyped-def]
    """Entry of one of two keys, or -1."""
    found = find(slots, first)
    return found if found >= 0 else find(slots, second)


@inner
def insert(slots, key, entry):  # type: ignore[no-untyped-def]
    """Add a key; one that is there already keeps its entry."""
    mask = np.uint64(len(slots) - 1)
    place = key & mask
    while slots[place] != _ZERO:
        if (slots[place] ^ key) >> _32 == _ZERO:
            return
        place = (place + np.uint64(1)) & mask
    slots[place] = (key & _HIGH) | np.uint64(entry + 1)


def expression_of(
    entries: Entries,
    entry: int,
    operators: Sequence[Operator],
    variables: Sequence[str],
    constants: Sequence[Nodes],
    factors: Sequence[tuple[Nodes, Nodes]],
) -> Expression:
    """The formula of an entry."""

    # no function that calls itself: it would hold the entries until the collector of cycles runs
    backwards: list[Node] = []
    pending: list[int | Node] = [entry]
    while pending:
        place = pending.pop()
        if not isinstance(place, int):
            backwards.append(place)
            continue
        code, left, right = int(entries.code[place]), int(entries.left[place]), int(entries.right[place])
        if code == CONSTANT:
            backwards += reversed(constants[left])
        elif code == VARIABLE:
            backwards.append(Variable(variables[left]))
        else:
            row = operators[code - FIRST_OPERATOR]
            backwards.append(row)
            if row.arity == 2:
                pending += [left, right]
            elif right < NO_ARGUMENT:
                before, after = factors[NO_ARGUMENT - 1 - right]
                backwards += reversed(after)
                pending += [*before, left]
            else:
                pending.append(left)
    return Expression(tuple(reversed(backwards)))
