"""Scale and offset under losses that are not least squares: iteratively reweighted least squares (IRLS).

Each step minimises a parabola for each row, of its pull and stiffness, over scale and offset at once: Fisher
scoring for counts and labels (Nelder and Wedderburn 1972), minorise-maximise steps for the others. A step
that makes things worse is halved, then given up, so that what comes out is never worse than what went in.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.engine.compiling.jit import address_of, call_loss, inner, kernel, scalar, separately
from symlaw.engine.elementary import exp, log, log1p
from symlaw.engine.losses.deviances import LEAST_STIFFNESS
from symlaw.engine.losses.table import HUBER, LOG, LOG_COSH, LOGISTIC, PINBALL, USERS

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LOG_2 = math.log(2.0)
_HALVINGS = 6
# A corner of the absolute value is rounded at this fraction of the harmonic mean of errors, and at least at
# the other of the best constant's mean deviance. Unlike a mean, outliers do not move the harmonic mean.
_ROUNDING, _LEAST_ROUNDING = 0.01, 1e-12
_CORNER_OF_CONSTANTS = 1e-7
# Steps in a row that gain next to nothing, after which the search ends; corners take a while to turn.
_PATIENCE, _PATIENCE_AT_CORNERS = 1, 3
_EXACT = 1e-29
# Places in a line.
SCALE, CENTRE, LEFT, SPREAD, OFFSET, CORNER, WARM, UNIT_SCALE = range(8)
WORKING_CENTRE, WORKING_TOTAL, WORKING_SQUARE = range(8, 11)
LINE_PLACES = 11
# Places in a loss_scratch, scratch for a block of rows under a user's loss: what it is told and what it says.
TARGET, PREDICTION, WEIGHT, TOLD, COST, PULL, STIFFNESS = range(7)
SCRATCH_PLACES, SCRATCH_ROWS = 7, 128


def general(arguments: tuple[Any, ...]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """`general_line` and `working_rows`, compiled for (f, rows, lines, line, loss_scratch) of these types.

    They are called by their addresses so that a search in least squares compiles and carries nothing of them.
    """
    return separately(general_line, arguments), separately(working_rows, arguments)


@scalar
def cost(code: int, p: float, corner: float, y: float, m: float) -> tuple[float, float, float]:
    """Cost, pull and stiffness of a row; `symlaw.engine.losses.deviances` says of what."""
    r = y - m
    size = abs(r)
    if code == PINBALL:
        stiffness = 0.5 / max(size, corner)
        return 0.5 * size + (p - 0.5) * r, stiffness * r + (p - 0.5), stiffness
    if code == HUBER:
        if size <= p:
            return 0.5 * r * r, r, 1.0
        return p * (size - 0.5 * p), p if r > 0.0 else -p, p / size
    if code == LOG_COSH:
        return _log_cosh(p, r, size / p)
    if code == LOGISTIC:
        return _label(y > 0.0, m)
    if code == LOG:
        return _log_error(p * y, y, m)
    return _count(p, y, m)


@scalar
def _log_cosh(p: float, r: float, z: float) -> tuple[float, float, float]:
    s = z * z
    if z < 0.05:
        value = s * (0.5 - s * (1.0 / 12.0 - s * (1.0 / 45.0 - s * (17.0 / 2520.0))))
        bend = 1.0 - s * (1.0 / 3.0 - s * (2.0 / 15.0 - s * (17.0 / 315.0 - s * (62.0 / 2835.0))))
    else:
        small = exp(-2.0 * z)
        value = z + log1p(small) - _LOG_2
        bend = (1.0 - small) / (1.0 + small) / z
    return p * p * value, r * bend, bend


@scalar
def _label(is_one: bool, m: float) -> tuple[float, float, float]:
    z = m if is_one else -m
    small = exp(-abs(z))
    value = log1p(small) + max(-z, 0.0)
    wrong = (small if z > 0.0 else 1.0) / (1.0 + small)
    return value, wrong if is_one else -wrong, max(wrong * (1.0 - wrong), LEAST_STIFFNESS)


@scalar
def _count(p: float, y: float, m: float) -> tuple[float, float, float]:
    """A count's; ``p`` is the lowest ordinary rate."""
    if y <= 1e-9 * p:
        if m >= 0.0:
            return m, -1.0, 1.0 / max(m, p)
        return 0.5 * m * m / p, -m / p, 1.0 / p
    low = min(p, y)
    above = max(m, low)
    u = (above - y) / y
    value = y * (u - log1p(u))
    if m >= low:
        return value, y / m - 1.0, 1.0 / max(m, p)
    below, stiffness = m - low, y / (low * low)
    slope = 1.0 - y / low
    return value + below * (slope + 0.5 * stiffness * below), -slope - stiffness * below, stiffness


@scalar
def _log_error(low: float, y: float, m: float) -> tuple[float, float, float]:
    """The logarithm's; ``low`` is the lowest ordinary prediction."""
    above = max(m, low)
    error = log(above / y)
    stiffness = (1.0 + max(-error, 0.0)) / (above * above)
    if m >= low:
        return 0.5 * error * error, -error / m, stiffness
    below, slope = m - low, error / low
    value = 0.5 * error * error + below * (slope + 0.5 * stiffness * below)
    return value, -slope - stiffness * below, stiffness


