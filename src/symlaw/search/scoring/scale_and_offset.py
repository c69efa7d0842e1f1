"""Scale and offset of a formula on all rows, fitted or left out, under losses that are not least squares."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.engine.losses.irls import CENTRE, LEFT, OFFSET, SCALE, SPREAD, UNIT_SCALE, descend

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from symlaw.engine.fit import FitSpace
    from symlaw.search.problem import Problem

# Calls of bounded length after which a whole line is taken as it is; mostly one is enough.
_CALLS = 3


class FittedLine(NamedTuple):
    """``scale * f + offset`` in the predictor's unit, and its loss."""

    scale: float
    offset: float
    loss: float


def fitted_lines(problem: Problem, space: FitSpace) -> Iterator[FittedLine]:
    """The best line of a formula, and the best without scale, without offset and without either.

    Parameters
    ----------
    problem
        Of a loss that is not least squares.
    space
        Values of the formula on all rows, and the line that its fit ended with; both are left as they are.
    """
    unit, origin = problem.predictor
    kept = space.line.copy()
    centre, spread = float(kept[CENTRE]), float(kept[SPREAD])
    if kept[SCALE] == 0.0 or not spread > 0.0:
        yield FittedLine(0.0, unit * float(kept[OFFSET]) + origin, float(kept[LEFT]))
        return
    start = float(kept[SCALE]) * spread, float(kept[OFFSET])
    a, b, loss = _descended(problem, space, (centre, spread), start, (True, True))
    scale = unit * a / spread
    yield FittedLine(scale, unit * b + origin - scale * centre, loss)
    size = abs(centre) + spread
    a, _, loss = _descended(problem, space, (0.0, size), (a / spread * size, -origin / unit), (True, False))
    yield FittedLine(unit * a / size, 0.0, loss)
    for one in (1.0, -1.0):
        if one * scale > 0:
            fixed = one * spread / unit
            _, b, loss = _descended(problem, space, (centre, spread), (fixed, start[1]), (False, True))
            yield FittedLine(one, unit * b + origin - one * centre, loss)
            bare = one / unit, -origin / unit
            yield FittedLine(one, 0.0, _descended(problem, space, (0.0, 1.0), bare, (False, False))[2])
    space.line[:] = kept


def loss_of_line(problem: Problem, space: FitSpace, scale: float, offset: float) -> FittedLine:
    """A line of a formula as it is, with its loss; ``space`` holds the formula's values on all rows."""
    unit, origin = problem.predictor
    start = scale / unit, (offset - origin) / unit
    kept = space.line.copy()
    loss = _descended(problem, space, (0.0, 1.0), start, (False, False))[2]
    space.line[:] = kept
    return FittedLine(scale, offset, loss)


def _descended(
    problem: Problem,
    space: FitSpace,
    standard: tuple[float, float],
    start: tuple[float, float],
    free: tuple[bool, bool],
) -> tuple[float, float, float]:
    """Scale and offset of f less a centre and over a unit, from a start, and their loss."""
    z: NDArray[np.float64] = space.lines[0]
    np.subtract(space.f, standard[0], out=z)
    np.divide(z, standard[1], out=z)
    line, loss = space.line, problem.rows.loss
    line[UNIT_SCALE], line[OFFSET] = start
    for _ in range(_CALLS if all(free) else 1):
        if descend(problem.rows, z, line, space.loss_scratch, *free, loss.steps):
            break
    return float(line[UNIT_SCALE]), float(line[OFFSET]), float(line[LEFT])
