"""Small problems and hand-made entries."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from symlaw.language import parse
from symlaw.language.grammar import Language
from symlaw.search.archive import Entry
from symlaw.search.problem import Problem, make_problem

OPERATORS = ("+", "-", "*", "/", "sqrt", "exp")


def made_entry(complexity: float, loss: float, text: str = "x", source: str = "") -> Entry:
    """An entry of any complexity and loss."""
    expression = parse(text)
    return Entry(expression, complexity, loss, expression, source)


def law_problem(n_rows: int = 60, seed: int = 0, max_complexity: int = 14) -> Problem:
    """``y = 2.5 exp(-1.3 b) sqrt(a) + 0.5`` on a few rows."""
    rng = np.random.Generator(np.random.Philox(3))
    X = rng.uniform(0.5, 2.0, (n_rows, 2))
    y = 2.5 * np.exp(-1.3 * X[:, 1]) * np.sqrt(X[:, 0]) + 0.5
    return make_problem(X, y, Language.of(["a", "b"], OPERATORS, max_complexity=max_complexity), seed=seed)


@pytest.fixture
def entry() -> Callable[..., Entry]:
    """Makes an entry from a complexity and a loss."""
    return made_entry


@pytest.fixture
def problem() -> Problem:
    """A small problem with a law behind it."""
    return law_problem()
