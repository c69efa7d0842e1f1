"""What a user says of an operator beside its function, tried on numbers before anything depends on it."""

from __future__ import annotations

import math
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.errors import InvalidSetting
from symlaw.language.operators.row import ARGUMENTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from symlaw.language.operators.row import Operator

    Array = NDArray[np.float64]

MONOTONICITIES = ("increasing", "decreasing", "even", "step")
PARITIES = ("odd", "even")
# Arguments, nothing whole, and where the others of an operator stay meanwhile.
_POINTS, _OTHERS = np.linspace(-3.97, 4.03, 41), (0.71, -1.3)
# Values may be off by this share of the largest.
_NEAR = 1e-9
# Share of the grid on which a step is level.
_LEVEL = 0.5


def checked_cells(
    row: Operator, monotonicity: str | Iterable[str], parity: str, period: float, commutative: bool
) -> dict[str, Any]:
    """Cells of a row by name.

    Raises
    ------
    InvalidSetting
        When one is no such word or number, is for operators of other arguments, or does not hold on a grid.
    """
    rules = (monotonicity,) if isinstance(monotonicity, str) and monotonicity else tuple(monotonicity)
    if not rules and period:
        return {**_checked(row, (), parity, period, commutative), "monotonicity": ("periodic",)}
    return _checked(row, rules, parity, period, commutative)


def _checked(
    row: Operator, rules: Sequence[str], parity: str, period: float, commutative: bool
) -> dict[str, Any]:
    _check_words(row, rules, parity, period)
    if commutative and row.arity != 2:
        raise InvalidSetting(f"operator {row.name!r} has {row.arity} arguments: commutative is of two")
    for place, rule in enumerate(rules):
        for values, mirrored in zip(_along(row, place, _POINTS), _along(row, place, -_POINTS), strict=True):
            holds = _follows(rule, values) and (rule != "even" or _same(values, mirrored))
            _hold(row, f"{rule} in {ARGUMENTS[place]}", holds)
    x = _POINTS
    if parity:
        _hold(row, parity, _same(_values(row, -x), (-1.0 if parity == "odd" else 1.0) * _values(row, x)))
    if period:
        _hold(row, f"of period {period:g}", _same(_values(row, x + period), _values(row, x)))
    if commutative:
        _hold(row, "commutative", _same(_values(row, x, x[::-1] + 0.3), _values(row, x[::-1] + 0.3, x)))
    return {"monotonicity": tuple(rules), "parity": parity, "period": period, "commutative": commutative}


def _check_words(row: Operator, rules: Sequence[str], parity: str, period: float) -> None:
    if not set(rules) <= set(MONOTONICITIES) or len(rules) not in (0, row.arity):
        raise InvalidSetting(
            f"monotonicity of operator {row.name!r} is {list(rules)}: give one of {', '.join(MONOTONICITIES)}"
            f" for each of its {row.arity} arguments"
        )
    if parity not in ("", *PARITIES):
        raise InvalidSetting(f"parity of operator {row.name!r} is {parity!r}: give 'odd' or 'even'")
    if isinstance(period, bool) or not 0 <= period < math.inf:
        raise InvalidSetting(f"period of operator {row.name!r} is {period!r}: give a number above 0")
    if (parity or period) and row.arity != 1:
        raise InvalidSetting(f"operator {row.name!r} has {row.arity} arguments: parity and period are of one")


def _hold(row: Operator, what: str, holds: bool) -> None:
    if not holds:
        raise InvalidSetting(f"operator {row.name!r} is not {what} between -4 and 4: leave that out")


def _values(row: Operator, *arguments: Array) -> Array:
    with np.errstate(all="ignore"):
        return np.asarray(row.numpy_function(*arguments), dtype=float)


def _along(row: Operator, place: int, points: Array) -> list[Array]:
    """Values along one argument, for some of the others."""
    found = []
    for other in _OTHERS:
        arguments = [np.full(len(_POINTS), other)] * row.arity
        arguments[place] = points
        found.append(_values(row, *arguments))
    return found


def _follows(rule: str, values: Array) -> bool:
    """Whether values along the grid move as a rule says, where they are known."""
    if rule == "even":
        middle = int(np.argmin(np.abs(_POINTS)))
        return _rises(-values[:middle]) and _rises(values[middle + 1 :])
    known = values[np.isfinite(values)]
    if rule == "step" and not np.mean(np.diff(known) == 0) > _LEVEL:
        return False
    return _rises(-values if rule == "decreasing" else values)


def _rises(values: Array) -> bool:
    known = values[np.isfinite(values)]
    slack = _NEAR * float(np.max(np.abs(known), initial=0.0))
    return all(after >= before - slack for before, after in pairwise(known.tolist()))


def _same(values: Array, others: Array) -> bool:
    known = np.isfinite(values) & np.isfinite(others)
    return bool(known.any() and np.allclose(values[known], others[known], rtol=_NEAR, atol=_NEAR))


def in_arguments(condition: str, names: Sequence[str]) -> str:
    """A condition on a function's parameters with ``x``, ``y`` and ``z`` for them, as in the operator table.

    Examples
    --------
    >>> in_arguments("a - b > 0", ["a", "b"])
    'x - y > 0'
    """
    places = dict(zip(names, ARGUMENTS, strict=False))
    return re.sub(r"[^\W\d]\w*", lambda word: places.get(word[0], word[0]), condition)
