"""Gaussian process regression with squared exponential kernels, one lengthscale for each column.

After Rasmussen and Williams (2006): the marginal likelihood and its gradient (equations 5.8 and 5.9) with the
signal's variance put at its best value, and leave-one-out residuals from the inverse (equation 5.12). The
kernel is a sum over groups of columns, as in Duvenaud, Nickisch and Rasmussen (2011); one group of all
columns is the ordinary case.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

# Numbers of the columns of each group.
Groups = tuple[tuple[int, ...], ...]

# Bounds on lengthscales (columns have spread 1), amplitudes of groups, and the noise's standard deviation.
_LENGTHS = (0.05, 60.0)
_AMPLITUDES = (1e-3, 1e3)
_NOISES = (1e-5, 1.0)
# Lengthscales are taken to be about this before the data speak, give or take the factor exp(2).
_USUAL_LENGTH = 2.0
_FAILED = 1e12


class Hyperparameters(NamedTuple):
    """What the marginal likelihood is maximised over.

    Attributes
    ----------
    lengths
        Lengthscale of each column, float64 (n_columns,).
    amplitudes
        Standard deviation of each group's function relative to the first group's, float64 (n_groups,).
    noise
        Standard deviation of the noise relative to the first group's.
    """

    lengths: Array
    amplitudes: Array
    noise: float


class Moments(NamedTuple):
    """Posterior mean and its derivatives by the columns.

    Attributes
    ----------
    value, gradient, hessian
        float64 (n_points,), (n_points, n_columns) and (n_points, n_columns, n_columns).
    """

    value: Array
    gradient: Array
    hessian: Array


@dataclass(frozen=True)
class Gaussian:
    """A process conditioned on rows.

    Parameters
    ----------
    Z
        The rows, float64 (n_rows, n_columns).
    alpha
        Inverse of the covariance times the target, float64 (n_rows,).
    left_out
        What the prediction of each row from the others misses, float64 (n_rows,).
    hyperparameters, groups
        The kernel.
    """

    Z: Array
    alpha: Array
    left_out: Array
    hyperparameters: Hyperparameters
    groups: Groups

    def component(self, Z: Array, group: int) -> Array:
        """Mean of one group's function at points (n_points, n_columns)."""
        return _kernel(Z, self.Z, self.hyperparameters, self.groups, group) @ self.alpha

    def mean(self, Z: Array) -> Array:
        """Posterior mean at points (n_points, n_columns)."""
        total: Array = np.sum([self.component(Z, group) for group in range(len(self.groups))], axis=0)
        return total

    def moments(self, Z: Array) -> Moments:
        """Posterior mean at points (n_points, n_columns), with first and second derivatives."""
        n, d = Z.shape
        value, gradient, hessian = np.zeros(n), np.zeros((n, d)), np.zeros((n, d, d))
        squared = self.hyperparameters.lengths**2
        for number, group in enumerate(self.groups):
            share = _kernel(Z, self.Z, self.hyperparameters, self.groups, number) * self.alpha
            total = share.sum(axis=1)
            value += total
            for i in group:
                pull = share * ((Z[:, i, None] - self.Z[None, :, i]) / squared[i])
                gradient[:, i] = -pull.sum(axis=1)
                hessian[:, i, i] = -total / squared[i]
                for j in group:
                    across = (Z[:, j, None] - self.Z[None, :, j]) / squared[j]
                    hessian[:, i, j] += np.einsum("nm,nm->n", pull, across)
        return Moments(value, gradient, hessian)


def _kernel(A: Array, B: Array, h: Hyperparameters, groups: Groups, group: int) -> Array:
    """Covariance of one group's function between two sets of points."""
    columns = list(groups[group])
    a, b = A[:, columns] / h.lengths[columns], B[:, columns] / h.lengths[columns]
    squared = np.sum(a * a, axis=1)[:, None] + np.sum(b * b, axis=1)[None, :] - 2.0 * (a @ b.T)
    covariance: Array = h.amplitudes[group] ** 2 * np.exp(-0.5 * np.maximum(squared, 0.0))
    return covariance


