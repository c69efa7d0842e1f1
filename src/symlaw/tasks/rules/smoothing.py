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

# Trees, rows of a leaf at least, and rows that a tree is grown on at most.
_TREES, _LEAST_LEAF, _DRAWN = 200, 3, 2_000
# What the forest says counts for so much of a row's label.
_SHARE = 0.5
# Of more rows chance decides little; of fewer a forest knows nothing.
_MOST_ROWS, _FEWEST_ROWS = 5_000, 20
# What an error costs at least, where either label would cost the same.
_LEAST_COST = 1e-3


def smoothing(seed: int) -> Callable[[Data], Data]:
    """What makes the targets and costs of rows those that a forest finds probable.

    Parameters
    ----------
    seed
        Of the forest.
    """

    def smoothed(data: Data) -> Data:
        rows = len(data.target)
        if not _FEWEST_ROWS <= rows <= _MOST_ROWS or data.target.all() or not data.target.any():
            return data
        forest = RandomForestClassifier(
            _TREES,
            oob_score=True,
            min_samples_leaf=_LEAST_LEAF,
            max_samples=min(rows, _DRAWN),
            random_state=seed % 2**32,
        ).fit(_table(data.columns), data.target, sample_weight=data.weights)
        said = forest.oob_decision_function_[:, 1]
        # a row that every tree has seen keeps its label
        said = np.where(np.isnan(said), data.target, said)
        chance = (1.0 - _SHARE) * data.target + _SHARE * said
        miss, false_alarm = data.costs[data.target].max(), data.costs[~data.target].max()
        dearer = miss * chance - false_alarm * (1.0 - chance)
        target = dearer > 0.0
        if target.all() or not target.any():
            # one label is the cheaper one everywhere, and nothing is left to be told
            return data
        return data._replace(target=target, costs=np.maximum(np.abs(dearer), _LEAST_COST))

    return smoothed


def _table(columns: Columns) -> NDArray[np.float64]:
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
