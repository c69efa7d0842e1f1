"""Systems in units of their own: scales of states and time that make as many constants 1 as can be.

A change of all scales that constants follow leaves the form of the equations as it is. Such changes are found
on the right sides themselves: slopes by the logarithms of columns and constants make up for the change of the
rate, at drawn states and for drawn constants (Buckingham 1914, without asking for units).
"""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, islice
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.engine.differentiate import value_and_gradient
from symlaw.engine.flows.rates import free_places
from symlaw.language.expression import Constant, Expression, Variable, joined, reduced
from symlaw.language.operators import operator
from symlaw.trust.dynamics.solutions import states_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from symlaw.language.expression import Nodes
    from symlaw.language.operators.row import Operator
    from symlaw.search.dynamics.shooting import System

    Array = NDArray[np.float64]

# Drawn states, and sets of constants that are drawn about the fitted ones, on a logarithmic scale.
_POINTS, _DRAWS, _SPREAD = 60, 6, 0.5
# Share of the largest singular value that counts as nothing, and the largest denominator of an exponent.
_NOTHING, _LARGEST = 1e-7, 12
_MOST_CHOICES = 5000


class Pure(NamedTuple):
    """A pure number of a system.

    Attributes
    ----------
    value, error
        Itself, and its standard error.
    powers
        The constants that it is a product of, by their value, with exponents.
    """

    value: float
    error: float
    powers: tuple[tuple[float, Fraction], ...]


class Dimensionless(NamedTuple):
    """A system in units of its own.

    Attributes
    ----------
    equations
        Right sides in which constants that scales take up are 1 or -1.
    scales
        What one unit of each state, of each input and of the time is worth, by name.
    numbers
        The constants that are left.
    errors
        Standard errors of the constants of each right side, left to right; nan of none.
    """

    equations: tuple[Expression, ...]
    scales: dict[str, float]
    numbers: tuple[Pure, ...]
    errors: tuple[tuple[float, ...], ...]


def dimensionless(system: System, low: Array, high: Array, covariance: Array) -> Dimensionless:
    """A system with scales that make as many of its constants 1 as can be, the others near 1.

    Parameters
    ----------
    system
        The system.
    low, high
        Ends of the visited region, (n_states,).
    covariance
        Of its fitted constants.
    """
    whole = system.right_sides
    at = [(k, place) for k, one in enumerate(whole) for place in free_places(one)]
    values = np.array([whole[k].nodes[place].value for k, place in at], dtype=np.float64)  # type: ignore[union-attr]
    count = len(system.columns)
    changes = _exponents(_generators(system, at, values, low, high), values)
    of_columns, of_constants = changes[:, :count], changes[:, count:]
    chosen = _chosen(of_constants, values)
    taken = of_constants[:, chosen]
    # steps along the changes of scale that make the chosen constants 1
    by_logarithm = np.linalg.pinv(taken.T) if len(chosen) else np.zeros((len(changes), 0))
    steps = -by_logarithm @ np.log(np.abs(values[chosen]))
    scales = np.exp(-steps @ of_columns)
    left = np.eye(len(values)) - _into(by_logarithm.T @ of_constants, chosen, len(values))
    new = np.sign(values) * np.exp(left.T @ np.log(np.abs(values)))
    new[chosen] = np.sign(values[chosen])
    shares = left.T @ (_spread_by(system, at, covariance) / values[:, None])
    errors = np.abs(new) * np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", shares, covariance, shares), 0.0))
    others = [k for k in range(len(values)) if k not in set(chosen)]
    numbers = tuple(Pure(float(new[k]), float(errors[k]), _powers(values, left[:, k])) for k in others)
    scaled = _with_values(whole, at, new)
    names = dict(zip(system.columns, scales.tolist(), strict=True))
    if system.is_map:
        names.pop(system.columns[-1])
    of_place = dict(zip(at, errors.tolist(), strict=True))
    shown = tuple(tuple(of_place[k, p] for p in free_places(one)) for k, one in enumerate(scaled))
    return Dimensionless(tuple(map(_without_ones, scaled)), names, numbers, shown)


