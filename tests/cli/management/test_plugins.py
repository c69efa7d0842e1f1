"""Operators from a Python file, through the command."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from symlaw.cli import main

PLUGIN = """
import math
import symlaw

@symlaw.operator
def versine(x):
    return 1 - math.cos(x)

@symlaw.operator
def steps(x):
    n = 0.0
    if x > 1.0:
        n = 1.0 if x < 2.0 else 2.0
    return n + (x - n) ** 2
"""
Start = Callable[..., object]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, warm: None) -> Path:
    """A folder with data, a plugin and a finished run."""
    folder = tmp_path_factory.mktemp("plugin")
    (folder / "own.py").write_text(PLUGIN)
    x = np.linspace(0.1, 2.9, 40)
    n = np.where(x > 2, 2, np.where(x > 1, 1, 0))
    y = 2.5 * (n + (x - n) ** 2) + 1.0
    lines = ["x,y", *(f"{a},{b}" for a, b in zip(x.tolist(), y.tolist(), strict=True))]
    (folder / "data.csv").write_text("\n".join(lines))
    fit = [
        "fit",
        str(folder / "data.csv"),
        "-t",
        "y",
        "--plugin",
        str(folder / "own.py"),
        "--quiet",
        "--seed",
        "1",
    ]
    fit += ["--max-evaluations", "5000", "--operators", "+,*", "--runs", str(folder / "runs")]
    assert main(fit) == 0
    return folder


def test_its_operators_are_searched_with(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "last", "--runs", str(made / "runs")]) == 0
    assert "steps(x)" in capsys.readouterr().out


def test_predicting_needs_the_code_again(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    predict = ["predict", "last", str(made / "data.csv"), "--runs", str(made / "runs")]
    assert main(predict) != 0
    assert "give it with operators=[...] or --plugin FILE.py" in capsys.readouterr().err
    assert main([*predict, "--plugin", str(made / "own.py")]) == 0
    first = float(capsys.readouterr().out.splitlines()[1])
    assert first == pytest.approx(2.5 * 0.01 + 1.0)


@pytest.mark.long
def test_a_report_shows_the_fit_where_the_code_is_given(made: Path, tmp_path: Path) -> None:
    report = ["report", "last", "-o", str(tmp_path / "law.html"), "--runs", str(made / "runs")]
    assert main(report) == 0
    without = (tmp_path / "law.html").read_text(encoding="utf-8")
    assert "give it with operators=[...] or --plugin FILE.py" in without
    assert main([*report, "--plugin", str(made / "own.py")]) == 0
    given = (tmp_path / "law.html").read_text(encoding="utf-8")
    assert given.count("<img") == without.count("<img") + 4
    assert "standard error" in given


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1", "makes no operator: put @symlaw.operator above a function"),
        ("1 / 0", "fails with ZeroDivisionError"),
        ("import symlaw\n@symlaw.operator\ndef sin(x):\n    return x", "operator 'sin' needs another name"),
    ],
)
def test_files_that_will_not_do(
    tmp_path: Path, made: Path, capsys: pytest.CaptureFixture[str], text: str, message: str
) -> None:
    (tmp_path / "bad.py").write_text(text)
    fit = ["fit", str(made / "data.csv"), "-t", "y", "--plugin", str(tmp_path / "bad.py")]
    assert main(fit) != 0
    assert message in capsys.readouterr().err


def test_a_file_that_is_not_there(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fit", str(made / "data.csv"), "-t", "y", "--plugin", str(made / "no.py")]) != 0
    assert "there is no file" in capsys.readouterr().err


LOSSES = """
import numpy as np
import symlaw

@symlaw.loss
def shortage(y, y_pred):
    return np.maximum(0.8 * (y - y_pred), 0.2 * (y_pred - y))

def largest(expression, X, y):
    return float(np.max(np.abs(symlaw.evaluate([expression], X, ["x"])[0] - y)))
"""


@pytest.mark.long
def test_losses_and_objectives_come_from_it(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (made / "losses.py").write_text(LOSSES)
    fit = ["fit", str(made / "data.csv"), "-t", "y", "--plugin", str(made / "losses.py"), "--seed", "1"]
    fit += ["--max-evaluations", "2000", "--operators", "+,*", "--runs", str(made / "others")]
    assert main([*fit, "--loss", "shortage", "--objective", "largest"]) == 0
    shown = capsys.readouterr().out
    assert "shortage" in shown
    assert "objective" in shown
    assert main(["show", "last", "--runs", str(made / "others")]) == 0
    assert "objective" in capsys.readouterr().out
    assert main([*fit, "--loss", "longage"]) != 0
    assert "makes no operator: put @symlaw.operator above a function, or name" in capsys.readouterr().err
    assert main([*fit, "--loss", "shortage", "--objective", "smallest"]) != 0
    assert "--objective 'smallest' is no function" in capsys.readouterr().err
