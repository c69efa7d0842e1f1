"""A fit: from trajectories to a front of systems with errors, and the recommended one."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.errors import DataError
from symlaw.search.dynamics.candidates import cut
from symlaw.search.dynamics.finding import find_systems
from symlaw.tasks.dynamics.answer.found import End, FoundDynamics, Row
from symlaw.tasks.dynamics.answer.notes import (
    general_notes,
    number_notes,
    reason,
    repair_notes,
    unknown_notes,
)
from symlaw.tasks.dynamics.equations import Equations, errors_of
from symlaw.tasks.dynamics.intake import taken
from symlaw.trust.dynamics.held_out import held_out, split_of
from symlaw.trust.dynamics.solutions import Solver
from symlaw.trust.dynamics.stability import preferred

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from symlaw.search.dynamics.finding import Answer, Memory, Question
    from symlaw.search.dynamics.shooting import Fit
    from symlaw.search.watch import Watch
    from symlaw.tasks.dynamics.intake import Asked, Taken
    from symlaw.tasks.dynamics.settings import DynamicsSettings

    Array = NDArray[np.float64]

# Nats within which the data do not tell systems apart, and spans beyond the data that have to stay bounded.
_CLOSE, _BEYOND = 6.0, 1.0


def fit(
    data: Any, asked: Asked, settings: DynamicsSettings, watch: Watch, memory: Memory | None = None
) -> FoundDynamics:
    """Find the systems behind trajectories.

    Raises
    ------
    DataError
        When the data cannot be used, or no system could be solved.
    """
    if not settings.hidden:
        return _fitted(data, asked, settings, watch, memory)
    names = taken(data, asked).names
    open_ones = [name for name in names.states if name not in settings.known]
    plain = _fitted(data, asked, settings, watch.shared(1.0 / (1 + len(open_ones))), memory)
    tried = [
        _fitted(
            data, replace(asked, hidden=(name,)), settings, watch.shared(1.0 / (len(open_ones) - k)), memory
        )
        for k, name in enumerate(open_ones)
    ]
    return _conjectured(plain, min(tried, key=lambda one: one.length))


def _conjectured(plain: FoundDynamics, other: FoundDynamics) -> FoundDynamics:
    """The system with a state that was not measured where its description is shorter; a note says so."""
    gained, name = plain.length - other.length, other.unmeasured[0]
    if gained > _CLOSE:
        system = "; ".join(plain.recommended.equations.lines())
        said = (
            f"a conjecture: {name} was not measured, and with it the description is {gained:.0f} nats shorter"
            f" than by {system}"
        )
        return replace(other, notes=(said, *other.notes))
    said = f"no state that was not measured is called for: with {name} the description is no shorter"
    return replace(plain, notes=(*plain.notes, said))


def _fitted(
    data: Any, asked: Asked, settings: DynamicsSettings, watch: Watch, memory: Memory | None
) -> FoundDynamics:
    read = taken(data, asked)
    question = settings.question(read.names, read.positions)
    answer = find_systems(read.runs, question, watch, memory)
    if answer is None and (question.constraints or question.mirror):
        raise DataError(
            "no system that obeys the constraints could be solved along the trajectories: leave one out, or"
            " give other operators or more time"
        )
    if answer is None:
        raise DataError(
            "no system could be solved along the trajectories: give more rows, more runs or other operators"
        )
    return _found(answer, read, question, watch.ended_by)


def _found(answer: Answer, read: Taken, question: Question, ended_by: str) -> FoundDynamics:
    names = read.names
    # what is worse than the mean is no answer, however short it is
    spreads = _spreads(answer)
    fits = [one for one in answer.outcome.front if _r2(one, spreads) > 0.0] or list(answer.outcome.front)
    states = np.concatenate([answer.data.states(k, run.times) for k, run in enumerate(answer.data.runs)])
    low, high = np.min(states, axis=0), np.max(states, axis=0)
    nats = [answer.judge.length(one) for one in fits]
    split = split_of(answer.data, answer.outcome.pieces, question.input_kind)
    others = held_out(fits, split, answer.outcome.shooting)
    allowed = _borne_out(answer, others)
    place, unstable = _stable_choice(answer, fits, allowed, np.maximum(np.abs(low), np.abs(high)))
    shares = preferred(fits, answer.outcome.shooting, answer.judge)
    rows = tuple(
        replace(_row(one, length, _r2(one, spreads), share), held_out=_r2(out, spreads) if out else math.nan)
        for one, length, share, out in zip(fits, nats, shares, others, strict=True)
    )
    span = max(run.span for run in answer.data.runs)
    begins, ends = _ends(fits[place], answer)
    notes = (
        *general_notes(answer, rows[place], fits[place], unstable),
        *repair_notes(rows[place], question),
        *unknown_notes(rows[place], question),
        *number_notes(rows[place]),
    )
    return FoundDynamics(
        rows, place, reason(rows, place, allowed), answer.data.noise.said(names.states), notes, names,
        low, high, span, begins, ends, question.input_kind, ended_by,
        tuple(names.states[k] for k in question.positions), _length(fits[place], nats[place]),
        read.groups, tuple(run.group for run in read.runs) if read.groups else (),
    )  # fmt: skip


def _length(fit: Fit, nats: float) -> float:
    """Nats with those of the first states, of which systems fitted on more stretches have more."""
    return nats + 0.5 * float(np.log(np.sum(fit.counts))) * fit.starts.size


def _row(fit: Fit, nats: float, r2: float, share: float) -> Row:
    system = fit.system.of_group(0)
    covariance = fit.covariance()
    count = len(fit.system.by_group)
    by_group = tuple((fit.system.of_group(k).constants, fit.covariance(k)) for k in range(count))
    states = system.columns[: len(system.equations)]
    equations = Equations(states, system.right_sides, errors_of(system, covariance), system.is_map)
    return Row(system, equations, system.complexity, nats, r2, covariance, share, by_group=by_group)


def _r2(fit: Fit, spreads: Array) -> float:
    """Share of the measured states' variance that the solutions explain."""
    used = fit.counts > 0
    return float(1.0 - np.mean(fit.squares[used] / spreads[used]))


