"""R² of a fitted estimator on data with missing cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.metrics import r2_score

from symlaw.engine.evaluate import evaluate
from symlaw.errors import DataError
from symlaw.tasks.inputs.intake import features_of, taken_again

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from symlaw.tasks.model.fitted import FittedModel


def score_of(model: FittedModel, X: Any, y: ArrayLike, sample_weight: ArrayLike | None = None) -> float:
    """R² on the rows that have all cells and a target, as `fit` takes them.

    Raises
    ------
    DataError
        When the formula is undefined on one of them, or none is left.
    """
    features_of(model, X)
    data = taken_again(model.reading_, X, y, sample_weight)
    several = isinstance(model.expression_, tuple)
    formulas: Any = model.expression_ if several else (model.expression_,)
    values = evaluate(formulas, data.X, list(data.names)).T
    undefined = np.flatnonzero(~np.isfinite(values).all(axis=1))
    if len(undefined):
        raise DataError(
            f"the formula is undefined on {len(undefined)} of {len(values)} rows with all cells (the first is"
            f" number {undefined[0] + 1} of them): R2 needs its value on each"
        )
    return float(r2_score(data.Y, values, sample_weight=data.weights))
