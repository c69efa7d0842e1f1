"""From what a search found to a front with a recommendation."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from symlaw.knowledge.constants import kind_of
from symlaw.search.loop.state import STOPPED
from symlaw.search.objectives.base import Ability
from symlaw.search.scoring.final_fit import finished
from symlaw.tasks.front.linear_sums import linear_sums
from symlaw.tasks.front.optional_steps import spared
from symlaw.tasks.front.refit import seconds_for as seconds_for_settling
from symlaw.tasks.front.refit import with_fitted_numbers
from symlaw.tasks.front.simplify import as_written, simplest, simplifies
from symlaw.tasks.front.simplify import seconds_for as seconds_for_simplifying
from symlaw.tasks.front.thinning import thinned, with_fixed_wholes
from symlaw.trust.behaviour.straying import straying
from symlaw.trust.constants.fit import Sample
from symlaw.trust.selection.description import EXACT_LOSS, description_length
from symlaw.trust.selection.linear_sums import NOISY, with_sums
from symlaw.trust.selection.recommend import Recommendation, against_all, by_objective, shown

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symlaw.search.archive import Entry
    from symlaw.search.loop.search import Outcome
    from symlaw.search.problem import Problem
    from symlaw.tasks.regression.settings import Settings
    from symlaw.trust.selection.description import Criteria

    Array = NDArray[np.float64]

# Alternatives to the rows of a front that are looked at: so many, and up to so many nats longer than the
# best.
_MOST, _NEAR = 40, 25.0
# Tables of no more rows have their alternatives fitted too, and what single rows say is looked at.
_FEW_ROWS = 5_000
# Digits of a formula in a reason.
_DIGITS = 3


@dataclass(frozen=True)
class Chosen:
    """Formulas of a search on all rows, and what is made of them.

    Parameters
    ----------
    front
        The rows to show, by rising complexity.
    recommended
        Which of them is recommended.
    candidates
        All formulas that were compared, with their description lengths.
    """

    front: tuple[Entry, ...]
    recommended: Recommendation
    candidates: tuple[tuple[Entry, float], ...]


def candidates_of(
    outcome: Outcome, problem: Problem, criteria: Criteria, seconds: float, listed: Sequence[Entry] = ()
) -> list[Entry]:
    """The front of a search, and formulas that may be the law in place of its rows.

    Those are others of the same sizes, shorter ones without constants that the rows do not ask for, and
    linear fits: what a formula looks like tells them from chance, where the losses do not. So only under
    least squares, and on tables of few rows.

    Parameters
    ----------
    outcome, problem
        What was found on which rows.
    criteria
        By what formulas are compared on these.
    seconds
        Time for shorter forms.
    listed
        Further formulas, from `symlaw.tasks.front.shortlist`.
    """
    front = list(outcome.front)
    plain = problem.offers(Ability.SQUARES) and problem.shape is None and problem.ordered_by is None
    if not plain or problem.language.template is not None or outcome.stopped_by == STOPPED:
        return front
    if problem.n_rows > _FEW_ROWS:
        return front
    known = {entry.expression for entry in front}
    others = [one for entries in outcome.alternatives.values() for one in entries]
    others = [one for one in others if problem.language.admits(one.expression)]
    distinct = {one.expression: one for one in (*others, *listed) if one.expression not in known}
    others = list(distinct.values())
    lengths = {id(one): criteria.length(one.expression, one.loss) for one in (*front, *others)}
    least = min(lengths.values())
    near = [one for one in others if lengths[id(one)] <= least + _NEAR]
    entries = front + sorted(near, key=lambda one: lengths[id(one)])[:_MOST]
    sample = _sample_of(problem)
    if sample is None or kind_of(problem.language) is not None:
        return entries
    known = {entry.expression for entry in entries}
    entries += [one for one in linear_sums(problem, sample) if one.expression not in known]
    return entries + thinned(entries, problem, criteria, sample, seconds)


def refined(
    entries: Sequence[Entry],
    problem: Problem,
    X: Array,
    settings: Settings,
    seconds: float,
    *,
    stopped: bool,
) -> list[Entry]:
    """Entries with their numbers fitted on a problem's rows, simplest on X and as people write them."""
    began, n_rows = time.monotonic(), problem.n_rows
    simplifying = seconds_for_simplifying(settings)
    settling = seconds_for_settling(n_rows, settings.time_budget)
    found, finishing = list(entries), max(0.0, seconds - simplifying - settling)
    front = spared("fitting on all rows", lambda: finished(found, problem, finishing), lambda: found)
    if stopped:
        return front
    limit = math.inf if settings.time_budget is None else min(seconds, settling)
    final = spared("fitting the numbers", lambda: with_fitted_numbers(front, problem, limit), lambda: front)
    if not settings.rewrites:
        return final
    short, left = final, seconds - (time.monotonic() - began)
    if simplifies(settings):
        short = spared("simplifying", lambda: simplest(final, problem.language, X, left), lambda: final)
    return spared("writing formulas", lambda: as_written(short, problem.language, X), lambda: short)


