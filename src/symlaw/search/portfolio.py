"""The loop of a search: searchers propose, the confirmer scores, the archive keeps."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.language.expression import Constant, Expression
from symlaw.search.archive import Archive, Entry
from symlaw.search.budget import Budget, Spent, reason_to_stop
from symlaw.search.confirm import Confirmer
from symlaw.search.searchers.evolution import Evolution

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from symlaw.search.problem import Problem
    from symlaw.search.searchers.base import Proposals, Searcher


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
        Who proposes; evolution by default.
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
    members = list(searchers or [Evolution()])
    if archive is None:
        archive = Archive(problem.language.max_complexity, problem.loss_floor)
    states = {member.name: member.start(problem, seed) for member in members}
    spent, confirmer = spent or Spent(), Confirmer(problem)
    archive.offer(_mean_of(problem))
    for guess in guesses:
        if problem.language.allows(guess):
            _offer_formula(guess, np.inf, archive, confirmer, "guess")
    reason: str | None = None
    with ThreadPoolExecutor(threads) as pool:
        while reason is None:
            try:
                accepted = _epoch(members, states, problem, budget, archive, confirmer, spent, pool)
                reason = reason_to_stop(budget, spent, archive.best_loss, problem.loss_floor)
                if reason is None and stop is not None and stop.is_set():
                    reason = STOPPED
            except KeyboardInterrupt:
                accepted, reason = [], STOPPED
            if listen is not None:
                listen(Progress(archive.front, tuple(accepted), spent, reason))
    spent.seconds_used = spent.seconds
    return Outcome(archive.front, spent, reason, states)


def _epoch(
    members: Sequence[Searcher],
    states: dict[str, Any],
    problem: Problem,
    budget: Budget,
    archive: Archive,
    confirmer: Confirmer,
    spent: Spent,
    pool: ThreadPoolExecutor,
) -> list[Entry]:
    """Ask every searcher once; the entries that came to the front."""
    accepted: list[Entry] = []
    distinct = spent.distinct
    for member in members:
        state, left = states[member.name], _evaluations_left(budget, spent)
        proposals = member.ask(state, problem, archive.snapshot(), left, pool.map)
        new = _take_in(proposals, archive, confirmer, spent, budget, member.name)
        member.tell(state, new)
        accepted += new
    spent.epochs += 1
    spent.barren_epochs = 0 if spent.distinct > distinct else spent.barren_epochs + 1
    if accepted:
        spent.improved_at = spent.evaluations
    return accepted


def _mean_of(problem: Problem) -> Entry:
    """The target's mean as a formula: what every other has to beat."""
    mean = Expression((Constant(problem.y_centre),))
    return Entry(mean, problem.language.complexity(mean), 1.0, mean, "mean")


def _evaluations_left(budget: Budget, spent: Spent) -> int:
    return 2**62 if budget.evaluations is None else max(1, budget.evaluations - spent.evaluations)


def _take_in(
    proposals: Proposals,
    archive: Archive,
    confirmer: Confirmer,
    spent: Spent,
    budget: Budget,
    source: str,
) -> list[Entry]:
    """Merge what one searcher brought; the entries that came to the front."""
    for name, amount in proposals.counters.items():
        setattr(spent, name, getattr(spent, name) + amount)
    for keys in proposals.keys:
        archive.learn_keys(*keys)
    accepted: list[Entry] = []
    for genomes, slot in proposals.genomes:
        # on a large table one confirmation takes a while; the clock may cut here as between epochs
        if accepted and budget.seconds_left(spent) < confirmer.slowest:
            break
        limit = archive.limit_at(float(genomes.complexity[slot]))
        entries = confirmer.entries(genomes, slot, limit, source)
        if entries:
            archive.note_genome(genomes, slot)
        accepted += archive.extend(entries)
    for formula in proposals.formulas:
        if accepted and budget.seconds_left(spent) < confirmer.slowest:
            break
        limit = archive.limit_at(confirmer.problem.language.complexity(formula))
        accepted += _offer_formula(formula, limit, archive, confirmer, source)
    return accepted


def _offer_formula(
    formula: Expression, limit: float, archive: Archive, confirmer: Confirmer, source: str
) -> list[Entry]:
    """Score a formula, offer what it gives, and keep it as an elite; the entries taken in."""
    accepted = archive.extend(confirmer.guess(formula, limit, source))
    for entry in accepted[:1]:
        genome = confirmer.genome(entry.inner)
        if genome is not None:
            archive.note_genome(genome, 0)
    return accepted
