"""Trigonometric functions and their inverses.

Polynomials are minimax fits (Remez); the reductions of atan and of asin near 1 are those of Sun's
fdlibm. sin, cos and tan hold their accuracy up to `FAST_LIMIT` only.
"""

from __future__ import annotations

import math

import numpy as np

from symlaw.engine.compiling.jit import bits_of, float_of, scalar
from symlaw.engine.elementary.double import (
    INFINITY,
    NAN,
    ROUNDER,
    fast_two_sum,
    quotient,
    two_square,
    two_sum,
    with_sign,
)

# The counts of quarter turns below fit in 20 bits.
FAST_LIMIT = {"sin": 1e6, "cos": 1e6, "tan": 1e6}

_TWO_OVER_PI = 0.6366197723675814
# pi / 2 in three parts of 33 bits, so that their products by counts are exact, and the rest.
_QUARTER_1 = 1.5707963267341256
_QUARTER_2 = 6.077100506303966e-11
_QUARTER_3 = 2.0222662487111665e-21
_QUARTER_4 = 8.4784276603689e-32
_HALF_PI, _HALF_PI_LOW = 1.5707963267948966, 6.123233995736766e-17
_PI, _PI_LOW = 3.141592653589793, 1.2246467991473532e-16


@scalar
def _reduced(x: float) -> tuple[int, float, float]:
    """Bits whose last two count quarter turns modulo 4, and x less those turns as a sum of two."""
    shifted = x * _TWO_OVER_PI + ROUNDER
    n = shifted - ROUNDER
    r, low_2 = two_sum(x - n * _QUARTER_1, -(n * _QUARTER_2))
    r, low_3 = two_sum(r, -(n * _QUARTER_3))
    r, low = fast_two_sum(r, low_2 + (low_3 - n * _QUARTER_4))
    return bits_of(shifted), r, low


@scalar
def _sin_tail(r: float, z: float) -> float:
    """sin(r) - r where z = r^2, to 2^-58 of r."""
    p = -2.5050758628294378e-08 + z * 1.5896822995291597e-10
    p = -0.00019841269829819148 + z * (2.7557313695507975e-06 + z * p)
    return z * r * (-0.16666666666666632 + z * (0.008333333333322429 + z * p))


@scalar
def _cos_tail(z: float) -> float:
    """cos(r) - 1 + r^2 / 2 where z = r^2, to 2^-64."""
    p = 2.0875723522082583e-09 + z * -1.135966038229795e-11
    p = 2.480158728948922e-05 + z * (-2.7557314354240013e-07 + z * p)
    return z * z * (0.0416666666666666 + z * (-0.0013888888888874136 + z * p))


@scalar
def _circular(r: float, low: float) -> tuple[float, float]:
    """sin and cos of r + low."""
    z = r * r
    half = 0.5 * z
    sine = r + (_sin_tail(r, z) + low * (1.0 - half))
    top = 1.0 - half
    return sine, top + (((1.0 - top) - half) + (_cos_tail(z) - r * low))


@scalar
def sin(x: float) -> float:
    """Sine, for arguments up to `FAST_LIMIT`."""
    turns, r, low = _reduced(x)
    sine, cosine = _circular(r, low)
    value = float_of(bits_of(cosine if turns & 1 else sine) ^ ((turns & 2) << 62))
    return x if abs(x) < 1e-8 else value


@scalar
def cos(x: float) -> float:
    """Cosine, for arguments up to `FAST_LIMIT`."""
    turns, r, low = _reduced(x)
    sine, cosine = _circular(r, low)
    return float_of(bits_of(sine if turns & 1 else cosine) ^ (((turns + 1) & 2) << 62))


@scalar
def tan(x: float) -> float:
    """Tangent, for arguments up to `FAST_LIMIT`."""
    turns, r, low = _reduced(x)
    z, z_low = two_square(r)
    half = 0.5 * z
    sine, sine_low = fast_two_sum(r, _sin_tail(r, z) + low * (1.0 - half))
    cosine, lost = fast_two_sum(1.0, -half)
    cosine, cosine_low = fast_two_sum(cosine, lost + (_cos_tail(z) - r * low - 0.5 * z_low))
    odd = turns & 1
    above = quotient(
        -cosine if odd else sine,
        -cosine_low if odd else sine_low,
        sine if odd else cosine,
        sine_low if odd else cosine_low,
    )
    return x if abs(x) < 1e-8 else above


@scalar
def sin_exact(x: float) -> float:
    """Sine of any argument, by the C library."""
    return math.sin(x) if abs(x) < INFINITY else NAN


@scalar
def cos_exact(x: float) -> float:
    """Cosine of any argument, by the C library."""
    return math.cos(x) if abs(x) < INFINITY else NAN


@scalar
def tan_exact(x: float) -> float:
    """Tangent of any argument, by the C library."""
    return math.tan(x) if abs(x) < INFINITY else NAN


