"""How sure the constants of a formula are, which of them are exact, and what speaks for a front's rows."""

from __future__ import annotations

import math
import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from symlaw.engine.losses.register import loss_from
from symlaw.engine.losses.table import Loss, loss_named
from symlaw.errors import DataError, InvalidSetting
from symlaw.knowledge.named_constants import named_from
from symlaw.knowledge.priors.prior import preference_from
from symlaw.language.algebra.editing import as_formula
from symlaw.language.grammar import Language
from symlaw.search.archive import Entry
from symlaw.tasks.inputs.intake import taken_again
from symlaw.tasks.model.compare import columns_of
from symlaw.trust.constants.fit import Sample, fitted, model_of, model_with
from symlaw.trust.constants.likelihood import fit_under, model_under
from symlaw.trust.constants.snapping import Snapped, snapped
from symlaw.trust.constants.uncertainty import Uncertainty, checked_level, weighed
from symlaw.trust.selection.chance import PERMUTATIONS, Chance, chance_on
from symlaw.trust.selection.description import Criteria, criteria_on
from symlaw.trust.selection.evidence import evidence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    from symlaw.language.expression import Expression
    from symlaw.language.operators import Operator
    from symlaw.tasks.regression.estimator import SymbolicRegressor

# Formulas that are tried on shuffled targets, and rows at most: on more rows chance reaches nothing.
FORMULAS, _MOST_ROWS = 10_000_000, 200


def uncertainty(
    formula: Expression | str,
    X: Any,
    y: ArrayLike,
    *,
    sample_weight: ArrayLike | None = None,
    y_std: ArrayLike | None = None,
    start: Mapping[str, float] | None = None,
    level: float = 0.95,
    seed: int = 0,
    loss: str | Loss = "squared",
) -> Uncertainty:
    """How sure the constants of a formula are, and what it predicts.

    Parameters
    ----------
    formula
        An expression or a text. Its constants are fitted from the values that they have, those that are fixed
        apart (`Expression.fix`).
    X
        (n_samples, n_features): a data frame, a mapping of columns, or an array of columns x0, x1, ...
    y
        (n_samples,).
    sample_weight
        (n_samples,), above 0: inverse variances of the errors, up to a factor.
    y_std
        Standard deviation of each target's error, (n_samples,) or one number for all; then none is estimated.
    start
        Variables of the formula that are parameters, with the values to start from; its numbers then stay.
        One parameter may stand in several places.
    level
        Confidence of the intervals.
    seed
        Of the bootstrap and of folds.
    loss
        What is made small, as in `SymbolicRegressor`: one of squares, ``"poisson"`` for counts or
        ``"logistic"`` for labels; see `symlaw.trust.constants.likelihood.fit_under`.

    Raises
    ------
    ColumnNotFound
        When the formula has a variable that the data lack.
    DataError, InvalidSetting
        When the formula is not finite on every row, or a setting makes no sense.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.linspace(0, 2, 50)
    >>> y = 3 * np.exp(-0.5 * x) + 0.02 * np.cos(40 * x)
    >>> sure = uncertainty("a * exp(-b * x)", {"x": x}, y, start={"a": 1, "b": 1})
    >>> sure.frame().round(3).loc["b", ["estimate", "standard_error"]].tolist()
    [0.501, 0.002]
    """
    expression = as_formula(formula)
    asked = loss if isinstance(loss, Loss) else loss_named(loss)
    model = model_under(asked, expression) if start is None else model_with(expression, start)
    sample = _sample(model.expression, X, y, sample_weight, y_std)
    return Uncertainty(fit_under(asked, model, sample), checked_level(level), seed, asked, sample.weights)


