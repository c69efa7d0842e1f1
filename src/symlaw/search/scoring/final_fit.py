"""What is left to do after a search: the constants of every formula of the front, fitted on all rows."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from symlaw.search.constants.named import renamed
from symlaw.search.constraints.guard import Guard
from symlaw.search.objectives.base import Ability
from symlaw.search.scoring.confirmers.rows import Confirmer
from symlaw.search.scoring.user_objective import scored
from symlaw.search.templates.filling import Filler

if TYPE_CHECKING:
    from collections.abc import Sequence

    from symlaw.search.archive import Entry
    from symlaw.search.problem import Problem

MAX_STEPS = 20
# Node values computed in a second, with some to spare, and formulas of a front.
_SPEED, _FORMULAS = 1.5e8, 20
_NODES = 100.0
# Complexities of a front differ by more than this.
_STEP = 1e-9
# Of the time for a search, at most this share is kept back for it.
_SHARE = 0.1
# Seconds that it may take in any case: a search may end late, and small tables need no more.
_LEAST = 0.05


def seconds_for(n_rows: int, time_budget: float | None) -> float:
    """Seconds to keep back for `finished`."""
    wanted = _FORMULAS * MAX_STEPS * _NODES * n_rows / _SPEED
    return min(wanted, _SHARE * time_budget) if time_budget is not None else 0.0


def finished(front: Sequence[Entry], problem: Problem, seconds: float) -> list[Entry]:
    """The entries of a front, each with its constants fitted on all rows of a problem, in the same order.

    Numbers that are named constants as far as the data tell get their names.

    Parameters
    ----------
    front
        Entries, found on the same rows or some of them.
    problem
        All rows.
    seconds
        Time that it may take; where it does not suffice, fewer steps are made, on many rows none.
    """
    confirmer, began = Confirmer(problem), time.monotonic()
    guard = None if problem.shape is None else Guard(problem, problem.shape)
    done: list[Entry] = []
    template = problem.language.template
    filler = None if template is None else Filler(problem, template)
    for place, entry in enumerate(front):
        if filler is not None:
            done.append(_better(_holding(filler.refitted(entry), entry, guard), entry, problem))
            continue
        share = (seconds - (time.monotonic() - began)) / (len(front) - place)
        share = max(share, _LEAST / len(front))
        steps = min(float(MAX_STEPS), share * _SPEED / confirmer.step_work(entry))
        done.append(_better(confirmer.refitted(entry, max(0, int(steps)), guard), entry, problem))
    if problem.ordered_by is not None or not problem.language.named or not problem.offers(Ability.SQUARES):
        return done
    above = [entry.complexity for entry in done[1:]] + [math.inf]
    rooms = [min(entry.complexity + 1, top - _STEP) for entry, top in zip(done, above, strict=True)]
    named = [renamed(entry, confirmer, problem, room) for entry, room in zip(done, rooms, strict=True)]
    return [_holding(new, old, guard) for new, old in zip(named, done, strict=True)]


def _better(new: Entry, old: Entry, problem: Problem) -> Entry:
    """An entry fitted again; under an objective what it was before, where that is better on these rows."""
    if problem.ordered_by is None:
        return new
    both = scored([replace(old, objective=None), replace(new, objective=None)], problem.ordered_by)
    return min(both, key=lambda entry: entry.rank)


def _holding(new: Entry, old: Entry, guard: Guard | None) -> Entry:
    """An entry that was changed, or what it was before where that broke a statement about values."""
    if guard is None or new is old:
        return new
    return next(iter(guard.screened([new], refit=False)), old)
