"""A fit: from trajectories to a front of systems with errors, and the recommended one."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.engine.flows.rates import HELD, Inputs
from symlaw.errors import DataError
from symlaw.language.printers.notation import rounded
from symlaw.search.dynamics.candidates import cut
from symlaw.search.dynamics.finding import find_systems
from symlaw.search.dynamics.proposing.repairs import changes
from symlaw.search.dynamics.sums import free_constants
from symlaw.tasks.dynamics.equations import Equations, errors_of, with_error
from symlaw.tasks.dynamics.intake import taken
from symlaw.trust.dynamics.held_out import held_out
from symlaw.trust.dynamics.solutions import Solver, states_in
from symlaw.trust.dynamics.stability import preferred

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from symlaw.language.expression import Expression
    from symlaw.search.dynamics.data import Names
    from symlaw.search.dynamics.finding import Answer, Question
    from symlaw.search.dynamics.shooting import Fit, System
    from symlaw.search.watch import Watch
    from symlaw.tasks.dynamics.intake import Asked
    from symlaw.tasks.dynamics.settings import DynamicsSettings

    Array = NDArray[np.float64]

# Nats within which the data do not tell systems apart, and spans beyond the data that have to stay bounded.
_CLOSE, _BEYOND = 6.0, 1.0
# Correlation from which on constants are said to trade off, and pairs that are said.
_ENTANGLED, _MOST_ENTANGLED = 0.995, 3
# States from which solutions are tried, and how far around the visited region, as a share of its width.
_STARTS, _AROUND = 48, 1.0


@dataclass(frozen=True)
class Row:
    """One system of the front.

    Attributes
    ----------
    system
        What is solved.
    equations
        The same as it is shown.
    complexity, nats, r2
        Size, length of the description, and share of the states' variance explained from the first states.
    covariance
        Of the fitted constants.
    preferred
        Share of tables of drawn rows on which its description is the shortest.
    held_out
        ``r2`` of runs that its constants were not fitted to, each held out once; nan below three runs.
    """

    system: System
    equations: Equations
    complexity: float
    nats: float
    r2: float
    covariance: Array
    preferred: float = math.nan
    held_out: float = math.nan

    @property
    def numbers(self) -> dict[str, tuple[float, float]]:
        """Values and standard errors of the numbers of known equations, by name."""
        count = len(self.system.numbers)
        values = self.system.constants[len(self.covariance) - count :]
        errors = np.sqrt(np.abs(np.diag(self.covariance)))[len(self.covariance) - count :]
        return {
            one.name: (float(value), float(error))
            for one, value, error in zip(self.system.numbers, values, errors, strict=True)
        }

    def unknown_parts(self) -> list[tuple[int, str, Expression]]:
        """What stands for unknown functions: the place of the state, the function's name, a formula."""
        system = self.system
        pairs = zip(system.around, system.equations, strict=True) if system.around else ()
        return [(k, own.name, one) for k, (own, one) in enumerate(pairs) if own.name]


@dataclass(frozen=True)
class End:
    """Where a run ends.

    Attributes
    ----------
    time
        Of its last row.
    state
        The last state.
    spread
        Joint covariance of the fitted constants and of that state.
    inputs
        The last inputs, (n_inputs,).
    """

    time: float
    state: Array
    spread: Array
    inputs: Array


@dataclass(frozen=True)
class FoundDynamics:
    """What a fit found.

    Attributes
    ----------
    rows, place
        The front and the row that is recommended.
    reason, noise, notes
        In words.
    names
        Of the columns.
    low, high
        Ends of the visited region, (n_states,).
    span
        Length of the longest run.
    begins, ends
        Fitted first states of each run, (n_states,), and where each ends, of the recommended system.
    input_kind
        How inputs are read between rows.
    ended_by
        What ended the search.
    unmeasured
        States that are rates of others.
    length
        Nats for the recommended system with all first states that were fitted.
    """

    rows: tuple[Row, ...]
    place: int
    reason: str
    noise: str
    notes: tuple[str, ...]
    names: Names
    low: Array
    high: Array
    span: float
    begins: tuple[Array, ...]
    ends: tuple[End, ...]
    input_kind: int
    ended_by: str
    unmeasured: tuple[str, ...]
    length: float

    @property
    def recommended(self) -> Row:
        """The recommended row."""
        return self.rows[self.place]

    @property
    def sizes(self) -> Array:
        """Ordinary sizes of the states, (n_states,)."""
        return np.maximum(np.abs(self.low), np.abs(self.high))

    def held_inputs(self) -> Inputs | None:
        """Inputs that stay at the last values of the last run."""
        if not self.names.inputs:
            return None
        values = self.ends[-1].inputs[:, None].copy()
        kinds = np.full(len(values), HELD, np.int64)
        return Inputs(np.zeros(1), values, np.zeros_like(values), kinds, np.zeros(1))

    def solver(self, row: int | None = None) -> Solver:
        """What solves a system of the front, the recommended one by default."""
        return Solver(self.rows[self.place if row is None else row].system, self.sizes)


