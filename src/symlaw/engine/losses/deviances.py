"""What errors cost, in plain NumPy: the oracle of the kernels in `symlaw.engine.losses.irls`.

Each cost is a function of targets (n_rows,), predictions and a parameter, with minus its slope by the
prediction (*pull*) and the curvature of the parabola that replaces it in a step of iteratively reweighted
least squares (*stiffness*; Green 1984, and for the convex ones Lange, Hunter and Yang 2000). Each has the
best constant for targets, weights and a parameter (*middle*).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symlaw.errors import DataError

Array = NDArray[np.float64]
Pointwise = Callable[[Array, Any, float], Array]

LEAST_STIFFNESS = 1e-6
_STEPS = 200


def square(y: Array, m: Any, p: float) -> Array:
    """Half the square."""
    return 0.5 * (y - m) ** 2


def difference(y: Array, m: Any, p: float) -> Array:
    """Target less prediction."""
    return y - m


def ones(y: Array, m: Any, p: float) -> Array:
    """1 for each row."""
    return np.ones_like(y)


def pinball(y: Array, m: Any, p: float) -> Array:
    """The tilted absolute value whose mean a quantile makes smallest (Koenker and Bassett 1978)."""
    return np.where(y >= m, p * (y - m), (1.0 - p) * (m - y))


def pinball_pull(y: Array, m: Any, p: float) -> Array:
    """Minus the slope of `pinball`; between those of its sides where it has none."""
    return np.where(y > m, p, np.where(y < m, p - 1.0, p - 0.5))


def pinball_stiffness(y: Array, m: Any, p: float) -> Array:
    """Curvature of the parabola that touches `pinball` on both sides."""
    return 0.5 / np.abs(y - m)


def huber(y: Array, m: Any, p: float) -> Array:
    """Square below the bend and linear above (Huber 1964)."""
    size = np.abs(y - m)
    return np.where(size <= p, 0.5 * size**2, p * (size - 0.5 * p))


def huber_pull(y: Array, m: Any, p: float) -> Array:
    """Minus the slope of `huber`."""
    return np.clip(y - m, -p, p)


def huber_stiffness(y: Array, m: Any, p: float) -> Array:
    """Curvature of the parabola above `huber` that touches it."""
    return p / np.maximum(np.abs(y - m), p)


def log_cosh(y: Array, m: Any, p: float) -> Array:
    """``p**2 log cosh(error / p)``, by its series near 0."""
    z = np.abs(y - m) / p
    near = z**2 / 2 - z**4 / 12 + z**6 / 45 - 17 * z**8 / 2520
    return p**2 * np.where(z < 0.05, near, z + np.log1p(np.exp(-2.0 * z)) - math.log(2.0))


def log_cosh_pull(y: Array, m: Any, p: float) -> Array:
    """Minus the slope of `log_cosh`."""
    return p * np.tanh((y - m) / p)


def log_cosh_stiffness(y: Array, m: Any, p: float) -> Array:
    """Curvature of the parabola above `log_cosh` that touches it."""
    z = np.maximum(np.abs(y - m) / p, 1e-8)
    return np.tanh(z) / z


def poisson(y: Array, m: Any, p: float) -> Array:
    """Half the deviance of a count from its rate, continued below the lowest ordinary rate."""
    low = np.where(y > 0, np.minimum(p, y), 1.0)
    above = np.maximum(m, low)
    u = np.where(y > 0, (above - y) / np.where(y > 0, y, 1.0), 0.0)
    below = np.minimum(m - low, 0.0)
    counted = y * (u - np.log1p(u)) + (1.0 - y / low) * below + 0.5 * y / low**2 * below**2
    return np.where(y > 0, counted, np.where(m >= 0, m, 0.5 * m**2 / p))


def poisson_pull(y: Array, m: Any, p: float) -> Array:
    """Minus the slope of `poisson`."""
    low = np.where(y > 0, np.minimum(p, y), 1.0)
    counted = y / np.maximum(m, low) - 1.0 - y / low**2 * np.minimum(m - low, 0.0)
    return np.where(y > 0, counted, np.where(m >= 0, -1.0, -m / p))


def poisson_stiffness(y: Array, m: Any, p: float) -> Array:
    """Expected curvature of `poisson` (Fisher information)."""
    low = np.minimum(p, y)
    below = (y > 0) & (m < low)
    return np.where(below, y / np.where(below, low, 1.0) ** 2, 1.0 / np.maximum(m, p))


def logistic(y: Array, m: Any, p: float) -> Array:
    """Half the deviance of a label (positive: 1) from its log-odds."""
    z = np.where(y > 0, m, -m)
    return np.log1p(np.exp(-np.abs(z))) + np.maximum(-z, 0.0)


def logistic_pull(y: Array, m: Any, p: float) -> Array:
    """Minus the slope of `logistic`."""
    wrong = np.exp(-logistic(np.where(y > 0, 0.0, 1.0), m, p))
    return np.where(y > 0, wrong, -wrong)


def logistic_stiffness(y: Array, m: Any, p: float) -> Array:
    """Curvature of `logistic`, kept above 0."""
    wrong = np.abs(logistic_pull(y, m, p))
    return np.maximum(wrong * (1.0 - wrong), LEAST_STIFFNESS)


def log_error(y: Array, m: Any, p: float) -> Array:
    """Half the square of the logarithm's error, continued as a parabola below a share of the target."""
    low, error, below = _log_parts(y, m, p)
    return 0.5 * error**2 + below * (error / low + 0.5 * (1.0 - error) / low**2 * below)


