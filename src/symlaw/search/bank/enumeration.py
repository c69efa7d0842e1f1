"""Kernels of the enumeration: values, keys and news of a run of pairs, and their merging into the bank."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.engine.blocks import STRIDE
from symlaw.engine.compiling.jit import address_of, bits_of, call_forward, float_of, inner, kernel
from symlaw.engine.compiling.records import record
from symlaw.engine.random import mix
from symlaw.engine.reduce import dot
from symlaw.search.bank.entries import NO_ARGUMENT, find_either, insert

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

# Entries are stored in single precision, so their behaviour is compared by few numbers that each average
# over all rows, on a coarse grid: a number near a bin's edge is rare, and rarer on both of two grids half a
# bin apart.
PROJECTIONS = 5
BINS_PER_UNIT = 8192.0
# Keys take as long as so many node values for each row.
VALUES_PER_KEY = 8
_SALT = np.uint64(0x9E3779B97F4A7C15)
# Values whose deviations from the mean are dominated by one or two rows match anything. Where rows are few,
# one of them has a large share of any function's squares: this many rows' even share is allowed then.
_DOMINATED, _EVEN_SHARES = 0.3, 12.0
# Candidates evaluated before their keys are looked up, so that the look-ups' waits for memory overlap.
GROUP = 32
_SMALLEST, _LARGEST = 1e-60, 1e60
_CONSTANT = 1e-10
_HALF = 0.5


@record
class EnumerationWorkspace(NamedTuple):
    """Scratch of one thread.

    Attributes
    ----------
    values
        Values of a group of candidates, float64 (GROUP, STRIDE).
    left, right
        Values of the two arguments, float64 (STRIDE,).
    deviation
        Deviations of values from their mean, float64 (STRIDE,).
    ones
        float64 (STRIDE,), all 1.
    parents
        int64 (2, GROUP).
    keys
        uint64 (2, GROUP).
    scale
        Root mean square, or 0 for a candidate that is refused, float64 (GROUP,).
    projections
        Weights of the rows in each number that makes a key, float64 (PROJECTIONS, STRIDE).
    sums
        Their sums, float64 (PROJECTIONS,).
    moments
        Mean, standard deviation and dominance of values, float64 (3,).
    counters
        Evaluated, refused, known, int64 (3,).
    factors
        What arguments are multiplied by, float64 (n_factors,); only read.
    """

    values: NDArray[np.float64]
    left: NDArray[np.float64]
    right: NDArray[np.float64]
    deviation: NDArray[np.float64]
    ones: NDArray[np.float64]
    parents: NDArray[np.int64]
    keys: NDArray[np.uint64]
    scale: NDArray[np.float64]
    projections: NDArray[np.float64]
    sums: NDArray[np.float64]
    moments: NDArray[np.float64]
    counters: NDArray[np.int64]
    factors: NDArray[np.float64]


@record
class Batch(NamedTuple):
    """News of one run of pairs, in the order of the pairs.

    Attributes
    ----------
    values, scale, spread, left, right
        As in `symlaw.search.bank.entries.Entries`.
    keys
        Two keys up to scale, two up to scale and offset, uint64 (n, 4).
    used
        int64 (1,).
    """

    values: NDArray[np.float32]
    scale: NDArray[np.float64]
    spread: NDArray[np.float32]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    keys: NDArray[np.uint64]
    used: NDArray[np.int64]


def make_enumeration_workspace(n_rows: int, factors: Sequence[float] = ()) -> EnumerationWorkspace:
    """Fresh scratch for so many probe rows, and what arguments are multiplied by."""
    rng = np.random.Generator(np.random.Philox(20240229))
    projections = np.zeros((PROJECTIONS, STRIDE))
    projections[:, :n_rows] = rng.normal(size=(PROJECTIONS, n_rows)) / np.sqrt(n_rows)
    return EnumerationWorkspace(
        np.zeros((GROUP, STRIDE)),
        np.zeros(STRIDE),
        np.zeros(STRIDE),
        np.zeros(STRIDE),
        np.ones(STRIDE),
        np.zeros((2, GROUP), np.int64),
        np.zeros((2, GROUP), np.uint64),
        np.zeros(GROUP),
        projections,
        np.sum(projections, axis=1),
        np.zeros(3),
        np.zeros(3, np.int64),
        np.array(factors, float),
    )


def make_batch(n_pairs: int, n_rows: int) -> Batch:
    """Room for the news of so many pairs."""
    return Batch(
        np.empty((n_pairs, n_rows), np.float32),
        np.empty(n_pairs),
        np.empty(n_pairs, np.float32),
        np.empty(n_pairs, np.int32),
        np.empty(n_pairs, np.int32),
        np.empty((n_pairs, 4), np.uint64),
        np.zeros(1, np.int64),
    )


def bytes_per_pair(n_rows: int) -> int:
    """Memory of a batch for each pair."""
    return sum(array.nbytes for array in make_batch(1, n_rows)[:-1])


@inner
def load(entries, entry, factor, out):  # type: ignore[no-untyped-def]
    """An entry's values times a factor."""
    scale = entries.scale[entry] * factor
    for i in range(entries.values.shape[1]):
        out[i] = entries.values[entry, i] * scale


