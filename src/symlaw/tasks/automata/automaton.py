"""`symlaw.automaton`: grids before and after a step give the rule of the cells."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.errors import DataError, InvalidSetting
from symlaw.search.automata.rules import UNKNOWN, Cells, Rule, find_rule, neighbourhoods, patterns_of, rule_of
from symlaw.search.automata.rules import kinds as kinds_of

if TYPE_CHECKING:
    import pandas as pd

_MOST_STATES = 16
_KINDS = {
    "table": "the pattern of {n} cells", "sum": "the sum of {n} cells",
    "counts": "the cell, and how many of its {m} neighbours are {counted}",
}  # fmt: skip


@dataclass(frozen=True)
class Automaton:
    """The rule of a cellular automaton.

    Attributes
    ----------
    rule : Rule
        What a cell becomes.
    states : tuple
        States as they were given; cells are their places.
    boundary : str or None
        ``"wrap"``, ``"zero"`` or ``"edge"``; None where single neighbourhoods were given.
    errors : int
        Cells that do otherwise: flipped by noise, or by something that the rule does not know.
    n_cells : int
        Cells that were looked at.
    """

    rule: Rule
    states: tuple[Any, ...]
    boundary: str | None
    errors: int
    n_cells: int

    def step(self, grid: Any) -> np.ndarray[Any, Any]:
        """The grid one step later; -1 (None where states are no numbers) where a pattern was never seen.

        Of sums and counts that were never seen the nearest one is taken.

        Raises
        ------
        InvalidSetting
            When only single neighbourhoods were given, so that the boundary is not known.
        DataError
            When a state was never seen.
        """
        if self.boundary is None:
            raise InvalidSetting(
                "the rule was found from single neighbourhoods: ask next_of for the next cell of others"
            )
        cells = _coded(np.asarray(grid), self.states)
        after = self.rule.next_of(patterns_of(cells, self.rule.offsets, self.boundary))
        return self._decoded(after).reshape(cells.shape)

    def next_of(self, neighbourhoods: Any) -> np.ndarray[Any, Any]:
        """The next cell of neighbourhoods, (n, 3), (n, 3, 3) and so on."""
        blocks = _coded(np.asarray(neighbourhoods), self.states)
        return self._decoded(self.rule.next_of(_block_patterns(blocks, self.rule.offsets)))

    def run(self, grid: Any, steps: int) -> np.ndarray[Any, Any]:
        """The grid and what it becomes in some steps, (steps + 1, ...)."""
        frames = [np.asarray(grid)]
        for _ in range(steps):
            frames.append(self.step(frames[-1]))
        return np.stack(frames)

    def _decoded(self, cells: Cells) -> np.ndarray[Any, Any]:
        known = np.array([*self.states, -1 if all(isinstance(one, int) for one in self.states) else None])
        return known[cells]

    @property
    def table(self) -> pd.DataFrame:
        """What the rule was seen to do: what is asked of a cell's surroundings, and its next state."""
        import pandas as pd

        rule = self.rule
        names = {
            "table": [str(offset[0] if len(offset) == 1 else offset) for offset in rule.offsets],
            "sum": ["sum"],
            "counts": ["cell", f"neighbours that are {self.states[rule.counted]}"],
        }[rule.kind]
        n_states = {"table": len(names), "sum": 0, "counts": 1}[rule.kind]
        rows = [
            [*(self.states[one] for one in key[:n_states]), *key[n_states:], self.states[after]]
            for key, after in sorted(rule.table.items())
        ]
        return pd.DataFrame(rows, columns=[*names, "next"])

    @property
    def formula(self) -> str:
        """The rule in words: by what each state comes about; the state of most rows is what is left."""
        counts = {
            state: list(self.rule.table.values()).count(state) for state in set(self.rule.table.values())
        }
        rest = max(sorted(counts), key=lambda state: counts[state])
        said = [
            f"{self.states[state]} where {self._where(state)}" for state in sorted(counts) if state != rest
        ]
        return "; ".join([*said, f"else {self.states[rest]}"])

    def _where(self, state: int) -> str:
        keys = sorted(key for key, after in self.rule.table.items() if after == state)
        if self.rule.kind == "sum":
            return "the sum is " + _listed(key[0] for key in keys)
        if self.rule.kind == "table":
            ordered = [sorted(range(len(self.rule.offsets)), key=lambda place: self.rule.offsets[place])]
            return "the cells are " + " or ".join(
                "".join(str(self.states[key[place]]) for place in ordered[0]) for key in keys
            )
        cells = sorted({key[0] for key in keys})
        counted = self.states[self.rule.counted]
        return " or ".join(
            f"the cell is {self.states[cell]} and {_listed(key[1] for key in keys if key[0] == cell)}"
            f" neighbours are"
            f" {counted}"
            for cell in cells
        )

    def __str__(self) -> str:
        n = len(self.rule.offsets)
        words = _KINDS[self.rule.kind].format(n=n, m=n - 1, counted=self.states[self.rule.counted])
        border = "" if self.boundary is None else f"; boundary: {self.boundary}"
        errors = f"{self.errors} of {self.n_cells} cells do otherwise"
        return f"the next state by {words}{border}; {errors}\n{self.formula}"


