"""Lines of a formula on all rows of a problem: with scale and offset, without one of them or both."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from symlaw.engine.losses.irls import CENTRE, LEFT, OFFSET, SCALE, SPREAD, UNIT_SCALE, descend
from symlaw.engine.reduce import line_sums
from symlaw.search.constants.admissible import Moments, allowed_line, allowed_lines
from symlaw.search.objectives.base import Ability
from symlaw.search.scoring.affine import Line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from symlaw.engine.fit import FitSpace
    from symlaw.knowledge.constants import ConstantKind
    from symlaw.search.problem import Problem

# Calls of bounded length after which a whole line is taken as it is; mostly one is enough.
_CALLS = 3


class Lines:
    """Lines of the formula that was scored last on all rows.

    Parameters
    ----------
    problem
        What is asked.
    space
        Scratch of the scores: the formula's values, and the line that its fit ended with; both are left as
        they are.
    """

    def __init__(self, problem: Problem, space: FitSpace) -> None:
        self._problem, self._space = problem, space
        # what is seen of an offset of 1, and of a formula's values after a score
        self._ones = problem.rows.observed.ones if len(problem.rows.sight) else None
        self._seen = space.f if self._ones is None else space.seen[: len(self._ones)]
        # the target in units of y_scale, not centred
        self._full = self._moved(problem.rows.target, -problem.y_centre / problem.y_scale)
        self._sums = np.zeros(5)

    @property
    def moments(self) -> Moments:
        """What the least squares of every line follow from, of least squares."""
        scale, centre, _, spread = (float(value) for value in self._space.line[:4])
        problem = self._problem
        return Moments(problem.y_scale * scale, centre, spread, problem.y_centre)

    def forms(self, kind: ConstantKind | None) -> list[Line]:
        """The best line, and the best without offset, without scale and without either.

        Scale and offset are such numbers as are allowed; those that leave nothing finite are left out.
        """
        if self._problem.offers(Ability.SQUARES):
            found = self._of_squares() if kind is None else self._allowed(kind)
        else:
            found = list(self._of_losses())
            if kind is not None:
                allowed = {allowed_line(kind, line.scale, line.offset): None for line in found}
                found = [self._under_loss(*line) for line in allowed if line is not None]
        return [line for line in found if np.isfinite(line.loss)]

    def of(self, scale: float, offset: float) -> Line:
        """A line as it is, of least squares."""
        problem, rows = self._problem, self._problem.rows
        self._sum_up(scale / problem.y_scale, offset / problem.y_scale, 1.0)
        return Line(scale, offset, float(self._sums[0]) / rows.total / rows.variance)

    def _allowed(self, kind: ConstantKind) -> list[Line]:
        allowed = allowed_lines(kind, self.moments)
        return [self.of(*line) for line in allowed if self._space.line[SCALE] != 0]

    def _of_squares(self) -> list[Line]:
        problem = self._problem
        line_scale, centre, loss, spread = (float(value) for value in self._space.line[:4])
        scale = problem.y_scale * line_scale
        found = [Line(scale, problem.y_centre - scale * centre, loss)]
        if line_scale == 0:
            return found
        unit = abs(centre) + spread
        with np.errstate(all="ignore"):
            self._sum_up(0.0, 0.0, unit)
            through_zero = float(self._sums[3] / self._sums[4])
            found.append(self.of(through_zero * problem.y_scale / unit, 0.0))
            for one in (1.0, -1.0):
                if one * scale > 0:
                    found += [self.of(one, problem.y_centre - one * centre), self.of(one, 0.0)]
        return found

    def _sum_up(self, scale: float, offset: float, unit: float) -> None:
        target, weights = self._full, self._problem.rows.weights
        if self._ones is not None:
            target, offset = self._moved(target, offset), 0.0
        line_sums(self._seen, target, weights, scale, offset, unit, self._sums)

    def _moved(self, target: NDArray[np.float64], offset: float) -> NDArray[np.float64]:
        """A target less what is seen of an offset."""
        return target - offset if self._ones is None else target - offset * self._ones

    def _of_losses(self) -> Iterator[Line]:
        """The same under a loss that is not least squares."""
        problem, line = self._problem, self._space.line
        unit, origin = problem.predictor
        kept = line.copy()
        centre, spread = float(kept[CENTRE]), float(kept[SPREAD])
        if kept[SCALE] == 0.0 or not spread > 0.0:
            yield Line(0.0, unit * float(kept[OFFSET]) + origin, float(kept[LEFT]))
            return
        start = float(kept[SCALE]) * spread, float(kept[OFFSET])
        a, b, loss = self._descended((centre, spread), start, (True, True))
        scale = unit * a / spread
        yield Line(scale, unit * b + origin - scale * centre, loss)
        size = abs(centre) + spread
        a, _, loss = self._descended((0.0, size), (a / spread * size, -origin / unit), (True, False))
        yield Line(unit * a / size, 0.0, loss)
        for one in (1.0, -1.0):
            if one * scale > 0:
                fixed = one * spread / unit
                _, b, loss = self._descended((centre, spread), (fixed, start[1]), (False, True))
                yield Line(one, unit * b + origin - one * centre, loss)
                bare = one / unit, -origin / unit
                yield Line(one, 0.0, self._descended((0.0, 1.0), bare, (False, False))[2])
        line[:] = kept

    def _under_loss(self, scale: float, offset: float) -> Line:
        """A line as it is, under a loss that is not least squares."""
        unit, origin = self._problem.predictor
        start = scale / unit, (offset - origin) / unit
        kept = self._space.line.copy()
        loss = self._descended((0.0, 1.0), start, (False, False))[2]
        self._space.line[:] = kept
        return Line(scale, offset, loss)

    def _descended(
        self, standard: tuple[float, float], start: tuple[float, float], free: tuple[bool, bool]
    ) -> tuple[float, float, float]:
        """Scale and offset of f less a centre and over a unit, from a start, and their loss."""
        space, rows = self._space, self._problem.rows
        z: NDArray[np.float64] = space.lines[0]
        np.subtract(space.f, standard[0], out=z)
        np.divide(z, standard[1], out=z)
        line = space.line
        line[UNIT_SCALE], line[OFFSET] = start
        for _ in range(_CALLS if all(free) else 1):
            if descend(rows, z, line, space.loss_scratch, *free, rows.loss.steps):
                break
        return float(line[UNIT_SCALE]), float(line[OFFSET]), float(line[LEFT])
