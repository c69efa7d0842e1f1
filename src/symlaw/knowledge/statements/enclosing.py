"""Ends of a formula's values over boxes of its variables, rounded outward: what proofs are made of.

An enclosure holds both the formula's value and what the engine computes for it, anywhere in the box. nan says
that nothing is known: the formula may be undefined, or too large for a float, somewhere in the box.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from symlaw.engine.elementary import ULP_BOUND
from symlaw.language.algebra.derivative import derivative, substituted
from symlaw.language.expression import Expression, Leaf, Nodes, Variable, joined, reduced, rewritten
from symlaw.language.operators import Operator
from symlaw.language.operators.enclosures import enclosed
from symlaw.language.operators.row import ARGUMENTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from symlaw.language.operators.row import Ends

    Boxes = Mapping[str, Ends]

# Errors of NumPy's functions, and of an operator whose own bound is not known, in units in the last place.
_NUMPY_ULPS = 4.0
_ULP, _TINY = 2.0**-52, 5e-324


def enclose(expression: Expression, boxes: Boxes) -> Ends:
    """Ends of a formula's values on each box.

    Parameters
    ----------
    expression
        The formula.
    boxes
        For each variable its ends, float64 (n_boxes,) each.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> box = {"x": (np.array([1.0]), np.array([2.0]))}
    >>> low, high = enclose(parse("exp(x) / x"), box)
    >>> bool(1.3 < low[0] <= np.exp(1.0) / 2 and np.exp(2.0) <= high[0] < 7.4)
    True
    """
    n_boxes = len(next(iter(boxes.values()))[0])

    def leaf(node: Leaf) -> Ends:
        if isinstance(node, Variable):
            return boxes[node.name]
        value = np.full(n_boxes, node.value)
        return value, value

    def applied(row: Operator, arguments: Sequence[Ends]) -> Ends:
        return _rounded(row, arguments, enclosed(row, arguments))

    return reduced(written_out(expression).nodes, leaf, applied)


def _rounded(row: Operator, arguments: Sequence[Ends], ends: Ends | None) -> Ends:
    """Ends moved outward by the errors of NumPy and the engine; nan where they are not finite."""
    if ends is None:
        nothing = np.full(len(arguments[0][0]), np.nan)
        return nothing, nothing
    low, high = ends
    bound = ULP_BOUND.get(row.kernel.rpartition(".")[2], _NUMPY_ULPS)
    with np.errstate(all="ignore"):
        if bound > 0.0:
            if row.arity == 1:
                high = np.where((high == 0) & (arguments[0][1] != 0), _TINY, high)
                low = np.where((low == 0) & (arguments[0][0] != 0) & (row.parity == "odd"), -_TINY, low)
            # neither error changes a sign: whatever is 0 stays 0
            share = (bound + _NUMPY_ULPS + 1.0) * _ULP
            low, high = (
                np.where(low > 0, low * (1 - share), low * (1 + share)),
                np.where(high > 0, high * (1 + share), high * (1 - share)),
            )
        known = np.isfinite(low) & np.isfinite(high)
    return np.where(known, low, np.nan), np.where(known, high, np.nan)


def written_out(expression: Expression) -> Expression:
    """A formula with users' operators that are formulas replaced by those."""
    if not any(isinstance(node, Operator) and node.body is not None for node in expression.nodes):
        return expression

    def applied(row: Operator, arguments: Sequence[Nodes]) -> Nodes:
        if row.body is None:
            return joined(row, arguments)
        return substituted(row.body.nodes, dict(zip(ARGUMENTS, arguments, strict=False)))

    return Expression(rewritten(expression.nodes, applied))


def smooth_slope(expression: Expression, name: str) -> Expression | None:
    """The derivative of a formula where it says how the formula rises; None where it may jump.

    Steps have the derivative 0 between their jumps, and users' operators without a formula have none.
    """
    formula = written_out(expression)
    for node in formula.nodes:
        if isinstance(node, Operator) and ("step" in node.monotonicity or not node.partials):
            return None
    return derivative(formula, name)


def within(
    expression: Expression, boxes: Boxes, low: NDArray[np.float64] | float, high: NDArray[np.float64] | float
) -> NDArray[np.bool_]:
    """On which boxes a formula is defined and certainly between two numbers."""
    least, most = enclose(expression, boxes)
    simpler = expression.canonical
    if len(simpler.nodes) < len(expression.nodes):
        # both hold the value where it is defined, and either may be the narrower
        others = enclose(simpler, boxes)
        known = np.isfinite(least)
        least = np.where(known, np.fmax(least, others[0]), least)
        most = np.where(known, np.fmin(most, others[1]), most)
    found: NDArray[np.bool_] = (least >= low) & (most <= high)
    return found
