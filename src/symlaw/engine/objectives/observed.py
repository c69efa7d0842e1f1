"""Rows that are seen through a linear operator W: the loss is ``|W f(X) - b|`` squared.

Each observation is a weighted sum of a formula's values on the rows: an integral against a test function
(weak form: Messenger and Bortz, Weak SINDy, 2021), a difference, a sum over a group. A scale and an offset go
through W as well: an offset adds ``W 1``, which takes the place of the ones of a straight line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.engine._jit import inner, separately
from symlaw.engine.blocks import BLOCK
from symlaw.engine.program import MAX_CONSTANTS, backward, forward
from symlaw.engine.reduce import dot

if TYPE_CHECKING:
    from numpy.typing import NDArray

# A deviation that is this small beside what an offset would take away is rounding.
_ROUNDING = 1e-13


class Observed(NamedTuple):
    """An operator W of shape (n_observations, n_rows) by its rows (compressed sparse rows).

    Attributes
    ----------
    starts
        Where each observation's entries begin, and the end of the last, int64 (n_observations + 1,); empty
        where every row has a target of its own.
    columns, values
        Rows and factors of the entries.
    ones
        ``W 1``, float64 (n_observations,).
    weighted_ones
        The same times the observations' weights.
    square
        Weighted sum of the squares of ``W 1``; 0 where it is 0 everywhere, so that there is no offset.
    """

    starts: NDArray[np.int64]
    columns: NDArray[np.int64]
    values: NDArray[np.float64]
    ones: NDArray[np.float64]
    weighted_ones: NDArray[np.float64]
    square: float


_NO_PLACES, _NO_VALUES = np.zeros(0, np.int64), np.zeros(0)
DIRECTLY = Observed(_NO_PLACES, _NO_PLACES, _NO_VALUES, _NO_VALUES, _NO_VALUES, 0.0)


class ObservedSpace(NamedTuple):
    """Scratch of fits through an operator, and its kernels' addresses; empty where there is none.

    Attributes
    ----------
    line, equations
        `observed_line` and `observed_equations` as `separately` gives them.
    values
        What is seen of the formula, float64 (n_observations,).
    slopes
        Its slopes by its constants on the rows, float64 (MAX_CONSTANTS, n_rows).
    seen
        The same as they are seen, float64 (MAX_CONSTANTS, n_observations).
    """

    line: NDArray[np.int64]
    equations: NDArray[np.int64]
    values: NDArray[np.float64]
    slopes: NDArray[np.float64]
    seen: NDArray[np.float64]


def observed_space(n_rows: int, n_observations: int) -> ObservedSpace:
    """Fresh scratch, without kernels; empty for no observations."""
    nowhere = np.zeros(2, np.int64)
    n_rows = n_rows if n_observations else 0
    slopes, seen = np.zeros((MAX_CONSTANTS, n_rows)), np.zeros((MAX_CONSTANTS, n_observations))
    return ObservedSpace(nowhere, nowhere.copy(), np.zeros(n_observations), slopes, seen)


@inner
def observe(f, observed, out):  # type: ignore[no-untyped-def]
    """What is seen of values f (n_rows,), into out (n_observations,)."""
    for i in range(len(out)):
        total = 0.0
        for k in range(observed.starts[i], observed.starts[i + 1]):
            total += observed.values[k] * f[observed.columns[k]]
        out[i] = total


@inner
def observed_line(f, rows, lines, line, out):  # type: ignore[no-untyped-def]
    """As `symlaw.engine.reduce.straight_line`, of what is seen of f, which goes to ``out``.

    The centre is what has to be taken from f so that ``W f`` is at right angles to ``W 1``.
    """
    observed = rows.observed
    observe(f, observed, out)
    m = len(out)
    deviation, weighted = lines[0], lines[1]
    centre = dot(out, observed.weighted_ones, m) / observed.square if observed.square > 0.0 else 0.0
    line[1] = centre
    size = 0.0
    for i in range(m):
        deviation[i] = out[i] - centre * observed.ones[i]
        weighted[i] = deviation[i] * rows.weights[i]
        size += out[i] * out[i] * rows.weights[i]
    square = dot(deviation, weighted, m)
    if not square < np.inf:
        line[0], line[2], line[3] = 0.0, np.inf, 0.0
        return
    if not square > _ROUNDING * _ROUNDING * size or not square > 0.0:
        line[0], line[2], line[3] = 0.0, rows.variance, 0.0
        return
    scale = dot(deviation, rows.weighted_target, m) / square
    for i in range(m):
        deviation[i] = rows.target[i] - scale * deviation[i]
        weighted[i] = deviation[i] * rows.weights[i]
    left = dot(deviation, weighted, m) / rows.total
    line[0], line[2], line[3] = scale, left if left >= 0.0 else np.inf, (square / rows.total) ** 0.5


@inner
def observed_equations(program, length, table, rows, work, own, places, count, line, lines, gram):  # type: ignore[no-untyped-def]
    """Gram matrix of what is seen of [slopes, 1, deviation], and its product with the residual.

    As `symlaw.engine.fit.fit_constants` takes it; ``own`` is the `ObservedSpace`, whose values are those of
    the formula at hand.
    """
    observed, m, n_rows = rows.observed, len(own.values), rows.X.shape[1]
    for first in range(0, n_rows, BLOCK):
        n = min(BLOCK, n_rows - first)
        forward(program, length, table, rows.X, first, n, work)
        backward(program, length, table, n, work)
        for k in range(count):
            for i in range(n):
                own.slopes[k, first + i] = work.adjoints[places[k], i]
    scale, centre = line[0], line[1]
    residual, deviation = lines[0], lines[1]
    for i in range(m):
        deviation[i] = own.values[i] - centre * observed.ones[i]
        residual[i] = rows.weights[i] * (rows.target[i] - scale * deviation[i])
    gram[:, :] = 0.0
    for k in range(count):
        seen = own.seen[k]
        observe(own.slopes[k], observed, seen)
        gram[MAX_CONSTANTS, k] = dot(seen, observed.weighted_ones, m)
        gram[k, MAX_CONSTANTS + 2] = dot(seen, residual, m)
        for i in range(m):
            total = seen[i] * rows.weights[i]
            gram[MAX_CONSTANTS + 1, k] += total * deviation[i]
            for j in range(k + 1):
                gram[k, j] += total * own.seen[j, i]
    # without an offset there is nothing to take out
    gram[MAX_CONSTANTS, MAX_CONSTANTS] = observed.square if observed.square > 0.0 else 1.0
    gram[MAX_CONSTANTS + 1, MAX_CONSTANTS + 1] = line[3] * line[3] * rows.total


def with_kernels(
    own: ObservedSpace, arguments: tuple[tuple[object, ...], tuple[object, ...]]
) -> ObservedSpace:
    """The scratch with both kernels compiled for arguments of these types."""
    line, equations = arguments
    return own._replace(
        line=separately(observed_line, line), equations=separately(observed_equations, equations)
    )
