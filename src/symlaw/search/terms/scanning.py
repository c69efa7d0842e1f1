"""Which known factors a sum gains most by: all families with all constants that are scanned, at once.

What a sum leaves of the target is compared with every function of a column, each multiplied by what may stand
beside it, after what the sum can make up for was taken out of it (orthogonal least squares; Chen, Billings
and Luo 1989).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symlaw.search.terms.fitting import Ground, Projection
    from symlaw.search.terms.scans import Candidate, Scan

    Array = NDArray[np.float64]

# Functions that are compared in one product.
_AT_ONCE = 200
# What others make up for to this share adds only rounding errors.
_INDEPENDENT = 1e-6
_RIDGE = 1e-9


def best_of_each(ground: Ground, scan: Scan, now: Projection, beside: Array) -> list[Candidate]:
    """The best candidate of every family, most useful first, times functions ``beside`` (n, n_rows) it."""
    gains, count = np.empty(len(scan.values)), len(beside)
    for begin in range(0, len(gains), _AT_ONCE):
        known = scan.values[begin : begin + _AT_ONCE]
        functions = (known[:, None, :] * beside[None]).reshape(-1, ground.n_rows)
        ground.work += functions.size * (1 + now.frame.basis.shape[1] // 8)
        functions = now.beyond(functions.T).T
        blocks = functions.reshape(len(known), count, ground.n_rows)
        right = blocks @ now.residual
        square = blocks @ blocks.transpose(0, 2, 1)
        size = _RIDGE * np.trace(square, axis1=1, axis2=2) + 1e-30
        solved = np.linalg.solve(square + size[:, None, None] * np.eye(count), right[..., None])
        gains[begin : begin + _AT_ONCE] = np.einsum("ij,ij->i", right, solved[..., 0])
    order = np.argsort(-gains, kind="stable")
    _, first = np.unique(scan.owner[order], return_index=True)
    return [scan.candidates[place] for place in order[np.sort(first)]]


def best_pairs(
    ground: Ground, scan: Scan, now: Projection, beside: Array
) -> list[tuple[Candidate, Candidate]]:
    """The best candidates of every two families, the most useful pair first, times ``beside`` (n_rows,)."""
    functions = scan.values * beside
    functions = now.beyond(functions.T).T
    sizes = np.linalg.norm(functions, axis=1)
    functions = functions / np.where(sizes > _INDEPENDENT, sizes, np.inf)[:, None]
    ground.work += functions.size * (1 + len(functions) // 8)
    along, square = functions @ now.residual, functions @ functions.T
    left = 1.0 - square**2
    gains = along[:, None] ** 2 + along**2 - 2.0 * square * np.outer(along, along)
    gains /= np.where(left > _INDEPENDENT, left, np.inf)
    gains[np.tril_indices(len(along))] = -1.0
    return [(scan.candidates[i], scan.candidates[j]) for i, j in _best_of_blocks(gains, scan.owner)]


def _best_of_blocks(gains: Array, owner: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Places of the largest gain for every two owners, the largest first."""
    begins = np.flatnonzero(np.r_[True, np.diff(owner) > 0])
    best = np.maximum.reduceat(np.maximum.reduceat(gains, begins, axis=0), begins, axis=1)
    ends = [*begins[1:], len(owner)]
    found = []
    for p, q in zip(*np.triu_indices(len(begins)), strict=True):
        if best[p, q] > 0.0:
            block = gains[begins[p] : ends[p], begins[q] : ends[q]]
            i, j = np.unravel_index(int(np.argmax(block)), block.shape)
            found.append((float(best[p, q]), int(begins[p] + i), int(begins[q] + j)))
    found.sort(reverse=True)
    return [(i, j) for _, i, j in found]
