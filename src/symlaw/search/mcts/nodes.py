"""The tree: beginnings of formulas with what was seen below them, as arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.engine.compiling.jit import inner
from symlaw.engine.compiling.records import record
from symlaw.engine.program import MAX_NODES
from symlaw.engine.random import stream
from symlaw.search.genome.genome import Genome, genome
from symlaw.search.mcts.alphabet import Alphabet

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symlaw.engine.blocks import KernelTable
    from symlaw.engine.fit import Rows
    from symlaw.search.evolution.workspace import Workspace
    from symlaw.search.genome.genome import Grammar
    from symlaw.search.genome.macros import Macros

# What a child may be besides a node: not there yet, and never to be tried (again).
UNBORN, BARRED = -1, -2
MAX_DEPTH = MAX_NODES
# Parts of good formulas that are at hand, and the symbols of the longest.
MAX_PIECES, PIECE_SYMBOLS = 128, 8


@record
class Tree(NamedTuple):
    """Nodes in the order of their making; node 0 is the empty beginning.

    Attributes
    ----------
    child
        Node, `UNBORN` or `BARRED` for each symbol, int32 (max_nodes, n_symbols).
    parent, symbol
        Node before, and the symbol added to it, int32 (max_nodes,).
    context
        Context of the next open place, int32; -1 where the formula is complete.
    visits, pending
        Tries below that are known, and that are under way, int64.
    total, best
        Sum and largest of the rewards below, float64.
    closed
        Whether there is nothing left to try below, int8.
    key
        What the beginning amounts to, uint64.
    slots
        Nodes by key, open addressing, int32 (4 * max_nodes,); -1 is free.
    count
        Nodes in use, int64 (1,).
    state
        Random stream, uint64 (1,).
    """

    child: NDArray[np.int32]
    parent: NDArray[np.int32]
    symbol: NDArray[np.int32]
    context: NDArray[np.int32]
    visits: NDArray[np.int64]
    pending: NDArray[np.int64]
    total: NDArray[np.float64]
    best: NDArray[np.float64]
    closed: NDArray[np.int8]
    key: NDArray[np.uint64]
    slots: NDArray[np.int32]
    count: NDArray[np.int64]  # type: ignore[assignment]
    state: NDArray[np.uint64]


def make_tree(max_nodes: int, n_symbols: int, seed: int, *place: int | str) -> Tree:
    """A tree of one node, with its own random stream; ``max_nodes`` is a power of two."""
    return Tree(
        np.full((max_nodes, n_symbols), UNBORN, np.int32),
        np.zeros(max_nodes, np.int32),
        np.zeros(max_nodes, np.int32),
        np.zeros(max_nodes, np.int32),
        np.zeros(max_nodes, np.int64),
        np.zeros(max_nodes, np.int64),
        np.zeros(max_nodes),
        np.zeros(max_nodes),
        np.zeros(max_nodes, np.int8),
        np.zeros(max_nodes, np.uint64),
        np.full(4 * max_nodes, -1, np.int32),
        np.ones(1, np.int64),
        stream(seed, *place),
    )


@record
class Choice(NamedTuple):
    """How beginnings are chosen.

    Attributes
    ----------
    exploration
        Weight of what the policy says against what was seen.
    best_share
        Weight of the best reward below a node against the mean one.
    ripe
        Visits from which a node has children.
    """

    exploration: float
    best_share: float
    ripe: int


@record
class Batch(NamedTuple):
    """Beginnings chosen together.

    Attributes
    ----------
    path
        Nodes from the root to the one chosen, int32 (n, MAX_NODES).
    length
        How many they are, int64 (n,).
    loss, complexity
        Of the formula that was tried from there, float64 (n,).
    filled
        How many were chosen, int64 (1,).
    """

    path: NDArray[np.int32]
    length: NDArray[np.int64]
    loss: NDArray[np.float64]
    complexity: NDArray[np.float64]
    filled: NDArray[np.int64]


def make_batch(size: int) -> Batch:
    """Room for this many beginnings."""
    return Batch(
        np.zeros((size, MAX_DEPTH), np.int32),
        np.zeros(size, np.int64),
        np.zeros(size),
        np.zeros(size),
        np.zeros(1, np.int64),
    )


@record
class Ground(NamedTuple):
    """What trees grow on: the language and the rows as arrays, and the scratch of one tree.

    Attributes
    ----------
    symbols, holes
        A beginning, and its open places, int64 (3 * MAX_NODES,).
    hashes, marks
        Keys of a beginning's parts, uint64, and whether they are finished, int64 (3 * MAX_NODES,).
    part
        A finished part as a genome.
    pieces, piece_lengths, n_pieces
        Parts of good formulas as symbols, the root first, int64 (MAX_PIECES, PIECE_SYMBOLS); how many symbols
        each has, int64 (MAX_PIECES,), and how many they are, int64 (1,).
    """

    alphabet: Alphabet
    macros: Macros
    grammar: Grammar
    table: KernelTable
    rows: Rows
    workspace: Workspace
    symbols: NDArray[np.int64]
    holes: NDArray[np.int64]
    hashes: NDArray[np.uint64]
    marks: NDArray[np.int64]
    part: Genome
    pieces: NDArray[np.int64]
    piece_lengths: NDArray[np.int64]
    n_pieces: NDArray[np.int64]


def make_ground(
    alphabet: Alphabet, macros: Macros, grammar: Grammar, table: KernelTable, rows: Rows, workspace: Workspace
) -> Ground:
    """Scratch for one tree."""
    width = 3 * MAX_NODES
    return Ground(
        alphabet, macros, grammar, table, rows, workspace,
        np.zeros(width, np.int64), np.zeros(width, np.int64), np.zeros(width, np.uint64),
        np.zeros((3, width), np.int64), genome(),
        np.zeros((MAX_PIECES, PIECE_SYMBOLS), np.int64), np.zeros(MAX_PIECES, np.int64),
        np.zeros(1, np.int64),
    )  # fmt: skip


@inner
def trace(tree, node, symbols):  # type: ignore[no-untyped-def]
    """Write the symbols of a node's beginning, the root first; how many they are."""
    n = 0
    while node > 0:
        symbols[n] = tree.symbol[node]
        n += 1
        node = tree.parent[node]
    for place in range(n // 2):
        symbols[place], symbols[n - 1 - place] = symbols[n - 1 - place], symbols[place]
    return n


@inner
def slot_of(tree, key):  # type: ignore[no-untyped-def]
    """Slot that holds a key's node, or the free one where it goes."""
    mask = len(tree.slots) - 1
    slot = np.int64(key >> np.uint64(20)) & mask
    while tree.slots[slot] >= 0 and tree.key[tree.slots[slot]] != key:
        slot = (slot + 1) & mask
    return slot
