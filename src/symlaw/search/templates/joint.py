"""Fitting constants that occur in several places, some of them anew for each group of rows.

Levenberg-Marquardt without a free scale and offset: what a template says is the whole formula. Constants of a
group touch its own rows only, so the normal equations are those of an arrowhead, solved group by group with a
Schur complement for the constants that all share.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.engine.blocks import BLOCK
from symlaw.engine.compiling.jit import inner, kernel
from symlaw.engine.compiling.records import record
from symlaw.engine.program import (
    MAX_CONSTANTS,
    Workspace,
    backward,
    forward,
    link,
    link_and_mark,
    workspace,
)
from symlaw.engine.step_control import first_damping, refused, taken
from symlaw.engine.tape import CONSTANT, VARIABLE

if TYPE_CHECKING:
    from numpy.typing import NDArray


@record
class GroupedRows(NamedTuple):
    """Rows in the order of their groups.

    Attributes
    ----------
    X
        float64 (n_features, n_rows), C order.
    target
        In units of ``unit``, not centred, float64 (n_rows,).
    weights
        float64 (n_rows,).
    unit
        The target's unit.
    total
        What a sum of squares is divided by to give a loss: of the best constant.
    spans
        Where each group begins, and the end of the last, int64 (n_groups + 1,).
    """

    X: NDArray[np.float64]
    target: NDArray[np.float64]
    weights: NDArray[np.float64]
    unit: float
    total: float
    spans: NDArray[np.int64]


@record
class JointSpace(NamedTuple):
    """Scratch of a fit.

    Attributes
    ----------
    ties
        Of each node the number of the constant that it repeats, negative where there is none, int64
        (MAX_NODES,).
    own
        Whether each constant is a group's own, int64 (MAX_CONSTANTS,).
    values, kept, step
        Constants by group, before a trial step, and the step, float64 (n_groups, MAX_CONSTANTS).
    gram
        Normal equations of one group, the right side last, float64 (MAX_CONSTANTS, MAX_CONSTANTS + 1).
    factor
        Cholesky factor of each group's own block with the columns of the shared ones and the right side
        solved by it, float64 (n_groups, MAX_CONSTANTS, 2 * MAX_CONSTANTS + 1).
    shared
        Normal equations of the shared constants, float64 (MAX_CONSTANTS, MAX_CONSTANTS + 1).
    damping
        Damping and its growth, float64 (2,).
    residual, weighted
        Scratch for a block of rows, float64 (BLOCK,).
    work
        Interpreter scratch.
    """

    ties: NDArray[np.int64]
    own: NDArray[np.int64]
    values: NDArray[np.float64]
    kept: NDArray[np.float64]
    step: NDArray[np.float64]
    gram: NDArray[np.float64]
    factor: NDArray[np.float64]
    shared: NDArray[np.float64]
    damping: NDArray[np.float64]
    residual: NDArray[np.float64]
    weighted: NDArray[np.float64]
    work: Workspace


def joint_space(n_groups: int, ties: NDArray[np.int64]) -> JointSpace:
    """Fresh scratch for programs whose constants are tied so, see `JointSpace`."""
    by_group = (n_groups, MAX_CONSTANTS)
    return JointSpace(
        ties,
        np.zeros(MAX_CONSTANTS, np.int64),
        np.zeros(by_group),
        np.zeros(by_group),
        np.zeros(by_group),
        np.zeros((MAX_CONSTANTS, MAX_CONSTANTS + 1)),
        np.zeros((n_groups, MAX_CONSTANTS, 2 * MAX_CONSTANTS + 1)),
        np.zeros((MAX_CONSTANTS, MAX_CONSTANTS + 1)),
        first_damping(),
        np.zeros(BLOCK),
        np.zeros(BLOCK),
        workspace(),
    )


@inner
def _load(program, length, space, group):  # type: ignore[no-untyped-def]
    for place in range(length):
        if space.ties[place] >= 0:
            program.values[place] = space.values[group, space.ties[place]]


@kernel
def joint_loss(program, length, table, rows, space):  # type: ignore[no-untyped-def]
    """Loss with the constants in ``space.values``; inf where a value is not finite."""
    work, total = space.work, 0.0
    for group in range(len(rows.spans) - 1):
        _load(program, length, space, group)
        link(program, length, table.arity, work)
        for first in range(rows.spans[group], rows.spans[group + 1], BLOCK):
            n = min(BLOCK, rows.spans[group + 1] - first)
            forward(program, length, table, rows.X, first, n, work)
            total += _squares(program, length, rows, first, n, work)
    loss = total / rows.total
    return loss if loss < np.inf else np.inf


@inner
def _squares(program, length, rows, first, n, work):  # type: ignore[no-untyped-def]
    total, root = 0.0, length - 1
    for i in range(n):
        value = work.values[root, i]
        if program.codes[root] == VARIABLE:
            value = rows.X[program.columns[root], first + i]
        left = rows.target[first + i] - value / rows.unit
        total += rows.weights[first + i] * left * left
    return total


@kernel
def fit_jointly(program, length, count, table, rows, space, max_steps, tolerance):  # type: ignore[no-untyped-def]
    """Improve the constants in ``space.values``; (loss, steps taken, whether it converged)."""
    loss = joint_loss(program, length, table, rows, space)
    if count == 0 or not loss < np.inf:
        return loss, 0, True
    steps, done = 0, False
    while steps < max_steps and not done:
        steps += 1
        _equations(program, length, count, table, rows, space)
        if not _solve_for_step(count, len(rows.spans) - 1, space):
            break
        moved = _move(count, len(rows.spans) - 1, space)
        trial = joint_loss(program, length, table, rows, space)
        if trial < loss:
            gain = (loss - trial) / loss
            loss = trial
            done = taken(space.damping, loss, gain, moved, tolerance)
        else:
            _copy(space.kept, space.values)
            done = refused(space.damping, moved)
    return loss, steps, done


@inner
def _copy(source, target):  # type: ignore[no-untyped-def]
    for group in range(source.shape[0]):
        for k in range(source.shape[1]):
            target[group, k] = source[group, k]


@inner
def _move(count, n_groups, space):  # type: ignore[no-untyped-def]
    """Take the step; the largest relative change."""
    moved = 0.0
    _copy(space.values, space.kept)
    for group in range(n_groups):
        for k in range(count):
            space.values[group, k] += space.step[group, k]
            moved = max(moved, abs(space.step[group, k]) / (abs(space.kept[group, k]) + 1e-12))
    return moved


@kernel
def _equations(program, length, count, table, rows, space):  # type: ignore[no-untyped-def]
    """Factors of every group's own equations, and what is left of the shared ones."""
    space.shared[:, :] = 0.0
    damping = space.damping[0]
    for group in range(len(rows.spans) - 1):
        _load(program, length, space, group)
        _gram_of(program, length, count, table, rows, space, group)
        _eliminate(count, space, group, damping)
    for k in range(count):
        if space.own[k] == 0:
            space.shared[k, k] *= 1.0 + 1e-13


