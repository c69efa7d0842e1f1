"""Values from the block interpreter are those of the plain NumPy oracle."""

from __future__ import annotations

import numpy as np
import pytest

from symlaw.engine import reference
from symlaw.engine.evaluate import evaluate
from symlaw.engine.tape import UnknownVariable, from_nodes, operators_of, to_tape
from symlaw.language import Expression, Operator, Variable, operator_table, parse
from symlaw.testing.formulas import random_formula, sensitivity

ROWS = tuple(operator_table().values())
# of numbers alone: a comparison of equal values comes out either way when these are a little off
SMOOTH = tuple(row for row in ROWS if row.is_real)
NAMES = ("a", "b", "c")
COUNTS = (1, 255, 256, 257, 1000)
DATA = np.random.Generator(np.random.Philox(1)).normal(0.4, 1.7, (1000, 3))
EDGES = np.array([0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 3.0, 1e300, -1e300, 5e-324, np.inf, -np.inf, np.nan])


def columns_of(X: np.ndarray) -> dict[str, np.ndarray]:
    """Columns by name."""
    return dict(zip(NAMES, X.T, strict=True))


def trees(count: int, seed: int, rows: tuple[Operator, ...] = SMOOTH, largest: int = 12) -> list[Expression]:
    """Random formulas of 1 to ``largest`` operators."""
    rng = np.random.Generator(np.random.Philox(seed))
    return [random_formula(rng, rows, NAMES, 1 + k % largest) for k in range(count)]


def over_variables(row: Operator) -> Expression:
    """An operator over columns."""
    return Expression((*(Variable(name) for name in NAMES[: row.arity]), row))


every_operator = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)


@every_operator
@pytest.mark.parametrize("n_rows", COUNTS)
def test_operator_has_the_reference_values(row: Operator, n_rows: int) -> None:
    expression, X = over_variables(row), DATA[:n_rows]
    (values,) = evaluate([expression], X, NAMES)
    np.testing.assert_allclose(values, reference.values(expression, columns_of(X)), rtol=2e-15)


@every_operator
def test_edges_are_those_of_the_reference(row: Operator) -> None:
    X = np.stack([grid.ravel() for grid in np.meshgrid(EDGES, EDGES, EDGES)], axis=1)
    (values,) = evaluate([over_variables(row)], X, NAMES)
    expected = reference.values(over_variables(row), columns_of(X))
    np.testing.assert_allclose(values, expected, rtol=2e-15)


@pytest.mark.parametrize("n_rows", COUNTS)
def test_random_trees_have_the_reference_values(n_rows: int) -> None:
    expressions, X = trees(300, seed=n_rows), DATA[:n_rows]
    for expression, values in zip(expressions, evaluate(expressions, X, NAMES), strict=True):
        expected = reference.values(expression, columns_of(X))
        doubt = sensitivity(expression, columns_of(X))
        clear = np.isfinite(expected) & (doubt < 1e-6 + 1e-6 * np.abs(expected))
        assert np.all(np.abs(values[clear] - expected[clear]) <= doubt[clear]), expression


def test_undefined_values_of_random_trees_are_those_of_the_reference() -> None:
    expressions = trees(400, seed=9)
    for expression, values in zip(expressions, evaluate(expressions, DATA, NAMES), strict=True):
        expected = reference.values(expression, columns_of(DATA))
        steady = np.isnan(sensitivity(expression, columns_of(DATA))) == np.isnan(expected)
        np.testing.assert_array_equal(np.isnan(values[steady]), np.isnan(expected[steady]), str(expression))


def test_a_batch_gives_the_bits_of_each_alone() -> None:
    expressions = trees(60, seed=3)
    together = evaluate(expressions, DATA, NAMES)
    alone = np.concatenate([evaluate([expression], DATA, NAMES) for expression in expressions])
    np.testing.assert_array_equal(together, alone)


def test_rows_do_not_depend_on_their_neighbours() -> None:
    expressions = trees(60, seed=4)
    whole = evaluate(expressions, DATA[:300], NAMES)
    part = evaluate(expressions, DATA[:100], NAMES)
    np.testing.assert_array_equal(whole[:, :100], part)


@every_operator
def test_single_precision_is_close(row: Operator) -> None:
    expression, X = over_variables(row), DATA[:257].astype(np.float32)
    (values,) = evaluate([expression], X, NAMES, real="float32")
    assert values.dtype == np.float32
    expected = reference.values(expression, columns_of(X.astype(float)))
    np.testing.assert_allclose(values, expected, rtol=1.3e-7, atol=1e-44)


@pytest.mark.parametrize(
    ("text", "values"), [("a", [1.0, 2.0]), ("2.5", [2.5, 2.5]), ("inf", [np.inf, np.inf])]
)
def test_formula_of_one_node(text: str, values: list[float]) -> None:
    X = np.array([[1.0, 0, 0], [2.0, 0, 0]])
    np.testing.assert_array_equal(evaluate([parse(text)], X, NAMES), [values])


def test_no_formulas_give_no_values() -> None:
    assert evaluate([], DATA, NAMES).shape == (0, 1000)


def test_no_rows_give_no_values() -> None:
    assert evaluate([parse("a + 1")], np.empty((0, 3)), NAMES).shape == (1, 0)


def test_deep_formula_is_computed() -> None:
    text = "a" + " + (b * (a" * 45 + "))" * 45
    expression = parse(text)
    (values,) = evaluate([expression], DATA[:5] / 10, NAMES)
    np.testing.assert_allclose(values, reference.values(expression, columns_of(DATA[:5] / 10)), rtol=1e-12)


def test_huge_angles_take_the_exact_path() -> None:
    X = np.full((300, 3), 1e22)
    (values,) = evaluate([parse("sin(a)")], X, NAMES)
    np.testing.assert_allclose(values, np.sin(1e22), rtol=1e-15)


def test_unknown_column_is_named() -> None:
    with pytest.raises(UnknownVariable, match="column 'z', but the data have only: a, b, c"):
        evaluate([parse("a + z")], DATA, NAMES)


def test_tape_gives_the_formula_back() -> None:
    for expression in trees(50, seed=8):
        rows = operators_of([expression])
        tape = to_tape([expression], rows, NAMES)
        assert from_nodes(tape.codes, tape.columns, tape.values, rows, NAMES).nodes == expression.nodes


def test_inputs_are_left_alone() -> None:
    X = np.asfortranarray(DATA[:50].copy())
    evaluate(trees(20, seed=5), X, NAMES)
    np.testing.assert_array_equal(X, DATA[:50])
