"""What a fitted model and a stored run have in common for showing: a front, names, units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from symlaw.engine.evaluate import evaluate
from symlaw.engine.losses.register import loss_from
from symlaw.engine.losses.table import Loss
from symlaw.errors import InvalidSetting
from symlaw.runs.store import Run
from symlaw.tasks.display.frames import place_of, rows_of_output
from symlaw.tasks.display.fronts import Line
from symlaw.tasks.inputs.intake import taken_again
from symlaw.tasks.inputs.reading import Reading
from symlaw.tasks.model.trust import uncertainty

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from symlaw.language.expression import Expression
    from symlaw.tasks.regression.estimator import SymbolicRegressor
    from symlaw.trust.constants.uncertainty import Uncertainty

    Array = NDArray[np.float64]


@dataclass(frozen=True)
class Found:
    """A front for showing.

    Parameters
    ----------
    rows
        By rising complexity.
    recommended
        Which of them is recommended.
    names
        Columns that formulas may use.
    target
        What the formulas are of.
    loss
        What was made small.
    units
        Of columns and target, by name, as people write them.
    groups
        Column that tells groups of rows, and what its numbers stand for.
    reading
        How the columns are read of data; numbers by name where that is not known.
    output
        Number of the target, where there are several.
    """

    rows: tuple[Line, ...]
    recommended: int
    names: tuple[str, ...]
    target: str
    loss: Loss
    units: Mapping[str, str] = field(default_factory=dict)
    groups: str | None = None
    group_labels: Sequence[str] | None = None
    reading: Reading | None = None
    output: int | None = None

    @property
    def expression(self) -> Expression:
        """The recommended formula."""
        return self.rows[self.recommended].expression

    def label(self, name: str) -> str:
        """A column's name with its unit, unless the name ends with one."""
        unit = self.units.get(name, "")
        return name if not unit or name.rstrip().endswith("]") else f"{name} [{unit}]"

    def row(self, complexity: float | None = None) -> Line:
        """The formula of a complexity, the recommended one by default.

        Raises
        ------
        InvalidSetting
            When the front has none such; the message lists those it has.
        """
        if complexity is None:
            return self.rows[self.recommended]
        for row in self.rows:
            if row.complexity == complexity:
                return row
        known = ", ".join(f"{row.complexity:g}" for row in self.rows)
        raise InvalidSetting(f"the front has no formula of complexity {complexity:g}: there are {known}")


def found_of(
    source: SymbolicRegressor | Run | Found, output: int | str | None = None, target: str | None = None
) -> Found:
    """What a fitted model or a run has found.

    Parameters
    ----------
    source
        The model or the run, or what was found itself.
    output
        Number or name of the target, where a model has several.
    target
        What the target of a model is called; y by default.

    Raises
    ------
    InvalidSetting
        When a model has several targets and none, or one that it lacks, is chosen.
    RunError
        When the run has found nothing yet.
    """
    if isinstance(source, Found):
        return source
    return _of_run(source) if isinstance(source, Run) else _of_model(source, output, target)


def _of_run(run: Run) -> Found:
    run.row()
    header, settings = run.header, run.header.settings
    units = units_in(settings.get("units"), header.target_name, settings.get("target_unit"))
    rows = tuple(Line(row.expression, row.complexity, row.loss, row.objective) for row in run.rows)
    return Found(
        rows,
        run.recommended or 0,
        header.feature_names,
        header.target_name,
        header.loss,
        units,
        settings.get("groups"),
        header.group_labels,
    )


def _of_model(model: SymbolicRegressor, output: int | str | None, target: str | None) -> Found:
    check_is_fitted(model)
    number = place_of(model, output)
    front, places = rows_of_output(model.front_, number), model.recommended_
    recommended = places[number] if isinstance(places, tuple) and number is not None else places
    place = int(recommended) - int(front.index[0])  # type: ignore[arg-type]
    rows = [
        Line(row["expression"], row["complexity"], row["loss"], row.get("objective"))
        for row in front.to_dict("records")
    ]
    # a series computed from a column may still have that one's name
    named = target if target not in model._names() else None
    own = model.target_names_[number or 0]
    name = named if named and own.startswith("y") else own
    units = units_in(model.units, name, model.target_unit)
    names = tuple(model._names())
    return Found(
        tuple(rows), place, names, name, loss_from(model.loss), units, model.groups, model.group_labels_,
        model.reading_, number,
    )  # fmt: skip


