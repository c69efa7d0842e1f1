"""What a discovery may be asked for: a function that judges formulas, or rows seen through an operator."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.errors import DataError, InvalidSetting
from symlaw.language.algebra.tuples import MOST_FORMULAS

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from symlaw.language.expression import Expression

    Array = NDArray[np.float64]
    Function = Callable[[Expression], float]


@dataclass(frozen=True)
class Observations:
    """Rows of columns that are seen through a linear operator; made by `observed`.

    Parameters
    ----------
    columns
        Columns by name, each float64 (n_rows,).
    operator
        W of shape (n_observations, n_rows), an array or a sparse matrix.
    b
        What is observed, float64 (n_observations,).
    weights
        Of the observations, or None.
    """

    columns: dict[str, Array]
    operator: Any
    b: Array
    weights: Array | None


def observed(
    columns: Mapping[str, ArrayLike], operator: Any, b: ArrayLike, weights: ArrayLike | None = None
) -> Observations:
    """Rows seen through a linear operator W: `symlaw.discover` then makes ``|W f(columns) - b|`` small.

    Weak forms of differential equations, integrals, differences and sums over groups are of this kind: what
    is observed of a formula f are weighted sums of its values on the rows.

    Parameters
    ----------
    columns
        The formula's variables by name, each (n_rows,); a data frame or a mapping.
    operator
        W of shape (n_observations, n_rows), an array or a sparse matrix of SciPy.
    b
        What is observed, (n_observations,).
    weights
        Of the observations, (n_observations,), not negative.

    Examples
    --------
    >>> import numpy as np
    >>> t = np.linspace(0.0, 3.0, 40)
    >>> differences = np.diff(np.eye(40), axis=0)
    >>> rows = observed({"t": t}, differences, np.diff(t**2))
    >>> sorted(rows.columns), rows.b.shape
    (['t'], (39,))
    """
    if not hasattr(columns, "items"):
        raise DataError("columns is no mapping: give columns by name, such as {'x': x, 't': t}, or a frame")
    named = {str(name): np.asarray(values, dtype=float) for name, values in columns.items()}
    for name, values in named.items():
        if values.ndim != 1:
            raise DataError(f"column {name!r} has shape {values.shape}: give one number for each row")
    if not named:
        raise DataError("columns is empty: give at least one column")
    lengths = {name: len(values) for name, values in named.items()}
    if len(set(lengths.values())) > 1:
        raise DataError(f"columns differ in length ({lengths}): give one number for each row in each")
    w = None if weights is None else np.asarray(weights, dtype=float)
    return Observations(named, operator, np.asarray(b, dtype=float), w)


def points_of(points: Any, variables: tuple[str, ...]) -> Array | None:
    """Sample points as an array (n_points, n_variables), of a mapping by name or of such an array.

    Raises
    ------
    InvalidSetting
        When they are none of the variables.
    """
    if points is None:
        return None
    if isinstance(points, Mapping) or hasattr(points, "columns"):
        missing = [name for name in variables if name not in points]
        if missing:
            raise InvalidSetting(f"points lacks {missing[0]!r}: give a column for each variable")
        points = np.column_stack([np.asarray(points[name], dtype=float) for name in variables])
    array = np.asarray(points, dtype=float)
    if array.ndim != 2 or array.shape[1] != len(variables) or not len(array):
        raise InvalidSetting(
            f"points has shape {array.shape}: give (n_points, {len(variables)}), a column for each variable"
        )
    if not np.all(np.isfinite(array)):
        raise InvalidSetting("points holds numbers that are not finite: leave these points out")
    return array


def names_of(formulas: Any, *, one: bool) -> tuple[str, ...]:
    """Names of the formulas that are asked for; empty for one without a name.

    Raises
    ------
    InvalidSetting
        When they are no names, or too many, or there is to be ``one`` only.
    """
    whole = isinstance(formulas, Integral) and not isinstance(formulas, bool)
    if whole and formulas == 1:
        return ()
    if whole:
        names: tuple[Any, ...] = tuple(f"f{number}" for number in range(1, int(formulas) + 1))
    else:
        several = isinstance(formulas, Iterable) and not isinstance(formulas, str)
        names = tuple(formulas) if several else (formulas,)
    usable = all(isinstance(name, str) and name.isidentifier() for name in names)
    if not usable or len(set(names)) < len(names) or not 2 <= len(names) <= MOST_FORMULAS:
        raise InvalidSetting(
            f"formulas is {formulas!r}: give a number from 1 to {MOST_FORMULAS}, or so many different names"
        )
    if one:
        raise InvalidSetting("formulas is for functions that judge several formulas: leave it out")
    return names
