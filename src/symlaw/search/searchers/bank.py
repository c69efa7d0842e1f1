"""Bank: formulas enumerated bottom-up, joined in the middle, as sums, and as noisy products.

One entry per behaviour on the probe rows, as in Albarghouthi, Gulwani and Kincaid (2013);
meeting in the middle after the operators' inverses. Two formulas of size 8 join into one of size 17 in one
look-up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.search.bank.lookups import DeepLookUp, LookUp
from symlaw.search.bank.products import Products
from symlaw.search.bank.store import DEFAULT_BYTES, SLICE_PAIRS, enumerate_more, make_bank
from symlaw.search.bank.store import Bank as Store
from symlaw.search.bank.sums import WIDTHS, Sums
from symlaw.search.bank.targets import Workplace, make_workplace, transforms_of
from symlaw.search.searchers.base import Mapper, Proposals

if TYPE_CHECKING:
    from symlaw.language.expression import Expression
    from symlaw.search.archive import Entry, Snapshot
    from symlaw.search.problem import Problem
    from symlaw.search.transforms import Transform

Task = LookUp | DeepLookUp | Sums | Products


@dataclass
class BankState:
    """What the bank carries from epoch to epoch.

    Attributes
    ----------
    transforms
        The target itself and its transforms.
    pairs
        Pairs enumerated: where the enumeration stands.
    levels
        Finished levels for which tasks were made.
    tasks
        Joins still to do, in order.
    best
        Complexity of the simplest exact formula so far.
    workplace
        The bank itself; left out of pickles and enumerated anew, which takes as long as it took at first.
    """

    transforms: list[Transform]
    pairs: int = 0
    levels: int = 1
    tasks: list[Task] = field(default_factory=list)
    best: float = np.inf
    workplace: Workplace | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "workplace": None}


@dataclass(frozen=True)
class Bank:
    """Enumeration over the probe rows and joins of its entries.

    Parameters
    ----------
    max_bytes
        Memory of the bank.
    epoch_work
        Node values computed in an epoch; a matrix product counts a sixteenth of its multiplications.
    sum_terms, other_sum_terms
        First entries that are terms of sums: for the target, and for each of its transforms.
    factors, other_factors
        First entries that are factors of noisy products, likewise.
    taken_off, deep
        First entries that are taken off the target before the look-ups of the first ``deep`` entries.
    other_taken_off, other_deep
        Likewise for each of the target's transforms.
    """

    max_bytes: int = DEFAULT_BYTES
    epoch_work: float = 8e6
    sum_terms: int = 2**18
    other_sum_terms: int = 2**15
    factors: int = 2**17
    other_factors: int = 2**14
    taken_off: int = 300
    deep: int = 3000
    other_taken_off: int = 40
    other_deep: int = 3000
    name: str = "bank"

    def start(self, problem: Problem, seed: int) -> BankState:
        """Nothing enumerated; the seed plays no part."""
        return BankState(transforms_of(problem))

    def ask(
        self, state: BankState, problem: Problem, snapshot: Snapshot, evaluations: int, run_all: Mapper
    ) -> Proposals:
        """Enumerate, and join what a finished level brought, until the epoch's work is done."""
        place = self._workplace(state, problem, run_all)
        bank = place.bank
        formulas: list[Expression] = []
        tally, entries = replace(bank.tally), bank.count
        self._enumerate(state, bank, evaluations, run_all)
        if state.levels < len(bank.bounds):
            state.tasks += self._tasks(state, bank)
            state.levels = len(bank.bounds)
        work = (bank.tally.evaluated - tally.evaluated) * bank.n_rows
        steps = 0
        while state.tasks and work < self.epoch_work:
            done, new, state.best = state.tasks[0].step(place, state.best)
            work, formulas, steps = work + done, formulas + new, steps + 1
            state.tasks = state.tasks[int(state.tasks[0].done) :]
        # a step of joins counts as one formula scored: an epoch of joins alone is not a barren one
        counters = {
            "evaluations": bank.tally.evaluated - tally.evaluated + steps,
            "distinct": bank.count - entries + steps,
            "known": bank.tally.known - tally.known,
            "skipped": bank.tally.refused - tally.refused,
            "work": int(work),
        }
        return Proposals(formulas=formulas, counters=counters)

    def _enumerate(self, state: BankState, bank: Store, evaluations: int, run_all: Mapper) -> None:
        """Enumerate to the end of a level at most; for half of the work while there are joins to do."""
        work = self.epoch_work / 2 if state.tasks else self.epoch_work
        left = min(evaluations, int(work / bank.n_rows))
        n_levels = len(bank.bounds)
        while left > 0 and not bank.finished and len(bank.bounds) == n_levels:
            taken = enumerate_more(bank, min(left, SLICE_PAIRS), run_all)
            state.pairs, left = state.pairs + taken, left - taken

    def tell(self, state: BankState, accepted: Sequence[Entry]) -> None:
        """Nothing to learn."""

    def _workplace(self, state: BankState, problem: Problem, run_all: Mapper) -> Workplace:
        """The bank of a state, enumerated anew where it came from a pickle."""
        if state.workplace is None:
            bank = make_bank(problem.probe.X, problem.language, self.max_bytes)
            while bank.tally.pairs < state.pairs:
                enumerate_more(bank, min(SLICE_PAIRS, state.pairs - bank.tally.pairs), run_all)
            state.workplace = make_workplace(problem, bank, state.transforms)
        return state.workplace

    def _tasks(self, state: BankState, bank: Store) -> list[Task]:
        """What the levels finished since the last time make possible; simple joins first."""
        first, end = bank.bounds[state.levels][0], bank.count
        others = range(1, len(state.transforms))
        tasks: list[Task] = []
        if first < self.sum_terms:
            tasks.append(Sums(0, min(end, self.sum_terms)))
        tasks += [LookUp(target, first, end) for target in (0, *others)]
        if first < self.factors:
            tasks.append(Products(0, first, min(end, self.factors)))
        for target in others:
            if first < self.other_sum_terms:
                tasks.append(Sums(target, min(end, self.other_sum_terms), tuple(w // 4 for w in WIDTHS)))
            if first < self.other_factors:
                tasks.append(Products(target, first, min(end, self.other_factors)))
        if end > self.deep:
            start = bank.constants[1]
            tasks.append(DeepLookUp(0, start, min(first, self.taken_off), min(end, self.deep)))
            tasks += [DeepLookUp(t, start, self.other_taken_off, self.other_deep) for t in others]
        return tasks


def bank_of(state: BankState) -> Store | None:
    """The bank that a state enumerated, for look-ups by others."""
    return None if state.workplace is None else state.workplace.bank