def units_in(units: Mapping[str, Any] | None, target: str, target_unit: Any) -> dict[str, str]:
    """Units by name as people write them; pure numbers have none.

    Examples
    --------
    >>> units_in({"v": {"length": 1, "time": -1}, "n": ""}, "E", "J")
    {'v': 'length time^-1', 'E': 'J'}
    """
    given = {**(units or {}), **({} if target_unit is None else {target: target_unit})}
    texts = {name: _unit(unit) for name, unit in given.items()}
    return {name: text for name, text in texts.items() if text}


def _unit(unit: Any) -> str:
    if not isinstance(unit, Mapping):
        return str(unit).replace("**", "^")
    return " ".join(name if power == 1 else f"{name}^{power:g}" for name, power in unit.items())


@dataclass(frozen=True)
class Rows:
    """Rows of data for showing a formula on them.

    Parameters
    ----------
    X
        (n_samples, n_features), columns as ``names`` has them.
    y
        (n_samples,).
    names
        Of the columns.
    weights
        (n_samples,), or None where all count alike.
    y_std
        Standard deviations of the target's errors (n_samples,), where weights are made of them.
    """

    X: Array
    y: Array
    names: tuple[str, ...]
    weights: Array | None = None
    y_std: Array | None = None

    def column(self, name: str) -> Array:
        """One column (n_samples,)."""
        return np.asarray(self.X[:, self.names.index(name)])

    def columns(self) -> dict[str, Array]:
        """All columns by name."""
        return dict(zip(self.names, self.X.T, strict=True))

    def values(self, expression: Expression) -> Array:
        """A formula's values (n_samples,); nan where it is undefined."""
        return np.asarray(evaluate([expression], self.X, self.names)[0])


def rows_of(
    found: Found,
    X: Any,
    y: ArrayLike,
    sample_weight: ArrayLike | None = None,
    y_std: ArrayLike | str | None = None,
) -> Rows:
    """Data as the front's formulas read them.

    Raises
    ------
    ColumnNotFound
        When a table lacks a column of the fit.
    DataError
        When the data do not fit the front, or hold what is no finite number.
    """
    reading = found.reading or Reading.of_numbers(found.names)
    data = taken_again(reading, X, y, sample_weight, y_std)
    target = data.Y[:, 0 if data.Y.shape[1] == 1 else found.output or 0]
    return Rows(data.X, target, found.names, data.weights, data.y_std)


def found_and_rows(
    source: SymbolicRegressor | Run | Found,
    X: Any,
    y: ArrayLike,
    weights: ArrayLike | None = None,
    output: int | str | None = None,
) -> tuple[Found, Rows]:
    """A front and data as its formulas read them; see `found_of` and `rows_of`."""
    found = found_of(source, output, name_of(y))
    return found, rows_of(found, X, y, weights)


def sure_of(found: Found, law: Expression, rows: Rows, level: float = 0.95) -> Uncertainty:
    """How sure a formula's constants are, under the loss that the front was found with.

    Raises
    ------
    InvalidSetting
        When that loss says nothing of it.
    DataError
        When the formula cannot be fitted to the rows.
    """
    weights = None if rows.y_std is not None else rows.weights
    return uncertainty(
        law, rows.columns(), rows.y, sample_weight=weights, y_std=rows.y_std, level=level, loss=found.loss
    )


def name_of(y: Any, otherwise: str | None = None) -> str | None:
    """What a target says that it is called."""
    name = getattr(y, "name", None)
    return str(name) if isinstance(name, str) and name else otherwise
