"""Formulas on data without a search: constants fitted again, and formulas side by side."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.engine.evaluate import evaluate
from symlaw.engine.losses.table import Loss, loss_named
from symlaw.errors import ColumnNotFound, DataError
from symlaw.language.algebra.editing import as_formula
from symlaw.language.expression import Expression
from symlaw.search.archive import Entry
from symlaw.search.problem import residual_for
from symlaw.tasks.regression.fit import figures
from symlaw.trust.constants.digits import digits_of
from symlaw.trust.constants.fit import Sample, model_of
from symlaw.trust.constants.likelihood import fit_under, has_likelihood, model_under
from symlaw.trust.selection.description import EXACT_LOSS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    Array = NDArray[np.float64]

_WIDTH = 80
_HEADS = ("complexity", "loss", "r2", "rmse", "mae", "max_error", "bic")


@dataclass(frozen=True)
class Compared:
    """One formula with its figures on the data of a comparison.

    Parameters
    ----------
    expression
        The formula.
    complexity, loss, r2, rmse, mae, max_error
        As everywhere (`symlaw.tasks.regression.fit.Row`).
    bic
        Bayesian information criterion of normal errors, ``n log(mse) + k log(n)`` with k constants that are
        not fixed (Schwarz, 1978); lower is better.
    """

    expression: Expression
    complexity: float
    loss: float
    r2: float
    rmse: float
    mae: float
    max_error: float
    bic: float


@dataclass(frozen=True)
class Comparison:
    """Formulas side by side; prints as a table of at most 80 columns.

    Parameters
    ----------
    rows
        The formulas, in the order given.
    """

    rows: tuple[Compared, ...]

    def frame(self) -> pd.DataFrame:
        """The table with the columns of a model's ``front_`` and ``bic``."""
        import pandas as pd

        records = [
            {name: value for name, value in vars(row).items() if name != "expression"} for row in self.rows
        ]
        frame = pd.DataFrame(records)
        frame["equation"] = [row.expression.shown() for row in self.rows]
        frame["expression"] = [row.expression for row in self.rows]
        return frame

    def __str__(self) -> str:
        head = "".join(f"{name:>11}" for name in _HEADS)
        lines = ["  " + head]
        for number, row in enumerate(self.rows, 1):
            figures_of = "".join(f"{getattr(row, name):>11.4g}" for name in _HEADS)
            text = row.expression.shown().replace("\n", " ")
            cut = text if len(text) <= _WIDTH - 4 else text[: _WIDTH - 7] + "..."
            lines += [f"{number:>2}{figures_of}", f"    {cut}"]
        return "\n".join(lines)


def refit(
    formula: Expression | str,
    X: Any,
    y: ArrayLike,
    sample_weight: ArrayLike | None = None,
    *,
    loss: str | Loss = "squared",
) -> Expression:
    """A formula with its constants fitted, from the values that they have.

    Parameters
    ----------
    formula
        An expression or a text. Constants fixed by `Expression.fix` and named constants stay as they are.
    X
        (n_samples, n_features): a data frame or a mapping of columns, or an array of columns x0, x1, ...
    y
        (n_samples,).
    sample_weight
        (n_samples,), not negative.
    loss
        What is made small, as in `SymbolicRegressor`; squares where it is neither made of these nor the
        likelihood of counts or labels.

    Raises
    ------
    ColumnNotFound
        When the formula has a variable that the data lack.
    DataError
        When the formula is not finite on every row as it stands.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.linspace(0, 2, 20)
    >>> print(refit("1.0 * exp(-1.0 * x0)", x[:, None], 3 * np.exp(-0.5 * x)).shown())
    3 * exp(-0.5 * x0)
    """
    expression = as_formula(formula)
    data, names = columns_of(X, [expression])
    target, root = _checked(data, y, sample_weight)
    weights = root**2
    asked = loss if isinstance(loss, Loss) else loss_named(loss)
    if not has_likelihood(asked):
        asked = Loss()
    fit = fit_under(asked, model_under(asked, expression), Sample(data, target, names, weights))
    predicted = fit.model.values_and_slopes(data, names)[0]
    rmse = math.sqrt(np.average((predicted - target) ** 2, weights=weights))
    spread = math.sqrt(np.average((target - np.average(target, weights=weights)) ** 2, weights=weights))
    return replace(fit.expression, digits=digits_of(fit.expression, data, names, rmse, spread))


