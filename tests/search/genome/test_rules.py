"""Genomes under the rules of a language, compared with the rules themselves; fronts that obey."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from symlaw.engine.random import stream
from symlaw.engine.tape import from_nodes
from symlaw.knowledge.structure import Required, Structure
from symlaw.knowledge.units.analysis import Units
from symlaw.knowledge.units.dimensions import unit_of
from symlaw.language import parse
from symlaw.language.expression import Expression
from symlaw.language.grammar import Language, Rule
from symlaw.language.operators import operator
from symlaw.search.archive import Archive
from symlaw.search.genome.drawing import bench
from symlaw.search.genome.genome import Grammar, genome, grammar_of
from symlaw.search.genome.mutate import random_formula
from symlaw.search.genome.rules import INSIDE, REFUSED, WHOLE, marks, standing_under
from symlaw.search.loop.budget import Budget
from symlaw.search.loop.search import search
from symlaw.search.problem import Problem, make_problem
from symlaw.search.scoring.confirmers.rows import Confirmer
from symlaw.search.searchers import searchers_named
from symlaw.search.searchers.evolution import Evolution, EvolutionState
from symlaw.testing.searchers import proposed

COLUMNS = {"m": "kg", "v": "m/s", "r": "m", "t": "s", "q": ""}
OPERATORS = ["+", "-", "*", "/", "sqrt", "square", "exp", "sin", "abs", "max", "pow", "atan2", "cbrt"]
OPERATORS += ["clamp"]
NESTING = Structure(
    nesting={
        "sin": {"sin": 0, "exp": 0},
        "exp": {"exp": 0, "sin": 1},
        "sqrt": {"sqrt": 0},
        "clamp": {"sin": 0},
    }
)
SIZES = Structure(sizes={"/": (6.0, 2.0), "exp": (3.0,), "pow": (4.0, 1.0), "clamp": (5.0, 1.0, 3.0)})
FORBIDDEN = Structure(
    forbidden=(parse("m + v"), parse("sin(m)"), parse("m / t"), parse("v * r"), parse("clamp(m, v, r)"))
)


def in_units(target: str, *, free: bool = False) -> Units:
    """The columns' units."""
    return Units({name: unit_of(text) for name, text in COLUMNS.items()}, unit_of(target), free)


RULES = {
    "units": in_units("m"),
    "units of constants": in_units("m", free=True),
    "nesting": NESTING,
    "sizes": SIZES,
    "forbidden": FORBIDDEN,
}


def standings(
    language: Language, grammar: Grammar, name: str, least: int
) -> Iterator[tuple[Expression, int]]:
    """Random formulas of a stream, of at least so many nodes asked for, and how the kernel judges each."""
    state, one, spare, scratch = stream(0, name), genome(), bench(), marks()
    for number in range(10_000):
        random_formula(one, state, grammar, least + number % 9, spare)
        size = int(one.size[0])
        parts = (one.codes[:size], one.columns[:size], one.values[:size])
        formula = from_nodes(*parts, language.operators, language.variables)
        yield formula, int(standing_under(one, grammar, scratch))


@pytest.mark.long_but("units", "sizes")
@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_kernel_and_rule_agree_on_random_formulas(rule: Rule) -> None:
    language = Language.of(COLUMNS, OPERATORS, rules=[rule])
    counts, escaped = {REFUSED: 0, INSIDE: 0, WHOLE: 0}, 0
    for formula, found in standings(language, grammar_of(language), "laws", 1):
        counts[found] += 1
        # the rule knows parts by canonical form, the kernel as they are written but for order
        if rule is not FORBIDDEN or found == REFUSED:
            assert (found == WHOLE) == rule.allows(formula), formula
        escaped += found == WHOLE and not rule.allows(formula)
    assert escaped < 100
    assert counts[REFUSED] > 150
    assert counts[WHOLE] > 200


@pytest.mark.parametrize("outer", [None, parse("exp(u)")], ids=["whole", "inside"])
def test_only_what_holds_all_that_is_required_stands_as_a_whole(outer: Expression | None) -> None:
    rule = Required(("v",), operators=("sin", "exp", "*"))
    language = Language.of(COLUMNS, OPERATORS, demands=[rule])
    counts = {INSIDE: 0, WHOLE: 0}
    for formula, found in standings(language, grammar_of(language, outer), "required", 3):
        counts[found] += 1
        # scale and offset bring a product, what the formula stands in brings its own
        scaled = Expression((*formula.nodes, *parse("2").nodes, operator("*")))
        whole = scaled if outer is None else Expression((*scaled.nodes, *outer.nodes[1:]))
        assert (found == WHOLE) == rule.allows(whole), formula
    assert counts[WHOLE] > 100


SETS = [(in_units("N"),), (in_units("N", free=True),), (NESTING,), (SIZES,), (FORBIDDEN, in_units("N"))]


