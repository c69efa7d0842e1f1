"""How large the errors of a good formula will be, about, before there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ROWS = 1000
_NEIGHBOURS = 2
# Median absolute deviation of a normal distribution of standard deviation 1, inverted.
_NORMAL = 1.4826
_LEAST = 1e-3


def residual_scale(X: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """Robust scale of what a row's neighbours do not say about its target.

    A good part of the rows may be outliers. Where rows lie far apart the law's own slope adds to it, up to
    the spread of the target, so it is an upper estimate of the noise's standard deviation.

    Parameters
    ----------
    X
        float64 (n_features, n_rows).
    y
        float64 (n_rows,), not constant.

    Returns
    -------
    float
        Above 0, in the unit of ``y``.
    """
    spread = _spread(y - np.median(y)) or float(np.std(y))
    chosen = np.linspace(0, len(y) - 1, min(len(y), _ROWS)).round().astype(int)
    near, y = _nearest(X[:, chosen]), y[chosen]
    surprise = (y - np.mean(y[near], axis=1)) / np.sqrt(1.0 + 1.0 / near.shape[1])
    return min(max(_spread(surprise), _LEAST * spread), spread)


def _nearest(X: NDArray[np.float64]) -> NDArray[np.int64]:
    """Rows nearest to each in the ranks of the columns, int64 (n_rows, at most 2)."""
    n_rows = X.shape[1]
    distance = np.zeros((n_rows, n_rows))
    for column in X:
        rank = np.argsort(np.argsort(column, kind="stable"), kind="stable").astype(float)
        distance += (rank[:, None] - rank) ** 2
    np.fill_diagonal(distance, np.inf)
    return np.argsort(distance, axis=1, kind="stable")[:, : min(_NEIGHBOURS, n_rows - 1)]


def _spread(errors: NDArray[np.float64]) -> float:
    return _NORMAL * float(np.median(np.abs(errors)))
