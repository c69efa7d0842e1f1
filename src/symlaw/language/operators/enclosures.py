"""Enclosures: ends of an operator's values where its arguments lie between given ends.

Ends are pairs of arrays, one element for each box. nan stands for ends that are not known: the value may be
undefined or unbounded somewhere in the box. Rounding is left to whoever asks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from symlaw.language.operators.row import Ends, Operator

_TURN = 2.0 * np.pi
# A crest this near to an end, as a fraction of the end's size, counts as inside.
_NEAR = 1e-9
# Arguments of waves above this are anywhere on the wave; powers above this are not whole for certain.
_LARGE = 1e8
_TINY = 5e-324


def enclosed(row: Operator, arguments: Sequence[Ends]) -> Ends | None:
    """Ends of an operator's values; None where the table does not say how to find them.

    Examples
    --------
    >>> from symlaw.language.operators import operator
    >>> box = (np.array([-1.0]), np.array([2.0]))
    >>> [float(end[0]) for end in enclosed(operator("square"), [box])]
    [0.0, 4.0]
    >>> [float(end[0]) for end in enclosed(operator("/"), [box, box])]
    [nan, nan]
    """
    with np.errstate(all="ignore"):
        if row.interval is not None:
            return row.interval(*arguments)
        corners = [_corners(rule, *ends) for rule, ends in zip(row.monotonicity, arguments, strict=False)]
        if len(corners) != row.arity or None in corners:
            return None
        first, second = (
            np.asarray(row.numpy_function(*(pair[side] for pair in corners if pair is not None)), dtype=float)
            for side in range(2)
        )
        return np.minimum(first, second), np.maximum(first, second)


def _corners(rule: str, low: NDArray[np.float64], high: NDArray[np.float64]) -> Ends | None:
    """Where along an argument the value is at one end and at the other."""
    if rule in ("increasing", "step"):
        return low, high
    if rule == "decreasing":
        return high, low
    if rule == "even":
        sizes = np.abs(low), np.abs(high)
        nearest = np.where((low <= 0) & (high >= 0), 0.0, np.minimum(*sizes))
        return nearest + 0.0 * (low + high), np.maximum(*sizes)
    return None


def _hull(candidates: Sequence[Any]) -> Ends:
    """Smallest and largest of candidates; nan where any is."""
    stacked = np.stack(candidates)
    return np.min(stacked, axis=0), np.max(stacked, axis=0)


def _without_underflow(value: Any, *factors: Any) -> list[Any]:
    """A product or quotient, and the least number of its sign where it rounds to 0 and is not."""
    if np.all(value):  # a zero among them is rare, and nan is none
        return [value]
    vanished = (value == 0) & np.all([factor != 0 for factor in factors], axis=0)
    sign = np.prod([np.sign(factor) for factor in factors], axis=0)
    return [value, np.where(vanished, sign * _TINY, value)]


def product(first: Ends, second: Ends) -> Ends:
    """Ends of products."""
    return _hull([p for a in first for b in second for p in _without_underflow(a * b, a, b)])


def quotient(first: Ends, second: Ends) -> Ends:
    """Ends of quotients, unknown where the divisor may be 0."""
    low, high = _hull([q for a in first for b in second for q in _without_underflow(a / b, a, b)])
    return _known(low, high, (second[0] > 0) | (second[1] < 0))


def inverse(argument: Ends) -> Ends:
    """Ends of 1/x, unknown where x may be 0."""
    one = np.ones_like(argument[0])
    return quotient((one, one), argument)


def _known(low: Any, high: Any, where: Any) -> Ends:
    return np.where(where, low, np.nan), np.where(where, high, np.nan)


def _crosses(low: Any, high: Any, at: float, period: float) -> Any:
    """Whether ``at`` or a number whole periods away lies between the ends."""
    slack = _NEAR * (1.0 + np.maximum(np.abs(low), np.abs(high)))
    return np.floor((high + slack - at) / period) >= np.ceil((low - slack - at) / period)


def _wave(low: Any, high: Any, ends: Ends, crest: float) -> Ends:
    anywhere = np.maximum(np.abs(low), np.abs(high)) > _LARGE
    top = anywhere | _crosses(low, high, crest, _TURN)
    bottom = anywhere | _crosses(low, high, crest + np.pi, _TURN)
    smallest, largest = _hull(ends)
    return np.where(bottom, -1.0, smallest) + 0.0 * low, np.where(top, 1.0, largest) + 0.0 * high


def sine(argument: Ends) -> Ends:
    """Ends of sin."""
    low, high = argument
    return _wave(low, high, (np.sin(low), np.sin(high)), np.pi / 2)


def cosine(argument: Ends) -> Ends:
    """Ends of cos."""
    low, high = argument
    return _wave(low, high, (np.cos(low), np.cos(high)), 0.0)


def tangent(argument: Ends) -> Ends:
    """Ends of tan, unknown where a pole may lie between."""
    low, high = argument
    far = np.maximum(np.abs(low), np.abs(high)) > _LARGE
    return _known(np.tan(low), np.tan(high), ~(far | _crosses(low, high, np.pi / 2, np.pi)))


def power(base: Ends, exponent: Ends) -> Ends:
    """Ends of x**y: for bases above 0, and for any base under one whole exponent."""
    candidates = [np.power(b, e) for b in base for e in exponent]
    low, high = _hull(candidates)
    low = np.where((low == 0) & (base[0] > 0), 0.0, low)
    high = np.where((high == 0) & (base[0] > 0), _TINY, high)
    whole = (exponent[0] == exponent[1]) & (np.round(exponent[0]) == exponent[0])
    whole &= np.abs(exponent[0]) < _LARGE
    straddles = (base[0] <= 0) & (base[1] >= 0)
    even = whole & (np.mod(exponent[0], 2.0) == 0)
    # an even power of a base of either sign has its least value, or a pole, at 0
    low = np.where(even & straddles, np.minimum(low, 0.0), low)
    at_zero = (base[0] >= 0) & (exponent[0] > 0)
    return _known(low, high, (base[0] > 0) | at_zero | (whole & ((exponent[0] >= 0) | ~straddles)))


def angle(first: Ends, second: Ends) -> Ends:
    """Ends of atan2(x, y), unknown where the box touches the cut or the origin."""
    low, high = _hull([np.arctan2(a, b) for a in first for b in second])
    cut = (first[0] <= 0) & (first[1] >= 0) & (second[0] <= 0)
    return _known(low, high, ~cut)


def _two_sided(true_for_certain: Any, false_for_certain: Any, where: Any) -> Ends:
    """Ends of a truth: 1 or 0 where that is certain, else from 0 to 1."""
    return _known(np.where(true_for_certain, 1.0, 0.0), np.where(false_for_certain, 0.0, 1.0), where)


def compared(sign: str, first: Ends, second: Ends) -> Ends:
    """Ends of a comparison."""
    if sign in ("<", "<="):
        first, second = second, first
    where = ~np.isnan(first[0] + first[1] + second[0] + second[1])
    if sign in (">", "<"):
        return _two_sided(first[0] > second[1], first[1] <= second[0], where)
    return _two_sided(first[0] >= second[1], first[1] < second[0], where)


def _certain(ends: Ends) -> tuple[Any, Any]:
    """Where a truth is certain to hold, and where it is certain not to."""
    return (ends[0] > 0) | (ends[1] < 0), (ends[0] == 0) & (ends[1] == 0)


def truths(word: str, *arguments: Ends) -> Ends:
    """Ends of a connective, named as its kernel is."""
    (holds, fails), *rest = map(_certain, arguments)
    where = ~np.isnan(sum(end for ends in arguments for end in ends))
    if word == "denied":
        return _two_sided(fails, holds, where)
    holds_too, fails_too = rest[0]
    if word in ("both", "not_both"):
        found = holds & holds_too, fails | fails_too
    elif word in ("either", "neither"):
        found = holds | holds_too, fails & fails_too
    elif word == "implied":
        found = fails | holds_too, holds & fails_too
    else:
        found = (holds & fails_too) | (fails & holds_too), (holds & holds_too) | (fails & fails_too)
    if word in ("not_both", "neither"):
        found = found[1], found[0]
    return _two_sided(*found, where)


def chosen(condition: Ends, first: Ends, second: Ends) -> Ends:
    """Ends of a choice."""
    holds, fails = _certain(condition)
    low = np.where(holds, first[0], np.where(fails, second[0], np.minimum(first[0], second[0])))
    high = np.where(holds, first[1], np.where(fails, second[1], np.maximum(first[1], second[1])))
    return _known(low, high, ~np.isnan(condition[0] + condition[1]))
