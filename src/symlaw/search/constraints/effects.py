"""Whether what has to occur in a formula does something there.

A fit drives a column that is demanded, and that the rows say little of, to where it makes no difference, as
in ``a**2 + 1e9 / (1e9 + b)``. Such a formula holds the column by name only, and would bar those in which it
plays a part.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from symlaw.knowledge.structure import Required
from symlaw.language.expression import Variable, reduced
from symlaw.search.objectives.base import Ability
from symlaw.search.pruning.vanishing import NOTHING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from symlaw.language.expression import Expression, Leaf
    from symlaw.language.operators import Operator
    from symlaw.search.archive import Archive, Entry
    from symlaw.search.problem import Problem

    Array = NDArray[np.float64]

# What changes no value by more than this share of the errors' size is as good as not there.
_SHARE = 0.05


def in_effect(
    entries: list[Entry], archive: Archive, problem: Problem, least: float, known: Sequence[Entry] = ()
) -> list[Entry]:
    """Entries without those that might come to an archive and hold what has to occur by name only.

    Parameters
    ----------
    entries
        Of one formula.
    archive
        Where they are to go.
    problem
        What is searched.
    least
        The smallest loss known, of whatever formula: errors of its size are noise, as far as one knows.
    known
        Entries that were looked at before, for the same archive.
    """
    if not _needed(problem):
        return entries
    seen = {id(entry) for entry in known}
    return [
        entry
        for entry in entries
        if id(entry) in seen or not archive.would_take(entry) or is_in_effect(entry, problem, least)
    ]


def is_in_effect(entry: Entry, problem: Problem, least: float) -> bool:
    """Whether every column and operator that has to occur in a formula changes its values.

    Each is held at its mean over the probe rows. Under losses other than least squares, where the loss is no
    measure of the errors' size, any change counts.
    """
    noise = min(entry.loss, least) if problem.offers(Ability.SQUARES) else 0.0
    nothing = problem.y_scale * max(NOTHING, _SHARE * float(np.sqrt(max(noise, 0.0))))
    columns = problem.probe_columns
    there = _values(entry.expression, columns)
    return all(
        not np.max(np.abs(_values(entry.expression, columns, name) - there)) <= nothing
        for name in _needed(problem)
    )


def _needed(problem: Problem) -> Sequence[str]:
    rules = [rule for rule in problem.language.demands if isinstance(rule, Required)]
    return [name for rule in rules for name in (*rule.variables, *rule.operators)]


def _values(formula: Expression, columns: Mapping[str, Array], held: str = "") -> Array:
    """Values on rows, float64 (n_rows,); a column or an operator of a name held at its mean."""

    def leaf(node: Leaf) -> Array:
        if not isinstance(node, Variable) or node.value is not None:
            return np.asarray(node.value)
        return _mean(columns[node.name]) if node.name == held else columns[node.name]

    def applied(row: Operator, arguments: Sequence[Array]) -> Array:
        found = np.asarray(row.numpy_function(*arguments), dtype=float)
        return _mean(found) if row.name == held else found

    with np.errstate(all="ignore"):
        return np.asarray(reduced(formula.nodes, leaf, applied))


def _mean(values: Array) -> Array:
    return np.asarray(np.mean(values))
