"""A circuit of nearly the right table, corrected in the rows that differ.

A row is told from others by signals that are there already. It is enough that a node is changed in that row,
and in no other row in which an output depends on the node, so that few signals tell it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from symlaw.language.rules.circuits import AndGraph, Builder

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Truths = NDArray[np.bool_]

# Sets of signals that are made larger, and signals at most.
_BEAM, _MOST = 60, 12


def corrected(graph: AndGraph, table: Truths, rows: Truths) -> AndGraph:
    """A circuit that is right in every row, with few nodes more.

    Parameters
    ----------
    graph
        A circuit of one output, a node, that is right in nearly all rows.
    table
        The output in all rows, (2^n,).
    rows
        The inputs, (2^n, n).
    """
    for row in np.flatnonzero(graph.truths(rows)[:, 0] != table).tolist():
        graph = _flipped(graph, row, rows)
    return graph


def _flipped(graph: AndGraph, row: int, rows: Truths) -> AndGraph:
    """The circuit with the output changed in one row."""
    signals = _signals(graph, rows)
    best: tuple[int, tuple[int, ...]] | None = None
    for signal in range(graph.n_inputs, len(signals)):
        depends, after = _depends(graph, signals, signal)
        if not depends[row]:
            continue
        # rows in which a change of the node would be seen, and it is as in the row
        others = depends & (signals[signal] == signals[signal, row])
        others[row] = False
        usable = np.flatnonzero(~after)
        chosen = _telling(signals[usable] == signals[usable, row][:, None], others)
        if chosen is None:
            continue
        literals = tuple(2 * int(usable[k]) + int(not signals[usable[k], row]) for k in chosen)
        if best is None or len(literals) < len(best[1]):
            best = signal, literals
    assert best is not None  # the inputs tell each row, and the output depends on its own node
    return _written(graph, *best, to=not signals[best[0], row])


def _signals(graph: AndGraph, rows: Truths) -> Truths:
    """Truths of inputs and nodes, (n_signals, n_rows)."""
    found = list(rows.T)
    for one, other in graph.nodes:
        found.append((found[one >> 1] ^ bool(one & 1)) & (found[other >> 1] ^ bool(other & 1)))
    return np.array(found)


def _depends(graph: AndGraph, signals: Truths, signal: int) -> tuple[Truths, Truths]:
    """Rows in which the output depends on a signal; and the signals that may change with it, itself too."""
    changed = {signal: ~signals[signal]}
    for number, (one, other) in enumerate(graph.nodes, start=graph.n_inputs):
        if number > signal and (one >> 1 in changed or other >> 1 in changed):
            left, right = (
                changed.get(part >> 1, signals[part >> 1]) ^ bool(part & 1) for part in (one, other)
            )
            changed[number] = left & right
    after = np.zeros(len(signals), bool)
    after[list(changed)] = True
    out = graph.outputs[0] >> 1
    return changed.get(out, signals[out]) != signals[out], after


def _telling(agree: Truths, others: Truths) -> tuple[int, ...] | None:
    """Few signals that together agree with a row in none of some other rows.

    ``agree`` (n_signals, n_rows) says where each signal is as in the row.
    """
    kept = agree[:, others].astype(np.float32)
    left = np.ones((1, kept.shape[1]), np.float32)
    chosen: list[tuple[int, ...]] = [()]
    for _ in range(_MOST):
        counts = left @ kept.T
        order = np.argsort(counts, axis=None, kind="stable")
        state, signal = divmod(int(order[0]), len(kept))
        if counts[state, signal] == 0.0:
            return (*chosen[state], signal)
        states: dict[bytes, tuple[int, ...]] = {}
        for place in order[: 4 * _BEAM].tolist():
            state, signal = divmod(place, len(kept))
            states.setdefault((left[state] * kept[signal]).tobytes(), (*chosen[state], signal))
            if len(states) == _BEAM:
                break
        left = np.array([np.frombuffer(key, np.float32) for key in states])
        chosen = list(states.values())
    return None


def _written(graph: AndGraph, signal: int, literals: tuple[int, ...], *, to: bool) -> AndGraph:
    """The circuit with a node that is ``to`` where all literals hold, and as before elsewhere."""
    builder = Builder(graph.n_inputs)
    known: dict[int, int] = {}

    def literal(one: int) -> int:
        return of(one >> 1) ^ (one & 1)

    def of(number: int) -> int:
        if number < graph.n_inputs:
            return 2 * number
        if number not in known:
            one, other = graph.nodes[number - graph.n_inputs]
            made = builder.both(literal(one), literal(other))
            if number == signal:
                told = literal(literals[0])
                for each in literals[1:]:
                    told = builder.both(told, literal(each))
                made = builder.either(made, told) if to else builder.both(made, told ^ 1)
            known[number] = made
        return known[number]

    return builder.graph([literal(graph.outputs[0])])
