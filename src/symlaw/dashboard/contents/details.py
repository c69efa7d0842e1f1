"""A formula on the data of its run: points, slices, constants with intervals, exports, own ones scored."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.dashboard.values import formula_record
from symlaw.errors import DataError, InvalidSetting, SymlawError
from symlaw.language.printers import targets
from symlaw.report.accounts import data_of_run
from symlaw.report.found import Found, Rows, found_of
from symlaw.report.plots.slices import along, band_of, strongest, sure_or_why
from symlaw.report.plots.style import is_wide
from symlaw.runs.records import Formula
from symlaw.runs.store import Run
from symlaw.tasks.front.user_formula import typed_formula
from symlaw.tasks.model.compare import judged, refit
from symlaw.tasks.model.exports import Origin
from symlaw.trust.constants.figures import figures_of, fitted_formula
from symlaw.trust.constants.numbers import group_numbers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from symlaw.language.expression import Expression
    from symlaw.report.accounts import Data
    from symlaw.trust.constants.uncertainty import Uncertainty

# Rows that are drawn, spread over all, and values marked below a slice.
MOST_POINTS, _MOST_TICKS, _MOST_SLICES = 1500, 300, 12
# Nodes of an own formula.
MOST_NODES = 1000
# Tables that are kept in memory.
_KEPT = 2
LEVEL = 0.95
_BINARY = ("onnx",)


@dataclass
class Tables:
    """Rows of the data of runs, the latest few kept; one request computes at a time."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    _kept: dict[tuple[Any, ...], Data] = field(default_factory=dict)

    def of(self, run: Run) -> Data | None:
        """The rows of a run; None where its file is gone."""
        source = Path(run.header.source) if run.header.source else None
        if source is None or not source.is_file():
            return None
        told = source.stat()
        key = (str(run.folder), str(source), told.st_mtime_ns, told.st_size)
        if key not in self._kept:
            data = data_of_run(run)
            if data is None:
                return None
            while len(self._kept) >= _KEPT:
                self._kept.pop(next(iter(self._kept)))
            self._kept[key] = data
        return self._kept[key]


def details(run: Run, formula: Formula, tables: Tables) -> dict[str, Any]:
    """All that is shown of one formula."""
    law = formula.expression
    record = {**formula_record(formula), "formats": _formats(), "target": run.header.target_name}
    with tables.lock:
        try:
            data = tables.of(run)
            if data is None:
                return {**record, "data": None, "why": _no_data(run)}
            return {**record, "data": _on_data(_found(run), law, data), "why": ""}
        except SymlawError as error:
            # as where the file is another one now, or the code of an operator is not kept
            return {**record, "data": None, "why": f"The formula cannot be shown on the data: {error}"}


def _no_data(run: Run) -> str:
    if not run.header.source:
        return "The data of this run came from memory: there is no fit to show."
    return f"The file {Path(run.header.source).name!r} is not at its place any more: there is no fit to show."


def _formats() -> list[dict[str, str]]:
    return [
        {"name": one.name, "summary": one.summary} for one in targets().values() if one.name not in _BINARY
    ]


def _found(run: Run) -> Found:
    """The run for showing; without formulas where it has found none."""
    if run.recommended is None:
        return Found((), 0, run.header.feature_names, run.header.target_name, run.header.loss)
    return found_of(run)


def _on_data(found: Found, law: Expression, data: Data) -> dict[str, Any]:
    rows = data.rows
    values = rows.values(law)
    places = _drawn(rows)
    main = strongest(found, law, rows) if law.variables else rows.names[0]
    names = [name for name in law.variables if name != found.groups][:_MOST_SLICES]
    sure = sure_or_why(found, law, rows, LEVEL)
    return {
        "n_rows": len(rows.y),
        "same": data.same,
        "notes": list(data.notes),
        "target": found.label(found.target),
        "y": rows.y[places],
        "f": values[places],
        "rows": places + 1,
        "x": _column(found, rows, main),
        "columns": [{"column": name, "name": found.label(name)} for name in rows.names],
        "slices": [_slice(found, law, rows, name, sure) for name in names],
        "groups": found.groups if group_numbers(law) else None,
        **_constants(sure, found.group_labels),
    }


