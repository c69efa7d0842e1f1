"""What linear sums of columns are worth where no formula explains the rows.

Under little noise a linear sum competes with laws, and its form costs what any form does. Where the shortest
description leaves much of the variance, the table has no law that its rows can tell, and a sum of the columns
that matter is what people expect of it: its form then costs one price, whatever its columns, and other terms
beside them cost their own form.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from symlaw.knowledge.priors.expected import NOTHING, framed
from symlaw.language.expression import Expression, Variable
from symlaw.language.operators import Operator
from symlaw.trust.selection.description import fitted_constants

if TYPE_CHECKING:
    from collections.abc import Sequence

    from symlaw.search.archive import Entry
    from symlaw.trust.selection.description import Criteria

# A formula that leaves more than this share of the variance explains no law.
NOISY = 0.05
# Probability of linear sums of columns, of all formulas that are no constant.
_SHARE = 0.1
# Nats for the form of one.
_FORM = -math.log((1.0 - NOTHING) * _SHARE)


def with_sums(entries: Sequence[Entry], lengths: Sequence[float], criteria: Criteria) -> list[float]:
    """Description lengths, those of linear sums shorter where the shortest of all leaves much.

    Parameters
    ----------
    entries, lengths
        Formulas, and nats to describe each of them and the data.
    criteria
        By what they were compared.
    """
    best = min(range(len(entries)), key=lengths.__getitem__)
    if not entries[best].loss > NOISY:
        return list(lengths)
    return [
        min(length, _as_sum(entry.expression, length, criteria))
        for entry, length in zip(entries, lengths, strict=True)
    ]


def _as_sum(formula: Expression, length: float, criteria: Criteria) -> float:
    """Nats with the price of a sum in place of its form's; inf for formulas without a linear part."""
    columns, others = terms_of(formula)
    if not columns:
        return math.inf
    form = _FORM + sum(criteria.formula_length(one) + math.log(1.0 - NOTHING) for one in others)
    # a coefficient that columns share, or that is 1, was chosen among as many as a fitted one
    shared = max(len(columns) + len(others) - fitted_constants(formula), 0)
    return length - criteria.formula_length(formula) + form + 0.5 * shared * math.log(criteria.n_rows)


def terms_of(formula: Expression) -> tuple[frozenset[str], tuple[Expression, ...]]:
    """Columns that a formula is linear in, term by term, and its other terms without their coefficients.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> columns, others = terms_of(parse("2.5 * (x - y / 3 - 4 * y * z) + 1"))
    >>> sorted(columns), [str(one) for one in others]
    (['x', 'y'], ['y * z'])
    """
    root = formula.nodes[-1]
    if isinstance(root, Variable):
        return frozenset({root.name}), ()
    if not isinstance(root, Operator):
        return frozenset(), ()
    arguments = formula.arguments()
    numbers = [not one.variables for one in arguments]
    if root.coefficients:
        parts = [terms_of(one) for one in arguments]
    elif root.name == "*" and any(numbers):
        parts = [terms_of(arguments[numbers.index(True) - 1])]
    elif root.name == "/" and numbers[1]:
        parts = [terms_of(arguments[0])]
    else:
        return frozenset(), (framed(formula)[2] if root.name == "*" else formula,)
    columns = frozenset[str]().union(*(one for one, _ in parts))
    return columns, tuple(term for _, terms in parts for term in terms)
