"""Graphs as they are given: pairs of nodes, matrices, graphs of NetworkX."""

from __future__ import annotations

from typing import Any

import numpy as np

from symlaw.errors import DataError
from symlaw.search.automata.graphs import Graph

_SHAPES = (
    "give pairs of node numbers, (n_edges, 2), a square matrix of who is beside whom, or a networkx.Graph"
)


def graph_of(given: Any, n_nodes: int, *, directed: bool = False) -> Graph:
    """Who sees whom.

    Parameters
    ----------
    given
        Pairs of node numbers from 0 on, (n_edges, 2); a square matrix, whole or sparse, that is not 0 where
        there is an edge; or a graph of NetworkX, whose nodes have the order of the states.
    n_nodes
        How many nodes there are.
    directed
        Whether an edge from a to b means that b sees a and not the other way round. Graphs of NetworkX say
        so themselves.

    Raises
    ------
    DataError
        When it is none of these, or has other nodes than there are states.
    """
    if isinstance(given, Graph):
        return _of_size(given, n_nodes)
    if hasattr(given, "edges") and hasattr(given, "nodes"):
        order = {node: place for place, node in enumerate(given.nodes)}
        edges = np.array([(order[a], order[b]) for a, b, *_ in given.edges], dtype=np.int64).reshape(-1, 2)
        if len(order) != n_nodes:
            raise DataError(f"the graph has {len(order)} nodes, and there are states of {n_nodes}")
        return _made(edges, n_nodes, is_directed=bool(given.is_directed()))
    edges = _edges(given, n_nodes)
    return _made(edges, n_nodes, is_directed=directed)


def _edges(given: Any, n_nodes: int) -> Any:
    try:
        array = np.c_[given.nonzero()] if hasattr(given, "tocoo") else np.asarray(given, dtype=float)
        size = given.shape if hasattr(given, "tocoo") else array.shape
    except (TypeError, ValueError):
        raise DataError(f"the graph is {given!r:.40}: {_SHAPES}") from None
    if size == (n_nodes, n_nodes) and n_nodes != 2:
        return array if hasattr(given, "tocoo") else np.c_[np.nonzero(array)]
    if array.ndim != 2 or array.shape[1] != 2 or np.any(array != np.floor(array)):
        raise DataError(f"the graph has the shape {size}, and there are {n_nodes} nodes: {_SHAPES}")
    return array


def _made(edges: Any, n_nodes: int, *, is_directed: bool) -> Graph:
    pairs = edges.astype(np.int64)
    if pairs.size and not (pairs.min() >= 0 and pairs.max() < n_nodes):
        wrong = pairs.min() if pairs.min() < 0 else pairs.max()
        raise DataError(
            f"the graph has a node {wrong}, and there are states of {n_nodes}: count nodes from 0 on"
        )
    if not is_directed:
        pairs = np.concatenate([pairs, pairs[:, ::-1]])
    pairs = np.unique(pairs[pairs[:, 0] != pairs[:, 1]], axis=0)
    return Graph(n_nodes, pairs[:, 0], pairs[:, 1])


def _of_size(graph: Graph, n_nodes: int) -> Graph:
    if graph.n_nodes != n_nodes:
        raise DataError(
            f"the rule was found on a graph of {graph.n_nodes} nodes, and there are states of {n_nodes}: give"
            " their graph"
        )
    return graph
