"""What a formula amounts to on data: its simplest form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from symlaw.language.editing import as_formula
from symlaw.language.simplify import simplify as simplified
from symlaw.tasks.comparing import columns_of
from symlaw.tasks.simplifying import box_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from symlaw.language.expression import Expression


def simplify(
    formula: Expression | str, X: Any = None, cost: str | Mapping[str, float] = "complexity"
) -> Expression:
    """A formula in the cheapest form that was found, which has the same values on the data and around them.

    Parameters
    ----------
    formula
        An expression or a text.
    X
        (n_samples, n_features): a data frame, a mapping of columns, or an array of columns x0, x1, ... Rules
        that need it, such as sqrt(x**2) = x where x >= 0, are used where they hold all over the data's box.
    cost
        ``"complexity"``, ``"cycles"`` (time to compute), ``"readability"``, or costs by operator name.

    Raises
    ------
    ColumnNotFound, DataError
        When the data lack a variable, or are no table of numbers.
    InvalidSetting
        When there is no such cost.

    Examples
    --------
    >>> import numpy as np
    >>> X = {"x": np.linspace(1, 2, 20), "y": np.linspace(-1, 1, 20)}
    >>> print(simplify("sqrt(x**2 * y**2) / x", X))
    abs(y)
    """
    expression = as_formula(formula)
    if X is None:
        return simplified(expression, cost=cost)
    data, names = columns_of(X, [expression])
    columns = dict(zip(names, data.T, strict=True))
    return simplified(expression, box_of(columns), cost, columns=columns)
