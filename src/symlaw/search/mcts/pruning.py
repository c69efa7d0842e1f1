"""Keeping a tree small: what is far behind is given up, what was hardly visited makes room."""

from __future__ import annotations

import numpy as np

from symlaw.engine.compiling.jit import inner, kernel
from symlaw.search.mcts.nodes import BARRED, UNBORN, slot_of


@kernel
def give_up(tree, margin, patience):  # type: ignore[no-untyped-def]
    """Close nodes whose best reward is ``margin`` below the tree's after ``patience`` visits; how many."""
    given_up = 0
    for node in range(1, tree.count[0]):
        if tree.closed[node] == 0 and tree.visits[node] >= patience:
            behind = tree.best[node] < tree.best[0] - margin
            tree.closed[node] = behind
            given_up += behind
    return given_up


@kernel
def make_room(tree, places):  # type: ignore[no-untyped-def]
    """Drop closed nodes for good, and the least visited ones until at most half of the room is used.

    A dropped node that was closed is not tried again; another one may be. ``places`` is scratch, int64
    (max_nodes,).
    """
    least = np.int64(1)
    while _kept(tree, places, least) > len(tree.parent) // 2:
        least *= 2
    count = tree.count[0]
    kept = 0
    for node in range(count):
        if places[node] >= 0:
            _move(tree, node, kept, places)
            kept += 1
    tree.count[0] = kept
    for slot in range(len(tree.slots)):
        tree.slots[slot] = -1
    for node in range(1, kept):
        tree.slots[slot_of(tree, tree.key[node])] = node


@inner
def _kept(tree, places, least):  # type: ignore[no-untyped-def]
    """Number the nodes that stay when ``least`` visits are asked; how many. Others are marked by why."""
    kept = 1
    places[0] = 0
    for node in range(1, tree.count[0]):
        if tree.closed[node] != 0:
            places[node] = BARRED
        elif places[tree.parent[node]] < 0 or tree.visits[node] < least:
            places[node] = UNBORN
        else:
            places[node] = kept
            kept += 1
    return kept


@inner
def _move(tree, node, place, places):  # type: ignore[no-untyped-def]
    """Bring a node to its new place, which is not after its old one."""
    for symbol in range(tree.child.shape[1]):
        child = tree.child[node, symbol]
        tree.child[place, symbol] = places[child] if child >= 0 else child
    tree.parent[place] = places[tree.parent[node]]
    tree.symbol[place], tree.context[place] = tree.symbol[node], tree.context[node]
    tree.visits[place], tree.pending[place] = tree.visits[node], tree.pending[node]
    tree.total[place], tree.best[place] = tree.total[node], tree.best[node]
    tree.closed[place], tree.key[place] = tree.closed[node], tree.key[node]