def snap(
    formula: Expression | str,
    X: Any,
    y: ArrayLike,
    *,
    sample_weight: ArrayLike | None = None,
    y_std: ArrayLike | None = None,
    named: Sequence[str] | Mapping[str, Any] | None = None,
) -> Snapped | None:
    """A formula with those constants exact that the data allow to be: 0.333 as 1/3, 6.28 as 2 pi.

    Parameters
    ----------
    formula, X, y, sample_weight, y_std
        As in `uncertainty`.
    named
        Physical constants that may be meant, as the estimator's ``named_constants``, in the data's units.

    Returns
    -------
    Snapped or None
        None where no constant is exact as far as the data tell.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.linspace(1, 2, 60)
    >>> noise = 1e-3 * np.sin(50 * x)
    >>> snap("0.3 * x**2 + 1.234", {"x": x}, x**2 / 3 + 1.234 + noise).replaced[0].exact.text
    '1/3'
    """
    expression = as_formula(formula)
    known = {one.name: one.value for one in named_from(named)} if named else None
    sample = _sample(expression, X, y, sample_weight, y_std)
    return snapped(fitted(model_of(expression), sample), known)


def _sample(
    expression: Expression, X: Any, y: ArrayLike, weights: ArrayLike | None, deviations: ArrayLike | None
) -> Sample:
    data, names = columns_of(X, [expression])
    target = np.asarray(y, dtype=float).reshape(-1)
    if len(target) != len(data):
        raise DataError(f"X has {len(data)} rows and y {len(target)}: give as many of each")
    if not (np.all(np.isfinite(target)) and np.all(np.isfinite(data))):
        raise DataError("the data hold values that are not finite: leave those rows out")
    own = None if weights is None else np.asarray(weights, dtype=float)
    spread = None if deviations is None else np.asarray(deviations, dtype=float)
    return weighed(data, target, tuple(names), own, spread)


def evidence_of(
    model: SymbolicRegressor, X: Any, y: ArrayLike, sample_weight: ArrayLike | None = None, y_std: Any = None
) -> pd.DataFrame:
    """What speaks for each row of a fitted model's front; see `symlaw.trust.selection.evidence.Evidence`.

    Raises
    ------
    InvalidSetting
        When the model was not fitted by squared errors, or to several targets.
    """
    import pandas as pd

    _check_counted("evidence", model)
    data = taken_again(model.reading_, X, y, sample_weight, y_std)
    weights = None if data.y_std is not None else data.weights
    sample = weighed(data.X, data.Y[:, 0], data.names, weights, data.y_std)
    front = [
        Entry(row["expression"], row["complexity"], row["loss"], row["expression"])
        for row in model.front_.to_dict("records")
    ]
    rows = evidence(front, sample, criteria_of(model, sample))
    frame = pd.DataFrame([vars(row) for row in rows])
    frame.insert(len(frame.columns) - 1, "equation", [row.expression.shown() for row in rows])
    return frame[[name for name in frame.columns if name != "expression"] + ["expression"]]


def _check_counted(what: str, model: SymbolicRegressor) -> None:
    """Refuse what is counted in least squares of one target where the model is of something else."""
    check_is_fitted(model)
    if not loss_from(model.loss).shares_variance:
        raise InvalidSetting(f"{what} is counted for squared errors, and the model's loss is {model.loss!r}")
    if isinstance(model.expression_, tuple):
        raise InvalidSetting(f"{what} is counted for one target: fit the targets one by one")


def criteria_of(model: SymbolicRegressor, sample: Sample) -> Criteria:
    """By what a model's formulas are compared on rows, in least squares."""
    names = [row if isinstance(row, str) else row.name for row in model.operators]
    preference = preference_from(model.operator_weights, model.prior, model.operators)
    return criteria_on(sample, names, preference, len(model.named_constants or ()))


