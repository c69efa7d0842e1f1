"""Systems of equations as programs and documents, each for the solver of its language."""

from __future__ import annotations

import difflib
import keyword
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from symlaw.errors import InvalidSetting
from symlaw.language.expression import Expression, Variable
from symlaw.language.operators import Precedence, Spelling
from symlaw.language.printers.dialect import ARITHMETIC, COMPOSED, Dialect, literal, spelled
from symlaw.language.printers.formats.programs.c import C
from symlaw.language.printers.formats.programs.matlab import MATLAB
from symlaw.language.printers.formats.programs.numpy import NUMPY
from symlaw.language.printers.formats.tensors.jax import JAX
from symlaw.language.printers.formats.tensors.torch import TORCH
from symlaw.language.printers.notation import render

if TYPE_CHECKING:
    from collections.abc import Mapping


class Parts(NamedTuple):
    """What a program of a system is written of.

    Attributes
    ----------
    states, inputs
        Words for them, in order.
    time
        Word for the time.
    bodies
        The right sides.
    discrete
        Whether they give the next state.
    """

    states: tuple[str, ...]
    inputs: tuple[str, ...]
    time: str
    bodies: tuple[str, ...]
    discrete: bool

    @property
    def name(self) -> str:
        """What the function is called."""
        return "next_state" if self.discrete else "rates"


_TAKEN = ("state", "zero", "self", "rate", "rates", "next_state", "inputs", "simulate", "times", "x0")
_JULIA_WORDS = (
    "exp", "log", "log2", "log10", "log1p", "expm1", "sqrt", "cbrt", "sin", "cos", "tan", "asin", "acos",
    "atan", "sinh", "cosh", "tanh", "abs", "sign", "floor",
)  # fmt: skip
JULIA = Dialect(
    "Julia",
    {
        **ARITHMETIC,
        "pow": Spelling("({0})^({1})", Precedence.POWER),
        **spelled({name: f"{name}({{0}})" for name in _JULIA_WORDS}),
        **spelled({"square": "abs2({0})", "min": "min({0}, {1})", "max": "max({0}, {1})"}),
        **spelled({"atan2": "atan({0}, {1})", "hypot": "hypot({0}, {1})", "cube": "({0})^3"}),
    },
    number=lambda value: literal(value, {"inf": "Inf", "-inf": "-Inf", "nan": "NaN"}),
    choice="({x} == {level} ? {value} : {rest})",
    rest="NaN",
    composed={**COMPOSED, "logistic": "1 / (1 + exp(-x))", "gaussian": "exp(-(x**2))"},
    keywords=frozenset(
        """baremodule begin break catch const continue do else elseif end export false finally for function
        global if import let local macro module quote return struct true try using while in isa where pi im
        solve ODEProblem""".split()
    ),
)


