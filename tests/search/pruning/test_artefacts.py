"""Formulas that live by rounding, or by digits that nobody gives, are told from laws."""

from __future__ import annotations

import numpy as np
import pytest

from symlaw.language import parse
from symlaw.language.values import values
from symlaw.search.archive import Entry
from symlaw.search.problem import make_problem
from symlaw.search.pruning.artefacts import is_artefact, outruns_rows
from symlaw.tasks.regression.settings import Settings

OPERATORS = ("+", "-", "*", "/", "sqrt", "square", "exp", "log", "sin", "cos", "min")
x = np.random.default_rng(0).uniform(1, 5, 200)


def judged(text: str, column: np.ndarray, target: np.ndarray) -> bool:
    """Whether a formula of a column is an artefact on rows."""
    problem = make_problem(column[:, None], target, Settings(operators=OPERATORS).language(["x"]))
    formula = parse(text)
    errors = values(formula, {"x": column}) - target
    loss = float(np.mean((errors / np.std(target)) ** 2))
    return is_artefact(Entry(formula, formula.complexity(), loss, formula), problem)


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("1e18 * log(cos(3e-8 * x))", -450 * x**2),
        ("4.5e13 * log(exp(sqrt(x) / 9.96e13))", 0.45 * np.sqrt(x)),
        ("min(log(exp(200 * x)), 1000)", np.where(200 * x > 709.7, 1000.0, 200 * x)),
        ("(1 + 1e-15 * x) * 1e15 - 1e15", x),
    ],
)
def test_formulas_that_live_by_rounding_are_artefacts(text: str, target: np.ndarray) -> None:
    assert judged(text, x, target)


def test_a_cosine_of_millions_of_turns_is_an_artefact() -> None:
    target = 0.447 * np.cos(3006123.26 * np.cos(1.3 * x))
    assert judged("0.447 * cos(3006123.26 * cos(1.3 * x))", x, target)


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("2.5 * x**2 + 1.3", x),
        ("1e12 + sin(x)", x),
        ("sin(1000 * x)", x),
        ("exp(40 * x)", x),
        ("exp((1.7e9 - x) / 50)", 1.7e9 + 100 * x),
        ("0.0021 * (x - 6.3e8)**2", 6.3e8 + 1e8 * x),
        ("1 / (x - 0.99)", x),
        ("3e-150 * x", x),
    ],
)
def test_laws_are_no_artefacts(text: str, column: np.ndarray) -> None:
    assert not judged(text, column, values(parse(text), {"x": column}))


def test_an_oscillation_that_six_rows_cannot_follow_is_none_of_theirs() -> None:
    columns = {"t": np.array([1400.0, 1550.0, 1700.0, 1950.0, 2200.0, 2600.0])}
    assert outruns_rows(parse("4.4 - 6.8 * t * cos(t)"), columns, 6)
    assert not outruns_rows(parse("4.4 - 6.8 * t * cos(t / 100)"), columns, 6)
    # as many turns on rows enough, of which these are some
    assert not outruns_rows(parse("cos(t)"), columns, 400)
