"""What random changes of formulas draw: numbers, operators, places, and the scratch that they need."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.engine.compiling.jit import inner
from symlaw.engine.compiling.records import record
from symlaw.engine.program import Workspace, forward, link, workspace
from symlaw.engine.random import below, normal, uniform
from symlaw.engine.tape import FIRST_OPERATOR, VARIABLE
from symlaw.search.genome.genome import DIVIDE, MULTIPLY, Genome, as_program, genome

if TYPE_CHECKING:
    from numpy.typing import NDArray

SAMPLE = 8


@record
class Bench(NamedTuple):
    """Scratch of one thread's mutations: genomes, and the interpreter's.

    Attributes
    ----------
    typed
        What is called by address where parts have types, in pairs as `separately` gives them: formulas,
        changes and crossings, int64 (6,); 0 where they have none.
    """

    piece: Genome
    other: Genome
    work: Workspace
    typed: NDArray[np.int64]


def bench(work: Workspace | None = None) -> Bench:
    """Fresh scratch, beside that of the interpreter where there is some already."""
    return Bench(genome(), genome(), work or workspace(), np.zeros(6, np.int64))


@inner
def draw_number(state):  # type: ignore[no-untyped-def]
    """A number as people write them, or a random one around 1."""
    if uniform(state) < 0.6:
        kind = below(state, 8)
        if kind <= 2:
            return 1.0
        if kind <= 4:
            return 2.0
        if kind == 5:
            return 0.5
        return 3.0 if kind == 6 else 4.0
    value = math.exp(normal(state))
    return value if uniform(state) < 0.7 else -value


@inner
def draw_beside(state, code, magnitude, grammar):  # type: ignore[no-untyped-def]
    """A constant to stand beside a part of the given magnitude under a binary operator."""
    value = draw_number(state)
    ordinary = 1e-2 < magnitude < 1e2
    if code == grammar.algebra[MULTIPLY] or code == grammar.algebra[DIVIDE]:
        return value
    if ordinary and uniform(state) < 0.5:
        return value
    return value * magnitude


@inner
def drawn_by_odds(state, grammar, parent, arity):  # type: ignore[no-untyped-def]
    """Code of an operator by its odds inside another, of this number of arguments unless that is 0."""
    total = 0.0
    for code in range(FIRST_OPERATOR, len(grammar.arity)):
        if arity == 0 or grammar.arity[code] == arity:
            total += grammar.odds[parent, code]
    draw = uniform(state) * total
    last = np.int64(FIRST_OPERATOR)
    for code in range(FIRST_OPERATOR, len(grammar.arity)):
        if arity == 0 or grammar.arity[code] == arity:
            last = np.int64(code)
            draw -= grammar.odds[parent, code]
            if draw < 0.0:
                break
    return last


@inner
def random_place(g, state, leaves):  # type: ignore[no-untyped-def]
    """A random leaf, or a random operator; -1 when there is none."""
    count = 0
    for place in range(g.size[0]):
        count += (g.codes[place] < FIRST_OPERATOR) == leaves
    if count == 0:
        return -1
    chosen = below(state, count)
    for place in range(g.size[0]):
        if (g.codes[place] < FIRST_OPERATOR) == leaves:
            if chosen == 0:
                return place
            chosen -= 1
    return -1


@inner
def magnitude_of(g, place, table, X, work):  # type: ignore[no-untyped-def]
    """Mean absolute value of a node over the first rows; 1 where that is not a positive number."""
    n = min(SAMPLE, X.shape[1])
    if g.codes[place] == VARIABLE:
        total = 0.0
        for i in range(n):
            total += abs(X[g.columns[place], i])
    else:
        program = as_program(g)
        link(program, place + 1, table.arity, work)
        forward(program, place + 1, table, X, np.int64(0), n, work)
        total = 0.0
        for i in range(n):
            total += abs(work.values[place, i])
    mean = total / n
    return mean if 0.0 < mean < 1e300 else 1.0


@inner
def perturbed(value, state):  # type: ignore[no-untyped-def]
    kind = below(state, 5)
    if kind == 0:
        return draw_number(state)
    if kind == 1:
        return -value
    if kind == 2:
        return float(round(value)) if 0.5 < abs(value) < 1e6 else value * 2.0
    return value * math.exp(normal(state) * (1.0 if kind == 3 else 0.1))