def log_error_pull(y: Array, m: Any, p: float) -> Array:
    """Minus the slope of `log_error`."""
    low, error, below = _log_parts(y, m, p)
    return np.where(m > low, -error / np.maximum(m, low), -error / low - (1.0 - error) / low**2 * below)


def log_error_stiffness(y: Array, m: Any, p: float) -> Array:
    """Curvature of `log_error` below the target, and above it what it is at no error."""
    low, error, _ = _log_parts(y, m, p)
    return (1.0 + np.maximum(-error, 0.0)) / np.maximum(m, low) ** 2


def _log_parts(y: Array, m: Any, p: float) -> tuple[Array, Array, Array]:
    """The lowest ordinary prediction, the error there or above, and how far a prediction is below."""
    low = p * y
    return low, np.log(np.maximum(m, low) / y), np.minimum(m - low, 0.0)


def geometric_mean(y: Array, w: Array, p: float) -> float:
    """Best constant of `log_error`."""
    return float(np.exp(np.average(np.log(y), weights=w)))


def mean(y: Array, w: Array, p: float) -> float:
    """Weighted mean."""
    return float(np.average(y, weights=w))


def quantile(y: Array, w: Array, p: float) -> float:
    """Weighted quantile."""
    order = np.argsort(y, kind="stable")
    reached = np.cumsum(w[order])
    return float(y[order[np.searchsorted(reached, p * reached[-1])]])


def log_odds(y: Array, w: Array, p: float) -> float:
    """Log-odds of the weighted share of positive targets."""
    share = float(np.average(y > 0, weights=w))
    return math.log(share / (1.0 - share))


def huber_middle(y: Array, w: Array, p: float) -> float:
    """Best constant of `huber`."""
    return _settled(huber_pull, huber_stiffness, y, w, p)


def log_cosh_middle(y: Array, w: Array, p: float) -> float:
    """Best constant of `log_cosh`."""
    return _settled(log_cosh_pull, log_cosh_stiffness, y, w, p)


def _settled(pull: Pointwise, stiffness: Pointwise, y: Array, w: Array, p: float) -> float:
    """The best constant by reweighted means, from the median."""
    middle = quantile(y, w, 0.5)
    for _ in range(_STEPS):
        step = float(np.sum(w * pull(y, middle, p)) / np.sum(w * stiffness(y, middle, p)))
        middle += step
        if abs(step) <= 1e-12 * p:
            break
    return middle


# What a label's variance is at least.
_LEAST_VARIANCE = 1e-12


def variance_of_labels(mean: Array) -> Array:
    """Variance of labels 0 and 1 by their probability."""
    return np.maximum(mean * (1.0 - mean), _LEAST_VARIANCE)


def variance_of_counts(mean: Array) -> Array:
    """Variance of counts by their rate, which is the rate; raises `DataError` where one is not above 0."""
    if not np.all(mean > 0):
        raise DataError("the formula gives rates that are not above 0: counts have none such")
    return mean


def inverse_squares(y: Array) -> Array:
    """Weights of rows under which errors count relative to their targets, (n_samples,)."""
    return np.asarray((np.min(np.abs(y)) / y) ** 2)
