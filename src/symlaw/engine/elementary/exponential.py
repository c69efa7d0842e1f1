"""Exponentials: exp, expm1, the hyperbolic functions, logistic, gaussian and erf.

An argument x is n * log(2) + r with abs(r) <= log(2) / 2. The polynomials are minimax fits (Remez)
of the named function on that interval; the error quoted is relative to the function computed.
"""

from __future__ import annotations

from symlaw.engine.compiling.jit import bits_of, scalar
from symlaw.engine.elementary.double import (
    ROUNDER,
    ROUNDER_BITS,
    fast_two_sum,
    power_of_two,
    quotient,
    scaled,
    two_square,
    two_sum,
    with_sign,
)

_INVERSE_LN2 = 1.4426950408889634
# log(2) with 11 trailing zero bits, so that its products by exponents are exact, and the rest.
_LN2_HIGH = 0.6931471805598903
_LN2_LOW = 5.497923018708371e-14


@scalar
def _reduced(x: float, x_low: float) -> tuple[int, float, float]:
    """n, r and the rounding error of r, where x + x_low = n * log(2) + r."""
    shifted = x * _INVERSE_LN2 + ROUNDER
    n = shifted - ROUNDER
    exact = x - n * _LN2_HIGH
    low = n * _LN2_LOW - x_low
    r = exact - low
    return bits_of(shifted) - ROUNDER_BITS, r, (exact - r) - low


@scalar
def exp_tail(r: float) -> float:
    """exp(r) - 1 - r, to 2^-61 of expm1(r)."""
    z = r * r
    odd = 2.7557244248054955e-06 + z * 2.5109026711144204e-08
    odd = 0.16666666666666677 + z * (0.008333333333321652 + z * (0.0001984126988607921 + z * odd))
    even = 2.755741267138478e-07 + z * 2.0871986778716352e-09
    even = 0.0416666666666665 + z * (0.0013888888888967325 + z * (2.4801587161759055e-05 + z * even))
    return z * (0.5 + (r * odd + z * even))


@scalar
def _exp_sum(x: float, low: float) -> float:
    """exp(x + low) for a low part below an ulp of x."""
    high = 710.0 if x > 710.0 else x
    n, r, error = _reduced(-746.0 if high < -746.0 else high, low)
    return scaled(1.0 + (r + (exp_tail(r) + error)), n)


@scalar
def exp(x: float) -> float:
    """e to the power x."""
    return _exp_sum(x, 0.0)


@scalar
def gaussian(x: float) -> float:
    """exp(-x * x)."""
    inside = 28.0 if abs(x) > 28.0 else x
    square, low = two_square(inside)
    return _exp_sum(-square, -low)


@scalar
def logistic(x: float) -> float:
    """1 / (1 + exp(-x)), accurate where it underflows too."""
    size = abs(x)
    n, r, error = _reduced(-(750.0 if size > 750.0 else size), 0.0)
    decay, low = fast_two_sum(1.0, r)
    decay, low = fast_two_sum(decay, low + (exp_tail(r) + error))
    # exp(-size) / (1 + exp(-size)) for a negative x, 1 / (1 + exp(-size)) for another.
    scale = power_of_two(-1000 if n < -1000 else n)
    bottom, lost = fast_two_sum(1.0, scale * decay)
    below = x < 0.0
    value = quotient(decay if below else 1.0, low if below else 0.0, bottom, lost + scale * low)
    return scaled(value, n if below else 0)


@scalar
def expm1(x: float) -> float:
    """exp(x) - 1 without cancellation near 0."""
    high = 710.0 if x > 710.0 else x
    n, r, error = _reduced(-40.0 if high < -40.0 else high, 0.0)
    # Half of everything, because 2^n itself may overflow where the result does not.
    scale = power_of_two(n - 1)
    total, low = two_sum(scale - 0.5, scale * r)
    value = 2.0 * (total + (low + scale * (exp_tail(r) + error)))
    return x if abs(x) < 5e-17 else value


@scalar
def _sinh_tail(r: float) -> float:
    """sinh(r) - r, to 2^-61 of r."""
    z = r * r
    p = 2.7557244190145392e-06 + z * 2.5109043022977675e-08
    return r * z * (0.16666666666666677 + z * (0.008333333333321622 + z * (0.00019841269886147102 + z * p)))


