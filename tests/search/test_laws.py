"""Genomes under the rules of a language, compared with the rules themselves."""

from __future__ import annotations

import numpy as np
import pytest

from symlaw.engine.random import stream
from symlaw.engine.tape import from_nodes
from symlaw.knowledge.dimensions import unit_of
from symlaw.knowledge.units import Units
from symlaw.language.grammar import Language
from symlaw.search.budget import Budget
from symlaw.search.genetics.genome import genome, grammar_of
from symlaw.search.genetics.laws import INSIDE, REFUSED, WHOLE, scales, standing_by_units
from symlaw.search.genetics.mutate import bench, random_formula
from symlaw.search.portfolio import search
from symlaw.search.problem import make_problem
from symlaw.search.searchers import searchers_named

COLUMNS = {"m": "kg", "v": "m/s", "r": "m", "t": "s", "q": ""}
OPERATORS = ["+", "-", "*", "/", "sqrt", "square", "exp", "sin", "abs", "max", "pow", "atan2", "cbrt"]


def language_of(target: str, *, free: bool = False) -> Language:
    """A language in which columns have units."""
    rule = Units({name: unit_of(text) for name, text in COLUMNS.items()}, unit_of(target), free)
    return Language.of(COLUMNS, OPERATORS, rules=[rule])


@pytest.mark.parametrize("free", [False, True])
def test_kernel_and_rule_agree_on_random_formulas(free: bool) -> None:
    language = language_of("m", free=free)
    grammar, scratch = grammar_of(language), scales()
    (rule,) = language.rules
    state, one, spare = stream(0, "laws"), genome(), bench()
    counts = {REFUSED: 0, INSIDE: 0, WHOLE: 0}
    for number in range(20_000):
        random_formula(one, state, grammar, 1 + number % 9, spare)
        size = int(one.size[0])
        parts = (one.codes[:size], one.columns[:size], one.values[:size])
        formula = from_nodes(*parts, language.operators, language.variables)
        found = standing_by_units(one, grammar.laws, scratch)
        counts[found] += 1
        assert (found == WHOLE) == rule.allows(formula), formula
    assert counts[REFUSED] > 1000
    assert counts[WHOLE] > 500


@pytest.mark.parametrize("name", ["sparse", "bank", "decomposition", "evolution", "tree_search"])
def test_every_formula_of_every_front_obeys(name: str) -> None:
    rng = np.random.Generator(np.random.Philox(1))
    X = rng.uniform(1.0, 3.0, (120, 5))
    m, v, r, t, q = X.T
    y = m * v**2 / r * np.exp(q) + m * r / t**2 + 0.1 * rng.normal(size=120)
    language = language_of("N")
    problem = make_problem(X, y, language)
    outcome = search(problem, Budget(evaluations=150_000), searchers=searchers_named([name]))
    laws = [entry for entry in outcome.front if entry.source != "mean"]
    assert all(language.obeyed_by(entry.expression) for entry in laws)
    assert laws or name in ("sparse", "bank")
