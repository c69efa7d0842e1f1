"""What fitted constants may be: whole numbers, fractions of small denominator, positive, between bounds."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

from symlaw.errors import InvalidSetting

if TYPE_CHECKING:
    from symlaw.language.expression import Expression
    from symlaw.language.grammar import Language

REAL, INTEGER, RATIONAL, POSITIVE = KINDS = ("real", "integer", "rational", "positive")
_KNOWN = ("kind", "max_denominator", "positive", "min", "max")
# Beyond it every floating-point number is whole.
_LARGEST_WHOLE = 2.0**53
# Fractions are compared to the rounding of a few products.
_ROUNDING = 1e-12


@dataclass(frozen=True)
class ConstantKind:
    """What the numbers in a formula may be, scale and offset among them.

    Parameters
    ----------
    denominator
        Largest denominator of fractions, 1 for whole numbers; 0 where any number will do.
    least, most
        Bounds, themselves allowed.
    positive
        Whether numbers have to be above 0.

    Examples
    --------
    >>> halves = ConstantKind(denominator=2, most=3.0)
    >>> halves.admits(2.5), halves.admits(0.3), halves.nearest(0.3), halves.nearest(4.1)
    (True, False, 0.5, 3.0)
    >>> halves.around(0.3)
    (-0.5, 0.5)
    >>> halves.around(1.2)
    (1.0, 1.5)
    """

    denominator: int = 0
    least: float = -math.inf
    most: float = math.inf
    positive: bool = False

    def admits(self, value: float) -> bool:
        """Whether a number is allowed."""
        within = self.least <= value <= self.most and (value > 0 or not self.positive)
        return within and (not self.denominator or self._is_fraction(value))

    def _is_fraction(self, value: float) -> bool:
        if not abs(value) <= _LARGEST_WHOLE:
            return False
        near = float(Fraction(value).limit_denominator(self.denominator))
        return abs(near - value) <= _ROUNDING * abs(value)

    def around(self, value: float) -> tuple[float, ...]:
        """The allowed numbers next to a number, below and above; 0 is never one of them."""
        if not math.isfinite(value) or (self.denominator and abs(value) > _LARGEST_WHOLE):
            return ()
        if not self.denominator:
            near = min(max(value, self.least), self.most)
            return (near,) if near and self.admits(near) else ()
        inside = min(max(value, self.least), self.most)
        found = {self._step(inside, sign) for sign in (-1, 1)}
        return tuple(sorted(near for near in found if near and self.admits(near)))

    def _step(self, value: float, sign: int) -> float:
        """The nearest fraction on one side that is not 0, the value itself where it is one."""
        best = math.inf
        for denominator in range(1, self.denominator + 1):
            scaled = sign * value * denominator
            whole = math.ceil(scaled - _ROUNDING * abs(scaled)) or 1
            best = min(best, whole / denominator)
        return sign * best

    def nearest(self, value: float) -> float | None:
        """The allowed number nearest to a number; None where there is none."""
        return min(self.around(value), key=lambda near: abs(near - value), default=None)

    def allows(self, expression: Expression) -> bool:
        """Whether all numbers of a formula are allowed."""
        return all(self.admits(value) for value in expression.constants)


def kind_from(constants: Any) -> tuple[bool, ConstantKind | None]:
    """Whether there are constants inside formulas, and what numbers may be, from a setting.

    Parameters
    ----------
    constants
        True or False; ``"integer"``, ``"rational"`` or ``"positive"``; or a mapping of ``kind``,
        ``max_denominator``, ``positive``, ``min`` and ``max``.

    Raises
    ------
    InvalidSetting
        When it is none of these, or allows no number.

    Examples
    --------
    >>> kind_from({"kind": "rational", "max_denominator": 8, "min": 0})
    (True, ConstantKind(denominator=8, least=0.0, most=inf, positive=False))
    """
    if isinstance(constants, bool):
        return constants, None
    given = {"kind": constants} if isinstance(constants, str) else constants
    if not isinstance(given, Mapping):
        raise InvalidSetting(f"constants is {constants!r}: give True, False, a kind, or a table with a kind")
    unknown = [name for name in given if name not in _KNOWN]
    if unknown:
        raise InvalidSetting(f"constants names {unknown[0]!r}: there may be {', '.join(_KNOWN)}")
    kind = given.get("kind", REAL)
    if kind not in KINDS:
        raise InvalidSetting(f"constants is of kind {kind!r}: give {', '.join(KINDS[:-1])} or {KINDS[-1]}")
    return True, _consistent(ConstantKind(_denominator(kind, given), *_bounds(given), _sign(kind, given)))


def _denominator(kind: str, given: Mapping[str, Any]) -> int:
    if "max_denominator" not in given:
        return {INTEGER: 1, RATIONAL: 12}.get(kind, 0)
    value = given["max_denominator"]
    if kind != RATIONAL:
        raise InvalidSetting(
            f"constants has max_denominator {value!r} and kind {kind!r}: make it 'rational', or leave"
            " max_denominator out"
        )
    if not isinstance(value, Integral) or isinstance(value, bool) or not 1 <= int(value) <= 1000:
        raise InvalidSetting(f"constants has max_denominator {value!r}: give a whole number from 1 to 1000")
    return int(value)


def _bounds(given: Mapping[str, Any]) -> tuple[float, float]:
    found = []
    for name, free in (("min", -math.inf), ("max", math.inf)):
        value = given.get(name, free)
        if not isinstance(value, Real) or isinstance(value, bool) or math.isnan(value):
            raise InvalidSetting(f"constants has {name} {value!r}: give a number")
        found.append(float(value))
    if found[0] > found[1]:
        raise InvalidSetting(
            f"constants has min {found[0]:g} above max {found[1]:g}: no number is between them"
        )
    return found[0], found[1]


def _sign(kind: str, given: Mapping[str, Any]) -> bool:
    value = given.get("positive", kind == POSITIVE)
    if not isinstance(value, bool):
        raise InvalidSetting(f"constants has positive {value!r}: give True or False")
    if kind == POSITIVE and not value:
        raise InvalidSetting("constants has kind 'positive' and positive False: leave one of them out")
    return value


def _consistent(kind: ConstantKind) -> ConstantKind:
    """The kind, if there is a number other than 0 that it allows."""
    if kind.positive and kind.most <= 0:
        raise InvalidSetting(f"constants are positive and have max {kind.most:g}: no number is both")
    starts = (kind.least, kind.most, 1.0, -1.0)
    if not any(kind.around(start) for start in starts):
        raise InvalidSetting(
            f"constants allow no number but 0 between min {kind.least:g} and max {kind.most:g}: widen them"
        )
    return kind


def kind_of(language: Language) -> ConstantKind | None:
    """The kind of constants that a language demands, if any."""
    return next((rule for rule in language.demands if isinstance(rule, ConstantKind)), None)
