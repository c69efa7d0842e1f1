"""Populations of genomes: choosing parents, taking in children."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.engine.compiling.jit import inner, kernel
from symlaw.engine.compiling.records import record
from symlaw.engine.program import MAX_NODES
from symlaw.engine.random import below, stream

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

# Fields with a row for each member, as they stand in `Population`.
_PER_MEMBER = 8


@record
class Population(NamedTuple):
    """Genomes in rows, ordered in levels of whole complexity, and what selection needs of them.

    Level ``c`` owns the rows from ``c * width`` on, of which the first ``count[c]`` are filled.

    Attributes
    ----------
    codes, columns, values
        (n_levels * width, MAX_NODES).
    size
        Nodes of each, int64 (n_levels * width,).
    loss, complexity
        float64, likewise.
    key
        Fingerprint of each, uint64, likewise.
    uses
        How often each was a parent since it came: its age, int64, likewise.
    count
        Members of each level, int64 (n_levels,).
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
    count: NDArray[np.int64]  # type: ignore[assignment]
    state: NDArray[np.uint64]


def population(n_levels: int, width: int = 1, seed: int = 0, *place: int | str) -> Population:
    """An empty population with its own random stream."""
    capacity = n_levels * width
    return Population(
        np.zeros((capacity, MAX_NODES), np.int16),
        np.zeros((capacity, MAX_NODES), np.int16),
        np.zeros((capacity, MAX_NODES)),
        np.zeros(capacity, np.int64),
        np.full(capacity, np.inf),
        np.zeros(capacity),
        np.zeros(capacity, np.uint64),
        np.zeros(capacity, np.int64),
        np.zeros(n_levels, np.int64),
        stream(seed, *place),
    )


def best_of(islands: Sequence[Population]) -> Population:
    """The best member of each level of several populations of the same levels, one to a level."""
    found = population(len(islands[0].count))
    for island in islands:
        width = len(island.size) // len(island.count)
        for level, count in enumerate(island.count.tolist()):
            if count == 0:
                continue
            slot = level * width + int(np.argmin(island.loss[level * width : level * width + count]))
            if island.loss[slot] < found.loss[level]:
                put(found, level, island, slot)
    return found


def joined(first: Population, second: Population) -> Population:
    """The members of both, in levels of no meaning; empty slots have no nodes."""
    both = population(len(first.size) + len(second.size))
    for mine, *theirs in zip(both[:_PER_MEMBER], first[:_PER_MEMBER], second[:_PER_MEMBER], strict=True):
        mine[...] = np.concatenate(theirs)
    return both


def put(population: Population, place: int, source: Population, slot: int) -> None:
    """Copy a member of another population into a slot."""
    for mine, theirs in zip(population[:_PER_MEMBER], source[:_PER_MEMBER], strict=True):
        mine[place] = theirs[slot]  # type: ignore[index]


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
    size = population.size[slot]
    for place in range(size):
        g.codes[place] = population.codes[slot, place]
        g.columns[place] = population.columns[slot, place]
        g.values[place] = population.values[slot, place]
    g.size[0] = size


@inner
def aged(population, slot, patience):  # type: ignore[no-untyped-def]
    """Loss of a member, growing about by a factor e for each ``patience`` uses."""
    growth = 1.0 + population.uses[slot] / (8.0 * patience)
    growth *= growth
    growth *= growth
    return population.loss[slot] * growth * growth


@inner
def level_of(complexity):  # type: ignore[no-untyped-def]
    """Level that a complexity belongs to."""
    return int(math.ceil(complexity))


@inner
def choose_parent(population, tournament, patience):  # type: ignore[no-untyped-def]
    """Winner of a tournament inside a level drawn at random; -1 when the population is empty.

    A member's loss counts the more, the more often it was a parent (by a factor e each ``patience`` uses):
    ageing by use, so that no member is varied for ever.
    """
    state, count = population.state, population.count
    filled = 0
    for level in range(len(count)):
        filled += count[level] > 0
    if filled == 0:
        return -1
    drawn = below(state, filled)
    level = 0
    while count[level] == 0 or drawn > 0:
        drawn -= count[level] > 0
        level += 1
    first = level * (len(population.size) // len(count))
    best, best_loss = first, np.inf
    for _ in range(tournament):
        rival = first + below(state, count[level])
        loss = aged(population, rival, patience)
        if loss < best_loss:
            best, best_loss = rival, loss
    population.uses[best] += 1
    return best


@inner
def admit(population, g, loss, complexity, key, rivals, patience):  # type: ignore[no-untyped-def]
    """Take a child into its level, in place of the worst of a few rivals; False when refused."""
    level, state = level_of(complexity), population.state
    width = len(population.size) // len(population.count)
    first, count = level * width, population.count[level]
    for slot in range(first, first + count):
        if population.key[slot] == key or abs(population.loss[slot] - loss) <= 1e-9 * loss:
            return False
    if count < width:
        store(population, first + count, g, loss, complexity, key)
        population.count[level] = count + 1
        return True
    victim, worst = first, loss
    for _ in range(rivals):
        rival = first + below(state, count)
        loss_of_rival = aged(population, rival, patience)
        if loss_of_rival > worst:
            victim, worst = rival, loss_of_rival
    if not worst > loss:
        return False
    store(population, victim, g, loss, complexity, key)
    return True
