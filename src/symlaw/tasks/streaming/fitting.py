"""A regression of a table larger than memory: searched on rows drawn of it, confirmed on all rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from symlaw.data.streaming.encoding import wanted_of
from symlaw.data.streaming.sampling import SAMPLE_ROWS, draw
from symlaw.data.streaming.stream import open_stream
from symlaw.engine.losses.register import loss_from
from symlaw.errors import InvalidSetting
from symlaw.tasks.regression.estimator import SymbolicRegressor
from symlaw.tasks.streaming.passes import PASSES, Confirmation, confirm, predict
from symlaw.trust.constants.digits import digits_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from symlaw.engine.losses.table import Loss
    from symlaw.language.expression import Expression
    from symlaw.tasks.regression.fit import Fitted, Row
    from symlaw.tasks.regression.settings import Settings

# Settings whose formulas are judged by more than squared errors of rows one by one.
_REFUSED = ("template", "groups")


def fit_stream(
    source: Any,
    target: str,
    regressor: SymbolicRegressor | None = None,
    *,
    features: Sequence[str] | None = None,
    drop: Sequence[str] = (),
    weights: str | None = None,
    sample_rows: int = SAMPLE_ROWS,
    seed: int = 0,
) -> SymbolicRegressor:
    """Find formulas of a column of a table larger than memory.

    Rows are drawn in one pass (`symlaw.data.streaming.sampling`) and searched in memory; then each formula of
    the front is judged on all rows, and its constants are polished there.

    Parameters
    ----------
    source
        A folder or file of Parquet or CSV, ``"data.duckdb#table"``, a DuckDB relation, or a
        `pyarrow.dataset.Dataset`.
    target
        Column to explain.
    regressor
        With the settings of the search; squared errors only. It is fitted.
    features, drop
        Columns to use, all by default, and columns to leave out.
    weights
        Column that says how much each row counts.
    sample_rows, seed
        How many rows are drawn, and the seed of the draws.

    Returns
    -------
    SymbolicRegressor
        Fitted; losses and errors in ``front_`` are those on all rows, and ``confirmation_`` says how many
        these are.

    Raises
    ------
    InvalidSetting
        When a setting needs all rows in memory.
    DataError, ColumnNotFound, FileUnreadable
        When the table cannot be used.
    """
    model = SymbolicRegressor() if regressor is None else regressor
    check_streamed(model, loss_from(model.loss), objective=model.objective)
    stream = open_stream(source)
    told = [name for name in (target, weights) if name]
    used = [name for name in (features or stream.names) if name not in {*drop, *told}]
    drawn = draw(stream, target, [*used, *told], count=sample_rows, seed=seed)
    rows = drawn.table.to_pandas()
    rows = rows[rows[told].notna().all(axis=1)]
    model.fit(rows[used], rows[target], None if weights is None else rows[weights])
    encodings, front = model.reading_.encodings, model.front_
    formulas = list(front["expression"])
    wanted = wanted_of(encodings, _names_in(formulas), target=target, weights=weights)
    passes = 1 if model.constraints else PASSES
    found = confirm(formulas, stream, wanted, passes=passes)
    X = model.reading_.read(rows[used])
    _take_in(model, found, X)
    return model


def predict_stream(model: Any, source: Any) -> Iterator[NDArray[np.float64]]:
    """Values of a fitted model's recommended formula on a table larger than memory, batch by batch.

    Parameters
    ----------
    model
        A fitted `symlaw.SymbolicRegressor` of one target.
    source
        As in `fit_stream`, with the columns that the formula uses.

    Yields
    ------
    ndarray of shape (n_rows_of_the_batch,)
        nan where the formula is undefined or a cell is missing.
    """
    formula = model.expression_
    names = formula.variables or model.reading_.names[:1]
    yield from predict(formula, open_stream(source), wanted_of(model.reading_.encodings, names))


def check_streamed(settings: Any, loss: Loss, objective: Any) -> None:
    """Refuse settings that need all rows in memory."""
    given = next((name for name in _REFUSED if getattr(settings, name) is not None), None)
    given = given if objective is None else "objective"
    if given is not None:
        raise InvalidSetting(f"{given} does not go with a table larger than memory: fit a sample of its rows")
    if not loss.shares_variance:
        raise InvalidSetting(
            f"loss {loss.name!r} does not go with a table larger than memory: give 'squared'"
        )


def confirming(
    source: Any, reading: Mapping[str, Any], encodings: Mapping[str, Any], settings: Settings
) -> Callable[[Fitted, NDArray[np.float64], Sequence[str]], tuple[Fitted, Confirmation]]:
    """What confirms a front that was found on rows drawn of a table, and polishes it on all of them."""
    check_streamed(settings, settings.objective(), objective=settings.score)
    stream, passes = open_stream(source), 1 if settings.constraints else PASSES
    roles = {name: reading.get(name) for name in ("target", "weights", "y_std")}

    def confirmed(
        fitted: Fitted, X: NDArray[np.float64], names: Sequence[str]
    ) -> tuple[Fitted, Confirmation]:
        formulas = [row.expression for row in fitted.rows]
        found = confirm(formulas, stream, wanted_of(encodings, _names_in(formulas), **roles), passes=passes)
        rows = tuple(_row(row, place, found, X, names) for place, row in enumerate(fitted.rows))
        return replace(fitted, rows=rows), found

    return confirmed


def _names_in(formulas: Sequence[Expression]) -> list[str]:
    return list(dict.fromkeys(name for one in formulas for name in one.variables))


def _row(row: Row, place: int, found: Confirmation, X: NDArray[np.float64], names: Sequence[str]) -> Row:
    """A row of a front with its figures on all rows."""
    one = found.formulas[place]
    digits = digits_of(one.expression, X, names, one.rmse, found.deviation)
    return replace(
        row, expression=replace(one.expression, digits=digits), loss=one.loss, r2=1.0 - one.loss,
        rmse=one.rmse, mae=one.mae, max_error=one.max_error,
    )  # fmt: skip


def _take_in(model: Any, found: Confirmation, X: NDArray[np.float64]) -> None:
    """Put figures on all rows into a fitted model."""
    columns = model.reading_.names
    shown = [
        replace(one.expression, digits=digits_of(one.expression, X, columns, one.rmse, found.deviation))
        for one in found.formulas
    ]
    figures = {
        name: [getattr(one, name) for one in found.formulas] for name in ("loss", "rmse", "mae", "max_error")
    }
    r2 = [1.0 - one.loss for one in found.formulas]
    texts = [one.shown() for one in shown]
    model.front_ = model.front_.assign(**figures, r2=r2, equation=texts, expression=shown)
    model.expression_ = shown[model.recommended_]
    model.confirmation_ = found
