"""``symlaw-run`` computes saved laws with nothing but NumPy, and says in a sentence what it cannot use."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import symlaw
from symlaw import SymbolicRegressor, parse
from symlaw.language.expression import Constant, Expression, Variable
from symlaw.language.operators import operator_table
from symlaw.language.user_operators.fixed_powers import power_row
from symlaw.standalone import main
from symlaw.testing.formulas import random_formula, sensitivity

SOURCE = Path(symlaw.__file__).parents[1]
COLUMNS = ("mass [kg]", "x", "speed, mean")
# Runs the command where every package but NumPy is missing.
ALONE = """
import sys

class OnlyNumPy:
    def find_spec(self, name, path=None, target=None):
        word = name.partition(".")[0]
        if word not in {"numpy", "symlaw"} and word not in sys.stdlib_module_names:
            raise ImportError(f"{name} is blocked")

sys.meta_path.insert(0, OnlyNumPy())
from symlaw.standalone import main
status = main(sys.argv[1:])
others = {"engine", "knowledge", "search", "trust", "runs", "tasks", "report", "cli", "data"}
assert not [name for name in sys.modules if name.startswith("symlaw.") and name.split(".")[1] in others]
sys.exit(status)
"""


def alone(*arguments: object) -> subprocess.CompletedProcess[str]:
    program = f"import sys; sys.path[:0] = [{str(SOURCE)!r}]{ALONE}"
    return subprocess.run(
        [sys.executable, "-I", "-c", program, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def data() -> pd.DataFrame:
    rng = np.random.default_rng(3)
    return pd.DataFrame({name: rng.uniform(0.3, 2.0, 40) for name in COLUMNS})


@pytest.fixture(scope="module")
def model(data: pd.DataFrame) -> SymbolicRegressor:
    y = 2.0 * data["x"] ** 2 + 1.0
    return SymbolicRegressor(
        operators=["+", "*"], max_evaluations=500, time_budget=None, random_state=0, searchers=["sparse"]
    ).fit(data, y)


def write(folder: Path, model: SymbolicRegressor, formulas: list[Expression], **changes: object) -> Path:
    """The file of a model that has these formulas as its front and recommends the first."""
    path = folder / "law.json"
    model.save(path)
    record = json.loads(path.read_text())
    record["front"] = [{**record["front"][0], "expression": json.loads(one.to_json())} for one in formulas]
    path.write_text(json.dumps({**record, "recommended_": 0, **changes}))
    return path


def predicted(text: str) -> np.ndarray:
    return np.genfromtxt(text.splitlines()[1:], delimiter=",", missing_values="nan")


def table(folder: Path, data: pd.DataFrame) -> Path:
    data.to_csv(folder / "data.csv", index=False)
    return folder / "data.csv"


def test_agrees_with_predict_for_a_hundred_formulas(
    tmp_path: Path, data: pd.DataFrame, model: SymbolicRegressor, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = np.random.default_rng(0)
    rows = list(operator_table().values())
    formulas = [random_formula(rng, rows, COLUMNS, 1 + place % 7) for place in range(100)]
    law, csv = write(tmp_path, model, formulas), table(tmp_path, data)
    loaded = symlaw.load(law)
    columns = {name: data[name].to_numpy() for name in COLUMNS}
    n_defined = 0
    for place, formula in enumerate(formulas):
        assert main([str(law), str(csv), "--formula", str(place)]) == 0
        found = predicted(capsys.readouterr().out)
        loaded.expression_ = loaded.front_["expression"][place]
        told = loaded.predict(data)
        finite = np.isfinite(told)
        np.testing.assert_array_equal(np.isnan(found), np.isnan(told), err_msg=str(formula))
        # few draws may fall near each other by chance where rounding decides about every digit
        room = np.nan_to_num(sensitivity(formula, columns, draws=32), nan=np.inf)
        assert np.all(np.abs(found[finite] - told[finite]) <= room[finite]), str(formula)
        n_defined += finite.all()
    assert n_defined > 50


def test_needs_numpy_alone(tmp_path: Path, data: pd.DataFrame, model: SymbolicRegressor) -> None:
    def sinc(x):  # type: ignore[no-untyped-def]
        return np.sin(x) / x

    base = parse("`mass [kg]` * sin(x) / c", ["mass [kg]", "x", "c"])
    named = base.map_nodes(lambda n: Variable("c", 299792458.0) if n == Variable("c") else n)
    power = Expression((Variable("x"), power_row(1.5)))
    followed = Expression((Variable("x"), symlaw.operator(sinc)))
    formulas = [named, power, followed, Expression((Constant(2.5, fixed=True),))]
    law, csv = write(tmp_path, model, formulas), table(tmp_path, data)
    x = data["x"].to_numpy()
    truth = [data["mass [kg]"] * np.sin(x) / 299792458.0, x**1.5, np.sin(x) / x, np.full(len(x), 2.5)]
    for place, values in enumerate(truth):
        done = alone(law, csv, "--formula", place, "-o", tmp_path / "out.csv")
        assert (done.returncode, done.stderr) == (0, "")
        np.testing.assert_allclose(predicted((tmp_path / "out.csv").read_text()), values, rtol=1e-14)


def test_groups_by_label(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    t = np.linspace(0.1, 2, 12)
    frame = pd.DataFrame({"t": np.tile(t, 2), "site": np.repeat(["north", "east"], 12)})
    y = frame["t"] * frame["site"].map({"north": 2.0, "east": 3.0})
    model = SymbolicRegressor(
        template="a * t + f(t)", groups="site", operators=["+", "*"], max_evaluations=3000, time_budget=None,
        random_state=0,
    ).fit(frame, y)  # fmt: skip
    model.save(tmp_path / "law.json")
    new = pd.DataFrame({"site": ["east", "north", "west"], "t": [1.0, 1.0, 1.0]})
    assert main([str(tmp_path / "law.json"), str(table(tmp_path, new))]) == 0
    found = predicted(capsys.readouterr().out)
    np.testing.assert_allclose(found, model.predict(new[["t", "site"]]))
    assert np.isfinite(found[:2]).all() and np.isnan(found[2])


def test_several_targets(tmp_path: Path, data: pd.DataFrame, capsys: pytest.CaptureFixture[str]) -> None:
    Y = np.stack([data["x"] ** 2, 3 * data["mass [kg]"]], axis=1)
    model = SymbolicRegressor(
        operators=["+", "*"], max_evaluations=2000, time_budget=None, random_state=0, searchers=["sparse"]
    ).fit(data, Y)
    model.save(tmp_path / "law.json")
    assert main([str(tmp_path / "law.json"), str(table(tmp_path, data))]) == 0
    out = capsys.readouterr().out
    assert out.startswith("predicted_0,predicted_1\n")
    np.testing.assert_allclose(predicted(out), model.predict(data))


def test_an_exported_formula_and_missing_values(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "law.json").write_text(parse("2 * a + b").export("json"))
    (tmp_path / "data.csv").write_text("\ufeffb;a\n1;2\n;3\n\n")
    assert main([str(tmp_path / "law.json"), str(tmp_path / "data.csv")]) == 0
    assert capsys.readouterr().out == "predicted\n5.0\nnan\n"


def test_lists_the_front(
    tmp_path: Path, model: SymbolicRegressor, capsys: pytest.CaptureFixture[str]
) -> None:
    law = write(tmp_path, model, [parse("x"), parse("2.0 * x")], recommended_=1)
    assert main([str(law), "--list"]) == 0
    assert capsys.readouterr().out == "  0 x\n* 1 2 * x\n"


def test_refuses_an_operator_whose_code_is_not_kept(
    tmp_path: Path, data: pd.DataFrame, model: SymbolicRegressor, capsys: pytest.CaptureFixture[str]
) -> None:
    def kink(x):  # type: ignore[no-untyped-def]
        return 1.0 if x > 1 else x

    law = write(tmp_path, model, [Expression((Variable("x"), symlaw.operator(kink)))])
    assert main([str(law), str(table(tmp_path, data))]) == 2
    assert "the formula uses 'kink', an operator of Python code that its file does not hold" in (
        capsys.readouterr().err
    )


@pytest.mark.parametrize(
    ("csv", "said"),
    [
        ("a,b\n1,2\n", "the formula needs the column 'x', and the data have 'a', 'b'"),
        ("x\n1\ntwo\n", "row 2 of column 'x' holds 'two', which is no number"),
        ("x\n1_000\n", "holds '1_000', which is no number"),
        ("x,b\n1,2\n3\n", "row 2 of 'data.csv' has 1 cells where 2 columns are named"),
        ("x,x\n1,2\n", "two columns are called 'x'"),
        ("x\n", "has no rows"),
        ("", "has no rows"),
    ],
)
def test_bad_data_is_refused(tmp_path: Path, csv: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "law.json").write_text(parse("2 * x").export("json"))
    (tmp_path / "data.csv").write_text(csv)
    assert main([str(tmp_path / "law.json"), str(tmp_path / "data.csv")]) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and said in captured.err and captured.err.count("\n") == 1


@pytest.mark.parametrize(
    ("law", "said"),
    [
        ('{"symlaw_model": 99}', "has format version 99 and this symlaw reads 1"),
        ('{"symlaw_model": 1}', "is damaged"),
        ('{"symlaw_model": 1, "front": [], "recommended_": 0, "parameters": {}}', "recommends row 0 of 0"),
        ('{"symlaw_expression": 1, "nodes": ["no such"]}', "unknown operator 'no such'"),
        ("[1]", "holds no law"),
        ("{", "cannot be read as JSON"),
    ],
)
def test_a_bad_law_is_refused(
    tmp_path: Path, law: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "law.json").write_text(law)
    (tmp_path / "data.csv").write_text("x\n1\n")
    assert main([str(tmp_path / "law.json"), str(tmp_path / "data.csv")]) == 2
    assert said in capsys.readouterr().err


def test_other_refusals(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    law, csv = tmp_path / "law.json", tmp_path / "data.csv"
    law.write_text(parse("2 * x0").export("json"))
    csv.write_text("x0\n1\n")
    for arguments, said in (
        ([law, csv, "--formula", "1"], "--formula is 1, and the front has rows 0 to 0"),
        ([law], "name a table"),
        ([law, tmp_path / "none.csv"], "cannot be read as a table"),
        ([tmp_path / "none.json", csv], "cannot be read as JSON"),
        ([law, csv, "-o", tmp_path / "no" / "out.csv"], "cannot be written"),
    ):
        assert main(list(map(str, arguments))) == 2
        assert said in capsys.readouterr().err


def test_a_reader_that_stops_is_no_error(tmp_path: Path) -> None:
    law, csv = tmp_path / "law.json", tmp_path / "data.csv"
    law.write_text(parse("2 * x").export("json"))
    csv.write_text("x\n" + "1.5\n" * 50_000)
    command = f"'{sys.executable}' -m symlaw.standalone '{law}' '{csv}' | head -n 2"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "predicted\n3.0\n", "")
