"""What the kernel charges is what the statements say."""

from __future__ import annotations

import numpy as np
import pytest

from symlaw.engine.blocks import kernel_table
from symlaw.engine.fit import score
from symlaw.engine.losses.irls import CENTRE, OFFSET, SCALE
from symlaw.engine.losses.table import loss_named
from symlaw.engine.random import stream
from symlaw.engine.tape import from_nodes
from symlaw.knowledge.statements.shape import shape_of
from symlaw.language.expression import Expression
from symlaw.language.grammar import Language
from symlaw.search.evolution.workspace import make_workspace, steered
from symlaw.search.genome.drawing import bench
from symlaw.search.genome.genome import genome, grammar_of
from symlaw.search.genome.mutate import random_formula
from symlaw.search.genome.penalties import STRICTNESS, charge
from symlaw.search.problem import Problem, make_problem
from symlaw.search.scoring.affine import with_line

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
    workspace = steered(make_workspace(len(problem.probe.target), 30, problem.probe), problem, table)
    state, one, spare, seen = stream(0, "steering"), genome(), bench(), 0
    for number in range(300):
        random_formula(one, state, grammar, 1 + number % 7, spare)
        size = int(one.size[0])
        left = score(_program(one), size, table, problem.probe, workspace.space)
        if not left < np.inf or workspace.space.line[0] == 0.0 or np.any(one.codes[:size] == 0):
            continue
        charge(_program(one), size, table, workspace.steering, workspace.space.line)
        parts = (one.codes[:size], one.columns[:size], one.values[:size])
        inner = from_nodes(*parts, language.operators, language.variables)
        seen += 1
        expected = STRICTNESS * shape.distance(complete(inner, problem, workspace.space.line))
        assert workspace.steering.charged[0] == pytest.approx(expected, rel=1e-6, abs=1e-9)
    assert seen > 30


def complete(inner: Expression, problem: Problem, line: np.ndarray) -> Expression:
    """A formula with the line that was fitted on the probe rows, in the target's unit."""
    probed = (problem.y[problem.probe_places] - problem.y_centre) / problem.y_scale
    offset = float(np.mean(probed)) - line[SCALE] * line[CENTRE]
    offset += 0.0 if problem.loss.by_squares else line[OFFSET]
    scale = problem.y_scale * float(line[SCALE])
    return with_line(inner, scale, problem.y_centre + problem.y_scale * float(offset))


def _program(one: object) -> object:
    from symlaw.engine.program import Program

    return Program(one.codes, one.columns, one.values)  # type: ignore[attr-defined]
