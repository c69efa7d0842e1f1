"""Logarithms and powers.

An argument is 2^k * m with m between sqrt(1/2) and sqrt(2), and log(m) = 2 atanh(s) with
s = (m - 1) / (m + 1), as in the logarithm of Sun's fdlibm. Polynomials are minimax fits (Remez).
"""

from __future__ import annotations

import numpy as np

from symlaw.engine.compiling.jit import bits_of, float_of, scalar
from symlaw.engine.elementary.double import (
    INFINITY,
    NAN,
    ROUNDER,
    ROUNDER_BITS,
    SIGN_BIT,
    fast_two_sum,
    float_from,
    head,
    power_of_two,
    scaled,
)
from symlaw.engine.elementary.exponential import exp_tail

_SMALLEST_NORMAL = 2.2250738585072014e-308
_SQRT_HALF_BITS = 0x3FE6A09E667F3BCD
_EXPONENT_MASK = -0x10000000000000
_LN2 = 0.6931471805599453
# Constants split in two: the first part has trailing zeros enough for an exact product.
_LN2_HIGH, _LN2_LOW = 0.6931471805598903, 5.497923018708371e-14
_LOG10_2_HIGH, _LOG10_2_LOW = 0.30102999566395283, 2.8363394551044964e-14
_LOG2_E_HEAD, _LOG2_E_REST = 1.4426950216293335, 1.9259629911266175e-08
_LOG10_E_HEAD, _LOG10_E_REST = 0.4342944771051407, 4.798111141615973e-09
_LN2_HEAD, _LN2_REST = 0.6931471675634384, 1.2996506893889889e-08
# 2 / (3 log 2), for the logarithm of `power`.
_SCALE, _SCALE_HEAD, _SCALE_REST = 0.9617966939259756, 0.9617966860532761, 7.872699542894897e-09


@scalar
def _split(x: float) -> tuple[int, float]:
    """k and m of x > 0."""
    tiny = x < _SMALLEST_NORMAL
    bits = bits_of(x * 18014398509481984.0 if tiny else x)
    above = bits - _SQRT_HALF_BITS
    return (above >> 52) - (54 if tiny else 0), float_of(bits - (above & _EXPONENT_MASK))


@scalar
def _atanh_part(f: float, half_square: float) -> float:
    """log(1 + f) - f + f^2 / 2, where half_square = f^2 / 2; to 2^-59 of log(1 + f)."""
    s = f / (2.0 + f)
    z = s * s
    p = 0.15314037631821106 + z * 0.14796115826403683
    p = 0.22222198569180923 + z * (0.181835646823497 + z * p)
    p = 0.6666666666666734 + z * (0.39999999999414715 + z * (0.28571428742400834 + z * p))
    return s * (half_square + z * p)


@scalar
def _with_edges(x: float, value: float) -> float:
    """The value of a logarithm at x, replaced where x is not a positive finite number."""
    return (value if x < INFINITY else x) if x > 0.0 else (-INFINITY if x == 0.0 else NAN)


@scalar
def log(x: float) -> float:
    """Natural logarithm; -inf at 0, nan below."""
    k, m = _split(x)
    f = m - 1.0
    half_square = 0.5 * f * f
    n = float_from(k)
    low = _atanh_part(f, half_square) + n * _LN2_LOW
    return _with_edges(x, n * _LN2_HIGH - ((half_square - low) - f))


@scalar
def log1p(x: float) -> float:
    """log(1 + x) without cancellation near 0."""
    u = 1.0 + x
    k, m = _split(u)
    # The rounding error of 1 + x, on the scale of m; where k is 0, f = x has none.
    shadow = u - x
    lost = ((1.0 - shadow) + (x - (u - shadow))) * power_of_two(-(60 if k > 60 else k))
    f = m - 1.0 if k != 0 else x
    lost = lost / m if k != 0 else 0.0
    half_square = 0.5 * f * f
    n = float_from(k)
    low = _atanh_part(f, half_square) + (n * _LN2_LOW + lost)
    value = _with_edges(u, n * _LN2_HIGH - ((half_square - low) - f))
    return x if abs(x) < 5e-17 else value


@scalar
def _log_in_two(m: float) -> tuple[float, float]:
    """log(m) as a head of 26 bits and the rest."""
    f = m - 1.0
    half_square = 0.5 * f * f
    high = head(f - half_square)
    return high, ((f - high) - half_square) + _atanh_part(f, half_square)


