"""Machines with states read out of vectors: what a network keeps between steps, in clusters.

Vectors after all steps are put into few clusters, more of them until the cluster and what is read next say
which cluster follows and what is written. States that do the same are then one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symlaw.search.machines.states import States, Step

Vectors = NDArray[np.float64]
_MOST_CLUSTERS = 24
# Share of the steps that have to go where most of their kind go.
_CONSISTENT = 0.995
_MOST_VECTORS = 4_000


def states_of_vectors(
    inputs: Sequence[Sequence[Step]], outputs: Sequence[Sequence[Step]], hidden: Sequence[Vectors]
) -> States | None:
    """The states behind vectors that were seen after each step; None where few clusters do not tell them.

    Parameters
    ----------
    inputs, outputs
        What was read and written in each step.
    hidden
        For each sequence (n_steps, n) vectors after its steps.
    """
    from sklearn.cluster import KMeans

    vectors = np.concatenate([np.asarray(one, dtype=float) for one in hidden])
    stride = max(1, len(vectors) // _MOST_VECTORS)
    distinct = len(np.unique(np.round(vectors[::stride], 6), axis=0))
    ends = np.cumsum([len(one) for one in hidden])[:-1]
    for n_clusters in range(1, min(_MOST_CLUSTERS, distinct) + 1):
        fitted = KMeans(n_clusters, n_init=3, random_state=0).fit(vectors[::stride])
        clusters = np.split(fitted.predict(vectors), ends)
        found = _consistent(inputs, outputs, clusters)
        if found is not None:
            return merged(found)
    return None


def _consistent(
    inputs: Sequence[Sequence[Step]], outputs: Sequence[Sequence[Step]], clusters: Sequence[Any]
) -> States | None:
    """What most steps of each cluster and symbol do; None where too many do otherwise."""
    seen: dict[tuple[int, Step], Counter[tuple[int, Step]]] = defaultdict(Counter)
    for steps, said, places in zip(inputs, outputs, clusters, strict=True):
        # before the first step nothing was seen: that is a state by itself, 0
        at = 0
        for step, output, place in zip(steps, said, places, strict=True):
            seen[at, step][int(place) + 1, output] += 1
            at = int(place) + 1
    total = sum(count.total() for count in seen.values())
    most = {key: count.most_common(1)[0] for key, count in seen.items()}
    if sum(n for _, n in most.values()) < _CONSISTENT * total:
        return None
    size = 1 + max(after for (after, _), _ in most.values())
    rows: list[dict[Step, tuple[int, Step | None]]] = [{} for _ in range(size)]
    for (state, step), (goes, _) in sorted(most.items(), key=lambda one: one[0]):
        rows[state][step] = goes
    return States(tuple(rows), ())


def merged(states: States) -> States:
    """States that read and write the same from now on as one (Moore's refinement), the first being 0."""
    blocks = [0] * len(states.steps)
    while True:
        kinds: dict[Any, int] = {}
        refined = []
        for state, steps in enumerate(states.steps):
            does = tuple(sorted((step, said, blocks[after]) for step, (after, said) in steps.items()))
            refined.append(kinds.setdefault((blocks[state], does), len(kinds)))
        if len(kinds) == len(set(blocks)):
            break
        blocks = refined
    first = {block: state for state, block in reversed(list(enumerate(blocks)))}
    reached, names = [blocks[0]], {blocks[0]: 0}
    for block in reached:
        for after, _ in states.steps[first[block]].values():
            if blocks[after] not in names:
                names[blocks[after]] = len(reached)
                reached.append(blocks[after])
    rows = tuple(
        {step: (names[blocks[after]], said) for step, (after, said) in states.steps[first[block]].items()}
        for block in reached
    )
    return States(rows, ())


def labelled(states: States) -> States:
    """The same where only what is written last is asked for: states say what was written on the way."""
    places: dict[tuple[int, Step | None], int] = {(0, None): 0}
    waiting: list[tuple[int, Step | None]] = [(0, None)]
    rows = []
    for state, _ in waiting:
        row: dict[Step, tuple[int, Step | None]] = {}
        for step, (after, said) in states.steps[state].items():
            if (after, said) not in places:
                places[after, said] = len(places)
                waiting.append((after, said))
            row[step] = (places[after, said], None)
        rows.append(row)
    return States(tuple(rows), tuple(said for _, said in waiting))