@inner
def _users_costs(rows, z, scale, offset, corner, first, n, loss_scratch):  # type: ignore[no-untyped-def]
    """Costs, pulls and stiffnesses of rows from ``first`` on under a user's loss, into the loss_scratch."""
    aim = rows.loss
    unit = aim.parameter
    for i in range(n):
        loss_scratch[TARGET, i] = unit * (rows.target[first + i] + aim.shift)
        loss_scratch[PREDICTION, i] = unit * (scale * z[first + i] + offset + aim.shift)
        loss_scratch[WEIGHT, i] = rows.weights[first + i]
    loss_scratch[TOLD, 0], loss_scratch[TOLD, 1] = unit * corner, unit
    base, size = address_of(loss_scratch), 8 * loss_scratch.shape[1]
    call_loss(
        aim.users, base, base + size * PREDICTION, base + size * WEIGHT, base + size * TOLD,
        base + size * COST, base + size * PULL, base + size * STIFFNESS, n,
    )  # fmt: skip
    for i in range(n):
        loss_scratch[PULL, i] *= unit
        loss_scratch[STIFFNESS, i] *= unit * unit


@inner
def _users_sums(rows, z, scale, offset, corner, loss_scratch):  # type: ignore[no-untyped-def]
    """`_sums` under a user's loss."""
    total, s0, s1, s2, r0, r1 = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for first in range(0, len(rows.target), SCRATCH_ROWS):
        n = min(SCRATCH_ROWS, len(rows.target) - first)
        _users_costs(rows, z, scale, offset, corner, first, n, loss_scratch)
        for i in range(n):
            w, u = rows.weights[first + i], z[first + i]
            total += w * loss_scratch[COST, i]
            s, r = w * loss_scratch[STIFFNESS, i], w * loss_scratch[PULL, i]
            s0 += s
            s1 += s * u
            s2 += s * u * u
            r0 += r
            r1 += r * u
    return total / rows.total / rows.loss.null, s0, s1, s2, r0, r1


@inner
def _sums(rows, z, scale, offset, corner, loss_scratch):  # type: ignore[no-untyped-def]
    """Relative loss of ``scale * z + offset``, and the sums of a step.

    Those of the weights of the step, alone and times z and its square, and of the pulls, alone and times z.
    """
    aim = rows.loss
    if aim.code == USERS:
        return _users_sums(rows, z, scale, offset, corner, loss_scratch)
    code, p, shift = aim.code, aim.parameter, aim.shift
    total, s0, s1, s2, r0, r1 = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for i in range(len(rows.target)):
        w, u = rows.weights[i], z[i]
        value, pull, stiffness = cost(code, p, corner, rows.target[i] + shift, scale * u + offset + shift)
        total += w * value
        s = w * stiffness
        s0 += s
        s1 += s * u
        s2 += s * u * u
        r0 += w * pull
        r1 += w * pull * u
    return total / rows.total / aim.null, s0, s1, s2, r0, r1


@inner
def _step(sums, free_scale, free_offset):  # type: ignore[no-untyped-def]
    """What to add to scale and offset."""
    _, s0, s1, s2, r0, r1 = sums
    determinant = s0 * s2 - s1 * s1
    if free_scale and free_offset and determinant > 1e-13 * s0 * s2:
        return (s0 * r1 - s1 * r0) / determinant, (s2 * r0 - s1 * r1) / determinant
    if free_offset and s0 > 0.0:
        return 0.0, r0 / s0
    if free_scale and s2 > 0.0:
        return r1 / s2, 0.0
    return 0.0, 0.0


@kernel
def descend(rows, z, line, loss_scratch, free_scale, free_offset, max_sums):  # type: ignore[no-untyped-def]
    """Improve ``line[UNIT_SCALE] * z + line[OFFSET]`` as a prediction of the centred target.

    Parameters
    ----------
    rows
        `symlaw.engine.fit.Rows` of a loss that is not least squares.
    z
        float64 (n_rows,), of ordinary size.
    line
        float64 (LINE_PLACES,): scale, offset and corner are read and written, the loss is written.
    loss_scratch
        Scratch of users' losses, float64 (SCRATCH_PLACES, SCRATCH_ROWS).
    free_scale, free_offset
        What may change.
    max_sums
        Passes over the rows, about.

    Returns
    -------
    bool
        Whether it ended because nothing more is to be gained.
    """
    aim = rows.loss
    corners = aim.bend > 0.0
    patience = _PATIENCE_AT_CORNERS if corners else _PATIENCE
    scale, offset, corner = line[UNIT_SCALE], line[OFFSET], line[CORNER]
    sums = _sums(rows, z, scale, offset, corner, loss_scratch)
    used, idle = 1, 0
    while used < max_sums and idle < patience and sums[0] > _EXACT:
        more_scale, more_offset = _step(sums, free_scale, free_offset)
        trial = _sums(rows, z, scale + more_scale, offset + more_offset, corner, loss_scratch)
        used += 1
        for _ in range(0 if corners else _HALVINGS):
            if trial[0] < sums[0] or used >= max_sums:
                break
            more_scale, more_offset = 0.5 * more_scale, 0.5 * more_offset
            trial = _sums(rows, z, scale + more_scale, offset + more_offset, corner, loss_scratch)
            used += 1
        idle = 0 if trial[0] < sums[0] * (1.0 - aim.tolerance) else idle + 1
        if trial[0] < sums[0]:
            scale, offset, sums = scale + more_scale, offset + more_offset, trial
        elif corners:
            sums = _sums(rows, z, scale, offset, corner * _ROUNDING, loss_scratch)
        if corners:
            corner = max(_ROUNDING * aim.bend * rows.total / sums[1], _LEAST_ROUNDING * _error_size(aim))
    line[UNIT_SCALE], line[OFFSET], line[CORNER] = scale, offset, corner
    line[LEFT] = sums[0] if sums[0] >= 0.0 else np.inf
    return idle >= patience or not sums[0] > _EXACT


