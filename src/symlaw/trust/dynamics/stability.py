"""How firmly a system is preferred to others: in how many tables of drawn rows it would have been."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from symlaw.search.dynamics.judging import Judge
    from symlaw.search.dynamics.shooting import Fit, Shooting

    Array = NDArray[np.float64]

# Blocks of rows that follow each other, at least, and tables that are drawn of them.
_BLOCKS, _DRAWS = 24, 400


def preferred(fits: Sequence[Fit], shooting: Shooting, judge: Judge) -> list[float]:
    """In what share of drawn tables each fit has the shortest description.

    Blocks of consecutive rows are drawn with replacement (Künsch 1989), since errors of a solution hold on
    for a while; constants stay as they were fitted.

    Parameters
    ----------
    fits
        Of the same stretches.
    shooting
        What fitted them.
    judge
        What compares them.
    """
    each = [_by_block(shooting.residuals(fit)) for fit in fits]
    squares = np.array([one[0] for one in each])
    counts = each[0][1]
    sizes = np.array([judge.length(fit) - judge.misfit(fit) for fit in fits])
    generator = np.random.Generator(np.random.Philox(key=len(counts)))
    drawn = generator.multinomial(len(counts), np.full(len(counts), 1.0 / len(counts)), _DRAWS)
    n = fits[0].share * (drawn @ counts)
    used = np.all(n > 0.0, axis=0)
    left = np.einsum("db,fbs->dfs", drawn, squares)[:, :, used] / n[:, None, used]
    left = np.maximum(left, judge.floors[used])
    lengths = 0.5 * np.sum(n[:, None, used] * np.log(left), axis=2) + sizes
    return list(np.bincount(np.argmin(lengths, axis=1), minlength=len(fits)) / _DRAWS)


def _by_block(residuals: Sequence[tuple[Array, NDArray[np.bool_]]]) -> tuple[Array, Array]:
    """Squares and number of measured values by block and state."""
    pieces = -(-_BLOCKS // len(residuals))
    squares, counts = [], []
    for left, measured in residuals:
        for rows in np.array_split(np.arange(len(left)), min(pieces, len(left))):
            squares.append(np.sum(left[rows] ** 2, axis=0))
            counts.append(np.sum(measured[rows], axis=0))
    return np.array(squares), np.array(counts, dtype=float)
