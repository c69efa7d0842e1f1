"""`SymbolicRegressor` as a scikit-learn estimator."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.multioutput import MultiOutputRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from symlaw import SymbolicRegressor, parse
from symlaw.errors import DataError, InvalidSetting, SymlawError, UnknownOperator
from symlaw.language.grammar import Language
from symlaw.search.bank.bank import make_bank
from symlaw.search.searchers.bank import Bank
from symlaw.tasks.regression.settings import Settings

RNG = np.random.Generator(np.random.Philox(12))
X = RNG.uniform(0.5, 3.0, (40, 2))
Y = 2.0 * X[:, 0] * X[:, 1] + 1.0
FRAME = pd.DataFrame(X, columns=["mass", "speed of sound"])

EXPECTED_FAILURES = {
    "check_sample_weight_equivalence_on_dense_data": "repeated rows draw other probe rows: another search",
}


def model(**more: Any) -> SymbolicRegressor:
    """A small regressor."""
    quick = {"operators": ["+", "*", "sqrt"], "max_evaluations": 600, "time_budget": None, "n_jobs": 1,
             "random_state": 0, "max_complexity": 8}  # fmt: skip
    return SymbolicRegressor(**{**quick, **more})


@pytest.fixture(scope="module")
def fitted() -> SymbolicRegressor:
    """A regressor that knows the law."""
    return model(max_evaluations=3_000).fit(FRAME, Y)


@pytest.mark.long
@pytest.mark.filterwarnings("ignore::UserWarning")
@parametrize_with_checks(
    [
        SymbolicRegressor(
            operators=["+", "*"], max_evaluations=300, time_budget=None, n_jobs=1, random_state=0
        )
    ],
    expected_failed_checks=lambda _: EXPECTED_FAILURES,
)
def test_scikit_learn_convention(estimator: SymbolicRegressor, check: Callable[[Any], None]) -> None:
    check(estimator)


# --- results ---------------------------------------------------------------------------------------


def test_the_law_is_recommended(fitted: SymbolicRegressor) -> None:
    assert (
        fitted.expression_ == parse("2 * mass * `speed of sound` + 1") or fitted.score(FRAME, Y) > 1 - 1e-12
    )


def test_recommended_row_holds_the_expression(fitted: SymbolicRegressor) -> None:
    assert fitted.front_["expression"][fitted.recommended_] is fitted.expression_


def test_front_rises_in_complexity_and_falls_in_loss(fitted: SymbolicRegressor) -> None:
    assert fitted.front_["complexity"].is_monotonic_increasing
    assert fitted.front_["loss"].is_monotonic_decreasing


def test_figures_of_the_front_are_those_of_its_formulas(fitted: SymbolicRegressor) -> None:
    from symlaw import evaluate

    for row in fitted.front_.itertuples():
        error = evaluate([row.expression], X, list(FRAME.columns))[0] - Y
        got = [row.rmse, row.mae, row.max_error, row.r2]
        expected = [
            np.sqrt(np.mean(error**2)),
            np.mean(abs(error)),
            max(abs(error)),
            1 - np.mean(error**2) / np.var(Y),
        ]
        np.testing.assert_allclose(got, expected, rtol=1e-6, atol=1e-12)


def test_prediction_is_the_formula(fitted: SymbolicRegressor) -> None:
    new = pd.DataFrame([[2.0, 5.0], [1.0, 1.5]], columns=FRAME.columns)
    columns = {name: new[name].to_numpy() for name in new}
    from symlaw.engine import reference

    np.testing.assert_allclose(fitted.predict(new), reference.values(fitted.expression_, columns), rtol=1e-14)


@pytest.mark.long
def test_same_seed_gives_the_same_front() -> None:
    first, second = (model().fit(X, Y).front_ for _ in range(2))
    pd.testing.assert_frame_equal(first.drop(columns="expression"), second.drop(columns="expression"), rtol=0)


@pytest.mark.long
def test_number_of_jobs_does_not_matter() -> None:
    first, second = (model(n_jobs=jobs).fit(X, Y).front_ for jobs in (1, 3))
    pd.testing.assert_frame_equal(first.drop(columns="expression"), second.drop(columns="expression"), rtol=0)


def test_evaluations_are_counted(fitted: SymbolicRegressor) -> None:
    assert fitted.n_evaluations_ >= 3_000
    assert fitted.stopped_by_ == "budget of 3,000 evaluations used"
    report = fitted.search_report_.set_index("searcher")
    assert report["evaluations"].sum() == fitted.n_evaluations_
    assert 0 < report["on_front"].sum() <= len(fitted.front_)


def test_names_default_to_x0_and_on() -> None:
    assert set(model().fit(X, Y).expression_.variables) <= {"x0", "x1"}


def test_unfitted_model_does_not_predict() -> None:
    with pytest.raises(NotFittedError):
        model().predict(X)


# --- weights ---------------------------------------------------------------------------------------


@pytest.mark.long
def test_weights_of_one_change_nothing() -> None:
    first, second = model().fit(X, Y).front_, model().fit(X, Y, sample_weight=np.ones(40)).front_
    pd.testing.assert_frame_equal(first.drop(columns="expression"), second.drop(columns="expression"), rtol=0)


@pytest.mark.long
def test_rows_of_weight_zero_say_nothing() -> None:
    spoilt = Y.copy()
    spoilt[:10] = 1e9
    weights = np.ones(40)
    weights[:10] = 0.0
    with pytest.warns(UserWarning, match="10 of 40 rows are left out because their weight is 0"):
        first = model().fit(X, spoilt, weights)
    second = model().fit(X[10:], Y[10:])
    assert first.expression_.text() == second.expression_.text()


@pytest.mark.long
def test_weights_draw_the_formula_to_their_rows() -> None:
    heavy = np.where(X[:, 0] > 2.0, 1e6, 1.0)
    chosen = model(max_complexity=5).fit(X, Y**2, sample_weight=heavy)
    even = model(max_complexity=5).fit(X, Y**2)
    errors = [np.mean((m.predict(X) - Y**2)[X[:, 0] > 2.0] ** 2) for m in (chosen, even)]
    assert errors[0] < errors[1]


def test_negative_weight_is_refused() -> None:
    with pytest.raises(DataError, match="sample_weight must be numbers from 0 up; row 1 has -1"):
        model().fit(X, Y, sample_weight=np.r_[-1.0, np.ones(39)])


def test_too_few_rows_of_any_weight_are_refused() -> None:
    with pytest.raises(DataError, match="sample_weight leaves 2 rows"):
        model().fit(X, Y, sample_weight=np.r_[1.0, 1.0, np.zeros(38)])


# --- several targets -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def several() -> SymbolicRegressor:
    """A regressor of two targets."""
    return model(max_evaluations=2_000).fit(X, np.column_stack([Y, np.sqrt(X[:, 0])]))


@pytest.mark.long
def test_several_targets_are_predicted_together(several: SymbolicRegressor) -> None:
    assert several.predict(X).shape == (40, 2)
    np.testing.assert_allclose(several.predict(X)[:, 1], np.sqrt(X[:, 0]), rtol=1e-6)


@pytest.mark.long
def test_each_target_has_its_front(several: SymbolicRegressor) -> None:
    assert set(several.front_["output"]) == {0, 1}
    assert [several.front_["output"][place] for place in several.recommended_] == [0, 1]


def test_a_target_alone_and_among_others_has_the_same_front(several: SymbolicRegressor) -> None:
    alone = model(max_evaluations=2_000).fit(X, Y)
    assert several.expression_[0].text() == alone.expression_.text()


def test_one_target_in_a_column_gives_a_column() -> None:
    assert model().fit(X, Y[:, None]).predict(X).shape == (40, 1)


# --- starting from the last front ------------------------------------------------------------------


def test_warm_start_goes_on_from_the_front() -> None:
    warm = model(max_evaluations=4_000).fit(X, Y)
    before = warm.front_["loss"].min()
    warm.set_params(warm_start=True, max_evaluations=50).fit(X, Y)
    assert warm.front_["loss"].min() <= before * (1 + 1e-9) + 1e-20


@pytest.mark.long
def test_cold_start_does_not() -> None:
    cold = model(max_evaluations=4_000).fit(X, Y)
    again = clone(cold).set_params(max_evaluations=50).fit(X, Y).front_
    cold.set_params(max_evaluations=50).fit(X, Y)
    assert list(cold.front_["equation"]) == list(again["equation"])


@pytest.mark.long
def test_warm_start_of_several_targets_keeps_them_apart() -> None:
    targets = np.column_stack([Y, np.sqrt(X[:, 0])])
    warm = model(max_evaluations=2_000).fit(X, targets)
    before = warm.front_.groupby("output")["loss"].min()
    warm.set_params(warm_start=True, max_evaluations=50).fit(X, targets)
    assert np.all(warm.front_.groupby("output")["loss"].min() <= before * (1 + 1e-9) + 1e-20)


# --- among other scikit-learn parts ----------------------------------------------------------------


def test_clone_has_the_same_settings() -> None:
    original = model(complexity_costs={"sqrt": 2.0})
    assert clone(original).get_params() == original.get_params()


def test_pickled_model_predicts_the_same(fitted: SymbolicRegressor) -> None:
    again = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(again.predict(FRAME), fitted.predict(FRAME))


def test_works_in_a_pipeline() -> None:
    pipeline = make_pipeline(MinMaxScaler().set_output(transform="pandas"), model()).fit(FRAME, Y)
    assert list(pipeline[-1].feature_names_in_) == list(FRAME.columns)
    assert pipeline.predict(FRAME).shape == (40,)


@pytest.mark.long
def test_works_in_a_grid_search() -> None:
    search = GridSearchCV(
        model(searchers=["evolution"]), {"operators": [["+", "sqrt"], ["+", "*", "sqrt"]]}, cv=3
    ).fit(X, Y)
    assert search.best_params_ == {"operators": ["+", "*", "sqrt"]}


@pytest.mark.long
def test_works_in_cross_validation() -> None:
    assert cross_val_score(model(max_evaluations=3_000), X, Y, cv=3).min() > 0.5


@pytest.mark.long
def test_works_in_a_wrapper_of_several_targets() -> None:
    wrapped = MultiOutputRegressor(model()).fit(X, np.column_stack([Y, -Y]))
    assert wrapped.predict(X).shape == (40, 2)


def test_pandas_column_names_become_variables(fitted: SymbolicRegressor) -> None:
    assert set(fitted.expression_.variables) == {"mass", "speed of sound"}


def test_polars_frames_are_taken() -> None:
    frame = pl.DataFrame({"a": X[:, 0], "b": X[:, 1]})
    polars = model(max_evaluations=2_000).fit(frame, pl.Series(Y))
    assert set(polars.expression_.variables) <= {"a", "b"}
    assert polars.predict(frame).shape == (40,)


def test_columns_in_another_order_are_refused(fitted: SymbolicRegressor) -> None:
    with pytest.raises(ValueError, match="feature names"):
        fitted.predict(FRAME[["speed of sound", "mass"]])


def test_callback_ends_the_search() -> None:
    heard: list[Any] = []

    def enough(progress: Any) -> bool:
        heard.append(progress)
        return len(heard) < 2

    stopped = model(max_evaluations=10**9, callback=enough).fit(X, Y**3 / (1 + X[:, 0]))
    # the epoch after the answer still ends
    assert (len(heard), stopped.stopped_by_) == (3, "stopped by the user")


def test_a_language_of_few_formulas_ends_the_search() -> None:
    heard: list[Any] = []

    def enough(progress: Any) -> bool:
        heard.append(progress)
        return len(heard) < 40

    small = model(operators=["+"], max_complexity=1, max_evaluations=10**6, callback=enough).fit(X, Y)
    assert small.stopped_by_ != "stopped by the user"


# --- what is refused -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"time_budget": 0}, "time_budget is 0: give a number of seconds above 0, or None"),
        ({"time_budget": -1}, "time_budget is -1"),
        ({"time_budget": float("nan")}, "time_budget is nan"),
        ({"time_budget": float("inf")}, "time_budget is inf"),
        ({"time_budget": "60"}, "time_budget is '60'"),
        ({"time_budget": True}, "time_budget is True"),
        ({"max_evaluations": 0}, "max_evaluations is 0: give a whole number of 1 or more, or None"),
        ({"max_evaluations": 2.5}, "max_evaluations is 2.5"),
        ({"max_evaluations": None}, "nothing would end the search"),
        ({"patience": 0}, "patience is 0"),
        ({"bank_memory": 2}, "bank_memory is 2: give mebibytes, 16 or more, or None"),
        ({"bank_memory": "1 GB"}, "bank_memory is '1 GB'"),
        ({"target_loss": -1.0}, "target_loss is -1.0"),
        ({"target_loss": float("nan")}, "target_loss is nan"),
        ({"target_loss": "small"}, "target_loss is 'small'"),
        ({"max_complexity": 0}, "max_complexity is 0"),
        ({"max_complexity": 2.5}, "max_complexity is 2.5"),
        ({"max_complexity": "big"}, "max_complexity is 'big'"),
        ({"operators": "+"}, r"operators is the text '\+': give a list"),
        ({"operators": []}, "operators is empty"),
        ({"operators": None}, "operators is None"),
        ({"complexity_costs": {"sqrt": 0}}, "the cost of 'sqrt' is 0"),
        ({"complexity_costs": {"sqrt": "two"}}, "the cost of 'sqrt' is 'two'"),
        ({"searchers": ["magic"]}, "searchers names 'magic': there are bank, "),
        ({"searchers": []}, "searchers is empty"),
        ({"macros": "exp(-x**2)"}, r"macros is 'exp.*': give names and definitions"),
        ({"macros": {"m": "exp(-z)"}}, "macro 'm' cannot be read: unknown name 'z'"),
        ({"macros": {"m": "abs(x) + abs(y)"}}, "macro 'm' uses abs, which operators lacks"),
        ({"searchers": "bank"}, "searchers is the text 'bank'"),
        ({"n_jobs": 0}, "n_jobs is 0"),
        ({"n_jobs": "all"}, "n_jobs is 'all'"),
    ],
    ids=repr,
)
def test_bad_setting_is_refused_by_name(setting: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidSetting, match=message):
        model(**setting).fit(X, Y)


def test_unknown_operator_gets_a_suggestion() -> None:
    with pytest.raises(UnknownOperator, match="did you mean 'sqrt'"):
        model(operators=["+", "sqr"]).fit(X, Y)


def test_unknown_operator_with_a_cost_is_refused() -> None:
    with pytest.raises(UnknownOperator, match="unknown operator 'cosinus'"):
        model(complexity_costs={"cosinus": 2}).fit(X, Y)


def test_two_rows_are_too_few() -> None:
    with pytest.raises(ValueError, match="minimum of 3 is needed"):
        model().fit(X[:2], Y[:2])


def test_infinite_values_are_refused() -> None:
    spoilt = X.copy()
    spoilt[7, 1] = np.inf
    with pytest.raises(ValueError, match="infinity"):
        model().fit(spoilt, Y)
    with pytest.raises(ValueError, match="infinity"):
        model().fit(X, np.r_[np.inf, Y[1:]])


@pytest.mark.long
def test_rows_with_nan_are_left_out_and_said() -> None:
    spoilt = X.copy()
    spoilt[7, 1] = np.nan
    with pytest.warns(UserWarning, match="2 of 40 rows are left out"):
        found = model().fit(spoilt, np.r_[np.nan, Y[1:]])
    whole = [k for k in range(40) if k not in (0, 7)]
    assert found.expression_.text() == model().fit(X[whole], Y[whole]).expression_.text()
    assert np.flatnonzero(np.isnan(found.predict(spoilt))).tolist() == [7]


def test_settings_are_checked_before_any_search() -> None:
    heard: list[Any] = []
    with pytest.raises(SymlawError):
        model(callback=heard.append, operators=["+", "nope"]).fit(X, Y)
    assert heard == []


@pytest.mark.long_but("1e-200")
@pytest.mark.parametrize("unit", [1e-200, 1e-30, 1e30, 1e200])
def test_targets_of_any_size_are_fitted(unit: float) -> None:
    fitted = model(max_evaluations=3_000).fit(X, unit * Y)
    np.testing.assert_allclose(fitted.predict(X) / unit, Y, rtol=1e-6)


def test_nothing_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    model().fit(X, Y)
    assert capsys.readouterr() == ("", "")


def test_only_the_searchers_named_take_part() -> None:
    X = np.linspace(1, 3, 40)[:, None]
    model = SymbolicRegressor(searchers=["sparse"], max_evaluations=500, time_budget=None, random_state=0)
    model.fit(X, 2.0 * X[:, 0] ** 2 - 1.0)
    assert list(model.search_report_["searcher"]) == ["sparse"]
    assert model.score(X, 2.0 * X[:, 0] ** 2 - 1.0) > 1.0 - 1e-12


# --- losses ----------------------------------------------------------------------------------------


def test_a_bank_of_less_memory_holds_fewer_formulas() -> None:
    settings = [Settings(bank_memory=memory) for memory in (None, 64, 16)]
    banks = [next(one for one in s.members() if isinstance(one, Bank)) for s in settings]
    assert [bank.max_bytes for bank in banks] == [3 * 2**28, 2**26, 2**24]
    columns = np.random.default_rng(0).uniform(1, 2, (2, 64))
    sizes = [make_bank(columns, Language.of(["a", "b"]), bank.max_bytes).n_bytes for bank in banks[1:]]
    assert 0.5 * 2**26 < sizes[0] <= 2**26 and 0.5 * 2**24 < sizes[1] <= 2**24


def test_another_loss_leaves_the_usual_figures_as_they_are() -> None:
    y = Y + np.where(np.arange(40) % 10 == 0, 30.0, 0.0)
    found = model(loss="absolute", max_evaluations=3_000).fit(X, y)
    row = found.front_.iloc[found.recommended_]
    errors = y - found.predict(X)
    assert row.loss == pytest.approx(np.mean(np.abs(errors)) / np.mean(np.abs(y - np.median(y))))
    assert row.r2 == pytest.approx(found.score(X, y))
    assert row.rmse == pytest.approx(np.sqrt(np.mean(errors**2)))
    law = found.front_.iloc[-1].expression
    np.testing.assert_allclose(law.constants, [2.0, 1.0], rtol=1e-9)
    aside = dict(zip(found.search_report_["searcher"], found.search_report_["aside"], strict=True))
    squares = "it needs least squares"
    others = dict.fromkeys(("sparse", "bank", "terms", "decomposition"), squares)
    assert aside == {"evolution": "", **others}


def test_a_quantile_is_recommended_although_its_squared_errors_are_larger() -> None:
    rng = np.random.Generator(np.random.Philox(4))
    x = rng.uniform(0.0, 10.0, (4000, 1))
    y = x[:, 0] * rng.normal(size=4000)
    model = SymbolicRegressor(
        operators=["+", "*"], loss="quantile:0.9", max_evaluations=2000, time_budget=None, random_state=0
    ).fit(x, y)
    # the standard normal distribution's 90% quantile
    np.testing.assert_allclose(model.predict([[5.0]]), 5 * 1.2816, rtol=0.1)
    assert model.expression_.variables == ("x0",)


def test_probabilities_are_predicted_and_fitted_on_from() -> None:
    labels = (X[:, 0] * X[:, 1] + np.sin(40 * X[:, 0]) > 2.5) * 1.0
    found = model(loss="logistic", warm_start=True).fit(X, labels)
    first = found.front_["loss"].min()
    assert np.all((found.predict(X) >= 0) & (found.predict(X) <= 1))
    assert found.fit(X, labels).front_["loss"].min() <= first * (1 + 1e-6)


@pytest.mark.parametrize(("loss", "y", "words"), [
    ("poisson", Y - 5.0, "loss 'poisson' cannot judge 'y', which holds -"),
    ("logistic", Y, "give 0 and 1 only"),
    ("relative", np.where(Y > 5, 0.0, Y), "which holds 0"),
])  # fmt: skip
@pytest.mark.parametrize("kept", [False, True])
def test_targets_that_a_loss_cannot_judge_are_refused(
    loss: str, y: np.ndarray, words: str, *, kept: bool, tmp_path: Path
) -> None:
    with pytest.raises(DataError, match=words):
        model(loss=loss, run_folder=tmp_path if kept else None).fit(X, y)


def test_unknown_losses_are_refused() -> None:
    with pytest.raises(InvalidSetting, match="loss is 'cauchy': there are squared, absolute"):
        model(loss="cauchy").fit(X, Y)


@pytest.mark.long
def test_a_target_that_hardly_varies_is_searched_on_all_rows() -> None:
    x = np.arange(100.0)
    for seed in range(8):
        y = (x == 40).astype(float)
        found = SymbolicRegressor(
            operators=["+", "*"], max_complexity=8, max_evaluations=500, time_budget=None, n_jobs=1,
            random_state=seed,
        ).fit(x[:, None], y)  # fmt: skip
        assert np.all(np.isfinite(found.front_["loss"]))
