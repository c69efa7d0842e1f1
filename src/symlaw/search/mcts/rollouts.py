"""Completing beginnings at random, varying what was best, and scoring what comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.engine.compiling.jit import call_separate, inner, kernel
from symlaw.engine.compiling.records import record
from symlaw.engine.fit import score
from symlaw.engine.program import MAX_CONSTANTS, MAX_NODES
from symlaw.engine.random import below, uniform
from symlaw.search.evolution.epoch import (
    DEGENERATE,
    OVERHEAD,
    add_key,
    charged,
    clear,
    fit_briefly,
    goes_on,
    has_no_variable,
    note_behaviour,
)
from symlaw.search.evolution.population import level_of, load
from symlaw.search.evolution.workspace import EVALUATED, SKIPPED, WORK
from symlaw.search.genome.genome import (
    as_program,
    complexity,
    free_constants,
    structure_key,
    tidy,
)
from symlaw.search.genome.rules import REFUSED, WHOLE, standing, standing_fitted
from symlaw.search.mcts.alphabet import cost_of, fill, open_places, write
from symlaw.search.mcts.nodes import trace

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MEMO_BITS = 16
_SIXTY_FOUR = np.uint64(64)
# A formula with constants is tried from so many starts.
STARTS = 3
# A formula whose loss is at most so many times that of the best known is fitted to the end.
_PROMISING = 4.0
# Share of the open places in which a piece of a good formula is tried.
_PIECES = 0.25
# Complexity that a roll-out may add at most.
_REACH = 14


@record
class Memo(NamedTuple):
    """Losses of formulas by structure, constants aside; direct-mapped.

    Attributes
    ----------
    key
        uint64 (n_slots,); 0 is empty.
    loss
        Smallest loss seen, float64.
    tries
        How often it was scored, int64.
    """

    key: NDArray[np.uint64]
    loss: NDArray[np.float64]
    tries: NDArray[np.int64]


def make_memo() -> Memo:
    """A memo of nothing."""
    size = 2**_MEMO_BITS
    return Memo(np.zeros(size, np.uint64), np.zeros(size), np.zeros(size, np.int64))


@kernel
def begin_epoch(workspace):  # type: ignore[no-untyped-def]
    """Make a workspace ready."""
    clear(workspace)


@kernel
def complete(tree, batch, policy, ground, memo, epoch):  # type: ignore[no-untyped-def]
    """Complete each chosen beginning at random and score it; how many were done before the budget's end.

    Parameters
    ----------
    tree
        `Tree`; complete beginnings that were tried enough are closed.
    batch
        `Batch`; ``loss`` and ``complexity`` are filled, inf where there was nothing to score.
    policy
        Probability of each symbol in each context, float64 (n_contexts, n_symbols).
    memo
        Losses known from before.
    epoch
        As for `symlaw.search.evolution.epoch.run_epoch`.
    """
    workspace = ground.workspace
    for number in range(batch.filled[0]):
        if not goes_on(workspace, epoch.rates):
            return number
        leaf = batch.path[number, batch.length[number] - 1]
        n = trace(tree, leaf, ground.symbols)
        n = _roll_out(n, policy, tree.state, ground)
        place = -1
        batch.loss[number], batch.complexity[number] = np.inf, 0.0
        written = write(
            ground.symbols[:n], ground.alphabet, ground.macros, tree.state, workspace.child,
            workspace.spare.piece, workspace.starts,
        )  # fmt: skip
        if n > 0 and written != 0:
            place = _try(ground, memo, epoch)
        else:
            workspace.counters[WORK] += OVERHEAD
        if place >= 0:
            batch.loss[number] = memo.loss[place]
            batch.complexity[number] = complexity(workspace.tidied, ground.grammar.cost)
        if tree.context[leaf] < 0 and (place < 0 or memo.tries[place] >= STARTS):
            tree.closed[leaf] = 1
    return batch.filled[0]


@kernel
def vary_elites(epoch, island, trials, tree, ground, memo):  # type: ignore[no-untyped-def]
    """Score variations of the best formula of a random complexity, so many times or to the budget's end.

    Parameters
    ----------
    epoch
        As for `complete`; of its parts it needs the first.
    island
        `Population` of the archive's elites, with the tree's random stream; what this epoch found goes
        before them.
    memo
        As for `complete`.

    Returns
    -------
    int
        0, or 1 when the epoch's parts were made for arguments of other types.
    """
    workspace = ground.workspace
    for _ in range(trials):
        if not goes_on(workspace, epoch.rates):
            return 0
        # there are fewer short formulas, so that looking at them pays most
        slot = int(uniform(tree.state) * uniform(tree.state) * len(island.size))
        if workspace.report.size[slot] > 0:
            load(workspace.report, slot, workspace.parent)
        elif island.size[slot] > 0:
            load(island, slot, workspace.parent)
        else:
            continue
        if call_separate(epoch.parts.vary, (epoch, island, workspace)) != 0:
            return 1
        if workspace.child.size[0] > 0:
            _try(ground, memo, epoch)
    return 0


@inner
def _roll_out(n, policy, state, ground):  # type: ignore[no-untyped-def]
    """Fill the open places of ``ground.symbols`` at random; how many they are then, 0 for too many."""
    alphabet, symbols, holes = ground.alphabet, ground.symbols, ground.holes
    depth = open_places(symbols, n, alphabet, holes)
    least = cost_of(symbols, n, alphabet) + depth * alphabet.leaf_cost
    room = ground.grammar.max_complexity - least
    if room > _REACH:
        room = float(_REACH)
    room *= uniform(state)
    while depth > 0:
        if n + depth >= MAX_NODES:
            return 0
        length = 0
        if uniform(state) < _PIECES:
            length = _put_piece(n, policy, room, state, ground, depth)
        if length > 0:
            room -= cost_of(symbols[n : n + length], length, alphabet) - alphabet.leaf_cost
            for place in range(n, n + length):
                depth = fill(symbols[place], alphabet, holes, depth)
            n += length
            continue
        symbol = _drawn(policy, holes[depth - 1], alphabet, room, state)
        room -= _added(symbol, alphabet)
        symbols[n] = symbol
        n += 1
        depth = fill(symbol, alphabet, holes, depth)
    return n


@inner
def _put_piece(n, policy, room, state, ground, depth):  # type: ignore[no-untyped-def]
    """Write a random piece at the end of ``ground.symbols``; its length, 0 where it does not fit."""
    if ground.n_pieces[0] == 0:
        return 0
    alphabet, symbols = ground.alphabet, ground.symbols
    number = below(state, ground.n_pieces[0])
    piece, length = ground.pieces[number], ground.piece_lengths[number]
    added = cost_of(piece, length, alphabet) - alphabet.leaf_cost
    if added > room or n + length + depth > MAX_NODES or policy[ground.holes[depth - 1], piece[0]] <= 0.0:
        return 0
    for place in range(length):
        symbols[n + place] = piece[place]
    return length


@inner
def _added(symbol, alphabet):  # type: ignore[no-untyped-def]
    """Complexity that a symbol and the cheapest arguments add to a place that had the cheapest leaf."""
    return alphabet.cost[symbol] + (alphabet.arity[symbol] - 1) * alphabet.leaf_cost


@inner
def _drawn(policy, context, alphabet, room, state):  # type: ignore[no-untyped-def]
    """A symbol by the policy's odds among those there is room for; leaves are always such."""
    total = 0.0
    for symbol in range(policy.shape[1]):
        if alphabet.arity[symbol] == 0 or _added(symbol, alphabet) <= room:
            total += policy[context, symbol]
    draw = uniform(state) * total
    last = 0
    for symbol in range(policy.shape[1]):
        odds = policy[context, symbol]
        if odds > 0.0 and (alphabet.arity[symbol] == 0 or _added(symbol, alphabet) <= room):
            last = symbol
            draw -= odds
            if draw < 0.0:
                return symbol
    return last


