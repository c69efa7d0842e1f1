"""What people ask of a formula: as functions, on a model, on the command line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import symlaw
from symlaw import SymbolicRegressor, load
from symlaw.cli import main
from symlaw.errors import ColumnNotFound, DataError, InvalidSetting


def decay(n: int = 80) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    t = np.linspace(0, 8, n)
    return pd.DataFrame(
        {"t": t, "unused": t[::-1], "y": 12.0 * np.exp(-t / 3) + 0.5 + 0.01 * rng.normal(size=n)}
    )


@pytest.fixture(scope="module")
def model() -> SymbolicRegressor:
    table = decay()
    settings = {"operators": ["+", "-", "*", "/", "exp"], "max_evaluations": 20_000, "time_budget": None}
    return SymbolicRegressor(**settings, random_state=0).fit(table[["t", "unused"]], table["y"])  # type: ignore[arg-type]


def test_constants_of_a_text_are_fitted_and_judged() -> None:
    table = decay()
    sure = symlaw.uncertainty("10 * exp(-0.3 * t) + 1", table[["t"]], table["y"])
    np.testing.assert_allclose(np.abs(sure.values), [12, 1 / 3, 0.5], rtol=0.03)
    assert sure.frame().index.tolist() == ["c0", "c1", "c2"]


def test_fixed_constants_stay() -> None:
    table = decay()
    formula = symlaw.parse("10 * exp(-0.3 * t) + 1").fix(c2=0.5)
    sure = symlaw.uncertainty(formula, table[["t"]], table["y"])
    assert sure.names == ("c0", "c1")
    assert sure.expression.constants[-1] == 0.5


def test_parameters_by_name_may_stand_twice() -> None:
    table = decay()
    sure = symlaw.uncertainty("a * exp(-t / b) + b / 6", table, table["y"], start={"a": 10, "b": 2})
    np.testing.assert_allclose(sure.values, [12, 3], rtol=0.01)


def test_exact_constants_are_an_alternative() -> None:
    table = decay()
    exact = symlaw.snap("10 * exp(-t / 2.9) + 0.4", table, table["y"])
    assert exact is not None
    assert {one.exact.text for one in exact.replaced} == {"3"}
    assert exact.cost < 1.1


def test_predictions_take_the_columns_by_name() -> None:
    table = decay()
    sure = symlaw.uncertainty("10 * exp(-0.3 * t) + 1", table, table["y"])
    told = sure.predict(table)
    inside = (told.low <= table["y"]) & (table["y"] <= told.high)
    assert inside.mean() > 0.85
    fresh = sure.predict(table, 0.9, kind="conformal", calibration=(table, table["y"]))
    assert fresh.promised == 0.9


@pytest.mark.long
def test_evidence_has_a_row_for_each_formula(model: SymbolicRegressor) -> None:
    table = decay()
    rows = model.evidence(table[["t", "unused"]], table["y"])
    assert rows["complexity"].tolist() == model.front_["complexity"].tolist()
    assert rows["stability"].sum() == pytest.approx(1.0)
    assert rows["description_length"].idxmin() == model.recommended_


@pytest.mark.long
def test_alternatives_are_distinct_and_survive_saving(model: SymbolicRegressor, tmp_path: Path) -> None:
    complexities = [c for c in range(1, 31) if len(model.alternatives_(c)) > 1]
    assert complexities
    found = model.alternatives_(complexities[0])
    assert found["equation"].is_unique and found["loss"].is_monotonic_increasing
    model.save(tmp_path / "law.json")
    again = load(tmp_path / "law.json").alternatives_(complexities[0])
    assert again["equation"].tolist() == found["equation"].tolist()
    assert model.alternatives_(1000).empty


@pytest.mark.long
def test_chance_reaches_less_than_the_law(model: SymbolicRegressor) -> None:
    table = decay()
    told = symlaw.null_control(model, table[["t", "unused"]], table["y"])
    last = told.iloc[-1]
    assert last["loss"] < 1e-3 < last["chance_loss"] <= 1.0
    assert told["chance_loss"].is_monotonic_decreasing


def test_mistakes_are_named(model: SymbolicRegressor) -> None:
    table = decay()
    with pytest.raises(ColumnNotFound, match="no column 'q'"):
        symlaw.uncertainty("q + 1", table, table["y"])
    with pytest.raises(DataError, match="80 rows and y 3"):
        symlaw.uncertainty("2 * t", table, [1.0, 2.0, 3.0])
    with pytest.raises(DataError, match="parameter 'b' does not occur"):
        symlaw.uncertainty("a * t", table, table["y"], start={"a": 1, "b": 1})
    with pytest.raises(InvalidSetting, match="kind is 'x'"):
        symlaw.uncertainty("2.0 * t", table, table["y"]).predict(table, kind="x")
    other = SymbolicRegressor(loss="absolute", max_evaluations=500, time_budget=None, operators=["+", "*"])
    other.fit(table[["t"]], table["y"])
    with pytest.raises(InvalidSetting, match="squared errors, and the model's loss is 'absolute'"):
        other.evidence(table[["t"]], table["y"])


@pytest.mark.long
def test_the_command_shows_constants_and_evidence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    decay().to_csv(tmp_path / "decay.csv", index=False)
    data, folder = str(tmp_path / "decay.csv"), ["--runs", str(tmp_path / "runs")]
    fit = ["--features", "t", "--max-evaluations", "20000", "--seed", "0", "-q", "--operators", "+,-,*,/,exp"]
    assert main(["fit", data, "-t", "y", *fit, *folder]) == 0
    assert main(["examine", "last", data, "--formulas", "5000", *folder]) == 0
    out = capsys.readouterr().out
    assert "<0.1%" in out
    assert "std. error" in out and "What speaks for each formula of the front:" in out
    assert "Exact as far as the data tell:" in out and "odds" in out
    assert max(map(len, out.splitlines())) <= 80
    assert main(["examine", "last", data, "--kind", "guess", *folder]) == 2
    assert "kind is 'guess': give one of t, profile, bootstrap" in capsys.readouterr().err


@pytest.mark.long
def test_latex_has_the_digits_that_the_data_justify(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    decay().to_csv(tmp_path / "decay.csv", index=False)
    data, folder = str(tmp_path / "decay.csv"), ["--runs", str(tmp_path / "runs")]
    fit = ["--features", "t", "--max-evaluations", "20000", "--seed", "0", "-q", "--operators", "+,-,*,/,exp"]
    assert main(["fit", data, "-t", "y", *fit, *folder]) == 0
    capsys.readouterr()
    assert main(["export", "last", "-f", "latex", *folder]) == 0
    plain = capsys.readouterr().out
    assert main(["export", "last", "-f", "latex", "--data", data, *folder]) == 0
    sure = capsys.readouterr().out
    assert "0.5059" in sure and "0.506" in plain and abs(len(sure) - len(plain)) < 6
    # the constants of other formats are those of the fit too
    assert main(["export", "last", "-f", "text", "--data", data, *folder]) == 0
    assert "0.50589" in capsys.readouterr().out
