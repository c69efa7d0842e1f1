"""Arithmetic, roots, rounding, and comparisons as functions; nan goes through all of them."""

from __future__ import annotations

import numpy as np

from symlaw.engine.compiling.jit import bits_of, float_of, scalar
from symlaw.engine.elementary.double import INFINITY, head, with_sign

_SMALLEST_NORMAL = 2.2250738585072014e-308


@scalar
def add(x: float, y: float) -> float:
    """Sum."""
    return x + y


@scalar
def subtract(x: float, y: float) -> float:
    """Difference."""
    return x - y


@scalar
def multiply(x: float, y: float) -> float:
    """Product."""
    return x * y


@scalar
def divide(x: float, y: float) -> float:
    """Quotient; infinite or nan where y is 0."""
    return x / y


@scalar
def negative(x: float) -> float:
    """Opposite."""
    return -x


@scalar
def inv(x: float) -> float:
    """Reciprocal; infinite at 0."""
    return 1.0 / x


@scalar
def square(x: float) -> float:
    """Second power."""
    return x * x


@scalar
def cube(x: float) -> float:
    """Third power."""
    return x * x * x


@scalar
def absolute(x: float) -> float:
    """Absolute value."""
    return abs(x)


@scalar
def floor(x: float) -> float:
    """Largest integer not above x."""
    return np.floor(x)


@scalar
def sign(x: float) -> float:
    """1, 0 or -1 as x is above, at or below 0."""
    return 1.0 if x > 0.0 else (-1.0 if x < 0.0 else (0.0 if x == 0.0 else x))


@scalar
def step(x: float) -> float:
    """1 where x >= 0, 0 below."""
    return 1.0 if x >= 0.0 else (0.0 if x < 0.0 else x)


@scalar
def minimum(x: float, y: float) -> float:
    """The smaller of two; nan if either is."""
    return x if x != x else (x if x < y else y)


@scalar
def maximum(x: float, y: float) -> float:
    """The larger of two; nan if either is."""
    return x if x != x else (x if x > y else y)


@scalar
def clamp(x: float, low: float, high: float) -> float:
    """The number between low and high that is nearest to x; high where they cross; nan if any is."""
    return minimum(maximum(x, low), high)


@scalar
def sqrt(x: float) -> float:
    """Square root; nan below 0."""
    return np.sqrt(x)


@scalar
def hypot(x: float, y: float) -> float:
    """sqrt(x^2 + y^2) without overflow or underflow in between; infinite if either is."""
    a = abs(x)
    b = abs(y)
    large = a if a > b else b
    small = b if a > b else a
    scale = 2.0**-600 if large > 2.0**500 else (2.0**600 if large < 2.0**-400 else 1.0)
    back = 2.0**600 if large > 2.0**500 else (2.0**-600 if large < 2.0**-400 else 1.0)
    large *= scale
    small *= scale
    # The larger square is summed exactly as head^2 + (large + head) * (large - head).
    top = head(large)
    value = np.sqrt(top * top + ((large + top) * (large - top) + small * small)) * back
    return INFINITY if a == INFINITY else (INFINITY if b == INFINITY else value)


@scalar
def cbrt(x: float) -> float:
    """Cube root: a polynomial for m^(-1/3), then two steps of its series, the last on exact products."""
    size = abs(x)
    tiny = size < _SMALLEST_NORMAL
    bits = bits_of(size * 18014398509481984.0 if tiny else size)
    m = float_of((bits & 0xFFFFFFFFFFFFF) | 0x3FF0000000000000)
    exponent = (bits >> 52) - 1023
    # Division by 3 as a product; the exponents are small enough for it to be exact.
    third = ((exponent + 1200) * 21846) >> 16
    rest = exponent + 1200 - 3 * third
    y = 0.6954835164112014 + m * (-0.22123825475304923 + m * 0.028591091899346145)
    y = 1.670007031533982 + m * (-1.172881053186501 + m * y)
    y *= 1.0 if rest == 0 else (0.7937005259840998 if rest == 1 else 0.6299605249474366)
    m *= 1.0 if rest == 0 else (2.0 if rest == 1 else 4.0)
    gap = 1.0 - m * (y * y * y)
    y += y * (gap * (0.3333333333333333 + gap * 0.2222222222222222))
    root = head(m * (y * y))
    area = root * root
    area_head = head(area)
    gap = (m - root * area_head) - root * (area - area_head)
    gap *= y * y * y
    value = root + root * (gap * (0.3333333333333333 + gap * 0.2222222222222222))
    shift = third - 400 - (18 if tiny else 0)
    value = with_sign(float_of(bits_of(value) + (shift << 52)), x)
    return value if (size > 0.0 and size < INFINITY) else x + x