def chosen_of(entries: Sequence[Entry], problem: Problem, criteria: Criteria, errors: Array) -> Chosen:
    """A front of formulas and which of them is recommended.

    Parameters
    ----------
    entries
        Formulas as they are to be shown, their losses on all rows.
    problem
        All rows.
    criteria
        By what they are compared.
    errors
        What errors cost on rows held out, float64 (n_entries, n_held_out), of the same formulas as they were
        fitted on the others.
    """
    finite = [k for k, entry in enumerate(entries) if np.isfinite(entry.loss)]
    if finite and len(finite) < len(entries):
        # undefined on rows that were held out
        return chosen_of([entries[k] for k in finite], problem, criteria, errors[finite])
    sample = _sample_of(problem)
    if sample is not None:
        entries = [replace(one, expression=with_fixed_wholes(one.expression, sample)) for one in entries]
    lengths = [description_length(entry, criteria, sample) for entry in entries]
    candidates = tuple(zip(entries, lengths, strict=True))
    if problem.ordered_by is not None:
        ranked = [one.rank for one in entries]
        front, best = by_objective([entries[k] for k in _rising(entries, ranked)])
        return Chosen(tuple(front), best, candidates)
    if sample is None:
        return Chosen(*_best_of(range(len(entries)), entries, lengths, criteria, errors), candidates)
    lengths = against_all(entries, with_sums(entries, lengths, criteria))
    turned_down: list[str] = []
    able = list(range(len(entries)))
    while True:
        rows, best = _best_of(able, entries, lengths, criteria, errors)
        picked = rows[best.place]
        doubt = straying(picked.expression, sample) if NOISY < picked.loss < 1.0 else ""
        if not doubt:
            reason = "; ".join([best.reason, *turned_down[:1]])
            return Chosen(rows, replace(best, reason=reason), candidates)
        turned_down.append(f"{picked.expression.shown(_DIGITS)} {doubt}")
        able = [k for k in able if entries[k] is not picked]


def _best_of(
    able: Sequence[int],
    entries: Sequence[Entry],
    lengths: Sequence[float],
    criteria: Criteria,
    errors: Array,
) -> tuple[tuple[Entry, ...], Recommendation]:
    """A front of some of the entries, and which row of it is recommended."""
    places = [able[k] for k in _rising([entries[k] for k in able], [lengths[k] for k in able])]
    kept, best = shown(
        [entries[k] for k in places], criteria, errors=errors[places], lengths=[lengths[k] for k in places]
    )
    return tuple(entries[places[k]] for k in kept), best


def _sample_of(problem: Problem) -> Sample | None:
    """The rows of a problem of least squares."""
    plain = problem.offers(Ability.SQUARES) and problem.shape is None and problem.language.template is None
    if not plain or problem.n_rows > _FEW_ROWS:
        return None
    return Sample(problem.rows.X.T, problem.y, problem.language.variables, problem.rows.weights)


def _rising(entries: Sequence[Entry], lengths: Sequence[float]) -> list[int]:
    """Places of a front: each row more complex than the one before it, and missing less.

    Exact formulas come first, the simplest before the others, then the shortest descriptions: under noise a
    simpler formula that misses less by chance does not keep a likelier one off.
    """
    order = sorted(range(len(entries)), key=lambda k: _urgency(entries[k], lengths[k]))
    kept: list[int] = []
    for k in order:
        if all(_stand_together(entries[k], entries[other]) for other in kept):
            kept.append(k)
    exact = min((entries[k].complexity for k in kept if entries[k].loss <= EXACT_LOSS), default=math.inf)
    # nothing is better than exact, only longer
    return sorted((k for k in kept if entries[k].complexity <= exact), key=lambda k: entries[k].complexity)


def _urgency(entry: Entry, length: float) -> tuple[float, ...]:
    if entry.loss <= EXACT_LOSS:
        return 0.0, entry.complexity, length
    return 1.0, length, entry.complexity, entry.rank


def _stand_together(entry: Entry, other: Entry) -> bool:
    """Whether the more complex one of two misses less."""
    return (entry.complexity - other.complexity) * (entry.rank - other.rank) < 0.0
