"""Fits of a formula's constants under the loss that it was found with, where that is a likelihood."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from symlaw.errors import DataError, InvalidSetting
from symlaw.language.expression import Constant, Expression
from symlaw.search.scoring.log_odds import unlinked
from symlaw.trust.constants.fit import Fit, Model, Sample, fitted, model_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symlaw.engine.losses.table import Loss

    Array = NDArray[np.float64]

# Steps of reweighting, and the relative change of a constant at which they end.
_STEPS, _SETTLED = 100, 1e-10
# Least variance of a label, where its probability is next to 0 or 1.


def has_likelihood(loss: Loss) -> bool:
    """Whether `fit_under` can fit under a loss."""
    return loss.by_squares or loss.row.variance is not None


def model_under(loss: Loss, expression: Expression) -> Model:
    """A formula whose constants are parameters, but for the ones of its link where it is of a probability."""
    return model_of(with_fixed_link(expression) if loss.gives_log_odds else expression)


def fit_under(loss: Loss, model: Model, sample: Sample) -> Fit:
    """A formula's constants where its loss is least, and how they hang on the rows.

    Losses that weigh squares are least squares with their weights. Counts and labels are fitted by least
    squares with weights that are made anew of the fitted means until these stay, which solves the equations
    of the likelihood (Wedderburn 1974); standard errors are those of the expected information.

    Parameters
    ----------
    loss
        What the formula was found with.
    model
        The formula, at numbers from which the fit begins; see `model_under`.
    sample
        The rows, with the weights that the user gave them.

    Raises
    ------
    InvalidSetting
        When the loss is no likelihood and weighs no squares.
    DataError
        When the formula is not finite on every row.
    """
    if loss.shares_variance:
        return fitted(model, sample)
    if loss.by_squares:
        return fitted(model, replace(sample, weights=loss.weighted(sample.y, sample.weights)))
    variance = loss.row.variance
    if variance is None:
        raise InvalidSetting(
            f"the loss is {loss.name}, and they are told for squared errors, counts (loss 'poisson') and"
            " labels (loss 'logistic')"
        )
    values = np.zeros(0)
    for _ in range(_STEPS):
        mean = model.values_and_slopes(sample.X, sample.names)[0]
        if not np.all(np.isfinite(mean)):
            raise DataError(f"{model.expression} is not finite on every row: leave out rows where it is not")
        weights = sample.weights / variance(mean)
        fit = fitted(model, replace(sample, weights=weights, known=True))
        model, before, values = fit.model, values, fit.values
        if len(before) and np.all(np.abs(values - before) <= _SETTLED * np.abs(values)):
            break
    return fit


def with_fixed_link(probability: Expression) -> Expression:
    """The formula of a probability with the ones of its link, ``1 / (1 + exp(...))``, as they are."""
    if unlinked(probability) is probability or probability.nodes[-1].name != "/":  # type: ignore[union-attr]
        return probability
    # the first is above the line, the other begins or ends the sum below it
    last = len(probability.nodes) - 3
    ones = {0, 1 if probability.nodes[1] == Constant(1.0) else last}
    nodes = (
        Constant(1.0, fixed=True) if place in ones else node for place, node in enumerate(probability.nodes)
    )
    return Expression(tuple(nodes))
