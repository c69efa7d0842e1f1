"""Whatever is drawn and changed in a language with types is well typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
import pytest

from symlaw.engine.blocks import kernel_table
from symlaw.engine.compiling.jit import JIT_DISABLED
from symlaw.engine.fit import make_rows
from symlaw.engine.random import stream
from symlaw.engine.tape import from_nodes
from symlaw.language.algebra.tuples import joining_operators
from symlaw.language.expression import Constant, Expression, Variable
from symlaw.language.grammar import Language
from symlaw.language.operators import operator
from symlaw.language.types import Type
from symlaw.language.well_typed import result_of
from symlaw.search.genome.drawing import bench
from symlaw.search.genome.genome import Genome, genome, grammar_of
from symlaw.search.genome.mutate import GRAFT, cross, mutate, random_formula, typed_bench
from symlaw.search.genome.types import well_typed
from symlaw.search.mcts.alphabet import ROOT, alphabet_of, context_of
from symlaw.search.mcts.policies import Uniform, leaning_of, probabilities

TYPES = {"wet": Type.BOOLEAN, "cold": Type.BOOLEAN}
NAMES = ("x", "a", "b", "wet", "cold")
OPERATORS = ["+", "-", "*", "sin", "if", ">", "<", "and", "or", "not", "mux"]
LANGUAGES = {
    "mixed": Language.of(NAMES, OPERATORS, types=TYPES),
    "without Boolean columns": Language.of(["x", "a"], ["+", "*", "if", "<=", "and", "not"]),
    "truths": Language.of(NAMES, OPERATORS, types=TYPES, result=Type.BOOLEAN),
    "three formulas": Language.of(
        ["x", "y"], ["+", "*", "sin", *joining_operators(3)], result=joining_operators(3)[-1].result_type
    ),
    "without constants": Language.of(NAMES, ["+", "if", ">", "xor"], types=TYPES, constants=False),
}
N_CHANGES = 10_000
SIGNS = [operator(">"), operator("<")]


def _change(g, donor, kind, state, grammar, table, rows, spare, out):  # type: ignore[no-untyped-def]
    if kind < 0:
        return cross(g, donor, state, grammar, spare, out)
    return mutate(g, kind, state, grammar, table, rows, spare, out)


def _typed(g, grammar, stack):  # type: ignore[no-untyped-def]
    return well_typed(g, grammar, stack)


@pytest.fixture(scope="module")
def change() -> Callable[..., Any]:
    return _change if JIT_DISABLED else numba.njit(_nrt=False)(_change)


@pytest.fixture(scope="module")
def typed() -> Callable[..., Any]:
    return _typed if JIT_DISABLED else numba.njit(_nrt=False)(_typed)


def formula_of(g: Genome, language: Language) -> Expression:
    size = int(g.size[0])
    return from_nodes(
        g.codes[:size], g.columns[:size], g.values[:size], language.operators, language.variables
    )


@pytest.mark.parametrize("name", LANGUAGES)
def test_changes_are_well_typed(name: str, change: Callable[..., Any]) -> None:
    language = LANGUAGES[name]
    rng = np.random.Generator(np.random.Philox(5))
    X = rng.normal(1.0, 1.0, (len(language.variables), 40))
    grammar, table = grammar_of(language, columns=X), kernel_table(language.operators)
    state, rows = stream(3, name), make_rows(X, X[0])
    spare = typed_bench(bench(), grammar, table, rows)
    members = [genome() for _ in range(30)]
    out, done, kinds = genome(), 0, set()
    for member in members:
        random_formula(member, state, grammar, 1 + int(rng.integers(9)), spare)
        assert result_of(formula_of(member, language).nodes, language.types) is language.result
    for number in range(N_CHANGES // len(LANGUAGES)):
        g, donor = members[rng.integers(30)], members[rng.integers(30)]
        kind = number % (GRAFT + 2) - 1
        if change(g, donor, kind, state, grammar, table, rows, spare, out) == 0 or out.size[0] > 40:
            continue
        formula = formula_of(out, language)
        assert result_of(formula.nodes, language.types) is language.result, (kind, str(formula))
        done, kinds = done + 1, kinds | {kind}
        members[rng.integers(30)], out = out, genome()
    assert done > 0.5 * N_CHANGES / len(LANGUAGES)
    assert len(kinds) > 10


def test_thresholds_are_those_of_the_column(change: Callable[..., Any]) -> None:
    language = LANGUAGES["mixed"]
    X = np.random.Generator(np.random.Philox(5)).uniform(50.0, 60.0, (5, 40))
    grammar, state, g = grammar_of(language, columns=X), stream(1), genome()
    spare = typed_bench(bench(), grammar, kernel_table(language.operators), make_rows(X, X[0]))
    compared = 0
    for _ in range(500):
        random_formula(g, state, grammar, 8, spare)
        nodes = formula_of(g, language).nodes
        for first, second, sign in zip(nodes, nodes[1:], nodes[2:], strict=False):
            if isinstance(first, Variable) and isinstance(second, Constant) and sign in SIGNS:
                compared += 50.0 < second.value < 60.0
    assert compared > 50


def test_well_typed_tells(typed: Callable[..., Any]) -> None:
    language = LANGUAGES["mixed"]
    grammar, g, stack = grammar_of(language), genome(), np.zeros(64, np.int64)
    for codes, columns, legal in (
        ([1], [0], True),
        ([1], [3], False),
        ([1, 1, 2], [0, 1, 0], True),
        ([1, 1, 2], [0, 3, 0], False),
    ):
        size = g.size[0] = len(codes)
        g.codes[:size], g.columns[:size] = codes, columns
        assert bool(typed(g, grammar, stack)) is legal


def test_tree_search_fills_places_with_their_types() -> None:
    language = LANGUAGES["mixed"]
    alphabet = alphabet_of(language)
    shares = probabilities(Uniform(), alphabet, [], leaning_of(language, alphabet))
    assert np.all(np.isfinite(shares))
    own = [
        Type.REAL,
        *(language.type_of(name) for name in NAMES),
        *(row.result_type for row in language.operators),
    ]
    choice = 1 + len(NAMES) + [row.name for row in language.operators].index("if")
    for context, kind in (
        (ROOT, Type.REAL),
        (context_of(choice, 0), Type.BOOLEAN),
        (context_of(choice, 2), Type.REAL),
    ):
        allowed = {kind_of for kind_of, share in zip(own, shares[context], strict=True) if share > 0}
        assert allowed == {kind}
