"""Rules of cells: which neighbours count, and what of them, by the fewest bits of table and exceptions."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

Cells = NDArray[np.int64]
UNKNOWN = -1
_MOST_STATES = 16
# Neighbourhoods up to this many cells are tabled whole.
_MOST_WHOLE = 9
# Bits of there being exceptions at all.
_NOISE = 12.0
KINDS = ("table", "sum", "counts")
BOUNDARIES = ("wrap", "zero", "edge")
MODES: dict[str, Any] = {"wrap": {"mode": "wrap"}, "zero": {"mode": "constant"}, "edge": {"mode": "edge"}}


@dataclass(frozen=True)
class Rule:
    """What a cell becomes.

    Attributes
    ----------
    offsets
        The neighbours that count, the cell itself first where it counts.
    kind
        ``"table"`` of all patterns, ``"counts"`` of the cell and how many neighbours have ``counted``, or
        ``"sum"`` of
        all cells.
    counted
        The state that is counted.
    n_states
        How many states there are.
    table
        The next state of each key that was seen.
    errors
        Cells that do otherwise.
    bits
        Of table and exceptions.
    """

    offsets: tuple[tuple[int, ...], ...]
    kind: str
    counted: int
    n_states: int
    table: dict[tuple[int, ...], int]
    errors: int
    bits: float

    def keys(self, patterns: Cells) -> Cells:
        """What the table is asked for patterns, (n_cells, n_offsets)."""
        return keys_of(patterns, self.kind, self.counted)

    def next_of_key(self, key: tuple[int, ...]) -> int:
        """The next state of a key; where it was never seen, that of the nearest sum or count that was."""
        if key in self.table or self.kind == "table":
            return self.table.get(key, UNKNOWN)
        near = [known for known in self.table if known[:-1] == key[:-1]]
        return self.table[min(near, key=lambda known: (abs(known[-1] - key[-1]), known))] if near else UNKNOWN

    def next_of(self, patterns: Cells) -> Cells:
        """Next states; unknown where a pattern is unknown, or a whole one was never seen."""
        keys = self.keys(patterns)
        known = ~np.any(patterns == UNKNOWN, axis=1)
        answers = np.full(len(patterns), UNKNOWN)
        distinct, inverse = np.unique(keys, axis=0, return_inverse=True)
        said = np.array([self.next_of_key(tuple(int(one) for one in key)) for key in distinct])
        answers[known] = said[inverse.reshape(-1)][known]
        return answers


def keys_of(patterns: Cells, kind: str, counted: int) -> Cells:
    """Patterns summed up."""
    if kind == "table":
        return patterns
    if kind == "sum":
        return np.asarray(patterns.sum(axis=1, keepdims=True))
    return np.asarray(np.c_[patterns[:, 0], (patterns[:, 1:] == counted).sum(axis=1)])


def neighbourhoods(n_dimensions: int) -> list[tuple[tuple[int, ...], ...]]:
    """Sets of neighbours that are tried, the smallest first, each with the cell itself first."""
    here = (0,) * n_dimensions
    if n_dimensions == 1:
        return [(here, *((step,) for step in range(-radius, radius + 1) if step)) for radius in range(5)]
    near = [offset for offset in product((-1, 0, 1), repeat=n_dimensions) if offset != here]
    straight = [offset for offset in near if sum(map(abs, offset)) == 1]
    far = [offset for offset in product(range(-2, 3), repeat=n_dimensions) if offset != here]
    return [(here,), (here, *straight), (here, *near), (here, *far)]


def patterns_of(grid: Cells, offsets: Sequence[tuple[int, ...]], boundary: str | None) -> Cells:
    """Neighbours of all cells, (n_cells, n_offsets); beyond the grid as the boundary says, or unknown."""
    width = max((max(map(abs, offset)) for offset in offsets), default=0)
    mode = {"mode": "constant", "constant_values": UNKNOWN} if boundary is None else MODES[boundary]
    wide = np.pad(grid, width, **mode)
    shifted = [
        wide[
            tuple(
                slice(width + step, width + step + size)
                for step, size in zip(offset, grid.shape, strict=True)
            )
        ]
        for offset in offsets
    ]
    return np.stack([one.reshape(-1) for one in shifted], axis=1)


def kinds(n_offsets: int, n_states: int) -> Iterator[tuple[str, int]]:
    """Ways to sum a neighbourhood up, and the state that is counted."""
    if n_offsets <= _MOST_WHOLE:
        yield "table", 0
    if n_offsets > 2:
        yield "sum", 0
        yield from (("counts", state) for state in range(1, n_states))


def rule_of(patterns: Cells, after: Cells, offsets: Any, kind: str, counted: int, n_states: int) -> Rule:
    """The rule of one kind: for each key the next state that is most frequent."""
    known = ~np.any(patterns == UNKNOWN, axis=1) & (after != UNKNOWN)
    keys, nexts = keys_of(patterns[known], kind, counted), after[known]
    table, errors, bits = tabled(keys, nexts, n_states)
    bits += 0.5 * len(offsets) + (kind == "counts") * 1.0
    return Rule(tuple(offsets), kind, counted, n_states, table, errors, bits)


def tabled(keys: Cells, nexts: Cells, n_states: int) -> tuple[dict[tuple[int, ...], int], int, float]:
    """The most frequent next state of each key, how many do otherwise, and the bits of both."""
    distinct, inverse = np.unique(keys, axis=0, return_inverse=True)
    counts = np.zeros((len(distinct), n_states), dtype=np.int64)
    np.add.at(counts, (inverse.reshape(-1), nexts), 1)
    table = {
        tuple(int(one) for one in key): int(row.argmax()) for key, row in zip(distinct, counts, strict=True)
    }
    errors = int(counts.sum() - counts.max(axis=1, initial=0).sum())
    n_cells = max(2, len(nexts))
    # a key costs its answer, and an exception its place and its answer
    share = errors / n_cells
    noise = (
        0.0 if errors == 0 else _NOISE + n_cells * _entropy(share) + errors * math.log2(max(2, n_states - 1))
    )
    return table, errors, len(table) * math.log2(max(2, n_states)) + noise


def _entropy(share: float) -> float:
    return -sum(part * math.log2(part) for part in (share, 1.0 - share) if part > 0.0)


def find_rule(
    pairs: Sequence[tuple[Cells, Cells]], n_states: int, is_late: Callable[[], bool] = lambda: False
) -> tuple[Rule, str]:
    """The rule of the fewest bits, and the boundary that explains the cells at the border best.

    Parameters
    ----------
    pairs
        Grids before and after one step.
    n_states
        How many states there are.
    is_late
        Whether to end with the best rule so far.
    """
    best: Rule | None = None
    for offsets in neighbourhoods(pairs[0][0].ndim):
        if best is not None and is_late():
            break
        patterns = np.concatenate([patterns_of(before, offsets, None) for before, _ in pairs])
        after = np.concatenate([one.reshape(-1) for _, one in pairs])
        if not np.any(~np.any(patterns == UNKNOWN, axis=1) & (after != UNKNOWN)):
            continue
        for kind, counted in kinds(len(offsets), n_states):
            rule = rule_of(patterns, after, offsets, kind, counted, n_states)
            # larger neighbourhoods see fewer cells inside the border: compare by the bits of a cell
            rule_bits = rule.bits
            if best is None or rule_bits < best.bits - 1e-9:
                best = rule
    assert best is not None
    return best, min(BOUNDARIES, key=lambda boundary: wrong(best, pairs, boundary))


def wrong(rule: Rule, pairs: Sequence[tuple[Cells, Cells]], boundary: str) -> int:
    """Cells of which a rule says something else than what came after."""
    total = 0
    for before, after in pairs:
        said = rule.next_of(patterns_of(before, rule.offsets, boundary))
        flat = after.reshape(-1)
        total += int(np.sum((said != flat) & (said != UNKNOWN) & (flat != UNKNOWN)))
    return total
