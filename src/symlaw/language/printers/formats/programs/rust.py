"""Rust: a function of f64."""

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

_SPECIAL = {"inf": "f64::INFINITY", "-inf": "f64::NEG_INFINITY", "nan": "f64::NAN"}
# f64::min and max forget nan, and signum of 0 is 1.
_HELPERS = {
    "smaller": "fn smaller(x: f64, y: f64) -> f64 { if x < y || x.is_nan() { x } else { y } }\n",
    "larger": "fn larger(x: f64, y: f64) -> f64 { if x > y || x.is_nan() { x } else { y } }\n",
    "sign_of": "fn sign_of(x: f64) -> f64 { if x > 0.0 { 1.0 } else if x < 0.0 { -1.0 } else { x } }\n",
    "step_at_0": "fn step_at_0(x: f64) -> f64 { if x >= 0.0 { 1.0 } else if x < 0.0 { 0.0 } else { x } }\n",
    "square": "fn square(x: f64) -> f64 { x * x }\n",
    "cube": "fn cube(x: f64) -> f64 { x * x * x }\n",
    "erf": """fn erf(x: f64) -> f64 {
    if !(x.abs() < 6.0) { return if x.is_nan() { x } else { x.signum() }; }
    let (mut term, mut sum, mut n) = (x, x, 1.0_f64);
    while term.abs() > 1e-17 * sum.abs() {
        term *= 2.0 * x * x / (2.0 * n + 1.0);
        sum += term;
        n += 1.0;
    }
    1.1283791670955126 * f64::exp(-x * x) * sum
}
""",
}
_WORDS = {
    "log": "ln",
    "log1p": "ln_1p",
    "expm1": "exp_m1",
    **{
        name: name
        for name in (
            "abs", "exp", "log2", "log10", "sqrt", "cbrt", "sin", "cos", "tan", "asin", "acos", "atan",
            "sinh", "cosh", "tanh", "floor",
        )
    },
}  # fmt: skip

RUST = Dialect(
    "Rust",
    {
        **ARITHMETIC,
        **spelled({name: f"f64::{word}({{0}})" for name, word in _WORDS.items()}),
        **spelled({name: f"f64::{name}({{0}}, {{1}})" for name in ("atan2", "hypot")}),
        **spelled(
            {
                "pow": "f64::powf({0}, {1})",
                "min": "smaller({0}, {1})",
                "max": "larger({0}, {1})",
                "sign": "sign_of({0})",
                "step": "step_at_0({0})",
                "square": "square({0})",
                "cube": "cube({0})",
                "erf": "erf({0})",
            }
        ),
        **truths(
            "f64::from(u8::from(({0}) {sign} {1}))",
            "f64::from(u8::from(({0}) != 0.0 && ({1}) != 0.0))",
            "f64::from(u8::from(({0}) != 0.0 || ({1}) != 0.0))",
            "f64::from(u8::from((({0}) != 0.0) != (({1}) != 0.0)))",
            "f64::from(u8::from(({0}) == 0.0))",
            "(if ({0}) != 0.0 {{ {1} }} else {{ {2} }})",
        ),
    },
    number=lambda value: literal(value, _SPECIAL, "_f64"),
    choice="(if {x} == {level} {{ {value} }} else {{ {rest} }})",
    rest="f64::NAN",
    composed={**COMPOSED, "logistic": "1 / (1 + exp(-x))", "gaussian": "exp(-(x**2))"},
    helpers=_HELPERS,
    keywords=frozenset(
        """as async await break const continue crate dyn else enum extern false fn for if impl in let loop
        match mod move mut pub ref return self Self static struct super trait true type union unsafe
        use where while abstract become box do final gen macro override priv try typeof unsized virtual
        yield main""".split()
    ),
)


def write(expression: Expression, columns: Sequence[str] = ()) -> str:
    """A Rust function ``formula`` with what it needs."""
    prepared = RUST.prepared(expression)
    names = used_names(RUST, prepared, columns)
    body = RUST.written(prepared, names)
    helpers = "".join(RUST.helpers_in(body))
    parameters = ", ".join(f"{word}: f64" for word in names.values())
    return (
        f"{helpers}{chr(10) if helpers else ''}#[allow(non_snake_case, unused_parens)]\n"
        f"pub fn {FUNCTION}({parameters}) -> f64 {{\n{column_comments(names, '//')}    {body}\n}}\n"
    )


TARGETS = (Target("rust", "Rust function of f64", write, RUST, options=("columns",), ending=".rs"),)
