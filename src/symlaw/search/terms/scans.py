"""All families over one column, with all constants that are scanned."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from symlaw.search.terms.families import Family, Grid

    Array = NDArray[np.float64]


class Candidate(NamedTuple):
    """A family over a column with constants to begin with."""

    family: Family
    constants: Array


class Scan(NamedTuple):
    """All that is scanned over a column.

    Attributes
    ----------
    candidates
        Families with constants.
    values
        On the scanned rows, float64 (n, n_scanned).
    owner
        Number of each candidate's family, or of a part of it, of which one candidate is the best.
    """

    candidates: Sequence[Candidate]
    values: Array
    owner: NDArray[np.int64]


def scan_of(
    families: Sequence[Family], grids: Sequence[Grid], owner: NDArray[np.int64] | None = None
) -> Scan:
    """Every family over a column, or over some with owners of their own."""
    candidates = [
        Candidate(family, constants)
        for family, grid in zip(families, grids, strict=True)
        for constants in grid.constants
    ]
    if owner is None:
        owner = np.repeat(np.arange(len(grids)), [len(grid.values) for grid in grids])
    return Scan(candidates, np.concatenate([grid.values for grid in grids]), owner)
