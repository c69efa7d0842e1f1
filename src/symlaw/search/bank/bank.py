"""A bank of formulas: enumerated in slices, level by level, and asked for formulas of wanted values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.engine.blocks import BLOCK, KernelTable, kernel_table
from symlaw.engine.tape import CONSTANT, VARIABLE
from symlaw.search.bank.entries import (
    NO_ARGUMENT,
    Entries,
    Tables,
    capacity_within,
    expression_of,
    make_entries,
    make_tables,
    slots_for,
)
from symlaw.search.bank.enumeration import (
    Batch,
    EnumerationWorkspace,
    bytes_per_pair,
    evaluate_pairs,
    keys_of,
    make_batch,
    make_enumeration_workspace,
    merge_batch,
    most_of_one_row,
)
from symlaw.search.bank.levels import Range, Segment, constants_of, factors_of, level_cost, segments_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symlaw.language.expression import Expression
    from symlaw.language.grammar import Language

Mapper = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]
Run = tuple[Segment, int, int]

# Pairs of one kernel call, and calls that may run side by side.
RUN_PAIRS = 4096
RUNS = 16
SLICE_PAIRS = RUN_PAIRS * RUNS
DEFAULT_BYTES = 3 * 2**28
_SMALL_ARRAYS = 1024
# Levels of more pairs are divided among slices.
_DEALT_PAIRS = 2**17
# Keys, look-ups and merging take as long on fewer rows: 2.3 microseconds an entry on 20, 2.4 on 64.
_LEAST_PAID = 64


@dataclass
class Tally:
    """What enumerating has done.

    Attributes
    ----------
    pairs
        Pairs taken; where the enumeration stands.
    evaluated
        Formulas evaluated on the probe rows.
    refused
        Those that were constant or not finite somewhere.
    known
        Those whose behaviour was known.
    """

    pairs: int = 0
    evaluated: int = 0
    refused: int = 0
    known: int = 0


@dataclass
class Bank:
    """Formulas with distinct behaviour up to scale and sign, by rising level.

    Made by `make_bank`, grown by `enumerate_more`; which entries come, and in which order, depends on
    neither the slices nor the threads. A level is the complexity with whole-numbered costs.

    Attributes
    ----------
    language
        What the formulas may say.
    entries, tables
        The formulas, and where they are found by behaviour.
    constants
        Range of the constants among the entries; they serve as arguments only.
    bounds
        Range of the entries of each finished level; level 0 is empty.
    segments
        What the level at work consists of.
    place
        Segment and pair at work.
    finished
        Whether nothing more will come: memory is used up, or every level is done.
    tally
        What was done so far.
    share
        Number of a slice and how many there are: of levels with many pairs each slice takes every so many
        runs, so that all together hold what one of their memory would.
    alike
        The first level that is not the same in all slices.
    """

    language: Language
    entries: Entries
    tables: Tables
    kernels: KernelTable
    constants: Range
    bounds: list[Range]
    segments: list[Segment]
    workspaces: list[EnumerationWorkspace]
    batches: list[Batch]
    place: tuple[int, int] = (0, 0)
    finished: bool = False
    tally: Tally = field(default_factory=Tally)
    share: tuple[int, int] = (0, 1)
    alike: float = np.inf

    @property
    def is_dealt(self) -> bool:
        """Whether the level at work is divided among slices."""
        return self.share[1] > 1 and sum(one.n_pairs for one in self.segments) > _DEALT_PAIRS

    @property
    def count(self) -> int:
        """Number of entries, constants included."""
        return int(self.entries.used[0])

    @property
    def n_rows(self) -> int:
        """Number of probe rows."""
        return self.entries.values.shape[1]

    @property
    def rows_paid(self) -> int:
        """Number of rows that work is counted on, so that it says how long it took."""
        return max(self.n_rows, _LEAST_PAID)

    @property
    def n_bytes(self) -> int:
        """Memory of all arrays."""
        parts = [self.entries, self.tables, *self.batches]
        return sum(int(array.nbytes) for part in parts for array in part)

    def expression(self, entry: int) -> Expression:
        """The formula of an entry."""
        language = self.language
        constants = [nodes for _, nodes in constants_of(language)]
        factors = [(factor.before, factor.after) for factor in factors_of(language)]
        return expression_of(self.entries, entry, language.operators, language.variables, constants, factors)

    def values(self, entry: int) -> NDArray[np.float64]:
        """Values of an entry's formula on the probe rows, to single precision."""
        values: NDArray[np.float64] = self.entries.values[entry] * self.entries.scale[entry]
        return values


