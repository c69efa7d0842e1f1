"""Smooth curves through measured values; how smooth is said by the values themselves.

Penalised splines of degree 5 (Eilers and Marx 1996): the third differences of the coefficients are made small
as far as the restricted likelihood asks for (Wahba 1985). One decomposition serves every degree of
smoothness.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.interpolate import BSpline
from scipy.linalg import solve_triangular, svd
from scipy.optimize import minimize_scalar

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_DEGREE, _PENALISED = 5, 3
_MOST_PIECES = 260
_LITTLE = 1e-6


@dataclass(frozen=True)
class Smooth:
    """A smooth curve.

    Parameters
    ----------
    spline
        The curve.
    variance
        Of the errors of values with weight 1.
    freedom
        Number of values that the curve follows (effective degrees of freedom).
    """

    spline: BSpline
    variance: float
    freedom: float

    def __call__(self, times: Array, order: int = 0) -> Array:
        """Values of the curve or of its derivative of an order, (n_times,)."""
        return np.asarray(self.spline(times, nu=order), dtype=float)

    def rate(self) -> Smooth:
        """The curve's derivative."""
        return Smooth(self.spline.derivative(), 0.0, self.freedom)


@dataclass(frozen=True)
class Lookup:
    """Values as they were measured, for states that follow one from the other.

    Parameters
    ----------
    times, values
        (n_times,).
    """

    times: Array
    values: Array
    variance: float = 0.0

    def rate(self) -> Lookup:
        """Rates are not defined, and 0."""
        return Lookup(self.times, np.zeros_like(self.values))

    @property
    def freedom(self) -> float:
        """Every value says something of its own."""
        return float(len(self.times))

    def __call__(self, times: Array, order: int = 0) -> Array:
        """Values at measured times; the rate is not defined, and 0."""
        found = np.zeros(len(times)) if order else np.interp(times, self.times, self.values)
        return np.asarray(found, dtype=float)


def smooth(times: Array, values: Array, weights: Array | None = None) -> Smooth:
    """A smooth curve through values, nan being gaps.

    Parameters
    ----------
    times, values
        (n_times,), times rising; at least six values.
    weights
        One over the errors' variances, up to a factor; all alike by default.
    """
    given = np.isfinite(values)
    t, y = times[given], values[given]
    w = np.ones(len(t)) if weights is None else weights[given] / np.mean(weights[given])
    pieces = int(min(max(len(t) - _DEGREE, 4), _MOST_PIECES))
    knots = _knots(float(times[0]), float(times[-1]), pieces)
    centre, size = float(np.mean(y)), float(np.std(y)) or 1.0
    design = BSpline.design_matrix(t, knots, _DEGREE).toarray()
    z = (y - centre) / size
    coefficients, variance, freedom = _fitted(design, z, w)
    return Smooth(BSpline(knots, centre + size * coefficients, _DEGREE), variance * size**2, freedom)


def _knots(first: float, last: float, pieces: int) -> Array:
    step = (last - first) / pieces
    return np.asarray(first + step * np.arange(-_DEGREE, pieces + _DEGREE + 1), dtype=float)


def _fitted(design: Array, z: Array, w: Array) -> tuple[Array, float, float]:
    """Coefficients, variance of the errors, and effective degrees of freedom."""
    count = design.shape[1]
    differences = np.diff(np.eye(count), _PENALISED, axis=0)
    root = np.sqrt(w)
    # of pieces without values a little says that they are small
    q, triangle = np.linalg.qr(np.vstack([root[:, None] * design, _LITTLE * np.eye(count)]))
    _, stretch, modes = svd(solve_triangular(triangle, differences.T, trans="T").T, full_matrices=True)
    roughness = np.zeros(count)
    roughness[: len(stretch)] = stretch**2
    basis = solve_triangular(triangle, modes.T)
    seen = modes @ (q[: len(z)].T @ (root * z))
    whole, n, free = float(np.sum(w * z**2)), len(z), _PENALISED

    def left(strength: float) -> float:
        """The penalised sum of squares."""
        return max(whole - float(np.sum(seen**2 / (1.0 + strength * roughness))), 1e-15 * whole)

    def badness(logarithm: float) -> float:
        strength = 10.0**logarithm
        kept = strength * roughness[roughness > 0.0]
        return float((n - free) * np.log(left(strength)) - np.sum(np.log(kept / (1.0 + kept))))

    low = -np.log10(np.max(roughness)) - 3.0
    high = -np.log10(np.min(roughness[roughness > 0.0])) + 3.0
    grid = np.linspace(low, high, 60)
    best = int(np.argmin([badness(one) for one in grid]))
    around = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
    strength = 10.0 ** float(minimize_scalar(badness, bounds=around, method="bounded").x)
    shrunk = 1.0 / (1.0 + strength * roughness)
    coefficients = np.asarray(basis @ (shrunk * seen), dtype=float)
    return coefficients, left(strength) / max(n - free, 1), float(np.sum(shrunk))
