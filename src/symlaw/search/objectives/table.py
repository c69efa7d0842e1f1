"""Tables: rows with a target each, and a loss of a formula's errors there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from symlaw.engine.losses.table import Loss
from symlaw.search.objectives.base import Ability
from symlaw.search.scoring.log_odds import linked

if TYPE_CHECKING:
    from symlaw.language.expression import Expression


@dataclass(frozen=True)
class TableObjective:
    """A loss of a formula's errors on rows.

    Parameters
    ----------
    loss
        What is made small.
    ordered_by
        A function of a formula that the front is ordered by in its stead.
    """

    loss: Loss = field(default_factory=Loss)
    ordered_by: Callable[[Expression], float] | None = None

    @property
    def abilities(self) -> frozenset[Ability]:
        """Values and targets, and what the loss adds to that."""
        loss, found = self.loss, {Ability.VALUES, Ability.TARGET}
        if loss.by_squares:
            found.add(Ability.SQUARES)
        if loss.fits_logarithms:
            found.add(Ability.LOG_SQUARES)
        if not loss.slopeless:
            found.add(Ability.SLOPES)
        return frozenset(found)

    def shown(self, formula: Expression) -> Expression:
        """The formula, of a probability where it gives log-odds."""
        return linked(formula) if self.loss.gives_log_odds else formula
