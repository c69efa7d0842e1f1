"""Oscillations on even grids, exchanged for the slow ones that have the same values on the rows.

Where a column takes steps of one size, ``cos(w * t)`` and ``cos((w + 2 * pi / step) * t)`` are the same on
every row (Shannon 1949, *Communication in the presence of noise*), and a fit ends at whichever is nearest to
where it began. Of such aliases the one below half of the sampling rate is meant.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.engine import reference
from symlaw.language.expression import Constant, Expression
from symlaw.language.operators import LINE_OPERATORS, SUMS, Operator, operator

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from symlaw.language.expression import Nodes

    Array = NDArray[np.float64]

# Rows from which the step is told; and by how much, in steps, values may be off where so many differ.
_ROWS, _EXACT, _JITTER, _MANY = 4096, 1e-6, 0.1, 12
# Parts of the usual distance of neighbours that are tried as the step, the largest first.
_PARTS = 12
# An argument that spans more than this has values that turn on the last digits of its constants.
_WIDEST = 1e5
# Steps with which frequencies stay in the range of numbers.
_STEPS = (1e-150, 1e150)


class Grid(NamedTuple):
    """Values that are ``origin`` plus a whole number of times ``step``."""

    origin: float
    step: float


def grid_of(values: Array) -> Grid | None:
    """The grid that values lie on, gaps and repeated values allowed; None where they lie on none.

    Where a dozen values or more differ, each may be off by a tenth of a step.

    Parameters
    ----------
    values
        float64 (n_rows,), finite.
    """
    if len(values) > _ROWS:
        values = values[np.linspace(0, len(values) - 1, _ROWS).astype(int)]
    different = np.unique(values)
    if len(different) < 2:
        return None
    gaps = np.diff(different)
    # repeated values with rounding, or with jitter, are no neighbours
    for least in (_EXACT * float(np.max(gaps)), 2 * _JITTER * float(np.median(gaps))):
        apart = gaps[gaps > least]
        smallest = float(np.median(apart[apart < 1.5 * np.min(apart)]))
        for parts in range(1, _PARTS + 1):
            if (grid := _fitted(different, smallest / parts)) is not None:
                return grid
    return None


def _fitted(values: Array, step: float) -> Grid | None:
    """The grid of about this step that fits rising values, or None."""
    shares = np.diff(values) / step
    if not np.sum(shares) < 1e9:
        return None
    places = np.concatenate([[0.0], np.cumsum(np.rint(shares))])
    if places[-1] == 0.0:
        return None
    centred = places - np.mean(places)
    step = float(centred @ values / (centred @ centred))
    origin = float(np.mean(values) - step * np.mean(places))
    off = float(np.max(np.abs((values - origin) / step - places)))
    exact = _EXACT + 8.0 * np.finfo(float).eps * float(np.max(np.abs(values))) / step
    if not _STEPS[0] < step < _STEPS[1] or off > (_JITTER if len(values) >= _MANY else exact):
        return None
    return Grid(float(values[0]) if off <= exact else origin, step)


@dataclass
class Unaliased:
    """Writes formulas without oscillations faster than half of the sampling rate.

    Parameters
    ----------
    columns
        Values of the variables on the rows, by name.
    products
        Whether a factor is written by ``*``; by ``/`` otherwise.
    """

    columns: Mapping[str, Array]
    products: bool = True
    _grids: dict[Nodes, Grid | None] = field(default_factory=dict)

    def __call__(self, formula: Expression) -> Expression | None:
        """The formula with slow oscillations; itself where all are, None where that is not to be."""
        root = formula.nodes[-1]
        if not isinstance(root, Operator) or not any(row.period for row in formula.operators):
            return formula
        arguments = formula.arguments()
        parts = [self(part) for part in arguments]
        if root.period and parts[0] is not None:
            parts = [self._slow(parts[0], root)]
        if any(part is None for part in parts):
            return None
        if all(new is old for new, old in zip(parts, arguments, strict=True)):
            return formula
        return Expression((*(node for part in parts if part is not None for node in part.nodes), root))

    def _slow(self, argument: Expression, row: Operator) -> Expression | None:
        """An argument of an oscillation with small frequencies, or None."""
        if not argument.constants:
            return argument
        sum_ = _sum_of(argument)
        if not all(map(math.isfinite, (*sum_.slopes.values(), sum_.phase))):
            return None
        turned = 0.0
        slopes = dict(sum_.slopes)
        for nodes, slope in sum_.slopes.items():
            grid = self._grid(nodes) if abs(slope) != 1.0 else None
            if grid is None:
                continue
            period = row.period / grid.step
            # half of the rate itself stays what it is
            turns = math.copysign(math.floor(abs(slope) / period + 0.5 - 1e-9), slope)
            slopes[nodes] = slope - turns * period
            turned += turns * period * grid.origin
        if slopes != sum_.slopes:
            return self._written(_Sum(slopes, _phase(sum_.phase, turned, row)), row)
        return None if self._is_too_wide(argument) else argument

    def _grid(self, nodes: Nodes) -> Grid | None:
        """The grid of a part without constants."""
        if nodes not in self._grids:
            part, known = Expression(nodes), None
            if not part.constants and part.variables:
                with np.errstate(all="ignore"):
                    values = np.asarray(reference.values(part, self.columns), dtype=float)
                known = grid_of(values) if values.ndim and np.all(np.isfinite(values)) else None
            self._grids[nodes] = known
        return self._grids[nodes]

    def _is_too_wide(self, argument: Expression) -> bool:
        with np.errstate(all="ignore"):
            values = np.asarray(reference.values(argument, self.columns))
            return bool(np.ptp(values) > _WIDEST)

    def _written(self, found: _Sum, row: Operator) -> Expression | None:
        """A sum as a formula, its first slope positive where the oscillation allows it."""
        slopes, phase = found
        first = next(iter(slopes.values()))
        is_even = row.parity == "even"
        turns = is_even or (row.parity == "odd" and phase != 0.0 and _turns_over(row))
        if first < 0 and len(slopes) == 1 and turns:
            slopes = {nodes: -slope for nodes, slope in slopes.items()}
            phase = _phase(-phase, 0.0 if is_even else 0.5 * row.period, row)
        written: list[Nodes] = [self._times(nodes, slope) for nodes, slope in slopes.items() if slope != 0.0]
        if phase != 0.0 or not written:
            written.append((Constant(phase),))
        nodes = written[0]
        for other in written[1:]:
            nodes = (*nodes, *other, operator("+"))
        return Expression(nodes)

    def _times(self, nodes: Nodes, slope: float) -> Nodes:
        if slope == 1.0:
            return nodes
        if self.products:
            return (Constant(slope), *nodes, operator("*"))
        return (*nodes, Constant(1.0 / slope), operator("/"))


class _Sum(NamedTuple):
    """Parts by their factors, and a phase."""

    slopes: dict[Nodes, float]
    phase: float


def _sum_of(part: Expression) -> _Sum:
    """A formula as a sum of parts times numbers."""
    root = part.nodes[-1]
    if isinstance(root, Constant) and not root.fixed:
        return _Sum({}, root.value)
    if isinstance(root, Operator) and root.name in LINE_OPERATORS:
        sums = [_sum_of(argument) for argument in part.arguments()]
        if root.name == "neg":
            return _times(sums[0], -1.0)
        left, right = sums
        if root.name in SUMS:
            return _plus(left, right if root.name == "+" else _times(right, -1.0))
        if not right.slopes and (root.name == "*" or right.phase != 0.0):
            return _times(left, right.phase if root.name == "*" else 1.0 / right.phase)
        if not left.slopes and root.name == "*":
            return _times(right, left.phase)
    return _Sum({part.nodes: 1.0}, 0.0)


def _times(one: _Sum, factor: float) -> _Sum:
    return _Sum({nodes: slope * factor for nodes, slope in one.slopes.items()}, one.phase * factor)


def _plus(one: _Sum, other: _Sum) -> _Sum:
    slopes = dict(one.slopes)
    for nodes, slope in other.slopes.items():
        slopes[nodes] = slopes.get(nodes, 0.0) + slope
    return _Sum(slopes, one.phase + other.phase)


@cache
def _turns_over(row: Operator) -> bool:
    """Whether the value changes its sign with half a period, as a sine does."""
    x = np.linspace(0.1, 1.0, 16) * row.period
    with np.errstate(all="ignore"):
        return bool(np.allclose(row.numpy_function(x + 0.5 * row.period), -row.numpy_function(x), atol=1e-9))


def _phase(phase: float, turned: float, row: Operator) -> float:
    """A phase after a turn, between half a turn back and forth; 0 where both are next to nothing."""
    found = math.remainder(phase + turned, row.turn)
    rounding = 1e-9 + 1e-14 * abs(turned)
    return 0.0 if phase == 0.0 and abs(found) < rounding else found
