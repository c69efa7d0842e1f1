"""The search for fillings: what it finds, that it is the template, and that it is the same each time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from symlaw.engine import reference
from symlaw.engine.blocks import kernel_table
from symlaw.engine.program import Program
from symlaw.engine.tape import CONSTANT, to_tape
from symlaw.language import parse
from symlaw.language.expression import Constant, Expression
from symlaw.language.grammar import Language
from symlaw.language.template import template_of
from symlaw.search.archive import Archive
from symlaw.search.loop.budget import Budget
from symlaw.search.loop.search import Outcome, search
from symlaw.search.problem import Problem, make_problem
from symlaw.search.searchers.template import TemplateSearch
from symlaw.search.templates.filling import Filler, filling_of, grouped_rows
from symlaw.search.templates.form import draft, expand, form_of
from symlaw.search.templates.joint import fit_jointly, joint_space

RNG = np.random.default_rng(5)
T, X = RNG.uniform(0.3, 3, (2, 120))
SITE = np.tile([1.0, 2.0, 4.0], 40)
OWN = {1.0: 0.5, 2.0: 1.5, 4.0: -1.0}
BY_SITE = np.array([OWN[site] for site in SITE])


def problem(text: str, y: Any, **changes: Any) -> Problem:
    names = ["t", "x", "s"]
    template = replace(template_of(text, names), **changes)
    language = Language.of(names, ["+", "-", "*", "/", "sin", "exp"], template=template)
    return make_problem(np.column_stack([T, X, SITE]), y, language)


def found(asked: Problem, evaluations: int = 60_000, threads: int = 2) -> Outcome:
    budget = Budget(None, evaluations, None, None)
    return search(asked, budget, searchers=[TemplateSearch()], threads=threads, seed=3)


def predicted(formula: Expression) -> Any:
    return reference.values(formula, {"t": T, "x": X, "s": SITE})


@pytest.mark.long
def test_two_unknowns_and_a_parameter_are_found() -> None:
    y = 2.0 * T * np.exp(-T) + np.sin(X) ** 2
    outcome = found(problem("a * f(t) + g(x)**2", y))
    assert predicted(outcome.front[-1].expression) == pytest.approx(y)
    (tally,) = outcome.tallies
    assert tally.proposed >= tally.accepted > 0


@pytest.mark.long
def test_an_unknown_that_occurs_twice_is_the_same_formula_both_times() -> None:
    y = T * np.sin(T) - X * np.sin(X)
    outcome = found(problem("f(t) - f(x)", y))
    assert predicted(outcome.front[-1].expression) == pytest.approx(y)
    for entry in outcome.front:
        swapped = reference.values(entry.expression, {"t": X, "x": T, "s": SITE})
        assert swapped == pytest.approx(-predicted(entry.expression), abs=1e-9)


@pytest.mark.long
def test_an_unknown_is_found_from_its_derivative() -> None:
    y = X * np.cos(T)
    outcome = found(problem("diff(f(t), t) * x", y))
    assert predicted(outcome.front[-1].expression) == pytest.approx(y)


@pytest.mark.long
def test_groups_share_a_formula_and_have_parameters_of_their_own() -> None:
    y = BY_SITE * np.sin(2.3 * T) + X
    outcome = found(problem("a * f(t) + x", y, groups="s"))
    law = outcome.front[-1].expression
    assert predicted(law) == pytest.approx(y)
    tables = [node.table for node in law.nodes if getattr(node, "table", ())]
    assert [[level for level, _ in table] for table in tables] == [[1.0, 2.0, 4.0]]
    values = [value for _, value in tables[0]]
    assert np.array(values) / values[0] == pytest.approx(np.array([1.0, 3.0, -2.0]))


def test_the_front_does_not_depend_on_threads() -> None:
    y = T * np.exp(X) + 0.1 * RNG.normal(size=len(T))
    fronts = []
    for threads in (1, 2, 4):
        outcome = found(problem("f(t) * g(x)", y), 20_000, threads)
        fronts.append([(entry.expression.text(), entry.loss) for entry in outcome.front])
    assert fronts[0] == fronts[1] == fronts[2]


def test_ten_thousand_proposals_fill_the_template() -> None:
    """Every report of an epoch is a filling: functions of their own arguments, in the template's places."""
    asked = problem("a * f(t, x) + g(x)", T * X + RNG.normal(size=len(T)))
    searcher, language = TemplateSearch(n_islands=2), asked.language
    state = searcher.start(asked, 1)
    snapshot = Archive(language.max_complexity, 0.0, cache_keys=4).snapshot()
    while sum(int(island.members.count.sum()) for island in state.islands) < 400:
        searcher.ask(state, asked, snapshot, 10_000, map)
    template, filler = language.template, state.filler
    assert template is not None and filler is not None
    for island in state.islands:
        for slot in np.flatnonzero(island.members.size).tolist():
            filling = filling_of(island.members, slot, template, filler.operators, state.levels)
            f, g, a = filling.skeletons
            assert {name for name in f.variables if not name.startswith("\0")} <= {"u0", "u1"}
            assert {name for name in g.variables if not name.startswith("\0")} <= {"u0"}
            assert len(a.nodes) == 1


