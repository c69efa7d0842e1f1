"""Truths: comparisons of numbers, connectives, and choices. Among numbers, truths are 0 and 1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from symlaw.language.operators.enclosures import chosen, compared, truths
from symlaw.language.operators.row import Operator, Precedence, Spelling, infix
from symlaw.language.types import Type

if TYPE_CHECKING:
    from collections.abc import Callable

_REAL, _BOOLEAN = Type.REAL, Type.BOOLEAN
_SUM, _ATOM, _OR = Precedence.SUM, Precedence.ATOM, Precedence.OR
_COMPARISON = Precedence.COMPARISON
# Compilers of C ask for brackets around one connective in another.
_SINGLE = (Precedence.NOT, Precedence.NOT)
_NO_WAY_BACK = {"inverses": "a truth does not say what it was made of"}


def _holds(s: Any, argument: Any) -> Any:
    """The condition that a number stands for, in SymPy."""
    return s.Ne(argument, 0)


def _as_number(s: Any, condition: Any) -> Any:
    """1 where a condition holds, else 0, in SymPy."""
    return s.Piecewise((1, condition), (0, True))


def _comparison(name: str, word: str, latex: str, sympy_name: str) -> Operator:
    rising = name.startswith(">")
    spelling = Spelling(f"{{0}} {name} {{1}}", _COMPARISON, (_SUM, _SUM))
    return Operator(
        name=name,
        arity=2,
        kernel=f"symlaw.engine.elementary.{word}",
        partials=("0", "0"),
        domain="all",
        unit="angle",
        inverses=(),
        monotonicity=("increasing", "decreasing") if rising else ("decreasing", "increasing"),
        sympy=lambda s, x, y: _as_number(s, getattr(s, sympy_name)(x, y)),
        text=spelling,
        latex=Spelling(f"{{0}} {latex} {{1}}", _COMPARISON, (_SUM, _SUM)),
        numpy=spelling,
        c=spelling,
        torch=spelling,
        jax=spelling,
        result_type=_BOOLEAN,
        interval=lambda x, y: compared(name, x, y),
        absent=_NO_WAY_BACK,
    )


def _connective(
    name: str,
    word: str,
    bits: str,
    *,
    monotonicity: tuple[str, ...],
    sympy: Callable[..., Any],
    text: Spelling | None = None,
    latex: Spelling,
    numpy: str,
    c: Spelling,
    commutative: bool = True,
) -> Operator:
    arity = len(monotonicity)
    places = ", ".join(f"{{{k}}}" for k in range(arity))
    return Operator(
        name=name,
        arity=arity,
        kernel=f"symlaw.engine.elementary.{word}",
        partials=("0",) * arity,
        domain="all",
        unit="dimensionless",
        inverses=(),
        monotonicity=monotonicity,
        sympy=lambda s, *parts: _as_number(s, sympy(s, *(_holds(s, part) for part in parts))),
        text=text or Spelling(f"{name}({places})"),
        latex=latex,
        numpy=Spelling(numpy.format("np")),
        c=c,
        torch=Spelling(numpy.format("torch")),
        jax=Spelling(numpy.format("jnp")),
        argument_types=(_BOOLEAN,) * arity,
        result_type=_BOOLEAN,
        commutative=commutative,
        bits=bits,
        interval=lambda *ends: truths(word, *ends),
        absent=_NO_WAY_BACK,
    )


def _choice(name: str, kind: Type, bits: str = "") -> Operator:
    # torch asks for conditions, and a column is numbers
    condition = (_SUM, _OR, _OR)
    cases = r"\begin{{cases}} {1} & \text{{if }} {0} \\ {2} & \text{{otherwise}} \end{{cases}}"
    return Operator(
        name=name,
        arity=3,
        kernel="symlaw.engine.elementary.chosen",
        partials=("0", "if(x, 1, 0)", "if(x, 0, 1)"),
        domain="all",
        unit="choice",
        inverses=(),
        monotonicity=("mixed", "increasing", "increasing"),
        sympy=lambda s, c, x, y: s.Piecewise((x, _holds(s, c)), (y, True)),
        text=Spelling(f"{name}({{0}}, {{1}}, {{2}})"),
        latex=Spelling(cases, _ATOM),
        numpy=Spelling("np.where({0}, {1}, {2})"),
        c=Spelling("({0} ? {1} : {2})"),
        torch=Spelling("torch.where({0} != 0, {1}, {2})", _ATOM, condition),
        jax=Spelling("jnp.where({0}, {1}, {2})"),
        argument_types=(_BOOLEAN, kind, kind),
        result_type=kind,
        bits=bits,
        interval=chosen,
        absent={"inverses": "what was not chosen is not given back"},
    )


_RISING, _FALLING = ("increasing", "increasing"), ("decreasing", "decreasing")

ROWS = (
    _comparison(">", "above", ">", "Gt"),
    _comparison("<", "below", "<", "Lt"),
    _comparison(">=", "at_least", r"\ge", "Ge"),
    _comparison("<=", "at_most", r"\le", "Le"),
    _connective(
        "and",
        "both",
        "x & y",
        monotonicity=_RISING,
        sympy=lambda s, x, y: s.And(x, y),
        text=infix("and", Precedence.AND),
        latex=infix(r"\land", Precedence.AND),
        numpy="{}.logical_and({{0}}, {{1}})",
        c=Spelling("{0} && {1}", Precedence.AND, _SINGLE),
    ),
    _connective(
        "or",
        "either",
        "x | y",
        monotonicity=_RISING,
        sympy=lambda s, x, y: s.Or(x, y),
        text=infix("or", _OR),
        latex=infix(r"\lor", _OR),
        numpy="{}.logical_or({{0}}, {{1}})",
        c=Spelling("{0} || {1}", _OR, _SINGLE),
    ),
    _connective(
        "xor",
        "different",
        "x ^ y",
        monotonicity=("mixed", "mixed"),
        sympy=lambda s, x, y: s.Xor(x, y),
        text=infix("xor", Precedence.XOR),
        latex=infix(r"\oplus", Precedence.XOR),
        numpy="{}.logical_xor({{0}}, {{1}})",
        c=Spelling("!{0} != !{1}", Precedence.NOT, (_ATOM, _ATOM)),
    ),
    _connective(
        "not",
        "denied",
        "~x",
        monotonicity=("decreasing",),
        sympy=lambda s, x: s.Not(x),
        text=Spelling("not {0}", Precedence.NOT, (Precedence.NOT,)),
        latex=Spelling(r"\lnot {0}", Precedence.NOT, (_ATOM,)),
        numpy="{}.logical_not({{0}})",
        c=Spelling("!{0}", Precedence.POWER, (_ATOM,)),
        commutative=False,
    ),
    _connective(
        "nand",
        "not_both",
        "~(x & y)",
        monotonicity=_FALLING,
        sympy=lambda s, x, y: s.Not(s.And(x, y)),
        latex=Spelling(r"\overline{{{0} \land {1}}}", _ATOM, (Precedence.AND, Precedence.NOT)),
        numpy="{0}.logical_not({0}.logical_and({{0}}, {{1}}))",
        c=Spelling("!({0} && {1})", Precedence.POWER, (_COMPARISON, _COMPARISON)),
    ),
    _connective(
        "nor",
        "neither",
        "~(x | y)",
        monotonicity=_FALLING,
        sympy=lambda s, x, y: s.Not(s.Or(x, y)),
        latex=Spelling(r"\overline{{{0} \lor {1}}}", _ATOM, (_OR, Precedence.XOR)),
        numpy="{0}.logical_not({0}.logical_or({{0}}, {{1}}))",
        c=Spelling("!({0} || {1})", Precedence.POWER, (_OR, _OR)),
    ),
    _connective(
        "implies",
        "implied",
        "~x | y",
        monotonicity=("decreasing", "increasing"),
        sympy=lambda s, x, y: s.Or(s.Not(x), y),
        latex=Spelling(r"\left({0} \Rightarrow {1}\right)", _ATOM),
        numpy="{0}.logical_or({0}.logical_not({{0}}), {{1}})",
        c=Spelling("!{0} || {1}", _OR, (_ATOM, Precedence.NOT)),
        commutative=False,
    ),
    _choice("if", _REAL),
    _choice("mux", _BOOLEAN, "(x & y) | (~x & z)"),
)
