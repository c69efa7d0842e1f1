"""Python functions followed to formulas."""

from __future__ import annotations

import math
from math import exp

import numpy as np
import pytest
import scipy.special

from symlaw.errors import CannotTrace
from symlaw.language import parse
from symlaw.language.algebra.derivative import derivative
from symlaw.language.user_operators.trace import trace
from symlaw.language.values import values

X = {"x": np.linspace(0.2, 1.9, 7), "y": np.linspace(1.1, 2.3, 7)}


def _helped(value: float) -> float:
    return math.cos(value) + 1.0


@pytest.mark.parametrize(
    "function",
    [
        lambda x, y: np.exp(-(x**2)) / (1 + math.sin(y)),
        lambda x: 3 * x - 2 / x + abs(-x) + (+x),
        lambda x, y: 2**x + x**y + x**3 + x**0.5 + x**-1 - y**1.5,
        lambda x, y: np.maximum(x, y) + np.hypot(x, y) + math.atan2(x, y) + np.arctan2(y, x),
        lambda x: exp(x) + math.log1p(x) + np.log10(x) + np.square(x) + math.pi,
        lambda x: sum(x**k / math.factorial(k) for k in range(6)),
        lambda x, y: _helped(x) * _helped(y),
        lambda x, scale=2.5: scale * np.tanh(x),
        lambda x: np.float64(2.0) * x + np.pi,
        lambda x: (
            np.clip(x, 0.5, 1.5) + np.heaviside(x - 1.0, 1.0) + np.deg2rad(x) + math.degrees(x) + np.exp2(x)
        ),
        lambda x, y: np.positive(x) * scipy.special.expit(y) + scipy.special.erf(x),
    ],
)
def test_the_formula_has_the_functions_values(function: object) -> None:
    assert callable(function)
    formula = trace(function)
    names = formula.variables
    expected = [function(*row) for row in zip(*(X[name] for name in sorted(names)), strict=True)]
    np.testing.assert_allclose(values(formula, X), expected, rtol=1e-13)


def test_powers_are_written_as_people_write_them() -> None:
    assert trace(lambda x: x**2 + x**0.5) == parse("square(x) + sqrt(x)")


def _branches(x: float) -> float:
    scale = 2.0
    if x > 0:
        return scale * x
    return -x


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (_branches, r"function _branches, line \d+, cannot be followed: what it computes depends on a comp"),
        (lambda x: float(x), "a number is asked for"),
        (lambda x: math.gamma(x), "math.gamma has no counterpart"),
        (
            lambda x: np.where(x, 1.0, 2.0),
            "np.where has no counterpart among the operators .np.minimum, np.max",
        ),
        (
            lambda x: np.where(x > 1, 1.0, 2.0),
            "depends on a comparison: write it with abs, min, max, sign or np",
        ),
        (lambda x: np.mean(x) * x, "np.mean combines rows"),
        (lambda x: x - x.mean(), ".mean looks at a whole column"),
        (lambda x: sum(one for one in x), "goes through the rows"),
        (lambda x: x[0] + 1, "goes through the rows"),
        (lambda x: np.add.reduce(x), "np.add has a method or options"),
        (lambda x: np.heaviside(x, 0.5), "np.heaviside has no counterpart"),
        (lambda x: np.spacing(x), "np.spacing has no counterpart"),
        (lambda *x: x[0], "has the parameter 'x': give plain ones only"),
        (lambda x: "text", "'text' is no number"),
    ],
)
def test_what_is_no_formula_is_refused(function: object, message: str) -> None:
    assert callable(function)
    with pytest.raises(CannotTrace, match=message):
        trace(function)


@pytest.mark.parametrize(
    "text",
    ["x * sin(x * y)", "exp(-x**2) / y", "pow(x, y)", "sqrt(x + y**2) - tanh(x)", "y", "atan2(x, y) * 3"],
)
def test_derivatives_are_those_of_differences(text: str) -> None:
    formula, step = parse(text), 1e-6
    slope = values(derivative(formula, "x"), X)
    up, down = {**X, "x": X["x"] + step}, {**X, "x": X["x"] - step}
    expected = (values(formula, up) - values(formula, down)) / (2 * step)
    np.testing.assert_allclose(np.broadcast_to(slope, expected.shape), expected, rtol=1e-6, atol=1e-8)
