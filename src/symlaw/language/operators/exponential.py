"""Exponentials, logarithms and bell or S shapes made of them."""

from __future__ import annotations

from symlaw.language.operators.row import Spelling, function_row

ROWS = (
    function_row("exp", partial="v", inverses=("log(v)",)),
    function_row("log", partial="1 / x", domain="x > 0", inverses=("exp(v)",)),
    function_row(
        "log2",
        partial="1.4426950408889634 / x",
        domain="x > 0",
        inverses=("exp(v * 0.6931471805599453)",),
        sympy=lambda s, x: s.log(x, 2),
        latex=r"\log_{{2}}\left({0}\right)",
    ),
    function_row(
        "log10",
        partial="0.4342944819032518 / x",
        domain="x > 0",
        inverses=("exp(v * 2.302585092994046)",),
        sympy=lambda s, x: s.log(x, 10),
        latex=r"\log_{{10}}\left({0}\right)",
    ),
    function_row(
        "log1p",
        partial="1 / (1 + x)",
        domain="x > -1",
        inverses=("expm1(v)",),
        sympy=lambda s, x: s.log(1 + x),
        latex=r"\log\left(1 + {0}\right)",
    ),
    function_row(
        "expm1",
        partial="v + 1",
        inverses=("log1p(v)",),
        sympy=lambda s, x: s.exp(x) - 1,
        latex=r"\operatorname{{expm1}}\left({0}\right)",
    ),
    function_row(
        "logistic",
        partial="v * (1 - v)",
        inverses=("log(v / (1 - v))",),
        sympy=lambda s, x: 1 / (1 + s.exp(-x)),
        latex=r"\operatorname{{logistic}}\left({0}\right)",
        numpy=Spelling("(1.0 / (1.0 + np.exp(-({0}))))"),
        c="(1.0 / (1.0 + exp(-({0}))))",
        torch="torch.sigmoid({0})",
        jax="(1.0 / (1.0 + jnp.exp(-({0}))))",
    ),
    function_row(
        "gaussian",
        partial="-2 * x * v",
        inverses=("sqrt(-log(v))", "-sqrt(-log(v))"),
        monotonicity="even",
        parity="even",
        sympy=lambda s, x: s.exp(-(x**2)),
        latex=r"\exp\left(-\left({0}\right)^{{2}}\right)",
        numpy="np.exp(-(({0}) ** 2))",
        c="exp(-(({0}) * ({0})))",
        torch="torch.exp(-torch.square({0}))",
        jax="jnp.exp(-jnp.square({0}))",
    ),
    function_row(
        "erf",
        partial="1.1283791670955126 * exp(-(x**2))",
        parity="odd",
        latex=r"\operatorname{{erf}}\left({0}\right)",
        numpy="np.vectorize(math.erf, otypes=[float])({0})",
        jax="jax.scipy.special.erf({0})",
        absent={"inverses": "the inverse error function is not in the language"},
    ),
)