def _generators(
    system: System, at: Sequence[tuple[int, int]], values: Array, low: Array, high: Array
) -> Array:
    """Changes of scale, as logarithms of columns and constants, that keep the form, (n_changes, n)."""
    columns, count = system.columns, len(system.equations)
    names = [f"constant {k}" for k in range(len(at))]
    width = len(columns) + len(at)
    generator = np.random.Generator(np.random.Philox(key=width))
    box = (
        np.concatenate([low, np.full(len(columns) - count, 0.5)]),
        np.concatenate([high, np.full(len(columns) - count, 2.0)]),
    )
    rows = []
    for _ in range(_DRAWS):
        points = states_in(*box, _POINTS)
        drawn = values * np.exp(_SPREAD * generator.standard_normal((_POINTS, len(values))))
        table = np.hstack([points, drawn])
        for k, one in enumerate(system.right_sides):
            nodes = list(one.nodes)
            for name, (equation, place) in zip(names, at, strict=True):
                if equation == k:
                    nodes[place] = Variable(name)
            rate, slopes = value_and_gradient(Expression(tuple(nodes)), table, [*columns, *names])
            change = slopes * table
            # what the rate changes by: the state's own scale over that of the time
            change[:, k] -= rate
            if not system.is_map:
                change[:, len(columns) - 1] += rate
            size = np.sqrt(np.sum(change**2, axis=1))
            usable = np.all(np.isfinite(change), axis=1) & (size > 0.0)
            rows.append(change[usable] / size[usable, None])
    if system.is_map:
        # steps are counted, and have no scale
        rows.append(np.eye(width)[len(columns) - 1 : len(columns)])
    _, sizes, vectors = np.linalg.svd(np.vstack(rows), full_matrices=True)
    rank = int(np.sum(sizes > _NOTHING * sizes[0]))
    return np.asarray(vectors[rank:])


def _exponents(changes: Array, values: Array) -> Array:
    """The same changes, reduced so that exponents are plain fractions."""
    found = changes.copy()
    rank = 0
    # constants first, so that scales are said by them
    for column in [
        *range(found.shape[1] - len(values), found.shape[1]),
        *range(found.shape[1] - len(values)),
    ]:
        if rank == len(found):
            break
        best = rank + int(np.argmax(np.abs(found[rank:, column])))
        if abs(found[best, column]) < 1e-6:
            continue
        found[[rank, best]] = found[[best, rank]]
        found[rank] /= found[rank, column]
        others = np.arange(len(found)) != rank
        found[others] -= np.outer(found[others, column], found[rank])
        rank += 1
    plain = np.vectorize(lambda x: float(Fraction(float(x)).limit_denominator(_LARGEST)), otypes=[float])
    return np.asarray(plain(found)) if found.size else found


def _chosen(of_constants: Array, values: Array) -> list[int]:
    """Constants that scales make 1, as many as can be; those that leave the others nearest to 1."""
    rank = int(np.linalg.matrix_rank(of_constants, tol=1e-6)) if of_constants.size else 0
    sizes = np.log(np.abs(values))
    best: tuple[float, list[int]] = (np.inf, [])
    for places in islice(combinations(range(len(values)), rank), _MOST_CHOICES):
        taken = of_constants[:, list(places)]
        if np.linalg.matrix_rank(taken, tol=1e-6) < rank:
            continue
        steps = -np.linalg.pinv(taken.T) @ sizes[list(places)]
        left = float(np.sum(np.abs(sizes + steps @ of_constants)))
        if left < best[0] - 1e-9:
            best = (left, list(places))
    return best[1]


def _into(rows: Array, places: Sequence[int], count: int) -> Array:
    """Rows put in their places among so many, (count, n)."""
    found = np.zeros((count, rows.shape[1] if rows.size else count))
    found[list(places)] = rows
    return found


def _spread_by(system: System, at: Sequence[tuple[int, int]], covariance: Array) -> Array:
    """Which fitted constant stands where, (n_places, n_constants); nothing where it is known."""
    found = np.zeros((len(at), len(covariance)))
    for number, places in enumerate(system.places):
        for place in places:
            if place in at:
                found[at.index(place), number] = 1.0
    return found


def _powers(values: Array, exponents: Array) -> tuple[tuple[float, Fraction], ...]:
    each = [Fraction(float(e)).limit_denominator(_LARGEST) for e in exponents]
    return tuple((float(abs(v)), e) for v, e in zip(values, each, strict=True) if e)


def _with_values(
    equations: Sequence[Expression], at: Sequence[tuple[int, int]], values: Array
) -> tuple[Expression, ...]:
    nodes = [list(one.nodes) for one in equations]
    for (k, place), value in zip(at, values, strict=True):
        nodes[k][place] = Constant(float(value))
    return tuple(Expression(tuple(one)) for one in nodes)


def _without_ones(equation: Expression) -> Expression:
    """An equation without factors and divisors of 1.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> print(_without_ones(parse("-1 * x + 1 * y / 1")))
    -x + y
    """

    def applied(node: Operator, arguments: Sequence[Nodes]) -> Nodes:
        first, *others = arguments
        if node.name == "*" and first == (Constant(1.0),):
            return others[0]
        if node.name == "*" and first == (Constant(-1.0),):
            return joined(operator("neg"), (others[0],))
        if node.name == "/" and others[0] == (Constant(1.0),):
            return first
        return joined(node, arguments)

    return Expression(reduced(equation.nodes, lambda node: (node,), applied))
