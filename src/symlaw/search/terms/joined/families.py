"""Functions of a sum of squares of two or three columns, each from a centre of its own or from 0.

Distances, fields of point sources, wells and bells: none of them is a product of functions of single columns,
so that no column of theirs becomes known before the others.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.search.terms.families import COLUMNS, SCANS, Family, Known, grid_over, known_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from symlaw.search.sparse.writing import Writer
    from symlaw.search.terms.families import Grid

    Array = NDArray[np.float64]

# Functions of the sum of squares, and how their own constant is scanned.
_OUTER = (
    ("sqrt({q})", ()), ("1 / sqrt({q})", ()), ("log({q})", ()), ("sqrt(a + {q})", ("core",)),
    ("1 / sqrt(a + {q})", ("core",)), ("1 / (a + {q})", ("core",)), ("log(a + {q})", ("core",)),
    ("exp(-(a * {q}))", ("spread",)), ("exp(-(a * sqrt({q})))", ("spread",)),
)  # fmt: skip
# Centres of a column that are scanned, where two columns have one and where three have.
_CENTRES = {0: 0, 1: 11, 2: 9, 3: 5}


class Inner(NamedTuple):
    """How many columns a sum of squares has, and how many of them, the first ones, a centre besides 0."""

    columns: int
    centred: int

    def text(self, names: Iterable[str]) -> str:
        """In symlaw's language, with names of the centres."""
        named = iter(names)
        squares = [
            f"({column} - {next(named)})**2" if place < self.centred else f"{column}**2"
            for place, column in enumerate(COLUMNS[: self.columns])
        ]
        return f"({' + '.join(squares)})"

    def places(self, columns: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        """Columns in all orders in which it is another function."""
        for first in combinations(columns, self.centred):
            yield (*first, *(column for column in columns if column not in first))


INNERS = (Inner(2, 0), Inner(2, 1), Inner(2, 2), Inner(3, 0), Inner(3, 3))


def _families() -> dict[Family, Inner]:
    found = {}
    for inner in INNERS:
        for text, scans in _OUTER:
            names = ("b", "c", "d") if scans else ("a", "b", "c")
            formula = text.format(q=inner.text(names))
            found[Family(formula, (*scans, *("centre",) * inner.centred))] = inner
    return found


JOINED = _families()


def joined_of(writer: Writer) -> dict[Family, Known]:
    """Those that a language can write."""
    return known_of(JOINED, writer, {})


def joined_grid(family: Family, known: Known, columns: Array, rows: slice) -> Grid:
    """Scan a family over some columns (n_columns, n_rows)."""
    inner = JOINED[family]
    middles = 0.5 * (np.min(columns, axis=1) + np.max(columns, axis=1))
    middles[inner.centred :] = 0.0
    squares = np.sum((columns - middles[:, None]) ** 2, axis=0)
    count = _CENTRES[inner.centred]
    centres = [np.linspace(np.min(one), np.max(one), count) for one in columns[: inner.centred]]
    shapes = [SCANS[scan](squares) for scan in family.scans[: family.size - inner.centred]]
    return grid_over([*shapes, *centres], family, known, columns, rows)


def joined_at(place: tuple[int, ...], known: Iterable[Family]) -> list[Family]:
    """Families over columns in an order: in one that is not the first, those that it makes others of."""
    columns = tuple(sorted(place))
    return [
        family
        for family in known
        if JOINED[family].columns == len(place) and place in JOINED[family].places(columns)
    ]


def owners(families: Sequence[Family], grids: Sequence[Grid]) -> NDArray[np.int64]:
    """Numbers of families, each in parts by where the centres are."""
    found, begin = [np.zeros(0, np.int64)], 0
    for family, grid in zip(families, grids, strict=True):
        owner = np.zeros(len(grid.constants), np.int64)
        for centre in grid.constants[:, family.size - JOINED[family].centred :].T:
            low, high = np.min(centre), np.max(centre)
            third = np.minimum((3.0 * (centre - low) / (high - low)).astype(np.int64), 2)
            owner = 3 * owner + third
        found.append(begin + owner)
        begin += 3 ** JOINED[family].centred
    return np.concatenate(found)
