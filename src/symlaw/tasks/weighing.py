"""How rows given to an estimator are weighed: standard deviations, and columns that look like some."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.data.deviations import checked_deviations, looks_like_errors, names_errors, weights_of
from symlaw.data.rounding import without_wrong_signs
from symlaw.errors import ColumnNotFound, DataError, InvalidSetting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from symlaw.engine.losses import Loss

# Share of a target's spread below which its mean has only the digits of the row that weighs most.
_OUTWEIGHED = 1e-8
# Below it numbers lose their digits.
_LEAST_SPREAD = 1e-305


def weighed_rows(
    X: Any, y: Any, sample_weight: ArrayLike | None, y_std: ArrayLike | str | None
) -> tuple[Any, ArrayLike | None, str | None]:
    """The features without a column of standard deviations, weights, and the name of that column.

    Raises
    ------
    InvalidSetting
        When weights and deviations are both given.
    ColumnNotFound
        When there is no column of the name.
    DataError
        When a deviation is none.
    """
    if y_std is None:
        _warn_of_errors(X, y, sample_weight)
        return X, sample_weight, None
    if sample_weight is not None:
        raise InvalidSetting("sample_weight and y_std are both given: leave one of them out")
    if not isinstance(y_std, str):
        return X, weights_of(checked_deviations(y_std, len(X))), None
    names = _names(X)
    if y_std not in names:
        known = ", ".join(names) if names else "an array without names"
        raise ColumnNotFound(f"y_std names {y_std!r}, which is no column of X ({known}): give its values")
    deviations = checked_deviations(np.asarray(X[y_std], dtype=float), len(X), f"y_std {y_std!r}")
    return without_column(X, y_std), weights_of(deviations), y_std


def without_column(X: Any, name: str | None) -> Any:
    """A frame without a column, if it has it."""
    if name is None or name not in _names(X):
        return X
    return X[[other for other in X.columns if other != name]]


def _names(X: Any) -> list[str]:
    return [one for one in getattr(X, "columns", ()) if isinstance(one, str)]


def _warn_of_errors(X: Any, y: Any, sample_weight: Any) -> None:
    """Say which columns look like errors of the target, and that weights may be some."""
    target = getattr(y, "name", None)
    for name in _names(X):
        if looks_like_errors(name, target if isinstance(target, str) else "y"):
            warnings.warn(
                f"column {name!r} looks like the standard deviation of the target: give y_std={name!r} to"
                " weigh rows by it, or leave the column out",
                UserWarning,
                stacklevel=4,
            )
    called = getattr(sample_weight, "name", None)
    if isinstance(called, str) and names_errors(called):
        warnings.warn(
            f"sample_weight is called {called!r}: rows count the more the larger it is; give standard"
            " deviations as y_std",
            UserWarning,
            stacklevel=4,
        )


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


def told_of_signs(X: NDArray[np.float64], names: Sequence[str]) -> NDArray[np.float64]:
    """Columns with 0 for what rounding left of the other sign, said in a warning."""
    X, notes = without_wrong_signs(X, names)
    for note in notes:
        warnings.warn(note, UserWarning, stacklevel=3)
    return X


def deviations_of(X: Any, y_std: ArrayLike | str | None) -> NDArray[np.float64] | None:
    """Standard deviations (n_samples,) given as numbers or as the name of a column."""
    if y_std is None:
        return None
    given = X[y_std] if isinstance(y_std, str) else y_std
    return checked_deviations(np.asarray(given, dtype=float), len(X))
