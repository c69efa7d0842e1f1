"""Figures of the terms of a recommended sum."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from symlaw.search.objectives.base import Ability
from symlaw.tasks.front.optional_steps import spared
from symlaw.trust.constants.fit import Sample
from symlaw.trust.terms import TermFigures, term_figures

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from symlaw.language.expression import Expression
    from symlaw.search.problem import Problem

    Array = NDArray[np.float64]


def terms_of_fit(
    formula: Expression,
    problem: Problem,
    X: Array,
    names: Sequence[str],
    y: Array,
    weights: Array | None,
) -> tuple[TermFigures, ...]:
    """Figures of a formula's terms; none under other losses than least squares, and of templates.

    Parameters
    ----------
    formula
        Complete, scale and offset included.
    problem
        What was searched for.
    X, names
        Rows (n_rows, n_columns), and the columns' names.
    y, weights
        Target and weights, float64 (n_rows,).
    """
    if not problem.offers(Ability.SQUARES) or problem.language.template is not None:
        return ()
    sample = Sample(X, y, names, np.ones(len(y)) if weights is None else weights)
    return spared("looking at its terms", lambda: term_figures(formula, sample), lambda: ())
