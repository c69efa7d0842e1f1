"""One regression from arrays to a front: what the estimator and the command both run."""

from __future__ import annotations

import logging
import math
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.engine.evaluate import evaluate
from symlaw.engine.losses.table import Loss
from symlaw.engine.reduce import line_sums
from symlaw.errors import DataError
from symlaw.knowledge.priors.expected import expected
from symlaw.language.expression import Constant, Expression
from symlaw.search.archive import Archive, Entry
from symlaw.search.loop.budget import Spent
from symlaw.search.loop.search import Outcome, Progress, search
from symlaw.search.loop.state import STOPPED
from symlaw.search.loop.warm_up import compile_losses, compile_search, is_warm
from symlaw.search.objectives.table import TableObjective
from symlaw.search.problem import make_problem, residual_for
from symlaw.search.scoring.final_fit import seconds_for
from symlaw.search.scoring.log_odds import unlinked
from symlaw.search.scoring.user_objective import score_from, warn_if_slow
from symlaw.tasks.front.conclude import candidates_of, chosen_of, refined
from symlaw.tasks.front.optional_steps import spared
from symlaw.tasks.front.proof import effort_for, proved
from symlaw.tasks.front.proof import seconds_for as seconds_for_proving
from symlaw.tasks.front.refit import seconds_for as seconds_for_settling
from symlaw.tasks.front.shortlist import bank_after, scored, shortlist
from symlaw.tasks.front.shortlist import seconds_for as seconds_for_listing
from symlaw.tasks.front.simplify import seconds_for as seconds_for_simplifying
from symlaw.tasks.front.terms import terms_of_fit
from symlaw.tasks.front.verdict import chance_of, found_out
from symlaw.tasks.front.verdict import seconds_for as seconds_for_judging
from symlaw.tasks.inputs.weights import check_target, varies
from symlaw.tasks.regression.groups import check_groups
from symlaw.tasks.regression.memory import give_back
from symlaw.trust.behaviour.doubts import Doubt, doubts_of
from symlaw.trust.constants.digits import digits_of
from symlaw.trust.noise import noise_of
from symlaw.trust.rounding import step_of
from symlaw.trust.selection.description import Criteria, floor_of, searched_under
from symlaw.trust.selection.recommend import Recommendation, settles
from symlaw.trust.selection.validation import held_out_errors, holds_exactly, split_rows, where_undefined

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Collection, Sequence

    from numpy.typing import NDArray

    from symlaw.knowledge.statements.shape import Shape, Verdict
    from symlaw.language.grammar import Language
    from symlaw.runs.checkpoints.earlier import Earlier
    from symlaw.search.problem import Oracle, Problem
    from symlaw.tasks.regression.settings import Settings
    from symlaw.trust.selection.chance import Chance
    from symlaw.trust.selection.finding import Finding
    from symlaw.trust.terms import TermFigures

_log = logging.getLogger(__name__)

