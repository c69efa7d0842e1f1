"""All circuits of few conjunctions over four inputs, gone through in one order.

A function and its opposite count as one, the one that is false where no input holds. A circuit is a rising
row of numbers, each of which names two earlier signals and which conjunction of them or their opposites; so
the order of nodes that do not need each other is looked at once. The first node may be taken as the
conjunction of the first two inputs, since functions are told apart only up to exchanges and opposites of
inputs (NPN classes; Knuth, The Art of Computer Programming 7.1.2).
"""

from __future__ import annotations

from functools import cache
from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np

from symlaw.data.logic.truths import every_row
from symlaw.engine.compiling.jit import inner, kernel

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

_INPUTS, _ROWS = 4, 16
_FULL = 0xFFFF
# Steps of one call, so that it stays short.
_STEPS = 4_000_000


@cache
def transforms() -> Ints:
    """For each exchange and each opposites of inputs, which row each row becomes, (384, 16).

    Row ``i`` has the input ``k`` where the bit ``3 - k`` of ``i`` is 1. Opposites vary fastest.
    """
    rows = every_row(_INPUTS)
    weights = 1 << np.arange(_INPUTS)[::-1]
    found = [
        (rows[:, list(order)] ^ flips) @ weights
        for order in permutations(range(_INPUTS))
        for flips in every_row(_INPUTS)
    ]
    return np.array(found, np.int64)


def bits_of_rows(tables: NDArray[np.bool_]) -> Ints:
    """Tables (..., 16) as numbers, row ``i`` the bit ``i``."""
    return np.asarray(tables @ (1 << np.arange(_ROWS)), np.int64)


def classes_of_all() -> tuple[Ints, Ints]:
    """The class of each of the 65,536 functions, and the smallest function of each class."""
    moves = transforms()
    known = np.full(_FULL + 1, -1, np.int64)
    first: list[int] = []
    for function in range(_FULL + 1):
        if known[function] < 0:
            table = (function >> np.arange(_ROWS)) & 1 == 1
            orbit = bits_of_rows(table[moves])
            known[orbit] = known[_FULL ^ orbit] = len(first)
            first.append(function)
    return known, np.array(first, np.int64)


@inner
def _conjunction(a, b, kind):  # type: ignore[no-untyped-def]
    """One of the four conjunctions, or its opposite where it would hold without inputs."""
    if kind == 0:
        return a & b
    if kind == 1:
        return a & ~b
    if kind == 2:
        return ~a & b
    return a | b


@kernel
def enumerate_some(classes, sizes, chains, functions, codes, uses, pairs, place):  # type: ignore[no-untyped-def]
    """Go on through all circuits of ``len(codes)`` nodes; what is new is kept; False when all were seen.

    ``classes`` (65536,) numbers the functions' classes, ``sizes`` (m,) takes how many nodes each needs, where
    it is still -1, and ``chains`` (m, most) the numbers of its nodes. ``functions`` (4 + n,), ``codes`` (n,)
    and ``uses`` (n,) are the circuit looked at; ``pairs`` (..., 2) what numbers name, ``place`` (3,) the
    level, unused nodes and steps left.
    """
    n = len(codes)
    level, unused = place[0], place[1]
    while place[2] > 0:
        place[2] -= 1
        signals = 4 + level
        codes[level] += 1
        code = codes[level]
        if code >= 2 * signals * (signals - 1) or (level == 0 and code > 0):
            # back to the node before
            if level == 0:
                return False
            level -= 1
            i, j = pairs[codes[level] >> 2, 0], pairs[codes[level] >> 2, 1]
            unused -= 1
            for used in (i, j):
                if used >= 4:
                    uses[used - 4] -= 1
                    if uses[used - 4] == 0:
                        unused += 1
            place[0], place[1] = level, unused
            continue
        i, j = pairs[code >> 2, 0], pairs[code >> 2, 1]
        left = unused + 1
        for used in (i, j):
            if used >= 4 and uses[used - 4] == 0:
                left -= 1
        # a node takes in two others at most
        if left > n - level:
            continue
        own = _conjunction(functions[i], functions[j], code & 3)
        fresh = own != 0
        for signal in range(signals):
            fresh = fresh and functions[signal] != own
        if not fresh:
            continue
        if level == n - 1:
            kind = classes[own]
            if sizes[kind] < 0:
                sizes[kind] = n
                for k in range(n):
                    chains[kind, k] = codes[k]
            continue
        functions[signals] = own
        for used in (i, j):
            if used >= 4:
                uses[used - 4] += 1
        uses[level] = 0
        unused = left
        level += 1
        codes[level] = code
        if level == n - 1:
            # the last node takes in the one before, which nothing else can
            codes[level] = max(code, 2 * signals * (signals - 1) - 1)
        place[0], place[1] = level, unused
    return True


def enumerated(n: int, classes: Ints, sizes: Ints, chains: Ints, is_late: Callable[[], bool]) -> bool:
    """Go through all circuits of ``n`` nodes; whether all were seen.

    Parameters
    ----------
    n
        How many nodes, from 1 up.
    classes, sizes, chains
        As `enumerate_some` has them; what is found is written there.
    is_late
        Whether to stop.
    """
    rows = np.arange(_ROWS)
    functions = np.zeros(_INPUTS + n, np.int64)
    functions[:_INPUTS] = [bits_of_rows((rows >> (_INPUTS - 1 - k)) & 1 == 1) for k in range(_INPUTS)]
    codes, uses, place = np.full(n, -1, np.int64), np.zeros(n, np.int64), np.zeros(3, np.int64)
    pairs = np.array([(i, j) for j in range(1, _INPUTS + n) for i in range(j)], np.int64)
    while not is_late():
        place[2] = _STEPS
        if not enumerate_some(classes, sizes, chains, functions, codes, uses, pairs, place):
            return True
    return False


def nodes_of(codes: list[int]) -> tuple[list[tuple[int, int]], int]:
    """A row of numbers as nodes of literals, and the literal of the function that is false without inputs."""
    literals = [2 * signal for signal in range(_INPUTS)]
    nodes: list[tuple[int, int]] = []
    for code in codes:
        kind, j = code & 3, 1
        while (j + 1) * j // 2 <= code >> 2:
            j += 1
        one, other = literals[(code >> 2) - j * (j - 1) // 2], literals[j]
        own = 2 * (_INPUTS + len(nodes))
        nodes.append((one ^ (kind > 1), other ^ (kind in (1, 3))))
        literals.append(own ^ (kind == 3))
    return nodes, literals[-1]