def _listed(values: Any) -> str:
    return " or ".join(str(value) for value in values)


def automaton(before: Any, after: Any = None) -> Automaton:
    """Find the rule of a cellular automaton.

    Parameters
    ----------
    before
        Without ``after``: frames one after the other, (n_frames, n) or (n_frames, height, width). With it: a
        line, a
        grid, or a list of them; or single neighbourhoods, (n, 3), (n, 5), (n, 3, 3) and so on.
    after
        The same one step later; of single neighbourhoods the next cell, (n,). Cells that are nan, None or -1
        are not
        known.

    Returns
    -------
    Automaton
        Runs on grids of any size.

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
    if after is not None and np.ndim(after) == 1 and np.ndim(before) in (2, 3) and len(before) == len(after):
        return _from_blocks(np.asarray(before), np.asarray(after))
    pairs = _pairs(before, after)
    states = _states([one for pair in pairs for one in pair])
    coded = [(_coded(one, states), _coded(other, states)) for one, other in pairs]
    if not any(np.any(other != UNKNOWN) for _, other in coded):
        raise DataError("no cell is known after a step: give frames of which some cells are")
    rule, boundary = find_rule(coded, len(states))
    n_cells = sum(int(np.sum(other != UNKNOWN)) for _, other in coded)
    return Automaton(rule, states, boundary, rule.errors, n_cells)


def _from_blocks(blocks: Any, after: Any) -> Automaton:
    size = blocks.shape[1]
    if size % 2 == 0 or any(one != size for one in blocks.shape[1:]):
        raise DataError(
            f"neighbourhoods have the shape {blocks.shape[1:]}: give odd ones, as wide as they are high"
        )
    states = _states([blocks, after])
    coded, nexts = _coded(blocks, states), _coded(after, states)
    rules = [
        rule_of(_block_patterns(coded, offsets), nexts, offsets, kind, counted, len(states))
        for offsets in neighbourhoods(blocks.ndim - 1)
        if max(max(map(abs, offset)) for offset in offsets) <= size // 2
        for kind, counted in kinds_of(len(offsets), len(states))
    ]
    best = min(rules, key=lambda rule: rule.bits)
    return Automaton(best, states, None, best.errors, len(nexts))


def _block_patterns(blocks: Cells, offsets: Any) -> Cells:
    middle = blocks.shape[1] // 2
    return np.stack(
        [blocks[(slice(None), *(middle + step for step in offset))] for offset in offsets], axis=1
    )


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


def _is_unknown(cell: Any) -> bool:
    return (
        cell is None
        or (isinstance(cell, float) and cell != cell)
        or (not isinstance(cell, str) and cell == -1)
    )


def _states(grids: list[Any]) -> tuple[Any, ...]:
    seen = {cell for grid in grids for cell in np.unique(grid[~_unknown(grid)]).tolist()}
    plain = {int(cell) if isinstance(cell, (float, bool)) and int(cell) == cell else cell for cell in seen}
    if not 1 < len(plain) <= _MOST_STATES:
        raise DataError(
            f"the grids have {len(plain)} states: give cells of 2 to {_MOST_STATES} different ones"
        )
    return tuple(sorted(plain, key=lambda cell: (isinstance(cell, str), cell)))


def _unknown(grid: Any) -> Any:
    return np.array([_is_unknown(cell) for cell in grid.reshape(-1).tolist()]).reshape(grid.shape)


def _coded(grid: Any, states: tuple[Any, ...]) -> Cells:
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
