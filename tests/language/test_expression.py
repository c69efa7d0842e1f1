"""Expressions as values: structure, equality, pickles, complexity."""

from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError

import pytest
from hypothesis import given, settings

from symlaw.errors import ParseError
from symlaw.language import Constant, Expression, Variable, operator, parse
from symlaw.testing.strategies import expressions

LAW = settings(max_examples=200, deadline=None, derandomize=True)
X, ADD = Variable("x"), operator("+")


@LAW
@given(expressions())
def test_pickle_gives_the_same_nodes(expression: Expression) -> None:
    assert pickle.loads(pickle.dumps(expression)).nodes == expression.nodes


def test_operators_stay_the_same_objects_through_pickles() -> None:
    assert pickle.loads(pickle.dumps(ADD)) is ADD


def test_pickles_of_earlier_versions_load() -> None:
    """They name the classes of leaves in the expressions' module."""
    nodes = (
        b"(csymlaw.language.expression\nConstant\n(F2.5\nI00\ntR"
        b"csymlaw.language.expression\nVariable\n(Vx\nNtR"
        b"csymlaw.language.operators\noperator\n(V*\ntRt."
    )
    assert pickle.loads(nodes) == parse("2.5 * x").nodes


@LAW
@given(expressions())
def test_arguments_make_up_the_formula(expression: Expression) -> None:
    parts = tuple(node for part in expression.arguments() for node in part.nodes)
    assert (*parts, expression.nodes[-1]) == expression.nodes


def test_equal_formulas_have_equal_hashes() -> None:
    assert hash(parse("a * b + 1")) == hash(parse("1 + b * a"))


def test_set_holds_equal_formulas_once() -> None:
    assert len({parse("a + b"), parse("b + a"), parse("a - b")}) == 2


def test_formula_equals_nothing_else() -> None:
    assert parse("x") != "x"


def test_expression_is_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        parse("x").nodes = ()  # type: ignore[misc]


@pytest.mark.parametrize("nodes", [(), (X, X), (ADD,), (X, ADD), (X, X, X, ADD)])
def test_incomplete_formula_is_refused(nodes: tuple[object, ...]) -> None:
    with pytest.raises(ParseError):
        Expression(nodes)  # type: ignore[arg-type]


def test_variables_come_in_order_of_first_use() -> None:
    assert parse("b * a + b").variables == ("b", "a")


def test_constants_are_exchanged_left_to_right() -> None:
    assert parse("2 * x + 3").with_constants([5, 7]).constants == (5.0, 7.0)


def test_starts_say_where_parts_begin() -> None:
    assert parse("a * b + sin(c)").starts == (0, 1, 0, 3, 3, 0)


def test_complexity_counts_nodes() -> None:
    assert parse("2 * sin(x) + 1").complexity() == 6.0


def test_users_costs_count() -> None:
    costs = {"sin": 3.0, "variable": 2.0, "constant": 0.5}
    assert parse("2 * sin(x) + 1").complexity(costs) == 0.5 + 1 + 3.0 + 2.0 + 1 + 0.5


def test_map_nodes_replaces_each_node() -> None:
    renamed = parse("x + y").map_nodes(lambda node: Variable("z") if node == X else node)
    assert renamed.text() == "z + y"


def test_repr_shows_the_formula() -> None:
    assert repr(parse("x+1")) == "Expression('x + 1.0')"


def test_constant_and_variable_are_told_apart() -> None:
    assert Expression((Constant(1.0),)) != Expression((Variable("1.0"),))


@pytest.mark.parametrize("depth", [20, 150])
def test_long_chains_can_be_compared_and_printed(depth: int) -> None:
    chain = Expression((X, *[operator("sin")] * depth))
    assert chain == Expression(chain.nodes)
    assert len(chain.text()) > depth