def _drawn(rows: Rows) -> NDArray[np.int64]:
    """Places of the rows that are drawn, the same whatever they are drawn against."""
    return _spread(len(rows.y), MOST_POINTS)


def _column(found: Found, rows: Rows, name: str) -> dict[str, Any]:
    values = rows.column(name)[_drawn(rows)]
    labels = list(found.group_labels or ()) if name == found.groups else []
    return {"column": name, "name": found.label(name), "values": values, "labels": labels}


def column(run: Run, name: str, tables: Tables) -> dict[str, Any]:
    """The values of a column in the rows that are drawn.

    Raises
    ------
    InvalidSetting
        When formulas of the run have no such column.
    DataError
        When the data are not at hand, or cannot be used.
    """
    with tables.lock:
        data = tables.of(run)
        if data is None:
            raise DataError(_no_data(run))
        if name not in data.rows.names:
            raise InvalidSetting(f"the run has no column {name[:80]!r}: choose one of those that are listed")
        return _column(_found(run), data.rows, name)


def _spread(n_rows: int, most: int) -> NDArray[np.int64]:
    """Places of at most so many rows, evenly spread."""
    if n_rows <= most:
        return np.arange(n_rows)
    return np.linspace(0, n_rows - 1, most).round().astype(np.int64)


def _slice(found: Found, law: Expression, rows: Rows, name: str, sure: Uncertainty | str) -> dict[str, Any]:
    grid, values, columns = along(law, rows, name, found.groups)
    low, high = band_of(sure, columns) or (None, None)
    ticks = np.unique(rows.column(name))
    return {
        "column": name,
        "name": found.label(name),
        "x": grid,
        "f": values,
        "low": low,
        "high": high,
        "ticks": ticks[_spread(len(ticks), _MOST_TICKS)],
        "log": bool(is_wide(rows.column(name))),
    }


def _constants(sure: Uncertainty | str, labels: Sequence[str] | None) -> dict[str, Any]:
    """Constants with intervals as they are shown, or why there are none."""
    if isinstance(sure, str):
        return {"constants": [], "unsure": sure}
    named = [one._asdict() for one in figures_of(sure, labels=labels)]
    return {"constants": named, "unsure": "", "fitted": fitted_formula(sure).shown()}


def exported(run: Run, expression: Expression, notation: str) -> str:
    """A formula of a run's columns in another form, as text.

    Raises
    ------
    InvalidSetting
        When the form is none, or is binary.
    CannotExport
        When it lacks an operator of the formula.
    """
    if notation in _BINARY:
        raise InvalidSetting(f"format {notation!r} is binary: write it with symlaw export")
    return str(Origin.of_run(run.header).export(expression, notation))


def own_formula(text: str, run: Run) -> Expression:
    """A formula that somebody typed, of a run's columns.

    Raises
    ------
    ParseError
        When the text is none.
    InvalidSetting
        When it is very long.
    """
    expression = typed_formula(text, run)
    if len(expression.nodes) > MOST_NODES:
        raise InvalidSetting(
            f"the formula has {len(expression.nodes)} parts: at most {MOST_NODES} are scored here"
        )
    return expression


def scored(run: Run, text: str, tables: Tables, *, fit: bool) -> Formula:
    """A typed formula with its figures on the data of a run.

    Parameters
    ----------
    run
        The run.
    text
        The formula.
    tables
        Where rows are kept.
    fit
        Whether to fit its constants first.

    Raises
    ------
    ParseError, InvalidSetting, DataError
        When the formula or the data cannot be used.
    """
    expression = own_formula(text, run)
    with tables.lock:
        data = tables.of(run)
        if data is None:
            raise DataError(_no_data(run))
        rows = data.rows
        if fit:
            expression = refit(expression, rows.columns(), rows.y, rows.weights, loss=run.header.loss)
        costs = run.header.settings.get("complexity_costs")
        row = judged(expression, rows.X, rows.y, rows.names, rows.weights, run.header.loss, costs)
    return Formula(expression, row.complexity, row.loss, row.r2, row.rmse, row.mae, row.max_error)


def scored_record(run: Run, text: str, tables: Tables, *, fit: bool) -> dict[str, Any]:
    """`scored` for the page, with what the formula shows on the data."""
    formula = scored(run, text, tables, fit=fit)
    return {**details(run, formula, tables), "exact": formula.expression.text()}
