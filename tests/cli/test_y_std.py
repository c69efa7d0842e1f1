"""``--y-std`` and what is said of columns that look like errors."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from symlaw import SymbolicRegressor, uncertainty
from symlaw.cli.app import app
from symlaw.dashboard.contents.details import Tables, details
from symlaw.data import read_table
from symlaw.language.expression import Expression
from symlaw.runs.scan import scan
from symlaw.runs.store import read_run
from symlaw.trust.constants.figures import error_text

LIMITS = ["--max-evaluations", "5000", "--seed", "0", "--operators", "*,/,pow", "--threads", "1"]


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Means with standard errors in a column."""
    rng = np.random.default_rng(9)
    frame = pd.DataFrame({"N": rng.integers(2, 60, 22).astype(float), "d": rng.uniform(0.5, 5, 22)})
    law = 12.3 * frame["N"] ** -0.57 * frame["d"] ** 0.7
    frame["y_err"] = law * rng.uniform(0.02, 0.12, 22)
    frame["y"] = law + frame["y_err"] * rng.normal(size=22)
    path = tmp_path_factory.mktemp("table") / "means.csv"
    frame.to_csv(path, index=False)
    return path


def run(*words: str) -> str:
    result = CliRunner().invoke(app, list(words))
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture(scope="module")
def kept(table: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Folder of runs with a fit of the table, and what the fit wrote."""
    folder = tmp_path_factory.mktemp("runs")
    return folder, run("fit", str(table), "-t", "y", "--y-std", "y_err", *LIMITS, "--runs", str(folder))


@pytest.mark.long
def test_every_command_weighs_rows_as_the_fit_did(
    table: Path, kept: tuple[Path, str], tmp_path: Path
) -> None:
    folder, told = kept
    runs = ["--runs", str(folder)]
    assert "y from N, d" in told and "Noise: " in told
    shown = json.loads(run("show", "last", "--json", *runs))
    assert shown["features"] == ["N", "d"] and shown["noise"]
    examined = run("examine", "last", str(table), "--formulas", "0", *runs)
    recommended = shown["front"][shown["recommended"]]
    exponent = min(abs(value) for value in _numbers(recommended["equation"]))
    assert f"{exponent:.4f}"[:5] in examined
    compared = run("compare", "last", str(table), recommended["equation"], "--refit", *runs)
    lines = [line for line in compared.splitlines() if line.lstrip().startswith(("1 ", "2 "))]
    figures = [line.split()[2:4] for line in lines if "are the run's" not in line]
    assert len(figures) == 2 and figures[0] == figures[1]
    other = tmp_path / "other.csv"
    pd.read_csv(table).drop(columns="y_err").to_csv(other, index=False)
    assert "all rows count alike" in run("compare", "last", str(other), *runs)


@pytest.mark.long
def test_report_export_and_page_weigh_rows_as_the_fit_did(
    table: Path, kept: tuple[Path, str], tmp_path: Path
) -> None:
    folder, _ = kept
    runs = ["--runs", str(folder)]
    shown = json.loads(run("show", "last", "--json", *runs))
    law = shown["front"][shown["recommended"]]["equation"]
    columns = pd.read_csv(table)
    known = uncertainty(law, columns[["N", "d"]], columns["y"], y_std=columns["y_err"]).frame()
    error = error_text(known["standard_error"].iloc[0])
    assert error in run("examine", "last", str(table), *runs)
    run("report", "last", "-o", str(tmp_path / "law.md"), *runs)
    assert f"| {error} |" in (tmp_path / "law.md").read_text()
    assert run("export", "last", "--format", "latex", "--data", str(table), *runs).strip()
    read = read_run(next(scan(folder)).folder)
    assert read.recommended is not None
    page = details(read, read.rows[read.recommended], Tables())["data"]["constants"]
    assert page[0]["standard_error"] == error


def test_a_models_report_counts_standard_deviations(table: Path, tmp_path: Path) -> None:
    frame = pd.read_csv(table)
    y = frame.pop("y")
    model = SymbolicRegressor(operators=["*", "/", "pow"], max_evaluations=2000, time_budget=None,
                              random_state=0, n_jobs=1, searchers=["evolution"])  # fmt: skip
    model.fit(frame, y, y_std="y_err")
    assert isinstance(model.expression_, Expression)
    known = uncertainty(model.expression_, frame, y, y_std=frame["y_err"]).frame()
    model.report(tmp_path / "law.md", frame, y, y_std="y_err")
    assert f"| {error_text(known['standard_error'].iloc[0])} |" in (tmp_path / "law.md").read_text()


def _numbers(text: str) -> list[float]:
    from symlaw.language import parse

    return list(parse(text).constants)


def test_a_column_that_looks_like_errors_is_left_out_and_named(table: Path) -> None:
    read = read_table(table, target="y")
    assert read.feature_names == ("N", "d")
    assert any("'y_err' is left out" in note and "y_std" in note for note in read.notes)
    assert read_table(table, target="y", features=["N", "y_err"]).feature_names == ("N", "y_err")


def test_weights_that_look_like_errors_are_asked_about(table: Path) -> None:
    read = read_table(table, target="y", weights="y_err")
    assert any("give it as y_std in place of weights" in note for note in read.notes)


def test_deviations_weigh_by_their_inverse_squares(table: Path) -> None:
    read = read_table(table, target="y", y_std="y_err")
    assert read.y_std is not None and read.weights is not None
    np.testing.assert_allclose(read.weights * read.y_std**2, read.y_std.min() ** 2)
