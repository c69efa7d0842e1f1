"""Piecewise functions: extrema, steps and rounding. Derivatives hold where they exist."""

from __future__ import annotations

from symlaw.language.operators.row import Operator, Spelling, function_row
from symlaw.language.types import Type

_FLAT = {"inverses": "constant between jumps, so it has no inverse"}
_ORDER = {"inverses": "the smaller or larger of two values does not give back the other"}


def _extremum(name: str, first: str, second: str, sympy_name: str, cycles: float) -> Operator:
    return Operator(
        name=name,
        arity=2,
        kernel=f"symlaw.engine.elementary.{name}imum",
        partials=(first, second),
        domain="all",
        unit="same",
        inverses=(),
        monotonicity=("increasing", "increasing"),
        sympy=lambda s, x, y: getattr(s, sympy_name)(x, y),
        text=Spelling(f"{name}({{0}}, {{1}})"),
        latex=Spelling(rf"\{name}\left({{0}}, {{1}}\right)"),
        numpy=Spelling(f"np.{name}imum({{0}}, {{1}})"),
        c=Spelling(f"f{name}({{0}}, {{1}})"),
        torch=Spelling(f"torch.{name}imum({{0}}, {{1}})"),
        jax=Spelling(f"jnp.{name}imum({{0}}, {{1}})"),
        commutative=True,
        cycles=cycles,
        absent=_ORDER,
    )


_CLAMP = Operator(
    name="clamp",
    cycles=0.31,
    arity=3,
    kernel="symlaw.engine.elementary.clamp",
    partials=("step(x - y) * step(z - x)", "(1 - step(x - y)) * step(z - y)", "1 - step(z - max(x, y))"),
    domain="all",
    unit="same",
    inverses=(),
    monotonicity=("increasing", "increasing", "increasing"),
    sympy=lambda s, x, y, z: s.Min(s.Max(x, y), z),
    text=Spelling("clamp({0}, {1}, {2})"),
    latex=Spelling(r"\operatorname{{clamp}}\left({0}, {1}, {2}\right)"),
    numpy=Spelling("np.minimum(np.maximum({0}, {1}), {2})"),
    c=Spelling("fmin(fmax({0}, {1}), {2})"),
    torch=Spelling("torch.minimum(torch.maximum({0}, {1}), {2})"),
    jax=Spelling("jnp.minimum(jnp.maximum({0}, {1}), {2})"),
    argument_types=(Type.REAL,) * 3,
    absent={"inverses": "what was cut off is not given back"},
)

ROWS = (
    _CLAMP,
    _extremum("min", "step(y - x)", "1 - step(y - x)", "Min", 0.28),
    _extremum("max", "step(x - y)", "1 - step(x - y)", "Max", 0.19),
    function_row(
        "sign",
        cycles=0.28,
        jumps=("x",),
        partial="0",
        parity="odd",
        unit="free to dimensionless",
        monotonicity="step",
        latex=r"\operatorname{{sgn}}\left({0}\right)",
        c="((({0}) > 0) - (({0}) < 0))",
        absent=_FLAT,
    ),
    function_row(
        "floor",
        cycles=0.16,
        partial="0",
        monotonicity="step",
        latex=r"\left\lfloor {0} \right\rfloor",
        absent=_FLAT,
    ),
    function_row(
        "step",
        cycles=0.17,
        jumps=("x",),
        partial="0",
        unit="free to dimensionless",
        monotonicity="step",
        sympy=lambda s, x: s.Heaviside(x, 1),
        latex=r"\operatorname{{H}}\left({0}\right)",
        numpy="np.heaviside({0}, 1.0)",
        c="(({0}) >= 0 ? 1.0 : 0.0)",
        torch="torch.heaviside({0}, torch.ones_like({0}))",
        jax="jnp.heaviside({0}, 1.0)",
        absent=_FLAT,
    ),
)