@inner
def _try(ground, memo, epoch):  # type: ignore[no-untyped-def]
    """Score ``workspace.child`` unless it is known; its place in the memo, -1 for what is no formula."""
    workspace, grammar, table, rows = ground.workspace, epoch.grammar, epoch.table, epoch.rows
    counters, g = workspace.counters, workspace.tidied
    counters[WORK] += OVERHEAD
    tidy(workspace.child, grammar, table, g, workspace.starts, workspace.cell)
    cost = complexity(g, grammar.cost)
    n_constants = free_constants(g, grammar)
    if cost > grammar.max_complexity or n_constants > MAX_CONSTANTS or has_no_variable(g):
        counters[SKIPPED] += 1
        return -1
    under_rules = standing(g, grammar, workspace.marks)
    if under_rules == REFUSED:
        counters[SKIPPED] += 1
        return -1
    key = structure_key(g, grammar, False, workspace.hashes)
    place = np.int64(key >> (_SIXTY_FOUR - np.uint64(_MEMO_BITS)))
    if memo.key[place] != key:
        memo.key[place], memo.loss[place], memo.tries[place] = key, np.inf, 0
    elif memo.tries[place] >= STARTS:
        counters[SKIPPED] += 1
        return place
    memo.tries[place] += 1 if n_constants > 0 else STARTS
    program, size = as_program(g), g.size[0]
    loss = score(program, size, table, rows, workspace.space)
    counters[EVALUATED] += 1
    counters[WORK] += (size + 4) * rows.X.shape[1]
    if not loss < np.inf:
        return place
    if n_constants > 0:
        add_key(workspace, key, cost)
        loss = fit_briefly(g, epoch, workspace, _PROMISING * epoch.limits[level_of(cost)], n_constants)
        under_rules = standing_fitted(g, grammar, workspace.marks, under_rules)
    if under_rules == REFUSED:
        return place
    loss += charged(program, size, table, workspace)
    whole = under_rules == WHOLE
    _, rank = note_behaviour(g, loss, cost, whole, workspace.space.f, epoch, workspace)
    if rank != DEGENERATE and loss < memo.loss[place]:
        memo.loss[place] = loss
    return place