@inner
def _project(f, centre, spread, workspace, n):  # type: ignore[no-untyped-def]
    """Two keys of values with this centre and spread, the sign removed."""
    first, second = _SALT, ~_SALT
    sign = 1.0
    for k in range(PROJECTIONS):
        z = (dot(f, workspace.projections[k], n) - centre * workspace.sums[k]) / spread * BINS_PER_UNIT
        if k == 0 and z < 0.0:
            sign = -1.0
        z *= sign
        first = mix(first + np.uint64(np.int64(np.floor(z))))
        second = mix(second + np.uint64(np.int64(np.floor(z + _HALF))))
    return first, second


@inner
def scaled_keys(f, scale, workspace, n):  # type: ignore[no-untyped-def]
    """Keys of values up to scale and sign; ``scale`` is their root mean square."""
    return _project(f, 0.0, scale, workspace, n)


@inner
def shifted_keys(f, workspace, n):  # type: ignore[no-untyped-def]
    """Keys of values up to scale, sign and offset, whose moments `describe` has filled in."""
    return _project(f, workspace.moments[0], workspace.moments[1], workspace, n)


@inner
def size_of(f, n):  # type: ignore[no-untyped-def]
    """Root mean square, or 0 where it is out of range or not finite."""
    square = dot(f, f, n) / n
    return square**0.5 if _SMALLEST < square < _LARGEST else 0.0


@inner
def describe(f, workspace, n):  # type: ignore[no-untyped-def]
    """Fill ``workspace.moments`` with mean, standard deviation, and the largest squared deviation's share."""
    centre = dot(f, workspace.ones, n) / n
    deviation = workspace.deviation
    for i in range(n):
        deviation[i] = abs(f[i] - centre)
    # numbers above 0 are ordered as their bits are, and maxima of whole numbers vectorise
    largest = np.int64(0)
    for i in range(n):
        largest = max(largest, np.int64(bits_of(deviation[i])))
    top, square = float_of(largest), dot(deviation, deviation, n)  # type: ignore[arg-type]
    workspace.moments[0] = centre
    workspace.moments[1] = (square / n) ** 0.5
    workspace.moments[2] = top * top / square if square > 0.0 else 1.0


@kernel
def most_of_one_row(n):  # type: ignore[no-untyped-def]
    """Largest share of one row in the squares of values that may be matched, for a number of rows."""
    return min(0.7, max(_DOMINATED, _EVEN_SHARES / n))


@inner
def varies(scale, workspace):  # type: ignore[no-untyped-def]
    """Whether values of this root mean square, described before, are not constant."""
    return workspace.moments[1] * workspace.moments[1] > _CONSTANT * scale * scale


@kernel
def keys_of(f, n, workspace, keys):  # type: ignore[no-untyped-def]
    """Fill keys (4,) for any values; their root mean square, 0 where they cannot be an entry.

    Their mean, standard deviation and dominance stay in ``workspace.moments``.
    """
    scale = size_of(f, n)
    if scale == 0.0:
        return 0.0
    describe(f, workspace, n)
    if not varies(scale, workspace):
        return 0.0
    keys[0], keys[1] = scaled_keys(f, scale, workspace, n)
    keys[2], keys[3] = shifted_keys(f, workspace, n)
    return scale


