"""Constants of a formula fitted once more, so that it holds what the user says about its values.

The fit that searchers use knows the rows only, so the best constants of the true formula break a statement
that is exact, such as a value at a point, nearly always, and one that is tight often. Here sums of values
that are off are priced beside the errors, first mildly, then so that what is left of them counts as 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.knowledge.statements.kinds import EQUAL, MOST_TERMS, Snapping
from symlaw.language.expression import Leaf, Variable, reduced
from symlaw.language.values import values
from symlaw.search.scoring.descent import Steps, descended

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from symlaw.knowledge.statements.kinds import Probe
    from symlaw.knowledge.statements.shape import Shape, Worst
    from symlaw.language.expression import Expression
    from symlaw.language.operators import Operator
    from symlaw.search.problem import Problem

    Array = NDArray[np.float64]

# Rows that count, constants at most, and steps under each price.
_ROWS, _MOST_CONSTANTS, _STEPS = 300, 8, (4, 5, 5)
# What a sum off by a standard deviation of the target costs, against a mean square error of one.
_PRICES = (1e2, 1e5, 1e8)
# Sums narrower than this many standard deviations are to be met in the middle; others this far inside.
_NARROW, _INSIDE = 1e-3, 1e-6
# Stands for what is not finite; step of differences; and dampings tried at once, times the last good one.
_FAR, _STEP = 1e3, 1e-6
_DESCENT = Steps(damping=1e-3, factors=(0.01, 0.3, 10.0, 1000.0), refused=1e3, taken=1.0, settled=1e-9)
# What a fit under the mild price may cost above the limit, for a fit under the others to be worth it.
_HOPE = 1.05


class Target(NamedTuple):
    """What a formula is fitted to: values at points, rows first, and sums of the others.

    Attributes
    ----------
    columns
        All points, by name of variable.
    y, weights
        Target of the rows, and square roots of their shares of all weight, float64 (n_rows,).
    places, factors, low, high, price
        As in `symlaw.knowledge.statements.shape.Conditions`, of hard statements only; places count from
        the first point.
    shape
        The statements.
    """

    columns: dict[str, Array]
    y: Array
    weights: Array
    places: NDArray[np.int64]
    factors: Array
    low: Array
    high: Array
    price: Array
    shape: Shape


def target_of(problem: Problem, shape: Shape) -> Target:
    """Rows of a problem, evenly spread where they are many, and what is said about values."""
    n_rows, asked = problem.n_rows, shape.conditions
    chosen = np.linspace(0, n_rows - 1, min(n_rows, _ROWS)).round().astype(int)
    points = np.concatenate([problem.rows.X[:, chosen].T, asked.points])
    weights = problem.rows.weights[chosen]
    hard = np.array([statement.is_hard for statement in shape.statements])[asked.owner]
    return Target(
        dict(zip(shape.domain.names, points.T, strict=True)),
        problem.y[chosen],
        np.sqrt(weights / weights.sum()),
        asked.places[hard] + len(chosen),
        asked.factors[hard],
        asked.low[hard],
        asked.high[hard],
        asked.price[hard],
        shape,
    )


def with_places(target: Target, found: tuple[int, Worst]) -> Target:
    """The same with a counterexample added."""
    shape, (number, worst) = target.shape, found
    probe: Probe = shape.statements[number].kind.probe(worst.shares[None], shape.domain, shape.unit)
    n_points, n_terms = len(next(iter(target.columns.values()))), probe.factors.shape[1]
    own = n_points + np.arange(n_terms)
    places = np.concatenate([own, np.repeat(own[:1], MOST_TERMS - n_terms)])
    return target._replace(
        columns={
            name: np.append(column, probe.points[0, :, place])
            for place, (name, column) in enumerate(target.columns.items())
        },
        places=np.vstack([target.places, places]),
        factors=np.vstack([target.factors, np.append(probe.factors[0], np.zeros(MOST_TERMS - n_terms))]),
        low=np.append(target.low, probe.low),
        high=np.append(target.high, probe.high),
        price=np.append(target.price, 1.0),
    )


def refitted(formula: Expression, target: Target, limit: float = np.inf) -> Iterator[Expression]:
    """The formula with constants that hold all hard statements at their conditions' points, in some ways.

    Constants that a statement says the number of, nearly, are put there: before the others are fitted, or
    after all were.

    Parameters
    ----------
    formula
        Complete, with its scale and offset.
    target
        Rows and statements.
    limit
        Loss above which nobody wants it.
    """
    constants = np.array(formula.constants)
    if not 0 < len(constants) <= _MOST_CONSTANTS:
        return
    snapped, everything = _snapped(constants, target), np.ones(len(constants), bool)
    tries = [(snapped, snapped == constants)] if np.any(snapped != constants) else []
    tries.append((constants, everything))
    while tries:
        start, free = tries.pop(0)
        found = _fitted(formula, start, free, target, limit)
        if found is None or target.shape.broken(found):
            continue
        yield _rounded(found, target)
        fitted = np.array(found.constants)
        if free.all() and np.any((again := _snapped(fitted, target)) != fitted):
            tries.append((again, again == fitted))


def _snapped(constants: Array, target: Target) -> Array:
    """Constants put where hard statements say, nearly."""
    for statement in target.shape.statements:
        if statement.is_hard and isinstance(statement.kind, Snapping):
            constants = np.array([statement.kind.snapped(float(value)) for value in constants])
    return constants


def _rounded(formula: Expression, target: Target) -> Expression:
    """The formula with 0 for constants of next to nothing, where it holds with it."""
    least = EQUAL * target.shape.unit
    rounded = formula.with_constants(0.0 if abs(value) < least else value for value in formula.constants)
    return formula if target.shape.broken(rounded) else rounded


def _fitted(
    formula: Expression, start: Array, free: NDArray[np.bool_], target: Target, limit: float
) -> Expression | None:
    """The formula with its free constants fitted to rows and sums; None where that costs too much."""
    best, places = start.copy(), np.flatnonzero(free)
    for price, steps in zip(_PRICES, _STEPS, strict=True):
        best, cost = _descended(formula, best, places, target, price, steps)
        if not cost <= _HOPE * limit:
            return None
    return formula.with_constants(best.tolist())


def _descended(
    formula: Expression, start: Array, places: NDArray[np.int64], target: Target, price: float, steps: int
) -> tuple[Array, float]:
    """Levenberg-Marquardt steps over some constants, and the cost reached: several dampings at once."""

    def errors(sets: Array) -> Array:
        whole = np.tile(start, (len(sets), 1))
        whole[:, places] = sets
        return _residuals(formula, whole, target, price)

    def slopes(free: Array, residual: Array) -> Array:
        moves = _STEP * np.maximum(np.abs(free), 1e-3)
        trials = np.tile(free, (len(free), 1))
        trials[np.arange(len(free)), np.arange(len(free))] += moves
        return np.asarray(((errors(trials) - residual) / moves[:, None]).T)

    free, cost = descended(errors, slopes, start[places], steps, _DESCENT)
    best = start.copy()
    best[places] = free
    return best, cost


def _residuals(formula: Expression, constants: Array, target: Target, price: float) -> Array:
    """Errors and priced sums for several sets of constants, float64 (n_sets, n_rows + n_sums)."""
    unit, n_rows = target.shape.unit, len(target.y)
    with np.errstate(all="ignore"):
        there = _values_with(formula, constants, target.columns)
        errors = (there[:, :n_rows] - target.y) / unit * target.weights
        sums = np.sum(there[:, target.places] * target.factors, axis=2)
        off = _signed_off(sums, target.low, target.high, unit) * np.sqrt(price * target.price)
        found = np.concatenate([errors, off], axis=1)
    return np.where(np.isfinite(found), np.clip(found, -_FAR, _FAR), _FAR)


def _values_with(formula: Expression, constants: Array, columns: dict[str, Array]) -> Array:
    """Values for several sets of constants (n_sets, n_constants), float64 (n_sets, n_points)."""
    numbers, shape = iter(constants.T), (len(constants), len(next(iter(columns.values()))))

    def leaf(node: Leaf) -> Array:
        return columns[node.name][None] if isinstance(node, Variable) else next(numbers)[:, None]

    def applied(row: Operator, arguments: Sequence[Array]) -> Array:
        return np.asarray(row.numpy_function(*arguments), dtype=float)

    return np.broadcast_to(reduced(formula.nodes, leaf, applied), shape)


def _signed_off(sums: Array, low: Array, high: Array, unit: float) -> Array:
    """By how much sums are off, in units of the target, with their sign; narrow ones from their middle."""
    narrow = high - low < _NARROW * unit
    middle = 0.5 * (np.where(narrow, low, 0.0) + np.where(narrow, high, 0.0))
    bottom, top = low + _INSIDE * unit, high - _INSIDE * unit
    inside = np.maximum(sums - top, 0.0) - np.maximum(bottom - sums, 0.0)
    found: Array = np.where(narrow, sums - middle, inside) / unit
    return found


def loss_of(formula: Expression, problem: Problem) -> float:
    """Least-squares loss of a complete formula on all rows of a problem; inf where it is undefined."""
    rows = problem.rows
    columns = dict(zip(problem.language.variables, rows.X, strict=True))
    with np.errstate(all="ignore"):
        errors = (problem.seen(values(formula, columns)) - problem.y) / problem.y_scale
        loss = float(np.sum(rows.weights * errors**2) / rows.total)
    return loss if np.isfinite(loss) else np.inf
