"""How many rules of cells are found from 200 random neighbourhoods with their next cell.

    python -m benchmarks.automata
    python -m benchmarks.automata --flips 0.02

All 256 elementary rules, 50 random rules of a cell and how many of its eight neighbours are on, Life and
WireWorld. A rule
is exact when it is right on all neighbourhoods (elementary), or on 2,000 fresh ones whose counts were among
the 200.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from benchmarks.machine import describe, facts
from symlaw.tasks.automata.automaton import automaton

Blocks = np.ndarray[Any, np.dtype[np.int64]]


def elementary(blocks: Blocks, number: int) -> Blocks:
    """The next cell of three."""
    return (number >> (4 * blocks[:, 0] + 2 * blocks[:, 1] + blocks[:, 2])) & 1


def counted(blocks: Blocks, state: int) -> tuple[Blocks, Blocks]:
    """The cell in the middle, and how many around it have a state."""
    cell = blocks[:, 1, 1]
    return cell, (blocks == state).sum(axis=(1, 2)) - (cell == state)


def totalistic(blocks: Blocks, table: Blocks) -> Blocks:
    """The next cell by the cell and its neighbours that are on."""
    cell, around = counted(blocks, 1)
    return table[cell, around]


def wireworld(blocks: Blocks) -> Blocks:
    """Empty, head, tail, wire."""
    cell, heads = counted(blocks, 1)
    fired = np.where((heads == 1) | (heads == 2), 1, 3)
    return np.select([cell == 0, cell == 1, cell == 2], [0, 2, 3], fired)


def is_found(
    rule: Callable[[Blocks], Blocks], shape: tuple[int, ...], n_states: int, flips: float, seed: int
) -> bool:
    """Whether the rule is found from 200 neighbourhoods."""
    generator = np.random.default_rng(seed)
    blocks = generator.integers(0, n_states, (200, *shape))
    after = rule(blocks)
    wrong = generator.random(200) < flips
    shown = np.where(wrong, (after + generator.integers(1, n_states, 200)) % n_states, after)
    fresh = generator.integers(0, n_states, (2000, *shape))
    if len(shape) == 2:
        seen = {(int(cell), int(n)) for cell, n in zip(*counted(blocks, 1), strict=True)}
        fresh = fresh[[(int(cell), int(n)) in seen for cell, n in zip(*counted(fresh, 1), strict=True)]]
    if len(np.unique(np.r_[blocks.reshape(-1), shown])) < 2:
        return False
    found = automaton(blocks, shown)
    return bool(np.array_equal(found.next_of(fresh), rule(fresh)))


def main() -> None:
    """Print how many of each kind are found."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--flips", type=float, default=0.0)
    flips = parser.parse_args().flips
    print(describe(facts()))
    exact = [is_found(partial(elementary, number=number), (3,), 2, flips, number) for number in range(256)]
    print(f"elementary: {sum(exact)} of 256")
    tables = np.random.default_rng(7).integers(0, 2, (50, 2, 9))
    exact = [
        is_found(partial(totalistic, table=table), (3, 3), 2, flips, seed)
        for seed, table in enumerate(tables)
    ]
    print(f"random outer-totalistic: {sum(exact)} of 50")
    life = np.array([[0, 0, 0, 1, 0, 0, 0, 0, 0], [0, 0, 1, 1, 0, 0, 0, 0, 0]])
    print(f"Life: {is_found(partial(totalistic, table=life), (3, 3), 2, flips, 1)}")
    print(f"WireWorld: {is_found(wireworld, (3, 3), 4, flips, 2)}")


if __name__ == "__main__":
    main()
