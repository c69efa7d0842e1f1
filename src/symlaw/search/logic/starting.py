"""Circuits of truth tables to begin with: shared decision graphs, and sorting networks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from symlaw.language.rules.circuits import FALSE, TRUE, AndGraph, Builder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Truths = NDArray[np.bool_]


def decided(tables: Truths) -> AndGraph:
    """The circuit that asks one input after the other, equal questions shared (Bryant 1986).

    Parameters
    ----------
    tables
        The outputs in all rows, (n_outputs, 2^n); none is the same in every row.
    """
    n = tables.shape[1].bit_length() - 1
    builder, known = Builder(n), dict[bytes, int]()

    def literal(table: Truths, place: int) -> int:
        if table[0]:
            return literal(~table, place) ^ 1
        if not table.any():
            return FALSE
        key = bytes([place]) + table.tobytes()
        if key not in known:
            low, high = table[: len(table) // 2], table[len(table) // 2 :]
            known[key] = _chosen(
                builder, 2 * place, literal(low, place + 1), literal(high, place + 1), low, high
            )
        return known[key]

    return builder.graph([literal(table, 0) for table in tables])


def _chosen(builder: Builder, x: int, low: int, high: int, is_low: Truths, is_high: Truths) -> int:
    """A literal that is ``high`` where ``x`` holds, and ``low`` elsewhere."""
    if low == high:
        return low
    if low == high ^ 1:
        return builder.odd(x, low)
    if not (is_low & ~is_high).any():
        return builder.either(low, builder.both(x, high))
    if not (is_high & ~is_low).any():
        return builder.either(high, builder.both(x ^ 1, low))
    return builder.either(builder.both(x, high), builder.both(x ^ 1, low))


def by_count(table: Truths, most: int) -> Truths | None:
    """The table of how many inputs hold that is nearest to a table, (2^n,).

    Parameters
    ----------
    table
        The output in all rows, (2^n,).
    most
        Rows that may differ. None where there are more, or the output would be the same in every row.
    """
    held = np.array([int(number).bit_count() for number in range(len(table))])
    most_often = np.bincount(held, table) > 0.5 * np.bincount(held)
    near: Truths = most_often[held]
    if np.count_nonzero(near != table) > most or near.all() or not near.any():
        return None
    return near


def counted(table: Truths) -> AndGraph:
    """The circuit that sorts its inputs and looks where the ones end (Batcher 1968).

    Parameters
    ----------
    table
        The output in all rows, (2^n,), which depends on how many inputs hold.
    """
    n = len(table).bit_length() - 1
    by_count = table[(1 << np.arange(n + 1)) - 1]
    builder = Builder(n)
    wires = [2 * place for place in range(n)]
    for one, other in _comparators(n):
        wires[one], wires[other] = (
            builder.either(wires[one], wires[other]),
            builder.both(wires[one], wires[other]),
        )
    # the wire k holds where more than k inputs do
    reached = [TRUE, *wires, FALSE]
    found = FALSE
    for count in range(n + 1):
        if by_count[count] and (count == 0 or not by_count[count - 1]):
            end = next((k for k in range(count, n + 1) if not by_count[k]), n + 1)
            found = builder.either(found, builder.both(reached[count], reached[end] ^ 1))
    return builder.graph([found])


def _comparators(n: int) -> Iterator[tuple[int, int]]:
    """Pairs of wires of the odd-even merge sort of any number of wires (Knuth 5.2.2, algorithm M)."""
    size = 1 << max(0, (n - 1).bit_length())
    p = size // 2
    while p > 0:
        q, r, d = size // 2, 0, p
        while True:
            for i in range(n - d):
                if i & p == r:
                    yield i, i + d
            if q == p:
                break
            d, q, r = q - p, q // 2, p
        p //= 2
