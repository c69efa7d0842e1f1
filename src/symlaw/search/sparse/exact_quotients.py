"""Quotients of polynomials that the data follow exactly, of higher degree than term selection reaches.

``P - y Q = 0`` has one solution, up to a factor, where both degrees are as small as they can be: the null
vector of a matrix of monomials, as in rational interpolation by the singular value decomposition (Gonnet,
Pachón and Trefethen, *Robust rational interpolation and least-squares*, ETNA 38, 2011).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from symlaw.language.expression import Expression
from symlaw.search.sparse.models import Answer, distinct, selection_work
from symlaw.search.sparse.quotients import Quotient
from symlaw.search.sparse.rational import fewer_rows, with_one, written
from symlaw.search.sparse.terms import Table, monomials, powers
from symlaw.search.sparse.writing import TOLERANCES, Writer

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symlaw.search.sparse.terms import Library

    Array = NDArray[np.float64]

# Largest total degree by the number of columns, and largest degree where no columns are multiplied.
_DEGREE = {1: 6, 2: 4, 3: 3}
_SINGLE_DEGREE, _MAX_COLUMNS = 4, 6
# Smallest over largest singular value from which there is a solution, and terms that are none.
_SINGULAR, _NOTHING = 1e-13, 1e-7
# Rows that there have to be more than coefficients.
_SPARE_ROWS = 3


def exactly_rational(table: Table) -> Answer:
    """``y = P / Q`` of the smallest degrees that leave nothing, in tables of at most six columns.

    With one to three columns all monomials are terms, otherwise the powers of single columns.
    """
    writer, n_columns = Writer(table.language), len(table.X)
    if n_columns > _MAX_COLUMNS or not (writer.has("/") or writer.has("inv")):
        return Answer([])
    table = fewer_rows(table)
    degree = _DEGREE.get(n_columns, _SINGLE_DEGREE)
    several = monomials(table, degree, n_columns) if n_columns in _DEGREE else powers(table, degree)
    return _smallest(with_one(several), degree, table, writer)


def _smallest(library: Library, degree: int, table: Table, writer: Writer) -> Answer:
    """The formulas of the quotient of smallest degrees whose terms are in a library."""
    y, work = table.y / np.max(np.abs(table.y)), 0
    degrees = np.array([sum(exponent for _, exponent in term) for term in library.terms])
    for total in range(1, 2 * degree + 1):
        for low in range(max(1, total - degree), min(total, degree) + 1):
            above, below = np.flatnonzero(degrees <= total - low), np.flatnonzero(degrees <= low)
            n_columns = len(above) + len(below)
            if n_columns + _SPARE_ROWS > len(y):
                continue
            work += selection_work(n_columns, len(y))
            quotient = _solved(library, y, above, below)
            if quotient is not None:
                formulas = [written(quotient, library, writer, tolerance) for tolerance in TOLERANCES]
                legal = [Expression(nodes) for nodes in formulas if nodes is not None and writer.legal(nodes)]
                return Answer(distinct(legal), work)
    return Answer([], work)


def _solved(
    library: Library, y: Array, above: NDArray[np.int64], below: NDArray[np.int64]
) -> Quotient | None:
    """The quotient of these terms that leaves nothing, those of coefficient 0 left out; None if none does."""
    columns = np.vstack([library.values[above], -y * library.values[below]])
    units = np.max(np.abs(columns), axis=1)
    if not np.all(units > 0) or not np.all(np.isfinite(units)):
        return None
    # near a pole rows are large, elsewhere they are not, and all of them count
    matrix = (columns / units[:, None]).T
    matrix /= np.linalg.norm(matrix, axis=1)[:, None]
    try:
        _, strengths, rows = np.linalg.svd(matrix, full_matrices=False)
    except np.linalg.LinAlgError:
        return None
    if not strengths[-1] < _SINGULAR * strengths[0]:
        return None
    there = np.abs(rows[-1]) > _NOTHING * np.max(np.abs(rows[-1]))
    top, bottom = there[: len(above)], there[len(above) :]
    if not np.any(top) or np.sum(bottom) < 2:
        return None
    pivot, *others = below[bottom].tolist()
    over, under = np.split(rows[-1] / units, [len(above)])
    coefficients = np.concatenate([over[top], under[bottom][1:]]) / under[bottom][0]
    return Quotient(tuple(above[top].tolist()), tuple(others), pivot, coefficients, 0.0)
