"""What is proved of short formulas beside the one that is recommended."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from symlaw.search.exhaustive.proof import Effort, least_losses, left_by, provable
from symlaw.search.objectives.base import Ability
from symlaw.tasks.front.optional_steps import spared

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from symlaw.search.problem import Problem
    from symlaw.tasks.regression.settings import Settings

# Share of the time for it, the most of it in seconds, and tables that are not too long for it.
_SHARE, _MOST, _MOST_ROWS = 0.025, 1.5, 5_000
# Formulas that may be enumerated for each one that the search may score, where it is not limited by time.
_FORMULAS = 0.05


def seconds_for(n_rows: int, time_budget: float | None) -> float:
    """Seconds to keep back for `proved`."""
    return 0.0 if time_budget is None or n_rows > _MOST_ROWS else min(_SHARE * time_budget, _MOST)


def effort_for(settings: Settings, used: float, n_rows: int) -> Effort:
    """What a proof may cost when so many seconds of a fit were used."""
    if settings.time_budget is None:
        return Effort(formulas=_FORMULAS * (settings.max_evaluations or 0), threads=settings.threads)
    seconds = min(settings.time_budget - used, seconds_for(n_rows, settings.time_budget))
    return Effort(formulas=math.inf, values=math.inf, seconds=seconds, threads=settings.threads)


def proved(
    predicted: NDArray[np.float64],
    problem: Problem,
    X: NDArray[np.float64],
    y: NDArray[np.float64],
    effort: Effort,
) -> str:
    """What is proved of a formula, in a clause.

    Parameters
    ----------
    predicted
        Its values on all rows (n_rows,). It is compared with a scale and an offset as free as those of
        others.
    problem
        All rows and the language.
    X, y
        The rows without columns of named constants, (n_rows, n_features), and the target.
    effort
        What it may cost.

    Returns
    -------
    str
        Empty where nothing is: on long tables, under other losses than least squares, an objective, or
        statements about values, with operators of three arguments, where the formula is undefined on a row,
        and where time was too short.
    """
    plain = problem.offers(Ability.TARGET, Ability.SQUARES)
    plain = plain and problem.ordered_by is None and problem.shape is None
    if not plain or not provable(problem.language) or len(y) > _MOST_ROWS or len(y) != problem.n_rows:
        return ""
    weights, language = problem.rows.weights, problem.language
    names = language.variables[: X.shape[1]]
    loss = left_by(predicted, y, weights)
    if math.isnan(loss):
        return ""
    return spared(
        "proving",
        lambda: least_losses(X, y, language.operators, weights, effort, names).words(loss),
        lambda: "",
    )
