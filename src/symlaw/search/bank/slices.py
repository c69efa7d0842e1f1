"""Slices of a bank on workers: each enumerates and joins its own, and what it enumerated stays with it.

A request has all that a slice's epoch depends on but the entries. A worker that has these from the epoch
before goes on with them; any other enumerates them anew up to where the request says.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np

from symlaw.search.bank.inverse_mutation import Repairs
from symlaw.search.bank.linear_sums import Sums
from symlaw.search.bank.meet_in_the_middle import DeepLookUp, LookUp
from symlaw.search.bank.noisy_products import Products
from symlaw.search.problem import for_workers
from symlaw.search.searchers.base import Proposals

if TYPE_CHECKING:
    from collections.abc import Sequence

    from symlaw.search.bank.bank import Bank
    from symlaw.search.bank.observed_sums import ObservedSums
    from symlaw.search.bank.targets import Workplace
    from symlaw.search.evolution.population import Population
    from symlaw.search.executors.base import Held
    from symlaw.search.problem import Problem
    from symlaw.search.scoring.transforms import Transform
    from symlaw.search.searchers.base import Mapper


Task = LookUp | DeepLookUp | Sums | Products | Repairs


@dataclass
class BankState:
    """What the bank carries from epoch to epoch.

    Attributes
    ----------
    transforms
        The target itself and its transforms; left out of pickles and made anew.
    pairs
        Pairs enumerated: where the enumeration stands.
    levels
        Finished levels for which tasks were made.
    tasks
        Joins still to do.
    round
        Round of the latest deep look-ups of the target itself.
    best
        Complexity of the simplest exact formula so far.
    refitted
        Probe loss of the formula of each complexity whose parts were replaced last.
    workplace
        The bank itself; left out of pickles and enumerated anew, which takes as long as it took at first.
    observed
        The bank and its sums where rows are seen through an operator, likewise.
    number, others
        Which slice of the bank it is, and the other ones, which the first has.
    held
        What slices leave with the workers that enumerate them; left out of pickles.
    """

    transforms: list[Transform]
    pairs: int = 0
    levels: int = 1
    tasks: list[Task] = field(default_factory=list)
    round: int = 1
    best: float = np.inf
    refitted: dict[int, float] = field(default_factory=dict)
    workplace: Workplace | None = None
    observed: tuple[Bank, ObservedSums] | None = None
    number: int = 0
    others: list[BankState] = field(default_factory=list)
    held: Slices | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "transforms": [], "workplace": None, "observed": None, "held": None}

    def go_on_from(self, other: BankState) -> None:
        """Be where a copy got to."""
        kept = {"others": self.others, "held": self.held}
        self.__dict__.update({**other.__dict__, **kept})


class Enumerates(Protocol):
    """The searcher whose epochs they are."""

    def epoch(
        self, state: BankState, problem: Problem, elites: Population | None, evaluations: int, run_all: Mapper
    ) -> Proposals:
        """An epoch of one slice."""
        ...


class Slices:
    """A problem, and in each process what slices left there: workplaces and transforms by their numbers.

    Parameters
    ----------
    problem
        What is asked.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.left: dict[int, tuple[Any, Any]] = {}

    def __reduce__(self) -> Any:
        return Slices, (for_workers(self.problem),)

    def given_to(self, state: BankState) -> None:
        """Put what a slice left into its state, if it is there from just where the state is."""
        place, transforms = self.left.get(state.number, (None, []))
        if place is not None and place.bank.tally.pairs == state.pairs:
            state.workplace, state.transforms = place, transforms


class SliceRequest(NamedTuple):
    """An epoch of one slice.

    Attributes
    ----------
    slices
        The problem's `Slices`.
    searcher
        Its settings.
    state
        Where the slice is, without its entries.
    elites
        The archive's, whose parts may be replaced.
    evaluations
        About so many at most.
    """

    slices: Held[Slices]
    searcher: Enumerates
    state: BankState
    elites: Population | None
    evaluations: int

    def answered(self) -> tuple[BankState, Proposals]:
        """Where the slice is then, and what it brings."""
        slices, state = self.slices.value, self.state
        slices.given_to(state)
        brought = self.searcher.epoch(state, slices.problem, self.elites, self.evaluations, map)
        slices.left[state.number] = state.workplace, state.transforms
        return state, brought


def together(brought: Sequence[Proposals]) -> Proposals:
    """What slices bring, as what one bank does."""
    counters = Counter[str]()
    for one in brought:
        counters.update(one.counters)
    return Proposals(
        formulas=[formula for one in brought for formula in one.formulas], counters=dict(counters)
    )
