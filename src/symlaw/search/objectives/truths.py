"""Truth tables: rows that a formula of true and false gets right or wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from symlaw.engine.losses.table import Loss
from symlaw.errors import InvalidSetting
from symlaw.language.types import Type
from symlaw.search.bits.truths import TruthTable, truth_table
from symlaw.search.objectives.base import Ability
from symlaw.search.problem import Problem, make_problem

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from symlaw.language.expression import Expression
    from symlaw.language.grammar import Language


@dataclass(frozen=True)
class TruthObjective:
    """The share of wrong rows, as a fraction of the best constant's.

    Parameters
    ----------
    bits
        The rows as words.
    """

    bits: TruthTable

    @property
    def abilities(self) -> frozenset[Ability]:
        """A table of truths."""
        return frozenset({Ability.BITS})

    @property
    def loss(self) -> Loss:
        """Nothing but right and wrong is known."""
        return Loss()

    @property
    def ordered_by(self) -> Callable[[Expression], float] | None:
        """Nothing but the loss."""
        return None

    @property
    def exact(self) -> float:
        """No row is wrong."""
        return 0.0

    def shown(self, formula: Expression) -> Expression:
        """The formula as it is."""
        return formula


def make_truth_problem(
    X: ArrayLike, y: ArrayLike, language: Language, *, weights: ArrayLike | None = None, seed: int = 0
) -> Problem:
    """Prepare a truth table for a search: formulas are truths, and losses are shares of wrong rows.

    Parameters
    ----------
    X
        (n_samples, n_features): Boolean columns of 0 and 1, others of any finite numbers.
    y
        (n_samples,), 0 and 1, both of them.
    language
        Its variables are the columns of ``X``, in order; its result is Boolean.
    weights
        (n_samples,), not negative.
    seed
        Chooses the probe rows.

    Raises
    ------
    DataError
        When the target or a Boolean column holds anything else, or the target never changes.
    InvalidSetting
        When the language's formulas are numbers.
    """
    if language.result is not Type.BOOLEAN:
        raise InvalidSetting("formulas of this language are numbers: give it result=Type.BOOLEAN")
    table, target = np.asarray(X, dtype=float), np.asarray(y, dtype=float)
    w = np.ones(len(target)) if weights is None else np.asarray(weights, dtype=float)
    bits = truth_table(table, target, language, w)
    problem = make_problem(table, target, language, weights=w, seed=seed)
    return replace(problem, objective=TruthObjective(bits))
