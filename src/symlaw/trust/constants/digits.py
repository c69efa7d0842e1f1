"""How many digits of a formula's constants are shown: those that its values on the data need."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from symlaw.engine.evaluate import evaluate
from symlaw.language.expression import Constant
from symlaw.trust.constants.numbers import all_numbers, by_numbers, with_numbers

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from symlaw.language.expression import Expression

MOST = 17
# Of the formula's error, by which printed constants may move its values: below what the rows tell of it.
_SHARE, _ROWS = 0.1, 10.0
# Of the target's spread, where the error is smaller than that.
_EXACT = 5e-6
# Rows that are looked at.
_MOST_ROWS = 1000


def digits_of(
    expression: Expression,
    X: NDArray[np.float64],
    names: Sequence[str],
    rmse: float,
    spread: float,
    given: Collection[float] = (),
) -> tuple[int, ...]:
    """Significant digits of each number of a formula: of its constants, left to right, then of the groups'.

    With them its values differ from those with all digits by a tenth of its error, by less where many rows
    say more of its constants, and by 5e-6 of the target's spread where there is no error.

    Parameters
    ----------
    expression
        The formula.
    X, names
        Rows (n_samples, n_features) and their columns.
    rmse
        Root mean square of its errors.
    spread
        Standard deviation of the target.
    given
        Values of constants that nobody fitted, as those that are fixed, which have all digits.
    """
    numbers = all_numbers(expression)
    if not len(numbers):
        return ()
    rows = X[:: max(1, len(X) // _MOST_ROWS)]
    with np.errstate(all="ignore"):
        allowed = max(_SHARE * rmse * min(1.0, math.sqrt(_ROWS / len(X))), _EXACT * spread)
        values, slopes = by_numbers(expression, rows, names)
        there = np.isfinite(values) & np.isfinite(slopes).all(axis=1)
        if not np.isfinite(allowed) or not there.any():
            return (MOST,) * len(numbers)
        # each row hangs on one of a group's constants
        at_once = np.maximum(np.count_nonzero(slopes[there], axis=1).max(), 1)
        moved = np.sqrt(np.mean(slopes[there] ** 2, axis=0)) * math.sqrt(at_once)
        apart = [allowed / one if one > 0 else math.inf for one in moved.tolist()]
        # numbers that nobody fitted are shown as they were given
        fixed = [n.fixed or n.value in given for n in expression.nodes if isinstance(n, Constant)]
        fixed += [False] * (len(numbers) - len(fixed))
        most = [0.0 if own else one for own, one in zip(fixed, apart, strict=True)]
        digits = [_fewest(value, one) for value, one in zip(numbers.tolist(), most, strict=True)]
        while not _is_near(expression, rows, names, digits, values, allowed):
            if all(one == MOST for one in digits):
                break
            digits = [min(one + 1, MOST) for one in digits]
    return tuple(digits)


def _fewest(value: float, allowed: float) -> int:
    """The fewest digits that keep a number within a distance.

    Examples
    --------
    >>> _fewest(3.14159, 0.01), _fewest(0.99999999, 1e-9), _fewest(1990.0, 1e-6)
    (3, 8, 3)
    """
    if not math.isfinite(value):
        return 1
    return next((n for n in range(1, MOST) if abs(float(f"{value:.{n}g}") - value) <= allowed), MOST)


def _is_near(
    expression: Expression,
    X: NDArray[np.float64],
    names: Sequence[str],
    digits: Sequence[int],
    values: NDArray[np.float64],
    allowed: float,
) -> bool:
    """Whether the formula with shortened constants has about the same values."""
    numbers = all_numbers(expression).tolist()
    short = [float(f"{value:.{n}g}") for value, n in zip(numbers, digits, strict=True)]
    if len(short) == len(expression.constants):
        printed = evaluate([expression.with_constants(short)], X, names)[0]
    else:
        printed = by_numbers(with_numbers(expression, short), X, names)[0]
    there = np.isfinite(values)
    if not np.array_equal(there, np.isfinite(printed)):
        return False
    apart = float(np.sqrt(np.mean((printed[there] - values[there]) ** 2)))
    return apart <= allowed
