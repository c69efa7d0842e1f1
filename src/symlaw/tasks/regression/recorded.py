"""A regression that is kept on disk while it goes: what `SymbolicRegressor` and the command share."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.data import Table
from symlaw.errors import DataError
from symlaw.language.operators import Operator, operator
from symlaw.runs.records import Formula, Header, Result
from symlaw.runs.writer import RunWriter, counters
from symlaw.search.loop.first_look import first_look
from symlaw.search.loop.warm_up import compile_losses, compile_search
from symlaw.search.problem import make_problem, null_deviance
from symlaw.tasks.inputs.reading import truths_in
from symlaw.tasks.regression.fit import Fitted, fit_front
from symlaw.tasks.regression.settings import Settings
from symlaw.trust.rounding import step_of

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from symlaw.language.expression import Expression
    from symlaw.language.operators import Operator
    from symlaw.runs.checkpoints.earlier import Earlier
    from symlaw.search.archive import Entry
    from symlaw.search.loop.search import Progress
    from symlaw.search.problem import Oracle
    from symlaw.search.searchers.base import Searcher

# Seconds of a first look.
_LOOK = 1.5


def header_of(table: Table, settings: Settings, **more: Any) -> Header:
    """The header of a run that searches a table with a target; raises `DataError` where its loss cannot.

    ``more`` are further fields of it: source, command, reading, guesses, parent.
    """
    y, weights, loss = target_of(table), table.weights, settings.objective()
    loss.check(y, table.target_name or "y")
    deviation = y - np.average(y, weights=weights)
    return Header(
        settings=settings.record(table.feature_names),
        seed=settings.seed,
        feature_names=table.feature_names,
        target_name=table.target_name or "y",
        n_rows=len(y),
        step=step_of(y) or 0.0,
        target_scale=math.sqrt(float(np.average(deviation**2, weights=weights))),
        null_deviance=null_deviance(table.X, y, loss, weights),
        data_digest=table.digest(),
        encodings=table.encodings,
        **more,
    )


def result_of(fitted: Fitted) -> Result:
    """What a run keeps of a regression's result."""
    outcome, chosen = fitted.outcome, fitted.recommended
    formulas = [
        Formula(
            row.expression,
            row.complexity,
            row.loss,
            row.r2,
            row.rmse,
            row.mae,
            row.max_error,
            row.verdicts,
            row.objective,
        )
        for row in fitted.rows
    ]
    accounts = tuple(asdict(tally) for tally in outcome.tallies)
    used = counters(outcome.spent)
    doubts = tuple(doubt.words() for doubt in fitted.doubts)
    finding = {} if fitted.finding is None else fitted.finding.to_record()
    return Result(
        tuple(formulas), chosen.place, chosen.reason, outcome.stopped_by, used, accounts, doubts, finding,
        fitted.noise, tuple(one.to_record() for one in fitted.terms), fitted.proof,
    )  # fmt: skip


def fit_recorded(
    table: Table,
    settings: Settings,
    writer: RunWriter,
    *,
    stop: threading.Event,
    listen: Callable[[Progress], None] | None = None,
    guesses: Sequence[Expression] = (),
    oracle: Oracle | None = None,
    earlier: Earlier | None = None,
    target: str | None = None,
    conclude: Callable[[Fitted], Fitted] | None = None,
) -> Fitted:
    """Search for formulas of a table's target, each improvement on disk before it is shown.

    ``target`` is what statements about values call it, where that is not its name. ``conclude`` is asked
    last, as of all rows where the table was drawn of them. What other processes ask of the run is done, see
    `symlaw.runs.control`.

    Raises
    ------
    DataError
        As `symlaw.tasks.regression.fit.fit_front` does.
    """

    def hear(progress: Progress) -> None:
        writer.listen(progress)
        if listen is not None:
            listen(progress)
        writer.obey(progress, stop)

    try:
        fitted = fit_front(
            table.X, target_of(table), table.feature_names, settings,
            target=target or table.target_name or "y", weights=table.weights, guesses=guesses, listen=hear,
            stop=stop, oracle=oracle, earlier=earlier, together=table.together, y_std=table.y_std,
            truths=truths_in(table.encodings),
        )  # fmt: skip
        fitted = fitted if conclude is None else conclude(fitted)
    except BaseException as error:
        writer.fail(f"ended by an error: {error or type(error).__name__}")
        raise
    writer.finish(result_of(fitted))
    return fitted


def looked_at(table: Table, settings: Settings) -> tuple[Entry, ...]:
    """The front of a first look at a table, while kernels are compiled; empty where there is none."""
    y, language = target_of(table), settings.language(table.feature_names, truths_in(table.encodings))
    told = settings.score is not None or settings.constraints or settings.units
    if told or len(language.variables) != table.X.shape[1]:
        return ()
    loss = settings.objective()
    problem = make_problem(table.X, y, language, weights=table.weights, loss=loss, seed=settings.seed)
    return first_look(problem, _LOOK)


def compiled_kernels() -> int:
    """How many compiled kernels this build of symlaw has on disk."""
    from symlaw.engine.compiling.jit import cache_directory

    return sum(1 for _ in cache_directory().glob("**/*.nbi"))


def warm_up(
    operators: Sequence[str | Operator],
    searchers: Sequence[str | Searcher] | None = None,
    *,
    losses: bool = True,
    meanwhile: Callable[[], None] | None = None,
) -> None:
    """Compile what a search with these operators needs, by running a tiny one.

    Parameters
    ----------
    operators
        Names of the operators.
    searchers
        The searchers that take part, or their names; the schedule by default.
    losses
        Whether losses other than squared errors will be asked for.
    meanwhile
        As in `symlaw.search.loop.warm_up.compile_search`.
    """
    compile_search(operators, searchers=searchers, meanwhile=meanwhile)
    if losses:
        compile_losses()
    x = np.linspace(1.0, 2.0, 8)
    settings = Settings(operators=operators, max_evaluations=64, time_budget=None)
    if any(not (row if isinstance(row, Operator) else operator(row)).is_real for row in operators):
        # what takes truths has to have some
        fit_front(np.stack([x, x > 1.5], axis=1), x * x + x, ["x", "b"], settings, truths=["b"])
    else:
        fit_front(x[:, None], x * x + x, ["x"], settings)


def target_of(table: Table) -> NDArray[np.float64]:
    """The target of a table (n_samples,); raises `DataError` when it has none."""
    if table.y is None:
        raise DataError("the table has no target: name the column to explain")
    return table.y
