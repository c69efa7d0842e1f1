"""What the tests of the command share."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

import symlaw
from symlaw.cli import main

ROOT = Path(__file__).resolve().parents[2]
KEPLER = ROOT / "examples" / "kepler.csv"
FIT = ("fit", str(KEPLER), "--target", "period_years", "--seed", "1")
SHORT = ("--max-evaluations", "20000", "--operators", "+,-,*,/,sqrt")
# where any law will do: those that find Kepler's within a second
QUICK = ("--max-evaluations", "5000", "--operators", "+,-,*,/,sqrt", "--searchers", "evolution")


def environment(**more: str) -> dict[str, str]:
    """The environment of a process that finds this symlaw."""
    own = {name: value for name, value in os.environ.items() if name not in ("CI", "SYMLAW_TRACEBACK")}
    return {**own, "PYTHONPATH": str(Path(symlaw.__file__).parents[1]), "PYTHONUNBUFFERED": "1", **more}


@pytest.fixture(scope="session")
def warm() -> None:
    """Compile the kernels, so that no test meets the line about it by chance."""
    subprocess.run(
        [sys.executable, "-m", "symlaw", "warmup"], env=environment(), check=True, stdout=subprocess.DEVNULL
    )


def started(folder: Path, *arguments: str, **more: str) -> subprocess.Popen[str]:
    """Start a real process in a folder."""
    return subprocess.Popen(
        [sys.executable, "-m", "symlaw", *arguments],
        cwd=folder, env=environment(**more), text=True, encoding="utf-8",
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


@pytest.fixture
def start(tmp_path: Path, warm: None) -> Callable[..., subprocess.Popen[str]]:
    """Start a real process in a temporary folder."""
    return partial(started, tmp_path)


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory, warm: None) -> Path:
    """A folder of runs with one finished run in it."""
    runs = tmp_path_factory.mktemp("runs")
    assert main([*FIT, *QUICK, "--quiet", "--runs", str(runs)]) == 0
    return runs
