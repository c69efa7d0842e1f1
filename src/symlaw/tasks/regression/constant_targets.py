"""Targets that are the same in every row: their formula is that number, and nothing is searched."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np

from symlaw.language.expression import Constant, Expression
from symlaw.search.loop.budget import Spent
from symlaw.search.loop.search import Outcome
from symlaw.tasks.regression.fit import Fitted, Row
from symlaw.trust.selection.recommend import Recommendation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from symlaw.tasks.regression.settings import Settings

_REASON = "the target is constant"


def is_constant(y: NDArray[np.float64], settings: Settings) -> bool:
    """Whether a target (n_samples,) needs no search; where a template is given, a number does not do."""
    return not np.min(y) < np.max(y) and not settings.fills_template


def fitted_constant(
    y: NDArray[np.float64], names: Sequence[str], settings: Settings, target: str = "y"
) -> Fitted:
    """The number that a target (n_samples,) always is as the only formula, said in a warning.

    Raises
    ------
    DataError
        When the loss cannot judge the target.
    """
    settings.objective().check(y, target)
    warnings.warn(
        f"target {target!r} is constant ({y[0]:g} in every row): its formula is that number",
        RuntimeWarning,
        stacklevel=2,
    )
    number = Expression((Constant(float(y[0])),))
    row = Row(number, settings.language(names).complexity(number), 0.0, 1.0, 0.0, 0.0, 0.0)
    return Fitted((row,), Recommendation(0, _REASON), Outcome((), Spent(), _REASON))
