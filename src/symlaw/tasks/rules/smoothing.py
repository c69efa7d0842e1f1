"""Rows of dear errors as a forest judges them that has not seen them.

Where one error costs much more than the other, few rows decide what a rule costs, and a search fits these by
chance. A forest that was grown without a row says how probable its class is; half of that and half of the
row's own label is what the search then tries to meet, at the cost that this makes probable. What rules are
said to cost is always that of the labels themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.ensemble import RandomForestClassifier

from symlaw.language.rules.literals import numbers
from symlaw.search.rules.preparing import Data

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from symlaw.language.rules.literals import Columns

    Floats = NDArray[np.float64]

# Trees, rows of a leaf at least, and rows that a tree is grown on at most.
_TREES, _LEAST_LEAF, _DRAWN = 200, 3, 2_000
# Trees that are grown before time is looked at again.
_AT_ONCE = 20
# What the forest says counts for so much of a row's label.
_SHARE = 0.5
# Of more rows chance decides little; of fewer a forest knows nothing.
_MOST_ROWS, _FEWEST_ROWS = 5_000, 20
# What an error costs at least, where either label would cost the same.
_LEAST_COST = 1e-3


def smoothing(seed: int, is_late: Callable[[], bool] = lambda: False) -> Callable[[Data], Data]:
    """What makes the targets and costs of rows those that a forest finds probable.

    Parameters
    ----------
    seed
        Of the forest.
    is_late
        Whether to stop with the trees that there are.
    """

    def smoothed(data: Data) -> Data:
        rows = len(data.target)
        if not _FEWEST_ROWS <= rows <= _MOST_ROWS or data.target.all() or not data.target.any():
            return data
        said = _said_unseen(_table(data.columns), data, seed, is_late)
        # a row that every tree has seen keeps its label
        said = np.where(np.isnan(said), data.target, said)
        chance = (1.0 - _SHARE) * data.target + _SHARE * said
        # what a row of the other label would cost is known of those that have it
        miss = np.where(data.target, data.costs, data.costs[data.target].mean())
        false_alarm = np.where(data.target, data.costs[~data.target].mean(), data.costs)
        dearer = miss * chance - false_alarm * (1.0 - chance)
        target = dearer > 0.0
        if target.all() or not target.any():
            # one label is the cheaper one everywhere, and nothing is left to be told
            return data
        costs = np.maximum(np.abs(dearer), _LEAST_COST)
        return data._replace(target=target, costs=costs, labels=data.target)

    return smoothed


def _said_unseen(table: Floats, data: Data, seed: int, is_late: Callable[[], bool]) -> Floats:
    """How probable the target is in each row by the trees that have not seen it, nan where all have."""
    forest = RandomForestClassifier(
        min_samples_leaf=_LEAST_LEAF,
        max_samples=min(len(table), _DRAWN),
        warm_start=True,
        random_state=seed % 2**32,
    )
    for trees in range(_AT_ONCE, _TREES + 1, _AT_ONCE):
        forest.set_params(n_estimators=trees).fit(table, data.target, sample_weight=data.weights)
        if is_late():
            break
    shares, counts = np.zeros(len(table)), np.zeros(len(table))
    cells = table.astype(np.float32)
    for tree, seen in zip(forest.estimators_, forest.estimators_samples_, strict=True):
        unseen = np.ones(len(table), bool)
        unseen[seen] = False
        shares[unseen] += tree.predict_proba(cells[unseen])[:, 1]
        counts[unseen] += 1.0
    found: Floats = np.divide(shares, counts, out=np.full(len(table), np.nan), where=counts > 0.0)
    return found


def _table(columns: Columns) -> Floats:
    """Columns as numbers, nan where missing; labels by their order."""
    found = []
    for values in columns.values():
        if values.dtype != object:
            found.append(numbers(values))
            continue
        labels = sorted({cell for cell in values if cell is not None})
        places = {label: float(place) for place, label in enumerate(labels)}
        found.append(np.array([np.nan if cell is None else places[cell] for cell in values]))
    return np.column_stack(found)
