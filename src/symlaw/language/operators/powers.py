"""Powers and roots."""

from __future__ import annotations

from fractions import Fraction

from symlaw.language.operators.enclosures import power
from symlaw.language.operators.row import Operator, Precedence, Spelling, function_row

_POWER, _ATOM, _SUM, _NEGATION = Precedence.POWER, Precedence.ATOM, Precedence.SUM, Precedence.NEGATION


def _raised(exponent: str) -> Spelling:
    return Spelling(f"{{0}}**{exponent}", _POWER, (_ATOM,))


ROWS = (
    function_row(
        "square",
        cycles=0.16,
        readability=0.9,
        exponent=Fraction(2),
        partial="2 * x",
        unit="power 2",
        inverses=("sqrt(v)", "-sqrt(v)"),
        monotonicity="even",
        parity="even",
        sympy=lambda s, x: x**2,
        text=_raised("2"),
        latex=Spelling("{0}^{{2}}", _POWER, (_ATOM,)),
        numpy=_raised("2"),
        c="(({0}) * ({0}))",
        torch="torch.square({0})",
        jax="jnp.square({0})",
    ),
    function_row(
        "cube",
        cycles=0.24,
        readability=1.0,
        exponent=Fraction(3),
        partial="3 * x**2",
        unit="power 3",
        inverses=("cbrt(v)",),
        parity="odd",
        sympy=lambda s, x: x**3,
        text=_raised("3"),
        latex=Spelling("{0}^{{3}}", _POWER, (_ATOM,)),
        numpy=_raised("3"),
        c="(({0}) * ({0}) * ({0}))",
        torch=_raised("3"),
        jax=_raised("3"),
    ),
    function_row(
        "sqrt",
        cycles=0.85,
        exponent=Fraction(1, 2),
        partial="0.5 / v",
        domain="x >= 0",
        unit="power 1/2",
        inverses=("v**2",),
        latex=r"\sqrt{{{0}}}",
    ),
    function_row(
        "cbrt",
        cycles=1.99,
        exponent=Fraction(1, 3),
        partial="1 / (3 * v**2)",
        unit="power 1/3",
        inverses=("v**3",),
        parity="odd",
        sympy=lambda s, x: s.sign(x) * s.root(s.Abs(x), 3),
        latex=r"\sqrt[3]{{{0}}}",
        torch="(torch.sign({0}) * torch.abs({0}) ** (1 / 3))",
    ),
    Operator(
        name="pow",
        cycles=6.98,
        readability=2.0,
        called=("float_power",),
        arity=2,
        kernel="symlaw.engine.elementary.power",
        partials=("y * pow(x, y - 1)", "v * log(max(abs(x), 1e-300))"),
        domain="x > 0, or x = 0 and y > 0, or y a whole number",
        unit="exponent",
        inverses=(("pow(v, 1 / y)",), ("log(v) / log(x)",)),
        monotonicity=("mixed", "mixed"),
        interval=power,
        sympy=lambda s, x, y: x**y,
        text=Spelling("{0}**{1}", _POWER, (_ATOM, _NEGATION)),
        latex=Spelling("{0}^{{{1}}}", _POWER, (_ATOM, _SUM)),
        numpy=Spelling("np.power({0}, {1})"),
        c=Spelling("pow({0}, {1})"),
        torch=Spelling("torch.pow({0}, {1})"),
        jax=Spelling("jnp.power({0}, {1})"),
    ),
    Operator(
        name="hypot",
        cycles=0.91,
        arity=2,
        kernel="symlaw.engine.elementary.hypot",
        partials=("x / v", "y / v"),
        domain="all",
        unit="same",
        inverses=(("sqrt(v**2 - y**2)", "-sqrt(v**2 - y**2)"), ("sqrt(v**2 - x**2)", "-sqrt(v**2 - x**2)")),
        monotonicity=("even", "even"),
        sympy=lambda s, x, y: s.sqrt(x**2 + y**2),
        text=Spelling("hypot({0}, {1})"),
        latex=Spelling(r"\operatorname{{hypot}}\left({0}, {1}\right)"),
        numpy=Spelling("np.hypot({0}, {1})"),
        c=Spelling("hypot({0}, {1})"),
        torch=Spelling("torch.hypot({0}, {1})"),
        jax=Spelling("jnp.hypot({0}, {1})"),
        commutative=True,
    ),
)
