"""Best subset by exchange: for every k, the k columns whose combination fits best.

One and two columns, and small libraries, are searched exhaustively; otherwise forward selection is followed
by exchanges of one column until none helps (sequential replacement: Miller, *Subset Selection in
Regression*, 2nd ed. 2002, chapter 3; the starts of Bertsimas, King and Mazumder, *Best subset selection via a
modern optimization lens*, Annals of Statistics 44, 2016, serve the same end). The comparisons use the Gram
matrix of standardised columns; coefficients and losses come from an orthogonal decomposition.
"""

from __future__ import annotations

from itertools import combinations
from math import comb, log
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.engine import reference

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

# Subsets of one size that are compared all.
_EXHAUSTIVE = 5_000
# A column of which the chosen ones explain more than all but this fraction adds only rounding errors.
_INDEPENDENT = 1e-9
_MAX_EXCHANGES = 60
# So many terms are tried, whether fewer of them help or not.
_LOOKED_AHEAD = 5
# Columns dominated by one row to this extent fit any outlier.
_ONE_ROW = 0.5


class Subset(NamedTuple):
    """A fitted linear combination of some columns.

    Attributes
    ----------
    places
        Which columns.
    coefficients
        One for each, float64.
    intercept
        Constant term; 0 where none was asked for.
    loss
        Weighted mean square left, as a fraction of the target's.
    """

    places: tuple[int, ...]
    coefficients: Array
    intercept: float
    loss: float


class _Design(NamedTuple):
    """Standardised columns times root weights (p, n), and what brings coefficients back."""

    columns: Array
    target: Array
    gram: Array
    centres: Array
    norms: Array
    target_centre: float
    target_norm: float


def best_subsets(
    columns: Array,
    target: Array,
    weights: Array,
    max_terms: int,
    *,
    intercept: bool = True,
    floor: float = 0.0,
) -> list[Subset]:
    """The best subset of every size, smallest first, until larger ones do not fit clearly better.

    Parameters
    ----------
    columns
        (n_columns, n_rows), finite.
    target, weights
        (n_rows,).
    max_terms
        Largest size.
    intercept
        Whether a constant is fitted beside the columns.
    floor
        Loss that counts as exact.
    """
    with np.errstate(all="ignore"):
        design = _design(columns, target, weights, intercept)
        if design is None or not len(columns):
            return []
        correlations = design.columns @ design.target
        found: list[Subset] = []
        residual, chosen, kept = design.target, list[int](), 0
        drop = min(0.9, 3.0 * (1.0 + log(len(columns))) / columns.shape[1])
        while len(chosen) < min(max_terms, len(columns), columns.shape[1] - 2):
            chosen = _next_subset(design, correlations, residual, chosen)
            if not chosen:
                break
            solution, residual = _refit(design, chosen)
            loss = float(residual @ residual)
            if loss <= floor:
                found.append(_in_units(design, *_pruned(design, chosen, solution, floor)))
                return found
            found.append(_in_units(design, chosen, solution, loss))
            # one term may help little until the next is there
            before = found[kept - 1].loss if kept else 1.0
            if loss < before * (1.0 - drop):
                kept = len(found)
            elif len(found) >= max(_LOOKED_AHEAD, kept + 2):
                break
    return found[: max(1, kept)]


def _design(columns: Array, target: Array, weights: Array, intercept: bool) -> _Design | None:
    root = np.sqrt(weights / np.sum(weights))
    both, centres, norms = _standardised(np.vstack([columns, target]), root, intercept)
    if not norms[-1] > 0:
        return None
    standard = both[:-1]
    return _Design(
        standard, both[-1], standard @ standard.T, centres[:-1], norms[:-1], float(centres[-1]), norms[-1]
    )


def _standardised(columns: Array, root: Array, intercept: bool) -> tuple[Array, Array, Array]:
    """Columns of norm 1 (0 where unusable), their centres and norms."""
    largest = np.max(np.abs(columns), axis=1)
    usable = np.isfinite(largest) & (largest > 0)
    unit = np.where(usable, largest, 1.0)
    scaled = np.where(usable[:, None], columns / unit[:, None], 0.0)
    centres = np.zeros(len(columns))
    for _ in range(2 if intercept else 0):
        mean = scaled @ root**2
        scaled = scaled - mean[:, None]
        centres += mean
    scaled = scaled * root
    norms = np.sqrt(np.einsum("ij,ij->i", scaled, scaled))
    usable &= norms > 1e-13
    standard = np.where(usable[:, None], scaled / np.where(usable, norms, 1.0)[:, None], 0.0)
    if columns.shape[1] > 20:
        usable[:-1] &= np.max(standard[:-1] ** 2, axis=1) < _ONE_ROW
    standard[~usable] = 0.0
    return standard, centres * unit, np.asarray(np.where(usable, norms * unit, 0.0), dtype=float)


def _next_subset(design: _Design, correlations: Array, residual: Array, chosen: list[int]) -> list[int]:
    """The best subset with one column more than ``chosen``; empty when there is none."""
    size = len(chosen) + 1
    n_columns = len(correlations)
    if size == 2 and n_columns > 2:
        return _best_pair(design.gram, correlations)
    if size > 2 and comb(n_columns, size) <= _EXHAUSTIVE:
        return _best_of_all(design.gram, correlations, size)
    left = _projected(design.gram, chosen)[1]
    gains = (design.columns @ residual) ** 2 / np.where(left > _INDEPENDENT, left, np.inf)
    gains[chosen] = -1.0
    best = int(np.argmax(gains))
    if not gains[best] > 0.0:
        return []
    return _exchanged(design.gram, correlations, [*chosen, best])


