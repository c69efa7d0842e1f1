"""New rows of which rules say different things that describe the fitted rows equally well."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.language.rules.formula import truths_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from symlaw.language.rules.decision import Decision
    from symlaw.language.rules.formula import Formula
    from symlaw.language.rules.literals import Columns

    Truths = NDArray[np.bool_]


def disputed(
    decision: Decision, rivals: Sequence[Sequence[Formula]], columns: Columns, n_rows: int
) -> Truths:
    """Rows whose label is another one with some clause's rival in its place, (n_rows,).

    Parameters
    ----------
    decision
        Rules in order.
    rivals
        Of each clause.
    columns
        The rows.
    n_rows
        How many there are.
    """
    # rows that some choice of the clauses so far leaves to those that follow, and the labels given by choices
    open_rows = np.ones(n_rows, bool)
    given: dict[Any, Truths] = {}
    for clause, others in zip(decision.clauses, rivals, strict=True):
        held = truths_of(clause.formula, columns, n_rows)
        some, every = held.copy(), held.copy()
        for rival in others:
            truths = truths_of(rival, columns, n_rows)
            some |= truths
            every &= truths
        given[clause.label] = given.get(clause.label, False) | (open_rows & some)
        open_rows = open_rows & ~every
    given[decision.otherwise] = given.get(decision.otherwise, False) | open_rows
    return np.asarray(np.sum(list(given.values()), axis=0) > 1)


def marked(labels: NDArray[Any], undecided: Truths) -> NDArray[np.object_]:
    """Labels with None where nothing is decided."""
    found = labels.astype(object)
    found[undecided] = None
    return found
