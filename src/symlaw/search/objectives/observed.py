"""Rows that are seen through a linear operator: ``|W f(X) - b|`` squared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.engine.fit import Rows
from symlaw.engine.losses.table import Loss
from symlaw.engine.objectives.observed import Observed
from symlaw.errors import DataError
from symlaw.search.objectives.base import Ability
from symlaw.search.problem import PROBE_ROWS, Problem

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from symlaw.language.expression import Expression
    from symlaw.language.grammar import Language

    Array = NDArray[np.float64]

# Observations of which eigenvalues are computed.
_MOST_RANKED = 1000
# What is seen of an offset is nothing where it is this small beside the entries.
_NOTHING = 1e-9


@dataclass(frozen=True)
class ObservedObjective:
    """Squared errors of what is seen of a formula's values.

    Parameters
    ----------
    operator
        W as a `scipy.sparse.csr_array` of shape (n_observations, n_rows).
    n_independent
        Observations that would say as much if none shared rows with others.
    """

    operator: Any
    n_independent: float

    @property
    def abilities(self) -> frozenset[Ability]:
        """Least squares, but no target in a row."""
        return frozenset({Ability.VALUES, Ability.SQUARES, Ability.SLOPES})

    @property
    def loss(self) -> Loss:
        """Squared errors."""
        return Loss()

    @property
    def ordered_by(self) -> Callable[[Expression], float] | None:
        """Nothing but the loss."""
        return None

    def shown(self, formula: Expression) -> Expression:
        """The formula as it is."""
        return formula


def make_observed_problem(
    X: ArrayLike,
    operator: Any,
    b: ArrayLike,
    language: Language,
    *,
    weights: ArrayLike | None = None,
) -> Problem:
    """Prepare rows that are seen through an operator.

    Parameters
    ----------
    X
        (n_rows, n_features), finite.
    operator
        W of shape (n_observations, n_rows), an array or a sparse matrix.
    b
        What is observed, (n_observations,).
    language
        Its variables are the columns of ``X``, in order.
    weights
        Of the observations, (n_observations,), not negative.

    Raises
    ------
    DataError
        Where shapes do not go together, or what is observed is that of a constant formula.
    """
    from scipy.sparse import csr_array

    columns = np.ascontiguousarray(np.asarray(X, dtype=float).T)
    seen, target = csr_array(operator, dtype=float), np.asarray(b, dtype=float).ravel()
    w = np.ones(len(target)) if weights is None else np.asarray(weights, dtype=float).ravel()
    _check(columns, seen, target, w)
    ones = seen @ np.ones(seen.shape[1])
    ones[np.abs(ones) <= _NOTHING * (abs(seen) @ np.ones(seen.shape[1]))] = 0.0
    square = float(np.sum(w * ones**2))
    centre = float(np.sum(w * ones * target)) / square if square > 0.0 else 0.0
    rest = target - centre * ones
    scale = float(np.sqrt(np.average(rest**2, weights=w)))
    if not scale > 1e-14 * float(np.max(np.abs(target), initial=0.0)):
        raise DataError("a constant formula gives all that is observed: there is nothing to search for")
    rows = _rows(columns, seen, rest / scale, w, ones)
    probe = _probe(columns, seen, rest / scale, w, ones)
    places = np.arange(columns.shape[1])
    objective = ObservedObjective(seen, _independent(seen, w))
    return Problem(language, rows, rows, probe, places, target, centre, scale, objective)


def _check(columns: Array, seen: Any, target: Array, weights: Array) -> None:
    m, n = seen.shape
    if n != columns.shape[1] or m != len(target) or m != len(weights):
        raise DataError(
            f"the operator has shape ({m}, {n}), and there are {columns.shape[1]} rows, {len(target)}"
            f" observations and {len(weights)} weights: it needs a row for each observation and a column for"
            " each row"
        )
    for what, values in (("X", columns), ("the operator", seen.data), ("b", target), ("weights", weights)):
        if not np.all(np.isfinite(values)):
            raise DataError(f"{what} holds numbers that are not finite: leave these rows or observations out")
    if np.any(weights < 0.0) or not np.sum(weights > 0.0) >= 3:
        raise DataError("weights are not negative, and three observations at least need one above 0")


def _independent(seen: Any, weights: Array) -> float:
    """Number of independent observations that errors of the rows leave: the effective rank of ``W W'``.

    Observations that share rows share their errors. The rank is the exponential of the entropy of the
    correlations' eigenvalues (Roy and Vetterli 2007); of very many observations it is their participation
    ratio ``m**2 / sum(r**2)``, which is no larger.
    """
    able = seen[weights > 0.0]
    covariance = able @ able.T
    spread = np.sqrt(covariance.diagonal())
    spread[spread == 0.0] = 1.0
    shares = covariance.multiply(1.0 / spread[:, None]).multiply(1.0 / spread[None, :])
    if len(spread) > _MOST_RANKED:
        return float(len(spread) ** 2 / shares.power(2).sum())
    eigenvalues = np.linalg.eigvalsh(shares.toarray()) / len(spread)
    there = eigenvalues[eigenvalues > 0.0]
    return float(np.exp(-np.sum(there * np.log(there))))


def _rows(columns: Array, seen: Any, target: Array, weights: Array, ones: Array) -> Rows:
    observed = Observed(
        seen.indptr.astype(np.int64), seen.indices.astype(np.int64), seen.data.copy(), ones,
        weights * ones, float(np.sum(weights * ones**2)),
    )  # fmt: skip
    total = float(np.sum(weights))
    variance = float(np.sum(weights * target**2)) / total
    rows = Rows(columns, target, weights, weights * target, total, variance)
    places, numbers = observed.packed()
    return rows._replace(sight=places, sight_numbers=numbers)


def _probe(columns: Array, seen: Any, target: Array, weights: Array, ones: Array) -> Rows:
    """At most `PROBE_ROWS` observations, evenly spread, and the rows that they see."""
    able = np.flatnonzero(weights > 0.0)
    if len(able) > PROBE_ROWS:
        able = able[np.linspace(0, len(able) - 1, PROBE_ROWS).round().astype(int)]
    some = seen[able]
    places = np.unique(some.indices)
    narrow = np.ascontiguousarray(columns[:, places])
    return _rows(narrow, some[:, places], target[able], weights[able], ones[able])
