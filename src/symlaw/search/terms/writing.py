"""Sums of terms as formulas."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from symlaw.language.expression import Constant, Expression, Nodes, Variable
from symlaw.language.operators import PRODUCTS, Operator
from symlaw.search.sparse.models import distinct, forms_of_sum
from symlaw.search.sparse.writing import TOLERANCES
from symlaw.search.terms.families import written
from symlaw.search.terms.sums import columns_at

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from symlaw.search.sparse.models import View
    from symlaw.search.sparse.writing import Factors, Summands, Writer
    from symlaw.search.terms.fitting import Ground
    from symlaw.search.terms.sums import Sum, Term

    Array = NDArray[np.float64]


def formulas_of(one: Sum, ground: Ground, view: View, names: list[str], writer: Writer) -> list[Expression]:
    """A sum of which all is known as formulas of the target; those that the language allows."""
    if not one.terms or not len(one.coefficients):
        return []
    summands: Summands = []
    for term, constants, coefficient in zip(one.terms, one.constants, one.coefficients[1:], strict=True):
        factors = _factors(term, constants, names, ground, writer)
        if factors is None or not coefficient:
            return []
        summands.append((float(coefficient) * ground.norm, factors))
    offset = float(one.coefficients[0]) * ground.norm + ground.centre
    constant = 0.0 if view.free_offset else offset
    found = []
    for tolerance in TOLERANCES[:2]:
        for nodes in forms_of_sum(summands, constant, view.free_scale, writer, tolerance):
            if nodes is not None:
                found.append(view.transform.applied(Expression(nodes)))
    return distinct([formula for formula in found if writer.legal(formula.nodes)])


def _factors(
    term: Term, constants: Array, names: list[str], ground: Ground, writer: Writer
) -> Factors | None:
    """A term's factors, quotients taken apart."""
    powers: dict[Nodes, Fraction] = {}
    for (family, column), own in term.factors(constants):
        formula = ground.families[family].formula
        first, *more = [(Variable(names[one]),) for one in columns_at(column)]
        nodes = writer.translated(written(formula, first, own.tolist(), *more))
        if nodes is None:
            return None
        for base, exponent in _apart(nodes):
            powers[base] = powers.get(base, Fraction(0)) + exponent
    return tuple((base, exponent) for base, exponent in powers.items() if exponent)


def _apart(nodes: Nodes) -> list[tuple[Nodes, Fraction]]:
    """Factors of a product or quotient."""
    last = nodes[-1]
    if not isinstance(last, Operator) or last.name not in PRODUCTS:
        return [] if nodes == (Constant(1.0),) else [(nodes, Fraction(1))]
    first, second = (part.nodes for part in Expression(nodes).arguments())
    sign = 1 if last.name == "*" else -1
    return [*_apart(first), *((base, sign * exponent) for base, exponent in _apart(second))]
