"""Constants that a fit has made vanish, or nearly: terms near 0 beside larger ones, and factors near 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from symlaw.engine import reference
from symlaw.language.expression import Constant, Expression
from symlaw.language.operators import PRODUCTS, SUMS, Operator

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

# Of the other argument's size, below which a term is taken to be nothing, and likewise the distance from 1.
NOTHING = 1e-7
# The same under noise, for constants that may be nothing: a fit without them tells. The more rows, the less.
DOUBTFUL = 0.2
# Of a constant's size, below which a summand beside it is less than the digits that a fit tells.
_DIGITS = 1e-12


def doubtful(n_rows: int) -> float:
    """What may count as nothing where so many rows determine constants."""
    return float(min(DOUBTFUL, n_rows**-0.5))


def without_vanishing(
    formula: Expression, columns: Mapping[str, NDArray[np.float64]], nothing: float = NOTHING
) -> Expression:
    """The formula without the constants that vanish; the formula itself where none does.

    Parameters
    ----------
    formula
        A formula whose constants were fitted.
    columns
        Values of the variables on a few rows, by name.
    nothing
        Share of the other argument's size, and distance from 1, that counts as nothing.
    """
    root = formula.nodes[-1]
    if not isinstance(root, Operator):
        return formula
    arguments = formula.arguments()
    parts = [without_vanishing(part, columns, nothing) for part in arguments]
    kept = _other_of(root, parts, columns, nothing)
    if kept is not None:
        return kept
    if all(new is old for new, old in zip(parts, arguments, strict=True)):
        return formula
    return Expression((*(node for part in parts for node in part.nodes), root))


def _other_of(
    row: Operator, parts: list[Expression], columns: Mapping[str, NDArray[np.float64]], nothing: float
) -> Expression | None:
    """The argument left when the other one, a constant, does nothing; None where it does something."""
    # the constant may stand first only where arguments may be exchanged
    if row.name not in (*SUMS, *PRODUCTS):
        return None
    for place in (0, 1) if row.commutative else (1,):
        value, other = _constant(parts[place]), parts[1 - place]
        if value is None:
            continue
        if row.name in PRODUCTS and abs(value - 1.0) < nothing:
            return other
        if row.name in SUMS and abs(value) < nothing * _size(other, columns):
            return other
    return _beside_a_huge_one(row.name, parts, columns) if row.name in SUMS else None


def _beside_a_huge_one(
    name: str, parts: list[Expression], columns: Mapping[str, NDArray[np.float64]]
) -> Expression | None:
    """The constant that a fit has made so large that the other summand is less than its last digits."""
    for place in (0, 1):
        value, other = _constant(parts[place]), parts[1 - place]
        if value is None or not other.variables:
            continue
        with np.errstate(all="ignore"):
            largest = float(np.max(np.abs(reference.values(other, columns))))
        if largest < _DIGITS * abs(value):
            return Expression((Constant(-value if name == "-" and place == 1 else value),))
    return None


def _constant(part: Expression) -> float | None:
    node = part.nodes[0]
    return node.value if len(part.nodes) == 1 and isinstance(node, Constant) else None


def _size(part: Expression, columns: Mapping[str, NDArray[np.float64]]) -> float:
    """Median size of a part's values, 0 where some are not finite."""
    with np.errstate(all="ignore"):
        values = np.abs(reference.values(part, columns))
    return float(np.median(values)) if np.all(np.isfinite(values)) else 0.0
