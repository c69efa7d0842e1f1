"""Rows seen through an operator, against plain NumPy."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from symlaw.engine.blocks import kernel_table
from symlaw.engine.fit import Rows, fit_constants, fit_space, score
from symlaw.engine.program import Program
from symlaw.engine.tape import operators_of, to_tape
from symlaw.errors import DataError
from symlaw.language import parse
from symlaw.language.expression import Expression
from symlaw.language.grammar import Language
from symlaw.search.objectives.base import Ability
from symlaw.search.objectives.observed import make_observed_problem
from symlaw.search.problem import Problem

RNG = np.random.default_rng(5)
X = RNG.uniform(0.5, 3.0, (40, 2))
NAMES = ("x", "t")
LANGUAGE = Language.of(NAMES, ["+", "*", "exp", "sin"])
SUMS = RNG.normal(size=(25, 40)) * (RNG.random((25, 40)) < 0.3)
DIFFERENCES = np.diff(np.eye(40), axis=0)
WEIGHTS = RNG.uniform(0.5, 2.0, 25)


def values(formula: Expression) -> np.ndarray:
    return formula.evaluate(dict(zip(NAMES, X.T, strict=True)))


def scored(formula: Expression, rows: Rows, steps: int = 0) -> tuple[float, np.ndarray, list[float]]:
    """Loss, line and constants of a formula on rows."""
    operators = operators_of([formula])
    tape = to_tape([formula], operators, NAMES)
    program, space = Program(tape.codes, tape.columns, tape.values), fit_space(rows.X.shape[1], rows)
    table, size = kernel_table(operators), len(tape.codes)
    if steps:
        fit_constants(program, size, table, rows, space, steps, 1e-12)
    loss = score(program, size, table, rows, space)
    return float(loss), space.line.copy(), program.values[tape.codes == 0].tolist()


def least_squares(problem: Problem, formula: Expression, weights: np.ndarray) -> float:
    """Share of the weighted mean square that the best scale and offset leave."""
    operator = problem.objective.operator.toarray()  # type: ignore[attr-defined]
    root = np.sqrt(weights)
    ones = operator @ np.ones(40)

    def left(columns: list[np.ndarray]) -> float:
        design = np.column_stack(columns) * root[:, None]
        target = problem.y * root
        return float(np.sum((target - design @ np.linalg.lstsq(design, target, rcond=None)[0]) ** 2))

    return left([operator @ values(formula), ones]) / left([ones])


@pytest.mark.parametrize("text", ["x * t", "sin(3 * x) + t", "exp(x) * t"])
def test_scale_and_offset_are_those_of_least_squares(text: str) -> None:
    b = SUMS @ (2.0 * values(parse("x * t")) + 0.7) + 0.1 * RNG.normal(size=25)
    problem = make_observed_problem(X, SUMS, b, LANGUAGE, weights=WEIGHTS)
    loss, _, _ = scored(parse(text), problem.rows)
    assert_allclose(loss, least_squares(problem, parse(text), WEIGHTS), rtol=1e-9)


def test_constants_inside_are_fitted_through_the_operator() -> None:
    law = parse("exp(-1.3 * x) * t + 0.4 * sin(2 * t)")
    b = SUMS @ (3.0 * values(law) - 1.0)
    problem = make_observed_problem(X, SUMS, b, LANGUAGE)
    loss, line, constants = scored(law.with_constants([-1.0, 0.5, 1.8]), problem.rows, steps=200)
    assert loss < 1e-18
    assert_allclose(constants, [-1.3, 0.4, 2.0], rtol=1e-6)
    assert_allclose(problem.y_scale * line[0], 3.0, rtol=1e-6)


def test_what_an_operator_does_not_see_of_an_offset_is_no_offset() -> None:
    b = DIFFERENCES @ values(parse("x * t"))
    problem = make_observed_problem(X, DIFFERENCES, b, LANGUAGE)
    loss, line, _ = scored(parse("x * t"), problem.rows)
    assert loss < 1e-20 and line[1] == 0.0 and problem.y_centre == 0.0


@pytest.mark.long_but("sparse")
@pytest.mark.parametrize("searcher", ["evolution", "tree_search", "bank", "sparse"])
def test_no_searcher_reads_beyond_the_observations(searcher: str) -> None:
    program = Path(__file__).with_name("observed_plainly.py")
    command = [sys.executable, "-W", "ignore", str(program), searcher, "9", "250"]
    plain = {**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    ended = subprocess.run(command, env=plain, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr


def test_it_offers_least_squares_and_no_target_in_a_row() -> None:
    problem = make_observed_problem(X, SUMS, SUMS @ X[:, 0], LANGUAGE)
    assert problem.offers(Ability.SQUARES, Ability.SLOPES)
    assert problem.lacks(Ability.SQUARES, Ability.TARGET) == "it needs a target in each row"


def test_observations_that_share_rows_say_less() -> None:
    apart, twice = np.eye(40)[:20], np.repeat(np.eye(40)[:10], 2, axis=0)
    b = np.arange(20.0)
    assert make_observed_problem(X, apart, b, LANGUAGE).n_independent == pytest.approx(20.0)
    assert make_observed_problem(X, twice, b, LANGUAGE).n_independent == pytest.approx(10.0)


@pytest.mark.parametrize(
    ("operator", "b", "message"),
    [
        (SUMS[:, :30], np.ones(25), r"the operator has shape \(25, 30\)"),
        (SUMS, np.ones(24), "24 observations"),
        (SUMS, np.full(25, np.nan), "b holds numbers that are not finite"),
        (SUMS, SUMS @ np.ones(40), "a constant formula gives all that is observed"),
    ],
)
def test_what_does_not_go_together_is_refused(operator: np.ndarray, b: np.ndarray, message: str) -> None:
    with pytest.raises(DataError, match=message):
        make_observed_problem(X, operator, b, LANGUAGE)
