"""Constants, scale and offset under losses that have no slope, by Nelder and Mead's simplex (1965)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from symlaw.engine.irls import CENTRE, LEFT, OFFSET, SCALE, SPREAD, UNIT_SCALE, descend

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from symlaw.engine.fit import FitSpace, Rows
    from symlaw.engine.program import Program

_STEPS_PER_NUMBER = 60
# First steps of the simplex, as a fraction of each number, and of the target's spread for the offset.
_SHARE, _SHIFT = 0.1, 0.1


def searched(
    program: Program,
    places: NDArray[np.int64],
    rows: Rows,
    space: FitSpace,
    score: Callable[[], float],
) -> float:
    """Improve a program's constants and its line without derivatives; the loss left.

    Parameters
    ----------
    program, places
        The formula, changed in place, and where its constants are.
    rows, space
        Rows under the loss, and their scratch, which holds the formula's values and line afterwards.
    score
        Loss of the program as it is, which leaves values and line in ``space``.
    """
    from scipy.optimize import minimize

    first = score()
    line = space.line
    if not first < math.inf or not line[SPREAD] > 0.0:
        return first
    start = _numbers(program, places, line)

    def loss(numbers: NDArray[np.float64]) -> float:
        program.values[places] = numbers[2:]
        return _of_line(numbers, rows, space) if len(places) == 0 or score() < math.inf else math.inf

    steps = np.where(start != 0.0, _SHARE * start, _SHIFT)
    steps[1] = _SHIFT
    simplex = np.vstack([start, *(start + step for step in np.diag(steps))])
    options = {
        "maxfev": _STEPS_PER_NUMBER * len(start),
        "initial_simplex": simplex,
        "xatol": 1e-9,
        "fatol": 0.0,
    }
    found = minimize(loss, start, method="Nelder-Mead", options=options)
    best = found.x if found.fun < first else start
    program.values[places] = best[2:]
    score()
    left = _of_line(best, rows, space)
    centre, spread = line[CENTRE], line[SPREAD]
    line[SCALE], line[UNIT_SCALE] = best[0], best[0] * spread
    line[OFFSET], line[LEFT] = best[1] + best[0] * centre, left
    return left


def _numbers(program: Program, places: NDArray[np.int64], line: NDArray[np.float64]) -> NDArray[np.float64]:
    """Scale, offset and constants."""
    return np.array([line[SCALE], line[OFFSET] - line[SCALE] * line[CENTRE], *program.values[places]])


def _of_line(numbers: NDArray[np.float64], rows: Rows, space: FitSpace) -> float:
    """Loss of ``numbers[0] * f + numbers[1]`` as a prediction of the centred target."""
    kept = space.line.copy()
    space.line[UNIT_SCALE], space.line[OFFSET] = numbers[:2]
    descend(rows, space.f, space.line, space.desk, False, False, 1)
    left = float(space.line[LEFT])
    space.line[:] = kept
    return left