@kernel
def _gram_of(program, length, count, table, rows, space, group):  # type: ignore[no-untyped-def]
    """Normal equations of all constants on the rows of a group."""
    work, gram, root = space.work, space.gram, length - 1
    gram[:count, :] = 0.0
    link_and_mark(program, length, table.arity, CONSTANT, work)
    for first in range(rows.spans[group], rows.spans[group + 1], BLOCK):
        n = min(BLOCK, rows.spans[group + 1] - first)
        forward(program, length, table, rows.X, first, n, work)
        backward(program, length, table, n, work)
        residual, weighted = space.residual, space.weighted
        for i in range(n):
            value = work.values[root, i]
            if program.codes[root] == VARIABLE:
                value = rows.X[program.columns[root], first + i]
            residual[i] = rows.target[first + i] - value / rows.unit
        _gather(length, count, n, rows.unit, space)
        for k in range(count):
            slope = space.work.adjoints[space.work.stack[k]]
            for i in range(n):
                weighted[i] = slope[i] * rows.weights[first + i]
            for j in range(k + 1):
                other = space.work.adjoints[space.work.stack[j]]
                total = 0.0
                for i in range(n):
                    total += weighted[i] * other[i]
                gram[k, j] += total
            total = 0.0
            for i in range(n):
                total += weighted[i] * residual[i]
            gram[k, MAX_CONSTANTS] += total
    for k in range(count):
        for j in range(k):
            gram[j, k] = gram[k, j]


@inner
def _gather(length, count, n, unit, space):  # type: ignore[no-untyped-def]
    """Sum the slopes of each constant's places at the first of them, whose node ``work.stack`` then names."""
    work = space.work
    for k in range(count):
        work.stack[k] = -1
    for place in range(length):
        k = space.ties[place]
        if k < 0:
            continue
        if work.stack[k] < 0:
            work.stack[k] = place
            for i in range(n):
                work.adjoints[place, i] /= unit
        else:
            for i in range(n):
                work.adjoints[work.stack[k], i] += work.adjoints[place, i] / unit
    for k in range(count):
        if work.stack[k] < 0:
            # a constant that the template does not use: its slope is nothing
            work.stack[k] = length - 1
            for i in range(n):
                work.adjoints[length - 1, i] = 0.0


@inner
def _damped(value, damping):  # type: ignore[no-untyped-def]
    """A diagonal element under damping; a constant without effect stays where it is."""
    return value * (1.0 + damping) + value * 1e-13 if 0.0 < value < 1e300 else 1.0


