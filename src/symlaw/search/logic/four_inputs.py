"""The smallest circuits of all functions of four inputs, by look-up (`benchmarks/four_inputs.py` makes them).

Functions that differ by an exchange of inputs, or by opposites of inputs or of the output, need equally many
nodes: they are one of 222 classes, of each of which one circuit is kept.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.language.rules.circuits import AndGraph
from symlaw.search.logic.enumerating import bits_of_rows, transforms

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

N_INPUTS = 4
_FULL = 0xFFFF


class Known(NamedTuple):
    """A circuit of a table.

    Attributes
    ----------
    graph
        Over as many inputs as the table has.
    is_smallest
        Whether all circuits of fewer nodes were gone through.
    """

    graph: AndGraph
    is_smallest: bool


@cache
def _entries() -> tuple[int, dict[int, tuple[tuple[tuple[int, int], ...], int]]]:
    """Up to how many nodes all circuits were gone through; nodes and output for each class's function."""
    text = files("symlaw.search.logic").joinpath("four_inputs.json").read_text(encoding="utf-8")
    record = json.loads(text)
    entries = {
        int(name): (tuple((int(a), int(b)) for a, b in nodes), int(output))
        for name, (nodes, output) in record["circuits"].items()
    }
    return int(record["seen"]), entries


def looked_up(table: NDArray[np.bool_]) -> Known | None:
    """The circuit of a table of 2^n outputs, n up to 4, that are not all the same.

    It is None of tables of more inputs.
    """
    n = len(table).bit_length() - 1
    if n > N_INPUTS:
        return None
    whole = np.repeat(table, 2 ** (N_INPUTS - n))
    moves = transforms()
    images = bits_of_rows(whole[moves])
    both = np.concatenate([images, _FULL ^ images])
    place = int(np.argmin(both))
    seen, entries = _entries()
    nodes, output = entries[int(both[place])]
    return Known(
        moved(nodes, output, n, moves[place % len(moves)], place >= len(moves)), len(nodes) <= seen + 1
    )


def moved(nodes: tuple[tuple[int, int], ...], output: int, n: int, move: Ints, inverted: bool) -> AndGraph:
    """The circuit of a class's first function for another function, whose rows ``move`` put in its order.

    The first function has in row ``i`` what the other has in row ``move[i]``. So an input of the first is the
    one of the other that changes with it, or its opposite.
    """
    literals: list[int] = []
    for k in range(N_INPUTS):
        changed = int(move[0] ^ move[1 << (N_INPUTS - 1 - k)])
        own = N_INPUTS - changed.bit_length()
        literals.append(2 * own + (int(move[0]) & changed > 0))
    written: list[tuple[int, int]] = []

    def literal(one: int) -> int:
        signal = one >> 1
        if signal < N_INPUTS:
            return literals[signal] ^ (one & 1)
        return one - 2 * (N_INPUTS - n)

    for pair in nodes:
        written.append((literal(pair[0]), literal(pair[1])))
    return AndGraph(n, tuple(written), (literal(output) ^ inverted,))
