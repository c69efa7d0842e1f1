"""Fitted constants that are exact ones as far as the data tell: 0.333 as 1/3, 6.28 as 2 pi.

Each constant is weighed against whole numbers, small fractions, and these times roots and multiples of pi,
e and roots of small whole numbers, or named constants that the user allows. A candidate wins by its odds
against "any number": its prior probability, the likelihood of the data with it, all other constants fitted
again, over the likelihood averaged over all numbers of that size (Jeffreys 1939, chapter 5; Rissanen 1983).
Odds of `ODDS` or more are needed, so that of arbitrary constants hardly one in that many is taken for an
exact one.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.errors import DataError
from symlaw.language.expression import Constant, Expression, Variable
from symlaw.language.parser import parse
from symlaw.trust.constants.fit import Fit, fitted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from symlaw.language.expression import Node, Nodes

ODDS = 28.0
# Orders of magnitude over which any number may lie, in nats.
_RANGE = math.log(1e6)
# Candidates this many standard errors away are not tried; a fit is known to this, relatively, at best.
_FAR, _ROUNDING = 4.0, 1e-12
_WHOLE = 100
_DENOMINATORS = {
    1: 0.5,
    2: 0.16,
    3: 0.1,
    4: 0.08,
    5: 0.04,
    6: 0.04,
    8: 0.03,
    10: 0.02,
    12: 0.01,
    16: 0.01,
    9: 0.01,
}
_PLAIN, _PI, _NAMED = 0.6, 0.14, 0.1
_OTHERS = {
    "pi**2": math.pi**2,
    "sqrt(pi)": math.sqrt(math.pi),
    "1/pi": 1.0 / math.pi,
    "1/sqrt(pi)": 1.0 / math.sqrt(math.pi),
    "e": math.e,
    "1/e": 1.0 / math.e,
    "sqrt(2)": math.sqrt(2.0),
    "sqrt(3)": math.sqrt(3.0),
    "sqrt(5)": math.sqrt(5.0),
    "sqrt(6)": math.sqrt(6.0),
    "sqrt(7)": math.sqrt(7.0),
    "sqrt(10)": math.sqrt(10.0),
}


class Exact(NamedTuple):
    """An exact number that a constant may be.

    Attributes
    ----------
    value
        Of the number.
    text
        As people write it, such as ``3/4`` or ``2*pi``.
    prior
        Probability that a constant which is exact is this one.
    """

    value: float
    text: str
    prior: float


@dataclass(frozen=True)
class Replaced:
    """A constant that became exact.

    Parameters
    ----------
    name
        Of the constant, such as c0.
    fitted
        What was fitted.
    exact
        What it became.
    odds
        For the exact number against any other.
    """

    name: str
    fitted: float
    exact: Exact
    odds: float

    def __str__(self) -> str:
        return f"{self.name} = {self.fitted:.6g} is {self.exact.text}"


@dataclass(frozen=True)
class Snapped:
    """A formula some of whose constants are exact, the others fitted again.

    Parameters
    ----------
    fit
        With the exact numbers put in.
    expression
        As people read it: ``pi`` by its name, numbers that stay as they are fixed.
    replaced
        What became what, in the order that it was found.
    cost
        By which factor the mean square error grew.
    """

    fit: Fit
    expression: Expression
    replaced: tuple[Replaced, ...]
    cost: float

    def __str__(self) -> str:
        changes = "; ".join(map(str, self.replaced))
        return f"{self.expression.shown()}   ({changes}; error times {math.sqrt(self.cost):.4f})"


@lru_cache(maxsize=4)
def candidates(named: tuple[tuple[str, float], ...] = ()) -> tuple[Exact, ...]:
    """Exact positive numbers that are tried, by rising value.

    Parameters
    ----------
    named
        Named constants by name and value, alone and times 1/2, 2 and the like.

    Examples
    --------
    >>> [one.text for one in candidates() if abs(one.value - 0.7854) < 1e-4]
    ['pi/4']
    """
    bases = [("", 1.0, _PLAIN), ("pi", math.pi, _PI)]
    rest = 1.0 - _PLAIN - _PI - (_NAMED if named else 0.0)
    bases += [(text, value, rest / len(_OTHERS)) for text, value in _OTHERS.items()]
    bases += [(name, value, _NAMED / len(named)) for name, value in named]
    whole = np.arange(1, _WHOLE + 1) ** -1.3
    whole /= whole.sum()
    found = []
    for text, value, prior in bases:
        for below, share in _DENOMINATORS.items():
            for above in range(1, _WHOLE + 1):
                if math.gcd(above, below) == 1:
                    exact = above / below * value
                    found.append(Exact(exact, _text(above, below, text), prior * share * whole[above - 1]))
    return tuple(sorted(found))


def _text(above: int, below: int, base: str) -> str:
    times = base if above == 1 and base else (f"{above}*{base}" if base else str(above))
    if times.startswith("1/"):
        times = f"{above}/{times[2:]}"
    elif "*1/" in times:
        times = times.replace("*1/", "/")
    return times if below == 1 else f"{times}/{below}"


def snapped(fit: Fit, named: Mapping[str, float] | None = None) -> Snapped | None:
    """A formula with those of its constants exact that the data allow to be; None where there are none.

    Parameters
    ----------
    fit
        The fitted formula.
    named
        Named constants that may be meant, in the units of the data.
    """
    known = candidates(tuple(sorted((named or {}).items())))
    current, origin = fit, list(range(len(fit.model.names)))
    done: list[Replaced] = []
    exact: dict[int, Exact] = {}
    while (best := _best(current, known)) is not None:
        place, chosen, odds, after = best
        name, value = current.model.names[place], float(current.values[place])
        signed = chosen._replace(value=math.copysign(chosen.value, value))
        if value < 0:
            signed = signed._replace(text=f"-{chosen.text}")
        exact[origin.pop(place)] = signed
        done.append(Replaced(name, value, signed, odds))
        current = after
    if not done:
        return None
    floor = _floor(fit)
    cost = max(current.squares, floor) / max(fit.squares, floor)
    by_constant = {
        constant: exact[parameter]
        for constant, parameter in enumerate(fit.model.places.tolist())
        if parameter in exact
    }
    expression = _written(current.expression, by_constant, {"pi": math.pi, "e": math.e, **(named or {})})
    return Snapped(current, expression, tuple(done), cost)


def _best(fit: Fit, known: Sequence[Exact]) -> tuple[int, Exact, float, Fit] | None:
    """Parameter, exact number, its odds, and the fit with it: those of the best odds, if good enough."""
    errors = np.sqrt(np.diag(fit.covariance()))
    best: tuple[int, Exact, float, Fit] | None = None
    # constants of groups are as they are: nobody looks for pi in a row of them
    alone = set(fit.model.places[: len(fit.expression.constants)].tolist())
    for place, (value, error) in enumerate(zip(fit.values.tolist(), errors.tolist(), strict=True)):
        if place not in alone or not math.isfinite(error) or value == 0:
            continue
        error = max(error, _ROUNDING * abs(value))
        for one in _near(abs(value), _FAR * error, known):
            if _odds(one, 0.0, value, error) < max(ODDS, best[2] if best else 0.0):
                continue
            after = _with(fit, place, math.copysign(one.value, value))
            if after is None:
                continue
            odds = _odds(one, _misfit(fit, after), value, error)
            if odds >= ODDS and (best is None or odds > best[2]):
                best = place, one, odds, after
    return best


def _near(value: float, reach: float, known: Sequence[Exact]) -> Sequence[Exact]:
    begin = bisect_left(known, value - reach, key=lambda one: one.value)
    return known[begin : bisect_right(known, value + reach, key=lambda one: one.value)]


def _odds(one: Exact, misfit: float, value: float, error: float) -> float:
    """Odds of an exact number against any number, both thought equally likely beforehand."""
    width = math.sqrt(2.0 * math.pi) * error / abs(value)
    return one.prior * _RANGE / width * math.exp(-misfit)


def _misfit(before: Fit, after: Fit) -> float:
    """Nats of likelihood that an exact number costs."""
    floor = _floor(before)
    if before.sample.known:
        return 0.5 * max(0.0, after.squares - before.squares)
    ratio = max(after.squares, floor) / max(before.squares, floor)
    return 0.5 * max(1, before.freedom) * math.log(max(1.0, ratio))


def _floor(fit: Fit) -> float:
    """Sum of squares that is rounding."""
    return float(np.sum(fit.sample.weights * (1e-13 * fit.sample.y) ** 2))


def _with(fit: Fit, place: int, value: float) -> Fit | None:
    """The formula with one parameter at a number for good, the others fitted again."""
    values = fit.values
    values[place] = value
    try:
        return fitted(fit.model.at(values).without(place), fit.sample)
    except DataError:
        return None


def _written(expression: Expression, exact: Mapping[int, Exact], named: Mapping[str, float]) -> Expression:
    """The formula with exact numbers as people write them."""
    nodes: list[Node] = []
    number = -1
    for node in expression.nodes:
        if isinstance(node, Constant):
            number += 1
        if isinstance(node, Constant) and number in exact:
            nodes += _nodes(exact[number], named)
        else:
            nodes.append(node)
    return Expression(tuple(nodes))


def _nodes(exact: Exact, named: Mapping[str, float]) -> Nodes:
    """An exact number as nodes: a plain decimal where it is one, else numerator, base and denominator."""
    if math.isclose(exact.value, round(exact.value, 3), rel_tol=1e-15):
        return (Constant(exact.value, fixed=True),)
    formula = parse(exact.text, list(named))
    own = (Variable(n.name, named[n.name]) if isinstance(n, Variable) else n for n in formula.nodes)
    return tuple(Constant(n.value, fixed=True) if isinstance(n, Constant) else n for n in own)
