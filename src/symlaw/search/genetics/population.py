"""Populations of genomes: choosing parents, taking in children."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.engine._jit import kernel
from symlaw.engine.program import MAX_NODES
from symlaw.engine.random import below, stream, uniform
from symlaw.search.genetics.genome import append

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Population(NamedTuple):
    """Genomes in rows, and what selection needs of them.

    Attributes
    ----------
    codes, columns, values
        (capacity, MAX_NODES).
    size
        Nodes of each, int64 (capacity,).
    loss, complexity
        float64 (capacity,).
    key
        Fingerprint of each, uint64 (capacity,).
    uses
        How often each was a parent since it came: its age, int64 (capacity,).
    count
        Members present, int64 (1,).
    state
        Random stream, uint64 (1,).
    """

    codes: NDArray[np.int16]
    columns: NDArray[np.int16]
    values: NDArray[np.float64]
    size: NDArray[np.int64]
    loss: NDArray[np.float64]
    complexity: NDArray[np.float64]
    key: NDArray[np.uint64]
    uses: NDArray[np.int64]
    count: NDArray[np.int64]
    state: NDArray[np.uint64]


def population(capacity: int, seed: int = 0, *place: int | str) -> Population:
    """An empty population with its own random stream."""
    return Population(
        np.zeros((capacity, MAX_NODES), np.int16),
        np.zeros((capacity, MAX_NODES), np.int16),
        np.zeros((capacity, MAX_NODES)),
        np.zeros(capacity, np.int64),
        np.full(capacity, np.inf),
        np.zeros(capacity),
        np.zeros(capacity, np.uint64),
        np.zeros(capacity, np.int64),
        np.zeros(1, np.int64),
        stream(seed, *place),
    )


@kernel
def store(population, slot, g, loss, complexity, key):  # type: ignore[no-untyped-def]
    """Put a genome into a slot."""
    size = g.size[0]
    for place in range(size):
        population.codes[slot, place] = g.codes[place]
        population.columns[slot, place] = g.columns[place]
        population.values[slot, place] = g.values[place]
    population.size[slot] = size
    population.loss[slot] = loss
    population.complexity[slot] = complexity
    population.key[slot] = key
    population.uses[slot] = 0


@kernel
def load(population, slot, g):  # type: ignore[no-untyped-def]
    """Copy a member into a genome."""
    g.size[0] = 0
    for place in range(population.size[slot]):
        append(
            g, population.codes[slot, place], population.columns[slot, place], population.values[slot, place]
        )


@kernel
def choose_parent(population, tournament, max_complexity, patience):  # type: ignore[no-untyped-def]
    """Winner of a tournament under a random cap on complexity.

    A member's loss counts the more, the more often it was a parent (by a factor e each ``patience`` uses):
    ageing by use, so that no member is varied for ever.
    """
    state = population.state
    cap = 1.0 + max_complexity * uniform(state)
    best, best_loss = -1, np.inf
    least, least_complexity = 0, np.inf
    for _ in range(tournament):
        rival = below(state, population.count[0])
        if population.complexity[rival] < least_complexity:
            least, least_complexity = rival, population.complexity[rival]
        if population.complexity[rival] <= cap:
            loss = population.loss[rival] * math.exp(population.uses[rival] / patience)
            if loss < best_loss or best < 0:
                best, best_loss = rival, loss
    if best < 0:
        best = least
    population.uses[best] += 1
    return best


@kernel
def admit(population, g, loss, complexity, key, rivals, patience):  # type: ignore[no-untyped-def]
    """Take a child in, in place of a rival it dominates or one that is used up; False when refused."""
    count = population.count[0]
    if count < len(population.size):
        store(population, count, g, loss, complexity, key)
        population.count[0] = count + 1
        return True
    state = population.state
    victim, worst = -1, -1.0
    for _ in range(rivals):
        rival = below(state, count)
        if population.key[rival] == key:
            return False
        age = population.uses[rival] / patience
        dominated = population.loss[rival] >= loss and population.complexity[rival] >= complexity
        if dominated or age > 4.0:
            weight = population.loss[rival] * math.exp(min(age, 500.0)) if dominated else 0.0
            if weight > worst:
                victim, worst = rival, weight
    if victim < 0:
        return False
    store(population, victim, g, loss, complexity, key)
    return True
