"""Constants that do nothing are left out, others stay."""

from __future__ import annotations

import numpy as np
import pytest

from symlaw.language import parse
from symlaw.language.expression import Expression
from symlaw.language.grammar import Language
from symlaw.search.loop.budget import Budget
from symlaw.search.loop.search import search
from symlaw.search.problem import Problem, make_problem
from symlaw.search.pruning.vanishing import DOUBTFUL, without_vanishing
from symlaw.search.scoring.confirmers.rows import Confirmer
from symlaw.search.searchers.base import Proposals

COLUMNS = {"x": np.array([0.5, 1.5, 2.5]), "y": np.array([2.0e-12, 1.0e-12, 3.0e-12])}


@pytest.mark.parametrize(
    ("formula", "left"),
    [
        ("sin(1e-16 + x)", "sin(x)"),
        ("(x - 1e-12) * x", "x * x"),
        ("1.00000000001 * x + 1", "x + 1"),
        ("exp(x / 0.99999999999)", "exp(x)"),
        ("y + 1e-13", "y + 1e-13"),
        ("1e-16 - x", "1e-16 - x"),
        ("(1e79 - y) / x", "1e79 / x"),
        ("(x - 1e79) * x", "-1e79 * x"),
        ("x + 1e9", "x + 1e9"),
        ("1 / x", "1 / x"),
        ("log(x - 9) + 1e-12", "log(x - 9) + 1e-12"),
        ("2 * x", "2 * x"),
    ],
)
def test_what_is_left(formula: str, left: str) -> None:
    assert without_vanishing(parse(formula), COLUMNS) == parse(left)


def test_a_formula_is_offered_without_them_too() -> None:
    x = np.linspace(0.1, 3.0, 50)
    problem = make_problem(x[:, None], np.sin(x), Language.of(["x"], ["+", "sin"]))
    entries = Confirmer(problem).guess(parse("sin(x + 0.001)"))
    assert parse("sin(x)") in [entry.expression for entry in entries if entry.loss < 1e-25]


@pytest.mark.parametrize(
    ("formula", "left"),
    [
        ("1.03 * x - 0.1 + sin(0.9 * x)", "x + sin(x)"),
        ("1.3 * x + 1", "1.3 * x + 1"),
    ],
)
def test_what_may_be_left_under_noise(formula: str, left: str) -> None:
    assert without_vanishing(parse(formula), COLUMNS, DOUBTFUL) == parse(left)


class _Once:
    """Proposes one formula, once."""

    name, stores = "once", ()

    def __init__(self, formula: str) -> None:
        self.formulas = [parse(formula)]

    def objection(self, problem: Problem) -> None:
        """None."""

    def start(self, problem: Problem, seed: int) -> list[Expression]:
        """What to propose."""
        return list(self.formulas)

    def ask(self, state: list[Expression], *_: object) -> Proposals:
        """The formula, then nothing."""
        formulas = [state.pop()] if state else []
        return Proposals(formulas=formulas, counters={"evaluations": 1})

    def tell(self, state: list[Expression], accepted: object) -> None:
        """Nothing to learn."""


def test_under_noise_the_front_holds_a_formula_without_its_doubtful_constants_too() -> None:
    rng = np.random.Generator(np.random.Philox(1))
    X = rng.uniform(0.5, 2.0, (40, 3))
    y = X[:, 0] / X[:, 1] + np.exp(X[:, 2]) + 0.1 * rng.normal(size=40)
    problem = make_problem(X, y, Language.of(["a", "b", "c"], ["+", "-", "*", "/", "exp"]))
    once = _Once("a / b + 1.0022 * exp(c)")
    outcome = search(problem, Budget(evaluations=5), searchers=[once], seed=0)
    found = [entry.inner for entry in outcome.front]
    assert parse("a / b + exp(c)") in found
