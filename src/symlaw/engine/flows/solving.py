"""Solutions of systems: explicit Runge-Kutta steps with error control, and iterated maps.

The pair of orders 5 and 4 is that of Dormand and Prince (1980). Slopes of the states by constants and first
states ride along in the same steps (internal differentiation; Bock 1981), so that they are the slopes of what
is computed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.engine.compiling.jit import inner, kernel
from symlaw.engine.compiling.records import record
from symlaw.engine.flows.rates import HELD, rates

if TYPE_CHECKING:
    from numpy.typing import NDArray

# What ended a solution.
REACHED, DIVERGED, TOO_MANY_STEPS = 0, 1, 2

_NODES = np.array([0.0, 1 / 5, 3 / 10, 4 / 5, 8 / 9, 1.0, 1.0])
_WEIGHTS = np.array(
    [
        [0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
        [1 / 5, 0.0, 0.0, 0.0, 0.0, 0.0],
        [3 / 40, 9 / 40, 0.0, 0.0, 0.0, 0.0],
        [44 / 45, -56 / 15, 32 / 9, 0.0, 0.0, 0.0],
        [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729, 0.0, 0.0],
        [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656, 0.0],
        [35 / 384, 0.0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
    ]
)
_ERRORS = np.array([71 / 57600, 0.0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40])
# Weights of the stages within a step as polynomials of the share of it that is done (Shampine 1986).
_WITHIN = np.array(
    [
        [1.0, -8048581381 / 2820520608, 8663915743 / 2820520608, -12715105075 / 11282082432],
        [0.0, 0.0, 0.0, 0.0],
        [0.0, 131558114200 / 32700410799, -68118460800 / 10900136933, 87487479700 / 32700410799],
        [0.0, -1754552775 / 470086768, 14199869525 / 1410260304, -10690763975 / 1880347072],
        [0.0, 127303824393 / 49829197408, -318862633887 / 49829197408, 701980252875 / 199316789632],
        [0.0, -282668133 / 205662961, 2019193451 / 616988883, -1453857185 / 822651844],
        [0.0, 40617522 / 29380423, -110615467 / 29380423, 69997945 / 29380423],
    ]
)
_SAFETY, _LEAST, _MOST = 0.9, 0.2, 5.0


@record
class Steering(NamedTuple):
    """How exactly a system is solved, and when that is given up.

    Attributes
    ----------
    relative
        Relative error of a step.
    absolute
        Absolute error of a step by state, float64 (n_states,).
    bounds
        Size of each state from which on it counts as diverged, float64 (n_states,).
    most_steps
        Steps after which a solution is given up.
    step
        Length of the step to take next, 0 for one that is estimated, and of the last, float64 (2,).
    """

    relative: float
    absolute: NDArray[np.float64]
    bounds: NDArray[np.float64]
    most_steps: int
    step: NDArray[np.float64]


@inner
def first_step(flow, steering, span):  # type: ignore[no-untyped-def]
    """A length of step that changes no state by more than a hundredth of its size."""
    found = 0.1 * span
    for i in range(len(flow.starts) - 1):
        size = abs(flow.state[i]) + 1e3 * steering.absolute[i]
        if abs(flow.stages[0, i]) * found > 0.01 * size:
            found = 0.01 * size / abs(flow.stages[0, i])
    return found


@inner
def step_error(flow, steering, step):  # type: ignore[no-untyped-def]
    """Root mean square of a step's error in units of what is allowed; inf where it cannot be computed."""
    n_states, total = len(flow.starts) - 1, 0.0
    for i in range(n_states):
        error = 0.0
        for s in range(7):
            error += _ERRORS[s] * flow.stages[s, i]
        size = max(abs(flow.state[i]), abs(flow.trial[i]))
        total += (step * error / (steering.absolute[i] + steering.relative * size)) ** 2
    return np.sqrt(total / n_states) if total < np.inf else np.inf


@inner
def is_lost(flow, steering):  # type: ignore[no-untyped-def]
    """Whether a state is beyond its bounds or no number."""
    for i in range(len(flow.starts) - 1):
        if not abs(flow.state[i]) <= steering.bounds[i]:
            return True
    return False


