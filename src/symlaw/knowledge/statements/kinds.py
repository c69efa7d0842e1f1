"""Kinds of statements about a formula's values, each as sums of values that lie between two numbers.

A kind says which points to ask at and what to find there (`Kind.probe`), and how it may be proven of a
formula (`Kind.is_proven`). The sums are what searches are steered by and counterexamples looked for with.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

import numpy as np

from symlaw.knowledge.statements import proving
from symlaw.knowledge.statements.enclosing import smooth_slope
from symlaw.language.expression import Constant, Expression, Variable
from symlaw.language.operators import operator
from symlaw.language.values import values

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symlaw.knowledge.statements.domain import Domain

    Array = NDArray[np.float64]

# What counts as 0, as fractions of the target's standard deviation: rounding, and a difference that has to
# vanish after constants were fitted.
ROUNDING, EQUAL = 1e-9, 1e-6
# Values that a sum is made of, at most.
MOST_TERMS = 3


class Probe(NamedTuple):
    """Sums of values at points, and where they have to lie.

    Attributes
    ----------
    points
        float64 (n_sums, n_terms, n_variables).
    factors
        Of each value, float64 (n_sums, n_terms).
    low, high
        Ends of the sums, in the target's unit and with what counts as 0 added, float64 (n_sums,).
    """

    points: Array
    factors: Array
    low: Array
    high: Array


class Kind(Protocol):
    """What a statement says."""

    def probe(self, shares: Array, domain: Domain, unit: float) -> Probe:
        """Sums at points of a domain.

        Parameters
        ----------
        shares
            Where in the domain, as shares of its sides and one share more, float64
            (n_sums, n_variables + 1).
        unit
            The target's standard deviation.
        """
        ...

    def is_proven(self, expression: Expression, domain: Domain, unit: float) -> bool:
        """Whether it is certain of a formula that is defined all over a domain."""
        ...


@runtime_checkable
class Snapping(Protocol):
    """A kind that names numbers, which fitted constants may have been meant to be."""

    def snapped(self, constant: float) -> float:
        """What a fitted constant may have been meant to be."""
        ...


def _sums(terms: list[Array], factors: list[float], low: float, high: float) -> Probe:
    """Equal sums at many points; ``terms`` are float64 (n_sums, n_variables)."""
    count = len(terms[0])
    return Probe(
        np.stack(terms, axis=1),
        np.tile(np.array(factors), (count, 1)),
        np.full(count, low),
        np.full(count, high),
    )


@dataclass(frozen=True)
class Bounds:
    """The value lies between two numbers, which it may take unless told otherwise."""

    low: float = -math.inf
    high: float = math.inf
    low_excluded: bool = False
    high_excluded: bool = False

    def _ends(self, unit: float) -> tuple[float, float]:
        slack = ROUNDING * unit
        low = self.low + (1e-3 * slack if self.low_excluded else -slack)
        return low, self.high - (1e-3 * slack if self.high_excluded else -slack)

    def probe(self, shares: Array, domain: Domain, unit: float) -> Probe:
        """Values all over."""
        return _sums([domain.points(shares)], [1.0], *self._ends(unit))

    def is_proven(self, expression: Expression, domain: Domain, unit: float) -> bool:
        """By enclosures."""
        return proving.is_between(expression, domain, *self._ends(unit))


@dataclass(frozen=True)
class Monotone:
    """The value rises with a variable (sign 1), or falls (-1); it may stay where it is."""

    name: str
    sign: float

    def probe(self, shares: Array, domain: Domain, unit: float) -> Probe:
        """Differences along the variable, near ones and far ones."""
        first = domain.points(shares)
        place = domain.place(self.name)
        second = first.copy()
        second[:, place] += shares[:, -1] ** 2 * (domain.high[place] - first[:, place])
        return _sums([second, first], [self.sign, -self.sign], -ROUNDING * unit, math.inf)

    def is_proven(self, expression: Expression, domain: Domain, unit: float) -> bool:
        """By an enclosure of the derivative."""
        return proving.slope_has_sign(expression, domain, self.name, self.sign)


@dataclass(frozen=True)
class Curved:
    """The value is convex in a variable (sign 1), or concave (-1)."""

    name: str
    sign: float

    def probe(self, shares: Array, domain: Domain, unit: float) -> Probe:
        """Second differences along the variable, near ones and far ones."""
        first = domain.points(shares)
        place = domain.place(self.name)
        middle, last = first.copy(), first.copy()
        last[:, place] += shares[:, -1] * (domain.high[place] - first[:, place])
        middle[:, place] = 0.5 * first[:, place] + 0.5 * last[:, place]
        factors = [self.sign, -2.0 * self.sign, self.sign]
        return _sums([first, middle, last], factors, -ROUNDING * unit, math.inf)

    def is_proven(self, expression: Expression, domain: Domain, unit: float) -> bool:
        """By an enclosure of the second derivative."""
        slope = smooth_slope(expression, self.name)
        if slope is None or not proving.is_defined(slope, domain):
            return False
        return proving.slope_has_sign(slope, domain, self.name, self.sign)


@dataclass(frozen=True)
class Mirrored:
    """The value is the same where a variable has the other sign (sign 1), or the opposite (-1)."""

    name: str
    sign: float

    def probe(self, shares: Array, domain: Domain, unit: float) -> Probe:
        """Values less (or plus) those at mirrored points."""
        first = domain.points(shares)
        place = domain.place(self.name)
        second = first.copy()
        second[:, place] = -second[:, place]
        return _sums([first, second], [1.0, -self.sign], -EQUAL * unit, EQUAL * unit)

    def is_proven(self, expression: Expression, domain: Domain, unit: float) -> bool:
        """By equality of formulas."""
        minus = Expression((Variable(self.name), operator("neg")))
        other = proving.replaced(expression, {self.name: minus})
        turned = expression if self.sign > 0 else Expression((*expression.nodes, operator("neg")))
        return proving.are_equal(other, turned)


@dataclass(frozen=True)
class Symmetric:
    """The value is the same where two of the variables are exchanged."""

    names: tuple[str, ...]

    def probe(self, shares: Array, domain: Domain, unit: float) -> Probe:
        """Values less those where two neighbours among the variables are exchanged."""
        first = domain.points(shares)
        second, rows = first.copy(), np.arange(len(first))
        places = np.array([domain.place(name) for name in self.names])
        pair = np.minimum((shares[:, -1] * (len(places) - 1)).astype(int), len(places) - 2)
        left, right = places[pair], places[pair + 1]
        second[rows, left], second[rows, right] = first[rows, right], first[rows, left]
        return _sums([first, second], [1.0, -1.0], -EQUAL * unit, EQUAL * unit)

    def is_proven(self, expression: Expression, domain: Domain, unit: float) -> bool:
        """By equality of formulas."""
        for first, second in zip(self.names, self.names[1:], strict=False):
            swap = {first: Expression((Variable(second),)), second: Expression((Variable(first),))}
            if not proving.are_equal(proving.replaced(expression, swap), expression):
                return False
        return True


@dataclass(frozen=True)
class Periodic:
    """The value repeats along a variable after a period."""

    name: str
    period: float

    def probe(self, shares: Array, domain: Domain, unit: float) -> Probe:
        """Values less those a period further."""
        first = domain.points(shares)
        second = first.copy()
        second[:, domain.place(self.name)] += self.period
        return _sums([first, second], [1.0, -1.0], -EQUAL * unit, EQUAL * unit)

    def is_proven(self, expression: Expression, domain: Domain, unit: float) -> bool:
        """Where the variable stands inside waves only."""
        return proving.repeats(expression, self.name, self.period)

    def snapped(self, constant: float) -> float:
        """The nearest frequency of whole turns."""
        base = 2.0 * math.pi / self.period
        turns = round(constant / base)
        near = turns != 0 and abs(constant / base - turns) < 0.1 * abs(turns)
        return turns * base if near else constant


@dataclass(frozen=True)
class Value:
    """The value where some variables have given values: a number, or a formula of the others."""

    value: Expression
    at: tuple[tuple[str, float], ...]

    def probe(self, shares: Array, domain: Domain, unit: float) -> Probe:
        """Values there."""
        points = domain.points(shares)
        for name, number in self.at:
            points[:, domain.place(name)] = number
        wanted = values_at(self.value, points, domain)
        slack = EQUAL * unit
        return Probe(points[:, None, :], np.ones((len(points), 1)), wanted - slack, wanted + slack)

    def is_proven(self, expression: Expression, domain: Domain, unit: float) -> bool:
        """By an enclosure of the formula with the numbers put in."""
        places = {name: Expression((Constant(number),)) for name, number in self.at}
        there = proving.replaced(expression, places)
        apart = Expression((*there.nodes, *self.value.nodes, operator("-")))
        return proving.is_between(apart, domain, -EQUAL * unit, EQUAL * unit)

    def snapped(self, constant: float) -> float:
        """The value, or its negative, where the constant is near to that."""
        return nearest_of(constant, self.value.constants)


def values_at(formula: Expression, points: Array, domain: Domain) -> Array:
    """Values of a formula at points of a domain, float64 (n_points,)."""
    return values(formula, dict(zip(domain.names, points.T, strict=True)))


def nearest_of(constant: float, numbers: tuple[float, ...]) -> float:
    """Of numbers and their negatives one within a tenth of a constant; the constant where there is none."""
    near = [s * n for n in numbers for s in (1.0, -1.0) if abs(constant - s * n) <= 0.1 * abs(n)]
    return min(near, key=lambda n: abs(constant - n), default=constant)