def compare(
    formulas: Sequence[Expression | str],
    X: Any,
    y: ArrayLike,
    sample_weight: ArrayLike | None = None,
    loss: str | Loss = "squared",
) -> Comparison:
    """Formulas side by side on the same data, nothing fitted.

    Parameters
    ----------
    formulas
        Expressions or texts.
    X, y, sample_weight
        As in `refit`.
    loss
        Which loss to tell, as in `SymbolicRegressor`, as a fraction of the best constant's.

    Raises
    ------
    ColumnNotFound, DataError
        As in `refit`.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.linspace(1, 2, 20)
    >>> print(compare(["x0**2", "3 * x0 - 2"], x[:, None], x**2).frame()["max_error"].round(3).tolist())
    [0.0, 0.249]
    """
    expressions = [as_formula(formula) for formula in formulas]
    data, names = columns_of(X, expressions)
    target, _ = _checked(data, y, sample_weight)
    weights = None if sample_weight is None else np.asarray(sample_weight, dtype=float)
    chosen = loss if isinstance(loss, Loss) else loss_named(loss)
    chosen.check(target, "y")
    return Comparison(tuple(judged(one, data, target, names, weights, chosen) for one in expressions))


def judged(
    expression: Expression,
    X: Array,
    y: Array,
    names: Sequence[str],
    weights: Array | None = None,
    loss: Loss | None = None,
    costs: Mapping[str, float] | None = None,
) -> Compared:
    """The figures of one formula on checked data, X (n_samples, n_features)."""
    loss = Loss() if loss is None else loss
    predicted = evaluate([expression], X, names)[0]
    share = loss_share(loss, X, y, predicted, weights)
    entry = Entry(expression, expression.complexity(costs), share, expression)
    # numbers that somebody wrote are shown as they are written
    given = () if expression.digits is not None else expression.constants
    row = figures([entry], X, y, names, weights, loss, given=given)[0]
    shown = row.expression if expression.digits is None else expression
    # of the share of the variance, as the evidence for a front has it
    free = len(model_of(expression).names) + 1
    bic = len(y) * math.log(max(1.0 - row.r2, EXACT_LOSS)) + free * math.log(len(y))
    kept = {name: getattr(row, name) for name in _HEADS[:-1]}
    return Compared(shown, **kept, bic=bic if math.isfinite(row.rmse) else math.nan)


def loss_share(loss: Loss, X: Array, y: Array, predicted: Array, weights: Array | None = None) -> float:
    """A loss of values (n_samples,) as a fraction of the best constant's; nan where values are undefined."""
    with np.errstate(all="ignore"):
        return loss.share(y, predicted, weights, residual_for(X, y, loss))


def columns_of(X: Any, expressions: Sequence[Expression]) -> tuple[Array, list[str]]:
    """Data (n_samples, n_features) and its columns' names, which hold all that the formulas use.

    Raises
    ------
    ColumnNotFound
        When a formula has a variable that the data lack.
    DataError
        When the data are no table of numbers.
    """
    wanted = list(dict.fromkeys(name for one in expressions for name in one.variables))
    if isinstance(X, Mapping) or hasattr(X, "columns"):
        names = [str(name) for name in (X if isinstance(X, Mapping) else X.columns)]
        originals = dict(zip(names, X if isinstance(X, Mapping) else X.columns, strict=True))
        kept = [name for name in names if name in wanted] or names[:1]
        columns = [np.asarray(X[originals[name]]) for name in kept]
    else:
        table = np.asarray(X)
        if table.ndim != 2:
            raise DataError(f"X has {table.ndim} dimension(s): give a table, (n_samples, n_features)")
        names = kept = [f"x{place}" for place in range(table.shape[1])]
        columns = list(table.T)
    missing = [name for name in wanted if name not in names]
    if missing:
        raise ColumnNotFound(f"the data have no column {missing[0]!r}: they have {', '.join(names)}")
    try:
        return np.column_stack([np.asarray(one, dtype=float) for one in columns]), kept
    except (TypeError, ValueError) as error:
        raise DataError(f"X cannot be made a table of numbers: {error}") from None


def _checked(X: Array, y: ArrayLike, weights: ArrayLike | None) -> tuple[Array, Array]:
    """The target and the roots of the weights."""
    target = np.asarray(y, dtype=float).reshape(-1)
    root = np.ones(len(target)) if weights is None else np.asarray(weights, dtype=float)
    if not len(X) == len(target) == len(root):
        raise DataError(
            f"X has {len(X)} rows, y {len(target)} and the weights {len(root)}: give as many of each"
        )
    if not (np.all(np.isfinite(target)) and np.all(np.isfinite(X))):
        raise DataError("the data hold values that are not finite: leave those rows out")
    if np.any(root < 0) or not np.any(root > 0):
        raise DataError("the weights are to be 0 or more, some of them more")
    if not np.min(target) < np.max(target):
        raise DataError("the target is constant: there is nothing to compare with")
    return target, np.sqrt(root)
