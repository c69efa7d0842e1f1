"""The search for a part's formula by other searchers, an epoch at a time."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from symlaw.search.archive import Entry
from symlaw.search.decomposition.parts import Part, problem_of
from symlaw.search.loop.budget import Budget
from symlaw.search.loop.saved_state import STORES as KEPT_STORES
from symlaw.search.loop.saved_state import restore, saved_state
from symlaw.search.loop.state import Inline, SearchState, begin
from symlaw.search.searchers import searcher_class

if TYPE_CHECKING:
    from collections.abc import Sequence

    from symlaw.language.expression import Expression
    from symlaw.language.grammar import Language

_COUNTERS = ("evaluations", "distinct", "known", "skipped", "fits", "work")
_CACHE_KEYS = 2**18
# Rows that a description length counts: errors of a model on neighbouring rows are alike.
_INDEPENDENT_ROWS = 64
# Epochs after an exact formula, for a simpler one.
_EPOCHS_AFTER = 10


@dataclass
class PartSearch:
    """A part and the search for its formula.

    Attributes
    ----------
    part
        What is searched.
    state
        The search as it goes.
    language, seed, solvers
        What `search_for` made it of.
    floor
        Loss below which what is left is the error of the part's target; 0 where it has none.
    work
        Node values computed.
    idle
        Epochs since the front changed.
    """

    part: Part
    state: SearchState
    language: Language
    seed: int
    solvers: Sequence[str]
    floor: float = 0.0
    work: int = 0
    idle: int = 0

    def __getstate__(self) -> dict[str, Any]:
        """Without what is made anew: the problem, and compiled kernels."""
        # the part says what the problem is
        going = replace(saved_state(self.state), problem=None)  # type: ignore[arg-type]
        return {**self.__dict__, "state": going}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """With the problem and kernels made again."""
        self.__dict__.update(state)
        self.state = _state(self.part, self.language, self.seed, self.solvers)
        restore(self.state, state["state"])

    @property
    def is_exact(self) -> bool:
        """Whether a formula leaves nothing but rounding or the target's own error."""
        return self.state.archive.best_loss <= max(self.state.problem.loss_floor, self.floor)

    def is_over(self, work: float) -> bool:
        """Whether to stop, given the work allowed."""
        exhausted = self.state.reason_to_stop() is not None
        return is_over(self.work, work, exhausted, exact_for=self.idle if self.is_exact else 0)

    def epoch(self, evaluations: int) -> tuple[list[Entry], dict[str, int]]:
        """Run one epoch of at most about ``evaluations`` scores; what came to the front, and the counters."""
        spent = self.state.spent
        before = {name: getattr(spent, name) for name in _COUNTERS}
        self.state.budget = Budget(evaluations=spent.evaluations + evaluations)
        accepted = self.state.epoch(Inline())
        self.state.budget = Budget()
        counters = {name: getattr(spent, name) - before[name] for name in _COUNTERS}
        self.work += counters["work"]
        self.idle = 0 if accepted else self.idle + 1
        return accepted, counters

    def shortlist(self, count: int) -> list[Expression]:
        """Formulas of the front, scale and offset included, by rising length of description."""
        language = self.state.problem.language
        symbols = len(language.operators) + len(language.variables) + 1
        front = [entry for entry in self.state.archive.front if entry.expression.variables]
        front.sort(key=lambda entry: _description_length(entry, symbols, self.floor))
        # entries that differ by scale and offset only are one
        chosen = {entry.inner.nodes: entry.expression for entry in reversed(front)}
        kept = [entry.expression for entry in front if chosen[entry.inner.nodes] is entry.expression]
        return kept[:count]


def is_over(used: int, work: float, exhausted: bool, *, exact_for: int) -> bool:
    """Whether a search is to stop: nothing is left, the work is used, or exact for so many epochs."""
    return exhausted or used >= work or exact_for >= _EPOCHS_AFTER


def search_for(part: Part, language: Language, seed: int, floor: float, solvers: Sequence[str]) -> PartSearch:
    """The search by some searchers for a part's formula in the operators of a language, not yet begun."""
    state = _state(part, language, seed, solvers)
    return PartSearch(part, state, language, seed, tuple(solvers), floor=floor)


def _state(part: Part, language: Language, seed: int, solvers: Sequence[str]) -> SearchState:
    members = [searcher_class(name).for_parts() for name in solvers]
    return begin(problem_of(part, language, seed), Budget(), members, seed=seed, cache_keys=_CACHE_KEYS)


# What the search for a part's formula is made of, beside the solvers' states.
STORES = (PartSearch, Part, *KEPT_STORES)


def _description_length(entry: Entry, symbols: int, floor: float) -> float:
    """Nats to write down a formula, then the data with its help, errors below the floor being none."""
    formula = len(entry.expression.nodes) * math.log(symbols)
    constants = 0.5 * len(entry.expression.constants) * math.log(_INDEPENDENT_ROWS)
    return formula + constants + 0.5 * _INDEPENDENT_ROWS * math.log(max(entry.loss, floor, 1e-24))
