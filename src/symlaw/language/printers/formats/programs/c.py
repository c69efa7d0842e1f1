"""C99: a function of doubles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from symlaw.language.printers.dialect import (
    ARITHMETIC,
    COMPOSED,
    FUNCTION,
    Dialect,
    cells,
    column_comments,
    literal,
    spelled,
    used_names,
)
from symlaw.language.printers.registry import Target

if TYPE_CHECKING:
    from collections.abc import Sequence

    from symlaw.language.expression import Expression

_SPECIAL = {"inf": "INFINITY", "-inf": "-INFINITY", "nan": "NAN"}
# fmin and fmax forget nan; comparisons with it are false.
_HELPERS = {
    "smaller": "static double smaller(double x, double y) { return x < y || x != x ? x : y; }\n",
    "larger": "static double larger(double x, double y) { return x > y || x != x ? x : y; }\n",
    "sign_of": "static double sign_of(double x) { return x > 0 ? 1.0 : x < 0 ? -1.0 : x; }\n",
    "step_at_0": "static double step_at_0(double x) { return x >= 0 ? 1.0 : x < 0 ? 0.0 : x; }\n",
    "square": "static double square(double x) { return x * x; }\n",
    "cube": "static double cube(double x) { return x * x * x; }\n",
    "gaussian": "static double gaussian(double x) { return exp(-(x * x)); }\n",
}

C = Dialect(
    "C",
    {
        **cells("c"),
        **ARITHMETIC,
        **spelled(
            {
                "min": "smaller({0}, {1})",
                "max": "larger({0}, {1})",
                "sign": "sign_of({0})",
                "step": "step_at_0({0})",
                "square": "square({0})",
                "cube": "cube({0})",
                "gaussian": "gaussian({0})",
            }
        ),
    },
    number=lambda value: literal(value, _SPECIAL),
    choice="({x} == {level} ? {value} : {rest})",
    rest="NAN",
    composed=COMPOSED,
    helpers=_HELPERS,
    keywords=frozenset(
        """auto break case char const continue default do double else enum extern float for goto if inline int
        long register restrict return short signed sizeof static struct switch typedef union unsigned void
        volatile while main errno""".split()
    ),
)


def write(expression: Expression, columns: Sequence[str] = ()) -> str:
    """A C99 function ``formula`` with what it needs."""
    prepared = C.prepared(expression)
    names = used_names(C, prepared, columns)
    body = C.written(prepared, names)
    helpers = "".join(C.helpers_in(body))
    parameters = ", ".join(f"double {word}" for word in names.values()) or "void"
    return (
        f"#include <math.h>\n\n{helpers}{chr(10) if helpers else ''}double {FUNCTION}({parameters}) {{\n"
        f"{column_comments(names, '//')}    return {body};\n}}\n"
    )


TARGETS = (Target("c", "C99 function of doubles", write, C, options=("columns",), ending=".c"),)
