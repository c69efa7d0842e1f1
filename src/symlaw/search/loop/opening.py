"""What dimensional analysis says before a search: sums of products that have the target's unit.

Where constants are pure numbers, few products of powers of the columns have the unit of the target, or of
what the target is a function of (Buckingham 1914). Sums of few of them are tried first: power laws, sums of
such, and functions of these, at a small part of the work of a search.
"""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import combinations, product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.knowledge.units.analysis import units_of
from symlaw.knowledge.units.dimensions import NONE
from symlaw.search.decomposition.groups import exponents_of, independent
from symlaw.search.objectives.base import Ability
from symlaw.search.sparse.models import sums_of, views_of
from symlaw.search.sparse.terms import column_bases, library_of, table_of, unary

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from symlaw.knowledge.units.analysis import Units
    from symlaw.knowledge.units.dimensions import Dimension
    from symlaw.language.expression import Nodes
    from symlaw.search.problem import Problem
    from symlaw.search.sparse.models import Answer
    from symlaw.search.sparse.terms import Table, Term

# Terms that are tried for the target first, then, and for functions of it.
_FEW, _MANY, _INSIDE = 30, 200, 80
# Exponents of columns that are free to choose, their sum, and exponents of the others.
_FREE, _SUM, _LARGEST = 3, 5, 6
_LOOKED_AT = 20_000
# Differences of pure columns are arguments too where there are no more columns than this.
_MOST_PURE = 3


def openings(problem: Problem) -> Iterator[Answer]:
    """Formulas to score before a search, the simplest first; none where units do not say enough.

    Parameters
    ----------
    problem
        In least squares, with units and constants that are pure numbers.
    """
    units = units_of(problem.language)
    if units is None or units.free_constants or not problem.offers(Ability.SQUARES, Ability.TARGET):
        return
    if problem.language.template is not None:
        return
    table = table_of(problem)
    bases = _bases(table, units)
    for view in views_of(table):
        plain = view.transform.is_identity
        wanted = units.target.dimension if plain else units.inside(view.transform.outer)
        if wanted is None:
            continue
        terms = _terms(bases, len(table.X), wanted)
        for size in (_FEW, _MANY) if plain else (_INSIDE,):
            library = library_of(bases.nodes, terms[:size], bases.values)
            if library.terms:
                yield sums_of(library, view, table)


class _Bases(NamedTuple):
    """Columns and functions of pure columns, their values (n_bases, n_rows) and dimensions."""

    nodes: tuple[Nodes, ...]
    values: NDArray[np.float64]
    dimensions: list[Dimension]


def _terms(bases: _Bases, n_columns: int, wanted: Dimension) -> list[Term]:
    """Products of powers that have a dimension, the simplest first."""
    dimensions = bases.dimensions
    pivots = independent(dimensions)
    others = [number for number in range(len(dimensions)) if number not in pivots]
    base = [dimensions[number] for number in pivots]
    solved = [exponents_of(base, one) for one in (wanted, *(dimensions[number] for number in others))]
    if solved[0] is None:
        return []
    # what the pivots need to be is linear in the exponents of the others
    whole = math.lcm(*(e.denominator for one in solved for e in one or ()))
    parts = np.array([[int(e * whole) for e in one or ()] for one in solved]).reshape(
        len(solved), len(pivots)
    )
    free = _small_vectors(len(others))
    needed = parts[0] - free @ parts[1:]
    usable = np.all((needed % whole == 0) & (np.abs(needed) <= _LARGEST * whole), axis=1)
    exponents = np.zeros((int(usable.sum()), len(dimensions)), dtype=int)
    exponents[:, others], exponents[:, pivots] = free[usable], needed[usable] // whole
    # a function costs as much as another column
    costs = np.abs(exponents) @ np.where(np.arange(len(dimensions)) < n_columns, 1, 2)
    order = np.lexsort((np.count_nonzero(exponents, axis=1), costs))
    rows = exponents[order][: _MANY + 1].tolist()
    terms = (tuple((number, e) for number, e in enumerate(row) if e) for row in rows)
    return [term for term in terms if term]


def _bases(table: Table, units: Units) -> _Bases:
    """The factors that products are made of."""
    bases, values = list(column_bases(table)), list(table.X)
    known = [units.variables.get(name) for name in table.language.variables]
    dimensions = [NONE if unit is None else unit.dimension for unit in known]
    # functions of pure columns are factors too: of angles, and of ratios of energies
    rows = [row for row in unary(table.language) if row.is_wave or row.equation == "exponential"]
    for argument, own in _pure_arguments(table, dimensions):
        for row in rows:
            with np.errstate(all="ignore"):
                f = np.asarray(row.numpy_function(own), dtype=float)
            if np.all(np.isfinite(f)):
                bases.append((*argument, row))
                values.append(f)
                dimensions.append(NONE)
    return _Bases(tuple(bases), np.array(values), dimensions)


def _pure_arguments(table: Table, dimensions: Sequence[Dimension]) -> list[tuple[Nodes, NDArray[np.float64]]]:
    """Pure columns and their differences, as of two angles, with their values."""
    bases = column_bases(table)
    pure = [number for number in range(len(bases)) if dimensions[number] == NONE]
    found: list[tuple[Nodes, NDArray[np.float64]]] = [(bases[k], table.X[k]) for k in pure]
    minus = next((row for row in table.language.operators if row.name == "-"), None)
    if minus is not None and len(pure) <= _MOST_PURE:
        pairs = combinations(pure, 2)
        found += [((*bases[i], *bases[j], minus), table.X[i] - table.X[j]) for i, j in pairs]
    return found


@lru_cache(maxsize=32)
def _small_vectors(n: int) -> NDArray[np.int64]:
    """Vectors of n small whole numbers, those of the least sum of sizes first, int64 (n_vectors, n)."""
    found: list[tuple[int, ...]] = []
    for total in range(_SUM + 1):
        if len(found) > _LOOKED_AT:
            break
        for sizes in _sizes(n, total):
            signs = product((1, -1), repeat=sum(size > 0 for size in sizes))
            for chosen in signs:
                supply = iter(chosen)
                found.append(tuple(size * next(supply) if size else 0 for size in sizes))
    kept = found[:_LOOKED_AT]
    return np.array(kept, dtype=np.int64).reshape(len(kept), n)


def _sizes(n: int, total: int) -> Iterator[tuple[int, ...]]:
    """Ways to share a total among n places, none above `_FREE`."""
    if n == 0:
        if total == 0:
            yield ()
        return
    for first in range(min(total, _FREE) + 1):
        for rest in _sizes(n - 1, total - first):
            yield (first, *rest)
