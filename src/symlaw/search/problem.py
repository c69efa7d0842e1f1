"""What is asked of a search: data, target and language, prepared once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from symlaw.engine.fit import Rows, make_rows

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from symlaw.language.grammar import Language

PROBE_ROWS = 128
SAMPLE_ROWS = 4096


@dataclass(frozen=True)
class Problem:
    """Data and language of one search.

    The target is held as ``(y - y_centre) / y_scale``, of mean 0 and mean square 1 under the weights, so that
    losses are fractions of the target's variance whatever its unit.

    Parameters
    ----------
    language
        Formulas that may be proposed.
    rows
        All rows.
    sample
        At most `SAMPLE_ROWS` of them, for a first opinion on large tables.
    probe
        At most `PROBE_ROWS` of them, for fingerprints and scores inside searchers.
    y_centre, y_scale
        Weighted mean and standard deviation of the target.
    """

    language: Language
    rows: Rows
    sample: Rows
    probe: Rows
    y_centre: float
    y_scale: float

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return len(self.rows.target)

    @property
    def loss_floor(self) -> float:
        """Loss that rounding alone leaves: smaller ones are all called exact."""
        return 1e-24 * (1.0 + (self.y_centre / self.y_scale) ** 2)


def make_problem(
    X: ArrayLike, y: ArrayLike, language: Language, *, weights: ArrayLike | None = None, seed: int = 0
) -> Problem:
    """Prepare data for a search.

    Parameters
    ----------
    X
        (n_samples, n_features), finite.
    y
        (n_samples,), finite and not constant.
    language
        Its variables are the columns of ``X``, in order.
    weights
        (n_samples,), not negative.
    seed
        Chooses the probe rows.
    """
    columns = np.ascontiguousarray(np.asarray(X, dtype=float).T)
    target = np.asarray(y, dtype=float)
    w = np.ones(len(target)) if weights is None else np.asarray(weights, dtype=float)
    largest = float(np.max(np.abs(target))) or 1.0
    small = target / largest
    centre = float(np.average(small, weights=w))
    spread = float(np.sqrt(np.average((small - centre) ** 2, weights=w)))
    normal = (small - centre) / spread
    order = np.random.Generator(np.random.Philox(key=seed)).permutation(len(target))
    order = order[w[order] > 0]
    return Problem(
        language,
        make_rows(columns, normal, w),
        _subset(columns, normal, w, order, SAMPLE_ROWS),
        _subset(columns, normal, w, order, PROBE_ROWS),
        centre * largest,
        spread * largest,
    )


def _subset(
    columns: NDArray[np.float64],
    target: NDArray[np.float64],
    weights: NDArray[np.float64],
    order: NDArray[np.int64],
    count: int,
) -> Rows:
    """Rows spread evenly over the target's order, the smallest and largest among them."""
    if len(order) <= count:
        chosen = np.sort(order)
    else:
        ranked = order[np.argsort(target[order], kind="stable")]
        chosen = np.sort(ranked[np.linspace(0, len(ranked) - 1, count).round().astype(int)])
    return make_rows(columns[:, chosen], target[chosen], weights[chosen])
