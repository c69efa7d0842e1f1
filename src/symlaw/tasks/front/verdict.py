"""What the rows say about the law, once formulas were compared: identified, rivals, or not learnable."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from threadpoolctl import threadpool_limits

from symlaw.search.objectives.base import Ability
from symlaw.tasks.front.shortlist import MOST_ROWS
from symlaw.trust.selection.chance import PERMUTATIONS, Chance, chance_in
from symlaw.trust.selection.finding import Candidate, Finding, finding_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from symlaw.search.bank.targets import Workplace
    from symlaw.search.problem import Problem
    from symlaw.tasks.front.conclude import Chosen
    from symlaw.tasks.regression.settings import Settings

# Share of the time that comparing with chance may take, and shuffled targets where no time is given.
_SHARE, _SHUFFLED = 0.1, 50


def seconds_for(n_rows: int, time_budget: float | None) -> float:
    """Seconds to keep back for `chance_of`."""
    return 0.0 if time_budget is None or n_rows > MOST_ROWS else _SHARE * time_budget


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
        What chance reaches, where `chance_of` counted it.

    Returns
    -------
    Finding or None
        None under templates, statements about values, objectives and losses other than least squares.
    """
    if not problem.offers(Ability.SQUARES) or problem.ordered_by is not None:
        return None
    if problem.shape is not None or problem.language.template is not None:
        return None
    compared = [Candidate(one.expression, one.complexity, one.loss, nats) for one, nats in chosen.candidates]
    picked = chosen.front[chosen.recommended.place].expression
    place = next(k for k, one in enumerate(compared) if one.expression is picked)
    return finding_of(compared, place, X, names, chance, problem.language.largest_like(picked))


def chance_of(bank: Workplace | None, problem: Problem, settings: Settings) -> Chance | None:
    """What losses the formulas of a search's bank reach by chance, in the time of `seconds_for`."""
    if bank is None:
        return None
    seconds = math.inf if settings.time_budget is None else _SHARE * settings.time_budget
    count = _SHUFFLED if settings.time_budget is None else PERMUTATIONS
    target = problem.probe.target[: bank.bank.n_rows]
    with threadpool_limits(settings.threads, user_api="blas"):
        return chance_in(bank.bank, target, seconds, n_permutations=count, seed=settings.seed)
