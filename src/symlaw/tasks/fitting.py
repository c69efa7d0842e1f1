"""One regression from arrays to a front: what the estimator and the command both run."""

from __future__ import annotations

import logging
import math
import time
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from symlaw.engine.evaluate import evaluate
from symlaw.engine.losses import Loss
from symlaw.engine.reduce import line_sums
from symlaw.errors import DataError
from symlaw.language.expression import Constant, Expression
from symlaw.language.simplifying.graph import is_installed
from symlaw.search.archive import Archive, Entry
from symlaw.search.budget import Spent
from symlaw.search.compiling import compile_losses, compile_search, is_warm
from symlaw.search.course import STOPPED
from symlaw.search.finishing import finished, seconds_for
from symlaw.search.linking import unlinked
from symlaw.search.portfolio import Outcome, Progress, search
from symlaw.search.problem import make_problem, residual_for
from symlaw.search.scoring import score_from, warn_if_slow
from symlaw.tasks.groups import check_groups
from symlaw.tasks.memory import give_back
from symlaw.tasks.settling import seconds_for as seconds_for_settling
from symlaw.tasks.settling import settled
from symlaw.tasks.simplifying import rising, simplest
from symlaw.tasks.simplifying import seconds_for as seconds_for_simplifying
from symlaw.tasks.sparing import spared
from symlaw.trust.doubts import Doubt, doubts_of
from symlaw.trust.selection import Recommendation, by_objective, recommend, worth_showing
from symlaw.trust.validation import held_out_errors, holds_exactly, split_rows

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from symlaw.knowledge.shape import Shape, Verdict
    from symlaw.language.grammar import Language
    from symlaw.runs.earlier import Earlier
    from symlaw.search.problem import Oracle, Problem
    from symlaw.tasks.settings import Settings


_log = logging.getLogger(__name__)

# Figures of a front take about this long for each row of the table and each formula, which is one for each
# unit of complexity at most.
_SECONDS_PER_FIGURE = 2e-8
# Verdicts on a front take about this long for each statement about values, and may keep back such a share.
_SECONDS_PER_STATEMENT, _MOST_FOR_VERDICTS = 0.15, 0.15
# Tables of no more rows are fitted on all of them in the end, held out or not; larger ones gain nothing.
_FINISHED_ON_ALL = 50_000
_AFTER_A_STOP = 0.3


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
    verdicts
        What is known of each statement about values.
    objective
        Value of the user's objective, by which the front is ordered where there is one.
    """

    expression: Expression
    complexity: float
    loss: float
    r2: float
    rmse: float
    mae: float
    max_error: float
    verdicts: tuple[Verdict, ...] = ()
    objective: float | None = None


@dataclass(frozen=True)
class Fitted:
    """Result of one regression.

    Parameters
    ----------
    rows
        The front.
    recommended
        Which row is recommended.
    outcome
        What the search gave.
    doubts
        Statements about values that the data contradict.
    """

    rows: tuple[Row, ...]
    recommended: Recommendation
    outcome: Outcome
    doubts: tuple[Doubt, ...] = ()


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
    oracle: Oracle | None = None,
    earlier: Earlier | None = None,
) -> Fitted:
    """Search for formulas of ``y`` (n_samples,) in the columns of ``X`` (n_samples, n_features).

    An ``oracle`` gives the target at points (n_points, n_features) that no row has. The search goes on from
    an ``earlier`` one where there is one.

    Raises
    ------
    DataError
        When the target is constant or none that the loss can judge, or no formula is finite on all rows.
    InvalidSetting
        When no searcher that was named can work with the loss.
    """
    loss = settings.objective()
    loss.check(y, target)
    if not np.ptp(y) > 0:
        raise DataError(f"the target is constant ({y[0]:g} in every row): there is nothing to explain")
    language = settings.language(names)
    if settings.groups is not None:
        check_groups(X[:, list(names).index(settings.groups)], settings.groups)
    guesses = [*guesses, *settings.guessed(language)]
    table = _Table(_with_columns(X, language), y, language.variables, weights)
    searched, held_out = table.split(settings.seed)
    shape = settings.shape(language.variables, target, table.X, y)
    _prepare(settings)
    spent = Spent()
    problem = _asked(searched, language, settings, shape, _on_features(oracle, len(names)), len(names))
    floor = problem.loss_floor if problem.objective is None else -math.inf
    archive = Archive(language.max_complexity, floor)
    known = [language.searched(unlinked(guess) if loss.row.logit else guess) for guess in guesses]
    outcome = search(
        problem,
        replace(settings.budget(), reserve=_reserve(len(y), language, settings, shape)),
        searchers=settings.members(),
        threads=settings.threads,
        seed=settings.seed,
        listen=listen,
        stop=stop,
        archive=archive,
        guesses=known,
        spent=spent,
        holds=lambda entry: holds_exactly(entry, held_out.X, held_out.y, table.names),
        earlier=None if earlier is None else earlier.kept(problem),
        remembered=() if earlier is None else earlier.front,
    )
    if not outcome.front:
        raise DataError(
            "no formula was finite on every row before the search ended: allow more time, or more operators"
        )
    # what searchers know, the bank's memory above all, is of no more use
    outcome = replace(outcome, states={})
    give_back()
    return spared(
        "choosing a formula",
        lambda: _concluded(outcome, problem, table, held_out, settings),
        lambda: _as_found(outcome, table, settings),
    )


def _as_found(outcome: Outcome, table: _Table, settings: Settings) -> Fitted:
    """What a search found as it is, its most accurate formula recommended."""
    rows = figures(outcome.front, table.X, table.y, table.names, table.weights, settings.objective())
    reason = "the most accurate of the front: choosing among them failed"
    return Fitted(rows, Recommendation(len(rows) - 1, reason), outcome)


def _asked(
    searched: _Table,
    language: Language,
    settings: Settings,
    shape: Shape | None,
    oracle: Oracle | None,
    n_features: int,
) -> Problem:
    """What a search of some rows is asked, slow objectives warned of."""
    objective = searched.objective(settings, n_features)
    problem = replace(searched.problem(language, settings), oracle=oracle, shape=shape, objective=objective)
    if objective is not None:
        constant = Expression((Constant(problem.best_constant),))
        warn_if_slow(objective, constant, str(settings.scored_by))
    return problem


def _with_columns(X: NDArray[np.float64], language: Language) -> NDArray[np.float64]:
    """The data with a column of equal values for each named constant, as searches have them."""
    if not language.named:
        return X
    values = np.array(list(language.named.values()))
    return np.column_stack([X, np.broadcast_to(values, (len(X), len(values)))])


def _on_features(oracle: Oracle | None, n_features: int) -> Oracle | None:
    """The user's function on points that hold columns of named constants beside the features."""
    return None if oracle is None else lambda points: oracle(points[:, :n_features])


