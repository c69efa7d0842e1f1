"""A search as it goes: searchers propose, the confirmer scores, the archive keeps."""

from __future__ import annotations

import threading
import time
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.knowledge.constants import kind_of
from symlaw.language.expression import Constant, Expression
from symlaw.search.archive import Archive, Entry
from symlaw.search.constants.best_thresholds import with_best_thresholds
from symlaw.search.constraints.effects import in_effect
from symlaw.search.constraints.guard import Guard
from symlaw.search.constraints.units import completed
from symlaw.search.executors.base import Workers
from symlaw.search.loop.accounting import Tally
from symlaw.search.loop.budget import Budget, Spent, reason_to_stop
from symlaw.search.loop.opening import openings
from symlaw.search.objectives.base import Ability
from symlaw.search.pruning.artefacts import sound
from symlaw.search.pruning.vanishing import doubtful, without_vanishing
from symlaw.search.pruning.without_part import contractions
from symlaw.search.scoring.confirmers.choose import confirmer_of
from symlaw.search.scoring.confirmers.rows import Confirmer
from symlaw.search.scoring.given_forms import in_own_form
from symlaw.search.scoring.user_objective import scored
from symlaw.search.searchers import says
from symlaw.search.searchers.base import Proposals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from symlaw.search.evolution.population import Population
    from symlaw.search.executors.base import Executor as Travelling
    from symlaw.search.problem import Problem
    from symlaw.search.searchers.base import Mapper, Searcher


STOPPED = "stopped by the user"
# How often thresholds and the other constants are fitted in turn.
_THRESHOLD_ROUNDS = 3
# Formulas that a searcher scores in a search that has a reason to stop before it begins.
_SHORT = 200
# Seconds in which an epoch may be finished after the user stopped the search.
_GRACE = 0.4