@scalar
def _cosh_tail(r: float) -> float:
    """cosh(r) - 1, to 2^-57."""
    z = r * r
    p = 2.480150812394005e-05 + z * 2.762540556910403e-07
    return z * (0.5 + z * (0.04166666666660284 + z * (0.0013888888927245974 + z * p)))


@scalar
def _hyperbolic(x: float) -> tuple[float, float, float, float]:
    """sinh(x) / 8 and cosh(x) / 8, each as a sum of two, for 0 <= x < 711.

    sinh(n log 2 + r) = sinh(n log 2) cosh(r) + cosh(n log 2) sinh(r), and the like for cosh.
    """
    n, r, error = _reduced(x, 0.0)
    grown = power_of_two(n - 4)
    shrunk = power_of_two(-4 - (60 if n > 60 else n))
    odd, odd_lost = fast_two_sum(grown, -shrunk)
    even, even_lost = fast_two_sum(grown, shrunk)
    sine = _sinh_tail(r) + error
    cosine = _cosh_tail(r) + r * error
    sinh_high, sinh_low = two_sum(odd, even * r)
    cosh_high, cosh_low = two_sum(even, odd * r)
    return (
        sinh_high,
        sinh_low + (odd_lost + (odd * cosine + even * sine)),
        cosh_high,
        cosh_low + (even_lost + (even * cosine + odd * sine)),
    )


@scalar
def sinh(x: float) -> float:
    """Hyperbolic sine."""
    size = abs(x)
    high, low, _, _ = _hyperbolic(711.0 if size > 711.0 else size)
    return x if size < 1e-8 else with_sign(8.0 * (high + low), x)


@scalar
def cosh(x: float) -> float:
    """Hyperbolic cosine."""
    size = abs(x)
    _, _, high, low = _hyperbolic(711.0 if size > 711.0 else size)
    return 8.0 * (high + low)


@scalar
def tanh(x: float) -> float:
    """Hyperbolic tangent."""
    size = abs(x)
    a, a_low, b, b_low = _hyperbolic(22.0 if size > 22.0 else size)
    a, a_low = fast_two_sum(a, a_low)
    b, b_low = fast_two_sum(b, b_low)
    return x if size < 1e-8 else with_sign(quotient(a, a_low, b, b_low), x)


@scalar
def _erf_near(x: float) -> float:
    """erf(x) for abs(x) <= 1: erf(x) / x - 1 as a polynomial of x^2, to 2^-56."""
    z = x * x
    p = 1.3722976265924504e-08 + z * -7.801188874097751e-10
    p = 1.6447517677871873e-06 + z * (-1.6209175911748696e-07 + z * p)
    p = 0.00012055295320494294 + z * (-1.4924744663335489e-05 + z * p)
    p = 0.005223977607423468 + z * (-0.0008548325989696758 + z * p)
    p = 0.11283791670945253 + z * (-0.02686617064327622 + z * p)
    return x + x * (0.12837916709551256 + z * (-0.3761263890318355 + z * p))


@scalar
def _erfc_exponent(t: float) -> float:
    """-log(erfc(1 + t)) for 0 <= t <= 5, to 2^-59 / erfc(1 + t)."""
    z = t * t
    odd = 5.219812869282502e-08 + z * (2.874784216688222e-09 + z * 2.8946096564125135e-11)
    odd = -2.6277600990623616e-05 + z * (-9.60811851665305e-06 + z * (-1.4222939491626253e-07 + z * odd))
    odd = 2.6389675142347886 + z * (0.041561098042141656 + z * (0.0019779025914108445 + z * odd))
    even = -1.4961016132554333e-08 + z * (-3.6978870401997486e-10 + z * -1.044013909238051e-12)
    even = 2.71585679334799e-05 + z * (2.0589465470952695e-06 + z * (-9.792232708135054e-08 + z * even))
    even = 0.8431072563586612 + z * (-0.010033825378053345 + z * (-0.0002373225788212331 + z * even))
    return 1.8496055099332482 + (t * odd + z * even)


@scalar
def erf(x: float) -> float:
    """The error function."""
    size = abs(x)
    inner = 1.0 if size > 1.0 else size
    outer = 6.0 if size > 6.0 else size
    n, r, error = _reduced(-_erfc_exponent((1.0 if outer < 1.0 else outer) - 1.0), 0.0)
    far = 1.0 - power_of_two(n) * (1.0 + (r + (exp_tail(r) + error)))
    return with_sign(_erf_near(inner) if size <= 1.0 else far, x) if size == size else x