# Figures of a front take about this long for each row of the table and each formula, which is one for each
# unit of complexity at most.
_SECONDS_PER_FIGURE = 2e-8
# Verdicts on a front take about this long for each statement about values, and may keep back such a share.
_SECONDS_PER_STATEMENT, _MOST_FOR_VERDICTS = 0.15, 0.15
# Share of the time for shorter forms of what was found.
_SHARE_OF_THINNING = 0.03
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
    finding
        Whether the law is identified, has rivals, or cannot be learned; None where that is not asked.
    noise, terms, proof
        What the recommended formula's errors say, in a sentence, its terms, where it is a sum of several, and
        what is proved of short formulas beside it, in a clause; "" where nothing is.
    """

    rows: tuple[Row, ...]
    recommended: Recommendation
    outcome: Outcome
    doubts: tuple[Doubt, ...] = ()
    finding: Finding | None = None
    noise: str = ""
    terms: tuple[TermFigures, ...] = ()
    proof: str = ""


@np.errstate(all="ignore")  # numerical trouble is a value
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
    together: NDArray[np.int64] | None = None,
    y_std: NDArray[np.float64] | None = None,
    truths: Sequence[str] = (),
) -> Fitted:
    """Search for formulas of ``y`` (n_samples,) in the columns of ``X`` (n_samples, n_features).

    An ``oracle`` gives the target at points (n_points, n_features) that no row has. The search goes on from
    an ``earlier`` one where there is one. Rows of one number in ``together`` are held out together. ``y_std``
    are the error bars that ``weights`` are made of, where they are. ``truths`` are columns of truth values.

    Raises
    ------
    DataError
        When the target is constant or none that the loss can judge, or no formula is finite on all rows.
    InvalidSetting
        When no searcher that was named can work with the loss.
    """
    loss = settings.objective()
    check_target(y, weights, target, loss)
    language = settings.language(names, truths)
    if settings.groups is not None:
        check_groups(X[:, list(names).index(settings.groups)], settings.groups)
    guesses = [*guesses, *settings.guessed(language)]
    table = _Table(_with_columns(X, language), y, language.variables, weights, y_std)
    searched, held_out = table.split(settings, loss, together)
    shape = settings.shape(language.variables, target, table.X, y)
    _prepare(settings)
    problem = _asked(searched, language, settings, shape, _on_features(oracle, len(names)), len(names))
    known = [language.searched(unlinked(guess) if loss.gives_log_odds else guess) for guess in guesses]
    outcome = search(
        problem,
        replace(settings.budget(), reserve=_reserve(len(y), language, settings, shape)),
        searchers=settings.members(language),
        threads=settings.threads,
        executor=settings.executor,
        cluster=settings.cluster,
        seed=settings.seed,
        listen=listen,
        stop=stop,
        archive=_archive_for(problem),
        guesses=known,
        spent=Spent(),
        holds=lambda entry: holds_exactly(entry, held_out.X, held_out.y, table.names),
        settles=_settles(searched, problem, settings),
        earlier=None if earlier is None else earlier.kept(problem),
        remembered=() if earlier is None else earlier.front,
    )
    if not outcome.front:
        raise DataError(
            "no formula was finite on every row before the search ended: allow more time, or more operators"
        )
    found = _looked_up(outcome, problem, settings)
    outcome = found.outcome
    give_back()
    return spared(
        "choosing a formula",
        lambda: _concluded(found, problem, table, held_out, settings),
        lambda: _as_found(outcome, table, settings),
    )


def _archive_for(problem: Problem) -> Archive:
    floor = problem.loss_floor if problem.ordered_by is None else -math.inf
    return Archive(problem.language.max_complexity, floor)


def _as_found(outcome: Outcome, table: _Table, settings: Settings) -> Fitted:
    """What a search found as it is, its most accurate formula recommended."""
    rows = figures(outcome.front, table.X, table.y, table.names, table.weights, settings.objective())
    reason = "the most accurate of the front: choosing among them failed"
    return Fitted(rows, Recommendation(len(rows) - 1, reason), outcome)


def _settles(
    searched: _Table, problem: Problem, settings: Settings
) -> Callable[[Sequence[Entry]], Entry | None] | None:
    """What tells whether a front looks final; None where that is not asked, or no loss orders it."""
    if not settings.budget().settles or problem.ordered_by is not None:
        return None
    loss = settings.objective()
    residual = residual_for(searched.X, searched.y, loss)
    coder = loss.coder(loss.null_deviance(searched.y, searched.weights, residual))
    criteria = _criteria(searched, settings, problem.language, coder)
    return lambda front: settles(front, criteria, settings.largest)


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
    judged = TableObjective(settings.objective(), objective)
    problem = replace(searched.problem(language, settings), oracle=oracle, shape=shape, objective=judged)
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
    y_std: NDArray[np.float64] | None = None

    def split(
        self, settings: Settings, loss: Loss, together: NDArray[np.int64] | None
    ) -> tuple[_Table, _Table]:
        """Rows to search on, and rows held out: none where the others would not vary."""
        last = settings.holdout is not None and together is None
        split = split_rows(len(self.y), settings.seed, self.weights, last=last, together=together)
        searched = self._on(split.searched)
        if len(split.held_out) > 0 and varies(searched.y, searched.weights, loss):
            return searched, self._on(split.held_out)
        return self, self._on(split.held_out[:0])

    def _on(self, places: NDArray[np.int64]) -> _Table:
        weights = None if self.weights is None else self.weights[places]
        return _Table(self.X[places], self.y[places], self.names, weights)

    @property
    def spread(self) -> float:
        """Standard deviation of the target, weights counted."""
        largest = float(np.max(np.abs(self.y))) or 1.0
        small = self.y / largest
        centre = np.average(small, weights=self.weights)
        return largest * math.sqrt(float(np.average((small - centre) ** 2, weights=self.weights)))

    def cost(
        self, loss: Loss, parameter: float
    ) -> Callable[[NDArray[np.float64]], NDArray[np.float64]] | None:
        """What predictions cost on each row under a loss, weights counted; None where it is their squares."""
        if len(self.y) == 0 or (loss.shares_variance and self.weights is None):
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


class _Found(NamedTuple):
    """What a search found, what chance reaches, and when the search ended by `time.monotonic`.

    ``listed`` are formulas of short descriptions, to be compared with the front.
    """

    outcome: Outcome
    chance: Chance | None
    listed: tuple[Expression, ...]
    ended: float


def _looked_up(outcome: Outcome, problem: Problem, settings: Settings) -> _Found:
    """What the bank says after a search; what searchers know, its memory above all, is let go."""
    ended = time.monotonic()
    bank = spared("growing the bank", lambda: bank_after(problem, outcome), lambda: None)
    chance = spared("counting chance", lambda: chance_of(bank, problem, settings), lambda: None)
    listed = spared("the shortlist", lambda: shortlist(problem, bank, settings), lambda: ())
    return _Found(replace(outcome, states={}), chance, listed, ended)


def _concluded(
    found: _Found, problem: Problem, table: _Table, held_out: _Table, settings: Settings
) -> Fitted:
    """What a search found as rows fitted on the whole table, one of them recommended."""
    outcome = found.outcome
    X, y, names, loss, language = table.X, table.y, table.names, settings.objective(), problem.language
    searched = problem
    residual = residual_for(X, y, loss)
    coder = loss.coder(loss.null_deviance(y, table.weights, residual))
    criteria = _criteria(table, settings, language, coder)
    thinning = math.inf if settings.time_budget is None else _SHARE_OF_THINNING * settings.time_budget
    own = replace(criteria, n_rows=searched.n_rows)
    others = scored(found.listed, problem, own, settings.time_budget)
    entries = candidates_of(outcome, problem, own, thinning, others)
    cost = held_out.cost(loss, loss.parameter_for(y, table.weights, residual))
    errors = held_out_errors(entries, held_out.X, held_out.y, names, cost)
    n_features = len(names) - len(language.named)
    if len(held_out.y) > 0 and len(y) <= _FINISHED_ON_ALL:
        judged = TableObjective(problem.loss, table.objective(settings, n_features))
        problem = replace(table.problem(language, settings), shape=problem.shape, objective=judged)
    else:
        criteria = replace(criteria, n_rows=problem.n_rows)
    seconds = _seconds_left(settings, found, len(y), language, problem.shape)
    stopped = outcome.stopped_by == STOPPED
    final = refined(entries, problem, X, settings, seconds, stopped=stopped)
    chosen = chosen_of(final, problem, criteria, errors)
    given = () if language.template is None else language.template.expression.constants
    rows = figures(chosen.front, X, y, names, table.weights, loss, problem.shape, given)
    doubts = doubts_of(outcome, searched, held_out.X, held_out.y) if problem.shape is not None else ()
    finding = spared(
        "judging what was found",
        lambda: found_out(chosen, searched, X, names, found.chance),
        lambda: None,
    )
    best = chosen.recommended
    predicted = evaluate([rows[best.place].expression], X, names)[0]
    noise = noise_of(y, predicted, loss, table.weights, table.y_std)
    best = replace(best, reason=best.reason + where_undefined(predicted))
    terms = terms_of_fit(rows[best.place].expression, problem, X, names, y, table.weights)
    used = outcome.spent.seconds + time.monotonic() - found.ended
    effort = effort_for(settings, used, len(y))
    proof = "" if stopped else proved(predicted, problem, X[:, :n_features], y, effort)
    return Fitted(rows, best, outcome, doubts, finding, noise, terms, proof)


def _criteria(
    table: _Table, settings: Settings, language: Language, coder: Callable[[float, int], float]
) -> Criteria:
    """By what the formulas of a table are compared."""
    operators = [one if isinstance(one, str) else one.name for one in settings.operators]
    form = expected(operators, len(language.variables), settings.preference())
    floor = floor_of(step_of(table.y) or 0.0, table.spread)
    return Criteria(len(table.y), form, coder, floor, searched_under(settings.objective()))


def _reserve(n_rows: int, language: Language, settings: Settings, shape: Shape | None) -> float:
    """Seconds kept back for what follows the search."""
    wanted = _seconds_for_figures(n_rows, language, shape)
    if settings.time_budget is not None and shape is not None:
        wanted = min(wanted, _MOST_FOR_VERDICTS * settings.time_budget)
    thinning = 0.0 if settings.time_budget is None else _SHARE_OF_THINNING * settings.time_budget
    steps = (seconds_for, seconds_for_judging, seconds_for_listing, seconds_for_proving)
    others = sum(seconds(n_rows, settings.time_budget) for seconds in steps)
    return wanted + sum(_seconds_for_forms(n_rows, settings)) + thinning + others


def _seconds_for_forms(n_rows: int, settings: Settings) -> tuple[float, float]:
    """Seconds to keep back for simplifying a front, and for settling its numbers."""
    simplifying = seconds_for_simplifying(settings)
    return simplifying, seconds_for_settling(n_rows, settings.time_budget)


def _seconds_for_figures(n_rows: int, language: Language, shape: Shape | None) -> float:
    statements = 0 if shape is None else len(shape.statements)
    return _SECONDS_PER_FIGURE * n_rows * language.max_complexity + _SECONDS_PER_STATEMENT * statements


def _seconds_left(
    settings: Settings, found: _Found, n_rows: int, language: Language, shape: Shape | None
) -> float:
    """Seconds for fitting the front's constants once more: little after an interruption."""
    if found.outcome.stopped_by == STOPPED:
        return _AFTER_A_STOP
    if settings.time_budget is None:
        return math.inf
    figuring = _seconds_for_figures(n_rows, language, shape)
    used = found.outcome.spent.seconds + time.monotonic() - found.ended
    return max(0.0, settings.time_budget - used - figuring)


