"""Rows for a search, drawn in one pass over a table of unknown length.

The scheme is stratified twice. Over time, which is the order of the rows: one row is drawn from each block of
2**k rows, by a draw of its own; k grows while the pass goes, and then one of two neighbouring blocks' rows is
kept, so that in the end each row of a block had the same chance. Over the target: the rows drawn are ranked
by the target and cut into groups of equal size, and from each group rows are taken that are spread evenly
over time. The rows of the smallest and the largest targets are always there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symlaw.data.formats.arrow import column_from_arrow
from symlaw.data.naming import not_found
from symlaw.data.raw import pyarrow
from symlaw.data.streaming.stream import Stream
from symlaw.errors import ColumnNotFound, DataError

SAMPLE_ROWS = 100_000
# Rows drawn from blocks for each row of the sample; groups of the target at most, and rows of each at least;
# and rows kept at either end of it.
_SPARE, _GROUPS, _LEAST, _ENDS = 2, 256, 8, 32
_TURN = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xBF58476D1CE4E5B9)
_31, _63 = np.uint64(31), np.uint64(63)


@dataclass(frozen=True)
class Drawn:
    """Rows drawn of a table.

    Attributes
    ----------
    table
        An Arrow table of them, in their order.
    n_rows
        How many rows there are in all.
    places
        Which rows of the source they are, int64.
    """

    table: Any
    n_rows: int
    places: NDArray[np.int64]


def draw(
    stream: Stream,
    target: str | None,
    columns: Sequence[str] | None = None,
    *,
    count: int = SAMPLE_ROWS,
    seed: int = 0,
) -> Drawn:
    """Draw ``count`` rows of a stream, or all where there are no more.

    Parameters
    ----------
    stream
        The table.
    target
        A column of numbers; None where rows are to be spread over time only.
    columns
        Columns to keep; all by default.
    seed
        Of the draws.

    Raises
    ------
    ColumnNotFound
        When there is no such target.
    DataError
        When the table has no rows.
    """
    if target is not None and target not in stream.names:
        raise ColumnNotFound(not_found(target, stream.names, "target"))
    pool, n_rows = _Pool(_SPARE * count, seed), 0
    for batch in stream.batches(columns):
        values = np.arange(n_rows, n_rows + batch.num_rows, dtype=float)
        if target is not None:
            values = column_from_arrow(target, batch.column(target)).values
        pool.add(batch, n_rows, values)
        n_rows += batch.num_rows
    if not n_rows:
        raise DataError(f"{stream.source} has no rows: name another table")
    places, kept = pool.places, pool.spread(count)
    return Drawn(pool.table().take(pyarrow().array(kept)), n_rows, places[kept])


@dataclass
class _Pool:
    """One row of each block so far, and the rows of extreme targets.

    Attributes
    ----------
    most, seed
        Rows that it holds at most, extremes apart, and the seed of its draws.
    level
        Blocks have 2**level rows.
    """

    most: int
    seed: int
    level: int = 0
    _pieces: list[Any] = field(default_factory=list)
    _places: list[NDArray[np.int64]] = field(default_factory=list)
    _targets: list[NDArray[np.float64]] = field(default_factory=list)
    _n_of_blocks: int = 0

    @property
    def places(self) -> NDArray[np.int64]:
        return np.concatenate(self._places)

    @property
    def targets(self) -> NDArray[np.float64]:
        return np.concatenate(self._targets)

    def table(self) -> Any:
        return pyarrow().Table.from_batches(self._pieces).combine_chunks()

    def spread(self, count: int) -> NDArray[np.int64]:
        """Where rows are that are spread evenly over time and target, and those of extreme targets."""
        of_blocks, targets = np.flatnonzero(self._wanted(self.places)), self.targets
        if len(of_blocks) <= count and not self.level:
            return of_blocks
        return np.union1d(of_blocks[_spread(targets[of_blocks], count, self.seed)], _extreme(targets))

    def add(self, batch: Any, first: int, targets: NDArray[Any]) -> None:
        """Take in a batch whose first row is that number of the table."""
        numbers = targets if targets.dtype.kind == "f" else np.full(len(targets), np.nan)
        here = np.arange(first, first + batch.num_rows)
        self._keep(batch, here, numbers, self._wanted(here) | _among(_extreme(numbers), len(here)))
        if self._n_of_blocks > self.most:
            while self._n_of_blocks > self.most:
                self.level += 1
                self._n_of_blocks = int(np.sum(self._wanted(self.places)))
            self._thin()

    def _keep(
        self, batch: Any, places: NDArray[np.int64], targets: NDArray[np.float64], kept: NDArray[np.bool_]
    ) -> None:
        chosen = np.flatnonzero(kept)
        if len(chosen):
            self._pieces.append(batch.take(pyarrow().array(chosen)))
            self._places.append(places[chosen])
            self._targets.append(targets[chosen])
            self._n_of_blocks += int(np.sum(self._wanted(places[chosen])))

    def _thin(self) -> None:
        """Keep what larger blocks keep, and the extremes so far."""
        table, places, targets = self.table(), self.places, self.targets
        kept = np.flatnonzero(self._wanted(places) | _among(_extreme(targets), len(places)))
        self._pieces = table.take(pyarrow().array(kept)).to_batches()
        self._places, self._targets = [places[kept]], [targets[kept]]

    def _wanted(self, places: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which rows are the ones that their blocks keep."""
        wanted = np.ones(len(places), bool)
        for level in range(self.level):
            # of two neighbouring blocks a draw keeps the first or the second one's row
            child = places >> level
            wanted &= (child & 1) == _draws(child >> 1, level, self.seed)
        return wanted


