"""From trajectories to systems: noise, right sides of each state, and the system that they make together."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np

from symlaw.engine import reference
from symlaw.engine.flows.around import ALONE
from symlaw.engine.flows.rates import LINEAR
from symlaw.errors import InvalidSetting
from symlaw.language.expression import Constant, Expression, Variable
from symlaw.search.dynamics.candidates import Ranked, alone, chosen_sums, ranked, shortlist
from symlaw.search.dynamics.compiling import compile_dynamics
from symlaw.search.dynamics.judging import Judge
from symlaw.search.dynamics.measured.noise import Smoothed, as_measured, smoothed
from symlaw.search.dynamics.measured.weak import (
    WIDTHS,
    Grid,
    Windows,
    grid_of,
    of_part,
    steps_of,
    windows_of,
)
from symlaw.search.dynamics.mirrors import with_images
from symlaw.search.dynamics.numbers import Number, Partly, estimated
from symlaw.search.dynamics.proposing.formulas import formulas_on
from symlaw.search.dynamics.proposing.library import library_of, simple_terms
from symlaw.search.dynamics.proposing.repairs import repaired
from symlaw.search.dynamics.shooting import System
from symlaw.search.dynamics.systems import Assembly, Outcome
from symlaw.search.sparse.writing import Writer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from symlaw.engine.flows.around import Around
    from symlaw.knowledge.units.analysis import Units
    from symlaw.language.grammar import Language
    from symlaw.search.dynamics.data import Names, Trajectory
    from symlaw.search.dynamics.mirrors import Mirror
    from symlaw.search.dynamics.systems import Constraint
    from symlaw.search.watch import Watch


# Share of the time that right sides of single states may take, and of the time that is left, by state, that
# searchers of formulas may take where there is next to no noise and where there is some.
_SINGLE, _FORMULAS, _FORMULAS_IN_NOISE = 0.6, 0.2, 0.08
# What an unknown part is taken for to see what a right side makes of it.
_NUMBERS = tuple(Expression((Constant(value),)) for value in (0.0, 1.0, 2.0))


class Unknown(NamedTuple):
    """An unknown part of a right side, such as f in ``F / 2 + f(x, v)``.

    Attributes
    ----------
    around
        What is known around it.
    arguments
        Columns that it may use.
    """

    around: Around
    arguments: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """What is asked of trajectories.

    Parameters
    ----------
    names
        Of the columns.
    language
        What right sides may be made of.
    terms_in
        Columns that they may use.
    known
        Right sides that are known, by place of the state.
    guesses
        Right sides to begin with, by place of the state.
    positions
        States that were not measured, each the rate of a measured one: places of both.
    is_map
        Whether states follow one from the other instead of by rates.
    input_kind
        How inputs are read between rows.
    units
        Of each state's right side; empty where none are known.
    unknowns
        What is unknown of right sides that are known in part, by place of the state.
    constraints
        What systems have to obey.
    mirror
        Which right sides are images of others, if any.
    numbers
        Numbers of known right sides and known parts that are fitted too.
    is_own
        Whether each group of runs has all other constants of its own.
    """

    names: Names
    language: Language
    terms_in: tuple[str, ...]
    known: Mapping[int, Expression] = field(default_factory=dict)
    guesses: Mapping[int, Expression] = field(default_factory=dict)
    positions: Mapping[int, int] = field(default_factory=dict)
    is_map: bool = False
    input_kind: int = LINEAR
    units: tuple[Units, ...] = ()
    unknowns: Mapping[int, Unknown] = field(default_factory=dict)
    constraints: tuple[Constraint, ...] = ()
    mirror: Mirror | None = None
    numbers: tuple[Number, ...] = ()
    is_own: bool = False

    def is_given(self, state: int) -> bool:
        """Whether a state's right side is known, or the image of another one."""
        return state in self.known or (self.mirror is not None and self.mirror.sources[state] != state)

    @property
    def open_states(self) -> list[int]:
        """Places of the states whose right sides are looked for."""
        return [state for state in range(len(self.names.states)) if not self.is_given(state)]

    def around(self, state: int) -> Around:
        """What is known around the part of a state's right side that is looked for."""
        return self.unknowns[state].around if state in self.unknowns else ALONE

    def terms_of(self, state: int) -> tuple[str, ...]:
        """Columns that the part of a state's right side may use that is looked for."""
        return self.unknowns[state].arguments if state in self.unknowns else self.terms_in

    def numbers_in(self, state: int, place: int) -> tuple[Number, ...]:
        """Numbers in a state's equation, which stands at a place of another system."""
        each = [(one, tuple((place, k) for at, k in one.places if at == state)) for one in self.numbers]
        return tuple(one._replace(places=places) for one, places in each if places)

    def allowed(self, state: int, equations: Sequence[Expression]) -> list[Expression]:
        """Right sides of a state that its units allow."""
        own = self.around(state)
        return [one for one in equations if not self.units or self.units[state].allows(own.whole(one))]


