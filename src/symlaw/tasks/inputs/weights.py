"""Whether a target varies under the weights of its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from symlaw.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symlaw.engine.losses.table import Loss

# Share of a target's spread below which its mean has only the digits of the row that weighs most.
_OUTWEIGHED = 1e-8
# Below it numbers lose their digits.
_LEAST_SPREAD = 1e-305


def check_target(
    y: NDArray[np.float64], weights: NDArray[np.float64] | None, target: str, loss: Loss
) -> None:
    """Refuse a target (n_samples,) that the loss cannot judge, or of which nothing is to be explained.

    Raises
    ------
    DataError
        When the loss refuses its values, when it is constant, by its numbers or by those that count under its
        weights and those of the loss, or when it is too small for numbers.
    """
    loss.check(y, target)
    if not np.min(y) < np.max(y):
        raise DataError(f"the target is constant ({y[0]:g} in every row): there is nothing to explain")
    spread = float(np.std(y / np.max(np.abs(y)))) * float(np.max(np.abs(y)))
    if not spread > _LEAST_SPREAD:
        raise DataError(
            f"target {target!r} varies by {spread:.3g}, which is too small for the digits of a number: give"
            " it in a smaller unit"
        )
    if varies(y, weights, loss):
        return
    why = (
        "" if loss.row.row_weights is None else f", or a loss that does not weigh rows as {loss.name!r} does"
    )
    raise DataError(
        f"target {target!r} does not vary under these weights, as one row weighs more than all others"
        f" together: give weights that are less different{why}"
    )


def varies(y: NDArray[np.float64], weights: NDArray[np.float64] | None, loss: Loss) -> bool:
    """Whether a target (n_samples,) still varies with its rows weighed, by its weights and the loss's."""
    if not np.min(y) < np.max(y):
        return False
    small = y / np.max(np.abs(y))
    given = np.ones(len(y)) if weights is None else weights / np.max(weights)
    w = loss.weighted(y, given)
    spread = float(np.sqrt(np.average((small - np.average(small, weights=w)) ** 2, weights=w)))
    return spread > _OUTWEIGHED * float(np.std(small)) and spread * np.max(np.abs(y)) > _LEAST_SPREAD
