"""A search between two epochs as plain records, from which it goes on as if nothing had happened."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from symlaw.engine.fingerprint import Cache
from symlaw.search.archive import Archive, Entry
from symlaw.search.constraints.guard import Memory
from symlaw.search.evolution.population import Population
from symlaw.search.loop.accounting import Tally
from symlaw.search.loop.budget import Spent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from symlaw.search.loop.state import SearchState
    from symlaw.search.problem import Problem

# The budget has to leave so many times what the last epoch scored, per searcher, for the coming epoch not to
# be shortened by it; epochs up to the second number grow.
_AMPLE, _GROWING = 2, 6


@dataclass
class SavedState:
    """What a search needs to go on, beside what is asked.

    Attributes
    ----------
    problem
        What is asked; it is made anew, not stored.
    archive
        What was found.
    states
        Of the searchers, by name.
    tallies
        Their accounts.
    used
        The fields of `symlaw.search.loop.budget.Spent`; seconds in place of the clock's start.
    sampled, least
        What the confirmer knows: best loss on the sample of a confirmed formula of each complexity, and the
        smallest loss of all.
    screened
        What screening by statements about values remembers.
    """

    problem: Problem
    archive: Archive
    states: dict[str, Any]
    tallies: dict[str, Tally]
    used: dict[str, float]
    sampled: dict[float, float]
    least: float
    screened: Memory


# What every search is made of; searchers name the classes of their states in ``stores``.
STORES = (SavedState, Archive, Cache, Entry, Memory, Population, Tally)


def saved_state(state: SearchState) -> SavedState:
    """A search as it is now; it shares the state's arrays."""
    used = {**asdict(state.spent), "started": state.spent.seconds}
    screened = Memory() if state.guard is None else state.guard.memory
    states, tallies = dict(state.states), dict(state.tallies)
    sampled, least = state.confirmer.sampled, state.confirmer.least
    return SavedState(state.problem, state.archive, states, tallies, used, sampled, least, screened)


def restore(state: SearchState, found: SavedState) -> None:
    """Put a search that has not begun where another one was."""
    state.archive, state.states = found.archive, found.states
    state.tallies, state.spent = found.tallies, spent_from(found.used)
    state.confirmer.sampled, state.confirmer.least = found.sampled, found.least
    if state.settles is not None:
        state.settled = state.settles(state.front)
    if state.guard is not None:
        state.guard.memory = found.screened


def spent_from(used: Mapping[str, float]) -> Spent:
    """What was used, on this process's clock."""
    return Spent(**{**used, "started": time.monotonic() - used["started"]})  # type: ignore[arg-type]


def is_whole(state: SearchState, scored: int) -> bool:
    """Whether a longer search would be just here now.

    Parameters
    ----------
    state
        The search.
    scored
        Formulas scored in its latest epoch.
    """
    if state.is_cut or state.spent.epochs < _GROWING:
        return False
    limit = state.budget.evaluations
    left = None if limit is None else limit - state.spent.evaluations
    return left is None or left >= _AMPLE * len(state.members) * scored
