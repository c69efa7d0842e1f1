"""Plain Python: a function of floats, with nothing but the math module."""

from __future__ import annotations

import keyword
from typing import TYPE_CHECKING

from symlaw.language.printers.dialect import (
    ARITHMETIC,
    COMPOSED,
    FUNCTION,
    Dialect,
    column_comments,
    literal,
    spelled,
    truths,
    used_names,
)
from symlaw.language.printers.registry import Target

if TYPE_CHECKING:
    from collections.abc import Sequence

    from symlaw.language.expression import Expression

_SPECIAL = {"inf": "math.inf", "-inf": "-math.inf", "nan": "math.nan"}
_HELPERS = {
    "square": "def square(x):\n    return x * x\n",
    "cube": "def cube(x):\n    return x * x * x\n",
    "smaller": "def smaller(x, y):\n    return x if x < y or math.isnan(x) else y\n",
    "larger": "def larger(x, y):\n    return x if x > y or math.isnan(x) else y\n",
    "sign_of": "def sign_of(x):\n    return x if x == 0 or math.isnan(x) else math.copysign(1.0, x)\n",
    "step_at_0": "def step_at_0(x):\n    return x if math.isnan(x) else float(x >= 0)\n",
    "logistic": (
        "def logistic(x):\n    power = math.exp(-abs(x))\n"
        "    return (power if x < 0 else 1.0) / (1.0 + power)\n"
    ),
}
_WORDS = (
    "exp", "log", "log2", "log10", "log1p", "expm1", "sqrt", "cbrt", "sin", "cos", "tan", "asin", "acos",
    "atan", "sinh", "cosh", "tanh", "erf",
)  # fmt: skip

PYTHON = Dialect(
    "plain Python",
    {
        **ARITHMETIC,
        **spelled({name: f"math.{name}({{0}})" for name in _WORDS}),
        **spelled({name: f"math.{name}({{0}}, {{1}})" for name in ("pow", "atan2", "hypot")}),
        **spelled({name: f"{name}({{0}})" for name in ("abs", "square", "cube", "logistic")}),
        **spelled(
            {
                "floor": "float(math.floor({0}))",
                "min": "smaller({0}, {1})",
                "max": "larger({0}, {1})",
                "sign": "sign_of({0})",
                "step": "step_at_0({0})",
            }
        ),
        **truths(
            "float({0} {sign} {1})",
            "({0} and {1})",
            "({0} or {1})",
            "float((not {0}) != (not {1}))",
            "float(not {0})",
            "({1} if {0} else {2})",
        ),
    },
    number=lambda value: literal(value, _SPECIAL),
    choice="({value} if {x} == {level} else {rest})",
    rest="math.nan",
    composed={**COMPOSED, "gaussian": "exp(-(x**2))"},
    helpers=_HELPERS,
    keywords=frozenset((*keyword.kwlist, *keyword.softkwlist, "ArithmeticError", "ValueError")),
)


def write(expression: Expression, columns: Sequence[str] = ()) -> str:
    """A Python function ``formula`` of floats; nan where it is undefined or a value is too large."""
    prepared = PYTHON.prepared(expression)
    names = used_names(PYTHON, prepared, columns)
    body = PYTHON.written(prepared, names)
    helpers = "".join(f"{source}\n\n" for source in PYTHON.helpers_in(body))
    return (
        f"import math\n\n\n{helpers}def {FUNCTION}({', '.join(names.values())}):\n"
        f"{column_comments(names, '#')}    try:\n        return {body}\n"
        "    except (ArithmeticError, ValueError):\n        return math.nan\n"
    )


TARGETS = (
    Target("python", "Python function of floats, with the math module", write, PYTHON, options=("columns",)),
)
