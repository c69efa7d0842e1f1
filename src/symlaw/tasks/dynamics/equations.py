"""A system of equations as it is shown: with the errors of its constants, and as text and LaTeX."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.engine.flows.rates import free_places
from symlaw.language.algebra.canonical import tidy_signs
from symlaw.language.expression import Constant, Expression, Variable
from symlaw.language.operators import operator
from symlaw.language.parser import quote_name
from symlaw.language.printers.notation import render, rounded
from symlaw.language.printers.systems import latex_of
from symlaw.search.dynamics.sums import free_constants, negative, parts_of

if TYPE_CHECKING:
    from symlaw.search.dynamics.shooting import System

_SIGNS = (operator("+"), operator("-"))
# Significant digits where nothing is known of errors.
_DIGITS = 6
# A constant whose error is as large as this share of it is said to be unsure.
_UNSURE = 1.0


@dataclass(frozen=True)
class Equations:
    """Equations of a system, one for each state.

    Parameters
    ----------
    states
        What each equation is the rate of.
    expressions
        Right sides.
    errors
        Standard errors of the fitted constants of each right side, left to right; nan where not known.
    discrete
        Whether they give the next state instead of a rate.
    """

    states: tuple[str, ...]
    expressions: tuple[Expression, ...]
    errors: tuple[tuple[float, ...], ...]
    discrete: bool = False

    def __getitem__(self, state: str) -> Expression:
        """The right side of a state."""
        return self.expressions[self.states.index(state)]

    def left(self, state: str) -> str:
        """What stands left of the sign of equality."""
        return f"{state}[k+1]" if self.discrete else f"{state}'"

    @property
    def complexity(self) -> float:
        """Of all right sides together."""
        return sum(one.complexity() for one in self.expressions)

    def lines(self) -> list[str]:
        """One equation a line."""
        return [
            f"{self.left(state)} = {shown(expression, errors)}"
            for state, expression, errors in zip(self.states, self.expressions, self.errors, strict=True)
        ]

    def __str__(self) -> str:
        return "\n".join(self.lines())

    @property
    def written(self) -> tuple[Expression, ...]:
        """Right sides as people write them, ``a - 2*b`` for ``a + -2*b``."""
        return tuple(tidy_signs(one, _SIGNS) for one in self.expressions)

    def latex(self) -> str:
        """The system as a LaTeX array."""
        return latex_of(self.states, self.written, 4, discrete=self.discrete)

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex()}$"

    def constants(self) -> list[tuple[str, float, float]]:
        """Each fitted constant: the state of its equation, its value and its standard error."""
        return [
            (state, value, error)
            for state, expression, errors in zip(self.states, self.expressions, self.errors, strict=True)
            for value, error in zip(free_constants([expression]), errors, strict=True)
        ]

    def unsure(self) -> list[str]:
        """Constants that the data hardly say, one clause each."""
        return [
            f"{rounded(value, 2)} in the equation of {state} ({rounded(error, 2)} either way)"
            for state, value, error in self.constants()
            if math.isfinite(error) and error > _UNSURE * abs(value)
        ]

    def to_record(self) -> dict[str, Any]:
        """As JSON holds it."""
        import json

        return {
            "states": list(self.states),
            "expressions": [json.loads(one.to_json()) for one in self.expressions],
            "errors": [[None if math.isnan(e) else e for e in each] for each in self.errors],
            "discrete": self.discrete,
        }

    @classmethod
    def from_record(cls, record: dict[str, Any]) -> Equations:
        """What `to_record` made."""
        import json

        return cls(
            tuple(record["states"]),
            tuple(Expression.from_json(json.dumps(one)) for one in record["expressions"]),
            tuple(tuple(math.nan if e is None else float(e) for e in each) for each in record["errors"]),
            bool(record["discrete"]),
        )


def shown(expression: Expression, errors: Sequence[float]) -> str:
    """A right side as text, its constants with their errors in the last digit.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> shown(parse("2.0123 * x + -0.4123 * y"), [0.031, 0.0082])
    '2.01(3)*x - 0.412(8)*y'
    """
    own, place = list(errors), 0
    written: list[str] = []
    for part in parts_of(expression):
        count = len(free_places(part))
        minus = _begins_with_minus(part)
        text = _marked(negative(part) if minus else part, own[place : place + count])
        place += count
        if not written:
            written.append(f"-{text}" if minus else text)
        else:
            written.append(f"{'-' if minus else '+'} {text}")
    return " ".join(written)


def _begins_with_minus(part: Expression) -> bool:
    root, turned = part.nodes[-1], negative(part)
    if len(turned.nodes) < len(part.nodes):
        return True
    first = part.nodes[0]
    if isinstance(root, Constant):
        return root.value < 0
    return isinstance(first, Constant) and first.value < 0 and len(turned.nodes) == len(part.nodes)


def _marked(part: Expression, errors: Sequence[float]) -> str:
    """A term, its constants written with their errors."""
    nodes, supply, free = list(part.nodes), iter(errors), set(free_places(part))
    names = {name: quote_name(name) for name in part.variables}
    for place, node in enumerate(part.nodes):
        if isinstance(node, Constant):
            token = f"constant {place}"
            error = next(supply, math.nan) if place in free else math.nan
            names[token] = with_error(node.value, error)
            nodes[place] = Variable(token)
    return render(Expression(tuple(nodes)), "text", names=names).replace(" * ", "*").replace(" / ", "/")


def with_error(value: float, error: float) -> str:
    """A number with the error of its last digit in brackets.

    Examples
    --------
    >>> with_error(0.3123, 0.0121), with_error(152.3, 20.0), with_error(1.5, float("nan"))
    ('0.31(1)', '150(20)', '1.5')
    >>> with_error(1e-9, 0.01), with_error(0.0, 0.01), with_error(3.21e-5, 1e-6)
    ('0.00(1)', '0.00(1)', '3.2(1)e-5')
    """
    if not math.isfinite(error) or error <= 0.0 or error < 1e-12 * abs(value):
        return rounded(value, _DIGITS)
    power = math.floor(math.log10(error))
    digit = round(error / 10.0**power)
    if digit == 10:
        digit, power = 1, power + 1
    # a value far below its error is written with the error's digits
    largest = max(abs(value), error)
    if largest < 1e-4 or largest >= 1e6:
        exponent = math.floor(math.log10(largest))
        mantissa = with_error(value / 10.0**exponent, error / 10.0**exponent)
        return f"{mantissa}e{exponent}"
    if power < 0:
        return f"{value:.{-power}f}({digit})"
    step = 10**power
    return f"{round(value / step) * step:.0f}({digit * step})"


def errors_of(system: System, covariance: Any) -> tuple[tuple[float, ...], ...]:
    """Standard errors of each right side's constants; those that are known are nan."""
    spreads = np.sqrt(np.abs(np.diag(covariance)))
    errors = {place: float(one) for own, one in zip(system.places, spreads, strict=True) for place in own}
    return tuple(
        tuple(errors.get((number, place), math.nan) for place in free_places(whole))
        for number, whole in enumerate(system.right_sides)
    )