@dataclass(frozen=True)
class Answer:
    """Systems found, and what they were found from.

    Attributes
    ----------
    data
        Runs, their smooth curves, and the noise.
    outcome
        The systems.
    judge
        How they were judged.
    """

    data: Smoothed
    outcome: Outcome
    judge: Judge


class Memory(Protocol):
    """Keeps what was worked out, for a search that goes on after it was cut off."""

    def recall(self, key: str) -> Any:
        """The record of a key, as plain values, or None."""

    def keep(self, key: str, record: Any) -> None:
        """Keep a record."""


def find_systems(
    runs: Sequence[Trajectory], question: Question, watch: Watch, memory: Memory | None = None
) -> Answer | None:
    """The systems that explain trajectories; None where none could be solved at all.

    Parameters
    ----------
    runs
        At least one, each state measured at eight times or more.
    question
        What is asked.
    watch
        What ends the search.
    memory
        Keeps the right sides of each state; those that it has are not looked for again.
    """
    compile_dynamics(question.language, watch)
    data = as_measured(runs) if question.is_map else smoothed(runs, question.positions)
    shown = data if question.mirror is None else with_images(data, question.mirror, question.names)
    grid, windows = _views(shown, question)
    groups = [run.group for run in runs]
    question = _with_numbers(question, grid, windows, groups)
    floors = data.noise.floors(np.concatenate([data.states(k, run.times) for k, run in enumerate(runs)]))
    seen = _Seen(shown, grid, windows, floors)
    digest = _digest(runs)
    choices = [
        _kept_sides(seen, question, state, watch, (memory, digest))
        for state in range(len(question.names.states))
    ]
    if not all(choices):
        return None
    frame = System(
        tuple(each[0].equation for each in choices), question.names.columns,
        tuple(question.is_given(state) for state in range(len(choices))), question.is_map,
        tuple(question.around(state) for state in range(len(choices))), question.mirror, question.numbers,
        question.is_own,
    )  # fmt: skip
    judge = Judge(floors, grid.columns)
    more = [
        [] if question.is_given(k) else simple_terms(question.language, question.terms_of(k))
        for k in range(len(question.names.states))
    ]
    assembly = Assembly(data, frame, judge, question.input_kind, question.constraints, more)
    outcome = assembly.search(choices, watch)
    return None if outcome is None else Answer(data, outcome, judge)


class _Seen(NamedTuple):
    """Runs as a search sees them: smooth, on a grid, through windows; shares of errors that are no noise."""

    data: Smoothed
    grid: Grid
    windows: list[Windows]
    floors: NDArray[np.float64]


def _digest(runs: Sequence[Trajectory]) -> str:
    """What tells trajectories from others."""
    found = sha256()
    for run in runs:
        for each in (run.times, run.states, run.inputs):
            found.update(np.ascontiguousarray(each).tobytes())
    return found.hexdigest()[:16]


def _kept_sides(
    seen: _Seen, question: Question, state: int, watch: Watch, kept: tuple[Memory | None, str]
) -> list[Ranked]:
    """Right sides of one state, from memory where it has them."""
    memory, digest = kept
    if memory is None or question.is_given(state):
        return _right_sides(seen, question, state, watch)
    key = f"{state} of {', '.join(question.names.states)} in {digest}"
    record = memory.recall(key)
    if record is None:
        found = _right_sides(seen, question, state, watch)
        memory.keep(key, [[one.equation.to_json(), one.length, one.misfit] for one in found])
        return found
    return [Ranked(Expression.from_json(text), length, misfit) for text, length, misfit in record]


