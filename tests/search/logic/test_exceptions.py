"""Circuits that are corrected in a few rows."""

from __future__ import annotations

import numpy as np
import pytest

from symlaw.data.logic.truths import every_row
from symlaw.search.logic.exceptions import corrected
from symlaw.search.logic.starting import by_count, counted


@pytest.mark.parametrize("n", [5, 7])
@pytest.mark.parametrize("strays", [1, 2])
def test_a_corrected_circuit_is_right_in_every_row(n: int, strays: int) -> None:
    rows = every_row(n)
    near = rows.sum(axis=1) > n // 2
    table = near.copy()
    table[np.random.default_rng(n).choice(len(rows) - 1, strays, replace=False)] ^= True
    assert np.array_equal(by_count(table, strays), near)
    graph = corrected(counted(near), table, rows)
    assert np.array_equal(graph.truths(rows)[:, 0], table)


def test_signals_that_are_there_tell_a_row_with_fewer_nodes_than_inputs() -> None:
    rows = every_row(7)
    near = rows.sum(axis=1) > 3
    table = near.copy()
    table[37] ^= True
    begun = counted(near)
    # a conjunction of all inputs, and one node that takes it in or leaves it out
    assert len(corrected(begun, table, rows).nodes) < len(begun.nodes) + 7
