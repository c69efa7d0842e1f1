"""Constants fitted through the solver: multiple shooting with free first states.

Runs are cut into stretches, each with first states of its own (Bock 1981): short stretches keep a poor
guess, or
a chaotic system, from running away, long ones see what adds up. Gauss-Newton steps are damped as by
Marquardt; first states are eliminated stretch by stretch.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.engine.flows.rates import Flow, Inputs, flow_of, free_places
from symlaw.engine.flows.solving import REACHED, Steering, follow, iterate
from symlaw.search.dynamics.normals import Linear, Normal, cost_of, curvature_of, inverse, step_of
from symlaw.search.dynamics.numbers import renumbered, values_of
from symlaw.search.dynamics.sums import free_constants, with_free_constants

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from symlaw.engine.flows.around import Around
    from symlaw.language.expression import Expression
    from symlaw.search.dynamics.mirrors import Mirror
    from symlaw.search.dynamics.numbers import Number

    Array = NDArray[np.float64]

_LARGE = 30.0
# Values of the symbols of a system at most.
_LONGEST = 4000
_FIRST_DAMPING, _MOST_DAMPING = 1e-3, 1e10
# A step that gains less than this of what is left, per row, is the last one.
_ENOUGH = 1e-5


class Stretch(NamedTuple):
    """Part of a run.

    Attributes
    ----------
    times
        (n_times,).
    targets, weights
        Measured states and one over the errors' variances, 0 where nothing was measured, (n_times, n_states).
    inputs
        Known functions of time.
    first
        Where the states begin, about, (n_states,).
    group
        Which group its run is of, of which constants may have values of their own.
    run
        The run's place.
    """

    times: Array
    targets: Array
    weights: Array
    inputs: Inputs
    first: Array
    group: int = 0
    run: int = 0


@dataclass(frozen=True)
class System:
    """What is fitted.

    Parameters
    ----------
    equations
        Right sides, or the parts of them that are looked for.
    columns
        Names of states, inputs and time.
    known
        Which equations' constants stay; none by default.
    is_map
        Whether states follow one from the other instead of by rates.
    around
        What is known around each part; nothing by default.
    mirror
        Which equations are images of others; none by default. Those are known, as far as fits go.
    numbers
        Constants of known equations and known parts that are fitted too.
    is_own
        Whether each group of runs has all other constants of its own.
    by_group
        Constants of each group, where groups differ.
    """

    equations: tuple[Expression, ...]
    columns: tuple[str, ...]
    known: tuple[bool, ...] = ()
    is_map: bool = False
    around: tuple[Around, ...] = ()
    mirror: Mirror | None = None
    numbers: tuple[Number, ...] = ()
    is_own: bool = False
    by_group: tuple[tuple[float, ...], ...] = ()

    @property
    def right_sides(self) -> tuple[Expression, ...]:
        """Whole right sides."""
        if not self.around:
            return self.equations
        return tuple(own.whole(one) for own, one in zip(self.around, self.equations, strict=True))

    def flow(self) -> Flow:
        """The system ready to be solved."""
        return flow_of(
            self.equations, self.columns, self.known, self.around,
            () if self.mirror is None else self.mirror.sources, [one.places for one in self.numbers],
        )  # fmt: skip

    @property
    def complexity(self) -> float:
        """Of all equations that are not known."""
        each = [one.complexity() for one in self.equations]
        return sum(c for k, c in enumerate(each) if not (self.known and self.known[k]))

    @property
    def constants(self) -> Array:
        """Constants that are fitted, those with names last."""
        named = values_of(self.numbers, self.right_sides)
        return np.array([*free_constants(self.equations, self.known), *named], dtype=float)

    @property
    def own(self) -> NDArray[np.bool_]:
        """Which of them each group of runs has for itself."""
        count = len(free_constants(self.equations, self.known))
        return np.array([*(self.is_own,) * count, *(one.is_own for one in self.numbers)], dtype=bool)

    @property
    def places(self) -> list[list[tuple[int, int]]]:
        """Where each fitted constant stands: equations, and nodes of whole right sides."""
        whole, found = self.right_sides, list[list[tuple[int, int]]]()
        sources = self.mirror.sources if self.mirror else range(len(whole))
        for number, part in enumerate(self.equations):
            if not (self.known and self.known[number]):
                before = len(self.around[number].before) if self.around else 0
                same = [k for k, source in enumerate(sources) if source == number]
                found += [[(k, before + place) for k in same] for place in free_places(part)]
        return [*found, *([(k, p % len(whole[k].nodes)) for k, p in one.places] for one in self.numbers)]

    def begins(self, groups: int) -> Array:
        """Constants of each group to begin a fit with, (groups, n_constants)."""
        found = np.tile(self.constants, (groups, 1))
        for place, one in enumerate(reversed(self.numbers), 1):
            if len(one.begins) == groups:
                found[:, -place] = one.begins
        return found

    def with_constants(self, values: Array) -> System:
        """The same system with other fitted constants."""
        count = len(values) - len(self.numbers)
        equations = with_free_constants(self.equations, values[:count], self.known)
        if self.mirror:
            equations = self.mirror.completed(equations)
        equations, around = renumbered(self.numbers, values[count:], equations, self.around)
        return replace(self, equations=equations, around=around, by_group=())

    def of_group(self, group: int) -> System:
        """The system with the constants of one group of runs."""
        return self.with_constants(np.array(self.by_group[group])) if self.by_group else self

    @property
    def fixed(self) -> System:
        """The system with all constants known."""
        return replace(self, known=(True,) * len(self.equations), numbers=(), by_group=())


@dataclass(frozen=True)
class Fit:
    """A system fitted to stretches.

    Parameters
    ----------
    system
        With its fitted constants.
    starts
        First states of each stretch, (n_stretches, n_states).
    squares, counts
        Sum of squares and number of values by state, (n_states,); squares in units of the errors' variances.
    curvature
        Half the second derivatives of the squares by the constants of all groups, first states eliminated.
    places
        Where each group's constants are among these, int64 (n_groups, n_constants).
    """

    system: System
    starts: Array
    squares: Array
    counts: Array
    curvature: Array
    places: NDArray[np.int64]

    @property
    def share(self) -> float:
        """Share of the values that tells of the system: each first state takes one for itself."""
        total = float(np.sum(self.counts))
        return max(total - self.starts.size, 1.0) / total

    @property
    def cost(self) -> float:
        """Sum of squares."""
        return float(np.sum(self.squares))

    @property
    def factor(self) -> float:
        """What is left of a value, in units of the errors' variances."""
        n, p = float(np.sum(self.counts)), len(self.curvature)
        return self.cost / max(n - p - self.starts.size, 1.0)

    def covariance(self, group: int = 0) -> Array:
        """Of the constants of a group, scaled by what is left."""
        own = self.places[group]
        return self.factor * inverse(self.curvature)[np.ix_(own, own)]


