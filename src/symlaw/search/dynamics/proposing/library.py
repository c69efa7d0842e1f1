"""Terms that right sides are made of: products of powers, and functions of columns with constants inside.

The functions are the families of `symlaw.search.terms.families`; constants inside are scanned here and fitted
later, by way of the solver.
"""

from __future__ import annotations

from itertools import combinations, combinations_with_replacement, product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.engine import reference
from symlaw.engine.flows.rates import free_places
from symlaw.language.expression import Constant, Expression, Variable, joined
from symlaw.language.operators import operator
from symlaw.language.parser import parse, quote_name
from symlaw.search.dynamics.proposing.coupled import coupled, crossed
from symlaw.search.dynamics.sums import power_of, times
from symlaw.search.terms.families import FAMILIES, SCANS, families_of, written

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from symlaw.language.grammar import Language
    from symlaw.search.sparse.writing import Writer
    from symlaw.search.terms.families import Family, Known

    Array = NDArray[np.float64]

# Terms of a polynomial at most, and the highest degree that is tried.
_MOST_PRODUCTS, _HIGHEST = 60, 5
_SIMPLE = 2
# Values of a scan that are tried, and columns of a library at most.
_SCANNED, _SCANNED_OF_TWO, _MOST_TERMS = 24, 4, 3000
_LARGEST = 1e12
# Columns from which on distances are tried, and powers of their squares.
_LEAST_CENTRAL, _CENTRAL = 4, (-0.5, -1.5, -2.5)


class Term(NamedTuple):
    """One term of a library.

    Attributes
    ----------
    formula
        Without its coefficient.
    degree
        Of a product of powers, -1 of anything else.
    is_plain
        Whether no constant is inside.
    form
        What is the same of terms that differ in the constants inside.
    size
        Complexity, constants inside included.
    """

    formula: Expression
    degree: int
    is_plain: bool
    form: str
    size: float


class Library(NamedTuple):
    """Terms, and their values.

    Attributes
    ----------
    terms
        The terms; the first is 1.
    values
        On points, float64 (n_points, n_terms), each column of root mean square 1.
    norms
        What the columns were divided by, (n_terms,).
    """

    terms: tuple[Term, ...]
    values: Array
    norms: Array

    @property
    def degree(self) -> int:
        """Highest degree of its products of powers."""
        return max(term.degree for term in self.terms)

    def powers(self, degree: int) -> Array:
        """Places of the products of powers of at most a degree."""
        return np.array([k for k, term in enumerate(self.terms) if 0 <= term.degree <= degree], dtype=int)

    @property
    def forms(self) -> Array:
        """A number for each term, the same for terms that differ in the constants inside."""
        numbers: dict[str, int] = {}
        return np.array([numbers.setdefault(term.form, len(numbers)) for term in self.terms], dtype=int)

    @property
    def plain(self) -> Array:
        """Places of the terms without constants inside."""
        return np.array([k for k, term in enumerate(self.terms) if term.is_plain], dtype=int)


