"""Error-free sums and products, and the bit patterns that the elementary functions share.

Every function of this package is written without branches, divisions of integers or conversions
between integers and floats, so that LLVM turns a loop over it into vector instructions on any
processor. Nothing is contracted or reordered: the two-sums and two-products below are exact.
"""

from __future__ import annotations

from symlaw.engine.compiling.jit import bits_of, float_of, scalar

INFINITY = float("inf")
NAN = float("nan")
# Adding 1.5 * 2^52 rounds to an integer that then lies in the low bits of the sum.
ROUNDER = 6755399441055744.0
ROUNDER_BITS = 0x4338000000000000
ONE_BITS = 0x3FF0000000000000
SIGN_BIT = -0x8000000000000000
# Clears the low 27 bits of a significand: products of two such heads are exact.
HEAD_MASK = -0x8000000


@scalar
def head(x: float) -> float:
    """The leading 26 bits of x."""
    return float_of(bits_of(x) & HEAD_MASK)


@scalar
def two_sum(a: float, b: float) -> tuple[float, float]:
    """a + b rounded, and its rounding error (Knuth)."""
    total = a + b
    shadow = total - a
    return total, (a - (total - shadow)) + (b - shadow)


@scalar
def fast_two_sum(a: float, b: float) -> tuple[float, float]:
    """a + b rounded, and its rounding error, where abs(a) >= abs(b) or a is 0 (Dekker)."""
    total = a + b
    return total, b - (total - a)


@scalar
def two_product(a: float, b: float) -> tuple[float, float]:
    """a * b rounded, and its rounding error to within 2^-106 of the product (Dekker)."""
    product = a * b
    a_head = head(a)
    b_head = head(b)
    a_tail = a - a_head
    b_tail = b - b_head
    error = ((a_head * b_head - product) + (a_head * b_tail + a_tail * b_head)) + a_tail * b_tail
    return product, error


@scalar
def two_square(a: float) -> tuple[float, float]:
    """a * a rounded, and its rounding error to within 2^-106 of the square."""
    product = a * a
    a_head = head(a)
    a_tail = a - a_head
    return product, ((a_head * a_head - product) + (a_head + a_head) * a_tail) + a_tail * a_tail


@scalar
def quotient(a: float, a_low: float, b: float, b_low: float) -> float:
    """(a + a_low) / (b + b_low), rounded about once, for b of moderate size."""
    guess = a / b
    return guess + (a_low - guess * b_low) / b


@scalar
def power_of_two(n: int) -> float:
    """2^n for -1023 < n < 1024."""
    return float_of((n + 1023) << 52)


@scalar
def scaled(x: float, n: int) -> float:
    """x * 2^n rounded once, for x near 1 and -2044 < n < 2046."""
    half = n >> 1
    return (x * power_of_two(half)) * power_of_two(n - half)


@scalar
def float_from(n: int) -> float:
    """An integer below 2^51 in size as a float."""
    return float_of(n + ROUNDER_BITS) - ROUNDER


@scalar
def with_sign(magnitude: float, sign_source: float) -> float:
    """A magnitude (its sign bit clear) with the sign of another number."""
    return float_of(bits_of(magnitude) | (bits_of(sign_source) & SIGN_BIT))
