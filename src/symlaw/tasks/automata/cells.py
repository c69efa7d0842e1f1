"""Cells as they are given, as places among the states that were seen."""

from __future__ import annotations

from typing import Any

import numpy as np

from symlaw.errors import DataError
from symlaw.search.automata.rules import UNKNOWN, Cells

_MOST_STATES = 16


def _is_unknown(cell: Any) -> bool:
    return (
        cell is None
        or (isinstance(cell, float) and cell != cell)
        or (not isinstance(cell, str) and cell == -1)
    )


def states_of(grids: list[Any]) -> tuple[Any, ...]:
    seen = {cell for grid in grids for cell in np.unique(grid[~unknown(grid)]).tolist()}
    plain = {int(cell) if isinstance(cell, (float, bool)) and int(cell) == cell else cell for cell in seen}
    if not 1 < len(plain) <= _MOST_STATES:
        raise DataError(
            f"the grids have {len(plain)} states: give cells of 2 to {_MOST_STATES} different ones"
        )
    return tuple(sorted(plain, key=lambda cell: (isinstance(cell, str), cell)))


def unknown(grid: Any) -> Any:
    return np.array([_is_unknown(cell) for cell in grid.reshape(-1).tolist()]).reshape(grid.shape)


def coded(grid: Any, states: tuple[Any, ...]) -> Cells:
    places = {state: place for place, state in enumerate(states)}
    cells = []
    for cell in grid.reshape(-1).tolist():
        if _is_unknown(cell):
            cells.append(UNKNOWN)
        elif cell in places:
            cells.append(places[cell])
        else:
            raise DataError(
                f"the state {cell!r} was never seen: the rule knows {', '.join(map(str, states))}"
            )
    return np.array(cells, dtype=np.int64).reshape(grid.shape)


def decoded(cells: Cells, states: tuple[Any, ...]) -> np.ndarray[Any, Any]:
    """States at some places; -1 (None where states are no numbers) where a cell is not known."""
    known = np.array([*states, -1 if all(isinstance(one, int) for one in states) else None])
    return known[cells]


def block_patterns(blocks: Cells, offsets: Any) -> Cells:
    """The cells at some places around the middle of blocks, (n_blocks, n_offsets)."""
    middle = blocks.shape[1] // 2
    return np.stack(
        [blocks[(slice(None), *(middle + step for step in offset))] for offset in offsets], axis=1
    )
