"""Libraries of terms: products of powers of columns and of functions of single columns."""

from __future__ import annotations

from itertools import combinations_with_replacement
from math import comb
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.language.expression import Nodes, Variable
from symlaw.search.objectives.base import Ability
from symlaw.search.objectives.sight import Sight, sight_of
from symlaw.search.sparse.selection import best_subsets

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from symlaw.language.grammar import Language
    from symlaw.language.operators import Operator
    from symlaw.search.problem import Problem

    Array = NDArray[np.float64]

MAX_TERMS = 400
# Rows that terms are selected on; constants are refitted on all rows later.
MAX_ROWS = 4096

# Number of a base and its exponent, each base once, in order; empty for the constant 1.
Term = tuple[tuple[int, int], ...]


class Table(NamedTuple):
    """The rows that models are fitted on, in the user's units.

    Attributes
    ----------
    X
        float64 (n_features, n_rows).
    y, weights
        float64 (n_rows,); the weights are above 0. Of observations, where rows are seen through an operator.
    language
        Formulas that may be proposed; its variables are the columns.
    order
        Columns by how much the target seems to depend on them, most first.
    sight
        What is seen of terms; None where each row has its own target.
    """

    X: Array
    y: Array
    weights: Array
    language: Language
    order: tuple[int, ...]
    sight: Sight | None = None


class Library(NamedTuple):
    """Terms and their values.

    Attributes
    ----------
    bases
        What terms are products of: a column, or a function of one.
    terms
        The products.
    values
        float64 (n_terms, n_rows), finite.
    """

    bases: tuple[Nodes, ...]
    terms: tuple[Term, ...]
    values: Array


def table_of(problem: Problem) -> Table:
    """At most `MAX_ROWS` rows of a problem, spread evenly over the target's order; all that are observed."""
    if not problem.offers(Ability.TARGET):
        return _table_of_observations(problem)
    weights = problem.rows.weights
    places = np.flatnonzero(weights > 0)
    if len(places) > MAX_ROWS:
        ranked = places[np.argsort(problem.y[places], kind="stable")]
        places = np.sort(ranked[np.linspace(0, len(ranked) - 1, MAX_ROWS).round().astype(int)])
    X, y, w = problem.rows.X[:, places], problem.y[places], weights[places]
    return Table(X, y, w, problem.language, importance(X, y, w))


def _table_of_observations(problem: Problem) -> Table:
    rows, sight = problem.rows, sight_of(problem.rows)
    y, weights = sight.without_offset(problem.y), rows.weights
    return Table(rows.X, y, weights, problem.language, importance(sight.of(rows.X), y, weights), sight)


def importance(X: Array, y: Array, weights: Array) -> tuple[int, ...]:
    """Columns by how much the target seems to depend on them, most first.

    Those of the best linear model come first. The others are ranked by the correlation of its residual with
    the column and its square, and of the residual's square with the column's, which shows products.
    """
    linear = best_subsets(X, y, weights, 12)
    chosen = list(linear[-1].places) if linear else []
    residual = y / np.max(np.abs(y))
    if linear:
        residual = residual - (linear[-1].coefficients @ X[chosen] + linear[-1].intercept) / np.max(np.abs(y))
    unit = np.max(np.abs(X), axis=1)
    scaled = X / np.where(unit > 0, unit, 1.0)[:, None]
    scaled = scaled - np.average(scaled, axis=1, weights=weights)[:, None]
    spread = [_correlations(scaled, residual, weights), _correlations(scaled**2, residual, weights)]
    spread.append(_correlations(scaled**2, residual**2, weights))
    score = np.max(spread, axis=0)
    strength = np.zeros(len(X))
    if chosen:
        strength[chosen] = np.abs(linear[-1].coefficients) * np.std(X[chosen], axis=1)
    return tuple(int(j) for j in np.lexsort((-score, -strength)))


def _correlations(columns: Array, target: Array, weights: Array) -> Array:
    with np.errstate(all="ignore"):
        share = weights / np.sum(weights)
        centred = columns - (columns @ share)[:, None]
        other = target - float(target @ share)
        product = (centred * other) @ share
        squares = ((centred**2) @ share) * float(other**2 @ share)
        return np.nan_to_num(np.abs(product) / np.sqrt(squares), nan=0.0, posinf=0.0)


