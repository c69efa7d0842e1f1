"""Sums over rows in eight fixed lanes, and the straight line that they give.

The lanes are written as one vector in the code that LLVM gets, so that a sum is fast and has the same
bits whatever the width of the processor's vectors.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from symlaw.engine.compiling.jit import JIT_DISABLED, inner, kernel

LANES = 8


def _emit_dot(builder: Any, a: Any, b: Any, n: Any) -> Any:
    """Emit a loop over whole groups of lanes; returns the lanes' sums as one vector."""
    integer, real = ir.IntType(64), ir.DoubleType()
    vector = ir.VectorType(real, LANES)
    before = builder.block
    head, body = builder.append_basic_block("dot.head"), builder.append_basic_block("dot.body")
    after = builder.append_basic_block("dot.after")
    builder.branch(head)
    builder.position_at_end(head)
    place, lanes = builder.phi(integer), builder.phi(vector)
    place.add_incoming(ir.Constant(integer, 0), before)
    lanes.add_incoming(ir.Constant(vector, [0.0] * LANES), before)
    builder.cbranch(builder.icmp_signed("<", place, n), body, after)
    builder.position_at_end(body)
    loaded = [
        builder.load(builder.bitcast(builder.gep(p, [place]), vector.as_pointer()), align=8) for p in (a, b)
    ]
    place.add_incoming(builder.add(place, ir.Constant(integer, LANES)), body)
    lanes.add_incoming(builder.fadd(lanes, builder.fmul(*loaded)), body)
    builder.branch(head)
    builder.position_at_end(after)
    return lanes


if JIT_DISABLED:

    def _whole_dot(a: Any, b: Any, n: int) -> float:
        s = np.zeros(LANES)
        for first in range(0, n, LANES):
            s = s + a[first : first + LANES] * b[first : first + LANES]
        return float(((s[0] + s[4]) + (s[1] + s[5])) + ((s[2] + s[6]) + (s[3] + s[7])))

else:

    @intrinsic
    def _whole_dot(typingctx, a, b, n):  # type: ignore[no-untyped-def]
        """Sum of a[i] * b[i] over n rows, a multiple of the lanes."""

        def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            first, second = (
                context.make_array(kind)(context, builder, value).data
                for kind, value in zip(signature.args[:2], arguments[:2], strict=True)
            )
            lanes = _emit_dot(builder, first, second, arguments[2])
            s = [builder.extract_element(lanes, ir.Constant(ir.IntType(32), k)) for k in range(LANES)]
            low = builder.fadd(builder.fadd(s[0], s[4]), builder.fadd(s[1], s[5]))
            high = builder.fadd(builder.fadd(s[2], s[6]), builder.fadd(s[3], s[7]))
            return builder.fadd(low, high)

        return types.float64(a, b, types.int64), codegen


@inner
def dot(a, b, n):  # type: ignore[no-untyped-def]
    """Sum of a[i] * b[i]; both contiguous float64."""
    whole = n - n % LANES
    total = _whole_dot(a, b, whole)
    for i in range(whole, n):
        total += a[i] * b[i]
    return total


@kernel
def straight_line(f, rows, work, line):  # type: ignore[no-untyped-def]
    """Least-squares ``target ~ scale * (f - centre)`` with the rows' weights and centred target.

    ``work`` is scratch (2, >= n). Fills ``line`` with scale, centre, mean square left and weighted
    standard deviation of f. The mean square is inf where a value of f is not finite or their sum
    overflows; scale and deviation are 0 where f is constant.
    """
    n = len(rows.target)
    deviation, weighted = work[0], work[1]
    centre = dot(f, rows.weights, n) / rows.total
    line[1] = centre
    if not abs(centre) < np.inf:
        line[0], line[2], line[3] = 0.0, np.inf, 0.0
        return
    for i in range(n):
        deviation[i] = f[i] - centre
        weighted[i] = deviation[i] * rows.weights[i]
    unit = 1.0
    square = dot(deviation, weighted, n)
    if not 1e-280 < square < 1e280:
        unit = _brought_near_one(deviation, weighted, n)
        square = dot(deviation, weighted, n)
    spread = (square / rows.total) ** 0.5 * unit
    if not spread > 1e-13 * abs(centre) or not square > 0.0:
        line[0], line[2], line[3] = 0.0, rows.variance, 0.0
        return
    scale = dot(deviation, rows.weighted_target, n) / square
    for i in range(n):
        deviation[i] = rows.target[i] - scale * deviation[i]
        weighted[i] = deviation[i] * rows.weights[i]
    left = dot(deviation, weighted, n) / rows.total
    line[0], line[2], line[3] = scale / unit, left if left >= 0.0 else np.inf, spread


@kernel
def line_sums(f, target, weights, scale, offset, unit, out):  # type: ignore[no-untyped-def]
    """Sums over rows of the errors ``e = target - scale * f - offset``, weighted where they are sums.

    Fills ``out`` with the sums of (e / unit)^2 and of the size of e / unit, the largest size of e, and the
    sums of g * target and g * g for ``g = f / unit``.
    """
    out[:] = 0.0
    for i in range(len(f)):
        error = target[i] - scale * f[i] - offset
        small = error / unit
        out[0] += weights[i] * small * small
        out[1] += weights[i] * abs(small)
        # nan stays, once it is there
        if not (abs(error) <= out[2] or out[2] != out[2]):
            out[2] = abs(error)
        g = f[i] / unit
        out[3] += weights[i] * g * target[i]
        out[4] += weights[i] * g * g


@inner
def _brought_near_one(deviation, weighted, n):  # type: ignore[no-untyped-def]
    """Divide both by the largest deviation, so that squares of 1e-200 or 1e200 stay in range."""
    unit = 0.0
    for i in range(n):
        unit = max(unit, abs(deviation[i]))
    if not 0.0 < unit < np.inf:
        return 1.0
    for i in range(n):
        deviation[i] /= unit
        weighted[i] /= unit
    return unit