@scalar
def _atan_tail(t: float) -> float:
    """t - atan(t) for abs(t) <= 7/16, to 2^-57 of t."""
    z = t * t
    p = -0.03652891921218887 + z * 0.016283258646725866
    p = -0.058335398970495174 + z * (0.049767590237307986 + z * p)
    p = -0.07691875714226733 + z * (0.0666106834516185 + z * p)
    p = -0.11111110404100685 + z * (0.09090887100883428 + z * p)
    p = -0.19999999999876047 + z * (0.1428571427246972 + z * p)
    return t * z * (0.3333333333333293 + z * p)


@scalar
def atan(x: float) -> float:
    """Inverse tangent."""
    size = abs(x)
    # atan(x) = atan(c) + atan((x - c) / (1 + c x)) for c in 0, 1/2, 1, 3/2 and infinity.
    first, second, third, fourth = size < 0.4375, size < 0.6875, size < 1.1875, size < 2.4375
    centre = 0.5 if second else (1.0 if third else 1.5)
    top = size if first else (size - centre if fourth else -1.0)
    bottom = 1.0 if first else (1.0 + centre * size if fourth else size)
    high = 0.4636476090008061 if second else (0.7853981633974483 if third else 0.982793723247329)
    low = 2.2698777452961687e-17 if second else (3.061616997868383e-17 if third else 1.3903311031230998e-17)
    high = 0.0 if first else (high if fourth else _HALF_PI)
    low = 0.0 if first else (low if fourth else _HALF_PI_LOW)
    t = top / bottom
    return with_sign(high - ((_atan_tail(t) - low) - t), x)


@scalar
def _first_octant(small: float, large: float) -> tuple[float, float, float]:
    """atan(small / large) = high + low + atan(t) for 0 <= small <= large, large > 0."""
    first, second = small < 0.4375 * large, small < 0.6875 * large
    centre = 0.0 if first else (0.5 if second else 1.0)
    high = 0.0 if first else (0.4636476090008061 if second else 0.7853981633974483)
    low = 0.0 if first else (2.2698777452961687e-17 if second else 3.061616997868383e-17)
    return high, low, (small - centre * large) / (large + centre * small)


@scalar
def _reflected(
    when: bool, angle: float, angle_low: float, high: float, low: float, t: float
) -> tuple[float, float, float]:
    """An angle in three parts, taken from another one in two where asked."""
    total, lost = two_sum(angle, -high)
    return (total if when else high), (lost + (angle_low - low) if when else low), (-t if when else t)


@scalar
def atan2(y: float, x: float) -> float:
    """Angle of the point (x, y) from the positive x axis, by C's rules."""
    a = abs(x)
    b = abs(y)
    steep = b > a
    large = b if steep else a
    small = a if steep else b
    scale = 2.0**-100 if large > 2.0**900 else (2.0**100 if large < 2.0**-900 else 1.0)
    # Infinities and zeros are replaced by numbers of the same direction.
    small = (1.0 if small == INFINITY else 0.0) if large == INFINITY else small * scale
    large = 1.0 if (large == INFINITY or large == 0.0) else large * scale
    high, low, t = _first_octant(small, large)
    high, low, t = _reflected(steep, _HALF_PI, _HALF_PI_LOW, high, low, t)
    high, low, t = _reflected(bits_of(x) < 0, _PI, _PI_LOW, high, low, t)
    value = with_sign(high + (t - (_atan_tail(t) - low)), y)
    return value if x == x and y == y else x + y


@scalar
def _asin_tail(w: float, z: float) -> float:
    """asin(w) - w for abs(w) <= 1/2 where z = w^2, to 2^-56 of w."""
    p = -0.01629731746608764 + z * 0.031961223446465216
    p = 0.006510121623226333 + z * (0.019575941073596958 + z * p)
    p = 0.013884573514643431 + z * (0.012173445780292625 + z * p)
    p = 0.02237175336064067 + z * (0.01735977359584664 + z * p)
    p = 0.044642856823323716 + z * (0.030381959337931537 + z * p)
    return w * z * (0.16666666666665383 + z * (0.07500000000343231 + z * p))


@scalar
def asin(x: float) -> float:
    """Inverse sine; nan outside [-1, 1]."""
    size = abs(x)
    near = size < 0.5
    # asin(x) = pi / 2 - 2 asin(sqrt((1 - x) / 2))
    z = size * size if near else 0.5 - 0.5 * size
    root = np.sqrt(z)
    tail = _asin_tail(size if near else root, z)
    total, lost = fast_two_sum(_HALF_PI, -2.0 * root)
    return with_sign(size + tail if near else total + (lost - (2.0 * tail - _HALF_PI_LOW)), x)


@scalar
def acos(x: float) -> float:
    """Inverse cosine; nan outside [-1, 1]."""
    size = abs(x)
    near = size < 0.5
    z = size * size if near else 0.5 - 0.5 * size
    root = np.sqrt(z)
    tail = _asin_tail(x if near else root, z)
    below = _HALF_PI - (x - (_HALF_PI_LOW - tail))
    right = 2.0 * (root + tail)
    left = _PI - (right - _PI_LOW)
    return below if near else (left if x < 0.0 else right)
