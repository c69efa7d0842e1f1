"""Operators of three arguments: a built-in one and a user's, from kernels to whole fits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import symlaw
from symlaw import SymbolicRegressor, operator
from symlaw.engine import reference
from symlaw.engine.blocks import kernel_table
from symlaw.engine.compiling.jit import kernel
from symlaw.engine.evaluate import evaluate
from symlaw.engine.random import stream
from symlaw.engine.tape import from_nodes
from symlaw.errors import InvalidSetting
from symlaw.language import Expression, Variable, parse
from symlaw.language.grammar import Language
from symlaw.language.operators import operator as table_row
from symlaw.search.genome.drawing import bench
from symlaw.search.genome.genome import genome, grammar_of
from symlaw.search.genome.mutate import mutate, random_formula
from symlaw.search.problem import make_problem
from symlaw.testing.operators import CHECKS, check_cells, check_kernel

X = np.random.Generator(np.random.Philox(8)).uniform(-2.0, 2.0, (80, 3))
NAMES = ("x0", "x1", "x2")


def hill(x: float, k: float, n: float) -> float:
    """Hill's equation."""
    return x**n / (k**n + x**n)


def middle(x: float, y: float, z: float) -> float:
    """The median of three, which is no single formula of comparisons."""
    if x > y:
        x, y = y, x
    return x if z < x else (y if z > y else z)


HILL, MIDDLE = operator(hill, domain="x, k > 0"), operator(middle, unit="same")


def of_columns(row: symlaw.language.Operator) -> Expression:
    """The operator on the three columns."""
    return Expression((*map(Variable, NAMES), row))


@kernel
def changed(g, kind, state, grammar, table, rows, spare, out):  # type: ignore[no-untyped-def]
    """One change of a genome, callable from here."""
    return mutate(g, kind, state, grammar, table, rows, spare, out)


def model(*operators: object, **settings: object) -> SymbolicRegressor:
    """A short search."""
    return SymbolicRegressor(
        operators=operators, time_budget=None, random_state=0, **{"max_evaluations": 40_000, **settings}
    )


@pytest.mark.parametrize(("row", "function"), [(HILL, hill), (MIDDLE, middle)])
def test_values_are_those_of_the_function(row: symlaw.language.Operator, function: object) -> None:
    data = np.abs(X)
    values = evaluate([of_columns(row)], data, NAMES)[0]
    np.testing.assert_allclose(values, [function(*point) for point in data.tolist()], rtol=1e-12)  # type: ignore[operator]


def test_a_deep_tree_of_three_arguments_has_room_on_the_stack() -> None:
    nodes: list[object] = [Variable("x0")]
    for _ in range(20):
        nodes = [Variable("x1"), Variable("x2"), *nodes, table_row("clamp")]
    formula = Expression(tuple(nodes))  # type: ignore[arg-type]
    expected = reference.values(formula, dict(zip(NAMES, X.T, strict=True)))
    np.testing.assert_array_equal(evaluate([formula], X, NAMES)[0], expected)


def test_a_users_operator_passes_the_conformance_checks_that_apply() -> None:
    kernelless = {"check_kernel", "check_monotonicity", "check_interval", "check_cells"}
    for check in CHECKS:
        if check.__name__ not in kernelless:
            check(HILL)
    check_cells(table_row("clamp"))
    check_kernel(table_row("clamp"))


def test_inverses_are_derived_for_each_argument() -> None:
    row = operator(lambda x, y, z: x * np.exp(y) + z, name="affine")
    assert row.inverses == (("(v - z) / exp(y)",), ("log((v - z) / x)",), ("v - x * exp(y)",))
    assert MIDDLE.inverses == ()


def test_random_formulas_and_changes_stay_complete() -> None:
    language = Language.of(NAMES, ["+", "-", "sin", "clamp"])
    grammar, state, one, spare, out = grammar_of(language), stream(0, "three"), genome(), bench(), genome()
    problem = make_problem(X, X[:, 0] + X[:, 1], language)
    table, seen = kernel_table(language.operators), set()
    for number in range(3000):
        random_formula(one, state, grammar, 3 + number % 20, spare)
        applied = changed(one, number % 12, state, grammar, table, problem.probe, spare, out)
        if applied:
            size = int(out.size[0])
            arrays = out.codes[:size], out.columns[:size], out.values[:size]
            formula = from_nodes(*arrays, language.operators, NAMES)
            if any(node == table_row("clamp") for node in formula.nodes):
                seen.add(number % 12)
    assert seen == set(range(12))


def test_it_prints_parses_and_folds() -> None:
    formula = parse("clamp(x + 1, 0, 2 * y)")
    assert formula.text() == "clamp(x + 1.0, 0.0, 2.0 * y)"
    assert parse(formula.text()).nodes == formula.nodes
    assert parse("clamp(5, 0, 2)") == parse("2")
    assert "clamp" in formula.latex()


@pytest.mark.long
def test_a_law_with_clamp_is_found() -> None:
    y = 2.0 * np.clip(3.0 * X[:, 0], -1.0, 2.0) + X[:, 1]
    found = model("+", "*", "clamp", max_evaluations=200_000).fit(X, y)
    assert "clamp" in str(found.expression_)
    assert found.front_["loss"].min() < 1e-20


@pytest.mark.long
def test_a_law_with_a_users_operator_is_found_and_reads_back(tmp_path: Path) -> None:
    data = np.abs(X) + 0.1
    y = 3.0 * hill(data[:, 0], data[:, 1], data[:, 2])
    found = model("+", "*", HILL).fit(data, y)
    assert found.front_["loss"].min() < 1e-20
    found.save(tmp_path / "law.json")
    np.testing.assert_allclose(symlaw.load(tmp_path / "law.json").predict(data), y, rtol=1e-9)


@pytest.mark.long
def test_size_of_each_argument_can_be_limited() -> None:
    y = np.clip(X[:, 0], X[:, 1], X[:, 2] * X[:, 2])
    found = model("+", "*", "clamp", max_argument_size={"clamp": (9, 1, 1)}).fit(X, y)
    for formula in found.front_["expression"]:
        for end, node in enumerate(formula.nodes):
            if node == table_row("clamp"):
                last = Expression(formula.nodes[formula.starts[end - 1] : end])
                assert last.complexity() <= 1
    with pytest.raises(InvalidSetting, match="3 numbers above 0, one for each argument"):
        model("clamp", max_argument_size={"clamp": (9, 1)}).fit(X, y)


def test_tree_search_uses_it() -> None:
    y = np.clip(X[:, 0], X[:, 1], X[:, 2])
    found = model("+", "clamp", searchers=["tree_search"], max_evaluations=5000).fit(X, y)
    assert found.front_["loss"].min() < 1e-20


def test_a_derivative_for_each_argument_is_checked() -> None:
    wrong = [lambda x, y, z: y * z, lambda x, y, z: x * z, lambda x, y, z: x]
    with pytest.raises(InvalidSetting, match="derivative of operator 'triple' by z is not that"):
        operator(lambda x, y, z: x * y * z, name="triple", derivative=wrong)