class Shooting:
    """Fits of systems to the same stretches."""

    def __init__(self, stretches: Sequence[Stretch], relative: float = 1e-6) -> None:
        self.stretches = list(stretches)
        self.roots = [np.sqrt(one.weights) for one in stretches]
        self.filled = [np.where(one.weights > 0.0, one.targets, 0.0) for one in stretches]
        self.counts = np.sum([np.sum(one.weights > 0.0, axis=0) for one in stretches], axis=0).astype(float)
        # of a state that was not measured, targets tell about how large it gets
        largest = np.max([np.max(np.abs(np.vstack([np.nan_to_num(one.targets), one.first])), axis=0)
                          for one in stretches], axis=0)  # fmt: skip
        longest = max(len(one.times) for one in stretches)
        self.groups = 1 + max(one.group for one in stretches)
        sizes = np.where(largest > 0.0, largest, 1.0)
        self.steering = Steering(
            relative, 1e-2 * relative * sizes, _LARGE * sizes, 200 + 8 * longest, np.zeros(2)
        )

    def region(self) -> tuple[Array, Array]:
        """Least and largest values of the states, (n_states,) each."""
        each = [one.first[None, :] for one in self.stretches]
        for filled, one in zip(self.filled, self.stretches, strict=True):
            each.append(np.where(one.weights > 0.0, filled, one.first))
        states = np.concatenate(each)
        return np.min(states, axis=0), np.max(states, axis=0)

    def span(self) -> float:
        """From the first time of all stretches to the last."""
        return float(
            max(one.times[-1] for one in self.stretches) - min(one.times[0] for one in self.stretches)
        )

    def places(self, system: System) -> NDArray[np.int64]:
        """Where the constants of each group are among those of all, int64 (n_groups, n_constants)."""
        own = system.own if self.groups > 1 else np.zeros(len(system.own), bool)
        shared, found = len(own) - int(np.sum(own)), np.zeros((self.groups, len(own)), np.int64)
        found[:, ~own] = np.arange(shared)
        found[:, own] = shared + np.arange(self.groups * int(np.sum(own))).reshape(self.groups, -1)
        return found

    def fit(self, system: System, starts: Array | None = None, most: int = 12) -> Fit | None:
        """Fit a system's constants and the first states; None where it cannot be solved at all."""
        flow = system.flow()
        if len(flow.values) > _LONGEST:
            return None
        places = self.places(system)
        at = np.zeros(1 + int(places.max()) if places.size else 0)
        at[places] = system.by_group or system.begins(self.groups)
        firsts = np.array([one.first for one in self.stretches]) if starts is None else starts.copy()
        now = self._normals(flow, system, (at, firsts), places)
        if now is None:
            return None
        damping, growth = _FIRST_DAMPING, 2.0
        for _ in range(most):
            step = step_of(now, len(at), damping)
            if step is None:
                break
            trial = (at + step[0], firsts + step[1])
            new = self._normals(flow, system, trial, places)
            old_cost = cost_of(now)
            if new is not None and cost_of(new) < old_cost:
                gained = old_cost - cost_of(new)
                at, firsts, now = trial[0], trial[1], new
                damping, growth = max(damping * 0.2, 1e-12), 2.0
                if gained < _ENOUGH * old_cost:
                    break
            else:
                damping, growth = damping * growth, 2.0 * growth
                if damping > _MOST_DAMPING or (new is not None and cost_of(new) - old_cost < 1e-7 * old_cost):
                    break
        squares = np.sum([one.squares for one in now], axis=0)
        found = system.with_constants(at[places[0]])
        if self.groups > 1:
            found = replace(found, by_group=tuple(map(tuple, at[places].tolist())))
        return Fit(found, firsts, squares, self.counts, curvature_of(now, len(at)), places)

    def linear(self, system: System, starts: Array) -> Linear | None:
        """What changes of a system's constants do, to first order; None where a stretch is lost.

        Groups of runs have the same constants.
        """
        flow, places = system.flow(), self.places(system)
        if len(flow.values) > _LONGEST or not places.size:
            return None
        now = self._normals(flow, system, (system.constants, starts), places)
        return None if now is None else Linear(system.constants, starts, tuple(now))

    def end_of(self, fit: Fit, number: int) -> tuple[Array, Array]:
        """Where a stretch of a fit ends, and the joint covariance of constants and that state.

        Returns
        -------
        state
            (n_states,).
        covariance
            (n_constants + n_states, n_constants + n_states).
        """
        own = fit.places[self.stretches[number].group]
        system, every, p = fit.system.of_group(self.stretches[number].group), len(fit.curvature), len(own)
        flow = system.flow()
        flow.load(system.constants)
        out = self._followed(flow, system, number, fit.starts[number])
        count = flow.n_states
        if out is None:
            return np.full(count, np.nan), np.zeros((p + count, p + count))
        normal, slopes = self._normal(out, number, own), out[-1, count:].reshape(count, p + count)
        both = np.concatenate([own, every + np.arange(count)])
        whole = np.zeros((every + count, every + count))
        whole[:every, :every] = fit.curvature - curvature_of([normal], every)
        whole[np.ix_(both, both)] += normal.gram
        onward = np.zeros((p + count, every + count))
        onward[:p, own] = np.eye(p)
        onward[p:, both] = slopes
        return out[-1, :count], fit.factor * onward @ inverse(whole) @ onward.T

    def starts_on(self, fit: Fit, other: Shooting) -> Array:
        """First states of the stretches of another way to cut the same runs, (n_stretches, n_states).

        They are on the solutions of a fit, and where none is there as that one has them.
        """
        found = np.array([one.first for one in other.stretches])
        flow = fit.system.flow()
        for number, one in enumerate(self.stretches):
            own = [k for k, new in enumerate(other.stretches)
                   if new.run == one.run and one.times[0] <= new.times[0] <= one.times[-1]]  # fmt: skip
            if not own:
                continue
            flow.load(fit.system.of_group(one.group).constants)
            out = self._followed(flow, fit.system, number, fit.starts[number])
            if out is not None:
                at = np.searchsorted(one.times, [other.stretches[k].times[0] for k in own])
                found[own] = out[at, : flow.n_states]
        return found

    def residuals(self, fit: Fit) -> list[tuple[Array, NDArray[np.bool_]]]:
        """What a fit leaves, in units of the errors, and what was measured, (n_times, n_states) by stretch.

        A stretch whose solution is lost leaves all of its values.
        """
        system, found = fit.system, []
        flow = system.flow()
        each = [system.of_group(group).constants for group in range(self.groups)]
        for number, one in enumerate(self.stretches):
            flow.load(each[one.group])
            out = self._followed(flow, system, number, fit.starts[number])
            states = 0.0 if out is None else out[:, : flow.n_states]
            found.append(((self.filled[number] - states) * self.roots[number], one.weights > 0.0))
        return found

    def _normals(
        self, flow: Flow, system: System, at: tuple[Array, Array], places: NDArray[np.int64]
    ) -> list[Normal] | None:
        """Normal equations of all stretches at constants and first states; None where one is lost."""
        found: list[Normal] = []
        constants, starts = at
        for number, stretch in enumerate(self.stretches):
            own = places[stretch.group]
            flow.load(constants[own])
            out = self._followed(flow, system, number, starts[number])
            if out is None:
                return None
            one = self._normal(out, number, own)
            if not np.all(np.isfinite(one.gram)):
                return None
            found.append(one)
        return found

    def _followed(self, flow: Flow, system: System, number: int, start: Array) -> Array | None:
        """States of a stretch and their slopes (n_times, width) from a first state; None where it is lost."""
        one, count = self.stretches[number], flow.n_states
        q = flow.n_parameters + count
        flow.state[:] = 0.0
        flow.state[:count] = start
        flow.state[count:].reshape(count, q)[:, flow.n_parameters :] = np.eye(count)
        out = np.empty((len(one.times), count * (1 + q)))
        solve = iterate if system.is_map else follow
        return out if solve(flow, one.inputs, self.steering, one.times, q, out) == REACHED else None

    def _normal(self, out: Array, number: int, places: NDArray[np.int64]) -> Normal:
        root = self.roots[number]
        count = root.shape[1]
        residual = (self.filled[number] - out[:, :count]) * root
        slopes = (out[:, count:].reshape(len(out), count, -1) * root[:, :, None]).reshape(residual.size, -1)
        with np.errstate(over="ignore", invalid="ignore"):
            squares = np.sum(residual**2, axis=0)
            return Normal(slopes.T @ slopes, slopes.T @ residual.ravel(), squares, places)
