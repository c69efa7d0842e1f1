"""Circuits to begin with, and how they become smaller."""

from __future__ import annotations

import numpy as np
import pytest

from symlaw.data.logic.truths import every_row
from symlaw.engine.bits.words import packed
from symlaw.language.rules.circuits import AndGraph
from symlaw.search.logic.resynthesis import resynthesised
from symlaw.search.logic.starting import by_count, counted, decided

Truths = np.ndarray


def smaller(graph: AndGraph, mask: Truths, moves: int, seed: int = 0) -> AndGraph:
    return resynthesised(graph, packed(every_row(graph.n_inputs).T), packed(mask), moves=moves, seed=seed)


@pytest.mark.parametrize("n", [1, 3, 5])
def test_decisions_give_any_tables(n: int) -> None:
    tables = np.random.default_rng(n).random((3, 2**n)) < 0.5
    tables[:, 0], tables[:, -1] = [False, True, False], [True, False, True]
    assert np.array_equal(decided(tables).truths(every_row(n)).T, tables)


@pytest.mark.parametrize("n", [2, 4, 7])
def test_sorting_gives_functions_of_how_many_inputs_hold(n: int) -> None:
    rows = every_row(n)
    by_count = np.random.default_rng(n).random(n + 1) < 0.5
    by_count[[0, n]] = [False, True]
    table = by_count[rows.sum(axis=1)]
    graph = counted(table)
    assert np.array_equal(graph.truths(rows)[:, 0], table)


def test_tables_that_count_nothing_are_not_sorted() -> None:
    assert by_count(every_row(4)[:, 0], 2) is None


def test_outputs_stay_and_nodes_go() -> None:
    rows = every_row(5)
    table = rows.sum(axis=1) > 2
    begun = counted(table)
    found = smaller(begun, np.ones(32, bool), 6_000)
    assert np.array_equal(found.truths(rows)[:, 0], table)
    assert len(found.nodes) <= 13 < len(begun.nodes)
    assert found == smaller(begun, np.ones(32, bool), 6_000)


def test_several_outputs_share_nodes() -> None:
    rows = every_row(3)
    tables = np.array([rows.sum(axis=1) % 2 == 1, rows.sum(axis=1) > 1])
    found = smaller(decided(tables), np.ones(8, bool), 6_000)
    assert np.array_equal(found.truths(rows).T, tables)
    # a full adder has seven
    assert len(found.nodes) == 7


def test_rows_that_do_not_count_may_change() -> None:
    rows = every_row(4)
    table = rows[:, 0] & rows[:, 1]
    odd = table ^ (rows.sum(axis=1) == 3)
    mask = rows.sum(axis=1) != 3
    found = smaller(decided(odd[None]), mask, 4_000)
    assert np.array_equal(found.truths(rows)[mask, 0], table[mask])
    assert len(found.nodes) < len(smaller(decided(odd[None]), np.ones(16, bool), 4_000).nodes)
