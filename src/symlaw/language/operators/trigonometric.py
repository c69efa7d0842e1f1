"""Trigonometric and hyperbolic functions and their inverses."""

from __future__ import annotations

from symlaw.language.operators.enclosures import angle, cosine, sine, tangent
from symlaw.language.operators.row import Operator, Spelling, function_row

ROWS = (
    function_row(
        "sin", partial="cos(x)", inverses=("asin(v)",), monotonicity="periodic", parity="odd", interval=sine
    ),
    function_row(
        "cos",
        partial="-sin(x)",
        inverses=("acos(v)",),
        monotonicity="periodic",
        parity="even",
        interval=cosine,
    ),
    function_row(
        "tan",
        partial="1 + v**2",
        domain="cos(x) != 0",
        inverses=("atan(v)",),
        monotonicity="periodic",
        parity="odd",
        interval=tangent,
    ),
    function_row(
        "asin",
        partial="1 / sqrt(1 - x**2)",
        domain="-1 <= x <= 1",
        inverses=("sin(v)",),
        parity="odd",
        latex=r"\arcsin\left({0}\right)",
        numpy="np.arcsin({0})",
        jax="jnp.arcsin({0})",
    ),
    function_row(
        "acos",
        partial="-1 / sqrt(1 - x**2)",
        domain="-1 <= x <= 1",
        inverses=("cos(v)",),
        monotonicity="decreasing",
        latex=r"\arccos\left({0}\right)",
        numpy="np.arccos({0})",
        jax="jnp.arccos({0})",
    ),
    function_row(
        "atan",
        partial="1 / (1 + x**2)",
        inverses=("tan(v)",),
        parity="odd",
        latex=r"\arctan\left({0}\right)",
        numpy="np.arctan({0})",
        jax="jnp.arctan({0})",
    ),
    Operator(
        name="atan2",
        arity=2,
        kernel="symlaw.engine.elementary.atan2",
        partials=("y / (x**2 + y**2)", "-x / (x**2 + y**2)"),
        domain="all",
        unit="angle",
        inverses=(("y * tan(v)",), ("x / tan(v)",)),
        monotonicity=("mixed", "mixed"),
        interval=angle,
        sympy=lambda s, x, y: s.atan2(x, y),
        text=Spelling("atan2({0}, {1})"),
        latex=Spelling(r"\operatorname{{atan2}}\left({0}, {1}\right)"),
        numpy=Spelling("np.arctan2({0}, {1})"),
        c=Spelling("atan2({0}, {1})"),
        torch=Spelling("torch.atan2({0}, {1})"),
        jax=Spelling("jnp.arctan2({0}, {1})"),
    ),
    function_row("sinh", partial="cosh(x)", inverses=("log(v + sqrt(v**2 + 1))",), parity="odd"),
    function_row(
        "cosh",
        partial="sinh(x)",
        inverses=("log(v + sqrt(v**2 - 1))", "-log(v + sqrt(v**2 - 1))"),
        monotonicity="even",
        parity="even",
    ),
    function_row("tanh", partial="1 - v**2", inverses=("0.5 * log((1 + v) / (1 - v))",), parity="odd"),
)
