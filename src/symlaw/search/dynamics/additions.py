"""Terms that a fitted system may lack: what each would gain, before any is fitted."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.engine import reference
from symlaw.engine.flows.rates import free_places
from symlaw.search.dynamics.judging import FUNCTION_NATS, NODE_NATS, functions_in
from symlaw.search.dynamics.normals import best_change, gain_of, starts_after, totals_of
from symlaw.search.dynamics.sums import free_constants, parts_of, scaled, total

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from symlaw.language.expression import Expression
    from symlaw.search.dynamics.judging import Judge
    from symlaw.search.dynamics.shooting import Fit, Shooting, System

    Array = NDArray[np.float64]

# What a term is of its right side at first, and how much of it others may explain before it is left out.
_LITTLE, _ALIKE = 1e-6, 1.0 - 1e-9
# Parts of right sides at most, in whose places others are thought of.
_MOST_PARTS = 20
# Nats that a term more may cost as far as one can tell.
_HARDLY = -2.0
# Terms of a right side that are kept at most.
_KEPT = 4
# Terms of a sum that stands for a right side at most, and where the right side is such a sum itself; from
# what share of it on they leave out, it is not, and up to what share they are near.
_MOST_TERMS, _FEW_TERMS, _SAME, _NEAR = 15, 10, 1e-10, 0.2


class More(NamedTuple):
    """A system with a term more, in the place of another one or beside all.

    Attributes
    ----------
    nats
        By how much its description is shorter, about.
    system
        With constants that are about right.
    starts
        First states of each stretch, as they are then, (n_stretches, n_states).
    """

    nats: float
    system: System
    starts: Array


def with_more(fit: Fit, shooting: Shooting, more: Sequence[Sequence[Expression]], judge: Judge) -> list[More]:
    """Systems with a term more, the best first.

    All terms of a state are put in with coefficients of next to nothing. What each would take off is read off
    the normal equations, in which all other constants and first states follow (score test, Rao 1948); so is
    what another term in the place of a present one would.

    Parameters
    ----------
    fit
        A system; those whose constants differ between groups of runs have no more terms.
    shooting
        What it was fitted with.
    more
        Terms that each state's right side may have.
    judge
        What descriptions are measured with.
    """
    found: list[More] = []
    for number, terms in enumerate(more if not fit.system.by_group else ()):
        sized = list(_sized(fit.system.equations[number], terms, judge.columns))
        if sized:
            found += _of_state(fit, shooting, number, sized)
    return sorted(found, key=lambda one: -one.nats)


def _of_state(
    fit: Fit, shooting: Shooting, number: int, sized: Sequence[tuple[float, Expression]]
) -> Iterator[More]:
    """A term more in one state's right side."""
    equations, known = fit.system.equations, fit.system.known
    every = total([*parts_of(equations[number]), *(scaled(weight, term) for weight, term in sized)])
    system = _system(fit, _with(equations, number, every))
    now = shooting.normals_of(system, fit.starts)
    if now is None:
        return
    # the terms' coefficients are the last ones of their equation
    last = len(free_constants(system.equations[: number + 1], known[: number + 1]))
    at = system.constants
    totals, terms = totals_of(now, len(at)), np.arange(last - len(sized), last)
    rest = np.setdiff1d(np.arange(len(at)), terms)
    n, factor = float(np.sum(fit.counts)), max(fit.factor, 1e-300)
    for own, left in _lacking(equations, known):
        # places in the system without the terms
        gone = rest[own]
        free = np.setdiff1d(rest, gone)
        for place, (_, term) in zip(terms.tolist(), sized, strict=True):
            fitted = np.sort(np.append(free, place))
            change = best_change(totals, fitted, gone, -at[gone])
            new = _with(left, number, total([*parts_of(left[number]), scaled(1.0 + _LITTLE, term)]))
            more = _system(fit, new)
            nodes = more.complexity - fit.system.complexity
            functions = sum(map(functions_in, new)) - sum(map(functions_in, equations))
            size = NODE_NATS * nodes + FUNCTION_NATS * functions + 0.5 * float(np.log(n)) * (1 - len(gone))
            nats = gain_of(totals, change) / (2.0 * factor) - size
            if np.isfinite(nats) and nats > _HARDLY:
                found = more.with_constants((at + change)[fitted])
                yield More(nats, found, fit.starts + starts_after(now, change))


