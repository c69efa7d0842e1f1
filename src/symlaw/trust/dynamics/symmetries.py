"""Symmetries of equations: changes of states and time that turn every solution into a solution.

Each is tried on the rates at states all over the visited region. Where constants are uncertain, a symmetry
holds as far as their errors excuse.
"""

from __future__ import annotations

from itertools import combinations, product
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from symlaw.trust.dynamics.solutions import states_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from symlaw.trust.dynamics.solutions import Solver

    Array = NDArray[np.float64]

_POINTS, _DRAWS = 120, 12
# Share of the rates that they may be off where constants are exact, and where errors of constants excuse it.
_EXACT, _EXCUSED, _DEVIATIONS = 1e-6, 0.03, 2.0
# Exponents of a scaling are whole multiples of one over this.
_PARTS = 12
# States up to which all reflections are tried.
_MOST_REFLECTED = 6


class Symmetry(NamedTuple):
    """A symmetry.

    Attributes
    ----------
    kind
        ``"translation"``, ``"reflection"``, ``"exchange"``, ``"rotation"``, ``"scaling"`` or
        ``"time reversal"``.
    text
        What is changed into what.
    off
        How far rates are off, as a share of their size.
    """

    kind: str
    text: str
    off: float


def symmetries(
    solver: Solver, states: Sequence[str], low: Array, high: Array, covariance: Array
) -> list[Symmetry]:
    """Symmetries of a system of rates without inputs and time.

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
    tried = _Trial(solver, low, high, covariance)
    found = [
        Symmetry("translation", f"{name} + c for {name}", off)
        for k, name in enumerate(states)
        if (off := tried.generated(lambda x, k=k: np.eye(len(x))[k], lambda _J, _f: 0.0)) is not None
    ]
    found += _reflections(tried, states)
    found += _exchanges(tried, states)
    found += _rotations(tried, states)
    return [*found, *_scaling(tried, states)]


class _Trial:
    """Rates of a system, and of some with constants as they might be too, at points."""

    def __init__(self, solver: Solver, low: Array, high: Array, covariance: Array) -> None:
        points = states_in(low, high, _POINTS)
        usable = [bool(np.all(np.isfinite(solver.rates(point)[0]))) for point in points]
        self.points = points[usable]
        self.solvers = [solver, *solver.drawn(covariance, _DRAWS)]
        # rates and slopes at the points, by solver
        self.known = [[one.rates(point) for point in self.points] for one in self.solvers]
        self.sizes = np.array([f for f, _ in self.known[0]]).std(axis=0) + 1e-300

    @staticmethod
    def rates(solver: Solver, points: Array) -> Array:
        return np.array([solver.rates(point)[0] for point in points])

    def judged(self, differences: Sequence[Array]) -> float | None:
        """How far a symmetry is off, by what it leaves with each set of constants; None where it is none."""
        left = [float(np.sqrt(np.mean((one / self.sizes) ** 2))) for one in differences]
        if not np.isfinite(left[0]):
            return None
        if left[0] < _EXACT:
            return left[0]
        spread = float(np.sqrt(np.mean([np.mean(((one - differences[0]) / self.sizes) ** 2)
                                        for one in differences[1:]])))  # fmt: skip
        return left[0] if left[0] < _EXCUSED and left[0] < _DEVIATIONS * spread else None

    def mapped(self, turn: Array, time: float) -> float | None:
        """Whether a linear change of the states, and of the direction of time, is a symmetry."""
        there = self.points @ turn.T
        return self.judged(
            [
                self.rates(one, there) - time * np.array([f for f, _ in known]) @ turn.T
                for one, known in zip(self.solvers, self.known, strict=True)
            ]
        )

    def generated(self, shift: Any, follows: Any) -> float | None:
        """Whether an infinitesimal change is a symmetry: slopes times it are what rates change by."""
        found = []
        for each in self.known:
            found.append(
                np.array([
                J @ shift(point) - follows(J, f)
                for point, (f, J) in zip(self.points, each, strict=True)
            ]))  # fmt: skip
        return self.judged(found)


def _reflections(tried: _Trial, states: Sequence[str]) -> list[Symmetry]:
    """Changes of signs, with time forwards and backwards; those of the fewest states first."""
    if len(states) > _MOST_REFLECTED:
        return []
    found: list[Symmetry] = []
    kept: list[tuple[Array, float]] = []
    for signs in sorted(product((1.0, -1.0), repeat=len(states)), key=lambda one: one.count(-1.0)):
        for time in (1.0, -1.0):
            if all(sign > 0.0 for sign in signs) and time > 0.0:
                continue
            # what two known ones make together is not said anew
            made = any(
                np.array_equal(a * c, signs) and s * t == time for a, s in kept for c, t in kept
            )  # fmt: skip
            off = None if made else tried.mapped(np.diag(signs), time)
            if off is None:
                continue
            kept.append((np.array(signs), time))
            turned = [f"-{name}" for name, sign in zip(states, signs, strict=True) if sign < 0.0]
            words = ", ".join([*turned, *(["-t"] if time < 0.0 else [])])
            found.append(Symmetry("time reversal" if time < 0.0 else "reflection", words, off))
    return found


def _rotations(tried: _Trial, states: Sequence[str]) -> list[Symmetry]:
    """Turns in the plane of two states, or in two such planes at once as of places and velocities."""
    pairs = list(combinations(range(len(states)), 2))
    both = [(one, other) for one, other in combinations(pairs, 2) if not {*one} & {*other}]
    both += [(one, other[::-1]) for one, other in both]
    found = []
    for planes in [*((one,) for one in pairs), *both]:
        turn = np.zeros((len(states), len(states)))
        for i, j in planes:
            turn[i, j], turn[j, i] = -1.0, 1.0
        off = tried.generated(lambda x, turn=turn: turn @ x, lambda _J, f, turn=turn: turn @ f)
        if off is not None:
            words = " and ".join(f"({states[i]}, {states[j]})" for i, j in planes)
            found.append(Symmetry("rotation", f"{words} turned by any angle", off))
    return found


def _exchanges(tried: _Trial, states: Sequence[str]) -> list[Symmetry]:
    found = []
    for i, j in combinations(range(len(states)), 2):
        order = list(range(len(states)))
        order[i], order[j] = j, i
        off = tried.mapped(np.eye(len(states))[order], 1.0)
        if off is not None:
            found.append(Symmetry("exchange", f"{states[i]} and {states[j]} exchanged", off))
    return found


def _scaling(tried: _Trial, states: Sequence[str]) -> list[Symmetry]:
    """Powers of a factor by which states and time can be multiplied: the null space of a linear system."""
    count, solver = len(states), tried.solvers[0]
    rows = []
    for point in tried.points:
        f, J = solver.rates(point)
        scaled = (J * point - np.diag(f)) / tried.sizes[:, None]
        rows.append(np.column_stack([scaled, f / tried.sizes]))
    stacked = np.concatenate(rows)
    if not np.all(np.isfinite(stacked)):
        return []
    _, values, vectors = np.linalg.svd(stacked, full_matrices=False)
    found: list[Symmetry] = []
    for value, vector in zip(values[::-1], vectors[::-1], strict=True):
        if value > _EXCUSED * values[0] or len(found) == 1:
            break
        powers = _whole(vector)
        if powers is None or not np.any(powers[:count]):
            continue
        off = tried.generated(
            lambda x, own=powers: own[:count] * x, lambda _J, f, own=powers: (own[:count] - own[count]) * f
        )
        if off is not None:
            changed = [
                f"{name}*c^{power:g}" for name, power in zip([*states, "t"], powers, strict=True) if power
            ]
            found.append(Symmetry("scaling", ", ".join(changed), off))
    return found


def _whole(vector: Array) -> Array | None:
    """A direction as small fractions, the largest being 1; None where it is none."""
    scaled = vector / vector[int(np.argmax(np.abs(vector)))]
    powers = np.round(scaled * _PARTS) / _PARTS
    return powers if np.max(np.abs(powers - scaled)) < 0.01 else None
