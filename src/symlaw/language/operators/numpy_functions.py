"""Operators as plain NumPy functions: of a spelling, levels, a formula or a user's Python function."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.errors import UnknownOperator
from symlaw.language.values import values

if TYPE_CHECKING:
    from symlaw.language.values import Formula

# Arguments, and a factor, on which operators are tried.
_PLACES, _FACTOR = np.array([-2.3, -0.7, 0.4, 1.9]), 1.7


def of_spelling(template: str, names: Sequence[str], *, truths: bool = False) -> Callable[..., Any]:
    """The function that a NumPy spelling, such as ``"np.hypot({0}, {1})"``, says.

    Among numbers, ``truths`` are 0 and 1.

    Examples
    --------
    >>> float(of_spelling("np.hypot({0}, {1})", ("x", "y"))(3.0, 4.0))
    5.0
    """
    body = template.format(*(f"({name})" for name in names))
    body = f"1.0 * ({body})" if truths else body
    made: Callable[..., Any] = eval(f"lambda {', '.join(names)}: {body}", {"np": np, "math": math})
    return made


def of_levels(table: Sequence[tuple[float, float]]) -> Callable[..., Any]:
    """The value at each level of a table, and nan elsewhere."""
    order = sorted(table)
    levels, found_at = np.array([one for one, _ in order]), np.array([one for _, one in order])

    def look_up(x: Any) -> Any:
        given = np.asarray(x, dtype=float)
        places = np.minimum(np.searchsorted(levels, given), len(levels) - 1)
        found = np.where(levels[places] == given, found_at[places], np.nan)
        return found if given.ndim else float(found)

    return look_up


def of_formula(body: Formula, names: Sequence[str]) -> Callable[..., Any]:
    """The values of a formula of ``names``."""

    def function(*given: Any) -> Any:
        arrays = np.broadcast_arrays(*(np.asarray(one, dtype=float) for one in given))
        columns = {name: np.atleast_1d(one) for name, one in zip(names, arrays, strict=False)}
        found = values(body, columns)
        return found if arrays[0].ndim else float(found[0])

    return function


def of_python(name: str, function: Callable[..., Any] | None) -> Callable[..., Any]:
    """A user's function of numbers, row by row.

    Raises
    ------
    UnknownOperator
        When the function is not at hand.
    """
    if function is None:
        raise UnknownOperator(
            f"operator {name!r} is a user's and its code is not kept: give it with operators=[...] or"
            " --plugin FILE.py"
        )
    return np.vectorize(lambda *given: one_value(function, *given), otypes=[float])


def one_value(function: Callable[..., Any], *arguments: float) -> float:
    """A function's value, nan outside of what ``math`` allows."""
    try:
        value = function(*arguments)
        # Python has complex powers of negative numbers, formulas have none
        return float("nan") if np.iscomplexobj(value) else float(value)
    except (ValueError, ZeroDivisionError, OverflowError):
        return float("nan")


def passes_factors(function: Callable[..., Any], degree: float) -> bool:
    """Whether a function of one argument passes factors above 0 on, raised to a power.

    Examples
    --------
    >>> [passes_factors(function, 2.0) for function in (np.square, np.exp)]
    [True, False]
    """
    with np.errstate(all="ignore"):
        before, after = function(_PLACES), function(_FACTOR * _PLACES)
        return bool(np.allclose(after, _FACTOR**degree * before, rtol=1e-9, equal_nan=True))
