"""A smooth model of a target with derivatives, in the units of the data.

Columns are standardised, or their logarithms where they are positive, wide-ranging and skewed; the target is
standardised, or its logarithm. The error of predicting each row from the others says how far the model, and
what its derivatives show, may be believed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from symlaw.search.decomposition.gaussian import Gaussian, Groups, Moments, conditioned, most_likely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

# Rows that hyperparameters are fitted on; the model is conditioned on all.
LIKELIHOOD_ROWS = 256
# Largest over smallest value of a positive column from which its logarithm is modelled if it is less skewed.
_WIDE = 5.0
# Weights are taken as at least this fraction of their mean.
_SMALLEST_WEIGHT = 1e-6


@dataclass(frozen=True)
class Columns:
    """How columns become standard ones: ``z = (x - centre) / spread``, or of ``log(x)`` where logged."""

    logged: NDArray[np.bool_]
    centre: Array
    spread: Array

    @classmethod
    def of(cls, X: Array, contrary: bool = False) -> Columns:
        """Suited to data (n_rows, n_columns); the contrary choice for wide-ranging columns, if wanted."""
        low, high = X.min(axis=0), X.max(axis=0)
        wide = (low > 0) & (high > _WIDE * np.maximum(low, 1e-300))
        logs = np.log(np.where(wide, X, 1.0))
        logged = wide & ((np.abs(_skewness(logs)) < np.abs(_skewness(X))) != contrary)
        T = np.where(logged, np.log(np.where(logged, X, 1.0)), X)
        spread = T.std(axis=0)
        return cls(logged, T.mean(axis=0), np.where(spread > 0, spread, 1.0))

    def standard(self, X: Array) -> Array:
        """Standard columns of data (n_rows, n_columns)."""
        T = np.where(self.logged, np.log(np.where(self.logged, X, 1.0)), X)
        standard: Array = (T - self.centre) / self.spread
        return standard

    def slopes(self, X: Array) -> tuple[Array, Array]:
        """First and second derivative of the standard columns by the columns, each (n_rows, n_columns)."""
        safe = np.where(self.logged, X, 1.0)
        first = 1.0 / (safe * self.spread)
        return first, np.where(self.logged, -first / safe, 0.0)


@dataclass(frozen=True)
class Surrogate:
    """A model of a target ``y``.

    Parameters
    ----------
    process
        The model in standard columns and target.
    columns
        How columns become standard ones.
    sign
        0 where the target is modelled itself; otherwise its sign, and ``log(sign * y)`` is modelled.
    centre, spread
        Of the modelled target.
    errors
        What the prediction of each row from the others misses of ``y``, float64 (n_rows,).
    r_squared
        Fraction of the target's variance that these predictions explain.
    work
        Multiplications that it took, a sixteenth of them.
    """

    process: Gaussian
    columns: Columns
    sign: float
    centre: float
    spread: float
    errors: Array
    r_squared: float
    work: int

    @property
    def groups(self) -> Groups:
        """Groups of columns whose functions add up to the modelled target."""
        return self.process.groups

    @property
    def unexplained(self) -> float:
        """Mean squared error of the modelled target, each row predicted from the others."""
        return float(np.mean(self.process.left_out**2)) * self.spread**2

    def value(self, X: Array) -> Array:
        """The target at points (n_points, n_columns)."""
        t = self.process.mean(self.columns.standard(X)) * self.spread + self.centre
        return self.sign * np.exp(t) if self.sign else t

    def component(self, X: Array, group: int) -> Array:
        """One group's summand of the target at points; its positive factor where a logarithm is modelled."""
        part = self.process.component(self.columns.standard(X), group) * self.spread
        return np.exp(part) if self.sign else part

    def derivatives(self, X: Array) -> Moments:
        """The target at points (n_points, n_columns), with first and second derivatives by the columns."""
        standard = self.process.moments(self.columns.standard(X))
        first, second = self.columns.slopes(X)
        value = standard.value * self.spread + self.centre
        gradient = self.spread * standard.gradient * first
        hessian = self.spread * standard.hessian * first[:, :, None] * first[:, None, :]
        own = np.arange(X.shape[1])
        hessian[:, own, own] += self.spread * standard.gradient * second
        if not self.sign:
            return Moments(value, gradient, hessian)
        f = self.sign * np.exp(value)
        hessian = f[:, None, None] * (hessian + gradient[:, :, None] * gradient[:, None, :])
        return Moments(f, f[:, None] * gradient, hessian)


def _skewness(X: Array) -> Array:
    """Skewness of each column, 0 where it is constant."""
    centred = X - X.mean(axis=0)
    spread = X.std(axis=0)
    skewness: Array = np.mean(centred**3, axis=0) / np.where(spread > 0, spread, 1.0) ** 3
    return skewness


def can_be_logged(y: Array) -> bool:
    """Whether a target has one sign and range enough for its logarithm to differ from a line."""
    size = np.abs(y)
    return bool((np.all(y > 0) or np.all(y < 0)) and size.max() > 2.0 * size.min())


def fit_surrogate(
    X: Array,
    y: Array,
    weights: Array,
    *,
    groups: Groups | None = None,
    logged: bool = False,
    contrary: bool = False,
) -> Surrogate | None:
    """Model a target; None where that fails.

    Parameters
    ----------
    X
        float64 (n_rows, n_columns); the first rows are those that hyperparameters are fitted on.
    y, weights
        float64 (n_rows,); the weights are above 0.
    groups
        Groups of columns whose functions add up; one of all columns by default.
    logged
        Model the logarithm of the target, which has one sign.
    contrary
        Model wide-ranging columns themselves where their logarithms would be modelled, and the reverse.
    """
    columns = Columns.of(X, contrary)
    Z = columns.standard(X)
    sign = float(np.sign(y[0])) if logged else 0.0
    t = np.log(sign * y) if logged else y
    centre, spread = float(np.mean(t)), float(np.std(t))
    total = float(np.sum(weights * (y - np.average(y, weights=weights)) ** 2))
    if not (spread > 0 and total > 0 and np.all(np.isfinite(Z)) and np.all(np.isfinite(t))):
        return None
    target = (t - centre) / spread
    # noise of the logarithm is relative noise of the target
    precision = weights * y**2 if logged else weights
    shape = 1.0 / np.maximum(precision / np.mean(precision), _SMALLEST_WEIGHT)
    parts = groups or (tuple(range(X.shape[1])),)
    n = min(len(y), LIKELIHOOD_ROWS)
    best, n_costs = most_likely(Z[:n], target[:n], parts, shape[:n])
    process = conditioned(Z, target, best, parts, shape)
    if process is None:
        return None
    missed = process.left_out * spread
    errors = y * -np.expm1(-missed) if logged else missed
    r_squared = 1.0 - float(np.sum(weights * errors**2)) / total
    work = (n_costs * n**3 + len(y) ** 3) // 16
    return Surrogate(process, columns, sign, centre, spread, errors, r_squared, work)
