"""Formulas changed by hand: fixed, replaced, derived, solved for a variable."""

from __future__ import annotations

import numpy as np
import pytest

from symlaw.errors import CannotSolve, InvalidSetting, ParseError
from symlaw.language import Expression, Variable, operator_table, parse
from symlaw.language.user_operators.operator import operator as made_of
from symlaw.language.values import values

LAW = parse("2.5 * sin(0.3 * x) + y")


def test_constants_are_fixed_by_name() -> None:
    fixed = LAW.fix(c1=0.25, c0=None)
    assert fixed.constants == (2.5, 0.25)
    assert [node.fixed for node in fixed.nodes if hasattr(node, "fixed")] == [True, True]
    assert fixed.with_constants([1.0, 2.0]).fix().nodes[0].fixed  # type: ignore[union-attr]
    assert fixed == parse("2.5 * sin(0.25 * x) + y")


def test_variables_are_replaced_all_at_once() -> None:
    assert parse("x - y").substitute({"x": "y", "y": "x"}) == parse("y - x")
    assert parse("x * y").substitute({"x": 3, "y": parse("a + b")}) == parse("3 * (a + b)")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: LAW.fix(c2=1.0), "the formula has no constant 'c2'.*its constants are c0, c1"),
        (lambda: LAW.fix(c0="two"), "constant c0 is to be 'two': give a number"),
        (lambda: LAW.substitute({"z": "x"}), "the formula has no variable 'z'.*its variables are x, y"),
        (lambda: LAW.substitute({"x": None}), "None is no formula"),
        (lambda: LAW.derivative("z"), "no variable 'z'"),
        (lambda: LAW.solve_for("z"), "no variable 'z' to solve for: its variables are x, y"),
        (lambda: LAW.solve_for("x"), "value='y' is a variable of the formula"),
    ],
)
def test_what_the_formula_lacks_is_refused(call: object, message: str) -> None:
    assert callable(call)
    with pytest.raises(InvalidSetting, match=message):
        call()


def test_a_text_that_is_no_formula_is_refused() -> None:
    with pytest.raises(ParseError):
        LAW.substitute({"x": "1 +"})


def test_derivative_of_an_operator_without_one_is_refused() -> None:
    def branching(x: float) -> float:
        return x if x > 0 else -x

    law = Expression((*parse("x").nodes, made_of(branching)))
    with pytest.raises(InvalidSetting, match="'branching' has no derivative that is a formula"):
        law.derivative("x")


@pytest.mark.parametrize(
    ("text", "name", "solutions"),
    [
        ("m * v**2 / 2", "v", ("sqrt(E * 2 / m)", "-sqrt(E * 2 / m)")),
        ("a + b * exp(-x / c)", "x", ("-log((E - a) / b) * c",)),
        ("a * x + b * x", "x", ("E / (a + b)",)),
        ("(x + 1) / (x - 2)", "x", ("(2 * E + 1) / (E - 1)",)),
        ("0.1 * x**2 + b * x", "x", ("5 * (sqrt(0.4 * E + b**2) - b)", "5 * (-sqrt(0.4 * E + b**2) - b)")),
    ],
)
def test_solutions_are_those_expected(text: str, name: str, solutions: tuple[str, ...]) -> None:
    law = parse(text)
    found = law.solve_for(name, value="E")
    rng = np.random.Generator(np.random.Philox(3))
    columns = {word: rng.uniform(0.5, 2.0, 20) for word in (*law.variables, "E")}
    got = sorted(values(one, columns)[0] for one in found)
    expected = sorted(values(parse(one), columns)[0] for one in solutions)
    np.testing.assert_allclose(got, expected, rtol=1e-9)


@pytest.mark.parametrize("row", operator_table().values(), ids=lambda row: row.name)
def test_every_operator_with_an_inverse_is_undone(row: object) -> None:
    law = parse("p * 2 + 1") if row is None else Expression((*parse("p").nodes, *_second(row), row))  # type: ignore[arg-type]
    if not row.inverses:  # type: ignore[attr-defined]
        with pytest.raises(CannotSolve, match="an operator on its way has no inverse"):
            law.solve_for("p")
    else:
        assert law.solve_for("p")


def _second(row: object) -> tuple[object, ...]:
    return tuple(Variable(name) for name in ("q", "r")[: row.arity - 1])  # type: ignore[attr-defined]


@pytest.mark.parametrize("text", ["x + sin(x)", "floor(x)", "max(x, 2)"])
def test_what_cannot_be_solved_is_said(text: str) -> None:
    with pytest.raises(CannotSolve, match="cannot be solved for 'x'"):
        parse(text).solve_for("x")


def test_users_operators_that_are_formulas_are_undone() -> None:
    twice = made_of(lambda x: 2 * x + 1, name="twice")
    law = Expression((*parse("x").nodes, twice))
    assert law.solve_for("x") == (parse("(y - 1) / 2"),)
