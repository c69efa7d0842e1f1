"""Block kernels of a user's function that is no formula: compiled as it is, or called back in Python.

A function that Numba compiles runs in the kernels' loop. Any other is reached through a C callback that takes
the GIL, so that everything else of a search stays compiled; a warning says what that costs.
"""

from __future__ import annotations

import ctypes
import warnings
from functools import cache
from typing import TYPE_CHECKING, Any

import numba
import numpy as np

from symlaw.engine.compiling import jit

if TYPE_CHECKING:
    from collections.abc import Callable

    from symlaw.language.operators import Operator

_STEP = 1e-6
_VALUE_LOOP = """
def {name}(a, b, c, out, n):
    for i in range(n):
        out[i] = f({arguments})
"""
_SLOPE_LOOP = """
def {name}({pointers}, value, seed, out, n):
    for i in range(n):
        step = {step!r} * max(1.0, abs({at}[i]))
        out[i] = seed[i] * (f({up}) - f({down})) / (2.0 * step)
"""
# What kernels call an operator's arguments; those that it does not have are null pointers.
POINTERS = ("a", "b", "c")
_PLACES = tuple(f"np.float64({pointer}[i])" for pointer in POINTERS)


def users_kernel(row: Operator, real: str = "float64") -> int:
    """Address of ``(a, b, c, out, n)`` for a user's function."""
    compiled = _compiled(row)
    if compiled is None:
        return _called_back(row, None, real)
    source = _VALUE_LOOP.format(name=f"users_{row.name}", arguments=", ".join(_PLACES[: row.arity]))
    return _built(source, f"users_{row.name}", compiled, 4, real)


def users_slope(row: Operator, argument: int) -> int:
    """Address of a slope kernel, as `symlaw.engine.blocks.backward_kernel`: differences by one argument."""
    compiled = _compiled(row)
    if compiled is None:
        return _called_back(row, argument, "float64")
    count = max(2, row.arity)
    up, down = list(_PLACES[: row.arity]), list(_PLACES[: row.arity])
    up[argument], down[argument] = f"{up[argument]} + step", f"{down[argument]} - step"
    name = f"users_{row.name}_{argument}"
    source = _SLOPE_LOOP.format(
        name=name,
        pointers=", ".join(POINTERS[:count]),
        step=_STEP,
        at=POINTERS[argument],
        up=", ".join(up),
        down=", ".join(down),
    )
    return _built(source, name, compiled, count + 3, "float64")


def _built(source: str, name: str, function: Callable[..., Any], n_pointers: int, real: str) -> int:
    space: dict[str, Any] = {"np": np, "f": function}
    exec(compile(source, "<operator>", "exec"), space)
    return jit.block_kernel(space[name], n_pointers, getattr(numba.types, real), cached=False)


@cache
def _compiled(row: Operator) -> Callable[..., Any] | None:
    """The function compiled for floats, None where Numba cannot, and for a lookup, which is not worth it."""
    if row.table:
        return None
    plain = row.numpy_function
    if row.function is None or jit.JIT_DISABLED:
        return plain
    try:
        function = jit.scalar(row.function)
        function(*[1.5] * row.arity)
        return function
    except Exception as error:
        first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        warnings.warn(
            f"operator {row.name!r} cannot be compiled ({first}) and is called in Python, about a thousand"
            " times slower: formulas with it take most of the search's time",
            RuntimeWarning,
            stacklevel=2,
        )
        return None


_ALIVE: list[Any] = []


def _called_back(row: Operator, argument: int | None, real: str) -> int:
    """Address of a C function that calls Python, for values, or for slopes by one argument."""
    function, dtype = row.numpy_function, np.dtype(real)

    def values(a: int, b: int, c: int, out: int, n: int) -> None:
        given = [jit.view(p, n, dtype) for p in (a, b, c)[: row.arity]]
        jit.view(out, n, dtype)[:] = function(*given)

    def slopes(*told: int) -> None:
        *arguments, _value, seed, out, n = told
        given = [jit.view(p, n, dtype) for p in arguments[: row.arity]]
        place = argument or 0
        step = _STEP * np.maximum(1.0, np.abs(given[place]))
        up, down = list(given), list(given)
        up[place], down[place] = given[place] + step, given[place] - step
        with np.errstate(all="ignore"):
            slope = (function(*up) - function(*down)) / (2.0 * step)
        jit.view(out, n, dtype)[:] = jit.view(seed, n, dtype) * slope

    n_pointers, python = (4, values) if argument is None else (max(2, row.arity) + 3, slopes)
    kind = ctypes.CFUNCTYPE(None, *[ctypes.c_int64] * (n_pointers + 1))
    callback = kind(python)
    _ALIVE.append(callback)
    return int(ctypes.cast(callback, ctypes.c_void_p).value or 0)