def make_bank(
    X: NDArray[np.float64],
    language: Language,
    max_bytes: int = DEFAULT_BYTES,
    share: tuple[int, int] = (0, 1),
) -> Bank:
    """A bank that holds the variables.

    Parameters
    ----------
    X
        Probe rows, float64 (n_features, n_rows), at most `symlaw.engine.blocks.BLOCK` rows.
    language
        What the formulas may say.
    max_bytes
        Memory for values, tables and scratch together.
    share
        Number of a slice and how many there are.
    """
    n_rows = min(X.shape[1], BLOCK)
    run_pairs = min(RUN_PAIRS, max(16, max_bytes // (16 * RUNS * bytes_per_pair(n_rows))))
    room = max_bytes - RUNS * run_pairs * bytes_per_pair(n_rows) - _SMALL_ARRAYS
    capacity, n_slots = capacity_within(room, n_rows)
    capacity = max(capacity, len(constants_of(language)) + len(X))
    n_slots = max(n_slots, slots_for(capacity))
    factors = [factor.value for factor in factors_of(language)]
    bank = Bank(
        language,
        make_entries(capacity, n_rows),
        make_tables(n_slots),
        kernel_table(language.operators, derivatives=False),
        (0, 0),
        [(0, 0)],
        [],
        [make_enumeration_workspace(n_rows, factors) for _ in range(RUNS)],
        [make_batch(run_pairs, n_rows) for _ in range(RUNS)],
        share=share,
    )
    _add_leaves(bank, np.ascontiguousarray(X[:, :n_rows]))
    return bank


def _add_leaves(bank: Bank, X: NDArray[np.float64]) -> None:
    entries = bank.entries
    constants = constants_of(bank.language)
    for number, (constant, _) in enumerate(constants):
        entries.values[number], entries.scale[number] = 1.0, constant
        entries.spread[number], entries.level[number] = 0.0, 1
        entries.code[number], entries.left[number], entries.right[number] = CONSTANT, number, NO_ARGUMENT
    entries.used[0] = len(constants)
    bank.constants = (0, len(constants))
    level = level_cost(bank.language.costs.get("variable", 1.0))
    bank.bounds += [(bank.count, bank.count)] * (level - 1)
    first, batch = bank.count, bank.batches[0]
    for column, values in enumerate(X):
        _put_column(bank, batch, column, values, level)
    bank.bounds.append((first, bank.count))
    _open_level(bank)


def _put_column(bank: Bank, batch: Batch, column: int, values: NDArray[np.float64], level: int) -> None:
    workspace, keys = bank.workspaces[0], np.zeros(4, np.uint64)
    scale = keys_of(values, bank.n_rows, workspace, keys)
    if scale == 0.0:
        return
    _, spread, dominance = workspace.moments
    batch.values[0], batch.scale[0], batch.keys[0] = values / scale, scale, keys
    batch.spread[0] = spread / scale if dominance <= most_of_one_row(bank.n_rows) else 0.0
    batch.left[0], batch.right[0], batch.used[0] = column, NO_ARGUMENT, 1
    merge_batch(batch, bank.entries, bank.tables, VARIABLE, level)


def _open_level(bank: Bank) -> None:
    """Plan the next level that has anything to do, or finish."""
    while True:
        level = len(bank.bounds)
        if level > bank.language.max_complexity:
            bank.finished = True
            return
        bank.segments = segments_of(level, bank.language, bank.constants, bank.bounds)
        if bank.is_dealt:
            bank.alike = min(bank.alike, level)
        bank.place = _own_place(bank, 0, 0)
        if bank.place[0] < len(bank.segments):
            return
        bank.bounds.append((bank.count, bank.count))


def _close_level(bank: Bank) -> None:
    """End the level at work, and plan the next one unless memory is used up."""
    bank.bounds.append((bank.bounds[-1][1], bank.count))
    if not bank.finished:
        _open_level(bank)


def enumerate_more(bank: Bank, max_pairs: int = SLICE_PAIRS, run_all: Mapper = map) -> int:
    """Take up to ``max_pairs`` further pairs, not beyond the end of a level; how many were taken."""
    if bank.finished:
        return 0
    runs = _evaluated(bank, max_pairs, run_all)
    for number, (segment, _, _) in enumerate(runs):
        if not _merge(bank, number, segment.code):
            break
    taken = sum(end - begin for _, begin, end in runs)
    bank.tally.pairs += taken
    if bank.finished or bank.place[0] == len(bank.segments):
        _close_level(bank)
    return taken


def formulas_beyond(
    bank: Bank, n_formulas: int, run_all: Mapper = map
) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Go on without keeping anything: further formulas of the levels that the bank's entries make.

    The bank cannot be grown afterwards.

    Parameters
    ----------
    bank
        A bank whose memory is not used up.
    n_formulas
        How many to bring, about.
    run_all
        What runs a slice's parts, side by side or not.

    Yields
    ------
    level, values
        Level of some formulas and their values up to scale and sign, float32 (n, n_rows), which are
        overwritten as soon as the next are asked for.
    """
    while n_formulas > 0 and not bank.finished:
        level = len(bank.bounds)
        for number in range(len(_evaluated(bank, SLICE_PAIRS, run_all))):
            batch = bank.batches[number]
            n_formulas -= int(batch.used[0])
            yield level, batch.values[: batch.used[0]]
        if bank.place[0] == len(bank.segments):
            _close_level(bank)


def _evaluated(bank: Bank, max_pairs: int, run_all: Mapper) -> list[Run]:
    """Evaluate the next pairs, each run into its batch; the runs."""
    runs = _next_runs(bank, max_pairs)

    def run(number: int) -> None:
        segment, begin, end = runs[number]
        evaluate_pairs(
            bank.entries, bank.tables, bank.kernels, segment, begin, end,
            bank.batches[number], bank.workspaces[number],
        )  # fmt: skip

    list(run_all(run, range(len(runs))))
    return runs


def _merge(bank: Bank, number: int, code: int) -> bool:
    """Merge one run's news; False when memory is used up."""
    level = len(bank.bounds)
    known = merge_batch(bank.batches[number], bank.entries, bank.tables, code, level)
    evaluated, refused, seen = (int(value) for value in bank.workspaces[number].counters)
    tally = bank.tally
    tally.evaluated, tally.refused = tally.evaluated + evaluated, tally.refused + refused
    tally.known += seen + max(int(known), 0)
    bank.finished = bool(known < 0)
    return not bank.finished


def _next_runs(bank: Bank, max_pairs: int) -> list[Run]:
    """Runs of pairs that are next in order; the bank's place moves behind them."""
    runs: list[Run] = []
    run_pairs = len(bank.batches[0].scale)
    number, begin = bank.place
    while number < len(bank.segments) and len(runs) < RUNS and max_pairs > 0:
        segment = bank.segments[number]
        end = min(segment.n_pairs, begin + min(run_pairs, max_pairs))
        if bank.is_dealt:
            end = min(end, (begin // RUN_PAIRS + 1) * RUN_PAIRS)
        runs.append((segment, begin, end))
        max_pairs -= end - begin
        number, begin = _own_place(bank, number, end)
    bank.place = (number, begin)
    return runs


def _own_place(bank: Bank, number: int, begin: int) -> tuple[int, int]:
    """The next segment and pair, from these on, that a bank takes: any but where its level is dealt."""
    slice_number, n_slices = bank.share if bank.is_dealt else (0, 1)
    while number < len(bank.segments):
        behind = (slice_number - number - begin // RUN_PAIRS) % n_slices
        if behind:
            begin = (begin // RUN_PAIRS + behind) * RUN_PAIRS
        if begin < bank.segments[number].n_pairs:
            return number, begin
        number, begin = number + 1, 0
    return number, 0
