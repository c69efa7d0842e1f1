"""What the kernel charges is what the statements say."""

from __future__ import annotations

import numpy as np
import pytest

from symlaw.engine.blocks import kernel_table
from symlaw.engine.fit import score
from symlaw.engine.losses import loss_named
from symlaw.engine.random import stream
from symlaw.knowledge.shape import shape_of
from symlaw.language.grammar import Language
from symlaw.search.confirm import Confirmer
from symlaw.search.genetics.epoch import desk, steered
from symlaw.search.genetics.genome import genome, grammar_of
from symlaw.search.genetics.mutate import bench, random_formula
from symlaw.search.genetics.population import population
from symlaw.search.genetics.steering import STRICTNESS, charge
from symlaw.search.problem import make_problem

SENTENCES = [
    "increasing in a",
    "0 <= y <= 3",
    "convex in b",
    "odd in b",
    "y = 1 at b = 1",
    "y ~ a as a -> inf",
]


@pytest.mark.parametrize("loss", ["squared", "absolute"])
def test_kernel_and_statements_agree_on_random_formulas(loss: str) -> None:
    rng = np.random.Generator(np.random.Philox(1))
    X = rng.uniform(-1.0, 2.0, (50, 2))
    y = 5.0 + 2.0 * X[:, 0] * X[:, 1] + 0.1 * rng.normal(size=50)
    language = Language.of(["a", "b"], ["+", "-", "*", "/", "sqrt", "exp", "sin"])
    shape = shape_of(SENTENCES, None, ["a", "b"], "y", X, float(np.std(y)))
    assert shape is not None
    problem = make_problem(X, y, language, loss=loss_named(loss), shape=shape)
    table, grammar = kernel_table(language.operators), grammar_of(language)
    workplace = steered(desk(len(problem.probe.target), 30, problem.probe), problem, table)
    state, one, spare, seen = stream(0, "steering"), genome(), bench(), 0
    alone, confirmer = population(1), Confirmer(problem)
    for number in range(300):
        random_formula(one, state, grammar, 1 + number % 7, spare)
        size = int(one.size[0])
        # scale and offset alone are fitted on the same rows by both
        left = score(_program(one), size, table, problem.probe, workplace.space)
        if not left < np.inf or workplace.space.line[0] == 0.0 or np.any(one.codes[:size] == 0):
            continue
        charge(_program(one), size, table, workplace.steering, workplace.space.line)
        alone.codes[0, :size], alone.columns[0, :size] = one.codes[:size], one.columns[:size]
        alone.size[0] = size
        entries = confirmer.entries(alone, 0, "test")
        if entries and abs(entries[0].loss - left) < 1e-9:
            seen += 1
            expected = STRICTNESS * shape.distance(entries[0].expression)
            assert workplace.steering.charged[0] == pytest.approx(expected, rel=1e-6, abs=1e-9)
    assert seen > 30


def _program(one: object) -> object:
    from symlaw.engine.program import Program

    return Program(one.codes, one.columns, one.values)  # type: ignore[attr-defined]
