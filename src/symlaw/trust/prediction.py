"""Where new targets will lie: intervals from the constants' uncertainty, and conformal ones.

Conformal intervals need no model of the errors. They keep the formula's structure and fit its constants anew
without each row, or each fold of many rows: the jackknife+ and CV+ of Barber, Candès, Ramdas and Tibshirani
(2021). With rows of their own, which nothing was fitted to, they are split conformal ones (Papadopoulos et
al. 2002).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.errors import DataError, InvalidSetting
from symlaw.trust.constants.fit import Sample, fitted
from symlaw.trust.constants.uncertainty import Prediction, checked_level
from symlaw.trust.selection.validation import folds_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from symlaw.trust.constants.uncertainty import Uncertainty

    Array = NDArray[np.float64]

# Rows up to which each is left out by itself, and folds of more rows.
SINGLY, FOLDS = 300, 20


def predicted(
    known: Uncertainty,
    X: Any,
    level: float | None,
    kind: str,
    of_mean: bool,
    calibration: tuple[Any, ArrayLike] | None,
) -> Prediction:
    """Values and intervals at new points, as `Uncertainty.predict` is asked for them."""
    if not known.loss.by_squares and not of_mean:
        raise InvalidSetting("targets are counts or labels: ask for the interval of a mean, of_mean=True")
    names = known.fit.sample.names
    points = as_columns(X, names)
    if kind == "delta":
        return by_delta(known, points, level, of_mean=of_mean)
    if kind != "conformal" or of_mean:
        raise InvalidSetting(
            f"kind is {kind!r}, of_mean {of_mean}: give kind 'delta', or 'conformal' without of_mean"
        )
    if calibration is None:
        return by_folds(known, points, level)
    fresh = Sample(
        as_columns(calibration[0], names), np.asarray(calibration[1], dtype=float), names,
        np.ones(len(np.asarray(calibration[1]))),
    )  # fmt: skip
    return by_calibration(known, points, fresh, level)


def as_columns(X: Any, names: Sequence[str]) -> Array:
    """Columns of a frame, a mapping or an array (n_samples, n_features) in the order of names."""
    if isinstance(X, Mapping) or hasattr(X, "columns"):
        return np.column_stack([np.asarray(X[name], dtype=float) for name in names])
    return np.asarray(X, dtype=float)


def by_delta(
    known: Uncertainty, X: Array, level: float | None = None, *, of_mean: bool = False
) -> Prediction:
    """Intervals to first order in the constants (Bates and Watts 1988, section 2.3).

    Parameters
    ----------
    known
        The fitted formula.
    X
        New points (n_samples, n_features), columns as in the fit.
    level
        Such as 0.95; that of ``known`` by default.
    of_mean
        Whether intervals are of the formula's value, without the error of a single new target.
    """
    level = checked_level(known.level if level is None else level)
    value, slopes = known.fit.model.values_and_slopes(X, known.fit.sample.names)
    # constants that are not determined by themselves still are in the directions that matter
    variance = np.einsum("ij,jk,ik->i", slopes, known.fit.in_determined_directions(), slopes)
    if not of_mean:
        variance = variance + known.fit.variance * _typical_variance(known.fit.sample)
    reach = known.quantile(level) * np.sqrt(np.maximum(variance, 0.0))
    return Prediction(value, value - reach, value + reach, level, 0.0)


def _typical_variance(sample: Sample) -> float:
    """Variance of a new target relative to one of weight 1."""
    return float(np.mean(1.0 / sample.weights))


def by_folds(known: Uncertainty, X: Array, level: float | None = None) -> Prediction:
    """Conformal intervals from fits without each row or fold (jackknife+, CV+).

    Raises
    ------
    DataError
        When there are too few rows for the level.
    """
    level = checked_level(known.level if level is None else level)
    sample = known.fit.sample
    _check_rows(sample.n_rows, level)
    n_folds = sample.n_rows if sample.n_rows <= SINGLY else FOLDS
    folds = [np.sort(fold) for fold in folds_of(sample.n_rows, n_folds, known.seed)]
    lows, highs = [], []
    for fold in folds:
        rest = np.setdiff1d(np.arange(sample.n_rows), fold)
        model = fitted(known.fit.model, sample.at(rest)).model
        left = sample.at(fold)
        score = np.abs(left.y - model.values_and_slopes(left.X, left.names)[0])
        there = model.values_and_slopes(X, sample.names)[0]
        lows.append(there[None, :] - score[:, None])
        highs.append(there[None, :] + score[:, None])
    below, above = np.sort(np.concatenate(lows), axis=0), np.sort(np.concatenate(highs), axis=0)
    rank = math.ceil(level * (sample.n_rows + 1))
    value = known.fit.model.values_and_slopes(X, sample.names)[0]
    promised = _promised(level, sample.n_rows, len(folds))
    return Prediction(value, below[sample.n_rows - rank], above[rank - 1], level, promised)


def _promised(level: float, n_rows: int, n_folds: int) -> float:
    """Share of new targets that intervals of folds hold for certain (theorems 1 and 4 of the paper)."""
    share = n_rows / n_folds
    first = 2.0 * (1.0 - 1.0 / n_folds) / (share + 1.0)
    second = (1.0 - n_folds / n_rows) / (n_folds + 1.0)
    return max(0.0, 2.0 * level - 1.0 - (min(first, second) if n_folds < n_rows else 0.0))


def by_calibration(
    known: Uncertainty, X: Array, calibration: Sample, level: float | None = None
) -> Prediction:
    """Conformal intervals from rows that neither the search nor the fit has seen (split conformal).

    Raises
    ------
    DataError
        When there are too few such rows for the level.
    """
    level = checked_level(known.level if level is None else level)
    _check_rows(calibration.n_rows, level)
    model, names = known.fit.model, known.fit.sample.names
    scores = np.sort(np.abs(calibration.y - model.values_and_slopes(calibration.X, names)[0]))
    reach = scores[math.ceil(level * (calibration.n_rows + 1)) - 1]
    value = model.values_and_slopes(X, names)[0]
    return Prediction(value, value - reach, value + reach, level, level)


def _check_rows(n_rows: int, level: float) -> None:
    needed = math.ceil(level / (1.0 - level) - 1e-9)
    if n_rows < needed:
        raise DataError(
            f"conformal intervals of level {level:g} need {needed} rows, and there are {n_rows}:"
            " lower the level"
        )