def fit(data: Any, asked: Asked, settings: DynamicsSettings, watch: Watch) -> FoundDynamics:
    """Find the systems behind trajectories.

    Raises
    ------
    DataError
        When the data cannot be used, or no system could be solved.
    """
    if not settings.hidden:
        return _fitted(data, asked, settings, watch)
    names = taken(data, asked).names
    open_ones = [name for name in names.states if name not in settings.known]
    plain = _fitted(data, asked, settings, watch.shared(1.0 / (1 + len(open_ones))))
    tried = [
        _fitted(data, replace(asked, hidden=(name,)), settings, watch.shared(1.0 / (len(open_ones) - k)))
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


def _fitted(data: Any, asked: Asked, settings: DynamicsSettings, watch: Watch) -> FoundDynamics:
    read = taken(data, asked)
    question = settings.question(read.names, read.positions)
    answer = find_systems(read.runs, question, watch)
    if answer is None and (question.constraints or question.mirror):
        raise DataError(
            "no system that obeys the constraints could be solved along the trajectories: leave one out, or"
            " give other operators or more time"
        )
    if answer is None:
        raise DataError(
            "no system could be solved along the trajectories: give more rows, more runs or other operators"
        )
    return _found(answer, read.names, question, watch.ended_by)


def _found(answer: Answer, names: Names, question: Question, ended_by: str) -> FoundDynamics:
    # what is worse than the mean is no answer, however short it is
    spreads = _spreads(answer)
    fits = [one for one in answer.outcome.front if _r2(one, spreads) > 0.0] or list(answer.outcome.front)
    states = np.concatenate([answer.data.states(k, run.times) for k, run in enumerate(answer.data.runs)])
    low, high = np.min(states, axis=0), np.max(states, axis=0)
    nats = [answer.judge.length(one) for one in fits]
    others = held_out(fits, answer.outcome.shooting, _runs_of(answer))
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
        *_notes(answer, rows[place], fits[place], unstable),
        *_repairs(rows[place], question),
        *_unknowns(rows[place], question),
        *_numbers(rows[place]),
    )
    return FoundDynamics(
        rows, place, _reason(rows, place, allowed), answer.data.noise.said(names.states), notes, names,
        low, high, span, begins, ends, question.input_kind, ended_by,
        tuple(names.states[k] for k in question.positions), _length(fits[place], nats[place]),
    )  # fmt: skip


def _length(fit: Fit, nats: float) -> float:
    """Nats with those of the first states, of which systems fitted on more stretches have more."""
    return nats + 0.5 * float(np.log(np.sum(fit.counts))) * fit.starts.size


def _row(fit: Fit, nats: float, r2: float, share: float) -> Row:
    system = fit.system
    covariance = fit.covariance()
    states = system.columns[: len(system.equations)]
    equations = Equations(states, system.right_sides, errors_of(system, covariance), system.is_map)
    return Row(system, equations, system.complexity, nats, r2, covariance, share)


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


def _runs_of(answer: Answer) -> list[int]:
    """Which run each stretch is of."""
    outcome, runs = answer.outcome, answer.data.runs
    return [k for k, run in enumerate(runs) for _ in cut(len(run.times), outcome.pieces)]


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
    solver = Solver(fit.system, sizes)
    for number, run in enumerate(answer.data.runs):
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


def _repairs(row: Row, question: Question) -> tuple[str, ...]:
    """What became of the terms of guesses."""
    notes = []
    for place, guess in question.guesses.items():
        gone, added = changes(guess, row.system.equations[place])
        said = [f"{', '.join(gone)} left out"] * bool(gone) + [f"{', '.join(added)} added"] * bool(added)
        state = question.names.states[place]
        notes.append(f"the guess for {state} was repaired: {' and '.join(said)}" if said else
                     f"the guess for {state} has the right terms")  # fmt: skip
    return tuple(notes)


