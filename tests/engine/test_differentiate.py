"""Derivatives by constants and by inputs agree with finite differences and with SymPy."""

from __future__ import annotations

import numpy as np
import pytest
import sympy

from symlaw.engine import reference
from symlaw.engine.differentiate import TooLong, value_and_gradient, value_and_jacobian
from symlaw.engine.evaluate import evaluate
from symlaw.language import Constant, Expression, Operator, Variable, operator, operator_table, parse
from symlaw.language.operators.row import ARGUMENTS
from symlaw.testing.formulas import random_formula
from symlaw.testing.operators import argument_grid

NAMES = ("a", "b", "c")
DATA = np.random.Generator(np.random.Philox(1)).uniform(0.3, 2.2, (300, 3))
COLUMNS = dict(zip(NAMES, DATA.T, strict=True))
SMOOTH = tuple(
    row
    for row in operator_table().values()
    if row.is_real and row.name not in ("floor", "step", "sign", "min", "max", "abs", "clamp")
)


def smooth_trees(count: int, seed: int) -> list[Expression]:
    """Random formulas with finite values of ordinary size and at least one constant."""
    rng = np.random.Generator(np.random.Philox(seed))
    found: list[Expression] = []
    while len(found) < count:
        tree = random_formula(rng, SMOOTH, NAMES, int(rng.integers(1, 8)), constant_share=0.4)
        values = reference.values(tree, COLUMNS)
        if tree.constants and tree.variables and np.all(np.abs(values) < 1e3):
            found.append(tree)
    return found


def slopes_by_differences(expression: Expression, name: str) -> np.ndarray:
    """Central differences by a column."""
    up, down = ({**COLUMNS, name: COLUMNS[name] + step} for step in (1e-6, -1e-6))
    return (reference.values(expression, up) - reference.values(expression, down)) / 2e-6


def assert_close(got: np.ndarray, expected: np.ndarray, expression: Expression) -> None:
    """Equal to the accuracy of differences, where those are worth something."""
    with np.errstate(all="ignore"):
        clear = np.isfinite(expected) & (np.abs(expected) < 1e4)
    np.testing.assert_allclose(got[clear], expected[clear], rtol=2e-4, atol=2e-5, err_msg=str(expression))


@pytest.mark.parametrize("row", [*SMOOTH, operator("clamp")], ids=lambda row: row.name)
def test_gradient_of_an_operator_follows_sympy(row: Operator) -> None:
    expression = Expression((*(Variable(name) for name in ARGUMENTS[: row.arity]), row))
    points = argument_grid(row)
    X = np.stack([points.get(name, points["x"]) for name in ARGUMENTS], axis=1)[::7]
    _, gradient = value_and_gradient(expression, X, ARGUMENTS)
    form = expression.sympy()
    for place, name in enumerate(ARGUMENTS[: row.arity]):
        symbol = sympy.Symbol(name, real=True)
        modules = [{"DiracDelta": lambda _: 0}, "mpmath"]
        slope = sympy.lambdify([sympy.Symbol(n, real=True) for n in ARGUMENTS], form.diff(symbol), modules)
        expected = [complex(slope(*point)) for point in X.tolist()]
        np.testing.assert_allclose(gradient[:, place], expected, rtol=1e-10, atol=1e-12)


def test_jacobian_follows_differences() -> None:
    for expression in smooth_trees(150, seed=2):
        _, jacobian = value_and_jacobian(expression, DATA, NAMES)
        assert_close(jacobian, reference.jacobian(expression, COLUMNS), expression)


def test_gradient_follows_differences() -> None:
    for expression in smooth_trees(150, seed=3):
        _, gradient = value_and_gradient(expression, DATA, NAMES)
        for place, name in enumerate(NAMES):
            assert_close(gradient[:, place], slopes_by_differences(expression, name), expression)


def test_values_have_the_bits_of_evaluate() -> None:
    for expression in smooth_trees(50, seed=4):
        values, _ = value_and_jacobian(expression, DATA, NAMES)
        np.testing.assert_array_equal(values, evaluate([expression], DATA, NAMES)[0])


@pytest.mark.parametrize("n_rows", [1, 255, 256, 257])
def test_rows_do_not_depend_on_the_block(n_rows: int) -> None:
    expression = parse("sin(1.3 * a) / (b + 0.7) + 0.2 * c")
    _, whole = value_and_jacobian(expression, DATA, NAMES)
    _, part = value_and_jacobian(expression, DATA[:n_rows], NAMES)
    np.testing.assert_array_equal(part, whole[:n_rows])


def test_derivative_of_a_lone_constant_is_one() -> None:
    values, jacobian = value_and_jacobian(parse("2.5"), DATA[:3], NAMES)
    assert (values.tolist(), jacobian.tolist()) == ([2.5] * 3, [[1.0]] * 3)


def test_derivative_of_a_lone_column_is_one() -> None:
    _, gradient = value_and_gradient(parse("b"), DATA[:2], NAMES)
    assert gradient.tolist() == [[0.0, 1.0, 0.0]] * 2


def test_a_column_used_twice_adds_up() -> None:
    _, gradient = value_and_gradient(parse("a * a + a"), DATA, NAMES)
    np.testing.assert_allclose(gradient[:, 0], 2 * DATA[:, 0] + 1, rtol=1e-15)


def test_without_constants_the_jacobian_is_empty() -> None:
    assert value_and_jacobian(parse("a + b"), DATA, NAMES)[1].shape == (300, 0)


def test_undefined_rows_leave_the_others_alone() -> None:
    X = np.array([[-1.0, 0, 0], [4.0, 0, 0]])
    values, jacobian = value_and_jacobian(parse("sqrt(2.0 * a)"), X, NAMES)
    assert np.isnan(values[0]) and np.isclose(jacobian[1, 0], 4.0 / (2 * np.sqrt(8.0)))


def test_too_long_a_formula_is_refused() -> None:
    with pytest.raises(TooLong, match="has 65 nodes: derivatives take at most 64"):
        value_and_jacobian(Expression(parse("x" + "+x" * 32).nodes), DATA, ("x", "b", "c"))


def test_constants_come_left_to_right() -> None:
    expression = Expression((Constant(2.0), Variable("a"), operator("*"), Constant(3.0), operator("+")))
    _, jacobian = value_and_jacobian(expression, DATA[:1], NAMES)
    np.testing.assert_array_equal(jacobian, [[DATA[0, 0], 1.0]])
