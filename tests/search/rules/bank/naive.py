"""All rules of up to a size, gate by gate over all numbers of parts, as sets of rows: slow and plain."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from symlaw.engine.bits.words import unpacked
from symlaw.search.rules.growth import Ground
from symlaw.search.rules.preparing import Data, Plan, prepare
from symlaw.search.rules.tree import Tree, value

Rows = tuple[bool, ...]


def ground_of(
    rows: np.ndarray, target: np.ndarray, weights: np.ndarray | None = None, **gates: bool
) -> Ground:
    """What rules over columns of truths are made of."""
    columns = {f"x{k}": column.astype(float) for k, column in enumerate(rows.T)}
    ones = np.ones(len(target))
    data = Data(columns, target, ones if weights is None else weights, ones)
    return prepare(data, Plan(**gates)).ground


def rows_of(tree: Tree, ground: Ground) -> Rows:
    """In which rows a tree is true."""
    n = sum(int(word).bit_count() for word in np.bitwise_or.reduce(ground.planes.masks))
    return tuple(unpacked(value(tree, ground.words), n).tolist())


def all_rules(ground: Ground, most: int) -> list[set[Rows]]:
    """What rules of size 0, 1, ... say."""
    literals = [(rows_of(k, ground), int(cost)) for k, cost in enumerate(ground.costs)]
    levels: list[set[Rows]] = [set()]
    for size in range(1, most + 1):
        found = {rows for rows, cost in literals if cost == size}
        for count in range(2, size + 1):
            for sizes in sums(size, count):
                for parts in itertools.product(*(levels[own] for own in sizes)):
                    held = np.sum(parts, axis=0)
                    found |= {tuple((held >= 1).tolist()), tuple((held >= count).tolist())}
            for sizes in sums(size - 1, count):
                for parts in itertools.product(*(levels[own] for own in sizes)):
                    held = np.sum(parts, axis=0)
                    if ground.odd:
                        found.add(tuple((held % 2 == 1).tolist()))
                    if ground.several:
                        found |= {tuple((held >= least).tolist()) for least in range(2, count)}
        levels.append(found)
    return levels


def sums(total: int, count: int) -> Iterator[tuple[int, ...]]:
    """Whole numbers that fall or stay, so many, of a sum."""
    for own in itertools.product(range(1, total + 1), repeat=count):
        if sum(own) == total and list(own) == sorted(own, reverse=True):
            yield own


def gain(rows: Rows, target: np.ndarray, weights: np.ndarray) -> float:
    """Weight of the right rows that are covered less that of the wrong ones."""
    return float(np.sum(np.where(target, weights, -weights)[list(rows)]))
