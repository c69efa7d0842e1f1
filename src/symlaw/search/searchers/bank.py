"""Bank: formulas enumerated bottom-up, joined in the middle, as sums, as noisy products, and put into others.

One entry per behaviour on the probe rows, as in Albarghouthi, Gulwani and Kincaid (2013);
meeting in the middle after the operators' inverses. Two formulas of size 8 join into one of size 17 in one
look-up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from symlaw.engine.blocks import BLOCK
from symlaw.errors import InvalidSetting
from symlaw.search.archive import formula_of
from symlaw.search.bank.bank import DEFAULT_BYTES, SLICE_PAIRS, enumerate_more, make_bank
from symlaw.search.bank.bank import Bank as Store
from symlaw.search.bank.beam.lengths import lengths_of_joins, measure_one_join
from symlaw.search.bank.enumeration import VALUES_PER_KEY
from symlaw.search.bank.inverse_mutation import Repairs
from symlaw.search.bank.linear_sums import WIDTHS, Sums, TermSet
from symlaw.search.bank.meet_in_the_middle import DeepLookUp, LookUp, join
from symlaw.search.bank.noisy_products import Products
from symlaw.search.bank.observed_sums import ObservedSums
from symlaw.search.bank.slices import BankState, SliceRequest, Slices, Task, together
from symlaw.search.bank.targets import Workplace, make_workplace, transforms_of
from symlaw.search.executors.base import executor_of
from symlaw.search.objectives.base import Ability
from symlaw.search.problem import of_numbers
from symlaw.search.searchers.base import GIVES_NUMBERS, Mapper, Proposals
from symlaw.search.tiny_search import is_on_disk, run_tiny_search

if TYPE_CHECKING:
    from symlaw.language.expression import Expression
    from symlaw.search.archive import Entry, Snapshot
    from symlaw.search.evolution.population import Population
    from symlaw.search.problem import Problem

# How much cheaper a task has to be to come before one of the target itself, and before an exact look-up.
_TRANSFORMED, _INEXACT = 4.0, 2.0
# Memory for the formula of a part, and to compile kernels.
_BYTES_FOR_PARTS, _BYTES_TO_COMPILE = 2**26, 2**22
# Tables of no more rows are small, and what ends a search asks for their bank: it stays in this process.
ASKED_LATER_ROWS = 200


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
    repairs
        Whether parts of the archive's elites are replaced by entries that should stand there.
    lag, other_lag
        Rounds of look-ups of a target from which an entry is taken off first follow so many behind the last
        finished level: for the target, and for each of its transforms.
    slices
        Banks into which it is divided. On a cluster each is enumerated and joined by a worker of its own; all
        together have ``max_bytes``. A setting, not the number of workers.
    """

    max_bytes: int = DEFAULT_BYTES
    epoch_work: float = 6e7
    sum_terms: int = 2**18
    other_sum_terms: int = 2**15
    factors: int = 2**17
    other_factors: int = 2**14
    repairs: bool = True
    lag: int = 1
    other_lag: int = 2
    slices: int = 1
    name: str = "bank"
    uses_pool: ClassVar[bool] = True
    travels: ClassVar[bool] = True
    solves_parts: ClassVar[bool] = True
    knows_types: ClassVar[bool] = True
    stores: ClassVar[tuple[type, ...]] = (BankState, LookUp, DeepLookUp, Sums, TermSet, Products, Repairs)

    def __post_init__(self) -> None:
        if self.slices < 1:
            raise InvalidSetting(f"slices of the bank must be 1 or more, not {self.slices}")

    @classmethod
    def for_parts(cls) -> Bank:
        """One of little memory."""
        return cls(max_bytes=_BYTES_FOR_PARTS)

    @classmethod
    def is_warm(cls) -> bool:
        """Whether its kernels are compiled, and those that read its entries after a search of few rows."""
        return is_on_disk(join) and is_on_disk(lengths_of_joins)

    @classmethod
    def warm_up(cls) -> None:
        """Compile its kernels by a tiny search."""
        run_tiny_search(cls(max_bytes=_BYTES_TO_COMPILE))
        measure_one_join()

    def objection(self, problem: Problem) -> str | None:
        """Any loss but least squares, truths without numbers, and observations of more rows than it holds."""
        objection = problem.lacks(Ability.VALUES, Ability.SQUARES)
        if objection is None and not problem.offers(Ability.TARGET) and problem.probe.X.shape[1] > BLOCK:
            return f"its observations see more than {BLOCK} rows"
        return objection or (GIVES_NUMBERS if of_numbers(problem) is None else None)

    def start(self, problem: Problem, seed: int) -> BankState:
        """Nothing enumerated; the seed plays no part."""
        numbers = of_numbers(problem) or problem
        transforms = transforms_of(numbers) if problem.offers(Ability.TARGET) else []
        others = [BankState(transforms, number=number) for number in range(1, self.slices)]
        return BankState(transforms, others=others)

    def ask(
        self, state: BankState, problem: Problem, snapshot: Snapshot, evaluations: int, run_all: Mapper
    ) -> Proposals:
        """Enumerate, and join what a finished level brought, until the epoch's work of each slice is done.

        Where there are truths, all is done with the numbers among the columns.
        """
        states, executor = [state, *state.others], executor_of(run_all)
        share = max(1, evaluations // len(states))
        there = executor.stays and problem.offers(Ability.TARGET) and problem.n_rows > ASKED_LATER_ROWS
        if not there:
            return together([self.epoch(one, problem, snapshot.elites, share, run_all) for one in states])
        state.held = state.held or Slices(problem)
        held = executor.hold(state.held)
        # the first one alone replaces parts of what was found
        elites = [snapshot.elites, *[None] * len(state.others)]
        requests = [
            SliceRequest(held, self, replace(one, others=[]), some, share)
            for one, some in zip(states, elites, strict=True)
        ]
        reports = executor.run(
            SliceRequest.answered, requests, [f"{self.name} {k}" for k in range(len(states))]
        )
        for one, (reached, _) in zip(states, reports, strict=True):
            one.go_on_from(reached)
        return together([proposals for _, proposals in reports])

    def epoch(
        self, state: BankState, problem: Problem, elites: Population | None, evaluations: int, run_all: Mapper
    ) -> Proposals:
        """An epoch of one slice."""
        typed = problem.language.is_typed
        problem = of_numbers(problem) or problem
        if not problem.offers(Ability.TARGET):
            return self._ask_observed(state, problem, evaluations, run_all)
        place = self._workplace(state, problem, run_all)
        bank = place.bank
        formulas: list[Expression] = []
        tally, entries = replace(bank.tally), bank.count
        self._enumerate(state, bank, evaluations, run_all)
        self._plan(state, bank)
        if not typed and elites is not None and not state.number:
            self._refit(state, problem, elites)
        unit = bank.rows_paid * VALUES_PER_KEY
        enumerated = bank.tally.evaluated - tally.evaluated
        # joins count as the formulas that the same work would have enumerated
        work, joins, limit = 0, 0, min(self.epoch_work, evaluations * unit) - enumerated * unit
        while state.tasks and work < limit:
            task = min(state.tasks, key=lambda task: _urgency(task, bank))
            done, new, state.best = task.step(place, state.best, limit - work)
            work, formulas = work + done, formulas + new
            joins = max(1, work // unit)
            if task.done:
                state.tasks = [other for other in state.tasks if other is not task]
                self._plan(state, bank)
        counters = {
            "evaluations": enumerated + joins,
            "distinct": bank.count - entries + joins,
            "known": bank.tally.known - tally.known,
            "skipped": bank.tally.refused - tally.refused,
            "work": enumerated * unit + int(work),
        }
        return Proposals(formulas=formulas, counters=counters)

    def _ask_observed(
        self, state: BankState, problem: Problem, evaluations: int, run_all: Mapper
    ) -> Proposals:
        """The same where rows are seen through an operator: sums of entries are all that can be joined."""
        if state.observed is None:
            bank, sums = self._bank(state, problem), ObservedSums()
            while bank.tally.pairs < state.pairs and not bank.finished:
                enumerate_more(bank, min(SLICE_PAIRS, state.pairs - bank.tally.pairs), run_all)
            state.observed = bank, sums
        bank, sums = state.observed
        tally, entries, unit = replace(bank.tally), bank.count, bank.rows_paid * VALUES_PER_KEY
        self._enumerate(state, bank, evaluations, run_all)
        formulas, work = sums.step(bank, problem)
        enumerated, joins = bank.tally.evaluated - tally.evaluated, work // unit
        counters = {
            "evaluations": enumerated + joins,
            "distinct": bank.count - entries + joins,
            "known": bank.tally.known - tally.known,
            "skipped": bank.tally.refused - tally.refused,
            "work": enumerated * unit + work,
        }
        return Proposals(formulas=formulas, counters=counters)

    def _enumerate(self, state: BankState, bank: Store, evaluations: int, run_all: Mapper) -> None:
        """Enumerate to the end of a level at most; for half of the work while there are joins to do."""
        share = 0.5 if state.tasks else 1.0
        left = int(share * min(evaluations, self.epoch_work / (bank.rows_paid * VALUES_PER_KEY)))
        n_levels = len(bank.bounds)
        while left > 0 and not bank.finished and len(bank.bounds) == n_levels:
            taken = enumerate_more(bank, min(left, SLICE_PAIRS), run_all)
            state.pairs, left = state.pairs + taken, left - taken

    def tell(self, state: BankState, accepted: Sequence[Entry]) -> None:
        """Nothing to learn."""

    def _bank(self, state: BankState, problem: Problem) -> Store:
        """The bank of a slice, nothing enumerated."""
        share = (state.number, self.slices)
        return make_bank(problem.probe.X, problem.language, self.max_bytes // self.slices, share)

    def _workplace(self, state: BankState, problem: Problem, run_all: Mapper) -> Workplace:
        """The bank of a state, enumerated anew where it came from a pickle."""
        if state.workplace is None:
            bank = self._bank(state, problem)
            # slices that end elsewhere may fill it with fewer pairs
            while bank.tally.pairs < state.pairs and not bank.finished:
                enumerate_more(bank, min(SLICE_PAIRS, state.pairs - bank.tally.pairs), run_all)
            state.transforms = state.transforms or transforms_of(problem)
            state.workplace = make_workplace(problem, bank, state.transforms)
        return state.workplace

    def _plan(self, state: BankState, bank: Store) -> None:
        """Add what newly finished levels make possible; once the bank is full, ever deeper look-ups."""
        while state.levels < len(bank.bounds):
            # what all slices have is joined by the first
            if not state.number or state.levels >= bank.alike:
                waiting = [one for one in state.tasks if not (isinstance(one, Sums) and one.is_untouched)]
                state.tasks = waiting + self._of_level(state, bank)
            state.levels += 1
        most = 3 * len(bank.bounds)
        while bank.finished and not state.tasks and state.round < most:
            state.round += 1
            state.tasks = self._deep(state, state.round)

    def _refit(self, state: BankState, problem: Problem, elites: Population) -> None:
        """Have parts of the archive's new elites replaced, unless earlier ones still wait."""
        if not self.repairs or any(isinstance(task, Repairs) for task in state.tasks):
            return
        formulas = []
        for slot in np.flatnonzero(elites.size > 1).tolist():
            if elites.loss[slot] < state.refitted.get(slot, np.inf):
                state.refitted[slot] = float(elites.loss[slot])
                formulas.append(formula_of(elites, slot, problem.language))
        if formulas:
            state.tasks.append(Repairs(tuple(formulas)))

    def _of_level(self, state: BankState, bank: Store) -> list[Task]:
        """What a finished level makes possible."""
        first, end = bank.bounds[state.levels]
        others = range(1, len(state.transforms))
        tasks: list[Task] = [LookUp(target, first, end) for target in (0, *others)]
        tasks.append(Sums(0, min(end, self.sum_terms)))
        tasks += [
            Sums(target, min(end, self.other_sum_terms), tuple(w // 4 for w in WIDTHS)) for target in others
        ]
        if first < min(end, self.factors):
            tasks.append(Products(0, first, min(end, self.factors)))
        if first < min(end, self.other_factors):
            tasks += [Products(target, first, min(end, self.other_factors)) for target in others]
        if state.levels - self.lag > state.round:
            state.round = state.levels - self.lag
            tasks += self._deep(state, state.round)
        return tasks

    def _deep(self, state: BankState, number: int) -> list[Task]:
        """Look-ups of the targets from which an entry is taken off."""
        other = number - (self.other_lag - self.lag)
        others = range(1, len(state.transforms)) if other > 1 else ()
        return [DeepLookUp(0, number), *(DeepLookUp(target, other) for target in others)]


def _urgency(task: Task, bank: Store) -> float:
    """By what the next task is chosen: cheap ones first, likely ones sooner."""
    transformed = _TRANSFORMED if task.target else 1.0
    inexact = _INEXACT if isinstance(task, (Sums, Products)) else 1.0
    return transformed * inexact * task.cost(bank)


def workplace_of(state: BankState, at_least: int = 0) -> Workplace | None:
    """The bank that a state enumerated and its targets, for others; grown to so many entries first."""
    if state.workplace is not None:
        bank = state.workplace.bank
        while bank.count < at_least and not bank.finished:
            enumerate_more(bank)
    return state.workplace
