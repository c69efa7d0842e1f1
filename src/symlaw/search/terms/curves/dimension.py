"""Whether rows lie along a curve, and which columns tell where on it a row is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

# Rows are counted as on a curve below this dimension; neighbours whose distances tell it.
_MOST, _NEAR, _FAR = 1.4, 2, 8
# Share of a column's values that differ from each other, at least: what lies along a curve repeats few.
_DISTINCT = 0.4
# Degree of the polynomial of a column, and the share of another column's variance that it leaves at most
# where the column tells the place on the curve.
_DEGREE, _LEFT = 12, 1e-3


def is_curve(X: Array) -> bool:
    """Whether rows of X (n_columns, n_rows) lie along a curve.

    On a curve the eighth neighbour of a row is four times as far as the second, on a surface twice
    (dimension by nearest neighbours: Pettis, Bailey, Jain and Dubes 1979).
    """
    if len(X) == 1 or X.shape[1] <= _FAR or min(len(np.unique(one)) for one in X) < _DISTINCT * X.shape[1]:
        # lines of a grid look like curves
        return False
    # loaded here, because a first look at a table does without it
    from scipy.spatial import cKDTree

    scaled = ((X - X.min(axis=1, keepdims=True)) / np.ptp(X, axis=1)[:, None]).T
    distances = cKDTree(scaled).query(scaled, [1 + _NEAR, 1 + _FAR])[0]
    near, far = np.median(distances, axis=0)
    return near > 0.0 and bool(np.log(far / near) * _MOST > np.log(_FAR / _NEAR))


def folding(X: Array) -> tuple[int, ...]:
    """Columns that go to and fro, so that smooth functions of them are no functions of the place."""
    return tuple(place for place in range(len(X)) if not _tells_place(X, place))


def _tells_place(X: Array, place: int) -> bool:
    low, high = np.min(X[place]), np.max(X[place])
    powers = np.polynomial.chebyshev.chebvander((2.0 * X[place] - low - high) / (high - low), _DEGREE)
    others = np.delete(X, place, axis=0).T
    others = (others - others.mean(axis=0)) / others.std(axis=0)
    basis, _ = np.linalg.qr(powers)
    left = np.mean((others - basis @ (basis.T @ others)) ** 2, axis=0)
    return bool(np.min(left) < _LEFT)
