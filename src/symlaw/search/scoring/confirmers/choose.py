"""Who confirms what searchers propose: by rows where there are some, else by the score alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from symlaw.search.objectives.base import Ability
from symlaw.search.scoring.confirmers.called import CalledConfirmer
from symlaw.search.scoring.confirmers.rows import Confirmer
from symlaw.search.scoring.confirmers.truths import TruthConfirmer

if TYPE_CHECKING:
    from symlaw.search.problem import Problem


def confirmer_of(problem: Problem) -> Confirmer:
    """The confirmer for what a problem's objective offers."""
    if problem.offers(Ability.VALUES):
        return Confirmer(problem)
    if problem.offers(Ability.BITS):
        return cast("Confirmer", TruthConfirmer(problem))
    objective: Any = problem.objective
    return cast("Confirmer", CalledConfirmer(problem, objective))
