"""Which variables matter to a formula's values: shares of variance, and slopes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import qmc

from symlaw.engine.differentiate import TooLong, value_and_gradient
from symlaw.language.values import values

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from symlaw.language.expression import Expression

    Array = NDArray[np.float64]

# Points for shares of variance: two to this power.
_DRAWS = 12


@dataclass(frozen=True)
class Importance:
    """How much one variable matters, on the data.

    Parameters
    ----------
    variable
        Which.
    first
        Share of the variance that knowing it alone explains (Sobol 1993), columns taken as independent.
    total
        Share that is left when all others are known (Homma and Saltelli 1996).
    slope
        Mean absolute derivative times the column's standard deviation: the change of the formula, in its own
        unit, for a typical change of the variable. nan where the formula is too long for it.
    """

    variable: str
    first: float
    total: float
    slope: float


def importance(expression: Expression, X: Array, names: Sequence[str]) -> tuple[Importance, ...]:
    """How much each variable of a formula matters, the most important first.

    Parameters
    ----------
    expression
        The formula.
    X
        (n_samples, n_features); columns are drawn from as they are distributed, each by itself.
    names
        Of the columns.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> X = np.random.default_rng(0).uniform(0, 1, (500, 2))
    >>> [one.variable for one in importance(parse("x + 3 * y"), X, ["x", "y"])]
    ['y', 'x']
    """
    own = [list(names).index(name) for name in expression.variables]
    if not own:
        return ()
    indices = _sobol(expression, X, names, own)
    slopes = _slopes(expression, X, names)
    found = [
        Importance(names[place], float(first), float(total), float(slopes[place]))
        for place, (first, total) in zip(own, indices, strict=True)
    ]
    return tuple(sorted(found, key=lambda one: -np.nan_to_num(one.total)))


def _sobol(expression: Expression, X: Array, names: Sequence[str], own: Sequence[int]) -> Array:
    """First-order and total indices (n_variables, 2), by the estimators of Saltelli et al. (2010)."""
    # well spread instead of random points: the estimates err a tenth as much
    shares = qmc.Sobol(2 * X.shape[1], scramble=False).random_base2(_DRAWS)
    rows = np.minimum((shares * len(X)).astype(int), len(X) - 1)
    ordered = np.sort(X, axis=0)
    a, b = (np.take_along_axis(ordered, half, axis=0) for half in np.hsplit(rows, 2))

    def at(points: Array) -> Array:
        return values(expression, dict(zip(names, points.T, strict=True)))

    of_a, of_b, found = at(a), at(b), []
    for place in own:
        mixed = a.copy()
        mixed[:, place] = b[:, place]
        of_mixed = at(mixed)
        known = np.isfinite(of_a) & np.isfinite(of_b) & np.isfinite(of_mixed)
        both = np.concatenate([of_a[known], of_b[known]])
        variance = float(np.var(both)) if len(both) else 0.0
        if not variance > 0:
            found.append((np.nan, np.nan))
            continue
        # differences of values around their mean lose less to rounding
        first = np.mean((of_b[known] - np.mean(both)) * (of_mixed[known] - of_a[known])) / variance
        total = 0.5 * np.mean((of_a[known] - of_mixed[known]) ** 2) / variance
        found.append((float(first), float(total)))
    return np.array(found)


def _slopes(expression: Expression, X: Array, names: Sequence[str]) -> Array:
    try:
        _, gradient = value_and_gradient(expression, X, names)
    except TooLong:
        return np.full(len(names), np.nan)
    finite = np.isfinite(gradient)
    mean = np.sum(np.abs(np.where(finite, gradient, 0.0)), axis=0) / np.maximum(1, finite.sum(axis=0))
    return np.asarray(mean * np.std(X, axis=0))
