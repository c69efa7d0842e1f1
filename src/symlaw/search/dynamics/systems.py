"""Whole systems: put together from right sides, fitted through the solver, changed where that says more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache, partial
from itertools import islice, product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.engine.flows.rates import free_places
from symlaw.search.dynamics.additions import nearest_sum, with_fewer, with_more, without
from symlaw.search.dynamics.candidates import cut, pieces_of
from symlaw.search.dynamics.data import inputs_of
from symlaw.search.dynamics.shooting import Fit, Shooting, Stretch, System
from symlaw.search.dynamics.sums import parts_of, total

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from symlaw.language.expression import Expression
    from symlaw.search.dynamics.candidates import Ranked
    from symlaw.search.dynamics.judging import Judge
    from symlaw.search.dynamics.measured.noise import Smoothed
    from symlaw.search.watch import Watch

    Array = NDArray[np.float64]

# How many times longer stretches get from level to level, and how many levels are gone ahead at first.
_LONGER, _AHEAD = 1.12, 10
# Longer stretches are gone to while squares grow by less than this.
_WORSE = 1.3
# Steps of a fit of a changed system, and of one on the shortest stretches that others begin with.
_STEPS, _PATIENT = 15, 40
# On short stretches a system may be longer by so many nats and yet hold on long ones where another does not.
_SHORT_OF = 30.0
# Right sides of a state that are tried in the best system, and terms that are tried without.
_OTHERS, _DOUBTFUL, _NOTHING = 6, 8.0, 2.0
# Rows that systems are compared on, and systems that are fitted to all of them in the end.
_ROWS, _LAST = 2500, 3
_MOST_ROUNDS = 12
# Systems with a term more that are tried, of those that long and short stretches speak for.
_MORE = 6
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
        Stretches of each run that they were fitted on, the last of which may be a part of one; 1 where the
        whole runs were simulated.
    shooting
        What they were fitted with.
    """

    front: tuple[Fit, ...]
    chosen: int
    pieces: float
    shooting: Shooting


class Change(NamedTuple):
    """A system in the place of another one, first states to begin with, and whether it has a term more."""

    system: System
    starts: Array
    is_more: bool = False


def stretches(data: Smoothed, pieces: float, input_kind: int) -> list[Stretch]:
    """Stretches of all states."""
    found = []
    for number, run in enumerate(data.runs):
        curve = data.states(number, run.times)
        weights = np.where(np.isfinite(run.states), data.noise.deviations(curve) ** -2.0, 0.0)
        inputs = inputs_of(run, input_kind)
        for rows in cut(len(run.times), pieces):
            targets = np.where(np.isfinite(run.states[rows]), run.states[rows], curve[rows])
            own = run.times[rows], targets, weights[rows], inputs, curve[rows][0]
            found.append(Stretch(*own, run.group, number))
    return found