def _inverse(K: Array) -> tuple[Array, float] | None:
    """Inverse and logarithm of the determinant of a covariance; None if it is not positive definite."""
    try:
        factor = np.linalg.cholesky(K)
        inverse = np.linalg.inv(K)
    except np.linalg.LinAlgError:
        return None
    return 0.5 * (inverse + inverse.T), 2.0 * float(np.sum(np.log(np.diag(factor))))


def unpacked(theta: Array, groups: Groups) -> Hyperparameters:
    """Hyperparameters from their logarithms: lengthscales, amplitudes but the first, noise."""
    n_columns = len(theta) - len(groups)
    values = np.exp(theta)
    amplitudes = np.concatenate([[1.0], values[n_columns:-1]])
    return Hyperparameters(values[:n_columns], amplitudes, float(values[-1]))


def cost(theta: Array, Z: Array, target: Array, groups: Groups, shape: Array) -> tuple[float, Array]:
    """Negative logarithm of the marginal likelihood, up to a constant, and its gradient.

    Parameters
    ----------
    theta
        As `unpacked` reads it.
    Z, target
        Rows (n_rows, n_columns) and their centred target (n_rows,).
    shape
        Variance of each row's noise relative to the mean row's, float64 (n_rows,).
    """
    n, h = len(target), unpacked(theta, groups)
    kernels = [_kernel(Z, Z, h, groups, group) for group in range(len(groups))]
    K = np.sum(kernels, axis=0)
    K.flat[:: n + 1] += h.noise**2 * shape
    solved = _inverse(K)
    if solved is None:
        return _FAILED, np.zeros_like(theta)
    inverse, log_determinant = solved
    alpha = inverse @ target
    variance = max(float(target @ alpha) / n, 1e-300)
    W = inverse - np.outer(alpha, alpha) / variance
    slopes = np.zeros_like(theta)
    for number, (group, kernel) in enumerate(zip(groups, kernels, strict=True)):
        P = W * kernel
        rows = P.sum(axis=1)
        if number:
            slopes[Z.shape[1] + number - 1] = float(rows.sum())
        z = Z[:, group]
        within = rows @ (z * z) - np.einsum("nj,nj->j", z, P @ z)
        slopes[list(group)] = within / h.lengths[list(group)] ** 2
    slopes[-1] = float(np.diag(W) @ shape) * h.noise**2
    prior = (theta[: Z.shape[1]] - np.log(_USUAL_LENGTH)) / 2.0
    slopes[: Z.shape[1]] += prior / 2.0
    return 0.5 * (n * np.log(variance) + log_determinant + float(prior @ prior)), slopes


def most_likely(
    Z: Array, target: Array, groups: Groups, shape: Array, max_steps: int = 40
) -> tuple[Hyperparameters, int]:
    """Hyperparameters of the largest marginal likelihood by L-BFGS, and how often it was computed."""
    from scipy.optimize import minimize

    n_columns, n_groups = Z.shape[1], len(groups)
    bounds = np.log([_LENGTHS] * n_columns + [_AMPLITUDES] * (n_groups - 1) + [_NOISES])
    start = np.zeros(n_columns + n_groups)
    start[:n_columns] = np.log(_USUAL_LENGTH)
    start[-1] = np.log(0.01)
    found = minimize(
        cost, start, (Z, target, groups, shape), "L-BFGS-B", jac=True, bounds=bounds,
        options={"maxiter": max_steps, "maxfun": max_steps + 15},
    )  # fmt: skip
    return unpacked(np.asarray(found.x), groups), int(found.nfev)


def conditioned(
    Z: Array, target: Array, hyperparameters: Hyperparameters, groups: Groups, shape: Array
) -> Gaussian | None:
    """The process conditioned on rows; None where their covariance is singular."""
    h, n = hyperparameters, len(target)
    K = np.sum([_kernel(Z, Z, h, groups, group) for group in range(len(groups))], axis=0)
    K.flat[:: n + 1] += h.noise**2 * shape
    solved = _inverse(K)
    if solved is None:
        return None
    inverse, _ = solved
    alpha = inverse @ target
    return Gaussian(Z, alpha, alpha / np.diag(inverse), h, groups)
