"""Formulas that a Python function judges: kernels reach it through a C callback that takes the GIL.

Nothing is known of such a score but its value, so that constants are fitted without derivatives, one after
another by steps that grow and shrink (pattern search: Hooke and Jeeves 1961).
"""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.engine.compiling import jit
from symlaw.engine.compiling.jit import address_of, call_judge, inner
from symlaw.engine.losses.irls import CENTRE, LEFT, SCALE, SPREAD

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Judge = Callable[[NDArray[np.int16], NDArray[np.int16], Array, Array], float]

# What stands for a value that is not finite where behaviours are compared.
_NOWHERE = -7.0
# First step of a constant beside its size, the least size, and factors of a step that helped or did not.
FIRST_STEP = 0.5
_LEAST_SIZE, _GROWN, _SHRUNK = 0.1, 1.6, 0.4


@inner
def called_score(program, length, rows, f, line):  # type: ignore[no-untyped-def]
    """Fill ``line`` with the score that the function gives, and what tells behaviours apart.

    ``f`` holds the formula's values on sample points; those that are not finite are replaced.
    """
    n, total = rows.X.shape[1], 0.0
    for i in range(n):
        if not abs(f[i]) < np.inf:
            f[i] = _NOWHERE
        total += f[i] * f[i]
    spread = (total / n) ** 0.5
    line[SCALE], line[CENTRE], line[SPREAD] = 1.0, 0.0, spread if 0.0 < spread < np.inf else 1.0
    call_judge(
        rows.loss.users, address_of(program.codes), address_of(program.columns),
        address_of(program.values), address_of(f), address_of(line), length,
    )  # fmt: skip


def judge_address(judge: Judge, n_points: int) -> tuple[int, Any]:
    """Address of a C function that writes a formula's score into a line, and what keeps it alive.

    Parameters
    ----------
    judge
        Function of node codes, columns and values (length,) and of the values on sample points (n_points,);
        it must not raise.
    n_points
        Number of sample points.
    """

    def called(codes: int, columns: int, values: int, f: int, line: int, length: int) -> None:
        short, real = np.dtype(np.int16), np.dtype(float)
        nodes = (jit.view(codes, length, short), jit.view(columns, length, short))
        numbers, points = jit.view(values, length, real), jit.view(f, n_points, real)
        jit.view(line, LEFT + 1, real)[LEFT] = judge(*nodes, numbers, points)

    callback = ctypes.CFUNCTYPE(None, *[ctypes.c_int64] * 6)(called)
    return int(ctypes.cast(callback, ctypes.c_void_p).value or 0), callback


@inner
def stepped(values, place, step):  # type: ignore[no-untyped-def]
    """Move a constant by a step beside its size; what it was."""
    before = values[place]
    values[place] = before + step * max(abs(before), _LEAST_SIZE)
    return before


@inner
def next_step(step, helped):  # type: ignore[no-untyped-def]
    """The step that follows one that helped, or one that did not in either direction."""
    return step * _GROWN if helped else step * _SHRUNK
