"""A first look needs no compiled kernel, and says nothing where least squares do not."""

from __future__ import annotations

import subprocess
import sys
from os import environ
from pathlib import Path

import numpy as np
import pytest

from symlaw.engine.losses.table import loss_named
from symlaw.language.grammar import Language
from symlaw.search.loop.first_look import first_look
from symlaw.search.problem import make_problem

_ALONE = """
import numpy as np
from symlaw.language.grammar import Language
from symlaw.search.loop.first_look import first_look
from symlaw.search.problem import make_problem
X = np.random.default_rng(0).uniform(1, 3, (60, 2))
front = first_look(make_problem(X, 3 * X[:, 0] ** 2 + X[:, 1], Language.of(["a", "b"])), 2.0)
print(front[-1].expression.text())
"""


def test_nothing_is_compiled_for_a_first_look(tmp_path: Path) -> None:
    more = {"SYMLAW_CACHE_DIR": str(tmp_path), "PYTHONPATH": ":".join(filter(None, sys.path))}
    done = subprocess.run(
        [sys.executable, "-c", _ALONE], env={**environ, **more}, capture_output=True, text=True, check=True
    )
    assert "a**2" in done.stdout or "a * a" in done.stdout
    assert not list(tmp_path.glob("**/*.nbi"))


def test_a_law_that_is_a_sum_is_seen() -> None:
    X = np.random.default_rng(0).uniform(1, 3, (60, 2))
    front = first_look(make_problem(X, 3 * X[:, 0] ** 2 + X[:, 1], Language.of(["a", "b"])), 5.0)
    assert front[-1].loss < 1e-20
    assert [entry.complexity for entry in front] == sorted(entry.complexity for entry in front)
    values = front[-1].expression.evaluate({"a": X[:, 0], "b": X[:, 1]})
    assert values == pytest.approx(3 * X[:, 0] ** 2 + X[:, 1])


def test_another_loss_is_not_looked_at() -> None:
    x = np.linspace(1.0, 2.0, 30)
    problem = make_problem(x[:, None], x**2, Language.of(["x"]), loss=loss_named("absolute"))
    assert first_look(problem, 1.0) == ()
