"""LaTeX, SymPy and NumPy source."""

from __future__ import annotations

import ast
import math
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import example, given, settings

from symlaw.engine import reference
from symlaw.language import Constant, Expression, Variable, operator, operator_table, parse
from symlaw.language.printers.notation import safe_identifiers
from symlaw.testing.strategies import HOSTILE_NAMES, constants, expressions

LAW = settings(max_examples=300, deadline=None, derandomize=True)
RNG = np.random.Generator(np.random.Philox(7))


def columns_of(expression: Expression) -> dict[str, Any]:
    """Some values for each variable."""
    rng = np.random.Generator(np.random.Philox(7))
    names = expression.variables or ("none",)
    return {name: rng.normal(0.5, 1.5, 9) for name in names}


def defined(source: str) -> dict[str, Any]:
    """What running a source text defines."""
    space: dict[str, Any] = {}
    exec(source, space)
    return space


# --- NumPy source ----------------------------------------------------------------------------------


@LAW
@given(expressions())
@example(Expression((Constant(1e300), operator("square"))))
@example(Expression((Constant(1.0), Constant(0.0), operator("/"))))
@example(Expression((Constant(-8.0), Constant(0.5), operator("pow"))))
@example(Expression((Constant(0.0), operator("inv"))))
@example(Expression((Constant(1.0), operator("erf"))))
def test_numpy_source_has_the_reference_values(expression: Expression) -> None:
    columns = columns_of(expression)
    formula = defined(expression.numpy_source())["formula"]
    with np.errstate(all="ignore"):
        got = formula(*(columns[name] for name in expression.variables))
    expected = reference.values(expression, columns)
    np.testing.assert_allclose(np.broadcast_to(got, expected.shape), expected, rtol=1e-12)


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_numpy_source_holds_nothing_but_one_function(name: str) -> None:
    source = Expression((Variable(name), Variable("x"), operator("+"))).numpy_source()
    kinds = {type(statement) for statement in ast.parse(source).body}
    assert kinds <= {ast.Import, ast.FunctionDef}
    assert set(defined(source)) <= {"__builtins__", "np", "math", "formula"}


def test_identifiers_are_distinct_and_plain() -> None:
    names = ("a b", "a_b", "a-b", "a_b_2", "np", "np_2", "1", "class", "__init__", "", "ä", "x")
    chosen = list(safe_identifiers(names).values())
    assert len(set(chosen)) == len(names)
    assert all(word.isascii() and word.isidentifier() for word in chosen)


# --- LaTeX -----------------------------------------------------------------------------------------


def balanced(text: str) -> bool:
    """Whether braces that are not escaped match."""
    depth = 0
    for place, sign in enumerate(text):
        escaped = place > 0 and text[place - 1] == "\\"
        depth += 0 if escaped else (sign == "{") - (sign == "}")
        if depth < 0:
            return False
    return depth == 0


@LAW
@given(expressions())
def test_latex_brackets_match(expression: Expression) -> None:
    text = expression.latex()
    assert balanced(text)
    assert text.count(r"\left") == text.count(r"\right")


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_latex_of_a_hostile_name_has_no_line_break(name: str) -> None:
    assert len(Expression((Variable(name),)).latex().splitlines()) <= 1


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("a / b", r"\frac{a}{b}"),
        ("sqrt(x1)", r"\sqrt{x_{1}}"),
        ("alpha * x_max", r"\alpha \cdot x_{\mathrm{max}}"),
        ("(a + b)**2", r"\left(a + b\right)^{2}"),
        ("(1/2)**2", r"\left(\frac{1}{2}\right)^{2}"),
        ("1.5e10 * x", r"1.5 \cdot 10^{10} \cdot x"),
        ("`50%`", r"\mathrm{50\%}"),
        ("inf * x", r"\infty \cdot x"),
    ],
)
def test_latex_reads_well(text: str, latex: str) -> None:
    assert parse(text).latex() == latex


def test_negative_constant_of_any_size_keeps_its_sign() -> None:
    assert parse("x - -1.5e10").latex() == r"x - \left(-1.5 \cdot 10^{10}\right)"


# --- SymPy -----------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    expressions(
        [operator(name) for name in ("+", "-", "*", "sin", "exp", "square", "abs", "tanh", "max")],
        values=constants(1e-3, 1e3),
        max_leaves=4,
    )
)
def test_sympy_symbols_are_the_columns(expression: Expression) -> None:
    names = {symbol.name for symbol in expression.sympy().free_symbols}
    assert names <= set(expression.variables)


@pytest.mark.parametrize("row", operator_table().values(), ids=lambda row: row.name)
def test_sympy_form_over_variables_has_the_reference_values(row: Any) -> None:
    expression = Expression((*[Variable(name) for name in ("p q", "r", "s")[: row.arity]], row))
    columns = {"p q": np.array([0.31, 0.77]), "r": np.array([0.63, 0.12]), "s": np.array([0.9, 0.2])}
    form = expression.sympy()
    expected = reference.values(expression, columns)
    for place in range(2):
        known = {symbol: sympy.Float(columns[symbol.name][place], 17) for symbol in form.free_symbols}
        assert math.isclose(float(form.subs(known)), expected[place], rel_tol=1e-12)


def test_sympy_never_parses_a_name() -> None:
    name = "__import__('os').system('false')"
    assert Expression((Variable(name),)).sympy() == sympy.Symbol(name, real=True)


def test_whole_constants_stay_whole_in_sympy() -> None:
    assert str(parse("2 * x**3").sympy()) == "2*x**3"
