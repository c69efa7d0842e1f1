"""What the rows say about the law, once formulas were compared: identified, rivals, or not learnable."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from threadpoolctl import threadpool_limits

from symlaw.search.course import STOPPED
from symlaw.search.searchers.bank import workplace_of
from symlaw.trust.chance import Chance, chance_in
from symlaw.trust.finding import Candidate, Finding, finding_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from symlaw.search.portfolio import Outcome
    from symlaw.search.problem import Problem
    from symlaw.tasks.concluding import Chosen
    from symlaw.tasks.settings import Settings

# Tables of no more rows are compared with chance; share of the time that it may take, and shuffled targets
# where no time is given.
_MOST_ROWS, _SHARE, _SHUFFLED = 200, 0.1, 50
# Formulas that are tried on them, at least.
_LEAST = 2**16


def seconds_for(n_rows: int, time_budget: float | None) -> float:
    """Seconds to keep back for `found_out`."""
    return 0.0 if time_budget is None or n_rows > _MOST_ROWS else _SHARE * time_budget


def found_out(
    chosen: Chosen,
    problem: Problem,
    X: NDArray[np.float64],
    names: Sequence[str],
    chance: Chance | None,
) -> Finding | None:
    """What the rows say about the law.

    Parameters
    ----------
    chosen
        The formulas that were compared, and the recommended one.
    problem
        What was searched.
    X, names
        All rows (n_rows, n_features) and the columns.
    chance
        What chance reaches, where `chance_after` counted it.

    Returns
    -------
    Finding or None
        None under templates, statements about values, objectives and losses other than least squares.
    """
    if not problem.loss.is_least_squares or problem.objective is not None:
        return None
    if problem.shape is not None or problem.language.template is not None:
        return None
    compared = [Candidate(one.expression, one.complexity, one.loss, nats) for one, nats in chosen.candidates]
    picked = chosen.front[chosen.recommended.place].expression
    place = next(k for k, one in enumerate(compared) if one.expression is picked)
    return finding_of(compared, place, X, names, chance)


def chance_after(problem: Problem, outcome: Outcome, settings: Settings) -> Chance | None:
    """What losses the formulas of the search's bank reach by chance, in the time of `seconds_for`.

    None on many rows, under losses other than least squares, after an interruption, and without a bank.
    """
    state = outcome.states.get("bank")
    place = None if state is None else workplace_of(state, _LEAST)
    bank = None if place is None else place.bank
    plain = problem.loss.is_least_squares and problem.objective is None
    if bank is None or not plain or problem.n_rows > _MOST_ROWS or outcome.stopped_by == STOPPED:
        return None
    target = problem.probe.target[: bank.n_rows]
    with threadpool_limits(settings.threads, user_api="blas"):
        if settings.time_budget is None:
            return chance_in(bank, target, math.inf, n_permutations=_SHUFFLED, seed=settings.seed)
        return chance_in(bank, target, _SHARE * settings.time_budget, seed=settings.seed)
