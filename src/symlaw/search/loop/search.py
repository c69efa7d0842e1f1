"""The loop of a search, and what it tells while it goes and at its end."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from threadpoolctl import threadpool_limits

from symlaw.errors import InvalidSetting
from symlaw.search.executors import THREADS, executor_named
from symlaw.search.loop.accounting import Tally, finalised
from symlaw.search.loop.saved_state import SavedState, is_whole, restore, saved_state
from symlaw.search.loop.state import STOPPED, begin
from symlaw.search.objectives.base import Ability
from symlaw.search.searchers import (
    SCHEDULE,
    TRUTHS_SCHEDULE,
    TYPED_SCHEDULE,
    says,
    searchers_named,
    template_fillers,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Executor

    from symlaw.language.expression import Expression
    from symlaw.search.archive import Archive, Entry
    from symlaw.search.loop.budget import Budget, Spent
    from symlaw.search.loop.state import SearchState
    from symlaw.search.problem import Problem
    from symlaw.search.searchers.base import Searcher


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
    tallies
        The searchers' accounts so far.
    kept
        Gives the search as it is now, to go on from later; None where the clock, the user or the budget
        shortened an epoch, so that a longer search would be elsewhere.
    """

    front: tuple[Entry, ...]
    accepted: tuple[Entry, ...]
    spent: Spent
    stopping: str | None = None
    tallies: tuple[Tally, ...] = ()
    kept: Callable[[], SavedState] | None = None


@dataclass
class Outcome:
    """Result of a search.

    Attributes
    ----------
    doubts
        By number of each hard statement about values, entries that break nothing else, the best of each
        complexity.
    alternatives
        By complexity, distinct formulas that are comparable with the best, the best first.
    """

    front: tuple[Entry, ...]
    spent: Spent
    stopped_by: str
    states: dict[str, Any] = field(default_factory=dict)
    tallies: tuple[Tally, ...] = ()
    doubts: Mapping[int, Sequence[Entry]] = field(default_factory=dict)
    alternatives: Mapping[float, Sequence[Entry]] = field(default_factory=dict)


# With fewer evaluations than this, none are spent on what dimensional analysis says.
_MIN_EVALUATIONS = 100


def search(
    problem: Problem,
    budget: Budget,
    *,
    searchers: Sequence[Searcher] | None = None,
    threads: int = 1,
    executor: Any = THREADS,
    cluster: str | None = None,
    seed: int = 0,
    listen: Callable[[Progress], None] | None = None,
    stop: threading.Event | None = None,
    archive: Archive | None = None,
    guesses: Sequence[Expression] = (),
    spent: Spent | None = None,
    holds: Callable[[Entry], bool] | None = None,
    settles: Callable[[Sequence[Entry]], Entry | None] | None = None,
    earlier: SavedState | None = None,
    remembered: Sequence[Entry] = (),
) -> Outcome:
    """Run a search to the end of its budget.

    Parameters
    ----------
    problem
        What is asked.
    budget
        When to end.
    searchers
        Who proposes, in the order in which proposals are merged; the schedule by default. Those that object
        to the problem are skipped.
    threads
        Worker threads; the result does not depend on their number.
    executor
        Who runs what can travel, such as islands of evolution: these threads, as many processes
        (``"processes"``), or workers of a Dask cluster (``"dask"``, or a client). The result does not depend
        on it either.
    cluster
        Address of the cluster's scheduler.
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
    holds
        Whether an exact formula is exact on other rows too; one that is not does not end the search.
    settles
        Gives the formula of a front that would be recommended, or None where the front does not look final.
    earlier
        A search for the same to go on from, in place of ``archive``, ``guesses`` and ``spent``.
    remembered
        Entries that are on the front at the end if nothing better is, whatever came before.

    Raises
    ------
    InvalidSetting
        When every searcher objects.
    """
    members, aside = _willing(list(searchers or searchers_named(_usual(problem))), problem)
    state = begin(
        problem,
        budget,
        members,
        seed=seed,
        archive=archive,
        spent=spent,
        stop=stop,
    )
    state.holds, state.settles = holds, settles
    state.executor = executor_named(executor, threads, cluster)
    # who only waits for workers needs a thread, and no core
    waiting = len(members) if state.executor is not None and state.executor.stays else 1
    try:
        # sums of products must not depend on how many threads the matrix library takes
        with threadpool_limits(1, user_api="blas"), ThreadPoolExecutor(max(threads, waiting)) as pool:
            if earlier is None:
                _begin(state, guesses, listen)
            else:
                restore(state, earlier)
            reason = _go_on(state, pool, listen)
    finally:
        if state.executor is not None:
            state.executor.close()
    state.archive.extend(remembered)
    state.spent.seconds_used = state.spent.seconds
    front = state.front
    tallies = finalised([*state.tallies.values(), *aside], front)
    doubts = {} if state.guard is None else state.guard.doubtful()
    others = state.archive.alternatives()
    return Outcome(front, state.spent, reason, state.states, tallies, doubts, others)


