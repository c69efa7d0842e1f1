"""Slices of a bank on workers: each enumerates and joins its own, and what it enumerated stays with it.

A request has all that a slice's epoch depends on but the entries. A worker that has these from the epoch
before goes on with them; any other enumerates them anew up to where the request says.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from symlaw.search.problem import for_workers
from symlaw.search.searchers.base import Proposals

if TYPE_CHECKING:
    from collections.abc import Sequence

    from symlaw.search.evolution.population import Population
    from symlaw.search.executors.base import Held
    from symlaw.search.problem import Problem
    from symlaw.search.searchers.bank import Bank, BankState


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
        The bank's settings.
    state
        Where the slice is, without its entries.
    elites
        The archive's, whose parts may be replaced.
    evaluations
        About so many at most.
    """

    slices: Held[Slices]
    searcher: Bank
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
