"""All circuits of few nodes, and the table of the functions of four inputs."""

from __future__ import annotations

import numpy as np
import pytest

from symlaw.data.logic.truths import every_row
from symlaw.language.rules.circuits import AndGraph
from symlaw.search.logic.enumerating import bits_of_rows, classes_of_all, enumerated, nodes_of
from symlaw.search.logic.four_inputs import looked_up

MOST = 5


def test_there_are_222_classes_and_each_function_is_looked_up() -> None:
    classes, first = classes_of_all()
    assert len(first) == 222
    rows = every_row(4)
    for function in np.random.default_rng(1).choice(np.arange(1, 65_535), 120, replace=False).tolist():
        table = (function >> np.arange(16)) & 1 == 1
        known = looked_up(table)
        same = looked_up((int(first[classes[function]]) >> np.arange(16)) & 1 == 1)
        assert known is not None
        assert same is not None
        assert np.array_equal(known.graph.truths(rows)[:, 0], table)
        assert len(known.graph.nodes) == len(same.graph.nodes)


@pytest.mark.parametrize(("outputs", "nodes"), [("01", 0), ("0110", 3), ("00010111", 4), ("01101001", 6)])
def test_tables_of_fewer_inputs_are_looked_up_too(outputs: str, nodes: int) -> None:
    table = np.array([one == "1" for one in outputs])
    known = looked_up(table)
    assert known is not None
    assert known.is_smallest
    assert len(known.graph.nodes) == nodes
    assert np.array_equal(known.graph.truths(every_row(known.graph.n_inputs))[:, 0], table)


def test_tables_of_more_inputs_are_not() -> None:
    assert looked_up(np.arange(32) > 6) is None


def test_going_through_all_circuits_finds_what_the_table_says() -> None:
    classes, first = classes_of_all()
    sizes, chains = np.full(len(first), -1, np.int64), np.full((len(first), MOST), -1, np.int64)
    rows = every_row(4)
    sizes[[classes[0], classes[bits_of_rows(rows[:, 0])]]] = 0
    assert all(enumerated(n, classes, sizes, chains, lambda: False) for n in range(1, MOST + 1))
    for number, function in enumerate(first.tolist()):
        known = looked_up((function >> np.arange(16)) & 1 == 1) if function else None
        if known is None:
            continue
        assert sizes[number] == (len(known.graph.nodes) if len(known.graph.nodes) <= MOST else -1)
        if sizes[number] > 0:
            nodes, output = nodes_of(chains[number, : sizes[number]].tolist())
            found = bits_of_rows(AndGraph(4, tuple(nodes), (output,)).truths(rows)[:, 0])
            assert classes[found] == number
