"""The loop of a search: searchers propose, the confirmer scores, the archive keeps."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from threadpoolctl import threadpool_limits

from symlaw.language.expression import Constant, Expression
from symlaw.search.archive import Archive, Entry
from symlaw.search.budget import Budget, Spent, reason_to_stop
from symlaw.search.confirm import Confirmer
from symlaw.search.searchers import searchers_named
from symlaw.search.tally import Tally, settled

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from symlaw.search.problem import Problem
    from symlaw.search.searchers.base import Mapper, Proposals, Searcher


STOPPED = "stopped by the user"


@dataclass(frozen=True)
class Progress:
    """What a listener is told after each epoch.

    Parameters
    ----------
    front
        The front now.
    accepted
        Entries that came to it in this epoch.
    spent
        What the search has used.
    stopping
        Why it ends now, or None while it goes on.
    """

    front: tuple[Entry, ...]
    accepted: tuple[Entry, ...]
    spent: Spent
    stopping: str | None = None


@dataclass
class Outcome:
    """Result of a search."""

    front: tuple[Entry, ...]
    spent: Spent
    stopped_by: str
    states: dict[str, Any] = field(default_factory=dict)
    tallies: tuple[Tally, ...] = ()


def search(
    problem: Problem,
    budget: Budget,
    *,
    searchers: Sequence[Searcher] | None = None,
    threads: int = 1,
    seed: int = 0,
    listen: Callable[[Progress], None] | None = None,
    stop: threading.Event | None = None,
    archive: Archive | None = None,
    guesses: Sequence[Expression] = (),
    spent: Spent | None = None,
) -> Outcome:
    """Run a search to the end of its budget.

    Parameters
    ----------
    problem
        What is asked.
    budget
        When to end.
    searchers
        Who proposes, in the order in which proposals are taken in; the schedule by default.
    threads
        Worker threads; the result does not depend on their number.
    seed
        Seed of every random stream.
    listen
        Called after each epoch, in this thread.
    stop
        Set it, from any thread, to end the search at the next epoch.
    archive
        To start from; empty by default.
    guesses
        Formulas to score first; those outside the language are left out.
    spent
        What was used before, the clock's start included; nothing by default.
    """
    members = list(searchers or searchers_named())
    if archive is None:
        archive = Archive(problem.language.max_complexity, problem.loss_floor)
    states = {member.name: member.start(problem, seed) for member in members}
    course = _Course(problem, budget, archive, Confirmer(problem), spent or Spent(), stop)
    archive.offer(_mean_of(problem))
    for guess in guesses:
        if problem.language.allows(guess):
            course.offer(guess, np.inf, "guess")
    reason: str | None = None
    # sums of products must not depend on how many threads the matrix library takes
    with threadpool_limits(1, user_api="blas"), ThreadPoolExecutor(threads) as pool:
        while reason is None:
            try:
                accepted = course.epoch(members, states, pool)
                reason = course.reason_to_stop()
            except KeyboardInterrupt:
                accepted, reason = [], STOPPED
            if listen is not None:
                listen(Progress(archive.front, tuple(accepted), course.spent, reason))
    course.spent.seconds_used = course.spent.seconds
    tallies = settled(list(course.tallies.values()), archive.front)
    return Outcome(archive.front, course.spent, reason, states, tallies)


@dataclass
class _Course:
    """A search as it goes: what is asked, what was found, what was used."""

    problem: Problem
    budget: Budget
    archive: Archive
    confirmer: Confirmer
    spent: Spent
    stop: threading.Event | None
    tallies: dict[str, Tally] = field(default_factory=dict)

    def epoch(
        self, members: Sequence[Searcher], states: dict[str, Any], pool: ThreadPoolExecutor
    ) -> list[Entry]:
        """Ask every searcher once; the entries that came to the front."""
        accepted: list[Entry] = []
        spent, distinct = self.spent, self.spent.distinct
        for member, (proposals, seconds) in zip(members, self._ask(members, states, pool), strict=True):
            began = spent.seconds
            new = self._take_in(proposals, member.name)
            tally = self.tallies.setdefault(member.name, Tally(member.name))
            tally.add(proposals, new, seconds, spent.seconds - began)
            member.tell(states[member.name], new)
            accepted += new
        spent.epochs += 1
        spent.barren_epochs = 0 if spent.distinct > distinct else spent.barren_epochs + 1
        if accepted:
            spent.improved_at = spent.evaluations
        return accepted

    def _ask(
        self, members: Sequence[Searcher], states: dict[str, Any], pool: ThreadPoolExecutor
    ) -> list[tuple[Proposals, float]]:
        """What each searcher brings, and how long it took.

        All see the archive as it was before the epoch. The last one spreads its work over the pool; the
        others are one task each beside it.
        """
        snapshot, left = self.archive.snapshot(), _evaluations_left(self.budget, self.spent)
        share = max(1, left // len(members))

        def ask(member: Searcher, run_all: Mapper) -> tuple[Proposals, float]:
            began = time.monotonic()
            proposals = member.ask(states[member.name], self.problem, snapshot, share, run_all)
            return proposals, time.monotonic() - began

        beside = [pool.submit(ask, member, map) for member in members[:-1]]
        last = ask(members[-1], pool.map)
        return [*(future.result() for future in beside), last]

    def reason_to_stop(self) -> str | None:
        """Why the search should end now, or None."""
        if self._is_stopped():
            return STOPPED
        return reason_to_stop(self.budget, self.spent, self.archive.best_loss, self.problem.loss_floor)

    def _is_stopped(self) -> bool:
        return self.stop is not None and self.stop.is_set()

    def _is_late(self) -> bool:
        """Whether another confirmation, which takes a while on a large table, would end too late."""
        late = self._is_stopped() or self.budget.seconds_left(self.spent) < self.confirmer.slowest
        return late and len(self.archive.front) > 1

    def _take_in(self, proposals: Proposals, source: str) -> list[Entry]:
        """Merge what one searcher brought; the entries that came to the front."""
        archive = self.archive
        for name, amount in proposals.counters.items():
            setattr(self.spent, name, getattr(self.spent, name) + amount)
        for keys in proposals.keys:
            archive.learn_keys(*keys)
        accepted: list[Entry] = []
        for genomes, slot in proposals.genomes:
            if self._is_late():
                break
            entries = self.confirmer.entries(genomes, slot, source)
            if entries:
                archive.note_genome(genomes, slot)
            accepted += archive.extend(entries)
        for formula in proposals.formulas:
            if self._is_late():
                break
            limit = archive.limit_at(self.problem.language.complexity(formula))
            accepted += self.offer(formula, limit, source)
        return accepted

    def offer(self, formula: Expression, limit: float, source: str) -> list[Entry]:
        """Score a formula, offer what it gives, and keep it as an elite; the entries taken in."""
        accepted = self.archive.extend(self.confirmer.guess(formula, limit, source))
        for entry in accepted[:1]:
            genome = self.confirmer.genome(entry.inner)
            if genome is not None:
                self.archive.note_genome(genome, 0)
        return accepted


def _mean_of(problem: Problem) -> Entry:
    """The target's mean as a formula: what every other has to beat."""
    mean = Expression((Constant(problem.y_centre),))
    return Entry(mean, problem.language.complexity(mean), 1.0, mean, "mean")


def _evaluations_left(budget: Budget, spent: Spent) -> int:
    return 2**62 if budget.evaluations is None else max(1, budget.evaluations - spent.evaluations)
