"""Sums over rows with eight written-out lanes: fast, and the same bits on every run."""

from __future__ import annotations

from symlaw.engine._jit import inner, kernel


@kernel
def dot(a, b, n):  # type: ignore[no-untyped-def]
    """Sum of a[i] * b[i]."""
    s0, s1, s2, s3, s4, s5, s6, s7 = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    whole = n - n % 8
    for i in range(0, whole, 8):
        s0 += a[i] * b[i]
        s1 += a[i + 1] * b[i + 1]
        s2 += a[i + 2] * b[i + 2]
        s3 += a[i + 3] * b[i + 3]
        s4 += a[i + 4] * b[i + 4]
        s5 += a[i + 5] * b[i + 5]
        s6 += a[i + 6] * b[i + 6]
        s7 += a[i + 7] * b[i + 7]
    total = ((s0 + s4) + (s1 + s5)) + ((s2 + s6) + (s3 + s7))
    for i in range(whole, n):
        total += a[i] * b[i]
    return total


@kernel
def scale_and_offset(f, target, weights, n, work):  # type: ignore[no-untyped-def]
    """Least-squares line ``target ~ scale * (f - centre) + middle`` with weights.

    ``work`` is scratch (2, >= n). Returns (scale, centre, middle, mean square left, spread of f); the
    mean square is inf where any value of f is not finite, and the scale 0 where f is constant.
    """
    total = _sum(weights, n)
    centre = dot(f, weights, n) / total
    middle = dot(target, weights, n) / total
    deviation, weighted = work[0], work[1]
    # deviations are brought near 1 first, so that squares of 1e-200 or 1e200 stay in range
    unit = _largest(f, centre, n)
    if not unit < 1e300:
        return 0.0, centre, middle, float("inf"), 0.0
    if unit <= 1e-13 * abs(centre) or unit < 1e-300:
        return 0.0, centre, middle, _square_left(target, weights, middle, deviation, weighted, n) / total, 0.0
    for i in range(n):
        deviation[i] = (f[i] - centre) / unit
        weighted[i] = deviation[i] * weights[i]
    square = dot(deviation, weighted, n)
    scale = (dot(weighted, target, n) - middle * _sum(weighted, n)) / square
    for i in range(n):
        deviation[i] = target[i] - middle - scale * deviation[i]
        weighted[i] = deviation[i] * weights[i]
    return scale / unit, centre, middle, dot(deviation, weighted, n) / total, unit * (square / total) ** 0.5


@inner
def _sum(a, n):  # type: ignore[no-untyped-def]
    s0, s1, s2, s3, s4, s5, s6, s7 = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    whole = n - n % 8
    for i in range(0, whole, 8):
        s0 += a[i]
        s1 += a[i + 1]
        s2 += a[i + 2]
        s3 += a[i + 3]
        s4 += a[i + 4]
        s5 += a[i + 5]
        s6 += a[i + 6]
        s7 += a[i + 7]
    total = ((s0 + s4) + (s1 + s5)) + ((s2 + s6) + (s3 + s7))
    for i in range(whole, n):
        total += a[i]
    return total


@inner
def _largest(f, centre, n):  # type: ignore[no-untyped-def]
    """Largest |f - centre|; nan where any value is nan."""
    m0, m1, m2, m3, bad = 0.0, 0.0, 0.0, 0.0, 0
    whole = n - n % 4
    for i in range(0, whole, 4):
        d0, d1 = abs(f[i] - centre), abs(f[i + 1] - centre)
        d2, d3 = abs(f[i + 2] - centre), abs(f[i + 3] - centre)
        m0 = d0 if d0 > m0 else m0
        m1 = d1 if d1 > m1 else m1
        m2 = d2 if d2 > m2 else m2
        m3 = d3 if d3 > m3 else m3
        bad += (d0 != d0) + (d1 != d1) + (d2 != d2) + (d3 != d3)
    for i in range(whole, n):
        d0 = abs(f[i] - centre)
        m0 = d0 if d0 > m0 else m0
        bad += d0 != d0
    if bad > 0:
        return float("nan")
    return max(max(m0, m1), max(m2, m3))


@inner
def _square_left(target, weights, middle, deviation, weighted, n):  # type: ignore[no-untyped-def]
    for i in range(n):
        deviation[i] = target[i] - middle
        weighted[i] = deviation[i] * weights[i]
    return dot(deviation, weighted, n)
