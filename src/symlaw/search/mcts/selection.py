"""Choosing where a tree is tried next, and telling it what came of that.

Choice is by PUCT (Rosin 2011; Silver et al. 2017) on a mixture of the best and the mean reward below a
beginning. Several are chosen before any is tried, each as if those before it had brought nothing (virtual
loss; Chaslot et al. 2008).
"""

from __future__ import annotations

import numpy as np

from symlaw.engine.compiling.jit import inner, kernel
from symlaw.engine.tape import CONSTANT
from symlaw.language.operators.row import MAX_ARITY
from symlaw.search.mcts.alphabet import cost_of, fill, open_places
from symlaw.search.mcts.keys import key_of
from symlaw.search.mcts.nodes import BARRED, MAX_DEPTH, UNBORN, slot_of, trace

# What `_born` says of a tree without room.
_FULL = -3


@kernel
def select(tree, policy, choice, ground, batch):  # type: ignore[no-untyped-def]
    """Choose beginnings until the batch is full or none is left, and count them as under way.

    ``policy`` is the probability of each symbol in each context. Returns how many were chosen.
    """
    size = len(batch.length)
    filled = 0
    for _ in range(4 * size):
        if filled == size or tree.closed[0] != 0:
            break
        if _descend(tree, policy, choice, ground, batch, filled):
            for place in range(batch.length[filled]):
                tree.pending[batch.path[filled, place]] += 1
            filled += 1
    batch.filled[0] = filled
    return filled


@inner
def _descend(tree, policy, choice, ground, batch, number):  # type: ignore[no-untyped-def]
    """Go down from the root to where a formula is to be tried; False at a dead end, which is closed."""
    node, length = 0, 0
    while True:
        batch.path[number, length] = node
        length += 1
        complete = tree.context[node] < 0
        if complete or tree.visits[node] + tree.pending[node] < choice.ripe or length == MAX_DEPTH:
            break
        child = _FULL
        while True:
            symbol = _favourite(tree, policy, choice, node)
            if symbol < 0:
                tree.closed[node] = 1
                return False
            child = tree.child[node, symbol]
            if child == UNBORN:
                child = _born(tree, node, symbol, ground)
                if child != _FULL:
                    tree.child[node, symbol] = child
            if child != BARRED:
                break
        if child == _FULL:
            break
        node = child
        if tree.closed[node] != 0:
            return False
    batch.length[number] = length
    # one look at a complete formula suffices, so nobody else goes there meanwhile
    return not complete or tree.pending[node] == 0


@inner
def _favourite(tree, policy, choice, node):  # type: ignore[no-untyped-def]
    """Symbol with the largest upper bound; -1 where none is left."""
    context = tree.context[node]
    visits = max(tree.visits[node], 1)
    here = choice.exploration * (visits + tree.pending[node]) ** 0.5
    unseen = tree.total[node] / visits
    favourite, largest = -1, -np.inf
    for symbol in range(policy.shape[1]):
        child = tree.child[node, symbol]
        if child == BARRED or policy[context, symbol] <= 0.0:
            continue
        value, tries = unseen, 0
        if child >= 0:
            if tree.closed[child] != 0:
                continue
            seen = tree.visits[child]
            tries = seen + tree.pending[child]
            if seen > 0:
                mean = tree.total[child] / seen
                value = choice.best_share * tree.best[child] + (1.0 - choice.best_share) * mean
                value *= seen / tries
        bound = value + here * policy[context, symbol] / (1.0 + tries)
        if bound > largest:
            favourite, largest = symbol, bound
    return favourite


@inner
def _born(tree, node, symbol, ground):  # type: ignore[no-untyped-def]
    """The node that a symbol leads to, a new one or one that amounts to the same; or BARRED, or FULL."""
    symbols, alphabet = ground.symbols, ground.alphabet
    n = trace(tree, node, symbols)
    depth = open_places(symbols, n, alphabet, ground.holes)
    if alphabet.codes[symbol] == CONSTANT and _lies_beside_constant(tree, node, ground):
        return BARRED
    symbols[n] = symbol
    depth = fill(symbol, alphabet, ground.holes, depth)
    context = ground.holes[depth - 1] if depth > 0 else -1
    cost = cost_of(symbols, n + 1, alphabet)
    if cost + depth * alphabet.leaf_cost > ground.grammar.max_complexity or n + 1 + depth > MAX_DEPTH:
        return BARRED
    key = key_of(symbols, n + 1, depth, tree.state, ground)
    if key == np.uint64(0):
        return BARRED
    slot = slot_of(tree, key)
    twin = np.int64(tree.slots[slot])
    if twin >= 0:
        # a cheaper way to write the same takes its place
        m = trace(tree, twin, symbols)
        if cost < cost_of(symbols, m, alphabet) and node < twin:
            tree.parent[twin], tree.symbol[twin] = node, symbol
        return twin
    new = tree.count[0]
    if new == len(tree.parent):
        return _FULL
    tree.count[0] = new + 1
    tree.slots[slot] = new
    tree.parent[new], tree.symbol[new], tree.context[new] = node, symbol, context
    tree.visits[new], tree.pending[new], tree.closed[new] = 0, 0, 0
    tree.total[new], tree.best[new], tree.key[new] = 0.0, 0.0, key
    for other in range(tree.child.shape[1]):
        tree.child[new, other] = UNBORN
    return new


@inner
def _lies_beside_constant(tree, node, ground):  # type: ignore[no-untyped-def]
    """Whether the next open place is the first argument of an operator whose second is a constant."""
    n_symbols = len(ground.alphabet.codes)
    beside = tree.context[node] - 1 - MAX_ARITY * n_symbols
    return beside >= 0 and ground.alphabet.codes[beside % n_symbols] == CONSTANT


@kernel
def back_up(tree, batch, rewards, done):  # type: ignore[no-untyped-def]
    """Tell the chosen nodes, and those above them, what was found there.

    Beginnings from number ``done`` on were not tried.
    """
    for number in range(batch.filled[0]):
        for place in range(batch.length[number]):
            node = batch.path[number, place]
            tree.pending[node] -= 1
            if number < done:
                tree.visits[node] += 1
                tree.total[node] += rewards[number]
                tree.best[node] = max(tree.best[node], rewards[number])
