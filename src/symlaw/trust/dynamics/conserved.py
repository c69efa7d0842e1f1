"""Functions of the states that stay the same along every solution.

A sum of terms is conserved where its rate, the slopes of the terms times the rates of the states, is 0 at
states all
over the visited region and not only along a trajectory. Terms are powers of the states, functions of single
states, and what the equations themselves are made of.
"""

from __future__ import annotations

from itertools import combinations_with_replacement
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.engine.differentiate import value_and_gradient
from symlaw.language.expression import Constant, Expression, Variable, joined
from symlaw.language.operators import operator
from symlaw.language.operators.row import Operator
from symlaw.search.dynamics.proposing.library import product_of
from symlaw.search.dynamics.sums import scaled, total
from symlaw.trust.dynamics.solutions import states_in
from symlaw.trust.dynamics.vanishing import vanishing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from symlaw.trust.dynamics.solutions import Solver

    Array = NDArray[np.float64]

_POINTS, _HIGHEST, _MOST_PRODUCTS = 400, 4, 60
# Share of its parts that a rate may be off where constants are exact, and where errors of constants excuse
# it.
_EXACT, _EXCUSED, _DRAWS, _DEVIATIONS = 1e-6, 0.03, 24, 2.0
# Share of what its terms change by that a sum changes by at least.
_CONSTANT = 0.02
_FUNCTIONS = ("sin", "cos", "exp", "log")


class Conserved(NamedTuple):
    """A conserved quantity.

    Attributes
    ----------
    quantity
        The formula; any function of it is conserved as well.
    off
        Its rate as a share of what each state moves it by, root mean square over points.
    is_exact
        Whether that is rounding, so that it holds whatever the errors of the constants.
    """

    quantity: Expression
    off: float
    is_exact: bool


def conserved(
    solver: Solver, states: Sequence[str], low: Array, high: Array, covariance: Array
) -> list[Conserved]:
    """Conserved quantities of a system without inputs and time, the shortest first.

    Parameters
    ----------
    solver
        Of the system.
    states
        Names of its states.
    low, high
        Ends of the visited region, (n_states,).
    covariance
        Of the system's constants.
    """
    points = states_in(low, high, _POINTS)
    rates = np.array([solver.rates(point)[0] for point in points])
    usable = np.all(np.isfinite(rates), axis=1)
    points, rates = points[usable], rates[usable]
    terms, slopes = _terms(solver.system.right_sides, states, points)
    if len(points) < _POINTS // 4 or not terms:
        return []
    parts = slopes * rates
    changes = np.sum(np.abs(parts), axis=2)
    sizes = np.sqrt(np.mean(changes**2, axis=1))
    kept = np.flatnonzero(sizes > 0.0)
    terms, slopes = [terms[k] for k in kept], slopes[kept]
    # a point where rates are large, as near a pole, says no more than others
    scale = np.sqrt(np.mean((changes[kept] / sizes[kept, None]) ** 2, axis=0))
    parts = parts[kept] / sizes[kept, None, None] / np.where(scale > 0.0, scale, 1.0)[:, None]
    moved = solver.drawn(covariance, _DRAWS)
    drawn = np.array([[one.rates(point)[0] for point in points] for one in moved])
    found: list[tuple[float, Conserved, Array]] = []

    def judge(places: tuple[int, ...], weights: Array) -> bool:
        own = list(places)
        weights = weights / sizes[kept][own]
        one = _judged(weights, [terms[k] for k in own], slopes[own], rates, drawn)
        if one is not None:
            gradient = np.tensordot(weights, slopes[own], 1)
            found.append((one.quantity.complexity() + 100.0 * (not one.is_exact), one, gradient))
        return one is not None

    vanishing(parts, judge)
    return _independent(sorted(found, key=lambda pair: pair[0]))


