"""Constants, scale and offset under losses that have no slope, by Nelder and Mead's simplex (1965)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from symlaw.engine.losses.irls import CENTRE, LEFT, OFFSET, SCALE, SPREAD, UNIT_SCALE, descend

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from symlaw.engine.fit import FitSpace, Rows
    from symlaw.engine.program import Program

_STEPS_PER_NUMBER = 60
# First steps of the simplex, as a fraction of each number, and of the target's spread for the offset.
_SHARE, _SHIFT = 0.1, 0.1
_ROBUST_STEPS, _ROUNDED, _LEAST = 30, 1e-3, 1e-300


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
    start = _start(program, places, rows, space)
    first = min(first, _of_line(start, rows, space))

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


def _start(program: Program, places: NDArray[np.int64], rows: Rows, space: FitSpace) -> NDArray[np.float64]:
    """Scale, offset and constants: the line at hand, or that of least absolute errors where it is better."""
    line, constants = space.line, program.values[places]
    lines = [(line[SCALE], line[OFFSET] - line[SCALE] * line[CENTRE]), _robust_line(space.f, rows)]
    starts = [np.array([*one, *constants]) for one in lines if np.all(np.isfinite(one))]
    return min(starts, key=lambda numbers: _of_line(numbers, rows, space))


def _robust_line(f: NDArray[np.float64], rows: Rows) -> tuple[float, float]:
    """Scale and offset of about the least absolute errors, by reweighted least squares."""
    y, w = rows.target, rows.weights
    weights, scale, offset = w, math.nan, math.nan
    for _ in range(_ROBUST_STEPS):
        middle_f, middle_y = np.average(f, weights=weights), np.average(y, weights=weights)
        square = np.sum(weights * (f - middle_f) ** 2)
        if not square > 0.0:
            break
        scale = float(np.sum(weights * (f - middle_f) * (y - middle_y)) / square)
        offset = float(middle_y - scale * middle_f)
        errors = np.abs(y - scale * f - offset)
        weights = w / np.maximum(errors, _ROUNDED * np.mean(errors) + _LEAST)
    return scale, offset


def _of_line(numbers: NDArray[np.float64], rows: Rows, space: FitSpace) -> float:
    """Loss of ``numbers[0] * f + numbers[1]`` as a prediction of the centred target."""
    kept = space.line.copy()
    space.line[UNIT_SCALE], space.line[OFFSET] = numbers[:2]
    descend(rows, space.f, space.line, space.loss_scratch, False, False, 1)
    left = float(space.line[LEFT])
    space.line[:] = kept
    return left
