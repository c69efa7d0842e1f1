"""What an objective is: how candidates are judged, and what those who propose them may ask of it.

A searcher never asks which objective it works for; it asks for
abilities (`symlaw.search.problem.Problem.lacks`).
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from symlaw.engine.losses.table import Loss
    from symlaw.language.expression import Expression


class Ability(Enum):
    """What an objective offers beside a score; the value completes "it needs ..."."""

    # formulas are judged by their values on rows
    VALUES = "values on rows"
    # weighted least squares of what is linear in the formula: scale, offset and sums can be solved for
    SQUARES = "least squares"
    # each row has a target of its own, so that a wanted value can be looked up, inverted or modelled
    TARGET = "a target in each row"
    # the same, of the target's logarithm
    LOG_SQUARES = "least squares of logarithms"
    # rows and formulas are true or false, as bits of words
    BITS = "a table of truths"
    # small changes of a constant change the loss
    SLOPES = "a loss with slopes"


class Objective(Protocol):
    """How candidates are judged.

    Attributes
    ----------
    abilities
        What it offers.
    loss
        The loss of rows; plain squares where there are no rows.
    ordered_by
        What fronts are ordered by in the loss's stead, a function of a formula, or None.
    """

    @property
    def abilities(self) -> frozenset[Ability]:
        """What it offers."""
        ...

    @property
    def loss(self) -> Loss:
        """The loss of rows."""
        ...

    @property
    def ordered_by(self) -> Callable[[Expression], float] | None:
        """What fronts are ordered by in the loss's stead."""
        ...

    def shown(self, formula: Expression) -> Expression:
        """What users are shown of a formula: with its link, where predictions go through one."""
        ...
