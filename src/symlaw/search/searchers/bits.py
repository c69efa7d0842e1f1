"""Bits: formulas of truths by behaviour, joined to be better and divided to be exact.

Three ways in turn: entries enumerated bottom-up, one of each truth table; the best formulas so far joined
with entries, which is what tables without an exact formula are left with; and the asked table divided from
the top down until entries are what is left.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from symlaw.language.expression import Expression
from symlaw.search.archive import Entry
from symlaw.search.bank.levels import level_cost
from symlaw.search.bits.division import Divider, choice_of
from symlaw.search.bits.joins import Member, joined
from symlaw.search.bits.store import MAX_BYTES, MAX_ENTRIES, Store
from symlaw.search.objectives.base import Ability
from symlaw.search.searchers.base import Mapper, Proposals

if TYPE_CHECKING:
    from collections.abc import Sequence

    from symlaw.language.expression import Nodes
    from symlaw.language.grammar import Language
    from symlaw.search.archive import Snapshot
    from symlaw.search.bits.truths import TruthTable
    from symlaw.search.problem import Problem

# How often a table is divided again, and by how many entries of each kind, round by round.
_ROUNDS = (
    (1, 16), (1, 64), (2, 4), (2, 16), (3, 3), (4, 2), (3, 8), (6, 1), (4, 4), (8, 1), (5, 3), (6, 2), (7, 2),
    (3, 32), (12, 1), (5, 6), (16, 1),
)  # fmt: skip
# Entries that each formula is joined with, and epochs without news after which none is.
_JOINED_WITH, _BARREN = 20_000, 3
# Words compared that count as one formula scored.
_WORDS_A_FORMULA = 200.0


@dataclass
class BitsState:
    """What the searcher carries from epoch to epoch.

    Attributes
    ----------
    combinations
        How far entries are enumerated.
    round
        The next way to divide.
    beam
        The best formula of each level so far.
    levels
        Levels whose best entry was told.
    barren
        Epochs in a row that brought nothing since all was enumerated.
    store, choice
        The entries, and how choices are written; left out of pickles and made anew.
    """

    combinations: int = 0
    round: int = 0
    beam: dict[int, Member] = field(default_factory=dict)
    levels: int = 1
    barren: int = 0
    store: Store | None = None
    choice: Nodes | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "store": None, "choice": None}


@dataclass(frozen=True)
class Bits:
    """Search for formulas of truths on words.

    Parameters
    ----------
    max_entries, max_bytes
        Room for entries.
    epoch_combinations
        Combinations that an epoch may enumerate.
    epoch_words
        Words that an epoch may compare in dividing.
    """

    max_entries: int = MAX_ENTRIES
    max_bytes: int = MAX_BYTES
    epoch_combinations: int = 1_000_000
    epoch_words: float = 1.5e9
    name: str = "bits"
    knows_types: ClassVar[bool] = True
    stores: ClassVar[tuple[type, ...]] = (BitsState, Member)

    def objection(self, problem: Problem) -> str | None:
        """Problems that are no truth table."""
        if not problem.offers(Ability.BITS):
            return problem.lacks(Ability.BITS)
        if not any(row.bits for row in problem.language.operators):
            return "it needs an operator of truths"
        return None

    def start(self, problem: Problem, seed: int) -> BitsState:
        """Nothing enumerated; the seed plays no part."""
        return BitsState()

    def ask(
        self, state: BitsState, problem: Problem, snapshot: Snapshot, evaluations: int, run_all: Mapper
    ) -> Proposals:
        """Enumerate a level or a part of it, join, and divide."""
        table, most = problem.bits, problem.language.max_complexity
        assert table is not None  # see `objection`
        store = self._store(state, problem.language, table)
        began, entries = store.combinations, store.count
        # a third for each way in
        share = max(1, evaluations // 3)
        store.grow(min(self.epoch_combinations, share))
        state.combinations = store.combinations
        found = self._of_new_levels(state, store)
        joins = 0
        if state.beam and state.barren < _BARREN:
            joins = min(len(state.beam) * _JOINED_WITH, share)
            found += joined(store, list(state.beam.values()), joins // len(state.beam), most)
        words = self._divided(state, store, found, min(self.epoch_words, share * _WORDS_A_FORMULA), most)
        new = [member for member in found if _learn(state, member)]
        state.barren = 0 if new or not store.finished else state.barren + 1
        scored = store.combinations - began + joins + int(words / _WORDS_A_FORMULA)
        counters = {
            "evaluations": scored,
            "distinct": store.count - entries,
            "work": scored * len(table.target),
        }
        counters["distinct"] += len(new) + int(words > 0)
        entries_of_them = [_entry(member, problem.language, table) for member in new]
        return Proposals(
            entries=[one for one in entries_of_them if one.complexity <= most], counters=counters
        )

    def tell(self, state: BitsState, accepted: Sequence[Entry]) -> None:
        """Nothing to learn."""

    def _store(self, state: BitsState, language: Language, table: TruthTable) -> Store:
        """The entries of a state, enumerated anew where it came from a pickle."""
        if state.store is None:
            rows = [row for row in language.operators if row.bits]
            costs = {row.name: level_cost(language.cost(row)) for row in rows}
            atoms = [level_cost(sum(language.cost(node) for node in nodes)) for nodes in table.atoms]
            state.store = Store(table, rows, costs, atoms, self.max_entries, self.max_bytes)
            while state.store.combinations < state.combinations and not state.store.finished:
                state.store.grow(state.combinations - state.store.combinations)
            state.choice = choice_of(rows, costs)
        return state.store

    def _of_new_levels(self, state: BitsState, store: Store) -> list[Member]:
        """The best entry of each level finished since."""
        found = []
        for level in range(state.levels, store.level):
            first, end = store.range_of(level)
            if end > first:
                entry = first + int(np.argmin(store.entries.wrong[first:end]))
                found.append(Member(level, float(store.entries.wrong[entry]), store.nodes(entry)))
        state.levels = store.level
        return found

    def _divided(
        self, state: BitsState, store: Store, found: list[Member], most: float, max_level: int
    ) -> float:
        """Divide the table in the next way, and add what is exact to what was found; the words compared."""
        if store.count == 0 or state.round == len(_ROUNDS):
            return 0.0
        depth, width = _ROUNDS[state.round]
        state.round += 1
        exact = [member.level for member in (*state.beam.values(), *found) if member.wrong == 0.0]
        divider = Divider(store, state.choice, depth, width, most)
        answer = divider.solve(min([max_level + 1, *exact]))
        if answer is not None:
            found.append(Member(answer.level, 0.0, answer.nodes))
        return divider.work


def _learn(state: BitsState, member: Member) -> bool:
    """Keep a formula that is better than all of no greater level; whether it was."""
    if any(other.level <= member.level and other.wrong <= member.wrong for other in state.beam.values()):
        return False
    better = {
        level: other
        for level, other in state.beam.items()
        if other.level < member.level or other.wrong < member.wrong
    }
    state.beam = {**better, member.level: member}
    return True


def _entry(member: Member, language: Language, table: TruthTable) -> Entry:
    """A formula with its loss, as the archive keeps it."""
    formula = table.written(member.nodes)
    loss = float(table.losses(table.words_of([Expression(member.nodes)]))[0])
    return Entry(formula, language.complexity(formula), loss, formula, "bits")
