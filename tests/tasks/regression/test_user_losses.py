"""Losses and objectives made of Python functions: registration, fits, and what is kept of them."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone

import symlaw
from symlaw import SymbolicRegressor
from symlaw.engine.compiling.jit import address_of, call_loss, kernel
from symlaw.engine.fit import best_line, fit_space
from symlaw.engine.losses.irls import LEFT, OFFSET, SCALE
from symlaw.engine.losses.kernels import told_of_rows
from symlaw.engine.losses.register import loss_from
from symlaw.engine.losses.table import Loss, loss_named
from symlaw.errors import DataError, InvalidSetting
from symlaw.language.grammar import Language
from symlaw.runs.store import read_run
from symlaw.search.problem import make_problem

RNG = np.random.Generator(np.random.Philox(17))
X = RNG.uniform(0.5, 3.0, (160, 2))
LAW = 2.5 * X[:, 0] * np.exp(-X[:, 1]) + 1.0
NOISY = LAW + 0.1 * RNG.normal(size=160)
WEIGHTS = RNG.uniform(0.2, 2.0, 160)


def squares(y: float, y_pred: float) -> float:
    """What "squared" is."""
    return (y - y_pred) ** 2


def mean_of_squares(y: np.ndarray, y_pred: np.ndarray) -> float:
    """The same as a mean."""
    return float(np.mean((y - y_pred) ** 2)) if isinstance(y, np.ndarray) else np.mean((y - y_pred) ** 2)


def weighted(y: np.ndarray, y_pred: np.ndarray, weights: np.ndarray) -> float:
    """The same as a weighted mean."""
    return np.average((y - y_pred) ** 2, weights=weights)


def tilted(y: float, y_pred: float) -> float:
    """What "quantile:0.8" is."""
    return np.maximum(0.8 * (y - y_pred), -0.2 * (y - y_pred))


def branching(y: float, y_pred: float) -> float:
    """Too much is half as bad as too little; no single formula."""
    error = y - y_pred
    if error > 0:
        return 2.0 * error * error
    return error * error


def misses(y: float, y_pred: float) -> float:
    """Counts what is off by more than a tenth: no slope anywhere."""
    return 1.0 if abs(y - y_pred) > 0.1 else 0.0


def unusual(y: float, y_pred: float) -> float:
    """What Numba cannot compile."""
    return float(f"{(y - y_pred) ** 2:.17g}")


@kernel
def told(address, desk, n):  # type: ignore[no-untyped-def]
    """Call a loss on rows of a desk."""
    base, size = address_of(desk), 8 * desk.shape[1]
    call_loss(
        address, base, base + size, base + 2 * size, base + 3 * size, base + 4 * size, base + 5 * size,
        base + 6 * size, n,
    )  # fmt: skip


def model(loss: object, **settings: object) -> SymbolicRegressor:
    """A short search."""
    usual = {"operators": ["+", "*", "exp", "neg"], "searchers": ["evolution"], "max_evaluations": 15_000}
    return SymbolicRegressor(time_budget=None, random_state=0, loss=loss, **{**usual, **settings})


@pytest.mark.parametrize(
    ("function", "formula", "corner", "flat"),
    [
        (squares, "(y - m)**2", False, False),
        (tilted, "max(0.8 * (y - m), -0.2 * (y - m))", True, False),
        (branching, None, False, False),
        (misses, None, False, True),
        (weighted, "(y - m)**2", False, False),
    ],
)
def test_what_is_found_out_about_a_function(
    function: object, formula: str | None, corner: bool, flat: bool
) -> None:
    own = loss_from(function).row.users
    assert own is not None
    assert (None if own.body is None else own.body.text()) == formula
    assert (own.corner, own.flat, own.weighs) == (corner, flat, False)


@pytest.mark.parametrize("function", [squares, tilted, branching, misses])
def test_kernels_agree_with_plain_numpy(function: object) -> None:
    rows = make_problem(X, NOISY, Language.of(["a", "b"]), loss=loss_from(function)).rows
    own, aim = loss_from(function).row.users, rows.loss
    assert own is not None
    y, m = NOISY[:100], RNG.normal(1.5, 1.0, 100)
    desk = np.zeros((7, 100))
    desk[0], desk[1], desk[2], desk[3, :2] = y, m, 1.0, (1e-6, aim.parameter)
    told(aim.users, desk, 100)
    expected = told_of_rows(own, y, m, np.ones(100), 1e-6, aim.parameter)
    np.testing.assert_allclose(desk[4], expected[0], rtol=1e-9)
    np.testing.assert_allclose(desk[5], expected[1], rtol=1e-4, atol=1e-6)
    smooth = np.abs(y - m) > 1e-2
    np.testing.assert_allclose(desk[6][smooth], expected[2][smooth], rtol=1e-3)


@pytest.mark.parametrize("function", [squares, mean_of_squares, weighted, branching])
def test_the_best_constant_and_its_cost_are_the_least(function: object) -> None:
    loss: Loss = loss_from(function)
    aim = make_problem(X, NOISY, Language.of(["a", "b"]), loss=loss, weights=WEIGHTS).rows.loss
    own = loss.row.users
    assert own is not None
    problem = make_problem(X, NOISY, Language.of(["a", "b"]), loss=loss, weights=WEIGHTS)
    costs = [
        np.average(own.costs(NOISY, np.full(160, problem.best_constant + step), WEIGHTS), weights=WEIGHTS)
        for step in (-1e-3, 0.0, 1e-3)
    ]
    assert costs[1] == pytest.approx(aim.null, rel=1e-9)
    assert costs[1] <= min(costs) * (1 + 1e-9)


@pytest.mark.long
def test_squares_give_what_squared_gives() -> None:
    own, built_in = model(squares).fit(X, NOISY), model("squared").fit(X, NOISY)
    assert str(own.expression_.text(3)) == str(built_in.expression_.text(3))
    np.testing.assert_allclose(own.predict(X), built_in.predict(X), rtol=1e-5)


@pytest.mark.parametrize(("function", "name"), [(squares, "squared"), (tilted, "quantile:0.8")])
def test_predictions_are_judged_as_by_the_named_loss(function: object, name: str) -> None:
    ours, named = loss_from(function), loss_named(name)
    for weights in (None, WEIGHTS):
        assert ours.share(NOISY, LAW, weights) == pytest.approx(named.share(NOISY, LAW, weights), rel=1e-6)


def test_a_tilted_loss_gives_a_quantile() -> None:
    own, built_in = model(tilted).fit(X, NOISY), model("quantile:0.8").fit(X, NOISY)
    assert np.mean(own.predict(X) >= NOISY) == pytest.approx(0.8, abs=0.03)
    assert own.front_["loss"].min() == pytest.approx(built_in.front_["loss"].min(), rel=0.05)


@pytest.mark.parametrize("function", [tilted, branching])
def test_a_law_without_noise_is_found_to_rounding(function: object) -> None:
    found = model(function).fit(X, LAW)
    assert found.front_["loss"].min() < 1e-9
    np.testing.assert_allclose(found.predict(X), LAW, rtol=1e-6)


def test_weights_count_once_however_they_are_given() -> None:
    def in_itself(y: float, y_pred: float, weight: float) -> float:
        return weight * (y - y_pred) ** 2

    first, second = (
        model(function, max_evaluations=5000).fit(X, NOISY, sample_weight=WEIGHTS)
        for function in (squares, in_itself)
    )
    np.testing.assert_allclose(first.predict(X), second.predict(X), rtol=1e-6)


def test_a_loss_without_slopes_is_fitted_without_them() -> None:
    skewed = np.where(np.arange(160) % 5 == 0, 9.0, 3.0 * X[:, 0] + 1.0 + 0.03 * RNG.normal(size=160))
    found = model(misses, max_evaluations=2000, operators=["+", "*"]).fit(X, skewed)
    best = found.front_["expression"].iloc[-1]
    values = symlaw.evaluate([best], X, ["x0", "x1"])[0]
    assert np.mean(np.abs(values - skewed) <= 0.1) > 0.6
    assert np.mean(np.abs(model("squared", max_evaluations=2000, operators=["+"]).fit(X, skewed).predict(X)
                          - skewed) <= 0.1) < 0.3  # fmt: skip


def test_what_cannot_be_compiled_is_called_in_python_with_a_measured_warning() -> None:
    language = Language.of(["a", "b"])
    with pytest.warns(RuntimeWarning, match=r"loss 'unusual' cannot be compiled .* ms for 1,000"):
        rows = make_problem(X, NOISY, language, loss=loss_from(unusual)).probe
    same = make_problem(X, NOISY, language, loss=loss_from(squares)).probe
    lines = []
    for asked in (rows, same):
        space = fit_space(len(asked.target), asked)
        best_line(asked.X[0] ** 2, asked, space)
        lines.append(space.line[[SCALE, OFFSET, LEFT]])
    np.testing.assert_allclose(lines[0], lines[1], rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda y: y, r"takes 1 arguments: write a function of \(y, y_pred\)"),
        (lambda y, m: [y][3] - m, r"test_user_losses.py, line \d+\) fails with IndexError"),
        (lambda y, m: m - y, "a perfect prediction has to cost least"),
        (lambda y, m: 1.0 + 0.0 * m, "says nothing: it is not finite, or the same for all predictions"),
        (lambda y, m: np.max(np.abs(y - m)), "gives one number for all rows, and not the mean or sum"),
        (lambda y, m: np.zeros(3) if np.ndim(y) else 0.0, r"gives an array of shape \(3,\) for 10 rows"),
    ],
)
def test_mistakes_are_named(function: object, message: str) -> None:
    with pytest.raises(InvalidSetting, match=message):
        symlaw.loss(function, name="mine")  # type: ignore[arg-type]


def test_a_built_in_name_and_a_wrong_derivative_are_refused() -> None:
    with pytest.raises(InvalidSetting, match="loss 'huber' needs another name"):
        symlaw.loss(squares, name="huber")
    with pytest.raises(InvalidSetting, match=r"derivative of loss 'squares' .* by the prediction: at y = "):
        symlaw.loss(squares, derivative=lambda y, m: 2.0 * (y - m))
    own = symlaw.loss(branching, derivative=lambda y, m: (m - y) * (3.0 + (y - m) / abs(y - m)))
    assert own.row.users.slope.text() == "(m - y) * (3.0 + (y - m) / abs(y - m))"


def test_targets_that_it_cannot_judge_are_refused() -> None:
    def logs(y: float, y_pred: float) -> float:
        return (math.log(y) - math.log(y_pred)) ** 2

    with pytest.raises(DataError, match="loss 'logs' cannot judge 'y', which holds .*costs no finite number"):
        model(logs).fit(X, LAW - 2.0)
    with pytest.raises(DataError, match="the constant .* predicts each at no cost"):
        model(misses).fit(X, 1.0 + 0.01 * LAW)


def test_models_and_runs_keep_it_by_name_source_and_digest(tmp_path: Path) -> None:
    found = model(tilted, max_evaluations=2000, run_folder=tmp_path / "run").fit(X, NOISY)
    header = json.loads((tmp_path / "run" / "run.json").read_text())
    assert header["settings"]["loss"] == "tilted"
    assert "def tilted" in header["settings"]["user_loss"]["source"]
    run = read_run(tmp_path / "run")
    assert run.header.loss.name == "tilted"
    assert run.recommended == found.recommended_
    found.save(tmp_path / "law.json")
    again = symlaw.load(tmp_path / "law.json")
    np.testing.assert_allclose(again.predict(X), found.predict(X))
    with pytest.raises(InvalidSetting, match="loss is 'tilted'"):
        again.fit(X, NOISY)
    symlaw.load(tmp_path / "law.json", loss=tilted).fit(X, NOISY)
    with pytest.raises(InvalidSetting, match="'tilted', of other code than the one given"):
        symlaw.load(tmp_path / "law.json", loss=squares)


def test_copies_are_the_same_and_parts_that_need_squares_stand_aside() -> None:
    assert clone(model(tilted)).loss is tilted
    found = model(squares, searchers=None, max_evaluations=2000).fit(X, NOISY)
    aside = found.search_report_.set_index("searcher")["aside"]
    assert "least squares" in aside["bank"]
    assert loss_named("squared").by_squares


def worst(expression: symlaw.Expression, X: np.ndarray, y: np.ndarray) -> float:
    """The largest error, and a price for length; negative, to show that it may be."""
    values = symlaw.evaluate([expression], X, ["x0", "x1"])[0]
    return float(np.max(np.abs(values - y))) + 0.001 * len(expression.nodes) - 10.0


def test_an_objective_orders_the_front_and_is_shown(tmp_path: Path) -> None:
    found = model("squared", objective=worst, run_folder=tmp_path / "run").fit(X, LAW)
    told = found.front_["objective"].to_numpy()
    assert np.all(np.diff(told) < 0)
    assert told == pytest.approx([worst(one, X, LAW) for one in found.front_["expression"]])
    assert told[-1] == pytest.approx(0.001 * len(found.front_["expression"].iloc[-1].nodes) - 10.0)
    assert "objective" in found.reason_
    np.testing.assert_allclose(found.predict(X), LAW, rtol=1e-6)
    run = read_run(tmp_path / "run")
    assert run.rows[-1].objective == pytest.approx(told[-1])
    assert run.header.objective_name == "worst"
    found.save(tmp_path / "law.json")
    assert symlaw.load(tmp_path / "law.json").front_["objective"].tolist() == pytest.approx(told)


def test_an_objective_chooses_what_the_loss_would_not() -> None:
    def without_x1(expression: symlaw.Expression, X: np.ndarray, y: np.ndarray, w: np.ndarray) -> float:
        values = symlaw.evaluate([expression], X, ["x0", "x1"])[0]
        return float(np.average((values - y) ** 2, weights=w)) + 100.0 * ("x1" in expression.variables)

    found = model("squared", objective=without_x1).fit(X, LAW, sample_weight=WEIGHTS)
    assert all("x1" not in one.variables for one in found.front_["expression"])
    assert len(found.front_) > 1


def test_an_objectives_front_is_the_same_for_any_number_of_threads() -> None:
    fronts = [
        model("squared", objective=worst, max_evaluations=6000, n_jobs=threads).fit(X, NOISY).front_
        for threads in (1, 2)
    ]
    assert fronts[0]["equation"].tolist() == fronts[1]["equation"].tolist()


@pytest.mark.parametrize(
    ("objective", "settings", "error", "message"),
    [
        ("worst", {}, InvalidSetting, "objective is 'worst': give a function"),
        (
            lambda e, X: 0.0,
            {},
            InvalidSetting,
            "takes 2 arguments: write a function of",
        ),
        (lambda e, X, y: [][1], {}, DataError, r"fails with IndexError.*, for the formula '"),
        (worst, {"constraints": [{"that": "y >= 0", "weight": 1.0}]}, InvalidSetting, "do not go together"),
    ],
)
def test_mistakes_in_objectives_are_named(
    objective: object, settings: dict[str, object], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        model("squared", objective=objective, **settings).fit(X, NOISY)


@pytest.mark.long
def test_a_slow_objective_warns_with_what_it_costs() -> None:
    import time

    def slow(expression: symlaw.Expression, X: np.ndarray, y: np.ndarray) -> float:
        time.sleep(0.011)
        return 1.0

    with pytest.warns(RuntimeWarning, match=r"objective 'slow' takes 1\d.* ms a formula: a minute scores"):
        model("squared", objective=slow, max_evaluations=50).fit(X, NOISY)
