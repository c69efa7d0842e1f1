"""What is asked of a search: data, target and language, prepared once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from symlaw.engine.fit import Rows, make_rows

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from symlaw.language.grammar import Language

PROBE_ROWS = 64
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
    probe_places
        Which rows the probe rows are, int64.
    y
        The target in the user's unit, float64 (n_rows,).
    y_centre, y_scale
        Weighted mean and standard deviation of the target.
    """

    language: Language
    rows: Rows
    sample: Rows
    probe: Rows
    probe_places: NDArray[np.int64]
    y: NDArray[np.float64]
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
    sampled, probed = (_spread_evenly(normal, order, count) for count in (SAMPLE_ROWS, PROBE_ROWS))
    return Problem(
        language,
        make_rows(columns, normal, w),
        make_rows(columns[:, sampled], normal[sampled], w[sampled]),
        make_rows(columns[:, probed], normal[probed], w[probed]),
        probed,
        target,
        centre * largest,
        spread * largest,
    )


def _spread_evenly(target: NDArray[np.float64], order: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Rows spread evenly over the target's order, the smallest and largest among them."""
    if len(order) <= count:
        return np.sort(order)
    ranked = order[np.argsort(target[order], kind="stable")]
    return np.sort(ranked[np.linspace(0, len(ranked) - 1, count).round().astype(int)])


def rows_for(problem: Problem, values: NDArray[np.float64]) -> Rows:
    """The probe rows with another target, given on all rows."""
    chosen = values[problem.probe_places]
    chosen = chosen / float(np.max(np.abs(chosen)))
    rows = make_rows(problem.probe.X, chosen, problem.probe.weights)
    unit = float(np.sqrt(rows.variance)) or 1.0
    return make_rows(problem.probe.X, chosen / unit, problem.probe.weights)
