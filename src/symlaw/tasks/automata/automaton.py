"""`symlaw.automaton`: grids before and after a step give the rule of the cells."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from symlaw.errors import DataError
from symlaw.search.automata.graphs import find_graph_rule
from symlaw.search.automata.rules import UNKNOWN, find_rule, neighbourhoods, rule_of
from symlaw.search.automata.rules import kinds as kinds_of
from symlaw.search.watch import Watch, watching
from symlaw.tasks.automata.cells import block_patterns, coded, states_of
from symlaw.tasks.automata.graph_reading import graph_of
from symlaw.tasks.automata.graph_result import GraphAutomaton
from symlaw.tasks.automata.result import Automaton


def automaton(
    before: Any, after: Any = None, *, graph: Any = None, directed: bool = False, watch: Watch | None = None
) -> Automaton | GraphAutomaton:
    """Find the rule of a cellular automaton, or of the nodes of a graph.

    Parameters
    ----------
    before
        Without ``after``: frames one after the other, (n_frames, n) or (n_frames, height, width). With it: a
        line, a grid, or a list of them; or single neighbourhoods, (n, 3), (n, 5), (n, 3, 3) and so on.
    after
        The same one step later; of single neighbourhoods the next cell, (n,). Cells that are nan, None or -1
        are not known.
    graph
        For nodes in place of cells, with states (n_nodes,) or (n_frames, n_nodes): pairs of node numbers from
        0 on, (n_edges, 2); a matrix (n_nodes, n_nodes), whole or sparse, that is not 0 where there is an
        edge; or a graph of NetworkX.
    directed
        Whether an edge from a to b means that b sees a, and a does not see b.
    watch
        What ends the search. Without it the first Ctrl-C ends it with the best rule so far.

    Returns
    -------
    Automaton or GraphAutomaton
        Runs on grids of any size, or on other graphs.

    Raises
    ------
    DataError
        When shapes do not fit together, or there are more than 16 states.

    Examples
    --------
    >>> import numpy as np, symlaw
    >>> before = np.random.default_rng(0).integers(0, 2, 60)
    >>> rule = symlaw.automaton(before, np.roll(before, 1) ^ np.roll(before, -1))
    >>> rule.step([0, 0, 1, 0, 0, 0, 0]).tolist()
    [0, 1, 0, 1, 0, 0, 0]
    """
    if graph is not None:
        return _on_graph(before, after, graph, directed, watching(None, watch))
    if after is not None and np.ndim(after) == 1 and np.ndim(before) in (2, 3) and len(before) == len(after):
        return _from_blocks(np.asarray(before), np.asarray(after))
    pairs = _pairs(before, after)
    states = states_of([one for pair in pairs for one in pair])
    known = [(coded(one, states), coded(other, states)) for one, other in pairs]
    if not any(np.any(other != UNKNOWN) for _, other in known):
        raise DataError("no cell is known after a step: give frames of which some cells are")
    n_cells = sum(int(np.sum(other != UNKNOWN)) for _, other in known)
    watch = watching(None, watch)
    watch.tell(f"rules for {n_cells} cells")
    with watch.heeding_signals():
        rule, boundary = find_rule(known, len(states), watch.is_late)
    return Automaton(rule, states, boundary, rule.errors, n_cells)


def _on_graph(before: Any, after: Any, graph: Any, directed: bool, watch: Watch) -> GraphAutomaton:
    ones = np.atleast_2d(np.asarray(before))
    others = ones[1:] if after is None else np.atleast_2d(np.asarray(after))
    ones = ones[:-1] if after is None else ones
    if ones.ndim != 2 or ones.shape != others.shape or not len(ones):
        raise DataError(
            "states before and after have different shapes: give (n_frames, n_nodes), or each with itself one"
            " step later"
        )
    own = graph_of(graph, ones.shape[1], directed=directed)
    states = states_of([ones, others])
    pairs = [(coded(one, states), coded(other, states)) for one, other in zip(ones, others, strict=True)]
    n_nodes = sum(int(np.sum(other != UNKNOWN)) for _, other in pairs)
    if not n_nodes:
        raise DataError("no node is known after a step: give states of which some are")
    watch.tell(f"rules for {n_nodes} nodes")
    with watch.heeding_signals():
        rule = find_graph_rule(own, pairs, len(states), watch.is_late)
    return GraphAutomaton(rule, states, own, n_nodes)


def _from_blocks(blocks: Any, after: Any) -> Automaton:
    size = blocks.shape[1]
    if size % 2 == 0 or any(one != size for one in blocks.shape[1:]):
        raise DataError(
            f"neighbourhoods have the shape {blocks.shape[1:]}: give odd ones, as wide as they are high"
        )
    states = states_of([blocks, after])
    cells, nexts = coded(blocks, states), coded(after, states)
    rules = [
        rule_of(block_patterns(cells, offsets), nexts, offsets, kind, counted, len(states))
        for offsets in neighbourhoods(blocks.ndim - 1)
        if max(max(map(abs, offset)) for offset in offsets) <= size // 2
        for kind, counted in kinds_of(len(offsets), len(states))
    ]
    best = min(rules, key=lambda rule: rule.bits)
    return Automaton(best, states, None, best.errors, len(nexts))


def _pairs(before: Any, after: Any) -> list[tuple[Any, Any]]:
    if after is None:
        frames = np.asarray(before)
        if frames.ndim not in (2, 3) or len(frames) < 2:
            raise DataError(
                f"frames have the shape {frames.shape}: give two or more, (n, width) or (n, height, width)"
            )
        return list(pairwise(frames))
    is_list = (
        isinstance(before, (list, tuple)) and np.ndim(before[0]) > 0 and isinstance(before[0], np.ndarray)
    )
    ones, others = (list(before), list(after)) if is_list else ([np.asarray(before)], [np.asarray(after)])
    if len(ones) != len(others) or any(
        np.shape(a) != np.shape(b) for a, b in zip(ones, others, strict=False)
    ):
        raise DataError("grids before and after have different shapes: give each with itself one step later")
    if any(np.ndim(one) not in (1, 2) for one in ones) or len({np.ndim(one) for one in ones}) != 1:
        raise DataError("give lines or grids: arrays of one or two dimensions")
    return list(zip(map(np.asarray, ones), map(np.asarray, others), strict=True))
