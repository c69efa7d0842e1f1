"""Where a system rests, and what happens to states nearby."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from symlaw.engine.flows.rates import Inputs
    from symlaw.trust.dynamics.solutions import Solver

    Array = NDArray[np.float64]

# Steps of Newton's method, starts by state and in all, and how near roots are one.
_STEPS, _BY_STATE, _MOST_STARTS, _SAME = 60, 9, 2000, 1e-5
# How far beyond the visited states fixed points are looked for, as a share of their range.
_MARGIN = 0.5
# Real parts this small beside the largest eigenvalue are 0.
_NEUTRAL = 1e-6


class FixedPoint(NamedTuple):
    """A state that stays.

    Attributes
    ----------
    state
        (n_states,).
    eigenvalues
        Of the slopes there, complex (n_states,).
    kind
        ``"stable focus"``, ``"saddle"``, ...
    """

    state: Array
    eigenvalues: NDArray[np.complex128]
    kind: str


def fixed_points(solver: Solver, low: Array, high: Array, inputs: Inputs | None = None) -> list[FixedPoint]:
    """The fixed points within and around a box of states, from the lowest first state on.

    Parameters
    ----------
    solver
        Of the system.
    low, high
        Ends of the box, (n_states,) each.
    inputs
        Constant inputs, where there are any.
    """
    is_map = solver.system.is_map
    found: list[Array] = []
    span = np.maximum(high - low, 1e-12)
    least, most = low - _MARGIN * span, high + _MARGIN * span
    for start in _starts(least, most):
        root = _root(solver, start, inputs, is_map)
        if root is None or np.any(root < least - 1e-9 * span) or np.any(root > most + 1e-9 * span):
            continue
        if not any(np.all(np.abs(root - other) < _SAME * span) for other in found):
            found.append(root)
    found.sort(key=lambda root: tuple(np.round(root / span, 6)))
    return [
        _described(solver, np.where(np.abs(root) < 1e-9 * span, 0.0, root), inputs, is_map) for root in found
    ]


def _starts(low: Array, high: Array) -> Iterator[Array]:
    count = int(max(2, min(_BY_STATE, _MOST_STARTS ** (1.0 / len(low)))))
    for places in product(range(count), repeat=len(low)):
        yield low + (high - low) * np.array(places) / (count - 1)


def _root(solver: Solver, state: Array, inputs: Inputs | None, is_map: bool) -> Array | None:
    """Newton's method with steps that shrink until the rates do."""
    identity = np.eye(len(state)) if is_map else 0.0
    size = solver.sizes
    rate, slopes = solver.rates(state, 0.0, inputs)
    rate, slopes = rate - state * is_map, slopes - identity
    for _ in range(_STEPS):
        if not (np.all(np.isfinite(rate)) and np.all(np.isfinite(slopes))):
            return None
        step = -np.linalg.pinv(slopes) @ rate
        if np.all(np.abs(step) < 1e-11 * (size + np.abs(state))):
            # a direction without slope is no isolated point
            rank = np.linalg.matrix_rank(slopes, tol=1e-9 * (np.abs(slopes).max() or 1.0))
            return state + step if rank == len(state) else None
        before, share = float(np.max(np.abs(rate))), 1.0
        while share > 1e-4:
            trial = state + share * step
            new, new_slopes = solver.rates(trial, 0.0, inputs)
            new, new_slopes = new - trial * is_map, new_slopes - identity
            if np.all(np.isfinite(new)) and float(np.max(np.abs(new))) < before:
                break
            share *= 0.5
        else:
            return None
        state, rate, slopes = trial, new, new_slopes
    return None


def _described(solver: Solver, state: Array, inputs: Inputs | None, is_map: bool) -> FixedPoint:
    _, slopes = solver.rates(state, 0.0, inputs)
    values = np.linalg.eigvals(slopes).astype(complex)
    return FixedPoint(state, values, kind_of(values, is_map))


def kind_of(eigenvalues: NDArray[np.complex128], is_map: bool = False) -> str:
    """What a fixed point is called.

    Examples
    --------
    >>> kind_of(np.array([-1.0 + 2.0j, -1.0 - 2.0j])), kind_of(np.array([-1.0, 2.0]))
    ('stable focus', 'saddle')
    """
    growth = np.log(np.maximum(np.abs(eigenvalues), 1e-300)) if is_map else eigenvalues.real
    size = 1.0 if is_map else float(np.max(np.abs(eigenvalues))) or 1.0
    turns = bool(np.any(np.abs(eigenvalues.imag) > _NEUTRAL * size))
    grow, shrink = np.any(growth > _NEUTRAL * size), np.any(growth < -_NEUTRAL * size)
    neutral = np.any(np.abs(growth) <= _NEUTRAL * size)
    if grow and shrink:
        return "saddle with rotation" if turns else "saddle"
    if neutral:
        return "centre" if turns and not grow and not shrink else "degenerate"
    return f"{'unstable' if grow else 'stable'} {'focus' if turns else 'node'}"
