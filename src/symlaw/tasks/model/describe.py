"""What a formula amounts to on data: its simplest form, and how it behaves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.errors import DataError
from symlaw.knowledge.statements.domain import domain_of
from symlaw.knowledge.units.analysis import units_from
from symlaw.language.algebra.editing import as_formula
from symlaw.language.simplifying.simplify import simplify as simplified
from symlaw.tasks.front.simplify import box_of
from symlaw.tasks.model.compare import columns_of
from symlaw.trust.behaviour.summary import Behaviour, behaviour_on

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


def behaviour(
    formula: Expression | str,
    X: Any,
    units: Mapping[str, Any] | None = None,
    target_unit: Any = None,
    domain: Mapping[str, Any] | None = None,
) -> Behaviour:
    """How a formula behaves on data and beyond them.

    Parameters
    ----------
    formula
        An expression or a text.
    X
        (n_samples, n_features): a data frame, a mapping of columns, or an array of columns x0, x1, ...
    units, target_unit
        As the estimator's; given together, it is checked that the formula's units go together.
    domain
        Ends by column to look at instead of the data's range.

    Raises
    ------
    ColumnNotFound, DataError
        When the data lack a variable, or are no table of finite numbers.
    InvalidSetting
        When ends or units make no sense.

    Examples
    --------
    >>> import numpy as np
    >>> found = behaviour("3 * s / (2 + s)", {"s": np.linspace(0.5, 8, 30)})
    >>> found.laws[0].law.name
    'Michaelis-Menten equation (Monod, Langmuir, Holling II)'
    >>> found.extrapolations[0].above
    'tends to 3'
    >>> found.warnings
    ('pole at s = -2 (2 + s = 0), outside the data, but near',)
    """
    expression = as_formula(formula)
    data, names = columns_of(X, [expression])
    if not np.all(np.isfinite(data)):
        raise DataError("the data hold values that are not finite: leave those rows out")
    known = (
        None
        if units is None
        else units_from(units, "" if target_unit is None else target_unit, "dimensionless")
    )
    return behaviour_on(expression, domain_of(domain, names, data), data, names, known)
