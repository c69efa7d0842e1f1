"""Own formulas: refitted, compared, put on a front."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import symlaw
from symlaw import SymbolicRegressor, compare, parse, refit
from symlaw.engine.losses.table import LOSSES
from symlaw.errors import ColumnNotFound, DataError, InvalidSetting
from symlaw.language.values import values

RNG = np.random.Generator(np.random.Philox(2))
X = pd.DataFrame({"time [s]": np.linspace(0.0, 4.0, 60), "mass": RNG.uniform(1.0, 2.0, 60)})
Y = 3.0 * np.exp(-0.7 * X["time [s]"]) * X["mass"] + 0.5


def test_refit_finds_the_constants() -> None:
    law = refit("1 * exp(-1 * `time [s]`) * mass + 0.1", X, Y)
    np.testing.assert_allclose(law.constants, [3.0, -0.7, 0.5], rtol=1e-9)


def test_refit_keeps_fixed_constants() -> None:
    law = refit(parse("1 * exp(-1 * `time [s]`) * mass + 0.1").fix(c2=0.4), X, Y)
    assert law.constants[2] == 0.4
    assert law.constants[0] != 1.0
    everything = law.fix(c0=None, c1=None)
    assert refit(everything, X, Y).constants == everything.constants


def test_refit_weighs_rows() -> None:
    weights = np.where(np.arange(60) < 30, 1.0, 0.0)
    shifted = Y + np.where(weights > 0, 0.0, 5.0)
    law = refit("1 * exp(-1 * `time [s]`) * mass + 0.1", X, shifted, sample_weight=weights)
    np.testing.assert_allclose(law.constants, [3.0, -0.7, 0.5], rtol=1e-9)


def test_refit_takes_long_formulas() -> None:
    x, text = np.linspace(0, 3, 80), "+".join(f"{{}} * cos({k} * x0)" for k in range(1, 14))
    target = values(parse(text.format(*[1.5] * 13)), {"x0": x})
    # what is fitted are the amplitudes, so that a few steps do
    start = parse(text.format(*[1.0] * 13)).fix(**{f"c{2 * k + 1}": None for k in range(13)})
    law = refit(start, x[:, None], target)
    assert compare([law], x[:, None], target).rows[0].rmse < 1e-6


@pytest.mark.parametrize(
    ("formula", "data", "target", "error", "message"),
    [
        ("x9", X.to_numpy(), Y, ColumnNotFound, "the data have no column 'x9': they have x0, x1"),
        ("log(x0)", X.to_numpy(), Y, DataError, "is not finite on every row"),
        ("x0", X.to_numpy(), Y[:5], DataError, "X has 60 rows, y 5"),
        ("x0", X.to_numpy()[:, 0], Y, DataError, "X has 1 dimension"),
        ("x0", X.to_numpy(), np.ones(60), DataError, "the target is constant"),
        ("a", {"a": ["p"] * 60}, Y, DataError, "X cannot be made a table of numbers"),
    ],
)
def test_refit_refuses(
    formula: str, data: object, target: object, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        refit(formula, data, target)  # type: ignore[arg-type]


def test_comparison_has_the_figures_of_their_definitions() -> None:
    table = compare(["2 * mass", "mass"], X, Y).frame()
    residual = Y - 2 * X["mass"]
    assert table["rmse"][0] == pytest.approx(np.sqrt(np.mean(residual**2)))
    assert table["mae"][0] == pytest.approx(np.mean(np.abs(residual)))
    assert table["max_error"][0] == pytest.approx(np.max(np.abs(residual)))
    assert table["r2"][0] == pytest.approx(1 - np.mean(residual**2) / np.var(Y))
    assert table["loss"][0] == pytest.approx(1 - table["r2"][0])
    # the constant, and the deviation of the errors
    assert table["bic"][0] == pytest.approx(60 * np.log(table["loss"][0]) + 2 * np.log(60))
    assert table["complexity"].tolist() == [3.0, 1.0]


def test_comparison_fits_80_columns() -> None:
    long = "+".join(f"{k}.5 * mass**{k}" for k in range(1, 20))
    lines = str(compare([long, "mass", "log(mass - 10)"], X, Y)).splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[2].endswith("...")
    assert "nan" in lines[5]


@pytest.mark.long_but("squared", "absolute")
@pytest.mark.parametrize("name", [name for name in LOSSES if name not in ("quantile", "poisson", "logistic")])
def test_losses_of_a_comparison_are_those_of_fits(name: str) -> None:
    model = SymbolicRegressor(
        operators=["+", "*"], loss=name, max_evaluations=2000, time_budget=None, random_state=0, n_jobs=1
    ).fit(X, Y)
    row = model.front_.iloc[-1]
    again = compare([row["expression"]], X, Y, loss=name).rows[0]
    assert again.loss == pytest.approx(row["loss"], rel=1e-6)


@pytest.fixture(scope="module")
def model() -> SymbolicRegressor:
    """A fitted model, to be copied before it is changed."""
    return SymbolicRegressor(
        operators=["+", "*"], max_evaluations=2000, time_budget=None, random_state=0, n_jobs=1
    ).fit(X, Y)


def copied(model: SymbolicRegressor, folder: Path) -> SymbolicRegressor:
    model.save(folder / "model.json")
    return symlaw.load(folder / "model.json")


def test_own_formula_stands_on_the_front_with_a_mark(model: SymbolicRegressor, tmp_path: Path) -> None:
    own = copied(model, tmp_path).add_formula("1 * exp(-1 * `time [s]`) * mass + 0.1", X, Y, refit=True)
    front = own.front_
    mine = front[front["origin"] == "user"]
    assert len(mine) == 1 and len(front) == len(model.front_) + 1
    assert mine["rmse"].iloc[0] < 1e-9
    assert front["complexity"].is_monotonic_increasing
    assert front["expression"].iloc[own.recommended_] == model.expression_
    again = copied(own, tmp_path)
    assert again.front_["origin"].tolist() == front["origin"].tolist()


def test_own_simple_formula_moves_the_recommendations_row(model: SymbolicRegressor, tmp_path: Path) -> None:
    own = copied(model, tmp_path).add_formula("2.0", X, Y)
    assert own.front_["expression"].iloc[own.recommended_] == model.expression_


@pytest.mark.parametrize(
    ("formula", "options", "error", "message"),
    [
        ("speed", {}, ColumnNotFound, "the model has no column 'speed': it has time .s., mass"),
        ("mass", {"output": 1}, InvalidSetting, "output is 1, and the model has one target"),
    ],
)
def test_add_formula_refuses(
    model: SymbolicRegressor, formula: str, options: dict[str, int], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        model.add_formula(formula, X, Y, **options)  # type: ignore[arg-type]


def test_model_exports_the_recommended_formula(model: SymbolicRegressor) -> None:
    assert model.export("c") == model.expression_.export("c", columns=list(model.feature_names_in_))
