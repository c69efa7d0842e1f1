"""What linear sums of columns are worth where no formula explains the rows.

Under little noise a linear sum competes with laws, and its form costs what any form does. Where the shortest
description leaves much of the variance, the table has no law that its rows can tell, and a sum of the columns
that matter is what people expect of it: its form then costs one price, whatever its columns.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from symlaw.knowledge.expected import NOTHING
from symlaw.language.expression import Variable, reduced
from symlaw.trust.description import fitted_constants

if TYPE_CHECKING:
    from collections.abc import Sequence

    from symlaw.language.expression import Expression, Leaf
    from symlaw.language.operators import Operator
    from symlaw.search.archive import Entry
    from symlaw.trust.description import Criteria

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
    """Nats with the price of a linear sum in place of its form's; inf for other formulas."""
    n_columns = linear_columns(formula)
    if not n_columns:
        return math.inf
    # a coefficient that columns share, or that is 1, was chosen among as many as a fitted one
    shared = max(n_columns - fitted_constants(formula), 0)
    return length - criteria.formula_length(formula) + _FORM + 0.5 * shared * math.log(criteria.n_rows)


def linear_columns(formula: Expression) -> int:
    """How many columns a linear sum of columns has; 0 for any other formula.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> linear_columns(parse("2.5 * (x - y / 3) + 1")), linear_columns(parse("x * y"))
    (2, 0)
    """

    def leaf(node: Leaf) -> frozenset[str] | None:
        return frozenset({node.name}) if isinstance(node, Variable) else frozenset()

    def applied(row: Operator, arguments: Sequence[frozenset[str] | None]) -> frozenset[str] | None:
        columns = [one for one in arguments if one is not None]
        if len(columns) < len(arguments):
            return None
        scaled = (row.name == "*" and not all(columns)) or (row.name == "/" and not columns[1])
        if scaled or row.name in ("+", "-", "neg"):
            return frozenset[str]().union(*columns)
        return None

    return len(reduced(formula.nodes, leaf, applied) or ())