@inner
def advance(flow, inputs, steering, t, end, q, left):  # type: ignore[no-untyped-def]
    """Take one step from t, not beyond ``end``, to ``flow.trial``; attempts that it took, or -1.

    The step's length goes to ``steering.step[1]``.
    """
    width, step = (len(flow.starts) - 1) * (1 + q), steering.step[0]
    for count in range(1, left + 1):
        is_last = t + 1.000001 * step >= end
        h = end - t if is_last else step
        inputs.middle[0] = t + 0.5 * h
        for s in range(1, 7):
            for k in range(width):
                total = 0.0
                for r in range(s):
                    total += _WEIGHTS[s, r] * flow.stages[r, k]
                flow.trial[k] = flow.state[k] + h * total
            rates(flow, inputs, t + _NODES[s] * h, flow.trial, q, flow.stages[s])
        error = step_error(flow, steering, h)
        factor = _MOST if error < 1e-8 else _SAFETY * error**-0.2
        if error <= 1.0:
            steering.step[0] = max(step if is_last else 0.0, h * min(max(factor, _LEAST), _MOST))
            steering.step[1] = h
            return count
        step = h * (_LEAST if not error < np.inf else min(max(factor, _LEAST), 1.0))
        if not step > 1e-14 * (abs(end) + abs(t)):
            return -1
    return -1


@inner
def between(flow, share, h, width, row):  # type: ignore[no-untyped-def]
    """Write to ``row`` where a step of length h is after a share of it."""
    for k in range(width):
        total = 0.0
        for s in range(7):
            weight = _WITHIN[s, 3]
            for power in range(1, 4):
                weight = weight * share + _WITHIN[s, 3 - power]
            total += weight * flow.stages[s, k]
        row[k] = flow.state[k] + h * share * total


@kernel
def follow(flow, inputs, steering, times, q, out):  # type: ignore[no-untyped-def]
    """Solve from ``flow.state`` at the first time on; out (n_times, width) is nan beyond what was reached.

    ``q`` is 0, or the number of slopes of each state. Returns `REACHED` or why it ended before.
    """
    width, left = (len(flow.starts) - 1) * (1 + q), steering.most_steps
    status, row, t, last = REACHED, 1, times[0], times[len(times) - 1]
    has_jumps = False
    for kind in inputs.kinds:
        has_jumps |= kind == HELD
    for k in range(width):
        out[0, k] = flow.state[k]
    steering.step[0] = 0.0
    while row < len(times) and status == REACHED:
        end = times[row] if has_jumps else last
        if has_jumps or row == 1:
            inputs.middle[0] = t + 1e-3 * (end - t)
            rates(flow, inputs, t, flow.state, q, flow.stages[0])
        if not steering.step[0] > 0.0:
            steering.step[0] = first_step(flow, steering, end - t)
        used = advance(flow, inputs, steering, t, end, q, left)
        left -= used
        if used < 0:
            status = TOO_MANY_STEPS
            break
        h = steering.step[1]
        reached = end if t + 1.000001 * h >= end else t + h
        while row < len(times) and times[row] <= reached:
            between(flow, (times[row] - t) / h, h, width, out[row])
            row += 1
        t = reached
        for k in range(width):
            flow.state[k], flow.stages[0, k] = flow.trial[k], flow.stages[6, k]
        status = DIVERGED if is_lost(flow, steering) else REACHED
    for rest in range(row, len(times)):
        for k in range(width):
            out[rest, k] = np.nan
    return status


@kernel
def iterate(flow, inputs, steering, times, q, out):  # type: ignore[no-untyped-def]
    """As `follow`, of a map: each time's state is made of the one before."""
    width = (len(flow.starts) - 1) * (1 + q)
    for k in range(width):
        out[0, k] = flow.state[k]
    for row in range(1, len(times)):
        inputs.middle[0] = times[row - 1]
        rates(flow, inputs, times[row - 1], flow.state, q, flow.trial)
        for k in range(width):
            flow.state[k] = flow.trial[k]
        if is_lost(flow, steering):
            for rest in range(row, len(times)):
                for k in range(width):
                    out[rest, k] = np.nan
            return DIVERGED
        for k in range(width):
            out[row, k] = flow.state[k]
    return REACHED
