"""Columns of one kind are brought into one unit, which is said, kept and undone for new data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import symlaw
from symlaw import SymbolicRegressor
from symlaw.cli import main
from symlaw.knowledge.units.scales import rescalings

RNG = np.random.default_rng(1)
MASS, LENGTH, WIDTH = RNG.uniform(1, 5, 60), RNG.uniform(1, 3, 60), RNG.uniform(100, 900, 60)


def table() -> pd.DataFrame:
    return pd.DataFrame(
        {"mass [kg]": MASS, "L [m]": LENGTH, "D [mm]": WIDTH, "y [kg*m]": MASS * (LENGTH + WIDTH / 1000)}
    )


@pytest.mark.parametrize(
    ("units", "target", "found"),
    [
        ({"L": "m", "D": "mm"}, "kg", {"D": (0.001, 0.0)}),
        ({"D": "mm", "L": "m"}, "m", {"D": (0.001, 0.0)}),
        ({"D": "mm", "L": "m"}, "kg", {"L": (1000.0, 0.0)}),
        ({"T": "degC", "S": "K"}, "K", {"T": (1.0, 273.15)}),
        ({"a": "deg", "b": "1"}, "m", {"a": (np.pi / 180, 0.0)}),
        ({"a": "N*m", "b": "J"}, "m", {}),
    ],
)
def test_what_is_brought_into_which_unit(units: dict, target: str, found: dict) -> None:  # type: ignore[type-arg]
    changes = {one.name: (one.factor, one.offset) for one in rescalings(units, target)}
    assert changes.keys() == found.keys()
    for name, values in found.items():
        assert changes[name] == pytest.approx(values, rel=1e-12)


@pytest.mark.long
def test_a_header_with_metres_and_millimetres(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, runs = tmp_path / "table.csv", ["--runs", str(tmp_path / "runs")]
    table().to_csv(path, index=False)
    options = ["--units", "header", "--max-evaluations", "4000", "--seed", "0", "--operators", "+,-,*,/"]
    assert main(["fit", str(path), "-t", "y [kg*m]", *options, *runs]) == 0
    out = capsys.readouterr().out
    assert "it is read in m, as 'D [m]'" in " ".join(out.split())
    assert "`D [m]`" in out and "`D [mm]`" not in out
    assert main(["predict", "last", str(path), *runs, "-o", str(tmp_path / "p.csv")]) == 0
    predicted = pd.read_csv(tmp_path / "p.csv").iloc[:, -1]
    np.testing.assert_allclose(predicted, table()["y [kg*m]"], rtol=1e-6)
    capsys.readouterr()
    # a function and own formulas are in the table's columns
    assert main(["export", "last", "-f", "python", *runs]) == 0
    space: dict[str, Any] = {}
    exec(capsys.readouterr().out, space)
    row = table().drop(columns="y [kg*m]").iloc[3]
    head = space["formula"].__code__.co_varnames
    given = [row[name] for name in row.index if any(word.startswith(name[0]) for word in head)]
    assert space["formula"](*given) == pytest.approx(table()["y [kg*m]"][3], rel=1e-6)
    assert main(["compare", "last", str(path), "`mass [kg]` * `D [mm]`", *runs]) == 0
    assert "0.001 * " not in capsys.readouterr().err
    assert main(["resume", "last", "--max-evaluations", "5000", *runs, "-q"]) == 0
    assert main(["examine", "last", str(path), *runs, "--formulas", "0"]) == 0


def test_an_estimator_reads_millimetres_as_metres(tmp_path: Path) -> None:
    frame = table().rename(columns={"mass [kg]": "m", "L [m]": "L", "D [mm]": "D"})
    X, y = frame[["m", "L", "D"]], frame["y [kg*m]"]
    with pytest.warns(UserWarning, match="Column 'D' is in mm and 'L' in m: it is read in m"):
        model = SymbolicRegressor(
            operators=["+", "-", "*", "/"], units={"m": "kg", "L": "m", "D": "mm"}, target_unit="kg*m",
            max_evaluations=4_000, time_budget=None, random_state=0, n_jobs=1,
        ).fit(X, y)  # fmt: skip
    np.testing.assert_allclose(model.predict(X), y, rtol=1e-6)
    model.save(tmp_path / "law.json")
    np.testing.assert_allclose(symlaw.load(tmp_path / "law.json").predict(X), y, rtol=1e-6)


@pytest.mark.long
def test_arrays_are_read_in_the_unit_of_the_fit_too() -> None:
    X = np.column_stack([LENGTH, WIDTH])
    with pytest.warns(UserWarning, match="Column 'x1' is in mm"):
        model = SymbolicRegressor(
            operators=["+", "-", "*"], units={"x0": "m", "x1": "mm"}, target_unit="m",
            max_evaluations=2_000, time_budget=None, random_state=0, n_jobs=1,
        ).fit(X, LENGTH + WIDTH / 1000)  # fmt: skip
    np.testing.assert_allclose(model.predict(X), LENGTH + WIDTH / 1000, rtol=1e-6)
    np.testing.assert_allclose(model.columns(X)["x1"], WIDTH / 1000)
