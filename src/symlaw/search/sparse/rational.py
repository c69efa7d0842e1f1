"""Quotients of two small polynomials.

``P - y Q = 0`` is linear in the coefficients once one of Q's is 1, so its terms are selected together; this
finds exact laws. Under noise, which ``y Q`` takes into the regressors, quotients are grown term by term
instead. The best of both are thinned by backward elimination.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from symlaw.language.expression import Expression, Nodes
from symlaw.search.sparse.models import (
    Answer,
    distinct,
    exact_loss,
    most_summands,
    selection_work,
    summands_of,
)
from symlaw.search.sparse.quotients import Quotient, grown, reweighted
from symlaw.search.sparse.selection import best_subsets
from symlaw.search.sparse.terms import Library, Table, monomials
from symlaw.search.sparse.writing import TOLERANCES, Summands, Writer, common_size

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_MAX_COLUMNS = 6
_MAX_COEFFICIENTS = 8
_MAX_ROWS = 1024
# Denominators from whose best quotient terms are dropped one by one.
_THINNED = 3


def rational(table: Table, degree: int) -> Answer:
    """``y = P / Q`` with few terms, degrees up to ``degree``."""
    writer = Writer(table.language)
    if not (writer.has("/") or writer.has("inv")):
        return Answer([])
    table = fewer_rows(table)
    library = with_one(monomials(table, degree, _MAX_COLUMNS))
    y = table.y / np.max(np.abs(table.y))
    pivots = [k for k, term in enumerate(library.terms) if len(term) <= 1]
    largest = min(_MAX_COEFFICIENTS, most_summands(table))
    work, best, found = 0, list[Quotient](), list[Quotient]()
    for pivot in pivots:
        quotients = _selected(library, y, table, pivot)
        work += selection_work(2 * len(library.terms), len(y))
        found += quotients
        best += sorted(quotients, key=lambda quotient: quotient.loss)[:1]
    for below_first in (False, True):
        quotients = grown(library, y, table.weights, largest, below_first)
        found += quotients
        best += quotients[-1:]
    for quotient in sorted(best, key=lambda quotient: quotient.loss)[:_THINNED]:
        found += _thinned(library, y, table.weights, quotient)
    found.sort(key=lambda quotient: (len(quotient.coefficients), quotient.loss))
    formulas = [
        Expression(nodes)
        for quotient in _best_of_each_size(found)
        for tolerance in TOLERANCES
        if (nodes := written(quotient, library, writer, tolerance)) is not None and writer.legal(nodes)
    ]
    return Answer(distinct(formulas), work)


def fewer_rows(table: Table) -> Table:
    """At most `_MAX_ROWS` of a table's rows."""
    n_rows = len(table.y)
    places = np.linspace(0, n_rows - 1, min(n_rows, _MAX_ROWS)).round().astype(int)
    return table._replace(X=table.X[:, places], y=table.y[places], weights=table.weights[places])


def with_one(library: Library) -> Library:
    """A library with the constant 1 in front."""
    ones = np.ones((1, library.values.shape[1]))
    return Library(library.bases, ((), *library.terms), np.vstack([ones, library.values]))


def _selected(library: Library, y: Array, table: Table, pivot: int) -> list[Quotient]:
    """Quotients whose terms were selected by the linear problem of one pivot."""
    n_terms = len(library.terms)
    others = [k for k in range(n_terms) if k != pivot]
    columns = np.vstack([library.values, -y * library.values[others]])
    target = y * library.values[pivot]
    largest = min(_MAX_COEFFICIENTS, most_summands(table))
    subsets = best_subsets(columns, target, table.weights, largest, intercept=False, floor=exact_loss(target))
    found = []
    for subset in subsets:
        above = tuple(place for place in subset.places if place < n_terms)
        below = tuple(others[place - n_terms] for place in subset.places if place >= n_terms)
        if above and (below or library.terms[pivot]) and not _cancels(library, (*above, *below, pivot)):
            quotient = reweighted(library, y, table.weights, above, below, pivot)
            found += [] if quotient is None else [quotient]
    return found


def _cancels(library: Library, places: tuple[int, ...]) -> bool:
    """Whether all terms above and below share a factor, so that a simpler quotient says the same."""
    return bool(set.intersection(*({base for base, _ in library.terms[place]} for place in places)))


def _thinned(library: Library, y: Array, weights: Array, quotient: Quotient) -> list[Quotient]:
    """Backward elimination: drop the term that is missed least, and so on."""
    found: list[Quotient] = []
    while len(quotient.coefficients) > 1:
        options = [
            reweighted(library, y, weights, above, below, quotient.pivot)
            for above, below in _one_fewer(quotient)
            if above
            and (below or library.terms[quotient.pivot])
            and not _cancels(library, (*above, *below, quotient.pivot))
        ]
        left = [option for option in options if option is not None]
        if not left:
            break
        quotient = min(left, key=lambda option: option.loss)
        found.append(quotient)
    return found


def _one_fewer(quotient: Quotient) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    above, below = quotient.above, quotient.below
    fewer = [(above[:k] + above[k + 1 :], below) for k in range(len(above))]
    return fewer + [(above, below[:k] + below[k + 1 :]) for k in range(len(below))]


def _best_of_each_size(found: list[Quotient]) -> list[Quotient]:
    """The two best of each number of coefficients, as far as they beat the smaller ones."""
    kept: list[Quotient] = []
    counts: dict[int, int] = {}
    for quotient in found:
        size = len(quotient.coefficients)
        smaller = min((q.loss for q in kept if len(q.coefficients) < size), default=np.inf)
        if counts.get(size, 0) < 2 and quotient.loss < smaller:
            counts[size] = counts.get(size, 0) + 1
            kept.append(quotient)
    return kept


def written(quotient: Quotient, library: Library, writer: Writer, tolerance: float) -> Nodes | None:
    """A quotient as a formula; None where the language cannot write it."""
    n_above = len(quotient.above)
    above = summands_of(quotient.above, quotient.coefficients[:n_above], library)
    places = (quotient.pivot, *quotient.below)
    below = summands_of(places, np.concatenate([[1.0], quotient.coefficients[n_above:]]), library)
    if not all(coefficient for coefficient, _ in above + below):
        return None
    top = writer.bare(above, tolerance) or _unit_sum(above, writer, tolerance)
    bottom = writer.bare(below, tolerance) or _unit_sum(below, writer, tolerance)
    if top is None or bottom is None:
        return None
    one = not any(factors for _, factors in above)
    options = [writer.apply("/", top, bottom)]
    inverse = writer.apply("inv", bottom)
    options.append(inverse if one else writer.apply("*", top, inverse))
    return writer.cheapest(options)


def _unit_sum(summands: Summands, writer: Writer, tolerance: float) -> Nodes | None:
    """A sum divided by the most frequent coefficient, so that this one need not be written."""
    terms = [(coefficient, factors) for coefficient, factors in summands if factors]
    constant = sum(coefficient for coefficient, factors in summands if not factors)
    unit = common_size(terms, tolerance)
    return writer.total([(c / unit, factors) for c, factors in terms], constant / unit, tolerance)
