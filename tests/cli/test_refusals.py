"""Bad input to the command: one sentence that names what is wrong, and exit status 2."""

from __future__ import annotations

from pathlib import Path

import pytest

from symlaw.cli import main

from .conftest import KEPLER

FIT = ["fit", str(KEPLER), "--target", "period_years"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["fit", "nowhere.csv", "-t", "y"], "There is no file 'nowhere.csv'"),
        (["fit", str(KEPLER)], "the columns are 'planet', 'axis_au', 'period_years'"),
        (["fit", str(KEPLER), "-t", "perod_years"], "Did you mean 'period_years'?"),
        (["fit", str(KEPLER), "-t", "planet"], "The target 'planet' must be numbers"),
        ([*FIT, "--features", "axis"], "There is no column 'axis'"),
        ([*FIT, "--drop", "axis_au,planet"], "No feature column is left"),
        ([*FIT, "--weights", "planet"], "The weights 'planet' must be numbers"),
        ([*FIT, "--operators", "+,foo"], "unknown operator 'foo'"),
        ([*FIT, "--operators", ""], "--operators is empty"),
        ([*FIT, "--searchers", "bank,magic"], "--searchers names 'magic': there are bank, "),
        (
            [*FIT, "--macros", "nowhere.json"],
            "no file 'nowhere.json': make one with symlaw macros",
        ),
        ([*FIT, "--loss", "squares"], "--loss is 'squares': there are squared, absolute, "),
        ([*FIT, "--loss", "quantile:2"], "--loss is 'quantile:2': quantile takes a number between 0 and 1"),
        ([*FIT, "--loss", "logistic"], "loss 'logistic' cannot judge 'period_years', which holds 0.24"),
        ([*FIT, "--time", "-3"], "--time is -3.0"),
        ([*FIT, "--max-evaluations", "0"], "--max-evaluations is 0"),
        ([*FIT, "--max-complexity", "0"], "--max-complexity is 0"),
        ([*FIT, "--target-loss", "-1"], "--target-loss is -1.0"),
        ([*FIT, "--cost", "sin"], "--cost 'sin'"),
        ([*FIT, "--cost", "sin=0"], "the cost of 'sin' is 0"),
        ([*FIT, "--cost", "foo=2"], "unknown operator 'foo'"),
        (["macros", "list"], "there is no run 'last'"),
        (["macros", "list", "nowhere"], "there is no run 'nowhere'"),
        (["macros", "list", "--kept"], "There is no file 'symlaw-macros.json'"),
        (["macros", "keep"], "keep what? Give NAME=DEFINITION, or --from RUN"),
        (["macros", "keep", "exp(-x**2)"], "write it as gauss=exp(-x**2)"),
        (["macros", "keep", "gauss=exp(-z**2)"], "macro 'gauss' cannot be read: unknown name 'z'"),
        (["macros", "keep", "sin=exp(-x**2)"], "macro 'sin' needs another name"),
        (["macros", "drop", "gauss"], "There is no file 'symlaw-macros.json'"),
        (["show", "nowhere"], "there is no run 'nowhere'"),
        (["predict", "nowhere", str(KEPLER)], "there is no run 'nowhere'"),
        (["export", "nowhere", "--format", "latex"], "there is no run 'nowhere'"),
    ],
)
def test_is_refused_in_one_sentence(
    arguments: list[str],
    said: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert said in captured.err
    assert captured.err.count("\n") == 1
    assert captured.err.startswith("symlaw: ")
    assert captured.out == ""
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [([*FIT, "--time", "soon"], "'--time'"), ([*FIT, "--nonsense"], "--nonsense"), (["fot"], "'fot'")],
)
def test_words_that_are_no_options_are_refused(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert said in capsys.readouterr().err


@pytest.mark.long
def test_a_formula_that_the_front_lacks(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "last", "-f", "latex", "-c", "999", "--runs", str(finished)]) == 2
    assert "no formula of complexity 999: there are 1, 3, 4" in capsys.readouterr().err


def test_new_data_without_the_column(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gas = KEPLER.with_name("gas.csv")
    assert main(["predict", "last", str(gas), "--runs", str(finished)]) == 2
    assert "Column 'axis_au' is missing from the new data" in capsys.readouterr().err


def test_a_file_that_cannot_be_written(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for command in (["export", "last", "-f", "latex"], ["predict", "last", str(KEPLER)]):
        assert main([*command, "-o", str(finished / "no" / "file"), "--runs", str(finished)]) == 2
        assert "cannot be written" in capsys.readouterr().err


def test_the_traceback_can_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYMLAW_TRACEBACK", "1")
    with pytest.raises(OSError, match="nowhere"):
        main(["fit", "nowhere.csv", "-t", "y"])
