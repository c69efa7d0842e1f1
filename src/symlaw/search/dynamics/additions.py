"""Terms that a fitted system may lack: what each would gain, before any is fitted."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.engine import reference
from symlaw.engine.flows.rates import free_places
from symlaw.search.dynamics.judging import FUNCTION_NATS, NODE_NATS, functions_in
from symlaw.search.dynamics.sums import free_constants, parts_of, scaled, total

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from symlaw.language.expression import Expression
    from symlaw.search.dynamics.normals import Linear
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
    """A system in the place of another one.

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


def with_more(
    fit: Fit, shooting: Shooting, more: Sequence[Sequence[Expression]], columns: Mapping[str, Array]
) -> list[More]:
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
    columns
        Values along the trajectories, by name.
    """
    found: list[More] = []
    for number, terms in enumerate(more if not fit.system.by_group else ()):
        sized = list(_sized(fit.system.equations[number], terms, columns))
        if sized:
            found += _of_state(fit, shooting, number, sized)
    return sorted(found, key=lambda one: -one.nats)


def _of_state(
    fit: Fit, shooting: Shooting, number: int, sized: Sequence[tuple[float, Expression]]
) -> Iterator[More]:
    """A term more in one state's right side, beside all or in the place of a part."""
    equations, known = fit.system.equations, fit.system.known
    every = total([*parts_of(equations[number]), *(scaled(weight, term) for weight, term in sized)])
    system = _system(fit, _with(equations, number, every))
    linear = shooting.linear(system, fit.starts)
    if linear is None:
        return
    # the terms' coefficients are the last ones of their equation
    last = len(free_constants(system.equations[: number + 1], known[: number + 1]))
    terms = np.arange(last - len(sized), last)
    rest = np.setdiff1d(np.arange(len(linear.constants)), terms)
    for own, left in _lacking(equations, known):
        # places in the system without the terms
        gone = rest[own]
        free = np.setdiff1d(rest, gone)
        for place, (_, term) in zip(terms.tolist(), sized, strict=True):
            one = total([*parts_of(left[number]), scaled(1.0 + _LITTLE, term)])
            changed = _system(fit, _with(left, number, one))
            found = _changed(fit, linear, changed, np.sort(np.append(free, place)), gone)
            if found.nats > _HARDLY:
                yield found


def with_fewer(fit: Fit, shooting: Shooting, number: int) -> list[More]:
    """Systems in which a right side keeps one to four of its terms, the best first.

    All sets of terms are compared by the normal equations of the whole.
    """
    equations, known = fit.system.equations, fit.system.known
    parts = parts_of(equations[number])
    linear = shooting.linear(fit.system, fit.starts)
    if linear is None or len(free_constants([equations[number]])) != len(parts):
        return []
    first = len(free_constants(equations[:number], known[:number]))
    own, every = np.arange(first, first + len(parts)), np.arange(len(linear.constants))
    found = []
    for count in range(1, min(_KEPT, len(parts)) + 1):
        for kept in combinations(range(len(parts)), count):
            gone = np.delete(own, kept)
            left = _system(fit, _with(equations, number, total([parts[k] for k in kept])))
            found.append(_changed(fit, linear, left, np.setdiff1d(every, gone), gone))
    return sorted((one for one in found if np.isfinite(one.nats)), key=lambda one: -one.nats)


def without(fit: Fit, linear: Linear | None, gone: NDArray[np.intp]) -> tuple[Array, Array]:
    """Other constants, and first states, that are best to first order where some constants become 0.

    All stay as they are where it is not known what changes do, or constants differ between groups of runs.
    """
    constants = fit.system.constants
    rest = np.setdiff1d(np.arange(len(constants)), gone)
    if linear is None:
        return constants[rest], fit.starts
    change = linear.change(rest, gone)
    starts = linear.starts_after(change)
    if not (np.all(np.isfinite(change)) and np.all(np.isfinite(starts))):
        return constants[rest], fit.starts
    return (constants + change)[rest], starts


def _changed(
    fit: Fit, linear: Linear, system: System, free: NDArray[np.intp], gone: NDArray[np.intp]
) -> More:
    """A system whose constants are the free ones of a linear one, in the place of a fit."""
    change, old = linear.change(free, gone), fit.system
    functions = sum(map(functions_in, system.equations)) - sum(map(functions_in, old.equations))
    constants = 0.5 * float(np.log(np.sum(fit.counts))) * (len(free) - len(fit.curvature))
    size = NODE_NATS * (system.complexity - old.complexity) + FUNCTION_NATS * functions + constants
    nats = linear.gain(change) / (2.0 * max(fit.factor, 1e-300)) - size
    found = system.with_constants((linear.constants + change)[free])
    return More(float(nats), found, linear.starts_after(change))


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
    with np.errstate(all="ignore"):
        target = _values(equation, columns)
        values = np.column_stack([_values(one, columns) for one in terms])
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
    with np.errstate(all="ignore"):
        whole = float(np.linalg.norm(_values(equation, columns)))
        own = [_values(part, columns) for part in parts_of(equation)]
        for term in terms:
            values = _values(term, columns)
            size = float(np.linalg.norm(values))
            alike = [abs(float(values @ one)) / max(size * float(np.linalg.norm(one)), 1e-300) for one in own]
            weight = _LITTLE * whole / max(size, 1e-300)
            if 0.0 < weight < np.inf and not any(one > _ALIKE for one in alike):
                yield weight, term


def _values(formula: Expression, columns: Mapping[str, Array]) -> Array:
    """Values along the trajectories, those of a constant too."""
    return reference.values(formula, dict(columns)) * np.ones(len(next(iter(columns.values()))))
