"""Smooth functions of a column by their values at few places."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from symlaw.search.terms.families import Grid, Known
    from symlaw.search.terms.scans import Scan

    Array = NDArray[np.float64]

# Nodes at even distances, and at even ratios in columns above 0.
_EVEN, _RATIOS = 48, 24
# Nodes nearer to each other than this share of an even distance are one.
_NEAR = 0.02
_LARGEST = 1e100
# Nodes that a value between them depends on.
_NEIGHBOURS = 6


class Nodes(NamedTuple):
    """Places in a column, and weights with which values there give those on the rows.

    Attributes
    ----------
    places
        float64 (n_nodes,), in order.
    weights
        float64 (n_rows, n_nodes).
    """

    places: Array
    weights: Array

    @classmethod
    def of(cls, column: Array) -> Nodes:
        """Nodes of a column (n_rows,), with interpolation between them.

        Where a column has no more different values than there would be nodes, these are the nodes.
        """
        low, high = float(np.min(column)), float(np.max(column))
        inner = np.geomspace(low, high, _RATIOS) if low > 0.0 else np.zeros(int(low < 0.0 < high))
        every = np.unique(np.concatenate([np.linspace(low, high, _EVEN), inner]))
        every = every[np.diff(every, prepend=-np.inf) > _NEAR * (high - low) / _EVEN]
        distinct = np.unique(column)
        if len(distinct) <= len(every):
            return cls(distinct, np.equal.outer(column, distinct).astype(float))
        if not low < 0.0 < high:
            return cls(every, _interpolation(every, column))
        # no further than to 0, where sizes have a kink
        weights = np.zeros((len(column), len(every)))
        for rows, nodes in ((column < 0.0, every <= 0.0), (column >= 0.0, every >= 0.0)):
            weights[np.ix_(rows, nodes)] = _interpolation(every[nodes], column[rows])
        return cls(every, weights)


def _interpolation(places: Array, column: Array) -> Array:
    """Weights of Lagrange's polynomials through the nearest places, float64 (n_rows, n_nodes)."""
    neighbours = min(_NEIGHBOURS, len(places))
    first = np.clip(np.searchsorted(places, column) - neighbours // 2, 0, len(places) - neighbours)
    near = first[:, None] + np.arange(neighbours)
    x, rows = places[near], np.arange(len(column))
    weights = np.zeros((len(column), len(places)))
    for one in range(neighbours):
        others = [k for k in range(neighbours) if k != one]
        above = np.prod(column[:, None] - x[:, others], axis=1)
        weights[rows, near[:, one]] = above / np.prod(x[:, [one]] - x[:, others], axis=1)
    return weights


class Axis(NamedTuple):
    """A column's nodes, and the families that suit it there.

    Attributes
    ----------
    nodes
        The nodes.
    known
        What the language makes of each family.
    grids
        What is scanned of each.
    scan
        All that is scanned, one after the other.
    scanned
        Its values at the nodes, float64 (n, n_nodes).
    """

    nodes: Nodes
    known: Sequence[Known]
    grids: Sequence[Grid]
    scan: Scan
    scanned: Array

    @classmethod
    def of(cls, column: Array, known: Sequence[Known], grids: Sequence[Grid], scan: Scan) -> Axis:
        """Of a column (n_rows,)."""
        nodes = Nodes.of(column)
        tables = [one.table(nodes.places, grid.constants) for one, grid in zip(known, grids, strict=True)]
        scanned = np.concatenate(tables)
        # squares of what is larger would overflow
        scanned[~np.all(np.abs(scanned) < _LARGEST, axis=1)] = 0.0
        return cls(nodes, known, grids, scan, scanned)

    def values(self, family: int, constants: Array) -> Array:
        """Values of a family at the nodes for constants (n, size), float64 (n, n_nodes)."""
        return self.known[family].table(self.nodes.places, constants)

    def within(self, family: int, constants: Array) -> NDArray[np.bool_]:
        """For which constants (n, size) a family is no simpler one."""
        grid, sizes = self.grids[family], np.abs(constants)
        return np.asarray(np.all((sizes >= grid.least) & (sizes <= grid.most), axis=1))