def library_of(
    language: Language, columns: dict[str, Array], names: Sequence[str], writer: Writer
) -> Library:
    """All terms that a language can write, on points.

    Parameters
    ----------
    language
        What may be used.
    columns
        Values of columns on points, by name.
    names
        Columns that terms are made of.
    writer
        Of the language.
    """
    products = list(_products(language, names))
    found = [_term(Expression((Constant(1.0),)), 0), *products]
    found += _functions(columns, names, families_of(writer), products)
    found += [_term(one) for one in coupled(columns, names, writer)]
    found += _central(language, names)
    found += [_term(one) for one in crossed(columns, names, families_of(writer))]
    kept, values, norms, seen = [], [], [], set()
    n_points = len(next(iter(columns.values())))
    for term in found:
        column = reference.values(term.formula, columns) * np.ones(n_points)
        norm = float(np.sqrt(np.mean(column**2))) if np.all(np.isfinite(column)) else np.inf
        if not 1.0 / _LARGEST < norm < _LARGEST:
            continue
        key = np.round(column[:: max(1, n_points // 40)] / norm, 9).tobytes()
        if key in seen or (term.formula.variables and np.ptp(column) < 1e-9 * norm):
            continue
        seen.add(key)
        kept.append(term)
        values.append(column / norm)
        norms.append(norm)
        if len(kept) >= _MOST_TERMS:
            break
    return Library(tuple(kept), np.column_stack(values), np.array(norms))


def _products(language: Language, names: Sequence[str]) -> Iterator[Term]:
    """Products of powers of columns up to the degree that keeps their number in bounds."""
    known = {row.name for row in language.operators}
    degree, total = 0, 1
    while "*" in known and degree < _HIGHEST and total <= _MOST_PRODUCTS:
        degree += 1
        each = list(combinations_with_replacement(names, degree))
        total += len(each)
        if degree > 2 and total > _MOST_PRODUCTS:
            break
        for chosen in each:
            yield _term(product_of(chosen), degree)
    if "*" not in known:
        yield from (_term(Expression((Variable(name),)), 1) for name in names)


def simple_terms(language: Language, names: Sequence[str]) -> list[Expression]:
    """One, and products of at most two columns that a language can write."""
    products = [term.formula for term in _products(language, names) if term.degree <= _SIMPLE]
    return [Expression((Constant(1.0),)), *products]


def product_of(names: Sequence[str]) -> Expression:
    """A product of columns, equal ones as powers.

    Examples
    --------
    >>> print(product_of(["x", "x", "x", "y"]))
    x**3 * y
    """
    found: Expression | None = None
    for name in dict.fromkeys(names):
        power, times = Expression((Variable(name),)), list(names).count(name)
        if times > 1:
            power = power_of(power, times)
        found = power if found is None else Expression(joined(operator("*"), (found.nodes, power.nodes)))
    assert found is not None
    return found


def _functions(
    columns: dict[str, Array], names: Sequence[str], families: dict[Family, Known], products: Sequence[Term]
) -> list[Term]:
    """Families on single columns, constants inside scanned, and the plain ones times other columns."""
    plain: list[Term] = []
    scanned: list[Term] = []
    crossed = []
    for family, known in families.items():
        for name in names:
            column = columns[name]
            if not family.suits(column) or family in FAMILIES[:3]:
                continue
            for constants in _scanned(family, column):
                formula = Expression(written(known.formula, (Variable(name),), constants))
                (scanned if constants else plain).append(_term(formula))
    used = {row.name for known in families.values() for row in known.formula.operators}
    words = [word for word in ("sin", "cos", "exp") if word in used]
    plain += [_term(Expression((Variable(name), operator(word)))) for name in names for word in words]
    for one in plain:
        for other in names:
            if other not in one.formula.variables or len(names) == 1:
                crossed.append(_term(times(Expression((Variable(other),)), one.formula)))
    pairs = [
        _term(times(one.formula, other.formula))
        for place, one in enumerate(plain) for other in plain[place:]
        if one.formula.variables != other.formula.variables and _waves(one) and _waves(other)
    ]  # fmt: skip
    return [*plain, *scanned, *crossed, *pairs]


def _central(language: Language, names: Sequence[str]) -> list[Term]:
    """A column times a power of the distance that it makes with another one, as of central forces."""
    known = {row.name for row in language.operators}
    if len(names) < _LEAST_CENTRAL or not {"*", "+", "square", "sqrt", "/"} <= known:
        return []
    found = []
    for first, second in combinations(names, 2):
        square = parse(f"{quote_name(first)}**2 + {quote_name(second)}**2")
        for own in (first, second):
            for exponent in _CENTRAL:
                power = Expression(joined(operator("pow"), (square.nodes, (Constant(exponent),))))
                found.append(_term(times(Expression((Variable(own),)), power)))
    return found


def _waves(term: Term) -> bool:
    return len(term.formula.nodes) == 2


def _term(formula: Expression, degree: int = -1) -> Term:
    places = free_places(formula)
    form = Expression(
        tuple(Variable("?") if place in places else node for place, node in enumerate(formula.nodes))
    )
    return Term(formula, degree, not places, form.text(), formula.complexity())


def _scanned(family: Family, column: Array) -> list[list[float]]:
    """Values of the constants inside of a family that are tried on a column."""
    if not family.scans:
        return [[]]
    grids = []
    for scan in family.scans:
        values = SCANS[scan](column)
        count = _SCANNED if len(family.scans) == 1 else _SCANNED_OF_TWO
        places = np.unique(np.linspace(0, len(values) - 1, min(count, len(values))).astype(int))
        grids.append(values[places])
    return [[float(one) for one in constants] for constants in product(*grids)]
