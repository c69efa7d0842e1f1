"""How probable a class is: counted among the rows that are as far from the decision, and then among those of
which the same literals hold.

The distance of a row is how many literals would have to change for the rule to say otherwise: positive where
the rule holds, negative where it does not. Rows of the same literals are few; as many of their distance are
counted to them as `_PRIOR_CELLS` says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.stats import beta

from symlaw.language.rules.formula import Formula, Gate, Odd, literals_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symlaw.language.rules.literals import Columns

    Floats = NDArray[np.float64]

# Rows of the same side that are counted to those of a distance.
_PRIOR_ROWS = 2.0
# Rows of the same distance that are counted to those of the same literals, and literals that are told apart.
_PRIOR_CELLS, _MOST_LITERALS = 4.0, 8
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
    patterns
        Which literals hold, as bits of a number, rising, int64 (m,); none of rules of many literals.
    own_share, own_low, own_high
        The same of the rows of each pattern, float64 (m,).
    """

    distances: NDArray[np.int64]
    rows: Floats
    share: Floats
    low: Floats
    high: Floats
    patterns: NDArray[np.int64]
    own_share: Floats
    own_low: Floats
    own_high: Floats

    def said(self, formula: Formula, columns: Columns, n_rows: int) -> tuple[Floats, Floats, Floats]:
        """The probability of each row and the ends of its interval, each (n_rows,)."""
        places = self.of(distances(formula, columns, n_rows))
        found = self.share[places], self.low[places], self.high[places]
        if not len(self.patterns):
            return found
        own = patterns(formula, columns, n_rows)
        at = np.clip(np.searchsorted(self.patterns, own), 0, len(self.patterns) - 1)
        known = self.patterns[at] == own
        finer = self.own_share[at], self.own_low[at], self.own_high[at]
        share, low, high = (np.where(known, one, other) for one, other in zip(finer, found, strict=True))
        return share, low, high

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


def patterns(formula: Formula, columns: Columns, n_rows: int) -> NDArray[np.int64]:
    """Which of the different literals hold, as bits of a number, (n_rows,)."""
    found = np.zeros(n_rows, np.int64)
    for place, literal in enumerate(dict.fromkeys(literals_of(formula))):
        found |= literal.truths(columns).astype(np.int64) << place
    return found


def shares_of(formula: Formula, columns: Columns, target: NDArray[np.bool_], weights: Floats) -> Shares:
    """Probabilities by distance, never falling towards the decision and beyond, and by literals."""
    far = distances(formula, columns, len(target))
    levels, places = np.unique(far, return_inverse=True)
    right, rows = _counted(places, target, weights)
    above = levels > 0
    side = np.where(above, _share(right[above], rows[above]), _share(right[~above], rows[~above]))
    shrunk: Floats = np.asarray((right + _PRIOR_ROWS * side) / (rows + _PRIOR_ROWS), dtype=float)
    share = _rising(shrunk, rows + _PRIOR_ROWS)
    low, high = _ends(right, rows, share)
    n_literals = len(set(literals_of(formula)))
    if not 1 < n_literals <= _MOST_LITERALS:
        none = np.zeros(0)
        return Shares(
            levels.astype(np.int64), rows, share, low, high, none.astype(np.int64), none, none, none
        )
    own, cells, first = _cells(patterns(formula, columns, len(target)))
    right_own, rows_own = _counted(cells, target, weights)
    whole = share[places[first]]
    own_share = (right_own + _PRIOR_CELLS * whole) / (rows_own + _PRIOR_CELLS)
    ends = _ends(right_own, rows_own, own_share)
    return Shares(levels.astype(np.int64), rows, share, low, high, own, own_share, *ends)


def _cells(found: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.intp], NDArray[np.intp]]:
    """Different numbers, the place of each row's among them, and a row of each."""
    own, first, cells = np.unique(found, return_index=True, return_inverse=True)
    return own.astype(np.int64), cells, first


def _counted(places: NDArray[np.intp], target: NDArray[np.bool_], weights: Floats) -> tuple[Floats, Floats]:
    """Weight of the rows of the class, and of all rows, in each place."""
    right = np.bincount(places, weights * target).astype(float)
    return right, np.bincount(places, weights).astype(float)


def _ends(right: Floats, rows: Floats, share: Floats) -> tuple[Floats, Floats]:
    """Ends of the intervals, which hold what is said."""
    tail = (1.0 - _LEVEL) / 2.0
    low = beta.ppf(tail, right + 0.5, rows - right + 0.5)
    high = beta.ppf(1.0 - tail, right + 0.5, rows - right + 0.5)
    return np.minimum(low, share), np.maximum(high, share)


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
