"""Normal equations of stretches: steps, curvature, and what is best where some constants are given.

First states of each stretch are eliminated, so that what is solved is as large as the constants are many.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]


class Normal(NamedTuple):
    """Normal equations of one stretch: Gram matrix, right side, squares by state, places of constants."""

    gram: Array
    slope: Array
    squares: Array
    places: NDArray[np.int64]


def inverse(gram: Array) -> Array:
    """Inverse of a Gram matrix whose columns may differ in size by far; of directions without weight 0."""
    sizes = np.sqrt(np.maximum(np.diag(gram), 0.0))
    scale = np.where(sizes > 0.0, 1.0 / np.where(sizes > 0.0, sizes, 1.0), 0.0)
    whole = np.outer(scale, scale)
    return np.asarray(np.linalg.pinv(gram * whole, rcond=1e-13, hermitian=True) * whole)


def cost_of(normals: Sequence[Normal]) -> float:
    return float(np.sum([one.squares for one in normals]))


def step_of(normals: Sequence[Normal], count: int, damping: float) -> tuple[Array, Array] | None:
    """Step of the constants, ``count`` in all, and of each stretch's first states."""
    whole, right, diagonal, parts = np.zeros((count, count)), np.zeros(count), np.zeros(count), []
    try:
        for one in normals:
            p, at = len(one.places), np.ix_(one.places, one.places)
            diagonal[one.places] += np.diag(one.gram)[:p]
            own = one.gram[p:, p:].copy()
            own[np.diag_indices(len(own))] += damping * np.diag(own) + 1e-300
            cross = one.gram[:p, p:]
            solved = np.linalg.solve(own, np.column_stack([cross.T, one.slope[p:]]))
            whole[at] += one.gram[:p, :p] - cross @ solved[:, :p]
            right[one.places] += one.slope[:p] - cross @ solved[:, p]
            parts.append(solved)
        whole[np.diag_indices(count)] += damping * diagonal + 1e-300
        constants = np.asarray(np.linalg.solve(whole, right) if count else right, dtype=float)
    except np.linalg.LinAlgError:
        return None
    starts = np.array(
        [part[:, -1] - part[:, :-1] @ constants[one.places] for part, one in zip(parts, normals, strict=True)]
    )
    return (constants, starts) if np.all(np.isfinite(constants)) and np.all(np.isfinite(starts)) else None


def curvature_of(normals: Sequence[Normal], count: int) -> Array:
    """Gram matrix of the constants, ``count`` in all, once first states are eliminated."""
    whole = np.zeros((count, count))
    for one in normals:
        p = len(one.places)
        cross = one.gram[:p, p:]
        whole[np.ix_(one.places, one.places)] += (
            one.gram[:p, :p] - cross @ inverse(one.gram[p:, p:]) @ cross.T
        )
    return whole


@dataclass(frozen=True)
class Linear:
    """A system near its best, and what changes of its constants do, to first order.

    Parameters
    ----------
    constants
        As they are, (n_constants,).
    starts
        First states of each stretch, (n_stretches, n_states).
    normals
        Normal equations there.
    """

    constants: Array
    starts: Array
    normals: tuple[Normal, ...]

    @cached_property
    def gram(self) -> Array:
        """Gram matrix of the constants, first states eliminated."""
        return curvature_of(self.normals, len(self.constants))

    @cached_property
    def slope(self) -> Array:
        """Right side of their normal equations, first states eliminated."""
        slope = np.zeros(len(self.constants))
        for one in self.normals:
            p = len(one.places)
            slope[one.places] += one.slope[:p] - one.gram[:p, p:] @ inverse(one.gram[p:, p:]) @ one.slope[p:]
        return slope

    def change(self, free: NDArray[np.intp], gone: NDArray[np.intp]) -> Array:
        """What constants change by at best, (n_constants,): free ones; others become 0, and the rest stay."""
        change = np.zeros(len(self.constants))
        change[gone] = -self.constants[gone]
        right = self.slope[free] - self.gram[np.ix_(free, gone)] @ change[gone]
        change[free] = inverse(self.gram[np.ix_(free, free)]) @ right
        return change

    def gain(self, change: Array) -> float:
        """What squares fall by where constants change, to second order."""
        return float(2.0 * self.slope @ change - change @ self.gram @ change)

    def starts_after(self, change: Array) -> Array:
        """First states that are best where constants change, (n_stretches, n_states)."""
        found = []
        for one in self.normals:
            p = len(one.places)
            found.append(inverse(one.gram[p:, p:]) @ (one.slope[p:] - one.gram[p:, :p] @ change[one.places]))
        return self.starts + np.array(found)
