"""The best numbers to compare with, on all rows: losses of all thresholds at once, by sums over sorted rows.

What a comparison decides is a value of the formula with it true and one with it false. The loss as a function
of the threshold is then a sum over rows below of the one and over rows above of the other, as in the search
for splits of regression trees (Breiman et al. 1984).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from symlaw.language.expression import Constant, Expression
from symlaw.language.operators import Operator
from symlaw.language.values import values
from symlaw.search.thresholds import between

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_COMPARISONS = (">", "<", ">=", "<=")
# Times that each threshold is looked at again after the others have moved.
_PASSES = 3


def with_best_thresholds(
    formula: Expression, columns: Mapping[str, Array], y: Array, weights: Array
) -> Expression | None:
    """A complete formula with the numbers that parts of it are compared with moved, one after the other.

    Parameters
    ----------
    formula
        With its scale and offset.
    columns
        Values of the variables on all rows.
    y, weights
        The target and the rows' weights (n_rows,).

    Returns
    -------
    Expression or None
        None where nothing gives less of the weighted sum of squares.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> x = np.arange(8.0)
    >>> print(with_best_thresholds(parse("if(x > 1, 3, 2)"), {"x": x}, np.where(x > 4, 3.0, 2.0), x + 1))
    if(x > 4.5, 3.0, 2.0)
    """
    found, moved = formula, False
    with np.errstate(all="ignore"):
        for _ in range(_PASSES):
            before = found
            for place, node in enumerate(formula.nodes):
                if isinstance(node, Operator) and node.name in _COMPARISONS:
                    found = _with_best(found, place, columns, y, weights) or found
            if found is before:
                break
            moved = True
    return found if moved else None


def _with_best(
    formula: Expression, place: int, columns: Mapping[str, Array], y: Array, weights: Array
) -> Expression | None:
    """The formula with the number of one comparison moved; None where it has none or it is the best."""
    nodes, begin, middle = formula.nodes, formula.starts[place], formula.starts[place - 1]
    number = place - 1 if isinstance(nodes[place - 1], Constant) else begin
    if not isinstance(nodes[number], Constant) or (number == begin and middle != begin + 1):
        return None
    argument = nodes[begin:middle] if number == place - 1 else nodes[middle:place]
    given = np.asarray(values(Expression(argument), columns))
    costs = [
        _costs(Expression((*nodes[:begin], Constant(truth), *nodes[place + 1 :])), columns, y, weights)
        for truth in (0.0, 1.0)
    ]
    rises = nodes[place].name.startswith(">") == (number == place - 1)  # type: ignore[union-attr]
    below, above = costs if rises else reversed(costs)
    order = np.argsort(given, kind="stable")
    steps = np.flatnonzero(given[order][1:] > given[order][:-1])
    if len(steps) == 0:
        return None
    total = np.cumsum(below[order])[:-1] + np.sum(above) - np.cumsum(above[order])[:-1]
    now = float(np.sum(costs[1][_holds(nodes, place, number, given)])) + float(
        np.sum(costs[0][~_holds(nodes, place, number, given)])
    )
    best = int(steps[np.argmin(total[steps])])
    if not total[best] < now * (1.0 - 1e-9):
        return None
    level = between(float(given[order[best]]), float(given[order[best + 1]]))
    return Expression((*nodes[:number], Constant(level), *nodes[number + 1 :]))


def _holds(nodes: tuple[object, ...], place: int, number: int, given: Array) -> NDArray[np.bool_]:
    """Where a comparison holds as it stands."""
    row, level = nodes[place], nodes[number].value  # type: ignore[attr-defined]
    first, second = (given, level) if number == place - 1 else (level, given)
    return np.asarray(row.numpy_function(first, second) != 0)  # type: ignore[attr-defined]


def _costs(formula: Expression, columns: Mapping[str, Array], y: Array, weights: Array) -> Array:
    """Weighted squared errors on each row; infinite ones are as large as can be summed."""
    errors = weights * (values(formula, columns) - y) ** 2
    return np.where(np.isfinite(errors), errors, 1e200)
