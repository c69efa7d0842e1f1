"""Which known factors a sum gains most by: all families with all constants that are scanned, at once.

What a sum leaves of the target is compared with every function of a column, each multiplied by what may stand
beside it, after what the sum can make up for was taken out of it (orthogonal least squares; Chen, Billings
and Luo 1989).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symlaw.search.terms.fitting import Ground, Projection
    from symlaw.search.terms.scans import Candidate, Scan

    Array = NDArray[np.float64]

# Functions that are compared in one product.
_AT_ONCE = 200
_RIDGE = 1e-9
# Multiply-adds of a matrix product in the time of one node value.
_PRODUCTS_PER_VALUE = 32


class _Left(NamedTuple):
    """What a sum leaves on some rows, the scanned ones.

    Attributes
    ----------
    rows
        Which rows.
    basis
        Orthonormal columns that span the sum's functions there, float64 (n_scanned, n).
    residual
        What they leave of the target, float64 (n_scanned,).
    """

    rows: slice
    basis: Array
    residual: Array

    @classmethod
    def of(cls, ground: Ground, now: Projection) -> _Left:
        """What is left on the scanned rows."""
        rows = ground.columns.scanned
        basis, _ = np.linalg.qr(np.hstack([now.frame.basis[rows], now.functions[rows]]))
        target = ground.target[rows]
        return cls(rows, basis, target - basis @ (basis.T @ target))

    def beyond(self, functions: Array) -> Array:
        """What the sum cannot make up for of functions (n, n_scanned)."""
        return np.asarray(functions - (functions @ self.basis) @ self.basis.T)


def best_of_each(ground: Ground, scan: Scan, now: Projection, beside: Array) -> list[Candidate]:
    """The best candidate of every family, most useful first, times functions ``beside`` (n, n_rows) it."""
    left = _Left.of(ground, now)
    values, beside = scan.values, beside[:, left.rows]
    gains, count = np.empty(len(values)), len(beside)
    for begin in range(0, len(gains), _AT_ONCE):
        known = values[begin : begin + _AT_ONCE]
        functions = (known[:, None, :] * beside[None]).reshape(-1, beside.shape[1])
        ground.work += functions.size * (1 + left.basis.shape[1] // _PRODUCTS_PER_VALUE)
        blocks = left.beyond(functions).reshape(len(known), count, beside.shape[1])
        right = blocks @ left.residual
        square = blocks @ blocks.transpose(0, 2, 1)
        size = _RIDGE * np.trace(square, axis1=1, axis2=2) + 1e-30
        solved = np.linalg.solve(square + size[:, None, None] * np.eye(count), right[..., None])
        gains[begin : begin + _AT_ONCE] = np.einsum("ij,ij->i", right, solved[..., 0])
    order = np.argsort(-gains, kind="stable")
    _, first = np.unique(scan.owner[order], return_index=True)
    return [scan.candidates[place] for place in order[np.sort(first)]]
