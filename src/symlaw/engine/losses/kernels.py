"""Kernels of users' losses: what rows cost, how they pull at the prediction, and how stiffly.

The stiffness of a row is the larger of the cost's curvature and of that of the parabola that touches it on
both sides of the target, so that a step is Newton's where costs are convex and does not overshoot where they
are not (de Leeuw and Lange 2009).
"""

from __future__ import annotations

import ctypes
import time
import warnings
from functools import cache
from typing import TYPE_CHECKING, Any

import numba
import numpy as np

from symlaw.engine.blocks import Scope
from symlaw.engine.compiling import jit
from symlaw.engine.losses.user import PLACES, STEP, UsersLoss, curvature_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from symlaw.engine.losses.deviances import Array

# No row is without stiffness, and smooth costs are touched no nearer to the target than this.
_LEAST, _NEAREST = 1e-290, 1e-4
_WIDE = 1e-3

_LOOP = """
def {name}(y, m, w, told, value, pull, stiffness, n):
    use_wide_vectors()
    corner, unit = told[0], told[1]
    step = {step!r} * unit
    wide = {wide!r} * unit
    for i in range(n):
        a, b, c = y[i], m[i], w[i]
        r = a - b
        reach = max(abs(r), {nearest})
        low, high = a - reach, a + reach
        up, down = -({slope_low}), {slope_high}
        mean = 0.5 * (up + down)
        value[i] = ({cost}) - ({perfect})
        pull[i] = {pull}
        bent = {curvature}
        touching = mean / reach
        most = bent if bent > touching else touching
        stiffness[i] = most if most > {least!r} else {least!r}
"""
_FLAT = """
def {name}(y, m, w, told, value, pull, stiffness, n):
    unit = told[1]
    for i in range(n):
        a, b, c = y[i], m[i], w[i]
        value[i] = ({cost}) - ({perfect})
        pull[i] = (a - b) / (unit * unit)
        stiffness[i] = 1.0 / (unit * unit)
"""


@cache
def users_loss_kernel(own: UsersLoss) -> int:
    """Address of ``(y, m, w, told, value, pull, stiffness, n)`` for rows in the user's unit.

    ``told`` holds the error below which a corner is rounded, and the unit of the target.
    """
    scope = Scope()

    def formula(expression: Any, at: str) -> str:
        text = scope.formula(expression.text(), {"y": "a", "m": at, "w": "c"})
        return f"({text}) / c" if own.weighs else text

    if own.body is not None:

        def cost(at: str) -> str:
            return formula(own.body, at)

        functions = scope.all_exact
    else:
        compiled = _compiled(own)
        if compiled is None:
            return _called_back(own)
        weight = ", c" if own.has_weights else ""

        def cost(at: str) -> str:
            text = f"f(a, {at}{weight})"
            return f"{text} / c" if own.weighs else text

        def functions() -> dict[str, Callable[..., Any]]:
            return {"f": compiled, **scope.all_exact()}

    source = _written(own, cost, formula)
    space: dict[str, Any] = {"__name__": __name__, "np": np, "use_wide_vectors": jit.use_wide_vectors}
    space.update(functions())
    exec(compile(source, __file__, "exec"), space)
    return jit.block_kernel(space[_word(own)], 7, numba.types.float64, cached=own.body is not None)


def _word(own: UsersLoss) -> str:
    return f"loss_{own.name}_{own.digest[:16]}"


