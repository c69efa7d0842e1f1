"""`symlaw.rules`: a table and the name of its target become a fitted `RuleClassifier`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from symlaw.errors import DataError
from symlaw.tasks.rules.estimator import RuleClassifier
from symlaw.tasks.rules.inputs import columns_of, target_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from symlaw.search.watch import Watch


def rules(
    data: Any, target: str, *, drop: Sequence[str] = (), weights: ArrayLike | None = None,
    watch: Watch | None = None, **settings: Any,
) -> RuleClassifier:  # fmt: skip
    """Find a short rule that tells the classes of a column apart.

    Parameters
    ----------
    data
        A path, a data frame or a dict of columns.
    target
        The column of classes; rows without one are left out.
    drop
        Columns to leave out.
    weights
        How much each row of the table counts.
    watch
        As `RuleClassifier.fit` has it.
    settings
        Those of `RuleClassifier`.

    Raises
    ------
    DataError
        When the target has one class only, or too many.
    ColumnNotFound
        When a column is named that the table lacks.

    Examples
    --------
    >>> import symlaw
    >>> table = {"age": [30, 75, 80, 40, 90, 20] * 10, "insulin": [0, 1, 1, 0, 0, 1] * 10}
    >>> table["readmitted"] = ["no", "yes", "yes", "no", "yes", "no"] * 10
    >>> print(symlaw.rules(table, target="readmitted", random_state=0))
    age > 60
    """
    labels, names = target_of(data, target)
    known = np.array([label is not None and label == label for label in labels])
    if not known.any():
        raise DataError(f"the target {target!r} is missing in every row: give rows with a label")
    columns, _ = columns_of(data)
    unknown = [name for name in drop if name not in names]
    if unknown:
        raise DataError(f"drop names {unknown[0]!r}, which is no column beside the target")
    kept = {name: columns[name][known] for name in names if name not in set(drop)}
    if not kept:
        raise DataError(f"no column is left beside the target {target!r}: give columns for the rule")
    frame = pd.DataFrame(kept)
    own = np.array(labels[known].tolist())
    counted = None if weights is None else np.asarray(weights, dtype=float)[known]
    return RuleClassifier(**settings).fit(frame, own, sample_weight=counted, watch=watch)
