"""MATLAB and Octave: a function of arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symlaw.language.operators import Precedence, Spelling
from symlaw.language.operators.row import infix
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

_SPECIAL = {"inf": "Inf", "-inf": "-Inf", "nan": "NaN"}
# Roots and logarithms of negative numbers are complex there, and min and max forget NaN.
_HELPERS = {
    "real_only": """function r = real_only(z)
    r = real(z);
    r(imag(z) ~= 0) = NaN;
end
""",
    "smaller": """function r = smaller(x, y)
    r = min(x, y);
    r(isnan(x) | isnan(y)) = NaN;
end
""",
    "larger": """function r = larger(x, y)
    r = max(x, y);
    r(isnan(x) | isnan(y)) = NaN;
end
""",
    "step_at_0": """function r = step_at_0(x)
    r = double(x >= 0);
    r(isnan(x)) = NaN;
end
""",
    "chosen": """function r = chosen(c, x, y)
    c = (c ~= 0) & true(size(x + y));
    x = x + zeros(size(c));
    r = y + zeros(size(c));
    r(c) = x(c);
end
""",
    "looked_up": """function r = looked_up(x, level, value, rest)
    r = rest + zeros(size(x));
    r(x == level) = value;
end
""",
}
_REAL = ("exp", "expm1", "sin", "cos", "tan", "atan", "sinh", "cosh", "tanh", "erf", "abs", "sign", "floor")
_COMPLEX = ("log", "log2", "log10", "log1p", "sqrt", "asin", "acos")

MATLAB = Dialect(
    "MATLAB",
    {
        **ARITHMETIC,
        "*": infix(".*", Precedence.PRODUCT),
        "/": infix("./", Precedence.PRODUCT),
        "inv": Spelling("1 ./ {0}", Precedence.PRODUCT, (Precedence.NEGATION,)),
        **spelled({name: f"{name}({{0}})" for name in _REAL}),
        **spelled({name: f"real_only({name}({{0}}))" for name in _COMPLEX}),
        **spelled({name: f"{name}({{0}}, {{1}})" for name in ("atan2", "hypot")}),
        **spelled(
            {
                "pow": "real_only(power({0}, {1}))",
                "square": "power({0}, 2)",
                "cube": "power({0}, 3)",
                "cbrt": "nthroot({0}, 3)",
                "min": "smaller({0}, {1})",
                "max": "larger({0}, {1})",
                "step": "step_at_0({0})",
            }
        ),
        **truths(
            "double({0} {sign} {1})",
            "double(({0}) ~= 0 & ({1}) ~= 0)",
            "double(({0}) ~= 0 | ({1}) ~= 0)",
            "double(xor({0}, {1}))",
            "double(({0}) == 0)",
            "chosen({0}, {1}, {2})",
        ),
    },
    number=lambda value: literal(value, _SPECIAL),
    choice="looked_up({x}, {level}, {value}, {rest})",
    rest="NaN",
    composed={**COMPOSED, "logistic": "1 / (1 + exp(-x))", "gaussian": "exp(-(x**2))"},
    helpers=_HELPERS,
    keywords=frozenset(
        """break case catch classdef continue do else elseif end end_try_catch end_unwind_protect endfor
        endfunction endif endswitch endwhile for function global if otherwise parfor persistent return spmd
        switch try until unwind_protect unwind_protect_cleanup while ans pi i j e eps Inf NaN value
        methods properties events enumeration import""".split()
    ),
)


def write(expression: Expression, columns: Sequence[str] = ()) -> str:
    """A MATLAB function ``value = formula(...)`` of arrays, with what it needs after it."""
    prepared = MATLAB.prepared(expression)
    names = used_names(MATLAB, prepared, columns)
    body = MATLAB.written(prepared, names)
    helpers = "".join("\n" + source for source in MATLAB.helpers_in(body))
    return (
        f"function value = {FUNCTION}({', '.join(names.values())})\n"
        f"{column_comments(names, '%')}    value = {body};\nend\n{helpers}"
    )


TARGETS = (
    Target("matlab", "MATLAB or Octave function of arrays", write, MATLAB, options=("columns",), ending=".m"),
)