def _projected(gram: Array, chosen: list[int]) -> tuple[Array, Array]:
    """Every column's coefficients on the chosen ones, and the fraction that they leave of it."""
    own = np.diagonal(gram)
    if not chosen:
        return np.zeros((0, len(gram))), own.copy()
    across = gram[chosen]
    inner = across[:, chosen] + 1e-14 * np.eye(len(chosen))
    coefficients: Array = np.asarray(np.linalg.solve(inner, across), dtype=float)
    left: Array = own - np.einsum("ij,ij->j", across, coefficients)
    return coefficients, left


def _exchanged(gram: Array, correlations: Array, chosen: list[int]) -> list[int]:
    """Exchange one column for another, the most useful first, until none helps."""
    chosen = list(chosen)
    explained = _explained(gram, correlations, chosen)
    for _ in range(_MAX_EXCHANGES):
        best, place, column = explained + 1e-9 * (1.0 - explained) + 1e-14, -1, -1
        for k in range(len(chosen)):
            rest = chosen[:k] + chosen[k + 1 :]
            coefficients, left = _projected(gram, rest)
            gains = (correlations - correlations[rest] @ coefficients) ** 2
            gains /= np.where(left > _INDEPENDENT, left, np.inf)
            gains[rest] = -1.0
            total = _explained(gram, correlations, rest) + float(np.max(gains))
            if total > best:
                best, place, column = total, k, int(np.argmax(gains))
        if place < 0:
            break
        chosen[place], explained = column, best
    return chosen


def _explained(gram: Array, correlations: Array, chosen: list[int]) -> float:
    if not chosen:
        return 0.0
    inner = gram[np.ix_(chosen, chosen)] + 1e-14 * np.eye(len(chosen))
    return float(correlations[chosen] @ np.linalg.solve(inner, correlations[chosen]))


def _best_pair(gram: Array, correlations: Array) -> list[int]:
    """Of all pairs the best, by the closed form for two columns."""
    own = np.diagonal(gram)
    left = np.outer(own, own) - gram**2
    squares = correlations**2
    explained = squares[:, None] + squares - 2.0 * gram * np.outer(correlations, correlations)
    explained /= np.where(left > _INDEPENDENT, left, np.inf)
    np.fill_diagonal(explained, -1.0)
    first, second = np.unravel_index(int(np.argmax(explained)), explained.shape)
    return [int(first), int(second)] if explained[first, second] > 0 else []


def _best_of_all(gram: Array, correlations: Array, size: int) -> list[int]:
    """Of all subsets of a size the best."""
    usable = np.flatnonzero(np.diagonal(gram) > 0).tolist()
    if len(usable) < size:
        return []
    subsets = np.array(list(combinations(usable, size)))
    inner = gram[subsets[:, :, None], subsets[:, None, :]] + 1e-13 * np.eye(size)
    right = correlations[subsets]
    explained = np.einsum("ij,ij->i", right, np.linalg.solve(inner, right[:, :, None])[:, :, 0])
    explained[~(np.linalg.det(inner) > _INDEPENDENT)] = -1.0
    return [int(place) for place in subsets[int(np.argmax(explained))]] if np.max(explained) > 0 else []


def _refit(design: _Design, chosen: list[int]) -> tuple[Array, Array]:
    """Coefficients on the standardised columns and the residual."""
    A = design.columns[chosen].T
    solution = least_squares(A, design.target)
    return solution, design.target - A @ solution


def least_squares(A: Array, target: Array) -> Array:
    """Least-squares solution for columns of like norms, by QR and refined once; the shortest if singular."""
    Q, R = np.linalg.qr(A)
    diagonal = np.abs(np.diagonal(R))
    if len(diagonal) < A.shape[1] or not np.min(diagonal) > 1e-14 * np.max(diagonal):
        return reference.least_squares(A, target)
    solution: Array = np.asarray(np.linalg.solve(R, Q.T @ target), dtype=float)
    solution += np.linalg.solve(R, Q.T @ (target - A @ solution))
    return solution


def _pruned(
    design: _Design, chosen: list[int], solution: Array, floor: float
) -> tuple[list[int], Array, float]:
    """An exact subset without the columns that it does not need."""
    loss = floor
    for place in [chosen[k] for k in np.argsort(np.abs(solution))]:
        fewer = [column for column in chosen if column != place]
        if not fewer:
            break
        trial, residual = _refit(design, fewer)
        if not float(residual @ residual) <= floor:
            break
        chosen, solution, loss = fewer, trial, float(residual @ residual)
    return chosen, solution, loss


def _in_units(design: _Design, chosen: list[int], solution: Array, loss: float) -> Subset:
    coefficients = solution * (design.target_norm / design.norms[chosen])
    intercept = design.target_centre - float(coefficients @ design.centres[chosen])
    order = np.argsort(chosen)
    places = tuple(int(chosen[k]) for k in order)
    return Subset(places, coefficients[order], intercept, loss)
