"""JavaScript: a function of numbers."""

from __future__ import annotations

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

_SPECIAL = {"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN"}
_HELPERS = {
    "square": "const square = (x) => x * x;\n",
    "cube": "const cube = (x) => x * x * x;\n",
    "step_at_0": "const step_at_0 = (x) => (x >= 0 ? 1 : x < 0 ? 0 : x);\n",
    "erf": """const erf = (x) => {
  if (!(Math.abs(x) < 6)) return Math.sign(x);
  let term = x, sum = x;
  for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return 1.1283791670955126 * Math.exp(-x * x) * sum;
};
""",
}
_WORDS = (
    "abs", "exp", "log", "log2", "log10", "log1p", "expm1", "sqrt", "cbrt", "sin", "cos", "tan", "asin",
    "acos", "atan", "sinh", "cosh", "tanh", "sign", "floor",
)  # fmt: skip

JAVASCRIPT = Dialect(
    "JavaScript",
    {
        **ARITHMETIC,
        **spelled({name: f"Math.{name}({{0}})" for name in _WORDS}),
        **spelled({name: f"Math.{name}({{0}}, {{1}})" for name in ("pow", "atan2", "hypot", "min", "max")}),
        **spelled({name: f"{name}({{0}})" for name in ("square", "cube", "erf")}),
        **spelled({"step": "step_at_0({0})"}),
        **truths(
            "Number({0} {sign} {1})",
            "({0} && {1})",
            "({0} || {1})",
            "Number(!({0}) !== !({1}))",
            "Number(!({0}))",
            "({0} ? {1} : {2})",
        ),
    },
    number=lambda value: literal(value, _SPECIAL),
    choice="({x} === {level} ? {value} : {rest})",
    rest="NaN",
    composed={**COMPOSED, "logistic": "1 / (1 + exp(-x))", "gaussian": "exp(-(x**2))"},
    helpers=_HELPERS,
    keywords=frozenset(
        """arguments await break case catch class const continue debugger default delete do else enum eval
        export extends false finally for function if implements import in instanceof interface let new
        null package private protected public return static super switch this throw true try typeof
        undefined var void while with yield async of""".split()
    ),
)


def write(expression: Expression, columns: Sequence[str] = ()) -> str:
    """A JavaScript function ``formula`` with what it needs."""
    prepared = JAVASCRIPT.prepared(expression)
    names = used_names(JAVASCRIPT, prepared, columns)
    body = JAVASCRIPT.written(prepared, names)
    helpers = "".join(JAVASCRIPT.helpers_in(body))
    return (
        f"{helpers}{chr(10) if helpers else ''}function {FUNCTION}({', '.join(names.values())}) {{\n"
        f"{column_comments(names, '//', '  ')}  return {body};\n}}\n"
    )


TARGETS = (
    Target(
        "javascript", "JavaScript function of numbers", write, JAVASCRIPT, options=("columns",), ending=".js"
    ),
)