def _prepare(settings: Settings) -> None:
    """Compile before the clock starts, when this machine has not done so yet."""
    if not settings.objective().by_squares:
        compile_losses()
    if is_warm(settings.taking_part):
        return
    _log.info("compiling kernels for this machine, once: about half a minute")
    compile_search(settings.operators, alone=settings.threads == 1, searchers=settings.taking_part)


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
    given: Collection[float] = (),
) -> tuple[Row, ...]:
    """Error figures of each entry of a front; all but the loss are those of squared errors under any loss.

    ``given`` are numbers that nobody fitted, which are shown with all digits.

    Rows where a formula is undefined do not count in its figures; it has none where that are all.
    """
    w, sums, rows = np.ones(len(y)) if weights is None else weights, np.zeros(5), []
    squared = loss is None or loss.shares_variance
    largest_target = float(np.max(np.abs(y)))
    small = y / largest_target
    deviation = largest_target * math.sqrt(np.average((small - np.average(small, weights=w)) ** 2, weights=w))
    for entry in front:
        # one at a time: the values of a whole front on a large table are a lot of memory
        predicted = evaluate([entry.expression], X, names)[0]
        there = np.isfinite(predicted)
        told = (predicted, y, w) if there.all() else (predicted[there], y[there], w[there])
        line_sums(*told, 1.0, 0.0, 1.0, sums)
        largest = float(sums[2])
        # squares of errors around 1e200 or 1e-200 would leave the range
        line_sums(*told, 1.0, 0.0, largest or 1.0, sums)
        total = float(told[2].sum()) or math.nan
        rmse = largest * math.sqrt(sums[0] / total)
        mae = largest * (float(sums[1]) / total)
        r2 = 1.0 - (rmse / deviation) ** 2
        price = 0.0 if shape is None else shape.price(entry.expression)
        share = (rmse / deviation) ** 2 if squared else entry.loss - price
        verdicts = () if shape is None else shape.verdicts(entry.expression)
        digits = digits_of(entry.expression, X, names, rmse, deviation, given)
        shown = replace(entry.expression, digits=digits)
        rows.append(Row(shown, entry.complexity, share, r2, rmse, mae, largest, verdicts, entry.objective))
    return tuple(rows)