def column_bases(table: Table) -> tuple[Nodes, ...]:
    """The columns as bases, in the table's own order."""
    return tuple((Variable(name),) for name in table.language.variables)


def columns_alone(table: Table) -> Library:
    """The columns themselves."""
    terms: tuple[Term, ...] = tuple(((j, 1),) for j in range(len(table.X)))
    return Library(column_bases(table), terms, table.X)


def monomials(table: Table, degree: int, max_columns: int) -> Library:
    """All monomials of the most important columns up to a total degree."""
    columns = sorted(table.order[:max_columns])
    while len(columns) > 1 and comb(len(columns) + degree, degree) - 1 > MAX_TERMS:
        columns = sorted(table.order[: len(columns) - 1])
    terms = []
    for size in range(1, degree + 1):
        for chosen in combinations_with_replacement(columns, size):
            terms.append(tuple((j, chosen.count(j)) for j in sorted(set(chosen))))
    return library_of(column_bases(table), terms, table.X)


def powers(table: Table, degree: int) -> Library:
    """Powers of single columns up to a degree, low ones first."""
    terms: list[Term] = [((j, size),) for size in range(1, degree + 1) for j in range(len(table.X))]
    return library_of(column_bases(table), terms, table.X)


def functions(table: Table, max_columns: int = 5) -> Library:
    """Columns, functions of single columns, reciprocals, and their products with the important columns."""
    bases, values = list(column_bases(table)), list(table.X)
    first: list[Term] = [((j, 1),) for j in range(len(bases))]
    inverses: list[Term] = [((j, -1),) for j in range(len(bases)) if np.all(table.X[j] != 0)]
    for j in table.order:
        for row in unary(table.language):
            with np.errstate(all="ignore"):
                f = np.asarray(row.numpy_function(table.X[j]), dtype=float)
            if np.all(np.isfinite(f)):
                first.append(((len(bases), 1),))
                bases.append((*bases[j], row))
                values.append(f)
    leading = set(table.order[:max_columns])
    short = [term for term in first + inverses if _column(term, bases, table.language) in leading]
    plain: list[Term] = [((j, 1),) for j in table.order[:max_columns]]
    products = [_product(a, b) for a in plain for b in short]
    squares: list[Term] = [((j, 2),) for j in table.order]
    squares += [((term[0][0], -2),) for term in inverses]
    terms = list(dict.fromkeys(term for term in first + inverses + squares + products if term))
    return library_of(tuple(bases), terms[:MAX_TERMS], np.array(values))


def _column(term: Term, bases: Sequence[Nodes], language: Language) -> int:
    node = bases[term[0][0]][0]
    return language.variables.index(node.name) if isinstance(node, Variable) else -1


def _product(a: Term, b: Term) -> Term:
    powers = dict(a)
    for base, exponent in b:
        powers[base] = powers.get(base, 0) + exponent
    return tuple((base, powers[base]) for base in sorted(powers) if powers[base])


def unary(language: Language) -> list[Operator]:
    """Operators of one argument that are no multiples or whole powers of it and have no steps."""
    return [
        row
        for row in language.operators
        if row.arity == 1 and not _has_a_place(row) and "step" not in row.monotonicity
    ]


def _has_a_place(row: Operator) -> bool:
    """Whether terms and their coefficients hold it already."""
    return bool(row.coefficients) or (row.exponent is not None and row.exponent.denominator == 1)


def term_values(term: Term, values: Array) -> Array:
    """Values of a term from those of the bases."""
    product = np.ones(values.shape[1])
    for base, exponent in term:
        product = product * values[base] ** exponent
    return product


def library_of(bases: tuple[Nodes, ...], terms: Iterable[Term], values: Array) -> Library:
    """The terms that are finite and not 0 everywhere, by values of the bases (n_bases, n_rows)."""
    kept, columns = [], []
    with np.errstate(all="ignore"):
        for term in terms:
            column = term_values(term, values)
            if np.all(np.isfinite(column)) and np.any(column != 0):
                kept.append(term)
                columns.append(column)
    return Library(bases, tuple(kept), np.array(columns).reshape(len(kept), values.shape[1]))