@scalar
def log2(x: float) -> float:
    """Logarithm to base 2; -inf at 0, nan below."""
    k, m = _split(x)
    high, low = _log_in_two(m)
    product = high * _LOG2_E_HEAD
    rest = (low + high) * _LOG2_E_REST + low * _LOG2_E_HEAD
    n = float_from(k)
    total = n + product
    return _with_edges(x, total + (rest + ((n - total) + product)))


@scalar
def log10(x: float) -> float:
    """Logarithm to base 10; -inf at 0, nan below."""
    k, m = _split(x)
    high, low = _log_in_two(m)
    product = high * _LOG10_E_HEAD
    rest = (low + high) * _LOG10_E_REST + low * _LOG10_E_HEAD
    n = float_from(k)
    whole = n * _LOG10_2_HIGH
    total = whole + product
    return _with_edges(x, total + ((rest + n * _LOG10_2_LOW) + ((whole - total) + product)))


@scalar
def _precise_log2(x: float) -> tuple[float, float]:
    """log2(x) of x > 0 as a head of 26 bits and the rest, to about 2^-64 (fdlibm's e_pow)."""
    k, m = _split(x)
    f = m - 1.0
    inverse = 1.0 / (m + 1.0)
    s_head = head(f * inverse)
    sum_head = head(m + 1.0)
    sum_rest = m - (sum_head - 1.0)
    s_rest = inverse * ((f - s_head * sum_head) - s_head * sum_rest)
    s = s_head + s_rest
    # 3 log(m) / (2 s) = 3 + s^2 + r, where the polynomial is r / s^4 but for the rest of s.
    z = s * s
    zz = z * z
    even = 0.23076835270383161 + zz * 0.17512199356085936
    even = 0.5999999999999996 + zz * (0.3333333332630042 + zz * even)
    odd = 0.20004477523024325 + zz * 0.17983757074121923
    odd = 0.42857142857167685 + zz * (0.27272728305999294 + zz * odd)
    r = zz * (even + z * odd) + s_rest * (s_head + s)
    square = s_head * s_head
    series_head = head(3.0 + square + r)
    series_rest = r - ((series_head - 3.0) - square)
    product = s_head * series_head
    product_rest = s_rest * series_head + series_rest * s
    high = head(product + product_rest)
    low = product_rest - (high - product)
    scaled_high = _SCALE_HEAD * high
    scaled_low = _SCALE_REST * high + low * _SCALE
    n = float_from(k)
    total = head((scaled_high + scaled_low) + n)
    return total, scaled_low - ((total - n) - scaled_high)


@scalar
def _exp2_sum(high: float, low: float) -> float:
    """2 to the power high + low, where low is the smaller."""
    total, rest = fast_two_sum(high, low)
    outside = abs(total) > 1100.0
    # Beyond these the result is 0 or infinite whatever the rest.
    total = (1100.0 if total > 0.0 else -1100.0) if outside else total
    rest = 0.0 if outside else rest
    shifted = total + ROUNDER
    n = shifted - ROUNDER
    fraction = total - n
    t_head = head(fraction)
    exact = t_head * _LN2_HEAD
    correction = ((fraction - t_head) + rest) * _LN2 + t_head * _LN2_REST
    r, error = fast_two_sum(exact, correction)
    return scaled(1.0 + (r + (exp_tail(r) + error)), bits_of(shifted) - ROUNDER_BITS)


@scalar
def power(x: float, y: float) -> float:
    """x to the power y by C's rules; nan for a negative x and an exponent that is no integer."""
    size = abs(x)
    high, low = _precise_log2(size)
    # No larger exponent changes the result, and products with this one stay finite.
    bounded = 1e20 if y > 1e20 else (-1e20 if y < -1e20 else y)
    y_head = head(bounded)
    product = y_head * high if size < INFINITY else y * size
    product = y * -INFINITY if size == 0.0 else product
    value = _exp2_sum(product, (bounded - y_head) * high + bounded * low)
    whole = abs(y)
    remainder = whole - 2.0 * np.floor(0.5 * whole)
    odd = remainder == 1.0
    value = float_of(bits_of(value) | (bits_of(x) & (SIGN_BIT if odd else 0)))
    integer = True if odd else (remainder == 0.0 or whole == INFINITY)
    outside = False if integer else (x < 0.0 and size < INFINITY)
    value = NAN if outside else value
    return 1.0 if (y == 0.0 or x == 1.0) else value
