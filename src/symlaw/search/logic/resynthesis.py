"""Circuits made smaller: a node at a time is computed in another way that no output can tell.

Where an output depends on a node, the node's truths matter; elsewhere any will do. So a node may be one of
the other signals, or another conjunction of two of them (resubstitution with observability don't-cares;
Mishchenko and others 2011). Changes that save nothing are kept too: they lead to others that do (Miller and
Smith 2006). Nodes that no output needs stay for a while, as material.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from symlaw.engine.compiling.jit import inner, kernel
from symlaw.engine.random import below, stream
from symlaw.language.rules.circuits import AndGraph

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Words = NDArray[np.uint64]

# Places for nodes that no output needs, and moves of one call.
_SPARE, _MOVES = 10, 4_000
# Words of all rows together that a call may look at, so that it stays short.
_CALL = 2e7
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
# Places of `info`: inputs, nodes, needed nodes, the fewest so far, how many more are borne.
_INPUTS, _NODES, _NEEDED, _BEST, _BORNE, _LEFT = 0, 1, 2, 3, 4, 5


@inner
def _compute(fan, values, n_inputs, first, n_nodes):  # type: ignore[no-untyped-def]
    """Truths of nodes from ``first`` on."""
    for node in range(first, n_nodes):
        a, b = fan[node, 0], fan[node, 1]
        one = _ALL if a & 1 else np.uint64(0)
        other = _ALL if b & 1 else np.uint64(0)
        for k in range(values.shape[1]):
            values[n_inputs + node, k] = (values[a >> 1, k] ^ one) & (values[b >> 1, k] ^ other)


@inner
def _mark(fan, outputs, needed, n_inputs, n_nodes):  # type: ignore[no-untyped-def]
    """Which nodes an output needs, into ``needed``; how many."""
    needed[:] = 0
    for one in outputs:
        if one >> 1 >= n_inputs:
            needed[(one >> 1) - n_inputs] = 1
    count = 0
    for back in range(n_nodes):
        node = n_nodes - 1 - back
        if needed[node]:
            count += 1
            for side in range(2):
                source = (fan[node, side] >> 1) - n_inputs
                if source >= 0:
                    needed[source] = 1
    return count


@inner
def _matters(fan, outputs, values, other, mask, target, info):  # type: ignore[no-untyped-def]
    """Rows in which an output depends on node ``target``, into the last row of ``other``."""
    n_inputs, n_nodes = info[_INPUTS], info[_NODES]
    care = len(other) - 1
    for k in range(values.shape[1]):
        other[n_inputs + target, k] = ~values[n_inputs + target, k]
        other[care, k] = np.uint64(0)
    for node in range(target + 1, n_nodes):
        a, b = fan[node, 0], fan[node, 1]
        one = _ALL if a & 1 else np.uint64(0)
        two = _ALL if b & 1 else np.uint64(0)
        # signals before the target are the same in both
        from_a = other if a >> 1 >= n_inputs + target else values
        from_b = other if b >> 1 >= n_inputs + target else values
        for k in range(values.shape[1]):
            other[n_inputs + node, k] = (from_a[a >> 1, k] ^ one) & (from_b[b >> 1, k] ^ two)
    for literal in outputs:
        signal = literal >> 1
        if signal >= n_inputs + target:
            for k in range(values.shape[1]):
                other[care, k] |= (values[signal, k] ^ other[signal, k]) & mask[k]


@inner
def _sort(values, care, target, lists):  # type: ignore[no-untyped-def]
    """Literals before a signal that hold wherever it has to be true, or false; how many; and one that is it.

    ``lists[0]`` and ``lists[1]`` take them. The last is -1 where there is none.
    """
    on, off, equal = 0, 0, -1
    for signal in range(target):
        in_on, in_off, out_on, out_off = True, True, True, True
        for k in range(values.shape[1]):
            own, x = values[target, k], values[signal, k]
            wanted, unwanted = own & care[k], ~own & care[k]
            in_on = in_on and wanted & ~x == np.uint64(0)
            out_on = out_on and wanted & x == np.uint64(0)
            in_off = in_off and unwanted & ~x == np.uint64(0)
            out_off = out_off and unwanted & x == np.uint64(0)
            if not (in_on or in_off or out_on or out_off):
                break
        if in_on:
            lists[0, on] = 2 * signal
            on += 1
        if out_on:
            lists[0, on] = 2 * signal + 1
            on += 1
        if in_off:
            lists[1, off] = 2 * signal
            off += 1
        if out_off:
            lists[1, off] = 2 * signal + 1
            off += 1
        if in_on and out_off:
            equal = 2 * signal
        elif out_on and in_off:
            equal = 2 * signal + 1
    return on, off, equal


@inner
def _pair(values, care, target, lists, count, inverted, state):  # type: ignore[no-untyped-def]
    """Two of some literals whose conjunction is a signal, or its opposite, where it matters; or (-1, -1)."""
    whole = count * count
    begin = below(state, whole) if whole else 0
    flip = _ALL if inverted else np.uint64(0)
    for step in range(whole):
        place = (begin + step) % whole
        i, j = place // count, place % count
        if i >= j:
            continue
        a, b = lists[inverted, i], lists[inverted, j]
        one = _ALL if a & 1 else np.uint64(0)
        two = _ALL if b & 1 else np.uint64(0)
        good = True
        for k in range(values.shape[1]):
            both = (values[a >> 1, k] ^ one) & (values[b >> 1, k] ^ two)
            if both & ~(values[target, k] ^ flip) & care[k] != np.uint64(0):
                good = False
                break
        if good:
            return a, b
    return -1, -1


@inner
def _redirect(fan, outputs, first, n_nodes, signal, literal):  # type: ignore[no-untyped-def]
    """Have a literal stand wherever a signal was used."""
    for node in range(first, n_nodes):
        for side in range(2):
            if fan[node, side] >> 1 == signal:
                fan[node, side] = literal ^ (fan[node, side] & 1)
    for place in range(len(outputs)):
        if outputs[place] >> 1 == signal:
            outputs[place] = literal ^ (outputs[place] & 1)


@inner
def _exchange(fan, outputs, needed, values, n_inputs, n_nodes, place):  # type: ignore[no-untyped-def]
    """Exchange two neighbours in the order where neither uses the other."""
    one, two = n_inputs + place, n_inputs + place + 1
    if fan[place + 1, 0] >> 1 == one or fan[place + 1, 1] >> 1 == one:
        return
    for side in range(2):
        fan[place, side], fan[place + 1, side] = fan[place + 1, side], fan[place, side]
    needed[place], needed[place + 1] = needed[place + 1], needed[place]
    for k in range(values.shape[1]):
        values[one, k], values[two, k] = values[two, k], values[one, k]
    for node in range(place + 2, n_nodes):
        for side in range(2):
            if fan[node, side] >> 1 == one:
                fan[node, side] += 2
            elif fan[node, side] >> 1 == two:
                fan[node, side] -= 2
    for at in range(len(outputs)):
        if outputs[at] >> 1 == one:
            outputs[at] += 2
        elif outputs[at] >> 1 == two:
            outputs[at] -= 2


@kernel
def rewrite(fan, outputs, values, other, mask, lists, info, state):  # type: ignore[no-untyped-def]
    """Make some moves, until one leads to fewer nodes than ever; the rest of the moves is left in ``info``.

    ``fan`` (n_nodes, 2) and ``outputs`` are literals, ``values`` and ``other`` truths of signals with one row
    more in ``other``, ``mask`` the rows that count; ``lists`` is scratch (3, ...), its last row says which
    nodes are needed.
    """
    n_inputs, n_nodes = info[_INPUTS], info[_NODES]
    needed, care = lists[2], other[len(other) - 1]
    while info[_LEFT] > 0:
        info[_LEFT] -= 1
        for _ in range(2):
            _exchange(fan, outputs, needed, values, n_inputs, n_nodes, below(state, n_nodes - 1))
        node = below(state, n_nodes)
        signal = n_inputs + node
        if not needed[node]:
            a, b = below(state, 2 * signal), below(state, 2 * signal)
            if a >> 1 != b >> 1:
                # a node that none needs is drawn anew, and others that none needs may follow it
                fan[node, 0], fan[node, 1] = a, b
                _compute(fan, values, n_inputs, node, n_nodes)
            continue
        _matters(fan, outputs, values, other, mask, node, info)
        on, off, equal = _sort(values, care, signal, lists)
        if equal >= 0:
            _redirect(fan, outputs, node + 1, n_nodes, signal, equal)
        else:
            inverted = below(state, 2)
            a, b = _pair(values, care, signal, lists, off if inverted else on, inverted, state)
            if a < 0:
                continue
            before_a, before_b = fan[node, 0], fan[node, 1]
            fan[node, 0], fan[node, 1] = a, b
            if _mark(fan, outputs, needed, n_inputs, n_nodes) > info[_BEST] + info[_BORNE]:
                fan[node, 0], fan[node, 1] = before_a, before_b
                _mark(fan, outputs, needed, n_inputs, n_nodes)
                continue
            if inverted:
                _redirect(fan, outputs, node + 1, n_nodes, signal, 2 * signal + 1)
        _compute(fan, values, n_inputs, node, n_nodes)
        info[_NEEDED] = _mark(fan, outputs, needed, n_inputs, n_nodes)
        if info[_NEEDED] < info[_BEST]:
            info[_BEST] = info[_NEEDED]
            return


def compact(fan: NDArray[np.int64], outputs: NDArray[np.int64], n_inputs: int) -> AndGraph:
    """The nodes that outputs need, as a circuit."""
    needed = np.zeros(len(fan), np.int64)
    for literal in outputs.tolist():
        if literal >> 1 >= n_inputs:
            needed[(literal >> 1) - n_inputs] = 1
    for node in reversed(range(len(fan))):
        for literal in fan[node].tolist():
            if needed[node] and literal >> 1 >= n_inputs:
                needed[(literal >> 1) - n_inputs] = 1
    places = n_inputs + np.cumsum(needed) - 1

    def moved(literal: int) -> int:
        signal = literal >> 1
        return literal if signal < n_inputs else 2 * int(places[signal - n_inputs]) + (literal & 1)

    nodes = tuple((moved(int(a)), moved(int(b))) for (a, b), own in zip(fan, needed, strict=True) if own)
    return AndGraph(n_inputs, nodes, tuple(moved(int(one)) for one in outputs))


def resynthesised(
    graph: AndGraph,
    inputs: Words,
    mask: Words,
    *,
    moves: int,
    seed: int,
    borne: int = 1,
    is_late: Callable[[], bool] = lambda: False,
) -> AndGraph:
    """A circuit with the same outputs in the rows that count, of at most as many nodes.

    Parameters
    ----------
    graph
        The circuit.
    inputs
        Truths of the inputs, uint64 (n_inputs, n_words).
    mask
        The rows that count, uint64 (n_words,).
    moves
        How many changes are tried.
    seed
        Of the draws.
    borne
        How many nodes more than the fewest so far a circuit may have on the way.
    is_late
        Whether to stop; the answer is then the best so far.
    """
    best = graph
    if len(graph.nodes) < 2:
        return best
    n, m = graph.n_inputs, len(graph.nodes) + _SPARE
    state = stream(seed, "resynthesis")
    fan = np.zeros((m, 2), np.int64)
    fan[: len(graph.nodes)] = graph.nodes
    fan[len(graph.nodes) :] = (0, 2)
    outputs = np.array(graph.outputs, np.int64)
    values, other = (
        np.zeros((n + m, inputs.shape[1]), np.uint64),
        np.zeros((n + m + 1, inputs.shape[1]), np.uint64),
    )
    values[:n] = inputs
    lists = np.zeros((3, 2 * (n + m) + 2), np.int64)
    info = np.array([n, m, len(best.nodes), len(best.nodes), borne, 0], np.int64)
    begin(fan, outputs, values, lists, info)
    left = moves
    call = max(50, min(_MOVES, int(_CALL / (values.size * 8))))
    while left > 0 and not is_late():
        info[_LEFT] = min(call, left)
        left -= int(info[_LEFT])
        rewrite(fan, outputs, values, other, mask, lists, info, state)
        left += int(info[_LEFT])
        if info[_BEST] < len(best.nodes):
            best = compact(fan, outputs, n)
    return best


@kernel
def begin(fan, outputs, values, lists, info):  # type: ignore[no-untyped-def]
    """Truths of all nodes, and which are needed."""
    _compute(fan, values, info[_INPUTS], 0, info[_NODES])
    info[_NEEDED] = _mark(fan, outputs, lists[2], info[_INPUTS], info[_NODES])
    info[_BEST] = info[_NEEDED]
