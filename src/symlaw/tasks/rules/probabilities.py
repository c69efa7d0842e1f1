"""How probable a class is: counted among the rows that are as far from the decision.

The distance of a row is how many literals would have to change for the rule to say otherwise: positive where
the rule holds, negative where it does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.stats import beta

from symlaw.language.rules.formula import Formula, Gate, Odd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symlaw.language.rules.literals import Columns

    Floats = NDArray[np.float64]

# Rows of the same side that are counted to those of a distance.
_PRIOR_ROWS = 2.0
_LEVEL = 0.95


class Shares(NamedTuple):
    """What the rows that were fitted say of rows of each distance.

    Attributes
    ----------
    distances
        From far below the decision to far above, int64 (n,).
    rows
        Weight of the rows of each, float64 (n,).
    share
        The probability of the class, float64 (n,).
    low, high
        Ends of its 95% interval (Jeffreys), float64 (n,).
    """

    distances: NDArray[np.int64]
    rows: Floats
    share: Floats
    low: Floats
    high: Floats

    def of(self, distances: NDArray[np.int64]) -> NDArray[np.intp]:
        """The place of the nearest distance on the same side."""
        places = np.searchsorted(self.distances, distances)
        places = np.clip(places, 0, len(self.distances) - 1)
        before = np.clip(places - 1, 0, None)
        other_side = (self.distances[places] > 0) != (distances > 0)
        same_before = (self.distances[before] > 0) == (distances > 0)
        return np.where(other_side & same_before, before, places)


def distances(formula: Formula, columns: Columns, n_rows: int) -> NDArray[np.int64]:
    """How many literals have to change for a formula to change; negative where it does not hold.

    Examples
    --------
    >>> from symlaw.language.rules.literals import Holds
    >>> a, b = np.array([0.0, 0.0, 1.0]), np.array([0.0, 1.0, 1.0])
    >>> distances(Gate(2, (Holds("a"), Holds("b"))), {"a": a, "b": b}, 3).tolist()
    [-2, -1, 1]
    """
    if isinstance(formula, Gate) and formula.is_constant:
        return np.full(n_rows, 1 if formula.least <= 0 else -1)
    if not isinstance(formula, (Gate, Odd)):
        return np.where(formula.truths(columns), 1, -1)
    parts = np.array([distances(part, columns, n_rows) for part in formula.parts])
    if isinstance(formula, Odd):
        sign = np.where(np.sum(parts > 0, axis=0) % 2 == 1, 1, -1)
        return np.asarray(sign * np.abs(parts).min(axis=0))
    to_true = np.sort(np.where(parts > 0, 0, -parts), axis=0)[: formula.least].sum(axis=0)
    to_false = np.sort(np.where(parts > 0, parts, 0), axis=0)[: len(parts) - formula.least + 1].sum(axis=0)
    return np.asarray(np.where(to_true > 0, -to_true, to_false))


def shares_of(found: NDArray[np.int64], target: NDArray[np.bool_], weights: Floats) -> Shares:
    """Probabilities by distance, never falling towards the decision and beyond."""
    levels, places = np.unique(found, return_inverse=True)
    rows = np.bincount(places, weights, len(levels)).astype(float)
    right = np.bincount(places, weights * target, len(levels)).astype(float)
    above = levels > 0
    side = np.where(above, _share(right[above], rows[above]), _share(right[~above], rows[~above]))
    shrunk: Floats = np.asarray((right + _PRIOR_ROWS * side) / (rows + _PRIOR_ROWS), dtype=float)
    share = _rising(shrunk, rows + _PRIOR_ROWS)
    tail = (1.0 - _LEVEL) / 2.0
    low = beta.ppf(tail, right + 0.5, rows - right + 0.5)
    high = beta.ppf(1.0 - tail, right + 0.5, rows - right + 0.5)
    return Shares(levels.astype(np.int64), rows, share, np.minimum(low, share), np.maximum(high, share))


def _share(right: Floats, rows: Floats) -> float:
    """The share of rows, with half a row of either kind more."""
    return float((right.sum() + 0.5) / (rows.sum() + 1.0))


def _rising(values: Floats, weights: Floats) -> Floats:
    """The nearest values that never fall (pool adjacent violators)."""
    blocks: list[list[float]] = []
    for value, weight in zip(values.tolist(), weights.tolist(), strict=True):
        blocks.append([value, weight, 1])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            value_b, weight_b, n_b = blocks.pop()
            value_a, weight_a, n_a = blocks.pop()
            whole = weight_a + weight_b
            blocks.append([(value_a * weight_a + value_b * weight_b) / whole, whole, n_a + n_b])
    return np.concatenate([np.full(int(n), value) for value, _, n in blocks])