def thinned(each: list[Stretch]) -> list[Stretch]:
    """Stretches spread over all, where there are more rows than it takes to tell systems apart."""
    rows = sum(len(one.times) for one in each)
    return each[:: max(1, -(-rows // _ROWS))]


def levels_of(pieces: int) -> list[float]:
    """Numbers of stretches of a run, from many to one, the last of which may be a part of one.

    Examples
    --------
    >>> [round(one, 2) for one in levels_of(2)]
    [2.0, 1.81, 1.64, 1.49, 1.35, 1.22, 1.1, 1.0]
    """
    steps = int(np.ceil(np.log(pieces) / np.log(_LONGER) - 1e-9))
    return [*np.geomspace(pieces, 1.0, steps + 1)[:-1].tolist(), 1.0]


class Assembly:
    """A search for the best system among combinations of right sides."""

    def __init__(
        self,
        data: Smoothed,
        frame: System,
        judge: Judge,
        input_kind: int,
        constraints: Sequence[Constraint] = (),
        more: Sequence[Sequence[Expression]] = (),
    ) -> None:
        self.pieces = levels_of(pieces_of(data))
        self.level = cache(lambda level: Shooting(thinned(stretches(data, self.pieces[level], input_kind))))
        self.frame, self.judge = frame, judge
        self._data, self._input_kind, self._constraints, self._more = data, input_kind, constraints, more

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
        level, fit = self._deepened(self._plainer(begun), 0, len(self.pieces) - 1)
        found = Found(self.judge)
        found.add(fit)
        self._improved(level, fit, choices, found, watch)
        while level < len(self.pieces) - 1:
            deeper, again = self._deepest(found, level, watch)
            if deeper == level:
                break
            level, found = deeper, again
            best = min(found.best.values(), key=self.judge.length)
            self._improved(level, best, choices, found, watch)
        return self._concluded(found, level)

    def _concluded(self, found: Found, level: int) -> Outcome:
        """The front; on all stretches the best of it, where others were fitted on some."""
        front, shooting = found.front(), self.level(level)
        whole = stretches(self._data, self.pieces[level], self._input_kind)
        if len(whole) > len(shooting.stretches):
            thin, shooting, again = shooting, Shooting(whole), Found(self.judge)
            for one in sorted(front, key=self.judge.length)[:_LAST]:
                fit = self._fit(shooting, one.system, 8, thin.starts_on(one, shooting))
                if fit is not None:
                    again.add(fit)
                    for shorter in self._without_parts(fit, shooting, _NOTHING):
                        trial = self._fit(shooting, shorter.system, 8, shorter.starts)
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
            fit = self._fit(self.level(0), system, 15)
            if fit is not None:
                return fit
        return None

    def _fit(self, shooting: Shooting, system: System, most: int, starts: Array | None = None) -> Fit | None:
        """A fit that obeys the constraints; None where it cannot be solved, or does not."""
        fit = shooting.fit(system, starts, most)
        for constraint in self._constraints:
            fit = None if fit is None else constraint(fit, shooting)
        return fit

    def _system(self, equations: Sequence[Expression]) -> System:
        mirror = self.frame.mirror
        return replace(self.frame, equations=mirror.completed(equations) if mirror else tuple(equations))

    def _deepened(self, fit: Fit, level: int, last: int) -> tuple[int, Fit]:
        """The fit on ever longer stretches, as far as it holds.

        Each begins where the solution on shorter ones is, so that those of chaotic systems do not run away.
        """
        ahead = _AHEAD
        while level < last and ahead:
            to = min(level + ahead, last)
            starts = self.level(level).starts_on(fit, self.level(to))
            longer = self._fit(self.level(to), fit.system, 25, starts)
            if longer is not None and self._holds(longer, fit):
                fit, level = longer, to
            else:
                ahead //= 2
        return level, fit

    def _holds(self, longer: Fit, fit: Fit) -> bool:
        """Whether the squares of a fit are not much larger than those of another one, or than the noise."""
        return longer.cost <= _WORSE * max(fit.cost, float(np.sum(fit.counts)))

    def _deepest(self, found: Found, level: int, watch: Watch) -> tuple[int, Found]:
        """The longest stretches that any system of the front holds on, and the front's systems on them.

        On short stretches few rows hardly tell a short wrong system from the right one, which alone holds on.
        """
        best, *others = sorted(found.front(), key=self.judge.length)
        last = len(self.pieces) - 1
        each = [self._deepened(best, level, last)]
        each += [self._deepened(one, level, last) for one in others if not watch.is_late()]
        # what is far from the data holds on stretches of any length
        near = [reached for reached, fit in each if self._holds(fit, each[0][1])]
        deepest, longer = max(near), Found(self.judge)
        for reached, fit in each:
            again: Fit | None = fit
            if reached != deepest:
                starts = self.level(reached).starts_on(fit, self.level(deepest))
                again = self._fit(self.level(deepest), fit.system, 10, starts)
            if again is not None:
                longer.add(again)
        return deepest, longer

    def _improved(
        self, level: int, fit: Fit, choices: Sequence[Sequence[Ranked]], found: Found, watch: Watch
    ) -> Fit:
        """Change one right side after the other while the description gets shorter."""
        tried: set[str] = set()
        for _ in range(_MOST_ROUNDS):
            better = self._better(level, fit, choices, (found, tried), watch)
            if better is None:
                break
            fit = better
            watch.tell("; ".join(one.shown(4) for one in fit.system.right_sides))
        return fit

    def _better(
        self,
        level: int,
        fit: Fit,
        choices: Sequence[Sequence[Ranked]],
        known: tuple[Found, set[str]],
        watch: Watch,
    ) -> Fit | None:
        """A system with one right side changed whose description is shorter, if there is one."""
        found, tried = known
        short = cache(partial(self._shortened, fit, level))
        best: Fit | None = None
        for change in self._changes(fit, level, choices, short):
            if best is not None and not change.is_more:
                break
            system = change.system
            key = "; ".join(one.text(3) for one in system.equations)
            if key in tried or (len(tried) >= _FEWEST_CHANGES and watch.is_late()):
                continue
            tried.add(key)
            new = self._fit(self.level(level), system, _STEPS, change.starts)
            # on long stretches what a term more needs may be far from what is there
            astray = (
                new is None or not self._holds(new, fit) or (change.is_more and not self._gains(new, fit))
            )
            if level and astray:
                new = self._by_short(system, level, short()) or new
            if new is None:
                continue
            found.add(new)
            if self._gains(new, best or fit):
                best = new
                if not change.is_more:
                    break
        return best

    def _gains(self, new: Fit, fit: Fit) -> bool:
        """Whether a description is shorter than another one."""
        return self.judge.length(new) < self.judge.length(fit) - 0.01

    def _changes(
        self, fit: Fit, level: int, choices: Sequence[Sequence[Ranked]], short: Callable[[], Fit | None]
    ) -> Iterator[Change]:
        """Systems with one right side changed; ``short`` is the fit on the shortest stretches."""
        yield from self._without_parts(fit, self.level(level))
        columns = self.judge.columns
        for one in with_more(fit, self.level(level), self._more, columns)[:_MORE]:
            yield Change(one.system, one.starts, is_more=True)
        # on long stretches a fit that went astray does not know what it lacks
        begun = short() if level else None
        for one in [] if begun is None else with_more(begun, self.level(0), self._more, columns)[:_MORE]:
            yield Change(one.system, fit.starts, is_more=True)
        for equations in self._with_others(fit, choices):
            yield Change(self._system(equations), fit.starts)

    def _by_short(self, system: System, level: int, now: Fit | None) -> Fit | None:
        """A fit that begins on the shortest stretches, if these speak for it as for the present one."""
        if now is None:
            return None
        begun = self._fit(self.level(0), system, _PATIENT, now.starts)
        if begun is None or self.judge.length(begun) > self.judge.length(now) + _SHORT_OF:
            return None
        reached, longer = self._deepened(begun, 0, level)
        return longer if reached == level else None

    def _plainer(self, fit: Fit) -> Fit:
        """On the shortest stretches, a system with sums of simple terms where these say as much in less."""
        for number in range(len(fit.system.equations) if not fit.system.by_group else 0):
            equations = fit.system.equations
            terms = self._more[number] if self._more else ()
            whole = nearest_sum(equations[number], terms, self.judge.columns)
            if whole is None:
                continue
            system = self._system((*equations[:number], whole, *equations[number + 1 :]))
            every = self._fit(self.level(0), system, _PATIENT, fit.starts)
            for one in [] if every is None else with_fewer(every, self.level(0), number)[:_MORE]:
                fewer = self._fit(self.level(0), one.system, _STEPS, one.starts)
                fit = fit if fewer is None else min(fit, fewer, key=self.judge.length)
        return fit

    def _shortened(self, fit: Fit, level: int) -> Fit | None:
        """A fit on the shortest stretches; None where it cannot be solved on them."""
        starts = self.level(level).starts_on(fit, self.level(0))
        return self._fit(self.level(0), fit.system, _PATIENT, starts)

    def _without_parts(self, fit: Fit, shooting: Shooting, limit: float = _DOUBTFUL) -> Iterator[Change]:
        """Systems that lack one term whose coefficient is least sure, the most doubtful first."""
        # what one group of runs is sure of is not doubtful
        each = [fit.system.of_group(group).constants for group in range(len(fit.places))]
        errors = [np.sqrt(np.abs(np.diag(fit.covariance(group)))) for group in range(len(fit.places))]
        surety = np.max(np.abs(each) / np.maximum(errors, 1e-300), axis=0)
        equations = fit.system.equations
        doubts, place = [], 0
        for number, one in enumerate(equations):
            if self.known and self.known[number]:
                continue
            parts = parts_of(one)
            for k, part in enumerate(parts):
                own = range(place, place + len(free_places(part)))
                if own and len(parts) > 1:
                    doubts.append((float(surety[place]), number, total([*parts[:k], *parts[k + 1 :]]), own))
                place = own.stop
        doubts = [one for one in sorted(doubts, key=lambda one: one[:2]) if one[0] < limit]
        linear = shooting.linear(fit.system, fit.starts) if doubts and not fit.system.by_group else None
        for _, number, shorter, own in doubts:
            system = self._system((*equations[:number], shorter, *equations[number + 1 :]))
            constants, starts = without(fit, linear, np.array(own))
            yield Change(system.with_constants(constants), starts)

    def _with_others(self, fit: Fit, choices: Sequence[Sequence[Ranked]]) -> Iterator[tuple[Expression, ...]]:
        """Systems with another right side for one state, the best of all states before others."""
        equations = fit.system.equations
        for place in range(_OTHERS):
            for number, each in enumerate(choices):
                if place < len(each) and not (self.known and self.known[number]):
                    yield (*equations[:number], each[place].equation, *equations[number + 1 :])