def _draws(blocks: NDArray[np.int64], level: int, seed: int) -> NDArray[np.int64]:
    """A draw of 0 or 1 for each block of a level: counters, so that it does not depend on batches."""
    with np.errstate(over="ignore"):
        mixed = (blocks.astype(np.uint64) + np.uint64(1)) * _TURN
        mixed ^= np.uint64(seed) * _MIX + np.uint64(level + 1) * _TURN
        mixed = (mixed ^ (mixed >> _31)) * _MIX
        mixed = (mixed ^ (mixed >> _31)) * _TURN
    return (mixed >> _63).astype(np.int64)


def _extreme(targets: NDArray[np.float64]) -> NDArray[np.int64]:
    """Places of the smallest and the largest finite targets."""
    finite = np.flatnonzero(np.isfinite(targets))
    if len(finite) <= 2 * _ENDS:
        return finite
    order = np.argpartition(targets[finite], (_ENDS, len(finite) - _ENDS - 1))
    found: NDArray[np.int64] = finite[np.concatenate([order[:_ENDS], order[-_ENDS:]])]
    return found


def _among(places: NDArray[np.int64], count: int) -> NDArray[np.bool_]:
    found = np.zeros(count, bool)
    found[places] = True
    return found


def _spread(targets: NDArray[np.float64], count: int, seed: int) -> NDArray[np.int64]:
    """Rows spread evenly over the target's ranks, and within a group of ranks over time."""
    if len(targets) <= count:
        return np.arange(len(targets))
    n_groups = max(1, min(_GROUPS, count // _LEAST))
    shares = np.diff(np.linspace(0, count, n_groups + 1).round().astype(int))
    starts = np.random.Generator(np.random.Philox(key=seed)).uniform(size=n_groups)
    groups, chosen = np.array_split(np.argsort(targets, kind="stable"), n_groups), []
    for group, share, start in zip(groups, shares.tolist(), starts.tolist(), strict=True):
        # every so many rows from a start that is drawn, so that all have the same chance
        chosen.append(np.sort(group)[((np.arange(share) + start) * len(group) / share).astype(int)])
    return np.unique(np.concatenate(chosen))