def _terms(
    equations: Sequence[Expression], states: Sequence[str], points: Array
) -> tuple[list[Expression], Array]:
    """Terms, and their slopes by the states at the points, (n_terms, n_points, n_states)."""
    terms, slopes, seen = [], [], set()
    for term in _candidates(equations, states):
        if term.text() in seen:
            continue
        seen.add(term.text())
        values, gradient = value_and_gradient(term, points, states)
        if np.all(np.isfinite(values)) and np.all(np.isfinite(gradient)) and np.any(gradient):
            terms.append(term)
            slopes.append(gradient)
    return terms, np.array(slopes)


def _candidates(equations: Sequence[Expression], states: Sequence[str]) -> Iterator[Expression]:
    count = 0
    for degree in range(1, _HIGHEST + 1):
        each = list(combinations_with_replacement(states, degree))
        count += len(each)
        if count > _MOST_PRODUCTS and degree > 2:
            break
        yield from (product_of(chosen) for chosen in each)
    arguments = [Expression((Variable(name),)) for name in states]
    for equation in equations:
        for end, node in enumerate(equation.nodes):
            if not isinstance(node, Operator):
                continue
            inside = Expression(equation.nodes[: end + 1][equation.starts[end] :]).arguments()
            if node.name == "pow" and isinstance(inside[1].nodes[0], Constant):
                raised = inside[1].nodes[0].value + 1.0
                yield Expression(joined(node, (inside[0].nodes, (Constant(raised),))))
            elif node.name in _FUNCTIONS and inside[0].variables:
                arguments.append(inside[0])
    for argument in arguments:
        for name in _FUNCTIONS:
            yield Expression(joined(operator(name), (argument.nodes,)))


def _judged(
    weights: Array, terms: Sequence[Expression], slopes: Array, rates: Array, drawn: Array
) -> Conserved | None:
    """The sum where it is conserved; None where its rate is neither 0 nor excused by errors of constants."""
    gradient = np.tensordot(weights, slopes, 1)
    # by what each state moves the sum at a point: nothing where terms of one state make a constant
    parts = np.sum(np.abs(gradient * rates), axis=1)
    largest = np.sum(np.abs(np.einsum("k,kij,ij->kij", weights, slopes, rates)), axis=(0, 2))
    if np.median(parts) < _CONSTANT * np.median(largest):
        return None
    rate = np.sum(gradient * rates, axis=1) / parts
    off = float(np.sqrt(np.mean(rate**2)))
    least = 1e-5 * np.max(np.abs(weights) * np.sqrt(np.mean(slopes**2, axis=(1, 2))))
    if np.any(np.abs(weights) * np.sqrt(np.mean(slopes**2, axis=(1, 2))) < least):
        return None
    if off > 3.0 * _EXACT:
        moved = np.einsum("ij,dij->di", gradient, drawn) / parts - rate
        if off > _EXCUSED or np.sqrt(np.mean(rate**2)) > _DEVIATIONS * np.sqrt(np.mean(moved**2)):
            return None
    first = weights[int(np.argmax([len(term.nodes) == 1 for term in terms]))]
    scale = 1.0 / (abs(first) if first else 1.0)
    return Conserved(
        total([scaled(scale * w, t) for w, t in zip(weights, terms, strict=True)]), off, off < 3 * _EXACT
    )


def _independent(found: Sequence[tuple[float, Conserved, Array]]) -> list[Conserved]:
    """Those whose slopes are no combination of those of shorter ones, at all points."""
    kept: list[Conserved] = []
    gradients: list[Array] = []
    for _, one, gradient in found:
        size = np.sqrt(np.sum(gradient**2, axis=1, keepdims=True)) + 1e-300
        stack = np.stack([*gradients, gradient / size], axis=1)
        values = np.linalg.svd(stack, compute_uv=False)
        independent = np.median(values[:, -1]) > _EXCUSED if stack.shape[1] <= stack.shape[2] else False
        if independent and len(kept) < stack.shape[2] - 1:
            kept.append(one)
            gradients.append(gradient / size)
    return kept
