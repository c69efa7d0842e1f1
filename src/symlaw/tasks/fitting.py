"""One regression from arrays to a front: what the estimator and the command both run."""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from symlaw.engine.evaluate import evaluate
from symlaw.engine.losses import Loss
from symlaw.engine.reduce import line_sums
from symlaw.errors import DataError
from symlaw.search.archive import Archive, Entry
from symlaw.search.budget import Spent
from symlaw.search.compiling import compile_losses, compile_search, is_warm
from symlaw.search.linking import unlinked
from symlaw.search.portfolio import Outcome, Progress, search
from symlaw.search.problem import make_problem, null_deviance
from symlaw.trust.selection import Recommendation, recommend

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from symlaw.language.expression import Expression
    from symlaw.tasks.settings import Settings


_log = logging.getLogger(__name__)

# Figures of a front take about this long for each row of the table and each formula, which is one for each
# unit of complexity at most.
_SECONDS_PER_FIGURE = 2e-8


@dataclass(frozen=True)
class Row:
    """One formula of a front with its figures.

    Parameters
    ----------
    expression
        The formula in the user's units.
    complexity
        Sum of the nodes' costs.
    loss
        The chosen loss as a fraction of the best constant's: in least squares the mean square error as a
        fraction of the target's variance (weighted, where weights were given).
    r2
        Coefficient of determination; ``1 - loss`` in least squares.
    rmse, mae, max_error
        Root mean square, mean absolute and largest absolute error, in the target's unit.
    """

    expression: Expression
    complexity: float
    loss: float
    r2: float
    rmse: float
    mae: float
    max_error: float


@dataclass(frozen=True)
class Fitted:
    """Result of one regression."""

    rows: tuple[Row, ...]
    recommended: Recommendation
    outcome: Outcome


def fit_front(
    X: NDArray[np.float64],
    y: NDArray[np.float64],
    names: Sequence[str],
    settings: Settings,
    *,
    target: str = "y",
    weights: NDArray[np.float64] | None = None,
    guesses: Sequence[Expression] = (),
    listen: Callable[[Progress], None] | None = None,
    stop: threading.Event | None = None,
) -> Fitted:
    """Search for formulas of ``y`` (n_samples,) in the columns of ``X`` (n_samples, n_features).

    Raises
    ------
    DataError
        When the target is constant or none that the loss can judge, or no formula is finite on all rows.
    InvalidSetting
        When no searcher that was named can work with the loss.
    """
    loss = settings.objective()
    loss.check(y, target)
    _prepare(settings)
    spent = Spent()
    if not np.ptp(y) > 0:
        raise DataError(f"the target is constant ({y[0]:g} in every row): there is nothing to explain")
    language = settings.language(names)
    problem = make_problem(X, y, language, weights=weights, seed=settings.seed, loss=loss)
    archive = Archive(language.max_complexity, problem.loss_floor)
    outcome = search(
        problem,
        replace(settings.budget(), reserve=_SECONDS_PER_FIGURE * len(y) * language.max_complexity),
        searchers=settings.members(),
        threads=settings.threads,
        seed=settings.seed,
        listen=listen,
        stop=stop,
        archive=archive,
        guesses=[unlinked(guess) for guess in guesses] if loss.row.logit else guesses,
        spent=spent,
    )
    if not outcome.front:
        raise DataError(
            "no formula was finite on every row before the search ended: allow more time, or more operators"
        )
    # the problem holds the columns as the engine reads them
    rows = figures(outcome.front, problem.rows.X.T, y, names, weights, loss)
    coder = loss.coder(null_deviance(X, y, loss, weights))
    chosen = recommend(outcome.front, len(y), n_symbols(settings, names), coder)
    return Fitted(rows, chosen, outcome)


def _prepare(settings: Settings) -> None:
    """Compile before the clock starts, when this machine has not done so yet."""
    if not settings.objective().is_least_squares:
        compile_losses()
    if is_warm(settings.searchers):
        return
    _log.info("compiling kernels for this machine, once: about half a minute")
    compile_search(settings.operators, alone=settings.threads == 1, searchers=settings.searchers)


def n_symbols(settings: Settings, names: Sequence[str]) -> int:
    """Symbols that a node may be: operators, variables and a constant."""
    return len(settings.operators) + len(names) + 1


def figures(
    front: Sequence[Entry],
    X: NDArray[np.float64],
    y: NDArray[np.float64],
    names: Sequence[str],
    weights: NDArray[np.float64] | None = None,
    loss: Loss | None = None,
) -> tuple[Row, ...]:
    """Error figures of each entry of a front; all but the loss are those of squared errors under any loss."""
    w, sums, rows = np.ones(len(y)) if weights is None else weights, np.zeros(5), []
    squared = loss is None or loss.is_squared
    largest_target = float(np.max(np.abs(y)))
    small = y / largest_target
    deviation = largest_target * math.sqrt(np.average((small - np.average(small, weights=w)) ** 2, weights=w))
    for entry in front:
        # one at a time: the values of a whole front on a large table are a lot of memory
        predicted = evaluate([entry.expression], X, names)[0]
        line_sums(predicted, y, w, 1.0, 0.0, 1.0, sums)
        largest = float(sums[2])
        # squares of errors around 1e200 or 1e-200 would leave the range
        line_sums(predicted, y, w, 1.0, 0.0, largest or 1.0, sums)
        rmse = largest * math.sqrt(sums[0] / w.sum())
        mae = largest * float(sums[1] / w.sum())
        r2 = 1.0 - (entry.loss if squared else (rmse / deviation) ** 2)
        rows.append(Row(entry.expression, entry.complexity, entry.loss, r2, rmse, mae, largest))
    return tuple(rows)