def _spreads(answer: Answer) -> Array:
    """Squares of each state's measured values about the mean of their run, in units of the errors."""
    data = answer.data
    total = np.zeros(len(data.noise.sizes))
    for number, run in enumerate(data.runs):
        weights = data.noise.deviations(data.states(number, run.times)) ** -2.0
        weights = np.where(np.isfinite(run.states), weights, 0.0)
        values = np.where(np.isfinite(run.states), run.states, 0.0)
        mean = np.sum(weights * values, axis=0) / np.maximum(np.sum(weights, axis=0), 1e-300)
        total += np.sum(weights * (values - mean) ** 2, axis=0)
    return total


def _borne_out(answer: Answer, others: Sequence[Fit | None]) -> list[int]:
    """Places of systems that say runs held out no worse than each simpler one does; all where none was."""
    each = [math.inf if one is None else answer.judge.misfit(one) for one in others]
    places = [k for k, own in enumerate(each) if not own > min(each[: k + 1]) + _CLOSE]
    return places if np.any(np.isfinite(each)) else list(range(len(each)))


def _stable_choice(
    answer: Answer, fits: Sequence[Fit], allowed: Sequence[int], sizes: Array
) -> tuple[int, bool]:
    """The shortest description; of those that the data do not tell apart the first that stays bounded.

    ``allowed`` are the places chosen from. Returns a place, and whether it diverges soon after the data.
    """
    nats = [answer.judge.length(one) for one in fits]
    order = sorted(allowed, key=lambda k: nats[k])
    best = order[0]
    for place in order:
        if nats[place] > nats[best] + _CLOSE:
            break
        if not _diverges(answer, fits[place], sizes):
            return place, False
    return best, True


def _diverges(answer: Answer, fit: Fit, sizes: Array) -> bool:
    """Whether solutions leave all bounds soon after a run's last row; not asked where there are inputs."""
    if answer.data.runs[0].inputs.shape[1]:
        return False
    for number, run in enumerate(answer.data.runs):
        solver = Solver(fit.system.of_group(run.group), sizes)
        last = answer.data.states(number, run.times[-1:])[0]
        if fit.system.is_map:
            step = run.times[1] - run.times[0]
            times = run.times[-1] + step * np.arange(len(run.times))
        else:
            times = run.times[-1] + np.linspace(0.0, _BEYOND * run.span, 50)
        solution = solver.solve(last, times)
        if solution.diverged_at is not None or np.any(np.abs(solution.states) > 1e3 * sizes):
            return True
    return False


def _ends(fit: Fit, answer: Answer) -> tuple[tuple[Array, ...], tuple[End, ...]]:
    """The first and the last state of each run, by the solutions of its first and last stretch."""
    data, outcome, last = answer.data, answer.outcome, -1
    begins, found = [], []
    for number, run in enumerate(data.runs):
        begins.append(fit.starts[last + 1])
        last += len(cut(len(run.times), outcome.pieces))
        state, spread = outcome.shooting.end_of(fit, last)
        if not np.all(np.isfinite(state)):
            state = data.states(number, run.times[-1:])[0]
        found.append(End(float(run.times[-1]), state, spread, run.inputs[-1]))
    return tuple(begins), tuple(found)