def _unknowns(row: Row, question: Question) -> tuple[str, ...]:
    """What stands for unknown functions."""
    notes = []
    for place, name, part in row.unknown_parts():
        called = f"{name}({', '.join(question.unknowns[place].arguments)})"
        notes.append(f"{called} in the equation of {question.names.states[place]} is {part.text(4)}")
    return tuple(notes)


def _numbers(row: Row) -> tuple[str, ...]:
    """Numbers of known equations."""
    numbers = row.numbers
    if not numbers:
        return ()
    values = ", ".join(f"{name} = {with_error(*pair)}" for name, pair in numbers.items())
    return (f"names of known equations that are no columns are numbers that were fitted: {values}",)


def _some_diverge(answer: Answer, row: Row) -> bool:
    """Whether solutions from states drawn around the visited region leave all bounds; not with inputs."""
    if answer.data.runs[0].inputs.shape[1] or row.system.is_map:
        return False
    runs = answer.data.runs
    states = np.concatenate([answer.data.states(k, run.times) for k, run in enumerate(runs)])
    low, span = np.min(states, axis=0), np.ptp(states, axis=0)
    starts = states_in(low - _AROUND * span, low + (1.0 + _AROUND) * span, _STARTS)
    solver = Solver(row.system, np.max(np.abs(states), axis=0))
    times = np.linspace(0.0, max(run.span for run in runs), 20)
    return any(solver.solve(start, times).diverged_at is not None for start in starts)


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


def _reason(rows: tuple[Row, ...], place: int, allowed: Sequence[int]) -> str:
    said = "the shortest description of the measured values"
    others = [k for k in range(len(rows)) if k != place]
    if not others:
        return f"{said}; no other system came near"
    firm = f"; preferred on {100 * rows[place].preferred:.0f}% of tables of drawn rows"
    second = min(others, key=lambda k: rows[k].nats)
    behind = rows[second].nats - rows[place].nats
    named = "; ".join(rows[second].equations.lines())
    if behind < 0.0:
        shorter = f"whose description is {-behind:.1f} nats shorter"
        if second not in allowed:
            return f"it says runs that were held out better than {named}, {shorter}{firm}"
        return f"it stays bounded, and the data do not tell it from {named}, {shorter}{firm}"
    return f"{said}{firm}; the runner-up, {behind:.1f} nats longer, is {named}"


def _constants_of(row: Row) -> list[str]:
    """What fitted constants are called, in the order of their covariance."""
    system, found = row.system, list[str]()
    for k, one in enumerate(system.equations):
        if not (system.known and system.known[k]):
            own = f"in the equation of {system.columns[k]}"
            found += [f"{rounded(value, 3)} {own}" for value in free_constants([one])]
    return [*found, *(one.name for one in system.numbers)]


def _entangled(row: Row) -> list[str]:
    """Pairs of constants of which these data say little but a combination."""
    spreads = np.sqrt(np.abs(np.diag(row.covariance)))
    with np.errstate(all="ignore"):
        together = row.covariance / np.outer(spreads, spreads)
    constants = _constants_of(row)
    pairs = np.argwhere(np.triu(np.abs(np.nan_to_num(together)) > _ENTANGLED, 1))
    return [
        f"{constants[i]} and {constants[j]} trade off (correlation {together[i, j]:.3f})"
        for i, j in pairs[:_MOST_ENTANGLED]
    ]


def _notes(answer: Answer, row: Row, fit: Fit, unstable: bool) -> tuple[str, ...]:
    notes = []
    if unstable:
        notes.append("solutions of the recommended system leave all bounds soon after the data")
    elif _some_diverge(answer, row):
        notes.append("solutions from some states around the data leave all bounds")
    if answer.outcome.pieces > 1:
        notes.append(
            f"runs were fitted in {answer.outcome.pieces} stretches, each with a first state of its own: no"
            " solution follows a whole run within the noise"
        )
    unsure = row.equations.unsure()
    if unsure:
        notes.append(f"the data hardly say {', '.join(unsure)}")
    notes += [f"{said}: other runs or a longer one would tell them apart" for said in _entangled(row)]
    left = answer.data.noise
    share = fit.cost / max(float(np.sum(fit.counts)), 1.0)
    if share > 2.0 and not left.is_none:
        notes.append(
            f"what is left is {math.sqrt(share):.2g} times the noise: terms, states or inputs may be missing"
        )
    return tuple(notes)
