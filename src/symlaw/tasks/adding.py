"""A user's own formula on a fitted model's front, beside those that were found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from symlaw.engine.registering import loss_from
from symlaw.errors import ColumnNotFound, InvalidSetting
from symlaw.language.editing import as_formula
from symlaw.tasks.checking import checked_rows
from symlaw.tasks.comparing import judged, refit
from symlaw.tasks.groups import coded

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from symlaw.language.expression import Expression
    from symlaw.tasks.regression import SymbolicRegressor

MARK, FOUND, OWN = "origin", "search", "user"


def add_formula(
    model: SymbolicRegressor,
    formula: Expression | str,
    X: Any,
    y: ArrayLike,
    *,
    fitted: bool,
    output: int | None,
) -> None:
    """Put a formula into ``front_`` by its complexity, marked as the user's in the column ``origin``.

    The recommendation stays with the formula that it was given to.
    """
    check_is_fitted(model)
    _check_output(model, output)
    X, _ = coded(X, model.groups, model.group_labels_)
    data, target = checked_rows(model, X, y, reset=False)
    names, expression = model._names(), as_formula(formula)
    missing = [name for name in expression.variables if name not in names]
    if missing:
        raise ColumnNotFound(f"the model has no column {missing[0]!r}: it has {', '.join(names)}")
    if fitted:
        expression = refit(expression, dict(zip(names, data.T, strict=True)), target)
    found = judged(
        expression, data, np.asarray(target, dtype=float), names, None, loss_from(model.loss),
        model.complexity_costs,
    )  # fmt: skip
    figures = {name: value for name, value in vars(found).items() if name not in ("bic", "expression")}
    record = {**figures, MARK: OWN, "equation": expression.text(digits=6), "expression": expression}
    _insert(model, record, output)


def _check_output(model: SymbolicRegressor, output: int | None) -> None:
    if "objective" in model.front_:
        raise InvalidSetting(
            "the model was fitted with an objective=, which add_formula cannot judge: use symlaw.compare"
        )
    several = isinstance(model.expression_, tuple)
    count = len(model.expression_) if isinstance(model.expression_, tuple) else 0
    if several and not (isinstance(output, int) and 0 <= output < count):
        raise InvalidSetting(
            f"output is {output!r}, and the model has {count} targets: say which, 0 for the first"
        )
    if not several and output is not None:
        raise InvalidSetting(f"output is {output!r}, and the model has one target: leave it out")


def _insert(model: SymbolicRegressor, record: dict[str, Any], output: int | None) -> None:
    import pandas as pd

    front = model.front_
    rows = [{**row, MARK: row.get(MARK, FOUND)} for row in front.to_dict("records")]
    if output is not None:
        record["output"] = output
    if "constraints" in front:
        record["constraints"] = []
    before = [
        row.get("output", 0) < (output or 0)
        or (row.get("output", 0) == (output or 0) and row["complexity"] <= record["complexity"])
        for row in rows
    ]
    place = sum(before)
    rows.insert(place, record)
    columns = list(front.columns)
    if MARK not in columns:
        columns.insert(columns.index("equation"), MARK)
    model.front_ = pd.DataFrame(rows)[columns]
    chosen = model.recommended_
    moved = [k + (k >= place) for k in (chosen if isinstance(chosen, tuple) else (chosen,))]
    model.recommended_ = tuple(moved) if isinstance(chosen, tuple) else moved[0]
