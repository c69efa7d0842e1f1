"""What the user says about a formula's values, as a whole: what a formula breaks, and how certain that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from symlaw.knowledge.statements.contradictions import check_agreement
from symlaw.knowledge.statements.domain import Domain, domain_of, spread_shares
from symlaw.knowledge.statements.kinds import MOST_TERMS, Probe
from symlaw.knowledge.statements.limits import Limit
from symlaw.knowledge.statements.proving import is_defined
from symlaw.knowledge.statements.reading import Statement, statements_of
from symlaw.language.values import values

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symlaw.language.expression import Expression

    Array = NDArray[np.float64]

# How certain a statement is of a formula.
PROVEN, TESTED, VIOLATED = "proven", "tested", "violated"
# Sums of each statement that a search is steered by; those that a test begins with; the worst of them from
# which it looks for worse ones, and how often, from a first distance on; more often where it came this near.
_STEERING, _TESTS, _WORST, _ROUNDS, _FIRST_STEP = 24, 400, 6, 3, 0.1
_MOST_ROUNDS, _NEAR = 8, 1e-2
# Distances of one round, as parts of its own, and the next round's: few large rounds cost less than many.
_STEPS, _NEXT_STEP = np.array([1.0, 0.5, 0.25]), 0.125
# In prices, a value is not further off than this many standard deviations of the target.
MOST_OFF = 3.0


class Conditions(NamedTuple):
    """Sums of a formula's values that have to lie between two numbers, those of all statements.

    Attributes
    ----------
    points
        float64 (n_points, n_variables).
    places, factors
        Which points' values a sum is made of, and times what, (n_sums, MOST_TERMS); factors are 0 where there
        are fewer.
    low, high
        Ends, in the target's unit, float64 (n_sums,).
    owner
        The statement's number, int64 (n_sums,).
    price
        Price of a squared standard deviation of the target by which a sum is off, float64 (n_sums,).
    """

    points: Array
    places: NDArray[np.int64]
    factors: Array
    low: Array
    high: Array
    owner: NDArray[np.int64]
    price: Array


@dataclass(frozen=True)
class Verdict:
    """What is known of a statement and a formula.

    Parameters
    ----------
    text
        The statement.
    status
        ``"proven"``, ``"tested"`` (no counterexample was found) or ``"violated"``.
    point
        A counterexample, by variable; empty where there is none.
    """

    text: str
    status: str
    point: Mapping[str, float]

    def words(self) -> str:
        """In words.

        Examples
        --------
        >>> Verdict("y > 0", VIOLATED, {"a": 0.25}).words()
        "'y > 0' violated at a = 0.25"
        """
        place = ", ".join(f"{name} = {value:.6g}" for name, value in self.point.items())
        return f"{self.text!r} {self.status}" + (f" at {place}" if place else "")

    def to_record(self) -> dict[str, Any]:
        """Plain values, ready for JSON."""
        return {"that": self.text, "status": self.status, "point": dict(self.point)}

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Verdict:
        """Read what `to_record` gave."""
        point = {str(name): float(value) for name, value in record["point"].items()}
        return cls(str(record["that"]), str(record["status"]), point)


class Worst(NamedTuple):
    """The worst place of a formula under a statement: what it is off by there, at most 0 where it holds."""

    excess: float
    point: dict[str, float]
    shares: Array


@dataclass(frozen=True, eq=False)
class Shape:
    """All statements over a domain.

    Parameters
    ----------
    statements
        What the user says.
    domain
        Where it holds.
    unit
        Standard deviation of the target.
    """

    statements: tuple[Statement, ...]
    domain: Domain
    unit: float

    @cached_property
    def conditions(self) -> Conditions:
        """Sums that a search is steered by."""
        shares = spread_shares(_STEERING, len(self.domain.names) + 1)
        probes = [statement.kind.probe(shares, self.domain, self.unit) for statement in self.statements]
        points: list[Array] = []
        places: list[NDArray[np.int64]] = []
        factors: list[Array] = []
        count = 0
        for probe in probes:
            n_sums, n_terms = probe.factors.shape
            points.append(probe.points.reshape(-1, len(self.domain.names)))
            own = count + np.arange(n_sums * n_terms).reshape(n_sums, n_terms)
            spare = MOST_TERMS - n_terms
            places.append(np.concatenate([own, np.repeat(own[:, :1], spare, axis=1)], axis=1))
            factors.append(np.concatenate([probe.factors, np.zeros((n_sums, spare))], axis=1))
            count += n_sums * n_terms
        weights = [1.0 if s.weight is None else s.weight for s in self.statements]
        return Conditions(
            np.concatenate(points),
            np.concatenate(places).astype(np.int64),
            np.concatenate(factors),
            np.concatenate([probe.low for probe in probes]),
            np.concatenate([probe.high for probe in probes]),
            np.repeat(np.arange(len(probes)), [len(probe.low) for probe in probes]),
            np.concatenate(
                [np.full(len(p.low), w / len(p.low)) for p, w in zip(probes, weights, strict=True)]
            ),
        )

    def off(self, expression: Expression) -> Array:
        """By how much each of the conditions' sums is off, float64 (n_sums,); 0 where it is not."""
        asked = self.conditions
        there = values(expression, dict(zip(self.domain.names, asked.points.T, strict=True)))
        with np.errstate(all="ignore"):
            sums = np.sum(there[asked.places] * asked.factors, axis=1)
            found = np.maximum(np.maximum(asked.low - sums, sums - asked.high), 0.0)
        return np.where(np.isfinite(sums), found, np.inf)

    def broken(self, expression: Expression) -> tuple[int, ...]:
        """Numbers of the hard statements that a formula breaks at the conditions' points."""
        off = self.off(expression) > 0
        found = np.unique(self.conditions.owner[off]).tolist()
        return tuple(number for number in found if self.statements[number].is_hard)

    def price(self, expression: Expression) -> float:
        """What breaking soft statements costs, as a fraction of the target's variance."""
        return self._charge(expression, hard=False) if not all(s.is_hard for s in self.statements) else 0.0

    def distance(self, expression: Expression) -> float:
        """How far a formula is from holding the hard statements, as a fraction of the target's variance."""
        return self._charge(expression, hard=True)

    def _charge(self, expression: Expression, *, hard: bool) -> float:
        """Mean squares by which the sums of statements are off, priced and summed."""
        asked = self.conditions
        counted = np.array([statement.is_hard == hard for statement in self.statements])[asked.owner]
        off = np.minimum(self.off(expression) / self.unit, MOST_OFF) ** 2
        return float(np.sum((asked.price * off)[counted]))

    def worst(self, expression: Expression, number: int) -> Worst:
        """The worst place of a formula under a statement, of well spread ones and those near the worst."""
        dimensions = len(self.domain.names) + 1
        shares = spread_shares(_TESTS, dimensions, corners=True)
        excess, points = self._excess(expression, number, shares)
        steps = np.repeat(_STEPS, 2 * dimensions + 2)[:, None]
        rng, step = np.random.Generator(np.random.Philox(key=dimensions)), _FIRST_STEP
        for number_of_round in range(_MOST_ROUNDS):
            best = np.argsort(-excess, kind="stable")[:_WORST]
            far = number_of_round >= _ROUNDS and excess[best[0]] < -_NEAR * self.unit
            if excess[best[0]] > 0 or far:
                break
            moves = step * steps * rng.uniform(-1.0, 1.0, (len(best), len(steps), dimensions))
            near = np.clip(shares[best][:, None, :] + moves, 0.0, 1.0).reshape(-1, dimensions)
            more, there = self._excess(expression, number, near)
            shares, points = np.concatenate([shares[best], near]), np.concatenate([points[best], there])
            excess, step = np.concatenate([excess[best], more]), _NEXT_STEP * step
        k = int(np.argmax(excess))
        point = dict(zip(self.domain.names, points[k].tolist(), strict=True))
        return Worst(float(excess[k]), point, shares[k])

    def _excess(self, expression: Expression, number: int, shares: Array) -> tuple[Array, Array]:
        """By how much sums are off, below 0 where they are within; and the first point of each."""
        kind = self.statements[number].kind
        if isinstance(kind, Limit):
            return kind.excess(expression, shares, self.domain, self.unit)
        probe = kind.probe(shares, self.domain, self.unit)
        return excess_of(probe, expression, self.domain), probe.points[:, 0, :]

    def holds(self, expression: Expression) -> bool:
        """Whether no counterexample to a hard statement is found for a formula."""
        return self.counterexample(expression) is None

    def counterexample(self, expression: Expression) -> tuple[int, Worst] | None:
        """The first hard statement that a formula breaks, and where; None where none is found."""
        broken = self.broken(expression)
        if broken:
            return broken[0], self.worst(expression, broken[0])
        for number, statement in enumerate(self.statements):
            if statement.is_hard:
                worst = self.worst(expression, number)
                if worst.excess > 0:
                    return number, worst
        return None

    def verdicts(self, expression: Expression) -> tuple[Verdict, ...]:
        """What is known of every statement and a formula."""
        found, defined = [], is_defined(expression, self.domain)
        for number, statement in enumerate(self.statements):
            worst = self.worst(expression, number)
            if worst.excess > 0:
                found.append(Verdict(statement.text, VIOLATED, worst.point))
                continue
            proven = defined and statement.kind.is_proven(expression, self.domain, self.unit)
            found.append(Verdict(statement.text, PROVEN if proven else TESTED, {}))
        return tuple(found)


def excess_of(probe: Probe, expression: Expression, domain: Domain) -> Array:
    """By how much each sum of a probe is off, below 0 where it is within, inf where it is undefined."""
    count, n_terms = probe.factors.shape
    flat = probe.points.reshape(-1, len(domain.names))
    there = values(expression, dict(zip(domain.names, flat.T, strict=True))).reshape(count, n_terms)
    with np.errstate(all="ignore"):
        sums = np.sum(there * probe.factors, axis=1)
        found = np.maximum(probe.low - sums, sums - probe.high)
    return np.where(np.isfinite(sums), found, np.inf)


def shape_of(
    given: Sequence[Any] | None,
    ends: Mapping[str, Any] | None,
    names: Sequence[str],
    target: str,
    X: Array,
    unit: float,
) -> Shape | None:
    """What settings say about values, over the data (n_samples, n_features); None where they say nothing.

    Raises
    ------
    InvalidSetting
        When a sentence or a range cannot be read, or two sentences contradict each other.
    """
    statements = statements_of(given, names, target)
    domain = domain_of(ends, names, X)
    if not statements:
        return None
    check_agreement(statements, domain)
    return Shape(statements, domain, unit)
