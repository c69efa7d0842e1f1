"""Evolution: islands of formulas under mutation, crossover and constant fitting.

After Schmidt and Lipson (2009) and Cranmer's PySR (2023): tournaments, ageing, migration through the
archive, constants fitted inside the loop. What differs is that a behaviour already seen is recognised by
its fingerprint, and that tournaments draw a random cap on complexity, so that every size keeps parents.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from symlaw.engine import reference
from symlaw.errors import InvalidSetting
from symlaw.language.types import Type
from symlaw.search.archive import formula_of
from symlaw.search.evolution.epoch import begin, run_epoch, try_child, vary
from symlaw.search.evolution.groups import Copies, Pending, copied, group_of
from symlaw.search.evolution.island import Report, Request, Site, evolve
from symlaw.search.evolution.population import Population, best_of, joined, population
from symlaw.search.evolution.stagnation import Stagnation, stagnation
from symlaw.search.evolution.warm_up import arguments_of
from symlaw.search.evolution.workspace import (
    COUNTERS,
    EVALUATED,
    Rates,
    default_rates,
)
from symlaw.search.executors.base import Executor, ThreadExecutor, executor_of
from symlaw.search.objectives.base import Ability
from symlaw.search.scoring.affine import fitted_line
from symlaw.search.searchers.base import GIVES_NUMBERS, Mapper, Proposals
from symlaw.search.tiny_search import compile_for, is_on_disk, tiny_language

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from symlaw.language.expression import Expression
    from symlaw.search.archive import Entry, Snapshot
    from symlaw.search.problem import Problem

# Members of an island that an objective is asked about after each epoch.
_ASKED_ABOUT = 4
# Formulas that an island has judged in an epoch where each costs a call of Python.
_CALLS = 400
# Epochs that islands may be behind at most: each takes a copy of the behaviours seen.
_MOST_STALE = 3
# Size of the search for the formula of a part.
_ISLANDS_FOR_PARTS, _WORK_FOR_PARTS = 4, 5e6


@dataclass
class Island:
    """One population, what it looks for, and how it fares.

    Attributes
    ----------
    population
        Its members.
    view
        Number of the target transform it works on; 0 is the target itself.
    progress
        What it has reached.
    """

    population: Population
    view: int
    progress: Stagnation


@dataclass
class EvolutionState:
    """What evolution carries from epoch to epoch.

    Attributes
    ----------
    islands
        The populations.
    epochs
        Epochs so far.
    site
        What islands need beside their members; left out of pickles and made anew.
    pending
        Groups of islands that are under way, in their turn.
    copies
        Behaviours as these see them, likewise left out.
    """

    islands: list[Island]
    epochs: int = 0
    site: Site | None = None
    pending: list[Pending] = field(default_factory=list)
    copies: Copies = field(default_factory=Copies)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "site": None, "copies": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update({**state, "copies": Copies()})

    def site_of(self, problem: Problem) -> Site:
        """The site, made where there is none yet."""
        if self.site is None:
            self.site = Site(problem)
        return self.site


@dataclass
class Evolution:
    """Evolution on islands.

    Island 0 takes in the archive's best, and where something has to occur also the best of the other islands,
    whatever these lack; it lives as long as the search. The others take in near-misses of
    other searchers only, and begin anew when they stagnate; in least squares every second of them looks at
    the target through the inverse of an operator, another one after each beginning.

    Parameters
    ----------
    n_islands
        Independent populations; a setting, not the number of threads.
    level_width
        Members of each complexity on an island.
    epoch_work
        Node values that an island may compute in an epoch.
    stale_after
        Evaluations without clear improvement after which an island begins anew, growing each time.
    rates
        Fields of `symlaw.search.evolution.workspace.Rates` that differ from `default_rates`.
    macro_share
        Share of an epoch in which macros are put in, where the language has some.
    seeding
        Chance that an island that looks at the target itself takes in a near-miss of another searcher.
    staleness
        Epochs for which islands do not see what others find. With 0 an epoch waits for all islands; with
        more, islands are divided into one group more than that: one is waited for, taken in and sent out
        again, while workers are busy with the others. A setting: with the same, the front is the same
        wherever islands run.
    """

    n_islands: int = 8
    level_width: int = 30
    epoch_work: float = 2e7
    stale_after: int = 40_000
    rates: Mapping[str, float] = field(default_factory=dict)
    macro_share: float = 0.15
    seeding: float = 0.2
    staleness: int = 0
    name: str = "evolution"
    uses_pool: ClassVar[bool] = True
    travels: ClassVar[bool] = True
    solves_parts: ClassVar[bool] = True
    knows_types: ClassVar[bool] = True
    stores: ClassVar[tuple[type, ...]] = (EvolutionState, Island, Population, Stagnation, Pending, Report)

    def __post_init__(self) -> None:
        if not 0 <= self.staleness <= _MOST_STALE or self.staleness >= max(1, self.n_islands):
            raise InvalidSetting(
                f"staleness of evolution must be from 0 to {_MOST_STALE} and below its {self.n_islands}"
                f" islands, not {self.staleness}"
            )

    @classmethod
    def for_parts(cls) -> Evolution:
        """One of fewer islands."""
        return cls(n_islands=_ISLANDS_FOR_PARTS, epoch_work=_WORK_FOR_PARTS)

    @classmethod
    def is_warm(cls) -> bool:
        """Whether its kernels are compiled; the last one stands for all."""
        return is_on_disk(run_epoch)

    @classmethod
    def warm_up(cls) -> None:
        """Compile its kernels."""
        cls.warm_up_here()
        cls.warm_up_beside()

    @classmethod
    def warm_up_here(cls) -> None:
        """Compile how formulas are scored, and the epoch."""
        arguments = arguments_of(tiny_language())
        for function in (try_child, begin, run_epoch):
            compile_for(function, arguments)

    @classmethod
    def warm_up_beside(cls) -> None:
        """Compile how formulas are varied."""
        compile_for(vary, arguments_of(tiny_language()))

    def objection(self, problem: Problem) -> str | None:
        """Formulas that are truths: it takes losses as they come."""
        return GIVES_NUMBERS if problem.language.result is Type.BOOLEAN else None

    def start(self, problem: Problem, seed: int) -> EvolutionState:
        """Empty islands, each with its own random stream."""
        site, n_levels = Site(problem), int(problem.language.max_complexity) + 1
        islands = []
        for number in range(self.n_islands):
            members = population(n_levels, self.level_width, seed, self.name, number)
            first_view = self._view_for(number, 0, len(site.views))
            islands.append(Island(members, first_view, stagnation(n_levels)))
        return EvolutionState(islands, site=site)

    def _view_for(self, number: int, restarts: int, n_views: int) -> int:
        if number % 2 == 0 or n_views == 1:
            return 0
        return 1 + (number // 2 + restarts * (self.n_islands // 2)) % (n_views - 1)

    def ask(
        self, state: EvolutionState, problem: Problem, snapshot: Snapshot, evaluations: int, run_all: Mapper
    ) -> Proposals:
        """One epoch of every island, or of the group whose turn it is."""
        executor = self._executor(problem, run_all)
        if not self.staleness:
            numbers = tuple(range(len(state.islands)))
            requests = self._requests(state, problem, snapshot, evaluations, executor, numbers)
            reports = executor.run(evolve, requests)
        else:
            numbers, reports = self._in_turn(state, problem, snapshot, evaluations, executor)
        taking = [(number, state.islands[number], one) for number, one in zip(numbers, reports, strict=True)]
        for _, island, report in taking:
            island.population = report.members
        state.epochs += 1
        proposals = self._collect(state, taking, problem, snapshot)
        for number, island, report in taking:
            self._look_after(number, island, report, len(state.site_of(problem).views))
        return proposals

    def _in_turn(
        self, state: EvolutionState, problem: Problem, snapshot: Snapshot, evaluations: int,
        executor: Executor,
    ) -> tuple[tuple[int, ...], list[Report]]:  # fmt: skip
        """Send out the groups that are not under way, and collect the first of those that are."""
        n_groups = self.staleness + 1
        sent = [(state.epochs - 1) % n_groups] if state.epochs else range(n_groups)
        for group in sent:
            numbers = group_of(group, n_groups, len(state.islands))
            cache = state.copies.now(self._line(numbers), snapshot.cache, executor)
            seen = snapshot._replace(cache=cache)
            requests = self._requests(state, problem, seen, evaluations, executor, numbers)
            requests = [replace(one, members=copied(one.members)) for one in requests]
            state.pending.append(Pending(numbers, wait=executor.begin(evolve, requests)))
        first = state.pending.pop(0)
        return first.islands, first.collected()

    def _line(self, numbers: Sequence[int]) -> int:
        """What tells the cache of some islands apart from those of others that are under way."""
        return 1 + numbers[0] if self.staleness else 0

    @staticmethod
    def _executor(problem: Problem, run_all: Mapper) -> Executor:
        """Who runs the islands: a user's function is called in this process only."""
        return executor_of(run_all) if problem.offers(Ability.VALUES) else ThreadExecutor(run_all)

    def _requests(
        self, state: EvolutionState, problem: Problem, snapshot: Snapshot, evaluations: int,
        executor: Executor, numbers: Sequence[int],
    ) -> list[Request]:  # fmt: skip
        """What is asked of some islands."""
        site = state.site_of(problem)
        rates = self._rates(state, problem, evaluations)
        share = self.macro_share if problem.language.macros else 0.0
        steps = self._steps(state) if site.grammars[0].rules.demanding else None
        held, cache = executor.hold(site), executor.hold_cache(snapshot.cache, self._line(numbers))
        requests = []
        for number in numbers:
            island = state.islands[number]
            guests, migration = self._guests(number, island, snapshot, rates, steps)
            # what is said about values is about the target, not about views of it
            charged = not island.view and number != self._free_island
            own = rates._replace(migration=migration, salt=island.view)
            limits = self._limits(number, island, problem, snapshot)
            requests.append(
                Request(
                    held, number, island.view, charged, island.population, own, cache, guests, limits, share
                )
            )
        return requests

    def _rates(self, state: EvolutionState, problem: Problem, evaluations: int) -> Rates:
        """Settings of an epoch, the same for all islands."""
        # short epochs at first, so that a front is there at once
        work = self.epoch_work / 2 ** max(0, 4 - state.epochs // (self.staleness + 1))
        defaults = default_rates(work)
        changed = {name: type(getattr(defaults, name))(value) for name, value in self.rates.items()}
        most = max(1, evaluations // self.n_islands)
        rates = defaults._replace(evaluations=most, **changed)
        if not problem.offers(Ability.TARGET):
            # a formula under one more operator is compared with a target in each row
            rates = rates._replace(extension=0.0)
        if not problem.offers(Ability.VALUES):
            # each score takes a call of Python
            rates = rates._replace(evaluations=min(most, _CALLS))
        return rates

    def _guests(
        self, number: int, island: Island, snapshot: Snapshot, rates: Rates, steps: Population | None
    ) -> tuple[Population, float]:
        """Genomes that an island may take in before an epoch, and the chance of each."""
        if number == 0:
            return snapshot.elites if steps is None else joined(snapshot.elites, steps), rates.migration
        return snapshot.near, self.seeding if island.view == 0 else 0.0

    def _steps(self, state: EvolutionState) -> Population:
        """The best member of each complexity of all islands that look at the target itself."""
        shown = [
            island.population
            for number, island in enumerate(state.islands)
            if not island.view and number != self._free_island
        ]
        return best_of(shown)

    def _limits(
        self, number: int, island: Island, problem: Problem, snapshot: Snapshot
    ) -> NDArray[np.float64]:
        """Losses below which an island reports a formula.

        Where something is said about values, what an island reported may not have come to the archive; then
        others have their chance. What only chance tells from the best is reported too: losses are those with
        scale and offset, which a formula whose own numbers can stand for them needs less.
        """
        own = island.progress.limits
        if island.view or (problem.shape is not None and number == self._free_island):
            return own
        known = own if problem.shape is None else np.maximum(own, snapshot.limits)
        return known * problem.chance_factor

    def tell(self, state: EvolutionState, accepted: Sequence[Entry]) -> None:
        """Nothing to do: elites come back with the snapshot."""

    @property
    def _free_island(self) -> int:
        """The island that looks at the target itself and is not charged, so that doubts come up."""
        return (self.n_islands - 1) // 2 * 2 if self.n_islands > 2 else -1

    def _collect(
        self, state: EvolutionState, taking: Sequence[tuple[int, Island, Report]], problem: Problem,
        snapshot: Snapshot,
    ) -> Proposals:  # fmt: skip
        reported: dict[int, list[tuple[Population, int]]] = {}
        limits = problem.chance_factor * snapshot.limits
        doubtful: list[tuple[Population, int]] = []
        formulas: list[Expression] = []
        site = state.site_of(problem)
        reports = [report for *_, report in taking]
        for number, island, brought in taking:
            report = brought.best
            for level in np.flatnonzero(report.size).tolist():
                if island.view:
                    formulas += _seen_through(site, island.view, report, level, problem)
                elif problem.shape is not None and number == self._free_island:
                    doubtful.append((report, level))
                elif report.loss[level] < limits[level]:
                    reported.setdefault(level, []).append((report, level))
        counters = {
            name: int(sum(report.counters[place] for report in reports)) for name, place in COUNTERS.items()
        }
        genomes: list[tuple[Population, int]] = []
        for level, found in sorted(reported.items()):
            least = min(float(report.loss[level]) for report, _ in found)
            genomes += [one for one in found if one[0].loss[level] <= problem.chance_factor * least]
        if problem.ordered_by is not None:
            genomes += self._survivors(state)
        return Proposals(
            genomes, formulas, doubtful=doubtful, seeds=False, keys=[report.keys for report in reports],
            counters=counters,
        )  # fmt: skip

    def _survivors(self, state: EvolutionState) -> list[tuple[Population, int]]:
        """A few members of each island in turn, for an objective that may like what the loss does not."""
        found: list[tuple[Population, int]] = []
        for island in state.islands:
            members = island.population
            filled = [k for k, count in enumerate(members.count.tolist()) if count > 0 and not island.view]
            for turn in range(_ASKED_ABOUT if filled else 0):
                number = _ASKED_ABOUT * state.epochs + turn
                level, round_number = filled[number % len(filled)], number // len(filled)
                slot = level * self.level_width + round_number % int(members.count[level])
                found.append((members, slot))
        return found

    def _look_after(self, number: int, island: Island, report: Report, n_views: int) -> None:
        """Note an island's progress; begin anew where there was none for long."""
        progress = island.progress
        progress.note(report.best.loss, int(report.counters[EVALUATED]))
        if number > 0 and progress.is_over(self.stale_after):
            progress.begin_anew()
            island.view = self._view_for(number, progress.restarts, n_views)
            island.population.count[:] = 0


def _seen_through(
    site: Site, view: int, report: Population, level: int, problem: Problem
) -> list[Expression]:
    """The formulas of the target that a formula of its transform amounts to."""
    transform = site.views[view]
    inner = formula_of(report, level, problem.language)
    rows = site.rows[view]
    columns = dict(zip(problem.language.variables, rows.X, strict=True))
    values = reference.values(inner, columns)
    target = transform.values[problem.probe_places]
    with np.errstate(all="ignore"):
        line = fitted_line(values, target, rows.weights)
    if not np.isfinite(line.loss):
        return []
    formulas = [transform.applied(one.of(inner)) for one in (line, line.without_offset)]
    language = problem.language
    return [
        f for f in formulas if language.complexity(f) <= language.max_complexity and language.obeyed_by(f)
    ]