@dataclass(frozen=True)
class _Table:
    """Rows of the user's data."""

    X: NDArray[np.float64]
    y: NDArray[np.float64]
    names: Sequence[str]
    weights: NDArray[np.float64] | None

    def split(self, seed: int) -> tuple[_Table, _Table]:
        """Rows to search on, and rows held out: none where the others would not vary."""
        split = split_rows(len(self.y), seed, self.weights)
        if len(split.held_out) > 0 and np.ptp(self.y[split.searched]) > 0:
            return self._on(split.searched), self._on(split.held_out)
        return self, self._on(split.held_out[:0])

    def _on(self, places: NDArray[np.int64]) -> _Table:
        weights = None if self.weights is None else self.weights[places]
        return _Table(self.X[places], self.y[places], self.names, weights)

    def cost(
        self, loss: Loss, parameter: float
    ) -> Callable[[NDArray[np.float64]], NDArray[np.float64]] | None:
        """What predictions cost on each row under a loss, weights counted; None where it is their squares."""
        if len(self.y) == 0 or (loss.is_squared and self.weights is None):
            return None
        given = np.ones(len(self.y)) if self.weights is None else self.weights
        weights = loss.weighted(self.y, given)
        return lambda predicted: weights * loss.costs(self.y, predicted, parameter, given)

    def objective(self, settings: Settings, n_features: int) -> Callable[[Expression], float] | None:
        """The user's objective on the rows, which it sees without columns of named constants."""
        score = score_from(settings.score)
        return None if score is None else score.on(self.X[:, :n_features], self.y, self.weights)

    def problem(self, language: Language, settings: Settings) -> Problem:
        """The rows as a problem."""
        loss = settings.objective()
        return make_problem(self.X, self.y, language, weights=self.weights, seed=settings.seed, loss=loss)


def _concluded(
    outcome: Outcome, problem: Problem, table: _Table, held_out: _Table, settings: Settings
) -> Fitted:
    """What a search found as rows fitted on the whole table, one of them recommended."""
    X, y, names, loss, language = table.X, table.y, table.names, settings.objective(), problem.language
    searched = problem
    residual = residual_for(X, y, loss)
    coder = loss.coder(loss.null_deviance(y, table.weights, residual))
    cost = held_out.cost(loss, loss.parameter_for(y, table.weights, residual))
    errors = held_out_errors(outcome.front, held_out.X, held_out.y, names, cost)
    symbols = n_symbols(settings, names[: len(names) - len(language.named)])
    length = _formula_length(settings, language)
    n_features = len(names) - len(language.named)
    if len(held_out.y) > 0 and len(y) <= _FINISHED_ON_ALL:
        objective = table.objective(settings, n_features)
        problem = replace(table.problem(language, settings), shape=problem.shape, objective=objective)
    seconds = _seconds_left(settings, outcome, len(y), language, problem.shape)
    front = _refined(outcome, problem, X, settings, seconds)
    places = rising(front)
    front, errors = [front[k] for k in places], errors[places]
    # on the rows that were searched, and as they are written now
    losses = [
        (now if problem is searched else outcome.front[k]).loss for k, now in zip(places, front, strict=True)
    ]
    judged = [
        replace(outcome.front[k], expression=now.expression, complexity=now.complexity, loss=loss)
        for k, now, loss in zip(places, front, losses, strict=True)
    ]
    chosen = recommend(judged, searched.n_rows, symbols, coder, errors, length)
    if problem.objective is not None:
        front, chosen = by_objective(front)
    kept = worth_showing(front, chosen.place, len(y), coder)
    # the recommended formula, or a simpler one that is as good once fitted on all rows
    place = max(k for k, shown in enumerate(kept) if shown <= chosen.place)
    rows = figures([front[k] for k in kept], X, y, names, table.weights, loss, problem.shape)
    doubts = doubts_of(outcome, searched, held_out.X, held_out.y) if problem.shape is not None else ()
    return Fitted(rows, replace(chosen, place=place), outcome, doubts)