def _written(own: UsersLoss, cost: Callable[[str], str], formula: Callable[[Any, str], str]) -> str:
    """The kernel's source."""

    def slope(at: str) -> str:
        if own.slope is not None:
            return formula(own.slope, at)
        return f"({cost(f'({at} + step)')} - {cost(f'({at} - step)')}) / (2.0 * step)"

    second = curvature_of(own)
    bent = f"({cost('(b + wide)')} - 2.0 * ({cost('b')}) + {cost('(b - wide)')}) / (wide * wide)"
    rounded = "mean * r / reach + 0.5 * (up - down)"
    return (_FLAT if own.flat else _LOOP).format(
        name=_word(own),
        step=STEP,
        wide=_WIDE,
        least=_LEAST,
        nearest="corner" if own.corner else f"{_NEAREST!r} * unit",
        slope_low=slope("low"),
        slope_high=slope("high"),
        cost=cost("b"),
        perfect=cost("a"),
        pull=rounded if own.corner else f"-({slope('b')})",
        curvature=bent if second is None else formula(second, "b"),
    )


def _compiled(own: UsersLoss) -> Callable[..., Any] | None:
    """The function compiled for floats; None, with a warning, where Numba cannot."""
    if own.function is None or jit.JIT_DISABLED:
        return own.function
    if not own.numbers:
        _warn(own, "it takes arrays only")
        return None
    try:
        function = jit.scalar(own.function)
        function(*[1.5] * (3 if own.has_weights else 2))
        return function
    except Exception as error:
        first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        _warn(own, first)
        return None


def _warn(own: UsersLoss, reason: str) -> None:
    """Say what calling Python costs, as measured."""
    y = np.linspace(-1.0, 1.0, 1000)
    began = time.perf_counter()
    told_of_rows(own, y, y[::-1].copy(), np.ones(1000), 1e-6, 1.0)
    taken = 1e3 * (time.perf_counter() - began)
    warnings.warn(
        f"loss {own.name!r} cannot be compiled ({reason}) and is called in Python: {taken:.3g} ms for 1,000"
        " rows, some ten times for each formula, so that the search is a hundred times slower or worse",
        RuntimeWarning,
        stacklevel=2,
    )


def told_of_rows(
    own: UsersLoss, y: Array, m: Array, w: Array, corner: float, unit: float
) -> tuple[Array, Array, Array]:
    """Cost, pull and stiffness of rows in plain NumPy: the kernels' oracle, and what stands in for them."""
    r, step, wide = y - m, STEP * unit, _WIDE * unit
    perfect = own.raw(y, y, w)
    value = own.raw(y, m, w) - perfect
    if own.flat:
        return value, r / unit**2, np.full(len(y), 1.0 / unit**2)

    def slope(at: Array) -> Array:
        return (own.raw(y, at + step, w) - own.raw(y, at - step, w)) / (2.0 * step)

    with np.errstate(all="ignore"):
        reach = np.maximum(np.abs(r), corner if own.corner else _NEAREST * unit)
        up, down = -slope(y - reach), slope(y + reach)
        mean = 0.5 * (up + down)
        pull = mean * r / reach + 0.5 * (up - down) if own.corner else -slope(m)
        bent = (own.raw(y, m + wide, w) - 2.0 * (value + perfect) + own.raw(y, m - wide, w)) / wide**2
        most = np.where(bent > mean / reach, bent, mean / reach)
    return value, pull, np.where(most > _LEAST, most, _LEAST)


_ALIVE: list[Any] = []


def _called_back(own: UsersLoss) -> int:
    """Address of a C function that calls Python."""

    def rows(y: int, m: int, w: int, told: int, value: int, pull: int, stiffness: int, n: int) -> None:
        kind = np.dtype(float)
        corner, unit = jit.view(told, 2, kind)
        targets, predicted, weights = (jit.view(pointer, n, kind) for pointer in (y, m, w))
        found = told_of_rows(own, targets, predicted, weights, float(corner), float(unit))
        for pointer, column in zip((value, pull, stiffness), found, strict=True):
            jit.view(pointer, n, kind)[:] = column

    callback = ctypes.CFUNCTYPE(None, *[ctypes.c_int64] * (len(PLACES) + 5))(rows)
    _ALIVE.append(callback)
    return int(ctypes.cast(callback, ctypes.c_void_p).value or 0)
