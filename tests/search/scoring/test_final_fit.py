"""The last fit of a front's constants on all rows."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from symlaw.engine.losses.table import loss_named
from symlaw.engine.program import Program
from symlaw.knowledge.statements.shape import shape_of
from symlaw.language import parse
from symlaw.language.expression import Expression, Variable
from symlaw.language.grammar import Language
from symlaw.language.template import template_of
from symlaw.search.archive import Entry
from symlaw.search.problem import Problem, make_problem
from symlaw.search.scoring.confirmers.rows import Confirmer
from symlaw.search.scoring.final_fit import finished, seconds_for
from symlaw.search.templates.filling import Filler, Filling, name_of

LANGUAGE = Language.of(("x",), ("+", "-", "*", "/", "exp", "sin"))


def problem(loss: str = "squared") -> Problem:
    """A law with a constant inside, and noise."""
    rng = np.random.Generator(np.random.Philox(2))
    x = rng.uniform(0.0, 3.0, 6000)
    y = 2.0 * np.exp(-0.7 * x) + 1.0 + 0.01 * rng.normal(size=6000)
    return make_problem(x[:, None], y, LANGUAGE, loss=loss_named(loss))


def entry(inner: str, whole: str) -> Entry:
    formula = parse(whole)
    return Entry(formula, LANGUAGE.complexity(formula), 0.5, parse(inner), "somebody")


def test_constants_are_fitted_on_all_rows() -> None:
    done = finished([entry("exp(-0.9 * x)", "1.7 * exp(-0.9 * x) + 1.2")], problem(), math.inf)
    np.testing.assert_allclose(sorted(done[0].expression.constants), [-0.7, 1.0, 2.0], atol=0.02)
    assert done[0].source == "somebody" and done[0].loss < 2e-3


@pytest.mark.parametrize("loss", ["squared", "absolute", "huber"])
def test_a_fit_that_leads_astray_costs_nothing(loss: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def astray(self: Confirmer, program: Program) -> None:
        program.values[:] = 9.0

    asked = problem(loss)
    begun = entry("exp(-0.7 * x)", "2 * exp(-0.7 * x) + 1")
    (good,) = finished([begun], asked, 0.0)
    monkeypatch.setattr(Confirmer, "_restart", astray)
    monkeypatch.setattr(Confirmer, "_settled", lambda self, program, steps: self._score_everywhere(program))
    (done,) = finished([begun], asked, 0.0)
    assert done.loss <= 1.01 * good.loss


def test_a_formula_stays_as_complex_as_it_was() -> None:
    bare = entry("exp(-0.9 * x)", "exp(-0.9 * x)")
    (done,) = finished([bare], problem(), math.inf)
    assert done.complexity <= bare.complexity


def test_without_time_a_long_front_gets_scale_and_offset_only() -> None:
    done = finished([entry("exp(-0.9 * x)", "1.7 * exp(-0.9 * x) + 1.2")] * 400, problem(), 0.0)
    assert all(-0.9 in one.expression.constants and one.loss < 0.05 for one in done)


def test_a_short_front_is_fitted_though_the_search_ended_late() -> None:
    done = finished([entry("exp(-0.9 * x)", "1.7 * exp(-0.9 * x) + 1.2")], problem(), 0.0)
    np.testing.assert_allclose(sorted(done[0].expression.constants), [-0.7, 1.0, 2.0], atol=0.02)


@pytest.mark.parametrize(("n_rows", "budget"), [(10**3, 60.0), (10**6, 60.0), (10**7, 10.0)])
def test_no_more_than_a_tenth_of_the_time_is_kept_back(n_rows: int, budget: float) -> None:
    assert 0 < seconds_for(n_rows, budget) <= 0.1 * budget


def test_a_filling_that_the_last_fit_would_bring_to_break_a_statement_stays_as_it_was() -> None:
    """Fitted on some rows it holds; all rows together ask for a constant that does not."""
    x = np.linspace(0.5, 2.0, 40)
    language = replace(LANGUAGE, template=template_of("a * x * f(x)", ["x"]))
    shape = shape_of(["y <= 4"], None, ["x"], "y", x[:, None], 1.0)
    searched = replace(make_problem(x[:, None], 0.99 * x**2, language), shape=shape)
    everything = replace(make_problem(x[:, None], 1.01 * x**2, language), shape=shape)
    template = searched.language.template
    assert template is not None
    places = {name: Variable(name_of(k)) for k, name in enumerate(("scale", "offset", "a"))}
    filling = Filling(
        (parse("u0"), Expression((places["a"],))), ((0, 1),), np.array([[1.0, 0.0, 0.9]]),
        np.array([True, True, False]), np.zeros(3, bool), np.zeros(1),
    )  # fmt: skip
    (found,) = Filler(searched, template).entries(filling, "somebody")
    assert found.expression.constants == pytest.approx((0.99,))
    (free,) = finished([found], replace(everything, shape=None), math.inf)
    assert free.expression.constants == pytest.approx((1.01,))
    (held,) = finished([found], everything, math.inf)
    assert held.expression.constants == pytest.approx((0.99,))
