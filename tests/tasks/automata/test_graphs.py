"""`symlaw.automaton` on graphs: rules of nodes, whole, partial and noisy, on other graphs too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest

import symlaw
from symlaw.cli import main
from symlaw.errors import DataError, RunError

Array = np.ndarray[Any, Any]


def neighbours(graph: nx.Graph) -> list[list[int]]:
    return [sorted(graph[node]) for node in range(len(graph))]


def majority(states: Array, graph: nx.Graph) -> Array:
    """What most neighbours are; as before where there is a tie."""
    sums = np.array([sum(2 * states[one] - 1 for one in graph[node]) for node in range(len(graph))])
    return np.where(sums > 0, 1, np.where(sums < 0, 0, states))


def excitable(states: Array, graph: nx.Graph) -> Array:
    """0 rests and is excited by two excited neighbours; 1 is excited, 2 recovers."""
    excited = np.array([sum(states[one] == 1 for one in graph[node]) for node in range(len(graph))])
    return np.where(states == 1, 2, np.where(states == 2, 0, (excited >= 2).astype(int)))


def drawn(graph: nx.Graph, n_states: int, seed: int) -> Array:
    return np.random.default_rng(seed).integers(0, n_states, len(graph))


@pytest.mark.parametrize(("rule", "n_states", "asked"), [(majority, 2, "most"), (excitable, 3, "at least 2")])
def test_rules_of_nodes_are_found_and_hold_on_another_graph(rule: Any, n_states: int, asked: str) -> None:
    graph = nx.gnm_random_graph(150, 450, seed=1)
    before = drawn(graph, n_states, 2)
    found = symlaw.automaton(before, rule(before, graph), graph=np.array(graph.edges))
    assert asked in str(found) and found.errors == 0
    other = nx.barabasi_albert_graph(300, 4, seed=3)
    states = drawn(other, n_states, 4)
    assert np.array_equal(found.step(states, other), rule(states, other))
    assert np.array_equal(found.run(before, 2)[-1], rule(rule(before, graph), graph))
    space: dict[str, Any] = {}
    exec(found.export("python"), space)
    assert space["step"](states.tolist(), neighbours(other)) == rule(states, other).tolist()


def test_noisy_and_partial_states_give_the_same_rule() -> None:
    graph, generator = nx.random_regular_graph(5, 400, seed=1), np.random.default_rng(2)
    frames = [drawn(graph, 3, 5)]
    for _ in range(3):
        frames.append(excitable(frames[-1], graph))
    spoiled = np.array(frames)
    wrong = generator.random(spoiled.shape) < 0.02
    spoiled[wrong] = generator.integers(0, 3, int(wrong.sum()))
    spoiled[generator.random(spoiled.shape) < 0.2] = -1
    found = symlaw.automaton(spoiled, graph=graph)
    states = drawn(graph, 3, 6)
    assert np.array_equal(found.step(states), excitable(states, graph))
    assert "at least 2 are 1: yes" in found.formula and found.errors > 0


def test_who_sees_whom_may_have_a_direction_and_be_a_matrix() -> None:
    graph = nx.gnp_random_graph(80, 0.05, seed=2, directed=True)
    matrix = nx.to_numpy_array(graph, dtype=int)
    before = drawn(graph, 2, 1)
    after = (matrix.T @ before >= 1).astype(int)
    for given in (matrix, nx.to_scipy_sparse_array(graph), np.array(graph.edges)):
        found = symlaw.automaton(before, after, graph=given, directed=True)
        assert found.errors == 0 and np.array_equal(found.step(before), after)


def test_it_is_saved_and_read_by_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    graph = nx.cycle_graph(40)
    before = drawn(graph, 2, 1)
    np.save("states.npy", np.array([before, majority(before, graph)]))
    Path("edges.csv").write_text("a,b\n" + "".join(f"{a},{b}\n" for a, b in graph.edges))
    assert main(["automaton", "states.npy", "--graph", "edges.csv", "--save", "rule.json", "--table"]) == 0
    said = capsys.readouterr().out
    # of two neighbours and itself most are what both neighbours are, or else itself
    assert "what most of itself and its neighbours are" in said
    read = symlaw.Automaton.load("rule.json")
    assert str(read) in said and np.array_equal(read.step(before), majority(before, graph))
    assert str(read) in read._repr_html_().replace("&#x27;", "'")
    Path("rule.json").write_text(Path("rule.json").read_text().replace("most_with_itself", "system"))
    with pytest.raises(RunError, match="damaged"):
        symlaw.Automaton.load("rule.json")
    Path("edges.csv").write_text("0 one\n")
    assert main(["automaton", "states.npy", "--graph", "edges.csv"]) == 2
    assert "line 1" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("graph", "message"),
    [
        ([[0, 9]], "a node 9"),
        ([[0, 1, 2]], "the shape"),
        (nx.path_graph(3), "3 nodes, and there are states of 4"),
        ("ab", "pairs of node numbers"),
    ],
)
def test_a_graph_that_does_not_fit_is_refused(graph: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        symlaw.automaton([0, 1, 0, 1], [1, 0, 1, 0], graph=graph)