class Inline(Executor):
    """An executor that does what it is given at once, in the thread that gives it."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """The result as a future that is done."""
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


def begin(
    problem: Problem,
    budget: Budget,
    members: Sequence[Searcher],
    *,
    seed: int = 0,
    archive: Archive | None = None,
    spent: Spent | None = None,
    stop: threading.Event | None = None,
    cache_keys: int | None = None,
) -> SearchState:
    """A search before its first epoch; its archive holds the best constant.

    Parameters
    ----------
    problem, budget, members, seed, archive, spent, stop
        As in `symlaw.search.loop.search.search`.
    cache_keys
        Capacity of the equivalence cache of a new archive; the archive's default otherwise.
    """
    if archive is None:
        size = {} if cache_keys is None else {"cache_keys": cache_keys}
        archive = Archive(problem.language.max_complexity, problem.loss_floor, **size)
    guard = None if problem.shape is None else Guard(problem, problem.shape)
    valued = problem.offers(Ability.VALUES) and problem.language.template is None
    constant = _constant_of(problem) if valued else None
    if constant is not None:
        archive.extend(_screened([constant], guard, archive, problem))
    states = {member.name: member.start(problem, seed) for member in members}
    tallies = {member.name: Tally(member.name) for member in members}
    return SearchState(
        problem,
        budget,
        members,
        states,
        archive,
        confirmer_of(problem),
        spent or Spent(),
        stop,
        tallies,
        guard,
    )


# Whose entries those are that come before the first epoch.
OPENING = "dimensions"


@dataclass
class SearchState:
    """A search as it goes: what is asked, who searches, what was found, what was used. Made by `begin`.

    ``executor`` runs what can travel in place of the threads of this process. ``settles`` gives the formula
    of a front that would be recommended, or None where the front does not look final; ``settled`` is what it
    gave last. Once ``is_cut``, the clock or the user had the rest of an epoch left out.
    """

    problem: Problem
    budget: Budget
    members: Sequence[Searcher]
    states: dict[str, Any]
    archive: Archive
    confirmer: Confirmer
    spent: Spent
    stop: threading.Event | None
    tallies: dict[str, Tally]
    guard: Guard | None = None
    executor: Travelling | None = None
    holds: Callable[[Entry], bool] | None = None
    settles: Callable[[Sequence[Entry]], Entry | None] | None = None
    settled: Entry | None = None
    checked: tuple[Entry, bool] | None = None
    is_cut: bool = False
    stopped_at: float | None = None

    @property
    def front(self) -> tuple[Entry, ...]:
        """The front; the constant that it begins with goes once there is what holds all that is demanded."""
        front = self.archive.front
        if len(front) > 1 and not self.problem.language.admits(front[0].expression):
            return front[1:]
        return front

    def open(self) -> Iterator[list[Entry]]:
        """Score what can be said before a search, until one is exact; what came to the front each time."""
        if self.problem.language.is_typed:
            return
        for answer in openings(self.problem):
            tally = self.tallies.setdefault(OPENING, Tally(OPENING))
            counters = {"work": answer.work, "evaluations": len(answer.formulas)}
            brought = Proposals(formulas=answer.formulas, counters=counters)
            began = self.spent.seconds
            accepted = self._take_in(brought, OPENING)
            tally.add(brought, accepted, 0.0, self.spent.seconds - began)
            yield accepted
            if self.reason_to_stop() or self.archive.best_loss <= self.archive.loss_floor:
                return

    def epoch(self, pool: Executor) -> list[Entry]:
        """Ask every searcher once; the entries that came to the front."""
        accepted: list[Entry] = []
        spent, distinct = self.spent, self.spent.distinct
        for member, (proposals, seconds) in zip(self.members, self._ask(pool), strict=True):
            began = spent.seconds
            with np.errstate(all="ignore"):
                new = self._take_in(proposals, member.name)
            self.tallies[member.name].add(proposals, new, seconds, spent.seconds - began)
            member.tell(self.states[member.name], new)
            accepted += new
        spent.epochs += 1
        spent.barren_epochs = 0 if spent.distinct > distinct else spent.barren_epochs + 1
        if accepted:
            spent.improved_at = spent.evaluations
            self._note_recommendation()
        return accepted

    def _note_recommendation(self) -> None:
        """Note whether the formula that would be recommended is another one now."""
        if self.settles is None:
            return
        found = self.settles(self.front)
        if found is None or self.settled is None or found.inner != self.settled.inner:
            self.spent.settled_at = self.spent.evaluations
        self.settled = found

    def _ask(self, pool: Executor) -> list[tuple[Proposals, float]]:
        """What each searcher brings, and how long it took.

        All see the archive as it was before the epoch. The last one that can spread its work over the pool
        does; the others are one task each beside it.
        """
        workers = Workers(pool, self.executor)
        if self.problem.offers(Ability.VALUES) and any(says(member, "travels") for member in self.members):
            self.archive.cache = workers.executor.placed(self.archive.cache)
        snapshot, left = self.archive.snapshot(), _evaluations_left(self.budget, self.spent)
        share = max(1, left // len(self.members))
        if not self.spent.epochs and self.reason_to_stop():
            # a guess may be exact: a look for something simpler is all that is left
            share = min(share, _SHORT)
        heedful = [self.states[one.name] for one in self.members if says(one, "heeds_clock")]
        for state in heedful:
            state.end = time.monotonic() + self.budget.seconds_left(self.spent)

        def ask(member: Searcher, run_all: Mapper) -> tuple[Proposals, float]:
            began = time.monotonic()
            # numerical trouble is a value; which warnings are shown is set thread by thread
            with np.errstate(all="ignore"):
                proposals = member.ask(self.states[member.name], self.problem, snapshot, share, run_all)
            return proposals, time.monotonic() - began

        able = [place for place, member in enumerate(self.members) if says(member, "uses_pool")]
        spread = able[-1] if able else len(self.members) - 1
        # what stays with a worker is asked for by those beside too, each in the thread that it has
        alone = Workers(Inline(), self.executor) if workers.executor.stays else map
        beside = {
            place: pool.submit(ask, member, alone)
            for place, member in enumerate(self.members)
            if place != spread
        }
        brought = {spread: ask(self.members[spread], workers)}
        brought |= {place: future.result() for place, future in beside.items()}
        self.is_cut = self.is_cut or any(state.is_cut for state in heedful)
        return [brought[place] for place in range(len(self.members))]

    def reason_to_stop(self) -> str | None:
        """Why the search should end now, or None."""
        if self._is_stopped():
            return STOPPED
        best = self.archive.best_loss
        if best <= self.archive.loss_floor and not self._holds():
            best = np.inf
        floor = self.archive.loss_floor
        return reason_to_stop(self.budget, self.spent, best, floor, settled=self.settled is not None)

    def _holds(self) -> bool:
        """Whether the exact formula of the front is exact on rows that nobody searches on."""
        entry = self.archive.front[-1]
        if self.holds is None:
            return True
        if self.checked is None or self.checked[0] is not entry:
            self.checked = entry, self.holds(entry)
        return self.checked[1]

    def _is_stopped(self) -> bool:
        return self.stop is not None and self.stop.is_set()

    def _is_late(self) -> bool:
        """Whether another confirmation, which takes a while on a large table, would end too late."""
        late = self._is_past_grace() or self.budget.seconds_left(self.spent) < self.confirmer.slowest
        late = late and len(self.archive.front) > 1
        self.is_cut = self.is_cut or late
        return late

    def _is_past_grace(self) -> bool:
        if not self._is_stopped():
            return False
        self.stopped_at = self.stopped_at or time.monotonic()
        return time.monotonic() - self.stopped_at > _GRACE

    def _take_in(self, proposals: Proposals, source: str) -> list[Entry]:
        """Merge what one searcher brought; the entries that came to the front."""
        archive = self.archive
        for name, amount in proposals.counters.items():
            setattr(self.spent, name, getattr(self.spent, name) + amount)
        for keys in proposals.keys:
            archive.learn_keys(*keys)
        # a template's parts stay as they were fitted
        scored = (self._screened([entry], refit=False) for entry in proposals.entries)
        accepted = archive.extend(entry for entries in scored for entry in entries)
        for genomes, slot in proposals.genomes:
            if self._is_late():
                break
            if self._is_hopeless(genomes, slot):
                continue
            entries = self._screened(self.confirmer.entries(genomes, slot, source))
            taken = archive.extend(entries)
            # under an objective the best loss of a complexity does not bar others from being scored
            if entries if self.problem.ordered_by is None else taken:
                archive.note_genome(genomes, slot)
            accepted += taken
        for genomes, slot in proposals.doubtful:
            if self._is_late():
                break
            entries = self.confirmer.entries(genomes, slot, source)
            accepted += archive.extend(self._screened(entries, refit=False))
        for formula in completed(proposals.formulas, self.problem.language):
            if self._is_late():
                break
            complexity = self.problem.language.complexity(formula)
            limit = archive.limit_at(complexity)
            if self.guard is not None and limit < np.inf:
                limit = min(limit, self.guard.memory.limit_at(complexity))
            new = self.offer(formula, limit, source)
            if proposals.seeds and not new:
                self._note_near_miss(formula)
            accepted += new
        return accepted + self._without_parts(accepted, source)

    def _is_hopeless(self, genomes: Population, slot: int) -> bool:
        """Whether no form of a formula can come to the front: even with scale and offset it is above it."""
        if not self.problem.probe_is_everything or self.problem.ordered_by is not None:
            return False
        return bool(genomes.loss[slot] > self.archive.limit_at(float(genomes.complexity[slot])))

    def _screened(self, entries: list[Entry], *, refit: bool = True) -> list[Entry]:
        """Entries of one formula that hold what the user says about values."""
        began = time.monotonic()
        least = self.confirmer.least
        entries = in_effect(entries, self.archive, self.problem, least)
        kept = _screened(entries, self.guard, self.archive, self.problem, refit=refit)
        kept = in_effect(kept, self.archive, self.problem, least, known=entries)
        if self.problem.offers(Ability.VALUES):
            kept = sound(kept, self.archive, self.problem)
        self.confirmer.slowest = max(self.confirmer.slowest, time.monotonic() - began)
        return kept

    def _note_near_miss(self, formula: Expression) -> None:
        """Keep a formula that nearly came to the front for those who vary formulas."""
        genome = self.confirmer.genome(formula)
        if genome is not None and self.archive.is_near(genome.complexity[0], genome.loss[0]):
            self.archive.note_near(genome)

    def _without_parts(self, accepted: Sequence[Entry], source: str) -> list[Entry]:
        """What came to the front without some parts of what came to it."""
        typed = self.problem.language.is_typed and self.problem.offers(Ability.TARGET)
        better = self._with_thresholds(accepted, source) if typed else []
        return better + self._without_doubtful(accepted, source) + self._without_idle(accepted, source)

    def _with_thresholds(self, accepted: Sequence[Entry], source: str) -> list[Entry]:
        """What came to the front with the best thresholds on all rows, which no fit by slopes finds."""
        problem, found, last = self.problem, list[Entry](), list(accepted)
        columns = dict(zip(problem.language.variables, problem.rows.X, strict=True))
        for _ in range(_THRESHOLD_ROUNDS):
            better = []
            for entry in last:
                if entry.loss > self.archive.loss_floor and not self._is_late():
                    other = with_best_thresholds(entry.expression, columns, problem.y, problem.rows.weights)
                    if other is not None:
                        better += self.offer(other, np.inf, source)
            found, last = found + better, better
        return found

    def _without_doubtful(self, accepted: Sequence[Entry], source: str) -> list[Entry]:
        """Formulas without their constants that noise may have moved away from doing nothing."""
        found: list[Entry] = []
        if not self.problem.offers(Ability.VALUES):
            return found
        columns, nothing = self.problem.probe_columns, doubtful(self.problem.n_rows)
        for entry in accepted:
            if entry.filling is not None or entry.loss <= self.archive.loss_floor or self._is_late():
                continue
            shorter = without_vanishing(entry.inner, columns, nothing)
            if len(shorter.nodes) < len(entry.inner.nodes) and shorter.variables:
                limit = self.archive.limit_at(self.problem.language.complexity(shorter))
                found += self.offer(shorter, limit, source)
        return found

    def _without_idle(self, accepted: Sequence[Entry], source: str) -> list[Entry]:
        """What came to the front because an exact formula stays exact without one of its parts."""
        floor, found = self.archive.loss_floor, list[Entry]()
        exact = [entry for entry in accepted if entry.loss <= floor and entry.filling is None]
        while exact and not self._is_late():
            entry = min(exact, key=lambda entry: entry.complexity)
            exact = []
            for formula in contractions(entry.inner):
                limit = self.archive.limit_at(self.problem.language.complexity(formula))
                new = self.offer(formula, limit, source)
                found += new
                exact = [other for other in new if other.loss <= floor]
                if exact:
                    break
        return found

    def offer(self, formula: Expression, limit: float, source: str) -> list[Entry]:
        """Score a formula, offer what it gives, and keep it as an elite; the entries taken in."""
        if not self.problem.language.is_well_typed(formula):
            return []
        limit = limit if self.problem.ordered_by is None else np.inf
        accepted = self.archive.extend(self._screened(self.confirmer.guess(formula, limit, source)))
        for entry in accepted[:1]:
            genome = self.confirmer.genome(entry.inner)
            if genome is not None:
                self.archive.note_genome(genome, 0)
        return accepted


def _screened(
    entries: list[Entry], guard: Guard | None, archive: Archive, problem: Problem, *, refit: bool = True
) -> list[Entry]:
    if problem.language.is_typed:
        entries = [entry for entry in entries if problem.language.is_well_typed(entry.expression)]
    entries = scored(entries, problem.ordered_by)
    if guard is None:
        return in_own_form(entries, problem, archive) if refit else entries
    # what is refitted has the least loss that is allowed, which says nothing about an objective
    return guard.screened(entries, archive, refit=refit and problem.ordered_by is None)


def _constant_of(problem: Problem) -> Entry | None:
    """The best constant as a formula, the target's mean in least squares: what every other has to beat.

    Where numbers have to be of a kind, the allowed one next to it; None where the loss of that is not known.
    """
    kind, best, squares = kind_of(problem.language), problem.best_constant, problem.offers(Ability.SQUARES)
    value = best if kind is None or kind.admits(best) else kind.nearest(best)
    if value is None or (value != best and not squares):
        return None
    missed = (value - best) / problem.y_scale
    constant = Expression((Constant(value),))
    complexity = problem.language.complexity(constant)
    return Entry(constant, complexity, 1.0 + missed * missed, constant, "mean" if squares else "constant")


def _evaluations_left(budget: Budget, spent: Spent) -> int:
    return 2**62 if budget.evaluations is None else max(1, budget.evaluations - spent.evaluations)