def _refined(
    outcome: Outcome, problem: Problem, X: NDArray[np.float64], settings: Settings, seconds: float
) -> list[Entry]:
    """The entries of a front with their numbers fitted on a problem's rows, in their simplest form on X."""
    began, n_rows = time.monotonic(), problem.n_rows
    simplifying, settling = _seconds_for_forms(n_rows, settings)
    finishing = max(0.0, seconds - simplifying - settling)
    found = list(outcome.front)
    front = spared("fitting on all rows", lambda: finished(found, problem, finishing), lambda: found)
    if outcome.stopped_by == STOPPED:
        return front
    limit = math.inf if settings.time_budget is None else min(seconds, settling)
    final = spared("fitting the numbers", lambda: settled(front, problem, limit), lambda: front)
    if not _simplifies(settings):
        return final
    left = seconds - (time.monotonic() - began)
    return spared("simplifying", lambda: simplest(final, problem.language, X, left), lambda: final)


def _simplifies(settings: Settings) -> bool:
    """Whether formulas are rewritten: not where a template or an objective looks at how they are written."""
    plain = not settings.fills_template and settings.scored_by is None
    return settings.simplify and plain and is_installed()


def _formula_length(settings: Settings, language: Language) -> Callable[[Expression], float] | None:
    """What a formula costs to write down, where operators are not expected alike."""
    preference = settings.preference()
    if preference is None:
        return None
    operators = [one if isinstance(one, str) else one.name for one in settings.operators]
    return partial(preference.length, operators=operators, n_variables=len(language.variables))


def _reserve(n_rows: int, language: Language, settings: Settings, shape: Shape | None) -> float:
    """Seconds kept back for what follows the search."""
    wanted = _seconds_for_figures(n_rows, language, shape)
    if settings.time_budget is not None and shape is not None:
        wanted = min(wanted, _MOST_FOR_VERDICTS * settings.time_budget)
    simplifying, settling = _seconds_for_forms(n_rows, settings)
    return wanted + seconds_for(n_rows, settings.time_budget) + simplifying + settling


def _seconds_for_forms(n_rows: int, settings: Settings) -> tuple[float, float]:
    """Seconds to keep back for simplifying a front, and for settling its numbers."""
    simplifying = seconds_for_simplifying(settings.time_budget) if _simplifies(settings) else 0.0
    return simplifying, seconds_for_settling(n_rows, settings.time_budget)


def _seconds_for_figures(n_rows: int, language: Language, shape: Shape | None) -> float:
    statements = 0 if shape is None else len(shape.statements)
    return _SECONDS_PER_FIGURE * n_rows * language.max_complexity + _SECONDS_PER_STATEMENT * statements


def _seconds_left(
    settings: Settings, outcome: Outcome, n_rows: int, language: Language, shape: Shape | None
) -> float:
    """Seconds for fitting the front's constants once more: little after an interruption."""
    if outcome.stopped_by == STOPPED:
        return _AFTER_A_STOP
    if settings.time_budget is None:
        return math.inf
    figuring = _seconds_for_figures(n_rows, language, shape)
    return max(0.0, settings.time_budget - outcome.spent.seconds - figuring)


def _prepare(settings: Settings) -> None:
    """Compile before the clock starts, when this machine has not done so yet."""
    if not settings.objective().is_least_squares:
        compile_losses()
    if is_warm(settings.searcher_names):
        return
    _log.info("compiling kernels for this machine, once: about half a minute")
    compile_search(settings.operators, alone=settings.threads == 1, searchers=settings.searcher_names)


def n_symbols(settings: Settings, names: Sequence[str]) -> int:
    """Symbols that a node may be: operators, columns, named constants and a constant."""
    named = 0 if settings.named_constants is None else len(settings.named_constants)
    return len(settings.operators) + len(names) + named + 1


def figures(
    front: Sequence[Entry],
    X: NDArray[np.float64],
    y: NDArray[np.float64],
    names: Sequence[str],
    weights: NDArray[np.float64] | None = None,
    loss: Loss | None = None,
    shape: Shape | None = None,
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
        r2 = 1.0 - (rmse / deviation) ** 2
        price = 0.0 if shape is None else shape.price(entry.expression)
        share = (rmse / deviation) ** 2 if squared else entry.loss - price
        verdicts = () if shape is None else shape.verdicts(entry.expression)
        rows.append(
            Row(entry.expression, entry.complexity, share, r2, rmse, mae, largest, verdicts, entry.objective)
        )
    return tuple(rows)