def problem_with(*rules: Rule, demands: tuple[Rule, ...] = ()) -> Problem:
    """A noisy law that the rules of this module are in the way of."""
    rng = np.random.Generator(np.random.Philox(1))
    X = rng.uniform(1.0, 3.0, (120, 5))
    m, v, r, t, q = X.T
    y = m * v**2 / r * np.exp(np.sin(np.sin(q) + m * q)) + m * r / t**2 + 0.1 * rng.normal(size=120)
    return make_problem(X, y, Language.of(COLUMNS, OPERATORS, rules=rules, demands=demands))


@pytest.mark.long_but("both-evolution")
@pytest.mark.parametrize("name", ["sparse", "bank", "decomposition", "evolution", "tree_search"])
@pytest.mark.parametrize("rules", SETS, ids=["units", "free constants", "nesting", "sizes", "both"])
def test_every_formula_of_every_front_obeys(name: str, rules: tuple[Rule, ...]) -> None:
    problem = problem_with(*rules)
    outcome = search(problem, Budget(evaluations=20_000), searchers=searchers_named([name]))
    found = [entry.expression for entry in outcome.front if entry.source != "mean"]
    assert all(rule.allows(law) for rule in rules for law in found)
    assert found or name in ("sparse", "bank")


@pytest.mark.long_but("sparse")
@pytest.mark.parametrize("name", ["sparse", "bank", "decomposition", "evolution", "tree_search"])
def test_every_formula_of_every_front_holds_what_is_required(name: str) -> None:
    rule = Required(("q",), (parse("v**2"),), ("sin",))
    problem = problem_with(demands=(rule,))
    # so early only some seeds have found what holds all of it
    outcome = search(problem, Budget(evaluations=60_000), searchers=searchers_named([name]), seed=2)
    found = [entry.expression for entry in outcome.front if entry.source != "mean"]
    assert all(rule.allows(law) for law in found)
    assert found or name in ("sparse", "bank", "decomposition")


def members_of(state: EvolutionState, problem: Problem) -> Iterator[Expression]:
    """Every formula in the populations that look at the target itself."""
    language = problem.language
    for island in state.islands:
        population = island.population
        width = len(population.size) // len(population.count)
        if island.view:
            continue
        for level, count in enumerate(population.count.tolist()):
            for row in range(level * width, level * width + count):
                size = int(population.size[row])
                codes, columns = population.codes[row, :size], population.columns[row, :size]
                values = population.values[row, :size]
                yield from_nodes(codes, columns, values, language.operators, language.variables)


GRAMMAR_RULES = {
    "units": in_units("N"),
    "free constants": in_units("N", free=True),
    "nesting": NESTING,
    "sizes": SIZES,
}


@pytest.mark.long
@pytest.mark.parametrize("rule", GRAMMAR_RULES.values(), ids=GRAMMAR_RULES)
def test_ten_thousand_formulas_that_evolution_keeps_obey(rule: Rule) -> None:
    problem, seen = problem_with(rule), {}
    evolution = Evolution(n_islands=2, level_width=64)
    snapshot = Archive(problem.language.max_complexity, problem.loss_floor, 2**14).snapshot()
    for seed in range(10):
        state = evolution.start(problem, seed)
        for step in range(30):
            evolution.ask(state, problem, snapshot, 4_000, map)
            # most of a population stays for some epochs
            if step % 3 == 2:
                seen.update((one.nodes, one) for one in members_of(state, problem))
        if len(seen) >= 10_000:
            break
    assert len(seen) >= 10_000
    for formula in seen.values():
        if isinstance(rule, Units):
            # a step on the way may lack the target's unit, but raises where it adds metres to seconds
            rule.dimension(formula)
        else:
            assert rule.allows(formula)


@pytest.mark.long_but("forbidden-bank", "forbidden-tree_search")
@pytest.mark.parametrize("name", ["sparse", "bank", "decomposition", "tree_search"])
@pytest.mark.parametrize("rule", [*GRAMMAR_RULES.values(), FORBIDDEN], ids=[*GRAMMAR_RULES, "forbidden"])
def test_everything_that_other_searchers_propose_obeys(name: str, rule: Rule) -> None:
    problem = problem_with(rule)
    (searcher,) = searchers_named([name])
    archive = Archive(problem.language.max_complexity, problem.loss_floor, 2**14)
    state, confirmer, seen = searcher.start(problem, 3), Confirmer(problem), 0
    for _ in range(3):
        found = searcher.ask(state, problem, archive.snapshot(), 4_000, map)
        formulas = proposed(found, problem)
        seen += len(formulas)
        assert not [formula for formula in formulas if not problem.language.obeyed_by(formula)]
        accepted = [entry for one in found.formulas for entry in archive.extend(confirmer.guess(one))]
        searcher.tell(state, accepted + archive.extend(found.entries))
    assert seen or name in ("sparse", "decomposition", "bank")
