"""Units of columns: read from pint's names or from vectors of exponents, as dimensions with a factor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

from symlaw.errors import InvalidSetting, MissingDependency

# Base dimensions in the order of pint's names, and what SI calls their units.
BASES = (
    "[length]", "[mass]", "[time]", "[current]", "[temperature]", "[substance]", "[luminosity]", "[other]",
)  # fmt: skip
SYMBOLS = ("m", "kg", "s", "A", "K", "mol", "cd", "other")
N_BASES = len(BASES)
# Exponents are multiples of one over this: roots of roots and cubes fit.
PARTS = 12

Dimension = tuple[Fraction, ...]
NONE: Dimension = (Fraction(0),) * N_BASES


@dataclass(frozen=True)
class Unit:
    """A unit: its dimension, and how many SI units it is.

    Parameters
    ----------
    text
        As it was written.
    dimension
        Exponents of the bases, `N_BASES` of them.
    factor
        SI units in one of it.

    Examples
    --------
    >>> unit_of("kN").dimension == unit_of("kg*m/s**2").dimension, unit_of("kN").factor
    (True, 1000.0)
    >>> unit_of({"length": 1, "time": -1}).text
    'm/s'
    """

    text: str
    dimension: Dimension
    factor: float = 1.0

    @property
    def is_dimensionless(self) -> bool:
        """Whether it is a pure number."""
        return self.dimension == NONE


def unit_of(given: str | Mapping[str, Any] | Sequence[Any] | Unit) -> Unit:
    """A unit from pint's name of it, from exponents by base, or from some in the order of `BASES`.

    Raises
    ------
    InvalidSetting
        When pint does not know the name, or an exponent is no multiple of a twelfth.
    MissingDependency
        When a name is given and pint is not installed.
    """
    if isinstance(given, Unit):
        return given
    if isinstance(given, str):
        return _named(given.strip())
    if isinstance(given, Mapping):
        unknown = [name for name in given if f"[{name}]" not in BASES]
        if unknown:
            known = ", ".join(base.strip("[]") for base in BASES)
            raise InvalidSetting(f"unit {dict(given)!r} names the base {unknown[0]!r}: there are {known}")
        exponents = [given.get(base.strip("[]"), 0) for base in BASES]
    elif isinstance(given, Sequence) and len(given) <= N_BASES:
        exponents = [*given, *[0] * (N_BASES - len(given))]
    else:
        raise InvalidSetting(f"unit {given!r}: give a name such as 'm/s', or up to {N_BASES} exponents")
    dimension = tuple(_exponent(value, given) for value in exponents)
    return Unit(name_of(dimension), dimension)


def _exponent(value: Any, given: Any) -> Fraction:
    try:
        exact = Fraction(value).limit_denominator(PARTS)
    except (TypeError, ValueError) as error:
        raise InvalidSetting(f"unit {given!r} has the exponent {value!r}: give a number") from error
    if abs(float(exact) - float(value)) > 1e-6 or PARTS % exact.denominator:
        raise InvalidSetting(f"unit {given!r} has the exponent {value!r}: give a multiple of 1/{PARTS}")
    return exact


@cache
def _named(text: str) -> Unit:
    if text in ("", "1", "-", "dimensionless"):
        return Unit(text or "1", NONE)
    registry = _registry()
    try:
        quantity = registry.Quantity(1.0, registry.parse_units(_spelled(text)))
        base = quantity.to_base_units()
    except Exception as error:
        raise InvalidSetting(
            f"unit {text!r} is not known: give a name such as 'm/s', 'kg*m/s**2' or 'degC' ({error})"
        ) from error
    exponents = dict(base.dimensionality)
    own = [exponents.pop(name, 0) for name in BASES]
    if exponents:
        own[-1] = 1
    return Unit(text, tuple(_exponent(value, text) for value in own), float(base.magnitude))


def conversion(before: Unit, after: Unit) -> tuple[float, float]:
    """Factor and offset that make numbers in one unit of numbers in another of the same dimension.

    Examples
    --------
    >>> conversion(unit_of("mm"), unit_of("m")), conversion(unit_of("degC"), unit_of("K"))
    ((0.001, 0.0), (1.0, 273.15))
    """
    if before.factor == after.factor:
        return 1.0, 0.0
    registry = _registry()
    own, other = (registry.parse_units(_spelled(unit.text)) for unit in (before, after))
    zero, one = (float(registry.Quantity(value, own).to(other).magnitude) for value in (0.0, 1.0))
    exact = before.factor / after.factor if zero == 0.0 else round(one - zero, 12)
    return exact, zero


def _spelled(text: str) -> str:
    """Units written with blanks and bare exponents, such as ``m kg s-2``, in pint's way."""
    import re

    if re.fullmatch(r"[^\W\d]+-?\d*(\s+[^\W\d]+-?\d*)*", text):
        parts = [re.fullmatch(r"([^\W\d]+)(-?\d*)", word) for word in text.split()]
        return "*".join(f"{part[1]}**({part[2] or 1})" for part in parts if part)
    return text


@cache
def _registry() -> Any:
    try:
        import pint
    except ImportError as error:
        raise MissingDependency(
            "names of units are read by pint, which is not installed: pip install pint, or give exponents"
        ) from error
    return pint.UnitRegistry(autoconvert_offset_to_baseunit=True)


def name_of(dimension: Dimension) -> str:
    """A dimension in SI units.

    Examples
    --------
    >>> name_of(unit_of("N").dimension)
    'm*kg/s**2'
    """
    above = [_power(s, e) for s, e in zip(SYMBOLS, dimension, strict=True) if e > 0]
    below = [_power(s, -e) for s, e in zip(SYMBOLS, dimension, strict=True) if e < 0]
    if not above and not below:
        return "1"
    bottom = below[0] if len(below) == 1 else f"({'*'.join(below)})"
    return "*".join(above or ["1"]) + (f"/{bottom}" if below else "")


def _power(symbol: str, exponent: Fraction) -> str:
    if exponent == 1:
        return symbol
    return f"{symbol}**{exponent}" if exponent.denominator == 1 else f"{symbol}**({exponent})"


def times(first: Dimension, second: Dimension, sign: int = 1) -> Dimension:
    """Product of two dimensions, or quotient."""
    return tuple(a + sign * b for a, b in zip(first, second, strict=True))


def raised(dimension: Dimension, power: Fraction) -> Dimension:
    """Power of a dimension."""
    return tuple(exponent * power for exponent in dimension)