@kernel
def _eliminate(count, space, group, damping):  # type: ignore[no-untyped-def]
    """Factor a group's own block and take it out of the shared equations."""
    gram, factor, own = space.gram, space.factor[group], space.own
    rhs = 2 * MAX_CONSTANTS
    for k in range(count):
        if own[k] == 0:
            continue
        dead = not 0.0 < gram[k, k] < 1e300
        for j in range(count):
            value = 0.0 if dead else gram[k, j]
            factor[k, j if own[j] else MAX_CONSTANTS + j] = value
        factor[k, k] = _damped(gram[k, k], damping)
        factor[k, rhs] = 0.0 if dead else gram[k, MAX_CONSTANTS]
    for k in range(count):
        if own[k] == 0:
            continue
        for j in range(k):
            if own[j]:
                for i in range(k, count):
                    if own[i]:
                        factor[i, k] -= factor[i, j] * factor[k, j]
        pivot = factor[k, k]
        pivot = pivot**0.5 if pivot > 0.0 else 1e150
        factor[k, k] = pivot
        for i in range(k + 1, count):
            if own[i]:
                factor[i, k] /= pivot
        for column in range(MAX_CONSTANTS, rhs + 1):
            value = factor[k, column]
            for j in range(k):
                if own[j]:
                    value -= factor[k, j] * factor[j, column]
            factor[k, column] = value / pivot
    _add_to_shared(count, space, factor, damping)


@inner
def _add_to_shared(count, space, factor, damping):  # type: ignore[no-untyped-def]
    """Add what a group leaves of the shared equations once its own constants are taken out."""
    gram, own, rhs = space.gram, space.own, 2 * MAX_CONSTANTS
    for k in range(count):
        if own[k]:
            continue
        for j in range(count):
            if own[j]:
                continue
            value = gram[k, j]
            if j == k:
                value += damping * gram[k, k]
            for i in range(count):
                if own[i]:
                    value -= factor[i, MAX_CONSTANTS + k] * factor[i, MAX_CONSTANTS + j]
            space.shared[k, j] += value
        value = gram[k, MAX_CONSTANTS]
        for i in range(count):
            if own[i]:
                value -= factor[i, MAX_CONSTANTS + k] * factor[i, rhs]
        space.shared[k, MAX_CONSTANTS] += value


@inner
def _leave_out_dead(count, a, own):  # type: ignore[no-untyped-def]
    """Shared constants without effect, or with one that is not finite, stay where they are."""
    for k in range(count):
        if own[k]:
            continue
        if not 0.0 < a[k, k] < 1e300:
            for j in range(count):
                a[k, j], a[j, k] = 0.0, 0.0
            a[k, k], a[k, MAX_CONSTANTS] = 1.0, 0.0


@kernel
def _solve_for_step(count, n_groups, space):  # type: ignore[no-untyped-def]
    """The step of all constants; False where it is not finite."""
    a, own = space.shared, space.own
    _leave_out_dead(count, a, own)
    for k in range(count):
        if own[k]:
            continue
        pivot = a[k, k]
        for j in range(k):
            if own[j] == 0:
                pivot -= a[k, j] * a[k, j]
        if not pivot > 1e-14 * a[k, k]:
            pivot = 1e-14 * abs(a[k, k]) + 1e-300
        a[k, k] = pivot**0.5
        for i in range(k + 1, count):
            if own[i] == 0:
                value = a[i, k]
                for j in range(k):
                    if own[j] == 0:
                        value -= a[i, j] * a[k, j]
                a[i, k] = value / a[k, k]
    for k in range(count):
        if own[k] == 0:
            value = a[k, MAX_CONSTANTS]
            for j in range(k):
                if own[j] == 0:
                    value -= a[k, j] * a[j, MAX_CONSTANTS]
            a[k, MAX_CONSTANTS] = value / a[k, k]
    for back in range(count):
        k = count - 1 - back
        if own[k] == 0:
            value = a[k, MAX_CONSTANTS]
            for j in range(k + 1, count):
                if own[j] == 0:
                    value -= a[j, k] * a[j, MAX_CONSTANTS]
            a[k, MAX_CONSTANTS] = value / a[k, k]
    return _spread(count, n_groups, space)


@kernel
def _spread(count, n_groups, space):  # type: ignore[no-untyped-def]
    """Steps of each group's own constants from those of the shared ones; False where one is not finite."""
    own, rhs, fine = space.own, 2 * MAX_CONSTANTS, True
    for group in range(n_groups):
        factor, step = space.factor[group], space.step[group]
        for k in range(count):
            if own[k] == 0:
                step[k] = space.shared[k, MAX_CONSTANTS]
        for back in range(count):
            k = count - 1 - back
            if own[k] == 0:
                continue
            value = factor[k, rhs]
            for j in range(count):
                if own[j] == 0:
                    value -= factor[k, MAX_CONSTANTS + j] * step[j]
            for j in range(k + 1, count):
                if own[j]:
                    value -= factor[j, k] * step[j]
            step[k] = value / factor[k, k]
        for k in range(count):
            fine = fine and abs(step[k]) < 1e300
    return fine
