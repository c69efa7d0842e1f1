"""What speaks for each row of a front: information criteria, cross-validation, stability, gaps.

Each formula's structure stays as the search found it; its constants are fitted anew to the rows at hand.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from symlaw.errors import DataError
from symlaw.search.archive import Entry
from symlaw.trust.constants.fit import Sample, fitted, model_of
from symlaw.trust.selection.description import EXACT_LOSS, description_length
from symlaw.trust.selection.linear_sums import with_sums
from symlaw.trust.selection.recommend import against_all, recommend
from symlaw.trust.selection.validation import folds_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from symlaw.language.expression import Expression
    from symlaw.trust.selection.description import Criteria

    Array = NDArray[np.float64]

FOLDS, BOOTSTRAPS = 5, 50
# A row that is this many nats behind on all rows does not win on rows drawn again.
_HOPELESS = 40.0


@dataclass(frozen=True)
class Evidence:
    """What speaks for one row of a front.

    Parameters
    ----------
    expression
        The formula.
    complexity, loss
        As on the front.
    description_length
        Nats for formula and data together (`symlaw.trust.selection.description.description_length`); the
        lowest is recommended unless it fails on rows held out.
    gap
        Nats by which the row before it is longer; below 0 where the added complexity does not pay.
    bic, aic
        Criteria of Schwarz (1978) and Akaike (1974) for normal errors; lower is better.
    cv_loss
        Loss on folds that the constants were not fitted to, as a fraction of the target's variance.
    cv_error
        Standard error of that over the folds.
    stability
        Share of tables of rows drawn again for which this row is recommended.
    """

    expression: Expression
    complexity: float
    loss: float
    description_length: float
    gap: float
    bic: float
    aic: float
    cv_loss: float
    cv_error: float
    stability: float


def evidence(
    front: Sequence[Entry],
    sample: Sample,
    criteria: Criteria,
    *,
    seed: int = 0,
) -> tuple[Evidence, ...]:
    """What speaks for each row of a front found in least squares.

    Parameters
    ----------
    front
        Entries by rising complexity.
    sample
        The rows of the data.
    criteria
        By what formulas are compared.
    seed
        Of folds and of rows drawn again.
    """
    front = [_on_all(entry, sample) for entry in front]
    n_rows = sample.n_rows
    criteria = replace(criteria, n_rows=n_rows)
    lengths = _compared(front, [description_length(one, criteria, sample) for one in front], criteria)
    folds = folds_of(n_rows, FOLDS, seed)
    scores = [_cross_validated(entry.expression, sample, folds) for entry in front]
    won = stability(front, sample, criteria, lengths, seed=seed)
    found = []
    for place, entry in enumerate(front):
        k = len(model_of(entry.expression).names) + 1
        twice = n_rows * math.log(max(entry.loss, EXACT_LOSS))
        gap = lengths[place - 1] - lengths[place] if place else math.nan
        found.append(
            Evidence(
                entry.expression, entry.complexity, entry.loss, lengths[place], gap,
                twice + k * math.log(n_rows), twice + 2.0 * k, *scores[place], won[place],
            )
        )  # fmt: skip
    return tuple(found)


def stability(
    front: Sequence[Entry],
    sample: Sample,
    criteria: Criteria,
    lengths: Sequence[float],
    *,
    seed: int = 0,
) -> Array:
    """Share of tables of rows drawn again (Efron 1979) for which each row would be recommended."""
    rng, won = np.random.Generator(np.random.Philox(seed)), np.zeros(len(front))
    able = [place for place, length in enumerate(lengths) if length <= min(lengths) + _HOPELESS]
    if not able:
        able = [0]
    for _ in range(BOOTSTRAPS):
        again = sample.at(rng.integers(sample.n_rows, size=sample.n_rows))
        entries = [_on_all(front[place], again) for place in able]
        own = _compared(entries, [description_length(one, criteria) for one in entries], criteria)
        won[able[recommend(entries, criteria, lengths=own).place]] += 1
    return won / BOOTSTRAPS


def _compared(entries: Sequence[Entry], lengths: Sequence[float], criteria: Criteria) -> list[float]:
    """Description lengths as the end of a search compares them."""
    return against_all(entries, with_sums(entries, lengths, criteria))


def _on_all(entry: Entry, sample: Sample) -> Entry:
    """An entry with its constants fitted to all rows of a sample, and its loss there."""
    expression, squares = _refitted(entry.expression, sample)
    return Entry(expression, entry.complexity, squares / _variance(sample), entry.inner, entry.source)


def _refitted(expression: Expression, sample: Sample) -> tuple[Expression, float]:
    """A formula fitted to a sample, and the weighted mean square of its errors; inf where it is undefined."""
    try:
        fit = fitted(model_of(expression), sample)
    except DataError:
        return expression, math.inf
    return fit.expression, fit.squares / float(sample.weights.sum())


def _variance(sample: Sample) -> float:
    centre = float(np.average(sample.y, weights=sample.weights))
    return float(np.average((sample.y - centre) ** 2, weights=sample.weights)) or 1.0


def _cross_validated(
    expression: Expression, sample: Sample, folds: Sequence[NDArray[np.int64]]
) -> tuple[float, float]:
    """Mean loss over folds that the constants were not fitted to, and its standard error."""
    losses, variance = [], _variance(sample)
    for fold in folds:
        rest = np.setdiff1d(np.arange(sample.n_rows), fold)
        own, _ = _refitted(expression, sample.at(rest))
        left = sample.at(fold)
        values = model_of(own).values_and_slopes(left.X, left.names)[0]
        square = float(np.average((left.y - values) ** 2, weights=left.weights))
        losses.append(square / variance if math.isfinite(square) else math.inf)
    mean = float(np.mean(losses))
    return mean, float(np.std(losses, ddof=1) / math.sqrt(len(losses))) if math.isfinite(mean) else math.inf
