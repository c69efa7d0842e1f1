"""Exact formulas without parts that do nothing, and with the smallest of equal constants."""

from __future__ import annotations

import numpy as np
import pytest

from symlaw.engine import reference
from symlaw.language import parse
from symlaw.language.grammar import Language
from symlaw.search.loop.budget import Budget
from symlaw.search.loop.state import begin
from symlaw.search.problem import make_problem
from symlaw.search.pruning.without_part import contractions
from symlaw.search.searchers.evolution import Evolution

X = np.linspace(-2.0, 2.0, 41)


def test_every_operator_gives_way_to_each_of_its_arguments() -> None:
    found = {str(formula) for formula in contractions(parse("sqrt(x) - y / 2"))}
    assert found == {"sqrt(x)", "y / 2.0", "x - y / 2.0", "sqrt(x) - y", "sqrt(x) - 2.0"}


def test_a_variable_has_nothing_to_give_up() -> None:
    assert contractions(parse("x")) == []


@pytest.mark.parametrize(
    ("proposed", "left"),
    [("x * sin(6.283185307179586 * (x + 3))", "sin"), ("x * sin(2.1 * x) + exp(-0.5 * x * x) * 0", "sin")],
)
def test_an_exact_formula_loses_what_does_nothing(proposed: str, left: str) -> None:
    formula = parse(proposed)
    y = reference.values(formula, {"x": X})
    problem = make_problem(X[:, None], y, Language.of(["x"], ["+", "-", "*", "sin", "exp"]))
    course = begin(problem, Budget(evaluations=1), [Evolution()])
    accepted = course.offer(formula, np.inf, "guess")
    simpler = course._without_parts(accepted, "guess")
    assert accepted and simpler
    best = course.archive.front[-1]
    assert best.loss <= problem.loss_floor
    assert best.complexity < problem.language.complexity(formula) - 1
    assert left in best.expression.text()


def test_a_fast_oscillation_that_rows_cannot_tell_from_a_slow_one_is_the_slow_one() -> None:
    y = X * np.sin(2.0 * np.pi * X)
    problem = make_problem(X[:, None], y, Language.of(["x"], ["+", "*", "sin"]))
    course = begin(problem, Budget(evaluations=1), [Evolution()])
    # rows are 0.1 apart
    alias = parse("x * sin(69.11503837897544 * x)")
    (entry, *_) = course.offer(alias, np.inf, "guess")
    assert entry.loss <= problem.loss_floor
    assert abs(entry.inner.constants[0]) == pytest.approx(2.0 * np.pi)