def _begin(
    state: SearchState, guesses: Sequence[Expression], listen: Callable[[Progress], None] | None
) -> None:
    """Score guesses, and what can be said before a search."""
    for guess in guesses:
        if state.problem.language.allows(guess):
            state.offer(guess, np.inf, "guess")
    budget = state.budget.evaluations
    if budget is not None and budget <= _MIN_EVALUATIONS:
        return
    for opened in state.open():
        if listen is not None and opened:
            listen(Progress(state.front, tuple(opened), state.spent, None))


def _go_on(state: SearchState, pool: Executor, listen: Callable[[Progress], None] | None) -> str:
    """Search epoch by epoch; why it ended."""
    reason: str | None = None
    while reason is None:
        before, whole = state.spent.evaluations, False
        try:
            accepted = state.epoch(pool)
            reason = state.reason_to_stop()
            whole = is_whole(state, state.spent.evaluations - before)
        except KeyboardInterrupt:
            accepted, reason = [], STOPPED
        if listen is not None:
            keep = partial(saved_state, state) if whole else None
            told = (tuple(accepted), state.spent, reason, tuple(state.tallies.values()), keep)
            listen(Progress(state.front, *told))
    return reason


def _usual(problem: Problem) -> Sequence[str] | None:
    """Names of the searchers of the schedule for a problem."""
    if problem.offers(Ability.BITS):
        return TRUTHS_SCHEDULE
    return TYPED_SCHEDULE if problem.language.is_typed else None


def _objection(searcher: Searcher, problem: Problem) -> str | None:
    """Why a searcher stands aside: only one that fills templates searches for what fills one.

    Likewise only one that knows types searches where there is anything but numbers.
    """
    if problem.language.is_typed and not says(searcher, "knows_types"):
        return "it knows numbers only"
    objection = searcher.objection(problem)
    fills = says(searcher, "fills_templates") or problem.language.template is None
    return objection if fills else "it does not fill templates"


def _willing(searchers: Sequence[Searcher], problem: Problem) -> tuple[list[Searcher], list[Tally]]:
    """Those that take part, and the accounts of the others."""
    objections = [_objection(searcher, problem) for searcher in searchers]
    members = [searcher for searcher, reason in zip(searchers, objections, strict=True) if reason is None]
    if not members:
        other = SCHEDULE[-1] if problem.language.template is None else template_fillers()[0]
        named = ", ".join(f"{s.name}: {reason}" for s, reason in zip(searchers, objections, strict=True))
        raise InvalidSetting(
            f"searchers names none that can work with loss {problem.loss.name!r} ({named}): add '{other}'"
        )
    aside = [
        Tally(searcher.name, aside=reason)
        for searcher, reason in zip(searchers, objections, strict=True)
        if reason is not None
    ]
    return members, aside
