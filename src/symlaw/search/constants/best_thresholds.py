"""The best numbers to compare with, on all rows: losses of all thresholds at once, by sums over sorted rows.

What a comparison decides is a value of the formula with it true and one with it false. The loss as a function
of the threshold is then a sum over rows below of the one and over rows above of the other, as in the search
for splits of regression trees (Breiman et al. 1984).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.language.expression import Constant, Expression
from symlaw.language.operators import Operator
from symlaw.language.values import values
from symlaw.search.thresholds import between

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

# Times that each threshold is looked at again after the others have moved.
_PASSES = 3
# Gains below this fraction of the loss are rounding.
_GAIN = 1e-9


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
            for place in range(len(formula.nodes)):
                found = _with_best(found, place, columns, y, weights) or found
            if found is before:
                break
            moved = True
    return found if moved else None


def with_short_thresholds(formula: Expression, columns: Mapping[str, Array]) -> Expression:
    """The formula with each threshold as the shortest number that parts the rows as it does.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> print(with_short_thresholds(parse("if(x > 2.4871, 3, 2)"), {"x": np.array([1.0, 2.4, 2.6])}))
    if(x > 2.5, 3.0, 2.0)
    """
    found = formula
    with np.errstate(all="ignore"):
        for place in range(len(formula.nodes)):
            compared = _compared(found, place)
            if compared is not None:
                given, level = np.sort(values(compared.argument, columns)), compared.level(found)
                step = int(np.searchsorted(given, level))
                if 0 < step < len(given) and given[step - 1] < level < given[step]:
                    short = between(float(given[step - 1]), float(given[step]))
                    if len(repr(short)) < len(repr(level)):
                        found = compared.with_level(found, short)
    return found


class _Compared(NamedTuple):
    """A comparison of a part of a formula with a number."""

    place: int
    begin: int
    number: int
    argument: Expression

    def level(self, formula: Expression) -> float:
        """The number."""
        return float(formula.nodes[self.number].value)  # type: ignore[union-attr, arg-type]

    def with_level(self, formula: Expression, level: float) -> Expression:
        """The formula with another number."""
        nodes = formula.nodes
        return Expression((*nodes[: self.number], Constant(level), *nodes[self.number + 1 :]))

    def with_truth(self, formula: Expression, truth: bool) -> Expression:
        """The formula as if the comparison always came out so."""
        nodes = formula.nodes
        return Expression((*nodes[: self.begin], Constant(float(truth)), *nodes[self.place + 1 :]))

    def holds(self, formula: Expression, given: Array) -> NDArray[np.bool_]:
        """Where the comparison holds, for values of the part."""
        row, level = formula.nodes[self.place], self.level(formula)
        pair = (given, level) if self.number == self.place - 1 else (level, given)
        return np.asarray(row.numpy_function(*pair) != 0)  # type: ignore[union-attr]


def _compared(formula: Expression, place: int) -> _Compared | None:
    """The comparison at a place, None where that is none of a part with a number."""
    node = formula.nodes[place]
    if not isinstance(node, Operator) or not node.compares:
        return None
    begin, middle = formula.starts[place], formula.starts[place - 1]
    if isinstance(formula.nodes[place - 1], Constant):
        return _Compared(place, begin, place - 1, Expression(formula.nodes[begin:middle]))
    if middle == begin + 1 and isinstance(formula.nodes[begin], Constant):
        return _Compared(place, begin, begin, Expression(formula.nodes[middle:place]))
    return None


def _with_best(
    formula: Expression, place: int, columns: Mapping[str, Array], y: Array, weights: Array
) -> Expression | None:
    """The formula with the number of one comparison moved; None where it has none or it is the best."""
    compared = _compared(formula, place)
    if compared is None or not compared.argument.variables:
        return None
    given = np.asarray(values(compared.argument, columns))
    false, true = (
        _costs(compared.with_truth(formula, truth), columns, y, weights) for truth in (False, True)
    )
    holds = compared.holds(formula, given)
    now = float(np.sum(true[holds])) + float(np.sum(false[~holds]))
    order = np.argsort(given, kind="stable")
    steps = np.flatnonzero(given[order][1:] > given[order][:-1])
    if len(steps) == 0:
        return None
    # which side of a threshold is the true one: that of larger values for x > 2, and for 2 < x
    rises = compared.holds(formula, np.array([-np.inf, np.inf]))[1]
    below, above = (false, true) if rises else (true, false)
    total = np.cumsum(below[order])[:-1] + np.cumsum(above[order][::-1])[::-1][1:]
    best = int(steps[np.argmin(total[steps])])
    if not total[best] < now * (1.0 - _GAIN):
        return None
    return compared.with_level(formula, between(float(given[order[best]]), float(given[order[best + 1]])))


def _costs(formula: Expression, columns: Mapping[str, Array], y: Array, weights: Array) -> Array:
    """Weighted squared errors on each row; infinite ones are as large as can be summed."""
    errors = weights * (values(formula, columns) - y) ** 2
    return np.where(np.isfinite(errors), errors, 1e200)