@kernel
def evaluate_pairs(entries, tables, kernels, segment, begin, end, batch, workspace):  # type: ignore[no-untyped-def]
    """Evaluate pairs begin to end of a segment and put those of unknown behaviour into the batch."""
    n = entries.values.shape[1]
    unary = kernels.arity[segment.code] == 1
    width = segment.right_end - segment.right
    factor = workspace.factors[segment.factor] if segment.factor >= 0 else 1.0
    address, base = kernels.forward[segment.code], address_of(workspace.values)
    left_address, right_address = address_of(workspace.left), address_of(workspace.right)
    batch.used[0] = 0
    workspace.counters[:] = 0
    size, held = 0, -1
    left, right = segment.left + begin // width, segment.right + begin % width
    for _ in range(begin, end):
        if segment.ordered == 0 or right >= left:
            if left != held:
                load(entries, left, factor, workspace.left)
                held = left
            if not unary:
                load(entries, right, 1.0, workspace.right)
            call_forward(address, left_address, right_address, 0, base + 8 * STRIDE * size, n)
            workspace.parents[0, size] = left
            workspace.parents[1, size] = NO_ARGUMENT - 1 - segment.factor if unary else right
            if unary and segment.factor < 0:
                workspace.parents[1, size] = NO_ARGUMENT
            size += 1
            if size == GROUP:
                _keep_news(size, tables, segment, batch, workspace, n)
                size = 0
        right += 1
        if right == segment.right_end:
            right = segment.right
            left += 1
    _keep_news(size, tables, segment, batch, workspace, n)


@inner
def _keep_news(size, tables, segment, batch, workspace, n):  # type: ignore[no-untyped-def]
    """Append the group's candidates of unknown behaviour to the batch."""
    workspace.counters[0] += size
    for k in range(size):
        scale = size_of(workspace.values[k], n)
        workspace.scale[k] = scale
        if scale > 0.0:
            workspace.keys[0, k], workspace.keys[1, k] = scaled_keys(workspace.values[k], scale, workspace, n)
        else:
            workspace.counters[1] += 1
    for k in range(size):
        if (
            workspace.scale[k] > 0.0
            and find_either(tables.scaled, workspace.keys[0, k], workspace.keys[1, k]) >= 0
        ):
            workspace.scale[k] = 0.0
            workspace.counters[2] += 1
    for k in range(size):
        if workspace.scale[k] > 0.0:
            _append(k, segment.turned, batch, workspace, n)


@inner
def _append(k, turned, batch, workspace, n):  # type: ignore[no-untyped-def]
    """Append one candidate unless it is constant."""
    f, scale, moments = workspace.values[k], workspace.scale[k], workspace.moments
    describe(f, workspace, n)
    if not varies(scale, workspace):
        workspace.counters[1] += 1
        return
    place = batch.used[0]
    batch.used[0] = place + 1
    flip = turned == 1 and moments[0] < 0.0
    divisor = -scale if flip else scale
    for i in range(n):
        batch.values[place, i] = np.float32(f[i] / divisor)
    batch.scale[place] = scale
    spread = moments[1] / scale if moments[2] <= most_of_one_row(n) else 0.0
    batch.spread[place] = np.float32(spread)
    batch.left[place] = workspace.parents[1, k] if flip else workspace.parents[0, k]
    batch.right[place] = workspace.parents[0, k] if flip else workspace.parents[1, k]
    batch.keys[place, 0], batch.keys[place, 1] = workspace.keys[0, k], workspace.keys[1, k]
    batch.keys[place, 2], batch.keys[place, 3] = shifted_keys(f, workspace, n)


@kernel
def merge_batch(batch, entries, tables, code, level):  # type: ignore[no-untyped-def]
    """Add a batch in order; what is known by now is left out. Returns how many were, -1 when full."""
    known = 0
    for place in range(batch.used[0]):
        first, second = batch.keys[place, 0], batch.keys[place, 1]
        if find_either(tables.scaled, first, second) >= 0:
            known += 1
            continue
        entry = entries.used[0]
        if entry == len(entries.scale):
            return -1
        entries.used[0] = entry + 1
        for i in range(entries.values.shape[1]):
            entries.values[entry, i] = batch.values[place, i]
        entries.scale[entry] = batch.scale[place]
        entries.spread[entry] = batch.spread[place]
        entries.code[entry] = code
        entries.left[entry] = batch.left[place]
        entries.right[entry] = batch.right[place]
        entries.level[entry] = level
        insert(tables.scaled, first, entry)
        insert(tables.scaled, second, entry)
        if batch.spread[place] > 0.0:
            insert(tables.shifted, batch.keys[place, 2], entry)
            insert(tables.shifted, batch.keys[place, 3], entry)
    return known
