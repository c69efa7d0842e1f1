"""Families over columns, made once: what is scanned of each, and their values at nodes."""

from __future__ import annotations

from functools import cached_property
from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np

from symlaw.search.terms.curves.dimension import folding, is_curve
from symlaw.search.terms.families import Grid, grid_of
from symlaw.search.terms.joined.families import joined_at, joined_grid, owners
from symlaw.search.terms.profiles.nodes import Axis
from symlaw.search.terms.scans import Scan, scan_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symlaw.search.terms.families import Family, Known
    from symlaw.search.terms.sums import Place

    Array = NDArray[np.float64]

# Rows on which families are scanned, about.
_SCANNED = 400


class Columns:
    """Columns with the families that suit them; several targets may share it.

    Parameters
    ----------
    X
        Columns, float64 (n_columns, n_rows), none of them constant.
    single
        Functions of single columns, and what the language makes of them.
    joined
        Functions of several columns, and what the language makes of them.

    Attributes
    ----------
    families
        All of them.
    suited
        Families that suit each column.
    on_curve
        Whether rows lie along a curve.
    scanned
        Rows on which families are scanned, evenly spread.
    """

    def __init__(
        self, X: Array, single: dict[Family, Known], joined: dict[Family, Known] | None = None
    ) -> None:
        self.X, self.families = X, single | (joined or {})
        self.suited = [[family for family in single if family.suits(column)] for column in X]
        self._joined = joined or {}
        self.on_curve = is_curve(X)
        self.scanned = slice(None, None, max(1, X.shape[1] // _SCANNED))
        self._grids: dict[tuple[Family, Place], Grid] = {}
        self._scans: dict[Place, Scan] = {}
        self._axes: dict[int, Axis] = {}

    @cached_property
    def folding(self) -> tuple[int, ...]:
        """Columns that go to and fro along the curve."""
        return folding(self.X)

    def at(self, place: Place) -> Array:
        """Values of a column (n_rows,), or of some (n, n_rows)."""
        return np.asarray(self.X[place] if isinstance(place, int) else self.X[list(place)])

    def grid(self, family: Family, column: Place) -> Grid:
        """A family scanned over a column, or over some."""
        key = (family, column)
        if key not in self._grids:
            scanned = grid_of if isinstance(column, int) else joined_grid
            self._grids[key] = scanned(family, self.families[family], self.at(column), self.scanned)
        return self._grids[key]

    def scan(self, column: Place) -> Scan:
        """All families that suit a column, or some together, scanned over it."""
        if column not in self._scans:
            if isinstance(column, int):
                families = self.suited[column]
                self._scans[column] = scan_of(families, [self.grid(family, column) for family in families])
            else:
                families = joined_at(column, self._joined)
                grids = [self.grid(family, column) for family in families]
                self._scans[column] = scan_of(families, grids, owners(families, grids))
        return self._scans[column]

    def places(self, columns: tuple[int, ...]) -> list[tuple[int, ...]]:
        """Orders of some columns in which there are functions of them together."""
        return [place for place in permutations(columns) if joined_at(place, self._joined)]

    def axis(self, column: int) -> Axis:
        """Nodes of a column with all families that suit it."""
        if column not in self._axes:
            families = self.suited[column]
            grids = [self.grid(family, column) for family in families]
            known = [self.families[family] for family in families]
            self._axes[column] = Axis.of(self.X[column], known, grids, self.scan(column))
        return self._axes[column]
