"""Formulas of short descriptions, on tables of few rows: those of the search's bank, and all short ones.

What a search keeps misses least of its size. The law under noise is one of many of its size, and not the one
that misses least.
"""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from symlaw.search.bank.beam.shortest import shortest
from symlaw.search.bank.slices import BankState
from symlaw.search.exhaustive.fitting import shortest_fitted
from symlaw.search.loop.state import STOPPED
from symlaw.search.objectives.base import Ability
from symlaw.search.pruning.artefacts import is_artefact
from symlaw.search.scoring.confirmers.rows import Confirmer
from symlaw.search.searchers.bank import ASKED_LATER_ROWS, workplace_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from symlaw.language.expression import Expression
    from symlaw.search.archive import Entry
    from symlaw.search.bank.targets import Workplace
    from symlaw.search.loop.search import Outcome
    from symlaw.search.problem import Problem
    from symlaw.tasks.regression.settings import Settings
    from symlaw.trust.selection.description import Criteria

SOURCE = "shortlist"
# Share of the time for it, formulas of the target, nats for each node, and entries that are kept.
_SHARE, _COUNT, _PER_NODE, _KEPT = 0.08, 60, 2.3, 40
# Shares of that for joins of the bank's entries, for fits of all short formulas, and for the comparison.
_JOINING, _FITTING, _COMPARING = 0.3, 0.5, 0.2
# Rows of all formulas whose constants are fitted; one takes some 75 microseconds.
FITTED_ROWS = 1.2e6
# What a budget of evaluations leaves after the search, so that a small one is soon over: formulas of a
# target, and joins of entries in a round, for each of them; formulas at least.
_COUNT_FOR_EACH, _JOINS_FOR_EACH, _LEAST_COUNT = 0.02, 20.0, 4
# Tables of no more rows, and formulas that are looked at, at least.
MOST_ROWS, _LEAST = ASKED_LATER_ROWS, 2**16


def seconds_for(n_rows: int, time_budget: float | None) -> float:
    """Seconds to keep back for `shortlist` and `scored`."""
    return 0.0 if time_budget is None or n_rows > MOST_ROWS else _seconds(time_budget)


def _seconds(time_budget: float | None) -> float:
    return math.inf if time_budget is None else _SHARE * time_budget


def bank_after(problem: Problem, outcome: Outcome) -> Workplace | None:
    """The bank that a search enumerated, grown to as many formulas as say something about few rows.

    None on many rows, under losses other than least squares, an objective, statements or a template, after
    an interruption, and without a bank.
    """
    states, language = outcome.states.values(), problem.language
    state = next((one for one in states if isinstance(one, BankState)), None)
    plain = problem.offers(Ability.SQUARES) and problem.ordered_by is None and problem.shape is None
    if state is None or not plain or language.template is not None:
        return None
    if problem.n_rows > MOST_ROWS or outcome.stopped_by == STOPPED:
        return None
    return workplace_of(state, _LEAST)


def shortlist(problem: Problem, bank: Workplace | None, settings: Settings) -> tuple[Expression, ...]:
    """Formulas to compare with the front; none without a bank of all rows."""
    if bank is None or not problem.probe_is_everything:
        return ()
    seconds = _seconds(settings.time_budget)
    evaluations = math.inf if settings.max_evaluations is None else settings.max_evaluations
    count = int(max(min(_COUNT, evaluations * _COUNT_FOR_EACH), _LEAST_COUNT))
    found = shortest(bank, _PER_NODE, count, _JOINING * seconds, evaluations * _JOINS_FOR_EACH)
    most = int(min(FITTED_ROWS / max(problem.n_rows, 20), evaluations))
    if problem.language.constants:
        found += shortest_fitted(problem, _PER_NODE, count, most, _FITTING * seconds)
    return tuple(dict.fromkeys(one for one in found if problem.language.fits(one)))


def scored(
    formulas: Sequence[Expression], problem: Problem, criteria: Criteria, time_budget: float | None
) -> list[Entry]:
    """Entries of the formulas, with numbers fitted on all rows; those of the shortest descriptions."""
    end, confirmer = time.monotonic() + _COMPARING * _seconds(time_budget), Confirmer(problem)
    found: dict[Expression, Entry] = {}
    for formula in formulas:
        if time.monotonic() > end:
            break
        for entry in confirmer.guess(formula, source=SOURCE):
            found.setdefault(entry.expression, entry)
    able = [one for one in found.values() if math.isfinite(one.loss)]
    able = [one for one in able if problem.language.admits(one.expression)]
    able.sort(key=lambda one: criteria.length(one.expression, one.loss))
    return [one for one in able[:_KEPT] if not is_artefact(one, problem)]