@inner
def _error_size(aim):  # type: ignore[no-untyped-def]
    """An error that costs about as much as those of the best constant do, where the loss has a corner."""
    if aim.code != USERS:
        return aim.null
    return aim.null / aim.bend if aim.bend > 0.0 else 0.0


@inner
def general_line(f, rows, lines, line, loss_scratch):  # type: ignore[no-untyped-def]
    """Turn the least-squares line of f into one that is best under the rows' loss.

    ``lines`` is scratch (2, >= n_rows). The prediction, of the centred target or the log-odds, is
    ``line[SCALE] * (f - line[CENTRE]) + line[OFFSET]``; centre and spread stay as they are. The search begins
    at the best of the least-squares line, the best constant and, where ``line[WARM]`` is 1, the line before.
    """
    aim, z = rows.loss, lines[0]
    before_scale, before_offset = line[UNIT_SCALE], line[OFFSET]
    line[OFFSET] = aim.middle
    if not line[LEFT] < np.inf:
        return
    if not line[SPREAD] > 0.0:
        line[LEFT] = 1.0
        return
    centre, spread = line[CENTRE], line[SPREAD]
    for i in range(len(rows.target)):
        z[i] = (f[i] - centre) / spread
    line[CORNER] = _ROUNDING * _error_size(aim)
    best, line[UNIT_SCALE] = 1.0, 0.0
    if aim.code != LOGISTIC:
        loss = _sums(rows, z, line[SCALE] * spread, 0.0, line[CORNER], loss_scratch)[0]
        if loss < best:
            best, line[UNIT_SCALE], line[OFFSET] = loss, line[SCALE] * spread, 0.0
    if line[WARM] > 0.0:
        loss = _sums(rows, z, before_scale, before_offset, line[CORNER], loss_scratch)[0]
        if loss < best:
            line[UNIT_SCALE], line[OFFSET] = before_scale, before_offset
    descend(rows, z, line, loss_scratch, True, True, aim.steps)
    line[SCALE] = line[UNIT_SCALE] / spread


@inner
def working_rows(f, rows, lines, line, loss_scratch):  # type: ignore[no-untyped-def]
    """Weights and weighted residuals of the least-squares problem that replaces the loss at a line of f.

    They go into ``lines``; into the line go the mean of f under these weights, their sum, and the sum of
    squares of f about that mean.
    """
    aim, weights, residual = rows.loss, lines[0], lines[1]
    corner = max(line[CORNER], _CORNER_OF_CONSTANTS * _error_size(aim))
    n_rows = len(rows.target)
    total, centre = 0.0, 0.0
    if aim.code == USERS:
        offset = line[OFFSET] - line[SCALE] * line[CENTRE]
        for first in range(0, n_rows, SCRATCH_ROWS):
            n = min(SCRATCH_ROWS, n_rows - first)
            _users_costs(rows, f, line[SCALE], offset, corner, first, n, loss_scratch)
            for i in range(n):
                weights[first + i] = rows.weights[first + i] * loss_scratch[STIFFNESS, i]
                residual[first + i] = rows.weights[first + i] * loss_scratch[PULL, i]
    else:
        for i in range(n_rows):
            m = line[SCALE] * (f[i] - line[CENTRE]) + line[OFFSET] + aim.shift
            _, pull, stiffness = cost(aim.code, aim.parameter, corner, rows.target[i] + aim.shift, m)
            weights[i] = rows.weights[i] * stiffness
            residual[i] = rows.weights[i] * pull
    for i in range(n_rows):
        total += weights[i]
        centre += weights[i] * (f[i] - line[CENTRE])
    centre = line[CENTRE] + centre / total
    square = 0.0
    for i in range(n_rows):
        square += weights[i] * (f[i] - centre) * (f[i] - centre)
    line[WORKING_CENTRE], line[WORKING_TOTAL], line[WORKING_SQUARE] = centre, total, square
