"""Choices: formulas ``if(condition, f, g)``, the condition and both branches found together.

Conditions are columns of truths, comparisons, and what connectives make of the best of these; branches are
formulas of numbers from a small bank, and the best formulas of the archive, so that choices stand in choices.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np

from symlaw.language.expression import Expression, Variable
from symlaw.language.operators import operator
from symlaw.language.types import Type
from symlaw.language.values import values
from symlaw.search.archive import formula_of
from symlaw.search.bank.bank import enumerate_more, make_bank
from symlaw.search.bank.levels import level_cost
from symlaw.search.bits.store import Store
from symlaw.search.bits.truths import Atom, atoms_of, table_of_atoms
from symlaw.search.choices.splitting import Part, Splitter
from symlaw.search.objectives.base import Ability
from symlaw.search.problem import of_numbers
from symlaw.search.searchers.base import Mapper, Proposals

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from symlaw.search.archive import Entry, Snapshot
    from symlaw.search.problem import Problem

    Array = NDArray[np.float64]

# Rows that are looked at, branches, comparisons that are combined, conditions, and thresholds of a column.
_ROWS, _BRANCHES, _COMBINED, _CONDITIONS, _THRESHOLDS = 1000, 120, 24, 1500, 24
_BANK_BYTES = 2**22
# Elites that are branches, and after how many rounds nothing new is tried.
_ELITES, _ROUNDS = 12, 40
# Sums that count as one formula scored on its own.
_SUMS_A_FORMULA = 16


class Bench(NamedTuple):
    """What a round works with: the branches, and its conditions, the simple ones first."""

    rows: _Rows
    splitter: Splitter
    simple: list[Part]
    combined: list[Part]

    @property
    def conditions(self) -> list[Part]:
        """All of them, in the order in which they are tried."""
        return [*self.simple, *self.combined]


@dataclass
class ChoicesState:
    """What the searcher carries from epoch to epoch.

    Attributes
    ----------
    rounds
        How often conditions were tried.
    elites
        The archive's best formulas that are branches in this round.
    place
        Conditions of this round that were tried.
    best
        The least squares of each complexity.
    bench
        What the round works with; left out of pickles and made anew.
    """

    rounds: int = 0
    elites: tuple[Expression, ...] = ()
    place: int = 0
    best: dict[float, float] = field(default_factory=dict)
    bench: Bench | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "bench": None}


@dataclass(frozen=True)
class Choices:
    """Search for one condition and two branches at a time."""

    name: str = "choices"
    knows_types: ClassVar[bool] = True
    stores: ClassVar[tuple[type, ...]] = (ChoicesState,)

    def objection(self, problem: Problem) -> str | None:
        """Languages without choices between numbers, and any loss but least squares."""
        language = problem.language
        if operator("if") not in language.operators or language.result is not Type.REAL:
            return "it needs the operator 'if'"
        return problem.lacks(Ability.SQUARES, Ability.TARGET)

    def start(self, problem: Problem, seed: int) -> ChoicesState:
        """Nothing tried; the seed plays no part."""
        return ChoicesState()

    def ask(
        self, state: ChoicesState, problem: Problem, snapshot: Snapshot, evaluations: int, run_all: Mapper
    ) -> Proposals:
        """Try conditions with the bank's formulas and the archive's elites as branches."""
        bench = state.bench or (_bench(problem, state.elites) if state.rounds else None)
        if bench is None or state.place == len(bench.conditions):
            elites = _elites(problem, snapshot)
            if state.rounds == _ROUNDS or (bench is not None and _texts(elites) == _texts(state.elites)):
                return Proposals()
            bench = _bench(problem, elites)
            state.rounds, state.place, state.elites = state.rounds + 1, 0, elites
        state.bench = bench
        n_branches = max(1, len(bench.splitter.branches))
        end = min(len(bench.conditions), state.place + max(1, evaluations * _SUMS_A_FORMULA // n_branches))
        conditions = bench.conditions[state.place : end]
        found = bench.splitter.split(conditions, problem.language.max_complexity) if conditions else []
        new = [
            formula for left, formula in found if _learn(state, problem.language.complexity(formula), left)
        ]
        tried = (end - state.place) * n_branches
        state.place = end
        counters = {
            "evaluations": tried // _SUMS_A_FORMULA,
            "distinct": len(new),
            "work": tried * len(bench.rows.y) // _SUMS_A_FORMULA,
        }
        return Proposals(formulas=new, counters=counters)

    def tell(self, state: ChoicesState, accepted: Sequence[Entry]) -> None:
        """Nothing to learn."""


@dataclass(frozen=True)
class _Rows:
    """Some rows of a problem, spread evenly."""

    columns: dict[str, Array]
    y: Array
    weights: Array

    @classmethod
    def of(cls, problem: Problem) -> _Rows:
        n_rows = problem.n_rows
        places = np.unique(np.linspace(0, n_rows - 1, min(n_rows, _ROWS)).round().astype(int))
        columns = dict(zip(problem.language.variables, problem.rows.X[:, places], strict=True))
        return cls(columns, problem.y[places], problem.rows.weights[places])

    def parts(self, formulas: Sequence[Expression]) -> list[Part]:
        """Formulas whose values are all numbers, with them."""
        found = [Part(formula.nodes, values(formula, self.columns)) for formula in formulas]
        return [part for part in found if np.all(np.isfinite(part.values)) and np.ptp(part.values) > 0]

    def conditions(self, problem: Problem) -> list[Part]:
        """Columns of truths and comparisons."""
        X = np.array(list(self.columns.values())).T
        atoms = atoms_of(X, problem.language, _THRESHOLDS)
        return [Part(nodes, truths.astype(float)) for nodes, truths in atoms]

    def combined(self, problem: Problem, simple: Sequence[Part]) -> list[Part]:
        """What connectives make of conditions, the simplest first."""
        rows = [row for row in problem.language.operators if row.bits]
        if not rows or not simple:
            return list(simple)
        table = table_of_atoms([Atom(part.nodes, part.values != 0) for part in simple])
        cost = problem.language.cost
        atoms = [level_cost(sum(cost(node) for node in part.nodes)) for part in simple]
        costs = {row.name: level_cost(cost(row)) for row in rows}
        store = Store(table, rows, costs, atoms, _CONDITIONS)
        while not store.finished:
            store.grow(10**6)
        written = [table.written(store.nodes(entry)) for entry in range(store.count)]
        return [Part(formula.nodes, values(formula, self.columns)) for formula in written]


def _bench(problem: Problem, elites: Sequence[Expression]) -> Bench:
    """What a round with these elites works with."""
    rows = _Rows.of(problem)
    branches = rows.parts([*_numbers(problem), *elites])
    splitter = Splitter(problem.language, branches, rows.y, rows.weights)
    simple = rows.conditions(problem) if branches else []
    return Bench(rows, splitter, simple, rows.combined(problem, _promising(splitter, simple)))


def _texts(formulas: Sequence[Expression]) -> list[str]:
    return [str(formula) for formula in formulas]


def _learn(state: ChoicesState, complexity: float, left: float) -> bool:
    """Note the squares that a formula leaves; whether no simpler one leaves less."""
    known = min((other for cost, other in state.best.items() if cost <= complexity), default=np.inf)
    if left < known:
        state.best[complexity] = left
    return left < known


def _numbers(problem: Problem) -> list[Expression]:
    """The simplest formulas of numbers."""
    numbers = of_numbers(problem)
    if numbers is None:
        return []
    bank = make_bank(numbers.probe.X, numbers.language, _BANK_BYTES)
    while bank.count < _BRANCHES and not bank.finished:
        enumerate_more(bank)
    formulas = [bank.expression(entry) for entry in range(min(bank.count, 2 * _BRANCHES))]
    return [formula for formula in formulas if formula.variables][:_BRANCHES]


def _elites(problem: Problem, snapshot: Snapshot) -> tuple[Expression, ...]:
    """The archive's best formulas, the most accurate first."""
    elites = snapshot.elites
    slots = [int(slot) for slot in np.flatnonzero(elites.size) if elites.size[slot] > 1]
    slots.sort(key=lambda slot: float(elites.loss[slot]))
    return tuple(formula_of(elites, slot, problem.language) for slot in slots[:_ELITES])


def _promising(splitter: Splitter, conditions: Sequence[Part]) -> list[Part]:
    """Columns of truths, and those comparisons that leave the least squares when they choose.

    Of thresholds beside each other only the best one is taken.
    """
    plain = [part for part in conditions if len(part.nodes) == 1]
    others = [part for part in conditions if len(part.nodes) > 1]
    if not others:
        return plain
    left = splitter.least(others)
    groups: dict[tuple[object, ...], list[int]] = {}
    for place, part in enumerate(others):
        second = part.nodes[1] if isinstance(part.nodes[1], Variable) else None
        groups.setdefault((part.nodes[0], second, part.nodes[2]), []).append(place)
    best = [
        place
        for group in groups.values()
        for before, place, after in zip([None, *group[:-1]], group, [*group[1:], None], strict=True)
        if all(other is None or left[place] <= left[other] for other in (before, after))
    ]
    best.sort(key=lambda place: float(left[place]))
    return [*plain, *(others[place] for place in best[:_COMBINED])]