def test_expanding_in_the_kernel_is_filling_in_python() -> None:
    asked = problem("a * f(t, x) + diff(f(x, t), x)", T + X)
    template, language = asked.language.template, asked.language
    assert template is not None
    filler = Filler(asked, template)
    form = form_of(template, filler.operators, language.variables, asked.rows.X)
    genomes = TemplateSearch().start(asked, 0).islands[0].members
    tape = to_tape([parse("sin(u0 * 1.5) / u1")], filler.operators, ["u0", "u1"])
    size = len(tape.codes)
    genomes.codes[0, :size], genomes.columns[0, :size] = tape.codes, tape.columns
    genomes.values[0, :size] = tape.values
    genomes.codes[0, size : size + 3] = CONSTANT
    genomes.columns[0, size : size + 3] = 1, 0, 0
    genomes.values[0, size : size + 3] = 2.0, 0.25, 0.7
    genomes.size[0] = size + 3
    scratch, bounds = draft(), np.array([0, size + 2, size + 3])
    genome = genome_of(genomes, 0)
    length, count = expand(genome, bounds, form, kernel_table(filler.operators).arity, scratch)
    rows, _ = grouped_rows(asked)
    space = joint_space(1, scratch.ties)
    space.values[0, :count] = genomes.values[0, : size + 3][genomes.codes[0, : size + 3] == CONSTANT]
    table = kernel_table(filler.operators)
    loss, _, _ = fit_jointly(scratch.program, length, count, table, rows, space, 0, 1e-3)
    parts = {"f": parse("2 * (sin(u0 * 1.5) / u1) + 0.25"), "a": Expression((Constant(0.7),))}
    whole = template.filled(parts)
    assert loss == pytest.approx(np.mean((predicted(whole) - asked.y) ** 2) / np.var(asked.y), rel=1e-6)


def genome_of(genomes: Any, slot: int) -> Any:
    from symlaw.search.evolution.population import load
    from symlaw.search.genome.genome import genome

    alone = genome()
    load(genomes, slot, alone)
    return alone


def test_joint_fits_agree_with_a_fit_of_all_constants_at_once() -> None:
    """Groups' own constants by elimination are the least squares of all constants together."""
    from scipy.optimize import least_squares

    y = BY_SITE * np.exp(-0.4 * T) + 0.3 * X + 0.05 * RNG.normal(size=len(T))
    asked = problem("a * f(t) + x", y, groups="s")
    rows, levels = grouped_rows(asked)
    formula = parse("t * 1.5 + x * 2.5")
    operators = asked.language.operators
    tape = to_tape([formula], operators, asked.language.variables)
    program = Program(tape.codes, tape.columns, tape.values)
    ties = np.full(len(tape.codes), -1)
    ties[np.flatnonzero(tape.codes == CONSTANT)] = [0, 1]
    space = joint_space(len(levels), ties)
    space.own[:2] = 1, 0
    space.values[:, :2] = 1.0
    loss, _, _ = fit_jointly(program, len(tape.codes), 2, kernel_table(operators), rows, space, 50, 1e-12)
    number = {level: place for place, level in enumerate(levels)}
    places = np.array([number[site] for site in SITE])
    exact = least_squares(lambda c: c[places] * T + c[3] * X - y, np.ones(4)).x
    assert space.values[:, 0] == pytest.approx(exact[:3], rel=1e-5)
    assert space.values[:, 1] == pytest.approx(exact[3], rel=1e-5)
    assert loss == pytest.approx(np.mean((exact[places] * T + exact[3] * X - y) ** 2) / np.var(y), rel=1e-6)
