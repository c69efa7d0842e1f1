"""Rows that are seen through a linear operator W: the loss is ``|W f(X) - b|`` squared.

Each observation is a weighted sum of a formula's values on the rows: an integral against a test function
(weak form: Messenger and Bortz, Weak SINDy, 2021), a difference, a sum over a group. A scale and an offset go
through W as well: an offset adds ``W 1``, which takes the place of the ones of a straight line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.engine.blocks import BLOCK
from symlaw.engine.compiling.jit import inner
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

    def packed(self) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """As kernels take it: two arrays, since every array that a record holds is copied in each call.

        Places are the number of observations, ``starts`` and ``columns``; numbers are ``square``, ``ones``,
        ``weighted_ones`` and ``values``.
        """
        places = np.concatenate([[len(self.ones)], self.starts, self.columns]).astype(np.int64)
        return places, np.concatenate([[self.square], self.ones, self.weighted_ones, self.values])


def unpacked(places: NDArray[np.int64], numbers: NDArray[np.float64]) -> Observed:
    """What `Observed.packed` made two arrays of; empty ones say that nothing is seen through an operator."""
    if not len(places):
        nothing, nowhere = np.zeros(0), np.zeros(0, np.int64)
        return Observed(nowhere, nowhere, nothing, nothing, nothing, 0.0)
    m = int(places[0])
    ones, weighted, values = numbers[1 : 1 + m], numbers[1 + m : 1 + 2 * m], numbers[1 + 2 * m :]
    return Observed(places[1 : m + 2], places[m + 2 :], values, ones, weighted, float(numbers[0]))


def seen_space(n_rows: int, n_observations: int) -> NDArray[np.float64]:
    """Scratch for what is seen: values, slopes by constants on the rows, and the same as they are seen."""
    m = n_observations
    return np.zeros(m + MAX_CONSTANTS * (n_rows + m) if m else 0)


@inner
def observe(f, rows, out):  # type: ignore[no-untyped-def]
    """What is seen of values f (n_rows,), into out (n_observations,)."""
    places, m = rows.sight, rows.sight[0]
    for i in range(m):
        total = 0.0
        for k in range(places[1 + i], places[2 + i]):
            total += rows.sight_numbers[1 + 2 * m + k] * f[places[2 + m + k]]
        out[i] = total


@inner
def observed_line(f, rows, lines, line, seen):  # type: ignore[no-untyped-def]
    """As `symlaw.engine.reduce.straight_line`, of what is seen of f, which goes to the begin of ``seen``.

    The centre is what has to be taken from f so that ``W f`` is at right angles to ``W 1``.
    """
    m, square_of_ones = rows.sight[0], rows.sight_numbers[0]
    out, ones = seen[:m], rows.sight_numbers[1 : 1 + m]
    observe(f, rows, out)
    deviation, weighted = lines[0], lines[1]
    weighted_ones = rows.sight_numbers[1 + m : 1 + 2 * m]
    centre = dot(out, weighted_ones, m) / square_of_ones if square_of_ones > 0.0 else 0.0
    line[1] = centre
    size = 0.0
    for i in range(m):
        deviation[i] = out[i] - centre * ones[i]
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
def observed_equations(program, length, table, rows, space, count):  # type: ignore[no-untyped-def]
    """Gram matrix of what is seen of [slopes, 1, deviation], and its product with the residual.

    As `symlaw.engine.fit.fit_constants` takes it, of the formula whose values are in ``space``.
    """
    m, n_rows, work, gram, line = rows.sight[0], rows.X.shape[1], space.work, space.gram, space.line
    own, ones = space.seen, rows.sight_numbers[1 : 1 + m]
    weighted_ones = rows.sight_numbers[1 + m : 1 + 2 * m]
    for first in range(0, n_rows, BLOCK):
        n = min(BLOCK, n_rows - first)
        forward(program, length, table, rows.X, first, n, work)
        backward(program, length, table, n, work)
        for k in range(count):
            for i in range(n):
                own[m + k * n_rows + first + i] = work.adjoints[space.places[k], i]
    scale, centre = line[0], line[1]
    deviation, residual = space.lines[0], space.lines[1]
    for i in range(m):
        deviation[i] = own[i] - centre * ones[i]
        residual[i] = rows.weights[i] * (rows.target[i] - scale * deviation[i])
    gram[:, :] = 0.0
    begin = m + MAX_CONSTANTS * n_rows
    for k in range(count):
        seen = own[begin + k * m : begin + (k + 1) * m]
        observe(own[m + k * n_rows : m + (k + 1) * n_rows], rows, seen)
        gram[MAX_CONSTANTS, k] = dot(seen, weighted_ones, m)
        gram[k, MAX_CONSTANTS + 2] = dot(seen, residual, m)
        for i in range(m):
            total = seen[i] * rows.weights[i]
            gram[MAX_CONSTANTS + 1, k] += total * deviation[i]
            for j in range(k + 1):
                gram[k, j] += total * own[begin + j * m + i]
    # without an offset there is nothing to take out
    gram[MAX_CONSTANTS, MAX_CONSTANTS] = rows.sight_numbers[0] if rows.sight_numbers[0] > 0.0 else 1.0
    gram[MAX_CONSTANTS + 1, MAX_CONSTANTS + 1] = line[3] * line[3] * rows.total
