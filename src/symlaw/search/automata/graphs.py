"""Rules of nodes of a graph: what of their neighbours counts, by the fewest bits of table and exceptions.

A node has any number of neighbours, in no order: it sees how many of them are in each state. That is looked
at as a count, as whether it reaches a number or a share, or as which state most of them have.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from symlaw.search.automata.rules import UNKNOWN, Cells, tabled

Truths = NDArray[np.bool_]
# Neighbours that a node has to have at least, up to this many.
_MOST_NEEDED = 12
# Shares that are tried, with their bits.
_SHARES = ((1, 2, 1.0), (1, 3, 3.0), (2, 3, 3.0), (1, 4, 4.0), (3, 4, 4.0))


@dataclass(frozen=True, eq=False)
class Graph:
    """Who sees whom.

    Attributes
    ----------
    n_nodes
        How many nodes there are.
    seen, seeing
        (n_edges,): for each edge the node that is seen, and the one that sees it.
    """

    n_nodes: int
    seen: Cells
    seeing: Cells

    def surroundings(self, states: Cells, n_states: int) -> Surroundings:
        """What each node is and sees."""
        known = np.where(states == UNKNOWN, n_states, states)
        counts = np.zeros((self.n_nodes, n_states + 1), dtype=np.int64)
        np.add.at(counts, (self.seeing, known[self.seen]), 1)
        return Surroundings(states, counts[:, :-1], counts[:, -1])


class Surroundings(NamedTuple):
    """What nodes are, and what they see.

    Attributes
    ----------
    own
        (n,) states of the nodes themselves.
    counts
        (n, n_states): neighbours in each state.
    unknown
        (n,): neighbours whose state is not known.
    """

    own: Cells
    counts: Cells
    unknown: Cells


class Question(NamedTuple):
    """What is asked of the neighbours.

    Attributes
    ----------
    look
        Which of `LOOKS`.
    counted
        The state that is counted.
    needed
        For `at_least` a number in one place, for shares a fraction: numerator and denominator.
    bits
        Of asking that.
    """

    look: str
    counted: int = 0
    needed: tuple[int, ...] = ()
    bits: float = 0.0


def _count(around: Surroundings, asked: Question) -> tuple[Cells, Truths]:
    return around.counts[:, asked.counted], around.unknown == 0


def _at_least(around: Surroundings, asked: Question) -> tuple[Cells, Truths]:
    least = around.counts[:, asked.counted]
    return _between(least >= asked.needed[0], least + around.unknown >= asked.needed[0])


def _share(around: Surroundings, asked: Question) -> tuple[Cells, Truths]:
    part, whole = asked.needed
    least, n = whole * around.counts[:, asked.counted], _n_neighbours(around)
    return _between(least >= part * n, least + whole * around.unknown >= part * n)


def _above_share(around: Surroundings, asked: Question) -> tuple[Cells, Truths]:
    part, whole = asked.needed
    least, n = whole * around.counts[:, asked.counted], _n_neighbours(around)
    return _between(least > part * n, least + whole * around.unknown > part * n)


def _most(around: Surroundings, _asked: Question) -> tuple[Cells, Truths]:
    return _most_frequent(around.counts), around.unknown == 0


def _most_with_itself(around: Surroundings, _asked: Question) -> tuple[Cells, Truths]:
    counts = around.counts.copy()
    counts[np.arange(len(counts)), np.maximum(around.own, 0)] += 1
    return _most_frequent(counts), (around.unknown == 0) & (around.own != UNKNOWN)


def _n_neighbours(around: Surroundings) -> Cells:
    return np.asarray(around.counts.sum(axis=1) + around.unknown)


def _between(lowest: Truths, highest: Truths) -> tuple[Cells, Truths]:
    """An answer, known where those neighbours whose state is not known cannot change it."""
    return lowest.astype(np.int64), lowest == highest


def _most_frequent(counts: Cells) -> Cells:
    """The most frequent state; how many states there are where several are as frequent."""
    most = counts.max(axis=1)
    is_tied = (counts == most[:, None]).sum(axis=1) > 1
    return np.asarray(np.where(is_tied, counts.shape[1], counts.argmax(axis=1)))


class Look(NamedTuple):
    """A way to look at neighbours.

    Attributes
    ----------
    answers
        What is seen by each node, and where that is known.
    is_count
        Whether an answer that was never seen is taken as the nearest one that was.
    """

    answers: Callable[[Surroundings, Question], tuple[Cells, Truths]]
    is_count: bool = False


LOOKS: dict[str, Look] = {
    "nothing": Look(lambda around, _asked: (np.zeros_like(around.own), around.own != UNKNOWN)),
    "count": Look(_count, is_count=True),
    "at_least": Look(_at_least),
    "share": Look(_share),
    "above_share": Look(_above_share),
    "most": Look(_most),
    "most_with_itself": Look(_most_with_itself),
}


@dataclass(frozen=True)
class GraphRule:
    """What a node becomes.

    Attributes
    ----------
    asked
        What is asked of its neighbours.
    has_own
        Whether its own state counts.
    n_states
        How many states there are.
    table
        The next state of each key that was seen: own state where that counts, and the answer.
    errors
        Nodes that do otherwise.
    bits
        Of table, exceptions, and of nodes of which nothing is said.
    """

    asked: Question
    has_own: bool
    n_states: int
    table: dict[tuple[int, ...], int]
    errors: int
    bits: float

    def next_of(self, around: Surroundings) -> Cells:
        """Next states; unknown where what counts is not known, or was never seen."""
        keys, known = keys_of(around, self.asked, self.has_own)
        said = np.full(len(keys), UNKNOWN)
        distinct, inverse = np.unique(keys, axis=0, return_inverse=True)
        answers = np.array([self.next_of_key(tuple(int(one) for one in key)) for key in distinct])
        said[known] = answers[inverse.reshape(-1)][known]
        return said

    def next_of_key(self, key: tuple[int, ...]) -> int:
        """The next state of a key; of a count that was never seen, that of the nearest one."""
        if key in self.table or not LOOKS[self.asked.look].is_count:
            return self.table.get(key, UNKNOWN)
        near = [known for known in self.table if known[:-1] == key[:-1]]
        return self.table[min(near, key=lambda one: (abs(one[-1] - key[-1]), one))] if near else UNKNOWN


def keys_of(around: Surroundings, asked: Question, has_own: bool) -> tuple[Cells, Truths]:
    """What a table is asked for each node, (n, 1 or 2), and where that is known."""
    answers, known = LOOKS[asked.look].answers(around, asked)
    if not has_own:
        return answers[:, None], known
    return np.c_[around.own, answers], known & (around.own != UNKNOWN)


def questions(n_states: int, most: int) -> Iterator[Question]:
    """What is asked of neighbours, of whom a node has so many at most."""
    yield Question("nothing")
    yield Question("most", bits=2.0)
    yield Question("most_with_itself", bits=2.0)
    choice = math.log2(n_states)
    for counted in range(n_states):
        yield Question("count", counted, bits=2.0 + choice)
        for needed in range(1, min(most, _MOST_NEEDED) + 1):
            yield Question("at_least", counted, (needed,), 2.0 + choice + 2.0 * math.log2(1 + needed))
        for part, whole, bits in _SHARES:
            yield Question("share", counted, (part, whole), 3.0 + choice + bits)
            yield Question("above_share", counted, (part, whole), 3.0 + choice + bits)


def find_graph_rule(
    graph: Graph,
    pairs: Sequence[tuple[Cells, Cells]],
    n_states: int,
    is_late: Callable[[], bool] = lambda: False,
) -> GraphRule:
    """The rule of the fewest bits.

    Parameters
    ----------
    graph
        Who sees whom.
    pairs
        States of the nodes before and after one step.
    n_states
        How many states there are.
    is_late
        Whether to end with the best rule so far.
    """
    seen = [graph.surroundings(before, n_states) for before, _ in pairs]
    parts: list[Any] = [np.concatenate(arrays) for arrays in zip(*seen, strict=True)]
    around, after = Surroundings(*parts), np.concatenate([one for _, one in pairs])
    alone = _bits_alone(around.own, after, n_states)
    best: GraphRule | None = None
    for asked in questions(n_states, int(_n_neighbours(around).max(initial=0))):
        if best is not None and is_late():
            break
        for has_own in (False, True):
            rule = _rule(around, after, (asked, has_own), n_states, alone)
            if best is None or rule.bits < best.bits - 1e-9:
                best = rule
    assert best is not None
    return best


def _bits_alone(own: Cells, after: Cells, n_states: int) -> NDArray[np.float64]:
    """Bits of each next state where nothing but the node's own state is looked at."""
    known = after != UNKNOWN
    counts = np.ones((n_states + 1, n_states))
    np.add.at(counts, (own[known], after[known]), 1)
    bits = -np.log2(counts / counts.sum(axis=1, keepdims=True))
    return np.where(known, bits[own, after], 0.0)


def _rule(
    around: Surroundings,
    after: Cells,
    asking: tuple[Question, bool],
    n_states: int,
    alone: NDArray[np.float64],
) -> GraphRule:
    asked, has_own = asking
    keys, known = keys_of(around, asked, has_own)
    told = known & (after != UNKNOWN)
    table, errors, bits = tabled(keys[told], after[told], n_states)
    # nodes of which the rule says nothing, since it knows too little, are described by themselves
    silent = float(alone[~known].sum())
    return GraphRule(asked, has_own, n_states, table, errors, bits + silent + asked.bits + 0.5 * has_own)
