"""Fitting the constants inside a formula: Levenberg-Marquardt with scale and offset projected out.

Every formula f gets its least-squares scale and offset, so that only constants inside f are iterated
(variable projection; Golub and Pereyra 1973, with Kaufman's 1975 simplification of the Jacobian). The
damping follows Nielsen (1999). Under another loss than least squares, each step is that of the weighted least
squares that replaces it, and is taken where the loss itself falls.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.engine.blocks import BLOCK, kernel_table
from symlaw.engine.compiling.jit import call_separate, inner, kernel, separately
from symlaw.engine.compiling.records import record
from symlaw.engine.losses.irls import (
    LEFT,
    LINE_PLACES,
    SCRATCH_PLACES,
    SCRATCH_ROWS,
    WARM,
    WORKING_CENTRE,
    WORKING_SQUARE,
    WORKING_TOTAL,
    general,
)
from symlaw.engine.losses.table import CALLED, LEAST_SQUARES, SQUARED, RowLoss
from symlaw.engine.objectives.called import FIRST_STEP, called_score, next_step, stepped
from symlaw.engine.objectives.observed import (
    Observed,
    observed_equations,
    observed_line,
    seen_space,
    unpacked,
)
from symlaw.engine.program import (
    MAX_CONSTANTS,
    Program,
    Workspace,
    backward,
    forward,
    link,
    link_and_mark,
    root_values,
    workspace,
)
from symlaw.engine.reduce import dot, straight_line
from symlaw.engine.step_control import first_damping, refused, taken
from symlaw.engine.tape import CONSTANT

if TYPE_CHECKING:
    from numpy.typing import NDArray


_NO_PLACES, _NO_NUMBERS = np.zeros(0, np.int64), np.zeros(0)


@record
class Rows(NamedTuple):
    """Rows to fit on; made by `make_rows`.

    Attributes
    ----------
    X
        float64 (n_features, n_rows), C order.
    target
        Centred target, float64 (n_rows,).
    weights
        float64 (n_rows,), not negative.
    weighted_target
        Product of the two, float64 (n_rows,).
    total
        Sum of the weights.
    variance
        Weighted mean square of the centred target.
    loss
        The loss, least squares unless told otherwise.
    sight, sight_numbers
        The operator through which the formula's values are seen (`Observed.packed`); empty where each row
        has its own target.
    """

    X: NDArray[np.float64]
    target: NDArray[np.float64]
    weights: NDArray[np.float64]
    weighted_target: NDArray[np.float64]
    total: float
    variance: float
    loss: RowLoss = LEAST_SQUARES
    sight: NDArray[np.int64] = _NO_PLACES
    sight_numbers: NDArray[np.float64] = _NO_NUMBERS

    @property
    def observed(self) -> Observed:
        """The operator in its parts."""
        return unpacked(self.sight, self.sight_numbers)


def make_rows(
    X: NDArray[np.float64], target: NDArray[np.float64], weights: NDArray[np.float64] | None = None
) -> Rows:
    """Rows from data (n_features, n_rows) and a target of ordinary size, which is centred here."""
    w = np.ones(len(target)) if weights is None else np.ascontiguousarray(weights, dtype=float)
    total = float(np.sum(w))
    centred = target - float(np.sum(w * target)) / total
    centred = centred - float(np.sum(w * centred)) / total
    variance = float(np.sum(w * centred**2)) / total
    return Rows(np.ascontiguousarray(X, dtype=float), centred, w, w * centred, total, variance)


@record
class FitSpace(NamedTuple):
    """Scratch for fits on up to a stated number of rows.

    Attributes
    ----------
    f
        Values of the formula, float64 (n_rows,).
    lines
        Scratch of `straight_line`, float64 (2, n_rows).
    gram
        Normal equations: constants, then 1 and f, then the residual, float64.
    solve
        Damped matrix and right side, float64 (MAX_CONSTANTS, MAX_CONSTANTS + 1).
    places
        Node of each constant, int64 (MAX_CONSTANTS,).
    kept
        Constants before a trial step, float64 (MAX_CONSTANTS,).
    line
        Scale, centre, loss left and spread of the last fit, and what `symlaw.engine.losses.irls` keeps,
        float64 (LINE_PLACES,).
    kept_line
        The line before a trial step, likewise.
    damping
        Levenberg-Marquardt damping and its growth factor, carried between calls, float64 (2,).
    work
        Interpreter scratch.
    kernels
        What is called by address, in pairs as `separately` gives them, int64 (8,): the line and the working
        rows of losses that are not least squares, the line and the equations of what is observed.
    loss_scratch
        Scratch of users' losses, float64 (SCRATCH_PLACES, SCRATCH_ROWS).
    seen
        Scratch of rows that are seen through an operator, see `seen_space`; empty where there is none.
    """

    f: NDArray[np.float64]
    lines: NDArray[np.float64]
    gram: NDArray[np.float64]
    solve: NDArray[np.float64]
    places: NDArray[np.int64]
    kept: NDArray[np.float64]
    line: NDArray[np.float64]
    kept_line: NDArray[np.float64]
    damping: NDArray[np.float64]
    work: Workspace
    kernels: NDArray[np.int64]
    loss_scratch: NDArray[np.float64]
    seen: NDArray[np.float64]


def fit_space(n_rows: int, like: Rows | None = None) -> FitSpace:
    """Fresh scratch for ``n_rows`` rows.

    Parameters
    ----------
    n_rows
        Most rows it is used for.
    like
        Such rows, needed where they are judged by more than least squares of their own targets.
    """
    m = 0 if like is None or not len(like.sight) else int(like.sight[0])
    f, lines, line = np.zeros(n_rows), np.zeros((2, max(n_rows, m))), np.zeros(LINE_PLACES)
    loss_scratch = np.zeros((SCRATCH_PLACES, SCRATCH_ROWS))
    plain = like is None or like.loss.code == SQUARED
    space = FitSpace(
        f,
        lines,
        np.zeros((MAX_CONSTANTS + 2, MAX_CONSTANTS + 3)),
        np.zeros((MAX_CONSTANTS, MAX_CONSTANTS + 1)),
        np.zeros(MAX_CONSTANTS, np.int64),
        np.zeros(MAX_CONSTANTS),
        line,
        np.zeros(LINE_PLACES),
        first_damping(),
        workspace(),
        np.zeros(8, np.int64),
        loss_scratch,
        seen_space(n_rows, m),
    )
    if like is not None and not plain and like.loss.code != CALLED:
        space.kernels[:4] = np.concatenate(general((f, like, lines, line, loss_scratch)))
    if like is not None and m:
        space.kernels[4:] = np.concatenate(_observing(space, like))
    return space


def _observing(space: FitSpace, rows: Rows) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The kernels for rows that are seen through an operator."""
    program = Program(np.zeros(1, np.int16), np.zeros(1, np.int16), np.zeros(1))
    line = (space.f, rows, space.lines, space.line, space.seen)
    equations = (program, np.int64(1), kernel_table(()), rows, space, np.int64(1))
    return separately(observed_line, line), separately(observed_equations, equations)


