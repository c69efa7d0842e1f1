"""A user's own formula on a fitted model's front, beside those that were found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sklearn.utils.validation import check_is_fitted

from symlaw.engine.losses.register import loss_from
from symlaw.errors import ColumnNotFound, InvalidSetting
from symlaw.language.algebra.editing import as_formula
from symlaw.tasks.display.frames import place_of
from symlaw.tasks.inputs.intake import taken_again
from symlaw.tasks.model.compare import judged
from symlaw.tasks.model.compare import refit as refitted

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from symlaw.language.expression import Expression
    from symlaw.tasks.regression.estimator import SymbolicRegressor

MARK, FOUND, OWN = "origin", "search", "user"


def add_formula(
    model: SymbolicRegressor,
    formula: Expression | str,
    X: Any,
    y: ArrayLike,
    *,
    refit: bool = False,
    output: int | str | None = None,
) -> SymbolicRegressor:
    """Put a formula of your own on the front, with its figures on data.

    It stands there by its complexity, better or not, with ``"user"`` in the column ``origin``; formulas that
    were found have ``"search"``. The recommendation does not change.

    Parameters
    ----------
    formula
        An expression or a text in the columns' names.
    X, y
        Data, as for `fit`; of several targets the one that ``output`` names.
    refit
        Whether its constants are fitted first (`symlaw.refit`).
    output
        Number or name of the target that it explains, where there are several.
    """
    check_is_fitted(model)
    if "objective" in model.front_:
        raise InvalidSetting(
            "the model was fitted with an objective=, which add_formula cannot judge: use symlaw.compare"
        )
    number = place_of(model, output)
    rows = taken_again(model.reading_, X, y)
    data, target = rows.X, rows.Y[:, 0]
    names, expression = model._names(), as_formula(formula)
    missing = [name for name in expression.variables if name not in names]
    if missing:
        raise ColumnNotFound(f"the model has no column {missing[0]!r}: it has {', '.join(names)}")
    if refit:
        expression = refitted(expression, dict(zip(names, data.T, strict=True)), target)
    found = judged(
        expression, data, target, names, None, loss_from(model.loss),
        model.complexity_costs,
    )  # fmt: skip
    figures = {name: value for name, value in vars(found).items() if name not in ("bic", "expression")}
    record = {**figures, MARK: OWN, "equation": expression.shown(), "expression": expression}
    _insert(model, record, number)
    return model


def _insert(model: SymbolicRegressor, record: dict[str, Any], number: int | None) -> None:
    import pandas as pd

    front = model.front_
    rows = [{**row, MARK: row.get(MARK, FOUND)} for row in front.to_dict("records")]
    order = {shown: place for place, shown in enumerate(dict.fromkeys(front.get("output", ())))}
    if number is not None:
        record["output"] = list(order)[number]
    if "constraints" in front:
        record["constraints"] = []
    own = (number or 0, record["complexity"])
    before = [(order.get(row.get("output"), 0), row["complexity"]) <= own for row in rows]
    place = sum(before)
    rows.insert(place, record)
    columns = list(front.columns)
    if MARK not in columns:
        columns.insert(columns.index("equation"), MARK)
    model.front_ = pd.DataFrame(rows)[columns]
    chosen = model.recommended_
    moved = [k + (k >= place) for k in (chosen if isinstance(chosen, tuple) else (chosen,))]
    model.recommended_ = tuple(moved) if isinstance(chosen, tuple) else moved[0]