def with_fewer(fit: Fit, shooting: Shooting, number: int, judge: Judge) -> list[More]:
    """Systems in which a right side keeps one to four of its terms, the best first.

    All sets of terms are compared by the normal equations of the whole.
    """
    equations, known = fit.system.equations, fit.system.known
    parts, at = parts_of(equations[number]), fit.system.constants
    first = len(free_constants(equations[:number], known[:number]))
    own = np.arange(first, first + len(parts))
    now = shooting.normals_of(fit.system, fit.starts)
    if now is None or len(free_constants([equations[number]])) != len(parts):
        return []
    totals, found = totals_of(now, len(at)), list[More]()
    n, factor = float(np.sum(fit.counts)), max(fit.factor, 1e-300)
    for count in range(1, min(_KEPT, len(parts)) + 1):
        for kept in combinations(range(len(parts)), count):
            gone = np.delete(own, kept)
            rest = np.setdiff1d(np.arange(len(at)), gone)
            change = best_change(totals, rest, gone, -at[gone])
            left = _system(fit, _with(equations, number, total([parts[k] for k in kept])))
            size = NODE_NATS * (left.complexity - fit.system.complexity) - 0.5 * float(np.log(n)) * len(gone)
            nats = gain_of(totals, change) / (2.0 * factor) - size
            if np.isfinite(nats):
                starts = fit.starts + starts_after(now, change)
                found.append(More(nats, left.with_constants((at + change)[rest]), starts))
    return sorted(found, key=lambda one: -one.nats)


def _system(fit: Fit, equations: Sequence[Expression]) -> System:
    """The system with other right sides, and their images."""
    mirror = fit.system.mirror
    return replace(fit.system, equations=mirror.completed(equations) if mirror else tuple(equations))


def _with(equations: Sequence[Expression], number: int, one: Expression) -> tuple[Expression, ...]:
    return (*equations[:number], one, *equations[number + 1 :])


def _lacking(
    equations: Sequence[Expression], known: Sequence[bool]
) -> Iterator[tuple[NDArray[np.intp], tuple[Expression, ...]]]:
    """Places of the constants of no part and of each one, and the right sides without it."""
    yield np.zeros(0, dtype=np.intp), tuple(equations)
    first, found = 0, []
    for number, one in enumerate(equations):
        if known and known[number]:
            continue
        parts = parts_of(one)
        for k, part in enumerate(parts):
            own = np.arange(first, first + len(free_places(part)))
            if len(own) and len(parts) > 1:
                found.append((own, _with(equations, number, total([*parts[:k], *parts[k + 1 :]]))))
            first += len(own)
    yield from found if len(found) <= _MOST_PARTS else ()


def nearest_sum(
    equation: Expression, terms: Sequence[Expression], columns: Mapping[str, Array]
) -> Expression | None:
    """The sum of all terms that is nearest to a right side along the trajectories.

    None where they are too many or not near at all. A right side that is such a sum itself gets the terms
    that it lacks, of few.
    """
    if not 1 < len(terms) <= _MOST_TERMS:
        return None
    n_points = len(next(iter(columns.values())))
    with np.errstate(all="ignore"):
        target = reference.values(equation, dict(columns)) * np.ones(n_points)
        values = np.column_stack([reference.values(one, dict(columns)) * np.ones(n_points) for one in terms])
        sizes = np.sqrt(np.mean(values**2, axis=0))
    if not (np.all(np.isfinite(target)) and np.all(np.isfinite(values)) and np.all(sizes > 0.0)):
        return None
    weights = np.linalg.lstsq(values / sizes, target, rcond=1e-9)[0]
    left = float(np.mean((target - values / sizes @ weights) ** 2) / max(np.mean(target**2), 1e-300))
    if left > _NEAR or (left < _SAME and len(terms) > _FEW_TERMS):
        return None
    least = _LITTLE * float(np.max(np.abs(weights)))
    return total([scaled(float(w if abs(w) > least else least) / size, term)
                  for w, size, term in zip(weights, sizes, terms, strict=True)])  # fmt: skip


def _sized(
    equation: Expression, terms: Sequence[Expression], columns: Mapping[str, Array]
) -> Iterator[tuple[float, Expression]]:
    """Terms that a right side does not have, each with a coefficient that makes it little of the whole."""
    if not terms:
        return
    n_points = len(next(iter(columns.values())))
    with np.errstate(all="ignore"):
        whole = float(np.sqrt(np.mean(reference.values(equation, dict(columns)) ** 2)))
        own = [reference.values(part, dict(columns)) * np.ones(n_points) for part in parts_of(equation)]
        for term in terms:
            values = reference.values(term, dict(columns)) * np.ones(n_points)
            size = float(np.linalg.norm(values))
            alike = [abs(float(values @ one)) / max(size * float(np.linalg.norm(one)), 1e-300) for one in own]
            weight = _LITTLE * whole * np.sqrt(n_points) / max(size, 1e-300)
            if 0.0 < weight < np.inf and not any(one > _ALIKE for one in alike):
                yield float(weight), term