@kernel
def score(program, length, table, rows, space):  # type: ignore[no-untyped-def]
    """Loss left after the best scale and offset; inf where any value is not finite.

    The values stay in ``space.f`` and the line in ``space.line``.
    """
    fill_values(program, length, table, rows, space, np.int64(0), rows.X.shape[1])
    if rows.loss.code == CALLED:
        called_score(program, length, rows, space.f, space.line)
    else:
        best_line(space.f, rows, space)
    return space.line[2]


@kernel
def best_line(f, rows, space):  # type: ignore[no-untyped-def]
    """Best scale and offset for values f under the loss of the rows, into ``space.line``.

    Least squares leaves its mean square there, any other loss itself; see `straight_line` and
    `symlaw.engine.losses.irls.general_line`. A function that judges whole formulas has none: the loss is inf.
    """
    if rows.loss.code == CALLED:
        space.line[LEFT] = np.inf
        return
    if len(rows.sight) > 0:
        if call_separate(space.kernels[4:6], (f, rows, space.lines, space.line, space.seen)) != 0:
            space.line[LEFT] = np.inf
        return
    straight_line(f, rows, space.lines, space.line)
    if rows.loss.code != SQUARED:
        wrong = call_separate(space.kernels[0:2], (f, rows, space.lines, space.line, space.loss_scratch))
        if wrong != 0:
            space.line[LEFT] = np.inf


