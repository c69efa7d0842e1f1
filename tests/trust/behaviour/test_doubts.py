"""Which statements are named as contradicted by the data."""

from __future__ import annotations

import numpy as np

from symlaw.knowledge.statements.shape import shape_of
from symlaw.language import parse
from symlaw.language.grammar import Language
from symlaw.search.archive import Entry
from symlaw.search.constraints.refit import loss_of
from symlaw.search.loop.budget import Spent
from symlaw.search.loop.search import Outcome
from symlaw.search.problem import make_problem
from symlaw.trust.behaviour.doubts import doubts_of

NAMES = ("x", "z")
SENTENCES = ("increasing in x", "even in z")
LAW, CRUTCH, ALLOWED = "3.0*z**2 - 2.0*x", "3.0*z**2 + 0.8*z", "z**2"
# As good as the crutch, but decreasing in x at places.
OTHER = "3.0*z**2 + 0.9*x**2 - 0.9*x"


def named(**formulas: str) -> list[str]:
    """Statements named, given the best formula that breaks only the first, or only the second."""
    rng = np.random.Generator(np.random.Philox(5))
    X = rng.uniform(-2.0, 2.0, (200, 2))
    x, z = X.T
    y = 3.0 * z**2 - 2.0 * x + 0.2 * rng.normal(size=200)
    shape = shape_of(SENTENCES, None, NAMES, "y", X, float(np.std(y)))
    problem = make_problem(X[:150], y[:150], Language.of(NAMES), shape=shape)

    def entry(text: str) -> Entry:
        formula = parse(text)
        return Entry(formula, len(formula.nodes), loss_of(formula, problem), formula)

    doubts = {SENTENCES.index(name.replace("_", " ")): [entry(text)] for name, text in formulas.items()}
    outcome = Outcome((entry(ALLOWED),), Spent(), "budget", doubts=doubts)
    return [doubt.statement for doubt in doubts_of(outcome, problem, X[150:], y[150:])]


def test_a_statement_is_named_where_a_formula_that_breaks_it_is_far_better() -> None:
    """Each by itself."""
    assert named(increasing_in_x=LAW) == ["increasing in x"]
    assert named(even_in_z=CRUTCH) == ["even in z"]
    assert named(even_in_z=ALLOWED) == []


def test_of_two_statements_the_one_is_named_that_explains_far_more() -> None:
    """Under a false statement the front is poor, and breaking a true one may help a little."""
    assert named(increasing_in_x=LAW, even_in_z=CRUTCH) == ["increasing in x"]


def test_two_statements_that_explain_as_much_are_both_named() -> None:
    """The data do not say which of them it is."""
    assert named(increasing_in_x=OTHER, even_in_z=CRUTCH) == list(SENTENCES)
