"""What has to occur: put in where it is missing, told where it does nothing, carried between islands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
import pytest

from symlaw.engine import reference
from symlaw.engine.blocks import kernel_table
from symlaw.engine.compiling.jit import JIT_DISABLED
from symlaw.engine.fit import fit_space
from symlaw.engine.random import stream
from symlaw.engine.tape import from_nodes, to_tape
from symlaw.knowledge.structure import Required
from symlaw.language import parse
from symlaw.language.expression import Expression
from symlaw.language.grammar import Language
from symlaw.search.evolution.population import Population, best_of, joined, population, store
from symlaw.search.genome.genome import Genome, genome, grammar_of
from symlaw.search.genome.required_parts import grafted, least_of, makes_a_difference
from symlaw.search.problem import make_problem

COLUMNS = ("a", "b", "c")
# Formulas drawn.
N_GRAFTS = 2000
OPERATORS = ["+", "-", "*", "/", "sin", "log"]


def _graft(g, state, grammar, piece, out):  # type: ignore[no-untyped-def]
    return grafted(g, state, grammar, piece, out)


def _difference(g, loss, least, rules, table, rows, spare, space):  # type: ignore[no-untyped-def]
    return makes_a_difference(g, loss, least, rules, table, rows, spare, space)


def _least(island, loss):  # type: ignore[no-untyped-def]
    return least_of(island, loss)


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """What calls an inner kernel."""
    return function if JIT_DISABLED else numba.njit(_nrt=False)(function)


def language(*names: str) -> Language:
    """A language in whose formulas these columns and operators have to occur."""
    columns = tuple(name for name in names if name in COLUMNS)
    others = tuple(name for name in names if name not in columns)
    return Language.of(COLUMNS, OPERATORS, demands=[Required(columns, (), others)] if names else ())


def genome_of(text: str, known: Language) -> Genome:
    """A formula as a genome."""
    tape, made = to_tape([parse(text)], known.operators, known.variables), genome()
    size = len(tape.codes)
    made.codes[:size], made.columns[:size], made.values[:size] = tape.codes, tape.columns, tape.values
    made.size[0] = size
    return made


def formula_of(made: Genome, known: Language) -> Expression:
    """A genome as a formula."""
    size = int(made.size[0])
    return from_nodes(
        made.codes[:size], made.columns[:size], made.values[:size], known.operators, known.variables
    )


def test_grafting_puts_in_what_is_missing_and_keeps_the_rest() -> None:
    known = language("b", "c", "log")
    grammar, state, piece, out = grammar_of(known), stream(5, "graft"), genome(), genome()
    start = genome_of("a * a - 2.0", known)
    found = set()
    graft = compiled(_graft)
    for _ in range(N_GRAFTS):
        assert graft(start, state, grammar, piece, out) == 1
        formula = formula_of(out, known)
        names = {*formula.variables, *(row.name for row in formula.operators)}
        assert names & {"b", "c", "log"}
        found.add(str(formula))
    # beside a part, around one, in place of a leaf
    assert {"a * a - 2.0 + log(b)", "log(a) * a - 2.0", "a * a - log(c)"} <= found


def test_nothing_is_grafted_where_nothing_is_missing() -> None:
    known = language("a", "sin")
    whole = genome_of("sin(a) + b", known)
    assert compiled(_graft)(whole, stream(1, "graft"), grammar_of(known), genome(), genome()) == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a * b", True),
        ("a + 0.0 * b", False),
        ("a + b / b", False),
        ("a + 1e9 / (b + 1e9)", False),
    ],
)
def test_a_column_that_does_nothing_is_noticed(text: str, expected: bool) -> None:
    known = language("b")
    rng = np.random.default_rng(0)
    X = rng.uniform(1.0, 2.0, (30, 3))
    problem = make_problem(X, X[:, 0] * X[:, 1] + 0.01 * rng.normal(size=30), known)
    rows, table, grammar = problem.probe, kernel_table(known.operators), grammar_of(known)
    asked, spare = genome_of(text, known), genome()
    space = fit_space(len(rows.target), rows)
    values = reference.values(parse(text), dict(zip(COLUMNS, rows.X, strict=True)))
    loss = reference.scale_and_offset(values, rows.target, rows.weights)[2]
    difference = compiled(_difference)
    assert difference(asked, loss, 1e-3, grammar.rules, table, rows, spare, space) == expected


def test_the_best_of_each_complexity_go_from_island_to_island() -> None:
    first, second = population(4, 2), population(4, 2)
    for island, slot, loss in ((first, 2, 0.5), (first, 3, 0.2), (second, 2, 0.1), (second, 6, 0.7)):
        _put(island, slot, loss)
    best = best_of([first, second])
    assert best.loss[1:].tolist() == [0.1, np.inf, 0.7]
    both = joined(best, best_of([first]))
    assert np.flatnonzero(both.size).tolist() == [1, 3, 5]
    assert both.loss[5] == 0.2
    assert compiled(_least)(first, 0.3) == pytest.approx(0.2)


def _put(island: Population, slot: int, loss: float) -> None:
    level = slot // 2
    store(island, slot, genome_of("a", language()), loss, float(level), np.uint64(slot))
    island.count[level] = max(island.count[level], slot % 2 + 1)
