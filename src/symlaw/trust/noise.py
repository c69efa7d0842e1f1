"""What the errors that a formula leaves say about the noise: how large it is, and whether it grows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from symlaw.trust.rounding import AS_GOOD, step_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symlaw.engine.losses.table import Loss

    Array = NDArray[np.float64]

# Errors below this share of the target are rounding.
_ROUNDING = 2e-14
# Fewer rows do not tell whether errors grow.
_LEAST_ROWS = 16
# Standard deviations of a rank correlation of nothing that make one certain.
_CERTAIN = 3.5
# Predictions of the middle four fifths of rows that are alike within this factor tell no growth.
_RANGE = 1.5
# Powers of the value by which errors grow: that of counts lies between the two.
_ROOT, _PROPORTION = 0.3, 0.7
# Median absolute deviation of a normal distribution of standard deviation 1, inverted.
_NORMAL = 1.4826


def noise_of(
    y: Array, predicted: Array, loss: Loss, weights: Array | None = None, y_std: Array | None = None
) -> str:
    """The noise in one sentence without a full stop, with what to change where it does not fit the loss.

    Parameters
    ----------
    y, predicted
        Target, and values of the recommended formula (n_rows,). Rows where that is undefined do not count.
    loss
        What the formula was found with.
    weights
        (n_rows,), where rows had some.
    y_std
        Standard deviations that the weights are made of (n_rows,), where they are.
    """
    there = np.isfinite(predicted)
    y, predicted = y[there], predicted[there]
    errors, w = y - predicted, np.ones(len(y)) if weights is None else weights[there]
    if not len(y) or loss.gives_log_odds:
        return ""
    size = float(np.max(np.abs(errors)))
    size *= float(np.sqrt(np.average((errors / size) ** 2, weights=w))) if size > 0.0 else 0.0
    if size <= _ROUNDING * float(np.max(np.abs(y))):
        return "none: what is left is rounding"
    step = step_of(y)
    if step is not None and size <= AS_GOOD * step / np.sqrt(12.0):
        return f"rounding: the target's numbers come in steps of {step:g}"
    if y_std is not None:
        return _beside_bars(errors / y_std[there])
    if len(y) < _LEAST_ROWS:
        return f"{size:.2g} in the root of the mean square; {len(y)} rows do not tell whether it is even"
    if loss.row.of_each:
        return f"in proportion to the value: {_share(errors, predicted)} of each value"
    if weights is not None and _goes_with(np.abs(errors), w):
        return (
            f"{size:.2g}, and larger where weights are: where these are standard deviations of the target,"
            " give them as y_std"
        )
    return _growth(y, errors * np.sqrt(w / np.mean(w)), predicted, loss, size, weighted=weights is not None)


def _beside_bars(shares: Array) -> str:
    """Errors over their stated standard deviations: whether these are as large as they should be."""
    times = float(np.sqrt(np.mean(shares**2)))
    # the root of a mean of squares of so many normal numbers, three of its standard errors apart
    apart = 3.0 / np.sqrt(2.0 * len(shares))
    if abs(times - 1.0) <= apart:
        return f"as the error bars say: errors are {times:.2g} times them"
    if times > 1.0:
        return f"errors are {times:.2g} times their bars: these are too small, or the formula lacks something"
    return f"errors are {times:.2g} times their bars: these are too large, or are no standard deviations"


def _growth(y: Array, errors: Array, predicted: Array, loss: Loss, size: float, *, weighted: bool) -> str:
    """Whether weighted errors grow with the value, and what to do then."""
    values = np.abs(predicted)
    low, high = np.quantile(values, [0.1, 0.9])
    beside = ", weights counted" if weighted else ""
    if not high > _RANGE * low or not _goes_with(np.abs(errors), values):
        return f"even{beside}: {size:.2g}"
    power = _power(np.abs(errors), values)
    if power < _ROOT:
        return f"about even{beside}: {size:.2g}, a little larger for larger values"
    if power < _PROPORTION and np.all(y >= 0) and np.all(y == np.rint(y)):
        return f"grows with the root of the value, as that of counts: loss 'poisson' is for these{beside}"
    grows = f"grows with the value{beside}: {_share(errors, predicted)} of each value"
    if weighted or not loss.shares_variance:
        return grows
    if np.all(y > 0):
        return f"{grows}; loss 'log' counts errors as shares of the value"
    return f"{grows}; y_std (standard deviations of the target) lets rows count for what they are worth"


def _goes_with(errors: Array, other: Array) -> bool:
    """Whether sizes of errors rise with something, in ranks and beyond chance."""
    ranks = [_ranks(one) - 0.5 * (len(one) + 1) for one in (errors, other)]
    spread = float(np.sqrt(np.sum(ranks[0] ** 2) * np.sum(ranks[1] ** 2)))
    return spread > 0.0 and float(ranks[0] @ ranks[1]) / spread * np.sqrt(len(errors) - 1.0) > _CERTAIN


def _ranks(values: Array) -> Array:
    """Ranks from 1, equal values sharing their mean; `scipy.stats` takes half a second to load."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(count) - 0.5 * (count - 1))[place]


def _power(errors: Array, values: Array) -> float:
    """By which power of the value errors grow, from the lowest to the highest third of the rows."""
    order = np.argsort(values, kind="stable")
    low, high = order[: len(order) // 3], order[-(len(order) // 3) :]
    apart = float(np.mean(values[high]) / max(float(np.mean(values[low])), 1e-300))
    growth = float(np.mean(errors[high]) / max(float(np.mean(errors[low])), 1e-300))
    return float(np.log(max(growth, 1e-300)) / np.log(apart)) if apart > 1.0 else 0.0


def _share(errors: Array, predicted: Array) -> str:
    """The robust size of errors as a share of the value."""
    told = predicted != 0
    share = _NORMAL * float(np.median(np.abs(errors[told] / predicted[told])))
    return f"{100.0 * share:.2g}%"