@kernel
def fill_values(program, length, table, rows, space, begin, end):  # type: ignore[no-untyped-def]
    """Values of a program on rows begin to end, into ``space.f``."""
    link(program, length, table.arity, space.work)
    for first in range(begin, end, BLOCK):
        n = min(BLOCK, end - first)
        forward(program, length, table, rows.X, first, n, space.work)
        root_values(program, length, rows.X, first, n, space.f, space.work)


@kernel
def fit_constants(program, length, table, rows, space, max_steps, tolerance):  # type: ignore[no-untyped-def]
    """Improve the constants of a program in place; at most ``max_steps`` accepted or refused steps.

    Returns (mean square left, steps taken, whether it converged). Start with ``space.damping`` at
    (1e-3, 2); a call with few steps continues where the last stopped.
    """
    loss = score(program, length, table, rows, space)
    count = _find_constants(program, length, space.places)
    if count == 0 or not loss < np.inf:
        return loss, 0, True
    if rows.loss.code == CALLED:
        return _searched(program, length, table, rows, space, max_steps, count)
    link_and_mark(program, length, table.arity, CONSTANT, space.work)
    steps, fresh, done = 0, True, False
    while steps < max_steps and not done:
        if fresh and len(rows.sight) > 0:
            _observed_equations(program, length, table, rows, space, count)
        elif fresh:
            _normal_equations(program, length, table, rows, space, count)
        steps += 1
        if not _damped_step(space, count):
            done = True
            break
        moved = _moved(program, space, count)
        _copy_line(space.line, space.kept_line)
        space.line[WARM] = 1.0
        trial = score(program, length, table, rows, space)
        space.line[WARM] = 0.0
        fresh = trial < loss
        if fresh:
            gain = (loss - trial) / loss
            loss = trial
            done = taken(space.damping, loss, gain, moved, tolerance)
        else:
            for k in range(count):
                program.values[space.places[k]] = space.kept[k]
            _copy_line(space.kept_line, space.line)
            done = refused(space.damping, moved)
    if not fresh:
        # space.f and space.line belong to the refused trial
        space.line[WARM] = 1.0
        loss = score(program, length, table, rows, space)
        space.line[WARM] = 0.0
    return loss, steps, done


@inner
def _searched(program, length, table, rows, space, max_steps, count):  # type: ignore[no-untyped-def]
    """As `fit_constants`, one constant after another, where nothing is known but the score."""
    values, places, loss, steps = program.values, space.places, space.line[2], 0
    for k in range(count):
        space.kept[k] = FIRST_STEP
    turn = 0
    while steps < max_steps:
        k, helped = turn % count, False
        for sign in (1.0, -1.0):
            before = stepped(values, places[k], sign * space.kept[k])
            trial = score(program, length, table, rows, space)
            steps += 1
            if trial < loss:
                loss, helped = trial, True
                space.kept[k] *= sign
                break
            values[places[k]] = before
        space.kept[k] = next_step(space.kept[k], helped)
        turn += 1
    # values and line are those of the last trial
    return score(program, length, table, rows, space), steps, False


@inner
def _moved(program, space, count):  # type: ignore[no-untyped-def]
    """Take the step, keeping the constants of before; the largest relative move."""
    moved = 0.0
    for k in range(count):
        space.kept[k] = program.values[space.places[k]]
        step = space.solve[k, count]
        program.values[space.places[k]] += step
        moved = max(moved, abs(step) / (abs(space.kept[k]) + 1e-12))
    return moved


@inner
def _copy_line(source, target):  # type: ignore[no-untyped-def]
    for place in range(len(source)):
        target[place] = source[place]


@inner
def _find_constants(program, length, places):  # type: ignore[no-untyped-def]
    """Note the first constants' places; how many there are."""
    count = 0
    for place in range(length):
        if program.codes[place] == CONSTANT and count < MAX_CONSTANTS:
            places[count] = place
            count += 1
    return count


@inner
def _observed_equations(program, length, table, rows, space, count):  # type: ignore[no-untyped-def]
    """As `_normal_equations`, where rows are seen through an operator."""
    arguments = (program, np.int64(length), table, rows, space, np.int64(count))
    call_separate(space.kernels[6:8], arguments)