def _right_sides(seen: _Seen, question: Question, state: int, watch: Watch) -> list[Ranked]:
    """Right sides of one state, or what stands for the unknown part of it, best first."""
    if question.is_given(state):
        # what is the image of another one is put in when that one is chosen
        given = question.known.get(state, Expression((Variable(question.names.states[state]),)))
        return [Ranked(given, 0.0, 0.0)]
    data, open_states = seen.data, question.open_states
    watch.tell(f"right sides for {question.names.states[state]}")
    grid, windows = _of_unknown(seen, question, state)
    groups = [run.group for run in data.runs] if question.is_own else []
    sums = _sums(question, grid, windows, state, groups)
    share = (_FORMULAS if data.noise.is_none else _FORMULAS_IN_NOISE) / len(open_states)
    # the searchers of formulas know one set of constants for all rows
    found = (
        []
        if question.is_own
        else formulas_on(grid, question.language, question.terms_of(state), state, watch.shared(share))
    )
    position = question.positions.get(state)
    own = alone(data, question.names, state, position, question.is_map, question.around(state))
    numbers = question.numbers_in(state, 0 if position is None else 1)
    own = own._replace(numbers=numbers, is_own=question.is_own)
    judge = Judge(np.full(len(own.shooting.counts), seen.floors[state]), grid.columns)
    is_late = partial(watch.is_late, _SINGLE * (open_states.index(state) + 1) / len(open_states))
    allowed = question.allowed(state, [*found, *sums])
    return shortlist(ranked(allowed, own, judge, float(np.mean(grid.rates[:, state])), is_late))


def _with_numbers(
    question: Question, grid: Grid, windows: Sequence[Windows], groups: Sequence[int]
) -> Question:
    """The question with numbers as weak forms have them."""
    if not question.numbers:
        return question
    states = sorted({state for one in question.numbers for state, _ in one.places})
    known, unknowns = dict(question.known), dict(question.unknowns)
    parts = []
    for state in states:
        own = unknowns.get(state)
        whole = known[state] if own is None else own.around
        arguments = () if own is None else own.arguments
        parts.append(Partly(state, question.names.states[state], whole, arguments))
    each = []
    for group in sorted(set(groups)):
        runs = [k for k, own in enumerate(groups) if own == group]
        of_group = [one.of_runs(runs) for one in windows]
        each.append(estimated(question.numbers, parts, grid.of_runs(runs), of_group))
    values = np.median(each, axis=0)
    numbers = tuple(
        one._replace(begins=tuple(np.array(each)[:, k].tolist()) if one.is_own else ())
        for k, one in enumerate(question.numbers)
    )
    for part in (one.with_values(question.numbers, values) for one in parts):
        if isinstance(part.whole, Expression):
            known[part.state] = part.whole
        else:
            unknowns[part.state] = unknowns[part.state]._replace(around=part.whole)
    return replace(question, known=known, unknowns=unknowns, numbers=numbers)


def _of_unknown(seen: _Seen, question: Question, state: int) -> tuple[Grid, list[Windows]]:
    """Grid and windows as the unknown part of a right side has them."""
    if state not in question.unknowns:
        return seen.grid, seen.windows
    own = question.unknowns[state].around
    with np.errstate(all="ignore"):
        each = [reference.values(own.whole(one), seen.grid.columns) for one in _NUMBERS]
    offset, first, second = (one * np.ones(seen.grid.n_points) for one in each)
    name = question.names.states[state]
    said = f"the known part of the equation of {name!r}"
    if not np.all(np.isfinite([offset, first])):
        raise InvalidSetting(f"{said} is not defined all along the trajectories: write it so that it is")
    factor = first - offset
    if not np.allclose(second - offset, 2.0 * factor, rtol=1e-6) or not np.any(factor):
        raise InvalidSetting(
            f"{own.name} stands inside of a function in the known equation of {name!r}: let it be added or"
            f' multiplied only, such as "{name} + {own.name}(...)"'
        )
    return of_part(seen.grid, seen.windows, state, offset, factor)


def _views(data: Smoothed, question: Question) -> tuple[Grid, list[Windows]]:
    if question.is_map:
        grid, steps = steps_of(data, question.names)
        return grid, [steps]
    grid = grid_of(data, question.names)
    return grid, [windows_of(data, grid, width) for width in WIDTHS]


def _sums(
    question: Question, grid: Grid, windows: Sequence[Windows], state: int, groups: Sequence[int]
) -> list[Expression]:
    """Right sides of one state that the weak forms speak for."""
    writer = Writer(question.language)
    library = library_of(question.language, grid.columns, question.terms_of(state), writer)
    sums = chosen_sums(library, grid.columns, windows, state, groups)
    if state not in question.guesses:
        return sums
    # what is the same up to digits is fitted once
    both = [*repaired(question.guesses[state], library, grid.columns, windows, state), *sums]
    return list({one.text(2): one for one in reversed(both)}.values())[::-1]
