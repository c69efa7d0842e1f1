"""Seeded searches whose fronts a person can read; a change of the search changes them.

By evolution alone, which computes the same bits on every machine; matrix products of others do not.

``SYMLAW_REGENERATE_GOLDEN=1 pytest tests/search/loop/test_golden.py`` writes them anew.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from symlaw.language.grammar import Language
from symlaw.search.loop.budget import Budget
from symlaw.search.loop.search import search
from symlaw.search.problem import Problem, make_problem
from symlaw.search.searchers.evolution import Evolution

FOLDER = Path(__file__).with_name("golden")
PLANETS = {
    "mercury": (0.387, 0.241), "venus": (0.723, 0.615), "earth": (1.0, 1.0), "mars": (1.524, 1.881),
    "jupiter": (5.203, 11.862), "saturn": (9.537, 29.457), "uranus": (19.191, 84.011),
    "neptune": (30.069, 164.79),
}  # fmt: skip


def kepler() -> Problem:
    """Periods of the planets in years by their distance in astronomical units."""
    distance, period = np.array(list(PLANETS.values())).T
    language = Language.of(["distance"], ["+", "*", "/", "sqrt"], max_complexity=10)
    return make_problem(distance[:, None], period, language)


def oscillator() -> Problem:
    """A damped oscillation on 80 times."""
    t = np.linspace(0.0, 6.0, 80)
    language = Language.of(["t"], ["+", "-", "*", "exp", "sin", "cos"], max_complexity=12)
    # rounded, as exp and cos of NumPy differ in the last bit between processors
    return make_problem(t[:, None], np.round(1.5 * np.exp(-0.4 * t) * np.cos(2.0 * t), 9), language)


def front_of(problem: Problem) -> str:
    """The front as a table."""
    outcome = search(problem, Budget(evaluations=60_000), searchers=[Evolution()], seed=1, threads=2)
    rows = [f"{e.complexity:>3g}  {e.loss:9.3e}  {e.expression.text(digits=6)}" for e in outcome.front]
    return "\n".join(["size  loss      formula", *rows, ""])


@pytest.mark.parametrize("make", [kepler, oscillator], ids=lambda make: make.__name__)
def test_front_is_the_golden_one(make: object) -> None:
    assert callable(make)
    path, found = FOLDER / f"{make.__name__}.txt", front_of(make())
    if os.environ.get("SYMLAW_REGENERATE_GOLDEN"):
        path.write_text(found, encoding="utf-8")
    assert found == path.read_text(encoding="utf-8")