def exported_system(
    states: Sequence[str],
    equations: Sequence[Expression],
    columns: Sequence[str],
    form: str,
    discrete: bool = False,
) -> str:
    """A system of equations in a form of `SYSTEMS`.

    Parameters
    ----------
    states
        What the equations are the rates of.
    equations
        Right sides.
    columns
        States, inputs and, last, the time.
    form
        One of `SYSTEMS`.
    discrete
        Whether the equations give the next state.

    Raises
    ------
    InvalidSetting
        When there is no such form.
    CannotExport
        When the form lacks an operator of an equation.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> print(exported_system(["x"], [parse("-0.5 * x")], ["x", "t"], "c"))
    #include <math.h>
    <BLANKLINE>
    /* state: x; inputs: none */
    void rates(double t, const double *state, const double *inputs, double *rate) {
        const double x = state[0];
        rate[0] = -0.5 * x;
    }
    <BLANKLINE>
    """
    if form not in SYSTEMS:
        near = difflib.get_close_matches(str(form), SYSTEMS, n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise InvalidSetting(f"unknown form {form!r} of a system: {hint}known ones are {', '.join(SYSTEMS)}")
    if form == "latex":
        return latex_of(states, equations, discrete=discrete) + "\n"
    dialect, write = _PROGRAMS[form]
    inputs = columns[len(states) : -1]
    words = dialect.identifiers((*_TAKEN, *keyword.kwlist, *columns))
    words = {name: words[name] for name in columns}
    prepared = [dialect.prepared(one) for one in equations]
    bodies = tuple(dialect.written(one, words) for one in prepared)
    helpers = "".join(source + "\n" for source in dialect.helpers_in(" ".join(bodies)))
    parts = Parts(
        tuple(words[s] for s in states), tuple(words[u] for u in inputs), words[columns[-1]], bodies, discrete
    )
    return write(parts, helpers)


def latex_of(
    states: Sequence[str],
    equations: Sequence[Expression],
    digits: int | None = None,
    *,
    discrete: bool = False,
) -> str:
    """Equations in LaTeX, aligned at the signs of equality."""
    rows = []
    for state, expression in zip(states, equations, strict=True):
        name = render(Expression((Variable(state),)), "latex")
        left = f"{name}_{{k+1}}" if discrete else rf"\dot{{{name}}}"
        rows.append(rf"{left} &= {expression.latex(digits)}")
    body = " \\\\\n".join(rows)
    return f"\\begin{{aligned}}\n{body}\n\\end{{aligned}}"


def _unpacked(words: Sequence[str], source: str) -> str:
    return f"    {', '.join(words)}{',' if len(words) == 1 else ''} = {source}\n" if words else ""


def _scipy(parts: Parts, helpers: str) -> str:
    solver = "" if parts.discrete else "from scipy.integrate import solve_ivp"
    body = (
        f"import numpy as np\n{solver}\n\n{helpers}\n"
        f"def {parts.name}({parts.time}, state, inputs=None):\n{_unpacked(parts.states, 'state')}"
        f"{_unpacked(parts.inputs, f'inputs({parts.time})')}    return [{', '.join(parts.bodies)}]\n\n\n"
        "def simulate(x0, times, inputs=None):\n"
    )
    if parts.discrete:
        return body + (
            "    states = [list(x0)]\n    for time in times[:-1]:\n"
            f"        states.append({parts.name}(time, states[-1], inputs))\n    return np.array(states).T\n"
        )
    return body + (
        "    found = solve_ivp(\n"
        f"        {parts.name}, (times[0], times[-1]), x0, t_eval=times, args=(inputs,),"
        " rtol=1e-8, atol=1e-10\n"
        "    )\n    return found.y\n"
    )


def _jax(parts: Parts, helpers: str) -> str:
    return (
        f"import jax.numpy as jnp\n\n\n# for diffrax: ODETerm({parts.name}); args is None, or a function of"
        " time"
        f" that gives the inputs\ndef {parts.name}({parts.time}, state, inputs=None):\n"
        f"{_unpacked(parts.states, 'state')}{_unpacked(parts.inputs, f'inputs({parts.time})')}"
        f"    return jnp.stack([{', '.join(f'jnp.asarray({body})' for body in parts.bodies)}])\n{helpers}"
    )


def _torch(parts: Parts, helpers: str) -> str:
    name = "NextState" if parts.discrete else "Rates"
    unpacked = _unpacked(parts.states, "state.unbind(-1)")
    unpacked += _unpacked(parts.inputs, f"self.inputs({parts.time})")
    lines = "".join(f"    {line}\n" for line in unpacked.splitlines())
    # a rate that is a constant gets the shape of the others
    rates = ", ".join(f"({body}) + zero" for body in parts.bodies)
    return (
        f"import torch\n\n\n# for torchdiffeq: odeint({name}(), x0, times); inputs is a function of time\n"
        f"class {name}(torch.nn.Module):\n"
        "    def __init__(self, inputs=None):\n"
        "        super().__init__()\n"
        "        self.inputs = inputs\n\n"
        f"    def forward(self, {parts.time}, state):\n{lines}"
        "        zero = 0.0 * state[..., 0]\n"
        f"        return torch.stack([{rates}], dim=-1)\n{helpers}"
    )


def _c(parts: Parts, helpers: str) -> str:
    lines = [f"    const double {word} = state[{k}];\n" for k, word in enumerate(parts.states)]
    lines += [f"    const double {word} = inputs[{k}];\n" for k, word in enumerate(parts.inputs)]
    lines += [f"    rate[{k}] = {body};\n" for k, body in enumerate(parts.bodies)]
    listed = ", ".join(parts.inputs) or "none"
    return (
        f"#include <math.h>\n\n{helpers}/* state: {', '.join(parts.states)}; inputs: {listed} */\n"
        f"void {parts.name}(double {parts.time}, const double *state, const double *inputs,"
        " double *rate) {\n"
        f"{''.join(lines)}}}\n"
    )


def _matlab(parts: Parts, helpers: str) -> str:
    lines = [f"    {word} = state({k});\n" for k, word in enumerate(parts.states, 1)]
    if parts.inputs:
        lines.append(f"    known = inputs({parts.time});\n")
    lines += [f"    {word} = known({k});\n" for k, word in enumerate(parts.inputs, 1)]
    return (
        f"% for ode45: ode45(@(t, x) {parts.name}(t, x, inputs), times, x0); inputs is a function of time\n"
        f"function rate = {parts.name}({parts.time}, state, inputs)\n{''.join(lines)}"
        f"    rate = [{'; '.join(parts.bodies)}];\nend\n{helpers}"
    )


def _julia(parts: Parts, helpers: str) -> str:
    known = _unpacked(parts.inputs, f"inputs({parts.time})")
    lines = "".join(f"    rate[{k}] = {body}\n" for k, body in enumerate(parts.bodies, 1))
    kind = "DiscreteProblem" if parts.discrete else "ODEProblem"
    return (
        f"# using DifferentialEquations: solve({kind}({parts.name}!, x0, (0.0, 10.0), inputs))\n"
        f"function {parts.name}!(rate, state, inputs, {parts.time})\n"
        f"{_unpacked(parts.states, 'state')}{known}"
        f"{lines}    return nothing\nend\n{helpers}"
    )


_PROGRAMS: Mapping[str, tuple[Dialect, Callable[[Parts, str], str]]] = {
    "scipy": (NUMPY, _scipy),
    "julia": (JULIA, _julia),
    "c": (C, _c),
    "matlab": (MATLAB, _matlab),
    "jax": (JAX, _jax),
    "torch": (TORCH, _torch),
}
# What forms there are, and what each is for.
SYSTEMS = {
    "scipy": "Python functions for SciPy's solve_ivp",
    "julia": "Julia function for DifferentialEquations",
    "c": "C function of doubles that writes the rates",
    "matlab": "MATLAB or Octave function for ode45",
    "jax": "JAX function for diffrax",
    "torch": "PyTorch module for torchdiffeq",
    "latex": "aligned equations in LaTeX",
}


def forms() -> dict[str, str]:
    """What forms there are, and what each is for."""
    return dict(SYSTEMS)
