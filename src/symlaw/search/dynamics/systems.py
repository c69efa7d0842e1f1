"""Whole systems: put together from right sides, fitted through the solver, changed where that says more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import islice, product
from typing import TYPE_CHECKING

import numpy as np

from symlaw.engine.flows.rates import free_places
from symlaw.search.dynamics.candidates import cut, pieces_of
from symlaw.search.dynamics.data import inputs_of
from symlaw.search.dynamics.shooting import Fit, Shooting, Stretch, System
from symlaw.search.dynamics.sums import free_constants, parts_of, total

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from symlaw.language.expression import Expression
    from symlaw.search.dynamics.candidates import Ranked
    from symlaw.search.dynamics.judging import Judge
    from symlaw.search.dynamics.measured.noise import Smoothed
    from symlaw.search.watch import Watch

    Array = NDArray[np.float64]

# How many times longer stretches get in a step.
_LONGER = 3
# A longer stretch is gone to while squares grow by less than this.
_WORSE = 2.0
# Right sides of a state that are tried in the best system, and terms that are tried without.
_OTHERS, _DOUBTFUL, _NOTHING = 6, 8.0, 2.0
# Rows that systems are compared on, and systems that are fitted to all of them in the end.
_ROWS, _LAST = 2500, 3
_MOST_ROUNDS = 12
# Changes that are tried however late it is: doubtful terms go, and there is a runner-up.
_FEWEST_CHANGES = 8
# Right sides of each state that the first system is sought among, without and with constraints; systems that
# are tried however late it is, and systems at most.
_FIRST, _FIRST_OBEYING, _FEWEST_FIRST, _MOST_FIRST = 3, 8, 30, 300

# Gives a fit that obeys, perhaps with other constants, or None.
Constraint = Callable[[Fit, Shooting], "Fit | None"]


@dataclass
class Found:
    """Systems that were fitted at one level, by complexity.

    Attributes
    ----------
    best
        Of each complexity the fit of the shortest description.
    """

    judge: Judge
    best: dict[float, Fit] = field(default_factory=dict)

    def add(self, fit: Fit) -> None:
        """Take in a fit."""
        size = fit.system.complexity
        if size not in self.best or self.judge.length(fit) < self.judge.length(self.best[size]):
            self.best[size] = fit

    def front(self) -> list[Fit]:
        """Fits of which each is more complex than the one before and fits better."""
        kept: list[Fit] = []
        for _, fit in sorted(self.best.items()):
            if not kept or self.judge.misfit(fit) < self.judge.misfit(kept[-1]) - 1e-9:
                kept.append(fit)
        return kept


@dataclass(frozen=True)
class Outcome:
    """What a search for a system gives.

    Attributes
    ----------
    front
        Fitted systems by rising complexity.
    chosen
        Place of the one of least description length.
    pieces
        Stretches of each run that they were fitted on; 1 where the whole runs were simulated.
    shooting
        What they were fitted with.
    """

    front: tuple[Fit, ...]
    chosen: int
    pieces: int
    shooting: Shooting


def stretches(data: Smoothed, pieces: int, input_kind: int) -> list[Stretch]:
    """Stretches of all states."""
    found = []
    for number, run in enumerate(data.runs):
        curve = data.states(number, run.times)
        weights = np.where(np.isfinite(run.states), data.noise.deviations(curve) ** -2.0, 0.0)
        inputs = inputs_of(run, input_kind)
        for rows in cut(len(run.times), pieces):
            own = run.times[rows], run.states[rows], weights[rows], inputs, curve[rows][0]
            found.append(Stretch(*own, run.group))
    return found


def thinned(each: list[Stretch]) -> list[Stretch]:
    """Stretches spread over all, where there are more rows than it takes to tell systems apart."""
    rows = sum(len(one.times) for one in each)
    return each[:: max(1, -(-rows // _ROWS))]


def levels_of(pieces: int) -> list[int]:
    """Numbers of stretches of a run, from many to one.

    Examples
    --------
    >>> levels_of(20)
    [20, 6, 2, 1]
    """
    found = [pieces]
    while found[-1] > 1:
        found.append(max(1, found[-1] // _LONGER))
    return found


class Assembly:
    """A search for the best system among combinations of right sides."""

    def __init__(
        self,
        data: Smoothed,
        frame: System,
        judge: Judge,
        input_kind: int,
        constraints: Sequence[Constraint] = (),
    ) -> None:
        self.pieces = levels_of(pieces_of(data))
        self.levels = [Shooting(thinned(stretches(data, count, input_kind))) for count in self.pieces]
        self.frame, self.judge = frame, judge
        self._data, self._input_kind, self._constraints = data, input_kind, constraints

    @property
    def known(self) -> tuple[bool, ...]:
        """Which equations stay as they are."""
        return self.frame.known

    def search(self, choices: Sequence[Sequence[Ranked]], watch: Watch) -> Outcome | None:
        """The best system that can be made of right sides, best first of each state.

        Returns None where none could be solved.
        """
        begun = self._first(choices, watch)
        if begun is None:
            return None
        level, fit = self._deepened(begun)
        found = Found(self.judge)
        found.add(fit)
        self._improved(level, fit, choices, found, watch)
        while level < len(self.levels) - 1:
            deeper, again = self._deepest(found, level, watch)
            if deeper == level:
                break
            level, found = deeper, again
            best = min(found.best.values(), key=self.judge.length)
            self._improved(level, best, choices, found, watch)
        return self._concluded(found, level)

    def _concluded(self, found: Found, level: int) -> Outcome:
        """The front; on all stretches the best of it, where others were fitted on some."""
        front, shooting = found.front(), self.levels[level]
        whole = stretches(self._data, self.pieces[level], self._input_kind)
        if len(whole) > len(shooting.stretches):
            shooting, again = Shooting(whole), Found(self.judge)
            for one in sorted(front, key=self.judge.length)[:_LAST]:
                fit = self._fit(shooting, one.system, 8)
                if fit is not None:
                    again.add(fit)
                    for shorter in self._without_parts(fit, _NOTHING):
                        trial = self._fit(shooting, self._system(shorter), 8)
                        if trial is not None:
                            again.add(trial)
            front = again.front() or front
        lengths = [self.judge.length(one) for one in front]
        return Outcome(tuple(front), int(np.argmin(lengths)), self.pieces[level], shooting)

    def _first(self, choices: Sequence[Sequence[Ranked]], watch: Watch) -> Fit | None:
        """The first combination that can be solved, the best of each state before others."""
        most = _FIRST_OBEYING if self._constraints else _FIRST
        short = [range(min(len(one), most)) for one in choices]
        for number, places in enumerate(islice(sorted(product(*short), key=sum), _MOST_FIRST)):
            if number >= _FEWEST_FIRST and watch.is_late():
                break
            system = self._system([one[k].equation for one, k in zip(choices, places, strict=True)])
            fit = self._fit(self.levels[0], system, 15)
            if fit is not None:
                return fit
        return None

    def _fit(self, shooting: Shooting, system: System, most: int) -> Fit | None:
        """A fit that obeys the constraints; None where it cannot be solved, or does not."""
        fit = shooting.fit(system, most=most)
        for constraint in self._constraints:
            fit = None if fit is None else constraint(fit, shooting)
        return fit

    def _system(self, equations: Sequence[Expression]) -> System:
        mirror = self.frame.mirror
        return replace(self.frame, equations=mirror.completed(equations) if mirror else tuple(equations))

    def _deepened(self, fit: Fit, level: int = 0) -> tuple[int, Fit]:
        """The fit on ever longer stretches, as far as it holds."""
        while level + 1 < len(self.levels):
            longer = self._fit(self.levels[level + 1], fit.system, 25)
            if longer is None or longer.cost > _WORSE * max(fit.cost, float(np.sum(fit.counts))):
                break
            fit, level = longer, level + 1
        return level, fit

    def _deepest(self, found: Found, level: int, watch: Watch) -> tuple[int, Found]:
        """The longest stretches that any system of the front holds on, and the front's systems on them.

        On short stretches few rows hardly tell a short wrong system from the right one, which alone holds on.
        """
        best, *others = sorted(found.front(), key=self.judge.length)
        each = [self._deepened(best, level)]
        each += [self._deepened(one, level) for one in others if not watch.is_late()]
        deepest, longer = max(reached for reached, _ in each), Found(self.judge)
        for reached, fit in each:
            again = fit if reached == deepest else self._fit(self.levels[deepest], fit.system, 10)
            if again is not None:
                longer.add(again)
        return deepest, longer

    def _improved(
        self, level: int, fit: Fit, choices: Sequence[Sequence[Ranked]], found: Found, watch: Watch
    ) -> Fit:
        """Change one right side after the other while the description gets shorter."""
        tried: set[str] = set()
        for _ in range(_MOST_ROUNDS):
            before = self.judge.length(fit)
            for equations in [*self._without_parts(fit), *self._with_others(fit, choices)]:
                key = "; ".join(one.text(3) for one in equations)
                if key in tried or (len(tried) >= _FEWEST_CHANGES and watch.is_late()):
                    continue
                tried.add(key)
                new = self._fit(self.levels[level], self._system(equations), 10)
                if new is None:
                    continue
                found.add(new)
                if self.judge.length(new) < self.judge.length(fit) - 0.01:
                    fit = new
                    watch.tell("; ".join(one.shown(4) for one in fit.system.right_sides))
                    break
            if not self.judge.length(fit) < before:
                break
        return fit

    def _without_parts(self, fit: Fit, limit: float = _DOUBTFUL) -> Iterator[tuple[Expression, ...]]:
        """Systems that lack one term whose coefficient is least sure, the most doubtful first."""
        # what one group of runs is sure of is not doubtful
        each = [fit.system.of_group(group).constants for group in range(len(fit.places))]
        errors = [np.sqrt(np.abs(np.diag(fit.covariance(group)))) for group in range(len(fit.places))]
        surety = np.max(np.abs(each) / np.maximum(errors, 1e-300), axis=0)
        equations = fit.system.equations
        doubts, first = [], 0
        for number, one in enumerate(equations):
            if self.known and self.known[number]:
                continue
            own = surety[first : first + len(free_constants([one]))]
            first += len(own)
            parts, place = parts_of(one), 0
            for k, part in enumerate(parts):
                count = len(free_places(part))
                if count and len(parts) > 1:
                    doubts.append((float(own[place]), number, total([*parts[:k], *parts[k + 1 :]])))
                place += count
        for sure, number, shorter in sorted(doubts, key=lambda one: one[:2]):
            if sure < limit:
                yield (*equations[:number], shorter, *equations[number + 1 :])

    def _with_others(self, fit: Fit, choices: Sequence[Sequence[Ranked]]) -> Iterator[tuple[Expression, ...]]:
        """Systems with another right side for one state, the best of all states before others."""
        equations = fit.system.equations
        for place in range(_OTHERS):
            for number, each in enumerate(choices):
                if place < len(each) and not (self.known and self.known[number]):
                    yield (*equations[:number], each[place].equation, *equations[number + 1 :])
