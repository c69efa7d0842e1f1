"""Families over columns, made once: what is scanned of each, and their values at nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symlaw.search.terms.families import Grid, grid_of
from symlaw.search.terms.profiles.nodes import Axis
from symlaw.search.terms.scans import Scan, scan_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from symlaw.search.terms.families import Family, Known

    Array = NDArray[np.float64]

# Rows on which families are scanned, about.
_SCANNED = 400


class Columns:
    """Columns with the families that suit them; several targets may share it.

    Parameters
    ----------
    X
        Columns, float64 (n_columns, n_rows), none of them constant.
    families
        Functions of single columns, and what the language makes of them.

    Attributes
    ----------
    suited
        Families that suit each column.
    scanned
        Rows on which families are scanned, evenly spread.
    """

    def __init__(self, X: Array, families: dict[Family, Known]) -> None:
        self.X, self.families = X, families
        self.suited = [[family for family in families if family.suits(column)] for column in X]
        self.scanned = slice(None, None, max(1, X.shape[1] // _SCANNED))
        self._grids: dict[tuple[Family, int], Grid] = {}
        self._scans: dict[int, Scan] = {}
        self._axes: dict[int, Axis] = {}

    def grid(self, family: Family, column: int) -> Grid:
        """A family scanned over a column."""
        key = (family, column)
        if key not in self._grids:
            known = self.families[family]
            self._grids[key] = grid_of(family, known, self.X[column], self.scanned)
        return self._grids[key]

    def scan(self, column: int) -> Scan:
        """All families that suit a column, scanned over it."""
        if column not in self._scans:
            families = self.suited[column]
            self._scans[column] = scan_of(families, [self.grid(family, column) for family in families])
        return self._scans[column]

    def axis(self, column: int) -> Axis:
        """Nodes of a column with all families that suit it."""
        if column not in self._axes:
            families = self.suited[column]
            grids = [self.grid(family, column) for family in families]
            known = [self.families[family] for family in families]
            self._axes[column] = Axis.of(self.X[column], known, grids, self.scan(column))
        return self._axes[column]
