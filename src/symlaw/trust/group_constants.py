"""Constants that groups of rows have of their own, with their standard errors."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from symlaw.language.expression import Constant, Expression, Node, Variable
from symlaw.language.operators import Operator
from symlaw.trust.fit import values_and_slopes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from symlaw.trust.fit import Sample

# What the errors of the other constants are, where these are not fitted with the groups' own.
HELD = "Errors of constants that all groups share are for the groups' constants as they are."
# A constant that groups share, by number, or a parameter of one group.
_Place = int | tuple[str, float]


@dataclass(frozen=True)
class GroupConstant:
    """A constant of one group.

    Parameters
    ----------
    name
        Of the parameter.
    column, level
        Which column tells groups, and its number for this one.
    value, standard_error
        From least squares, all constants of all groups together; nan where the rows do not determine it.
    """

    name: str
    column: str
    level: float
    value: float
    standard_error: float

    def text(self, labels: Sequence[str] | None = None) -> str:
        """The group, the value and its error in words."""
        error = "not determined" if math.isnan(self.standard_error) else f"± {self.standard_error:.2g}"
        return f"{self.label(labels)}: {self.value:.6g} {error}"

    def label(self, labels: Sequence[str] | None = None) -> str:
        """What the group is called; ``labels`` are the groups' by number."""
        known = labels is not None and 0 <= self.level < len(labels)
        return labels[int(self.level)] if known and labels else f"{self.level:g}"


def group_constants(expression: Expression, sample: Sample) -> list[GroupConstant]:
    """The constants of each group, lookup by lookup, with the errors that the rows leave them.

    They are those of the linearised model (Seber and Wild 1989, chapter 2) with all constants free at once:
    those of each group, and those that the groups share. Empty where the formula has no lookups.
    """
    lookups = _lookups(expression)
    if not lookups:
        return []
    columns = [(name, level) for name, (_, row) in lookups.items() for level, _ in row.table]
    n_shared = len(expression.constants)
    jacobian = np.zeros((sample.n_rows, n_shared + len(columns)))
    residual = np.full(sample.n_rows, np.nan)
    for column in dict.fromkeys(column for column, _ in lookups.values()):
        told = sample.X[:, list(sample.names).index(column)]
        for level in np.unique(told):
            rows = told == level
            try:
                values, slopes, places = _at(expression, lookups, float(level), sample, rows)
            except KeyError:
                # a group that the formula has no constants for
                continue
            residual[rows] = sample.y[rows] - values
            for place, slope in zip(places, slopes.T, strict=True):
                target = place if isinstance(place, int) else n_shared + columns.index(place)
                jacobian[rows, target] = slope
    errors = _errors(jacobian, residual, sample)
    found = []
    for (name, level), error in zip(columns, errors[n_shared:], strict=True):
        column, row = lookups[name]
        found.append(GroupConstant(name, column, level, dict(row.table)[level], float(error)))
    return found


def _lookups(expression: Expression) -> dict[str, tuple[str, Operator]]:
    """Lookups by name, each with the column that it looks at."""
    found: dict[str, tuple[str, Operator]] = {}
    for before, node in zip(expression.nodes, expression.nodes[1:], strict=False):
        if isinstance(node, Operator) and node.table and isinstance(before, Variable):
            found[node.name] = (before.name, node)
    return found


def _at(
    expression: Expression,
    lookups: Mapping[str, tuple[str, Operator]],
    level: float,
    sample: Sample,
    rows: NDArray[np.bool_],
) -> tuple[NDArray[np.float64], NDArray[np.float64], list[_Place]]:
    """Values and slopes on the rows of a group, and which constant each slope is by."""
    places: list[_Place] = []
    nodes: list[Node] = []
    shared = 0
    for node in expression.nodes:
        if isinstance(node, Operator) and node.table:
            # the column that it looks at stands right before it
            nodes[-1] = Constant(dict(node.table)[level])
            places.append((node.name, level))
            continue
        if isinstance(node, Constant):
            places.append(shared)
            shared += 1
        nodes.append(node)
    values, slopes = values_and_slopes(Expression(tuple(nodes)), sample.X[rows], sample.names)
    return values, slopes, places


def _errors(
    jacobian: NDArray[np.float64], residual: NDArray[np.float64], sample: Sample
) -> NDArray[np.float64]:
    there = np.isfinite(residual) & np.isfinite(jacobian).all(axis=1)
    root = np.sqrt(sample.weights[there])
    weighted = jacobian[there] * root[:, None]
    sizes = np.linalg.norm(weighted, axis=0)
    free = int(there.sum()) - int(np.sum(sizes > 0))
    squares = float(np.sum((residual[there] * root) ** 2))
    variance = 1.0 if sample.known else squares / free if free > 0 else math.nan
    with np.errstate(all="ignore"):
        scaled = weighted / np.where(sizes > 0, sizes, 1.0)
        inverse = np.linalg.pinv(scaled.T @ scaled, hermitian=True)
        errors = np.sqrt(variance * np.diag(inverse)) / sizes
    # what others can make up for is not determined
    rank = np.linalg.matrix_rank(scaled)
    if rank < int(np.sum(sizes > 0)):
        moved = np.abs(np.diag(inverse @ (scaled.T @ scaled)) - 1.0) > 1e-6
        errors[moved] = np.nan
    errors[sizes == 0.0] = np.nan
    return np.asarray(errors)
