"""Terms that a fitted system may lack: what each would gain, before any is fitted."""

from __future__ import annotations

from dataclasses import replace
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
# Nats that a term more may cost as far as one can tell.
_HARDLY = -2.0
# Terms of a sum that stands for a right side at most; from what share of it on they leave out, they are not
# the same, and up to what share they are near.
_MOST_TERMS, _SAME, _NEAR = 15, 1e-10, 0.2


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
    parts = parts_of(equations[number])
    every = total([*parts, *(scaled(weight, term) for weight, term in sized)])
    system = replace(fit.system, equations=_with(equations, number, every))
    now = shooting.normals_of(system, fit.starts)
    if now is None:
        return
    # the terms' coefficients are the last ones of their equation
    first = len(free_constants(equations[:number], known[:number]))
    last = len(free_constants(system.equations[: number + 1], known[: number + 1]))
    at = system.constants
    totals, terms = totals_of(now, len(at)), np.arange(last - len(sized), last)
    rest = np.setdiff1d(np.arange(len(at)), terms)
    n, factor = float(np.sum(fit.counts)), max(fit.factor, 1e-300)
    for gone, left in _lacking(parts, first):
        free = np.setdiff1d(rest, gone)
        for place, (_, term) in zip(terms.tolist(), sized, strict=True):
            own = np.sort(np.append(free, place))
            change = best_change(totals, own, gone, -at[gone])
            whole = total([*left, term])
            nodes = whole.complexity() - equations[number].complexity()
            functions = functions_in(whole) - functions_in(equations[number])
            size = NODE_NATS * nodes + FUNCTION_NATS * functions + 0.5 * float(np.log(n)) * (1 - len(gone))
            nats = gain_of(totals, change) / (2.0 * factor) - size
            if np.isfinite(nats) and nats > _HARDLY:
                more = total([*left, scaled(1.0 + _LITTLE, term)])
                new = replace(fit.system, equations=_with(equations, number, more))
                found = new.with_constants((at + change)[own])
                yield More(nats, found, fit.starts + starts_after(now, change))


def _with(equations: Sequence[Expression], number: int, one: Expression) -> tuple[Expression, ...]:
    return (*equations[:number], one, *equations[number + 1 :])


def _lacking(parts: Sequence[Expression], first: int) -> Iterator[tuple[NDArray[np.intp], list[Expression]]]:
    """Places of the constants of no part and of each one, from a place on, and the parts that are left."""
    yield np.zeros(0, dtype=np.intp), list(parts)
    for k, part in enumerate(parts):
        count = len(free_places(part))
        if count and len(parts) > 1:
            yield np.arange(first, first + count), [*parts[:k], *parts[k + 1 :]]
        first += count


def nearest_sum(
    equation: Expression, terms: Sequence[Expression], columns: Mapping[str, Array]
) -> Expression | None:
    """The sum of all terms that is nearest to a right side along the trajectories.

    None where they are too many or not near at all, and where the right side is such a sum itself.
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
    if not _SAME < left < _NEAR:
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
