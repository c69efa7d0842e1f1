"""Constants that the rows do not ask for are left out, and whole numbers stay where others say the same."""

from __future__ import annotations

import numpy as np
import pytest

from symlaw import SymbolicRegressor
from symlaw.language import parse
from symlaw.search.archive import Entry
from symlaw.search.problem import make_problem
from symlaw.tasks.front.thinning import thinned, with_fixed_wholes
from symlaw.tasks.regression.settings import Settings
from symlaw.trust.constants.fit import Sample
from symlaw.trust.selection.description import criteria_on

OPERATORS = ("+", "-", "*", "/", "cos", "square")
RNG = np.random.default_rng(3)
X = RNG.uniform(0, 4, (20, 2))


def test_a_coefficient_near_one_and_an_offset_near_zero_go() -> None:
    y = X[:, 0] - 9 * np.cos(X[:, 1]) ** 2 + 0.4 * RNG.normal(size=20)
    sample = Sample(X, y, ("a", "b"), np.ones(20))
    problem = make_problem(X, y, Settings(operators=OPERATORS).language(["a", "b"]))
    formula = parse("0.97 * a - 8.9 * cos(b)**2 + 0.05")
    entry = Entry(formula, formula.complexity(), 0.02, formula)
    (shorter,) = thinned([entry], problem, criteria_on(sample, OPERATORS), sample)
    assert len(shorter.expression.constants) == 1
    assert abs(shorter.expression.constants[0]) > 8.0


def test_a_whole_number_is_fixed_where_the_rows_determine_two_of_three() -> None:
    x = np.linspace(1, 5, 12)
    sample = Sample(x[:, None], 3.7 / (1 + 0.6 * x), ("x",), np.ones(12))
    formula = with_fixed_wholes(parse("3.7 / (1 + 0.6 * x)"), sample)
    assert [node.fixed for node in formula.nodes if hasattr(node, "fixed")] == [False, True, False]
    free = parse("3.7 / (1.3 + 0.6 * x)")
    assert with_fixed_wholes(free, sample) == free


@pytest.mark.long
def test_a_constant_next_to_a_whole_number_becomes_it() -> None:
    n = np.arange(3.0, 13.0)
    y = 364.6 / (1.0 - 4.0 / n**2) + 1e-3 * np.cos(40.0 * n)
    model = SymbolicRegressor(max_evaluations=20_000, time_budget=None, random_state=0).fit(n[:, None], y)
    assert len(model.expression_.constants) <= 3
    assert any(abs(constant) in (4.0, 0.25) for constant in model.expression_.constants)
