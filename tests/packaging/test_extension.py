"""The example of an extension, installed beside symlaw and used by its names."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
EXAMPLE = ROOT / "examples" / "extension"
USE = """
import json
import numpy as np
import symlaw
from symlaw.search.searchers import searcher_class
from symlaw.testing.searchers import check_searcher

X = np.random.default_rng(0).uniform(1.0, 3.0, (40, 2))
few = {"max_evaluations": 400, "time_budget": None, "random_state": 0, "n_jobs": 1}

operator = symlaw.SymbolicRegressor(
    operators=["+", "*", "sinc"], searchers=["evolution"], max_complexity=4, run_folder="run", **few
).fit(X, np.sin(X[:, 0]) / X[:, 0])
searcher = symlaw.SymbolicRegressor(operators=["*", "/"], searchers=["power_laws"], **few)
searcher.fit(X, 3.0 * X[:, 0] ** 2 / X[:, 1])
objective = symlaw.discover("free_fall", operators=["+", "*"], max_complexity=6, **few)
check_searcher(searcher_class("power_laws"))
print(json.dumps({
    "operator": str(operator.expression_),
    "searcher": searcher.expression_.shown(6),
    "objective": objective.expression_.shown(6),
    "format": symlaw.parse("x + 2 * sinc(x)").export("rpn"),
}))
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the example is installed in."""
    pytest.importorskip("hatchling", reason="hatchling builds the example: pip install hatchling")
    folder = tmp_path_factory.mktemp("packages")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps"]
    subprocess.run(
        [*pip, "--no-build-isolation", "--disable-pip-version-check", "--target", str(folder), str(EXAMPLE)],
        check=True, capture_output=True,
    )  # fmt: skip
    return folder


def run(installed: Path, folder: Path, *arguments: str) -> str:
    paths = [str(installed), str(ROOT / "src"), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}
    done = subprocess.run(
        [sys.executable, "-W", "error::RuntimeWarning", *arguments],
        cwd=folder, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("work")


@pytest.fixture(scope="module")
def used(installed: Path, folder: Path) -> dict[str, Any]:
    """What the example's things give, each asked for by its name."""
    found: dict[str, Any] = json.loads(run(installed, folder, "-c", USE))
    return found


@pytest.mark.parametrize(
    ("what", "formula"),
    [
        ("operator", "sinc(x0)"),
        ("searcher", "3 * x0 * x0 / x1"),
        ("objective", "4.905 * (t * t)"),
        ("format", "x 2.0 x sinc * +"),
    ],
)
def test_what_it_adds_is_used_by_name(used: dict[str, Any], what: str, formula: str) -> None:
    assert used[what] == formula


def test_the_command_knows_its_names(installed: Path, used: dict[str, Any], folder: Path) -> None:
    assert "reverse Polish notation" in run(installed, folder, "-m", "symlaw", "export", "--help")
    assert "sinc(x0)" in run(installed, folder, "-m", "symlaw", "show", "run")