def permutation_null(
    model: SymbolicRegressor,
    X: Any,
    y: ArrayLike,
    *,
    n_formulas: int = FORMULAS,
    n_permutations: int = PERMUTATIONS,
    seed: int = 0,
) -> pd.DataFrame:
    """What losses the best of millions of formulas reach on targets that were shuffled among the rows.

    Formulas of the model's operators are enumerated by rising complexity, each with its own scale and offset
    (the largest statistic over all of them; Westfall and Young 1993). `null_control` searches anew instead.

    Parameters
    ----------
    model
        A fitted model of one target in least squares.
    X, y
        What it was fitted to.
    n_formulas
        Distinct formulas tried, about.
    n_permutations
        Shuffled targets.
    seed
        Of the shuffling, and of 200 rows where there are more.

    Returns
    -------
    pandas.DataFrame
        One row per formula of the front: complexity, loss, ``chance_loss``, which half of the shuffled
        targets reach with no greater complexity, ``probability`` that a shuffled target reaches the row's
        loss (nan for a constant), and equation.

    Raises
    ------
    InvalidSetting
        When the model was not fitted by squared errors, or to several targets.
    DataError
        When there are fewer than 4 rows.
    """
    _check_counted("chance", model)
    data = taken_again(model.reading_, X, y)
    chance = shuffled_chance(
        data.X, data.Y[:, 0], data.names, model.operators,
        costs=model.complexity_costs, n_formulas=n_formulas, n_permutations=n_permutations, seed=seed,
    )  # fmt: skip
    if chance is None:
        raise DataError(f"there are {len(data.X)} rows: chance is counted on 4 or more")
    found = model.front_[["complexity", "loss", "equation"]].copy()
    rows = model.front_.to_dict("records")
    reached = [
        chance.reaches(row["expression"], row["complexity"], row["loss"])
        if row["expression"].variables
        else math.nan
        for row in rows
    ]
    found.insert(2, "chance_loss", [chance.loss(complexity) for complexity in found["complexity"]])
    found.insert(3, "probability", reached)
    return found


def shuffled_chance(
    X: NDArray[np.float64],
    y: NDArray[np.float64],
    names: Sequence[str],
    operators: Sequence[str | Operator],
    *,
    costs: Mapping[str, float] | None = None,
    n_formulas: int = FORMULAS,
    n_permutations: int = PERMUTATIONS,
    seed: int = 0,
) -> Chance | None:
    """What chance reaches with formulas of some operators; see `permutation_null`.

    Parameters
    ----------
    X, y, names
        Rows, float64 (n_rows, n_features) and (n_rows,), and the columns.
    operators, costs
        What formulas may say, and their complexities as the estimator's.

    Returns
    -------
    Chance or None
        None with fewer than 4 rows, or where no formula of the columns varies.
    """
    if len(y) > _MOST_ROWS:
        rng = np.random.Generator(np.random.Philox(seed))
        some = np.sort(rng.choice(len(y), _MOST_ROWS, replace=False))
        X, y = X[some], y[some]
    plain = [one for one in operators if isinstance(one, str) or not one.table]
    language = Language.of(names, plain, costs=costs)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return chance_on(
            X, y, language, n_formulas, n_permutations=n_permutations, seed=seed, run_all=pool.map
        )


def null_control(
    model: SymbolicRegressor, X: Any, y: ArrayLike, sample_weight: ArrayLike | None = None, *, seed: int = 0
) -> pd.DataFrame:
    """What losses a search of the same settings reaches where there is nothing to find.

    The targets are shuffled among the rows, so that no formula of the columns explains them, and searched for
    with the model's own budget. A row of the front that does no better than that says nothing.

    Parameters
    ----------
    model
        A fitted model of one target.
    X, y, sample_weight
        What it was fitted to.
    seed
        Of the shuffling and of the search.

    Returns
    -------
    pandas.DataFrame
        One row per formula of the front: complexity, loss, and ``chance_loss``, the best of no greater
        complexity on shuffled targets (1 where there was none).

    Raises
    ------
    InvalidSetting
        When the model has several targets.
    """
    from sklearn.base import clone

    check_is_fitted(model)
    if isinstance(model.expression_, tuple):
        raise InvalidSetting("the control is made for one target: fit the targets one by one")
    order = np.random.Generator(np.random.Philox(seed)).permutation(len(np.asarray(y)))
    control = clone(model).set_params(
        run_folder=None, callback=None, verbose=0, random_state=seed, oracle=None
    )
    control.fit(X, np.asarray(y, dtype=float)[order], sample_weight)
    found = model.front_[["complexity", "loss", "equation"]].copy()
    chance = [_best_within(control.front_, complexity) for complexity in found["complexity"]]
    found.insert(2, "chance_loss", chance)
    return found


def _best_within(front: pd.DataFrame, complexity: float) -> float:
    """Smallest loss of no greater complexity."""
    losses = front["loss"][front["complexity"] <= complexity]
    return float(losses.min()) if len(losses) else 1.0
