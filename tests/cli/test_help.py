"""Help and version: quick, and readable in 80 columns."""

from __future__ import annotations

import subprocess
import sys

import pytest

import symlaw
from symlaw.cli import main

from .conftest import environment

COMMANDS = [
    "fit",
    "fit-many",
    "show",
    "predict",
    "compare",
    "transform",
    "machine",
    "recursive",
    "rewards",
    "automaton",
    "grammar",
    "export",
    "macros",
    "prior",
    "dashboard",
    "doctor",
    "warmup",
    "completion",
    "man",
]


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_fits_80_columns_and_has_an_example(
    command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert main([command, "--help"] if command else ["--help"]) == 0
    out = capsys.readouterr().out
    assert max(len(line) for line in out.splitlines()) <= 80
    assert f"symlaw {command or 'fit'}" in out.partition("Example")[2]
    assert "..." not in out.partition("\n")[2]


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"symlaw {symlaw.__version__}\n"


def test_without_a_command_the_help_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    captured = capsys.readouterr()
    assert "Usage: symlaw" in captured.out + captured.err


@pytest.mark.parametrize(
    "statement", ["import symlaw", "from symlaw.cli import main; main(['--help'])", "import symlaw.cli.app"]
)
def test_loads_nothing_heavy(statement: str) -> None:
    heavy = ["numba", "numpy", "sympy", "sklearn", "pandas", "torch", "scipy", "pyarrow"]
    check = f"{statement}; import sys; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", check], env=environment(), capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"
