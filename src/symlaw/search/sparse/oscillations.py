"""Oscillations in one column, and products of oscillations in two, by a periodogram of scattered rows.

A frequency has to be known to a fraction of one over the column's range before a formula gains anything by
it, so that no step-by-step search finds a high one. Scanning all of them is one sum for each (Lomb 1976,
*Least-squares frequency analysis of unequally spaced data*), and for two columns one matrix product.
"""

from __future__ import annotations

from itertools import combinations
from math import log, pi
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.language.expression import Constant, Expression, Variable
from symlaw.language.operators import operator
from symlaw.search.pruning.aliases import grid_of
from symlaw.search.sparse.models import Answer, distinct
from symlaw.search.sparse.writing import Writer

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symlaw.language.expression import Nodes
    from symlaw.search.pruning.aliases import Grid
    from symlaw.search.sparse.terms import Table

    Array = NDArray[np.float64]
    Spectrum = NDArray[np.complex128]

# Frequencies, in steps of a quarter turn and half a turn over the column's range.
_ALONE, _PAIRED = 4096, 512
_MAX_COLUMNS, _MAX_ROWS = 5, 256
# Largest peaks that are followed up, and how far above that of noise they have to be.
_PEAKS, _ABOVE_NOISE = 2, 3.0
# Phases closer to a multiple of a quarter turn than this are also written as that.
_NEARLY = 0.35


class Wave(NamedTuple):
    """``cos(frequency * column + phase)``."""

    column: int
    frequency: float
    phase: float


def oscillations(table: Table) -> Answer:
    """Formulas with one oscillation, then with a product of two, where the data show any."""
    if not {"cos", "sin", "*", "+"} <= {row.name for row in table.language.operators}:
        return Answer([])
    if not table.language.constants:
        return Answer([])
    columns = sorted(table.order[:_MAX_COLUMNS])
    grids = {column: grid_of(table.X[column]) for column in columns}
    places = _places(len(table.y), on_grids=any(grids.values()))
    X, y = table.X[:, places], table.y[places]
    y = y - np.mean(y)
    size = float(np.linalg.norm(y))
    if not size > 0.0:
        return Answer([])
    y = y / size
    found: list[tuple[float, tuple[Wave, ...]]] = []
    work = 0
    for column in columns:
        found += _alone(X[column], y, column, grids[column])
        work += _ALONE * len(y)
    for first, second in combinations(columns, 2):
        found += _together(X, y, (first, second), (grids[first], grids[second]))
        work += _PAIRED * _PAIRED * len(y) // 4
    found.sort(reverse=True)
    writer = Writer(table.language)
    formulas = [nodes for _, waves in found[:_PEAKS] for nodes in _written(waves, table)]
    return Answer(distinct([Expression(nodes) for nodes in formulas if writer.legal(nodes)]), work)


def _places(n_rows: int, on_grids: bool) -> NDArray[np.int64]:
    """Rows that are scanned: on a grid a random choice, since every third would have a wider step."""
    if on_grids and n_rows > _MAX_ROWS:
        order = np.random.Generator(np.random.Philox(key=n_rows)).permutation(n_rows)
        return np.sort(order[:_MAX_ROWS])
    return np.linspace(0, n_rows - 1, min(n_rows, _MAX_ROWS)).round().astype(int)


def _frequencies(u: Array, count: int, step: float, grid: Grid | None) -> Array:
    """Frequencies over a column that does not stand still, none above half of a grid's sampling rate."""
    found = np.arange(1, count + 1) * (step / float(np.ptp(u)))
    limit = np.inf if grid is None else pi / grid.step * (1 + 1e-9)
    return np.asarray(found[found < limit])


def _spreads(u: Array) -> bool:
    """Whether a column has a range that is a number."""
    with np.errstate(over="ignore"):
        return bool(0.0 < np.ptp(u) < np.inf)


def _alone(u: Array, y: Array, column: int, grid: Grid | None) -> list[tuple[float, tuple[Wave, ...]]]:
    """The largest peak over one column, with its share of the target's squares."""
    if not _spreads(u):
        return []
    frequencies = _frequencies(u, _ALONE, pi / 2, grid)
    if not len(frequencies):
        return []
    spectrum = np.exp(1j * np.outer(frequencies, u)) @ y
    best = int(np.argmax(np.abs(spectrum)))
    share = 2.0 * float(np.abs(spectrum[best]) ** 2) / len(y)
    if not share >= _threshold(_ALONE, len(y)):
        return []
    return [(share, (Wave(column, float(frequencies[best]), -float(np.angle(spectrum[best]))),))]


def _together(
    X: Array, y: Array, pair: tuple[int, int], grids: tuple[Grid | None, Grid | None]
) -> list[tuple[float, tuple[Wave, ...]]]:
    """The largest peak over two columns whose mirror image is a peak too, so that it is a product."""
    first, second = pair
    if not (_spreads(X[first]) and _spreads(X[second])):
        return []
    one, two = (_frequencies(X[k], _PAIRED, pi, grid) for k, grid in zip(pair, grids, strict=True))
    if not len(one) or not len(two):
        return []
    left = np.exp(1j * np.outer(one, X[first])) * y
    right = np.exp(1j * np.outer(two, X[second]))
    with_sum, with_difference = left @ right.T, left @ right.conj().T
    power = np.minimum(np.abs(with_sum), np.abs(with_difference))
    i, j = np.unravel_index(int(np.argmax(power)), power.shape)
    # noise seldom has two peaks at once: half the height of each would do, and both are counted
    share = 4.0 * float(power[i, j] ** 2) / len(y)
    if not share >= _threshold(_PAIRED**2, len(y)):
        return []
    total, apart = -np.angle(with_sum[i, j]), -np.angle(with_difference[i, j])
    waves = (
        Wave(first, float(one[i]), float(total + apart) / 2),
        Wave(second, float(two[j]), float(total - apart) / 2),
    )
    return [(share, waves)]


def _threshold(n_frequencies: int, n_rows: int) -> float:
    """Share of the squares that the largest of so many peaks of noise hardly has."""
    return _ABOVE_NOISE * log(n_frequencies) / n_rows


def _written(waves: tuple[Wave, ...], table: Table) -> list[Nodes]:
    """The product of waves, simplest forms first."""
    products: list[Nodes] = [()]
    for number, wave in enumerate(waves):
        after = (operator("*"),) if number else ()
        products = [(*nodes, *form, *after) for nodes in products for form in _forms(wave, table)]
    return products


def _forms(wave: Wave, table: Table) -> list[Nodes]:
    """A wave without its phase where that is nearly a multiple of a quarter turn, and with it."""
    turn = (Constant(wave.frequency), Variable(table.language.variables[wave.column]), operator("*"))
    quarters = wave.phase / (pi / 2)
    nearest = round(quarters)
    forms: list[Nodes] = []
    if abs(quarters - nearest) * (pi / 2) < _NEARLY:
        forms.append((*turn, operator("sin" if nearest % 2 else "cos")))
    forms.append((*turn, Constant(wave.phase), operator("+"), operator("cos")))
    return forms
