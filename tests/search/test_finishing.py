"""The last fit of a front's constants on all rows."""

from __future__ import annotations

import math

import numpy as np
import pytest

from symlaw.language import parse
from symlaw.language.grammar import Language
from symlaw.search.archive import Entry
from symlaw.search.finishing import finished, seconds_for
from symlaw.search.problem import Problem, make_problem

LANGUAGE = Language.of(("x",), ("+", "-", "*", "/", "exp", "sin"))


def problem() -> Problem:
    """A law with a constant inside, and noise."""
    rng = np.random.Generator(np.random.Philox(2))
    x = rng.uniform(0.0, 3.0, 6000)
    return make_problem(x[:, None], 2.0 * np.exp(-0.7 * x) + 1.0 + 0.01 * rng.normal(size=6000), LANGUAGE)


def entry(inner: str, whole: str) -> Entry:
    formula = parse(whole)
    return Entry(formula, LANGUAGE.complexity(formula), 0.5, parse(inner), "somebody")


def test_constants_are_fitted_on_all_rows() -> None:
    done = finished([entry("exp(-0.9 * x)", "1.7 * exp(-0.9 * x) + 1.2")], problem(), math.inf)
    np.testing.assert_allclose(sorted(done[0].expression.constants), [-0.7, 1.0, 2.0], atol=0.02)
    assert done[0].source == "somebody" and done[0].loss < 2e-3


def test_a_formula_stays_as_complex_as_it_was() -> None:
    bare = entry("exp(-0.9 * x)", "exp(-0.9 * x)")
    (done,) = finished([bare], problem(), math.inf)
    assert done.complexity <= bare.complexity


def test_without_time_only_scale_and_offset_are_fitted() -> None:
    done = finished([entry("exp(-0.9 * x)", "1.7 * exp(-0.9 * x) + 1.2")], problem(), 0.0)
    assert -0.9 in done[0].expression.constants and done[0].loss < 0.05


@pytest.mark.parametrize(("n_rows", "budget"), [(10**3, 60.0), (10**6, 60.0), (10**7, 10.0)])
def test_no_more_than_a_tenth_of_the_time_is_kept_back(n_rows: int, budget: float) -> None:
    assert 0 < seconds_for(n_rows, budget) <= 0.1 * budget