@inner
def _normal_equations(program, length, table, rows, space, count):  # type: ignore[no-untyped-def]
    """Gram matrix of [slopes, 1, deviation] with weights, and its product with the residual."""
    scale, centre = space.line[0], space.line[1]
    total, square = rows.total, space.line[3] * space.line[3] * rows.total
    squared = rows.loss.code == SQUARED
    if not squared:
        call_separate(space.kernels[2:4], (space.f, rows, space.lines, space.line, space.loss_scratch))
        centre, total = space.line[WORKING_CENTRE], space.line[WORKING_TOTAL]
        square = space.line[WORKING_SQUARE]
    space.gram[:, :] = 0.0
    n_rows = rows.X.shape[1]
    work = space.work
    for first in range(0, n_rows, BLOCK):
        n = min(BLOCK, n_rows - first)
        forward(program, length, table, rows.X, first, n, work)
        backward(program, length, table, n, work)
        weights, residual = space.lines[0, first : first + n], space.lines[1, first : first + n]
        deviation = work.adjoints[length - 1]
        values = work.values[length - 1]
        for i in range(n):
            deviation[i] = values[i] - centre
        if squared:
            for i in range(n):
                weights[i] = rows.weights[first + i]
                residual[i] = weights[i] * (rows.target[first + i] - scale * deviation[i])
        for k in range(count):
            slope = work.adjoints[space.places[k]]
            for i in range(n):
                values[i] = slope[i] * weights[i]
            for j in range(k + 1):
                space.gram[k, j] += dot(values, work.adjoints[space.places[j]], n)
            space.gram[MAX_CONSTANTS, k] += dot(slope, weights, n)
            space.gram[MAX_CONSTANTS + 1, k] += dot(values, deviation, n)
            space.gram[k, MAX_CONSTANTS + 2] += dot(slope, residual, n)
    space.gram[MAX_CONSTANTS, MAX_CONSTANTS] = total
    space.gram[MAX_CONSTANTS + 1, MAX_CONSTANTS + 1] = square


@inner
def _project_and_damp(space, count):  # type: ignore[no-untyped-def]
    """Take scale and offset out of the normal equations, and damp them: the lower half of space.solve."""
    gram, a = space.gram, space.solve
    one, dev = MAX_CONSTANTS, MAX_CONSTANTS + 1
    scale, damping = space.line[0], space.damping[0]
    for k in range(count):
        for j in range(k + 1):
            projected = gram[k, j] - gram[one, k] * gram[one, j] / gram[one, one]
            if gram[dev, dev] > 0:
                projected -= gram[dev, k] * gram[dev, j] / gram[dev, dev]
            a[k, j] = scale * scale * projected
        a[k, count] = scale * gram[k, MAX_CONSTANTS + 2]
    for k in range(count):
        full = scale * scale * gram[k, k]
        if not full > 0.0 or not full < 1e300:
            # a constant without effect stays where it is
            full = 1.0
            for j in range(k):
                a[k, j] = 0.0
            for j in range(k + 1, count):
                a[j, k] = 0.0
            a[k, k], a[k, count] = 0.0, 0.0
        a[k, k] = max(a[k, k], 0.0) * (1.0 + damping) + full * 1e-13


@inner
def _damped_step(space, count):  # type: ignore[no-untyped-def]
    """Solve the projected, damped normal equations by Cholesky; the step is space.solve[:count, count]."""
    a = space.solve
    _project_and_damp(space, count)
    for k in range(count):
        pivot = a[k, k]
        for j in range(k):
            pivot -= a[k, j] * a[k, j]
        if not pivot > 0.0:
            pivot = 1e-14 * abs(a[k, k]) + 1e-300
        a[k, k] = pivot**0.5
        for i in range(k + 1, count):
            value = a[i, k]
            for j in range(k):
                value -= a[i, j] * a[k, j]
            a[i, k] = value / a[k, k]
    for k in range(count):
        value = a[k, count]
        for j in range(k):
            value -= a[k, j] * a[j, count]
        a[k, count] = value / a[k, k]
    ok = True
    for step in range(count):
        k = count - 1 - step
        value = a[k, count]
        for j in range(k + 1, count):
            value -= a[j, k] * a[j, count]
        a[k, count] = value / a[k, k]
        ok = ok and abs(a[k, count]) < 1e300
    return ok
