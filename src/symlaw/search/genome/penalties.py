"""What genomes are charged for breaking what the user says about values, while they are scored.

Sums of the complete formula's values, its fitted scale and offset included, have to lie between two numbers
(`symlaw.knowledge.statements.shape.Conditions`). What they are off by, squared, is added to the loss, so that
populations drift to formulas that hold, by way of those that nearly do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.engine.compiling.jit import kernel, separately
from symlaw.engine.compiling.records import record
from symlaw.engine.elementary import exp
from symlaw.engine.fit import FitSpace, Rows, fill_values, fit_space, make_rows
from symlaw.engine.losses.irls import CENTRE, OFFSET, SCALE
from symlaw.knowledge.statements.kinds import MOST_TERMS
from symlaw.knowledge.statements.shape import MOST_OFF

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symlaw.engine.blocks import KernelTable
    from symlaw.engine.program import Program
    from symlaw.knowledge.statements.shape import Shape
    from symlaw.search.problem import Problem

# Loss for each squared standard deviation of the target by which the sums of one statement are off.
STRICTNESS = 10.0


@record
class Steering(NamedTuple):
    """Sums to look at, and scratch; without sums nothing is looked at.

    Attributes
    ----------
    call
        `charge` as `separately` gives it.
    rows, space
        The points as rows, and scratch for them.
    places, factors, low, high, price
        As in `symlaw.knowledge.statements.shape.Conditions`, in the unit of the normalised target.
    shift
        What a prediction for the probe rows lacks of one of the normalised target.
    general, logit
        Whether the loss is another than least squares; whether formulas give log-odds. 0 or 1.
    charged
        The result, float64 (1,).
    """

    call: NDArray[np.int64]
    rows: Rows
    space: FitSpace
    places: NDArray[np.int64]
    factors: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    price: NDArray[np.float64]
    shift: float
    general: int
    logit: int
    charged: NDArray[np.float64]


def no_steering(space: FitSpace) -> Steering:
    """Nothing to look at."""
    nothing = np.zeros(0)
    rows = make_rows(np.zeros((1, 1)), np.zeros(1))
    empty = np.zeros((0, MOST_TERMS), np.int64), np.zeros((0, MOST_TERMS))
    call = np.zeros(2, np.int64)
    return Steering(call, rows, space, *empty, nothing, nothing, nothing, 0.0, 0, 0, np.zeros(1))


def steering_of(problem: Problem, shape: Shape, table: KernelTable, program: Program) -> Steering:
    """What a problem says about values, for genomes that are scored on its probe rows.

    ``program`` is one of the kind that will come.
    """
    asked, loss = shape.conditions, problem.loss
    rows = make_rows(np.ascontiguousarray(asked.points.T), np.zeros(len(asked.points)))
    space, sums = fit_space(len(asked.points)), np.sum(asked.factors, axis=1)
    low, high, factors, shift = asked.low / shape.unit, asked.high / shape.unit, asked.factors, 0.0
    if loss.gives_log_odds:
        factors = factors / shape.unit
    else:
        normal = (problem.y[problem.probe_places] - problem.y_centre) / problem.y_scale
        shift = float(np.average(normal, weights=problem.probe.weights))
        low, high = ((end - problem.y_centre * sums) / problem.y_scale for end in (asked.low, asked.high))
    found = Steering(
        np.zeros(2, np.int64), rows, space, asked.places, factors, low, high, STRICTNESS * asked.price, shift,
        int(not loss.by_squares), int(loss.gives_log_odds), np.zeros(1),
    )  # fmt: skip
    return found._replace(call=separately(charge, (program, 1, table, found, space.line)))


@kernel
def charge(program, size, table, steering, line):  # type: ignore[no-untyped-def]
    """Find what a formula is charged, into ``steering.charged``."""
    rows, f = steering.rows, steering.space.f
    fill_values(program, size, table, rows, steering.space, np.int64(0), rows.X.shape[1])
    offset = steering.shift
    if steering.general != 0:
        offset += line[OFFSET]
    for i in range(rows.X.shape[1]):
        f[i] = line[SCALE] * (f[i] - line[CENTRE]) + offset
        if steering.logit != 0:
            f[i] = 1.0 / (1.0 + exp(-f[i]))
    total = 0.0
    for k in range(len(steering.low)):
        value = 0.0
        for j in range(MOST_TERMS):
            if steering.factors[k, j] != 0.0:
                value += steering.factors[k, j] * f[steering.places[k, j]]
        off = max(steering.low[k] - value, value - steering.high[k])
        # nan is as far off as can be
        if not off < MOST_OFF:
            off = MOST_OFF
        if off > 0.0:
            total += steering.price[k] * off * off
    steering.charged[0] = total
