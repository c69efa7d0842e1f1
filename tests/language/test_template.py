"""Templates: what is read, what is refused, and formulas put in."""

from __future__ import annotations

import numpy as np
import pytest

from symlaw.errors import ParseError
from symlaw.language import parse
from symlaw.language.expression import Expression, Variable
from symlaw.language.template import Unknown, template_of
from symlaw.language.user_operators.lookup import lookup
from symlaw.language.values import values

COLUMNS = ["x1", "x2", "x3"]


def test_functions_come_first_and_parameters_after() -> None:
    template = template_of("a * f(x1, x2) + g(x3)**2 + b", COLUMNS)
    assert template.unknowns == (Unknown("f", 2), Unknown("g", 1), Unknown("a", 0), Unknown("b", 0))


def test_formulas_are_put_in_with_their_arguments() -> None:
    template = template_of("f(x1 + x2) - f(x3)", COLUMNS)
    assert str(template.filled({"f": parse("sin(u0) * u0")})) == "sin(x1 + x2) * (x1 + x2) - sin(x3) * x3"


def test_an_unknown_may_stand_inside_another() -> None:
    template = template_of("f(g(x1), x2)", COLUMNS)
    filled = template.filled({"f": parse("u0 + u1"), "g": parse("u0**2")})
    assert filled == parse("x1**2 + x2")


def test_derivatives_are_those_of_the_formula() -> None:
    template = template_of("diff(f(x1), x1, x1) + x2", COLUMNS)
    filled = template.filled({"f": parse("u0**3")})
    points = {name: np.array([0.3, 1.7]) for name in COLUMNS}
    assert values(filled, points) == pytest.approx(6 * points["x1"] + points["x2"])


def test_built_in_operators_are_not_unknown() -> None:
    assert template_of("sin(f(x1))", COLUMNS).unknowns == (Unknown("f", 1),)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sin(x1) + x2", "has nothing unknown"),
        ("f(x1) + f(x1, x2)", "the same number everywhere"),
        ("f(X1) + X2", "write 'x2' if that is meant|write 'x1' if that is meant"),
        ("diff(f(x1), x1 + x2)", "write diff"),
        ("f(x1", "expected '\\)'"),
    ],
)
def test_what_is_no_template_is_refused(text: str, said: str) -> None:
    with pytest.raises(ParseError, match=said):
        template_of(text, COLUMNS)


def test_lookups_survive_json_without_code() -> None:
    formula = Expression((Variable("s"), lookup("a", [1, 3], [0.5, 0.25])))
    again = Expression.from_json(formula.to_json())
    assert str(again) == "a[s]"
    assert values(again, {"s": np.array([3.0, 1.0])}).tolist() == [0.25, 0.5]


def test_lookups_are_spelled_out_in_code() -> None:
    row = lookup("a", [1, 3], [0.5, 0.25])
    spelled = row.numpy.template.format("s")
    assert eval(spelled, {"np": np, "s": np.array([3.0, 2.0])})[0] == 0.25
    assert np.isnan(eval(spelled, {"np": np, "s": np.array([2.0])})[0])
    assert row.c.template.format("s") == "(s == 1.0 ? 0.5 : (s == 3.0 ? 0.25 : NAN))"
