"""What a user's Python function does on a grid of numbers, tried before anything depends on it."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.errors import InvalidSetting
from symlaw.language.expression import Expression, Variable
from symlaw.language.operators.numpy_functions import one_value
from symlaw.language.operators.row import ARGUMENTS
from symlaw.language.parser import parse
from symlaw.language.values import values as values_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symlaw.language.operators.row import Operator

# Values that a function is tried on, of one argument after the other.
GRID = np.array(
    [
        [-3.1, -1.7, -0.9, -0.31, 0.13, 0.47, 0.83, 1.3, 2.2, 3.7],
        [0.7, 1.9, -0.6, 2.3, 0.41, -1.3, 3.3, 0.23, 1.1, -2.7],
        [1.4, -0.8, 3.1, -2.2, 0.57, 2.6, -0.17, 0.92, -1.6, 0.29],
    ]
)
_STEP, _APART = 1e-6, 1e-3
# Numbers that searches meet as well, and seconds that a function may take on all of them.
_EXTREMES = (1e6, -1e6, 1e300, -1e300, float("inf"), -float("inf"), float("nan"))
_PATIENCE = 2.0


def tried(row: Operator, function: Callable[..., Any]) -> NDArray[np.float64]:
    """Values on a grid; refuses a function that fails there or is nowhere finite."""
    points = GRID[: row.arity]
    try:
        with np.errstate(all="ignore"):
            values = np.array([one_value(function, *(float(x) for x in point)) for point in points.T])
    except Exception as error:
        line = line_of(function, error)
        raise InvalidSetting(
            f"operator {row.name!r} fails{line} with {type(error).__name__}: {error}; it has to give a number"
            " for any numbers, nan where it is not defined"
        ) from error
    if not np.any(np.isfinite(values)):
        raise InvalidSetting(f"operator {row.name!r} is finite for no number between -4 and 4")
    _check_end(row, function)
    return values


def _check_end(row: Operator, function: Callable[..., Any]) -> None:
    """Refuse a function that does not end on extreme numbers: a search would never end either."""
    reached: list[float] = []

    def all_of_them() -> None:
        with suppress(SystemExit):
            for extreme in _EXTREMES:
                reached.append(extreme)
                with suppress(Exception), np.errstate(all="ignore"):
                    one_value(function, *[extreme] * row.arity)

    thread = threading.Thread(target=all_of_them, daemon=True)
    thread.start()
    thread.join(_PATIENCE)
    if thread.is_alive():
        # ends a loop of Python; what hangs elsewhere stays behind as a daemon
        stopped = ctypes.c_ulong(thread.ident or 0), ctypes.py_object(SystemExit)
        ctypes.pythonapi.PyThreadState_SetAsyncExc(*stopped)
        raise InvalidSetting(
            f"operator {row.name!r} does not end within {_PATIENCE:g} s for {reached[-1]:g}: bound its loop,"
            " or let it give nan there"
        )


def line_of(function: Callable[..., Any], error: BaseException) -> str:
    trail, line = error.__traceback__, None
    while trail is not None:
        if trail.tb_frame.f_code is getattr(function, "__code__", None):
            line = trail.tb_lineno
        trail = trail.tb_next
    return "" if line is None else f" in line {line}"


def check_slopes(row: Operator, values: NDArray[np.float64]) -> None:
    """Compare the derivatives with differences where both are finite."""
    points = dict(zip(ARGUMENTS, GRID, strict=True))
    formula = Expression((*map(Variable, ARGUMENTS[: row.arity]), row))
    for number, name in enumerate(ARGUMENTS[: row.arity]):
        up, down = dict(points), dict(points)
        step = _STEP * np.maximum(1.0, np.abs(points[name]))
        up[name], down[name] = points[name] + step, points[name] - step
        with np.errstate(all="ignore"):
            high, low = values_of(formula, up), values_of(formula, down)
            slope = (high - low) / (2.0 * step)
            told = values_of(parse(row.partials[number]), {**points, "v": values})
        size = np.maximum(1.0, np.abs(slope))
        wrong = np.isfinite(slope) & np.isfinite(told) & (np.abs(slope - told) > _APART * size)
        if np.any(wrong):
            k = int(np.argmax(wrong))
            raise InvalidSetting(
                f"the derivative of operator {row.name!r} by {name} is not that of the function: at"
                f" {name} = {points[name][k]:g} it gives {told[k]:g}, differences give {slope[k]:g}"
            )
