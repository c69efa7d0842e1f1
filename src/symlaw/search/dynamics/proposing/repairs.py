"""Right sides that are a guess, or a guess with a term less or with others more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from symlaw.engine import reference
from symlaw.engine.flows.rates import free_places
from symlaw.language.algebra.sums import terms_of
from symlaw.language.expression import Constant, Expression, Variable, joined
from symlaw.language.operators import operator
from symlaw.language.operators.row import Operator
from symlaw.search.dynamics.proposing.selection import coefficients, forwards
from symlaw.search.dynamics.sums import parts_of, scaled, total

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from symlaw.search.dynamics.measured.weak import Windows
    from symlaw.search.dynamics.proposing.library import Library

    Array = NDArray[np.float64]

# Terms that are added to a guess at most, and ways of doing so that are tried for each number.
_MORE, _EACH = 3, 4


def repaired(
    guess: Expression, library: Library, columns: dict[str, Array], windows: Sequence[Windows], state: int
) -> list[Expression]:
    """A guess, with each of its terms left out, and with terms added that weak forms speak for."""
    own = unit_terms(guess)
    sets = [own, *(own[:k] + own[k + 1 :] for k in range(len(own)) if len(own) > 1)]
    found = [guess]
    plain = library.plain
    for one in windows:
        b = one.targets[:, state]
        others = one.seen(library.values[:, plain]) * library.norms[plain]
        for kept in sets:
            first = np.column_stack([_seen(term, columns, one) for term in kept])
            found.append(_sum(first, b, kept))
            q = np.linalg.qr(first)[0]
            rest, left = others - q @ (q.T @ others), b - q @ (q.T @ b)
            norms = np.sqrt(np.sum(rest**2, axis=0))
            usable = np.flatnonzero(norms > 1e-6 * np.sqrt(np.sum(others**2, axis=0)))
            added = forwards(rest[:, usable] / norms[usable], left, _MORE, np.arange(len(usable)))
            for more in sorted(added, key=lambda c: (len(c.places), c.left)):
                if sum(len(more.places) == len(a.places) and a.left < more.left for a in added) < _EACH:
                    places = plain[usable[list(more.places)]]
                    whole = np.hstack([first, others[:, usable[list(more.places)]]])
                    found.append(_sum(whole, b, [*kept, *(library.terms[k].formula for k in places)]))
    return found


def unit_terms(formula: Expression) -> list[Expression]:
    """Terms of a sum without their coefficients; 1 for a number.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> [str(one) for one in unit_terms(parse("2.5 * x - x**2 + 0.7"))]
    ['x', 'x**2', '1.0']
    """
    found = []
    for part in parts_of(formula):
        inside = terms_of(part)
        factors = [one for one in _factors(inside[0][1]) if one.variables] if inside else []
        product = factors[0] if factors else Expression((Constant(1.0),))
        for factor in factors[1:]:
            product = Expression(joined(operator("*"), (product.nodes, factor.nodes)))
        found.append(product)
    return found


def _factors(term: Expression) -> list[Expression]:
    root = term.nodes[-1]
    if isinstance(root, Operator) and root.name == "*":
        return [one for part in term.arguments() for one in _factors(part)]
    return [term]


def form_of(term: Expression) -> str:
    """A term as text, constants inside left open."""
    places = free_places(term)
    nodes = tuple(Variable("?") if k in places else node for k, node in enumerate(term.nodes))
    return Expression(nodes).text(4)


def changes(guess: Expression, found: Expression) -> tuple[list[str], list[str]]:
    """Terms of a guess that are gone, and those that were added, as text."""
    before = {form_of(term): term for term in unit_terms(guess)}
    after = {form_of(term): term for term in unit_terms(found)}
    gone = [term.text(4) for form, term in before.items() if form not in after]
    return gone, [term.text(4) for form, term in after.items() if form not in before]


def _seen(term: Expression, columns: dict[str, Array], windows: Windows) -> Array:
    n_points = len(next(iter(columns.values())))
    return np.nan_to_num(windows.seen(reference.values(term, columns) * np.ones(n_points)))


def _sum(A: Array, b: Array, terms: Sequence[Expression]) -> Expression:
    weights = np.nan_to_num(coefficients(A, b, tuple(range(len(terms)))))
    return total([scaled(float(w), term) for w, term in zip(weights, terms, strict=True)])
