"""Refitting the constants of a formula to the last digits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import least_squares

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from benchmarks.candidates import Parametrised

TOLERANCE = 1e-15
MAX_EVALUATIONS = 200
# residuals over this many standard deviations are as bad as undefined ones
LARGEST = 1e6
HOPELESS = 1e-2
# a formula may be undefined on a few rows until its constants are right
DEFINED = 0.9


def refits(
    formula: Parametrised, X: NDArray[np.float64], y: NDArray[np.float64]
) -> Iterator[NDArray[np.float64]]:
    """Constants, ever closer to the least-squares ones: as given, then fitted, then fitted relatively.

    The relative rounds weigh residuals by 1 / (abs(y) + share * std(y)), which settles constants that
    matter only where y is small.

    Parameters
    ----------
    formula
        What to fit.
    X
        Clean rows, float64 (n_rows, n_inputs).
    y
        Clean targets, float64 (n_rows,).
    """
    constants = formula.start
    yield constants
    if not len(constants):
        return
    spread = float(np.std(y))
    for weights in (
        np.full(len(y), 1 / spread),
        1 / (np.abs(y) + 1e-2 * spread),
        1 / (np.abs(y) + 1e-5 * spread),
    ):
        fitted, cost = _levenberg_marquardt(formula, X, y, weights, constants)
        if not cost < HOPELESS:
            return
        constants = fitted
        yield constants


def _levenberg_marquardt(
    formula: Parametrised,
    X: NDArray[np.float64],
    y: NDArray[np.float64],
    weights: NDArray[np.float64],
    start: NDArray[np.float64],
) -> tuple[NDArray[np.float64], float]:
    """Constants and the root mean square of the weighted residuals, on the rows defined at the start."""
    value, slope = formula.function(), formula.jacobian()
    with np.errstate(all="ignore"):
        defined = np.isfinite(value(X, start))
    if np.mean(defined) < DEFINED:
        return start, np.inf
    X, y, weights = X[defined], y[defined], weights[defined]

    def residuals(constants: NDArray[np.float64]) -> NDArray[np.float64]:
        found = (value(X, constants) - y) * weights
        return np.where(np.abs(found) < LARGEST, found, LARGEST)

    def derivatives(constants: NDArray[np.float64]) -> NDArray[np.float64]:
        found = slope(X, constants) * weights[:, None]
        return np.where(np.isfinite(found), found, 0.0)

    with np.errstate(all="ignore"):
        found = least_squares(
            residuals,
            start,
            derivatives,
            method="lm",
            x_scale="jac",
            ftol=TOLERANCE,
            xtol=TOLERANCE,
            gtol=TOLERANCE,
            max_nfev=MAX_EVALUATIONS,
        )
    return found.x, float(np.sqrt(2 * found.cost / len(y)))
