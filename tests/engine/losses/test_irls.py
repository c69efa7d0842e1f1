"""Scale, offset and constants are the best under losses that are not least squares."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from symlaw.engine import reference
from symlaw.engine.blocks import kernel_table
from symlaw.engine.fit import Rows, best_line, fit_constants, fit_space
from symlaw.engine.losses.table import Loss, loss_named
from symlaw.engine.program import Program
from symlaw.engine.tape import operators_of, to_tape
from symlaw.language import parse
from symlaw.language.grammar import Language
from symlaw.search.problem import make_problem

RNG = np.random.Generator(np.random.Philox(12))
X = RNG.uniform(0.5, 3.0, 150)
F = np.exp(X)
NAMES = ("absolute", "quantile:0.9", "huber:0.5", "log-cosh", "poisson", "logistic", "log")


def target_for(name: str) -> np.ndarray:
    """A noisy target that suits a loss, some of it far off."""
    rng = np.random.Generator(np.random.Philox(16))
    if name == "log":
        return 2.0 * F * np.exp(0.3 * rng.normal(size=150))
    if name == "poisson":
        return rng.poisson(0.3 * F + 0.5).astype(float)
    if name == "logistic":
        return (rng.uniform(size=150) < 1 / (1 + np.exp(4.0 - 0.5 * F))).astype(float)
    return np.where(rng.uniform(size=150) < 0.1, 40.0, 2.0 * F + rng.normal(size=150))


def rows_of(name: str, y: np.ndarray, weights: np.ndarray | None = None) -> Rows:
    """All rows of a problem with this target."""
    return make_problem(X[:, None], y, Language.of(["x"]), weights=weights, loss=loss_named(name)).rows


def line_of(f: np.ndarray, rows: Rows) -> np.ndarray:
    """The best line for values."""
    space = fit_space(150, rows)
    best_line(f, rows, space)
    return space.line


def relative_loss(loss: Loss, rows: Rows, prediction: np.ndarray) -> float:
    """Loss of a prediction of the centred target by the plain functions."""
    aim, row = rows.loss, loss.row
    y, m = rows.target + aim.shift, prediction + aim.shift
    return float(np.average(row.value(y, m, aim.parameter), weights=rows.weights)) / aim.null


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_line_is_as_good_as_a_general_optimiser_finds(name: str, *, weighted: bool) -> None:
    rows = rows_of(name, target_for(name), RNG.uniform(0.2, 3.0, 150) if weighted else None)
    loss = loss_named(name)
    line = line_of(F, rows)
    z = (F - F.mean()) / F.std()
    best = min(
        (minimize(lambda ab: relative_loss(loss, rows, ab[0] * z + ab[1]), start, method="Nelder-Mead",
                  options={"xatol": 1e-10, "fatol": 1e-12, "maxiter": 4000})
         for start in ([0.5, 0.0], [1.0, 0.5])),
        key=lambda result: result.fun,
    )  # fmt: skip
    assert line[2] == pytest.approx(relative_loss(loss, rows, line[0] * (F - line[1]) + line[4]), rel=1e-9)
    assert line[2] <= best.fun * (1 + 1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_a_constant_formula_is_as_good_as_the_best_constant(name: str) -> None:
    rows = rows_of(name, target_for(name))
    line = line_of(np.full(150, 3.0), rows)
    assert line[0] == 0.0
    assert line[2] == 1.0
    assert relative_loss(loss_named(name), rows, np.full(150, line[4])) == pytest.approx(1.0, rel=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_a_useless_formula_is_no_worse_than_the_best_constant(name: str) -> None:
    rows = rows_of(name, target_for(name))
    line = line_of(RNG.normal(size=150) ** 9, rows)
    assert line[2] <= 1.0


@pytest.mark.parametrize("name", ["absolute", "quantile:0.9", "quantile:0.1"])
def test_a_law_behind_outliers_is_met_exactly(name: str) -> None:
    y = 2.0 * F + 1.0
    side = -1.0 if name == "quantile:0.1" else 1.0
    y[::20] += side * RNG.uniform(5.0, 50.0, len(y[::20]))
    problem = make_problem(X[:, None], y, Language.of(["x"]), loss=loss_named(name))
    line = line_of(F, problem.rows)
    assert line[0] * problem.y_scale == pytest.approx(2.0, rel=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_constants_are_as_good_as_a_general_optimiser_finds(name: str) -> None:
    rows, loss, law = rows_of(name, target_for(name)), loss_named(name), parse("exp(0.7 * x)")
    operators = operators_of([law])
    tape = to_tape([law], operators, ["x"])
    program, space = Program(tape.codes, tape.columns, tape.values), fit_space(150, rows)
    left, _, _ = fit_constants(program, len(tape.codes), kernel_table(operators), rows, space, 100, 1e-12)

    def best_at(power: float) -> float:
        return float(line_of(np.exp(power * X), rows)[2])

    around = tape.values[tape.codes == 0][0] + np.linspace(-0.5, 0.5, 401)
    assert left <= min(best_at(power) for power in around) * (1 + 1e-4)
    values = reference.values(law.with_constants(tape.values[tape.codes == 0]), {"x": X})
    line = space.line[0] * (values - space.line[1]) + space.line[4]
    assert left == pytest.approx(relative_loss(loss, rows, line), rel=1e-9)
