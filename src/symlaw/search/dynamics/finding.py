"""From trajectories to systems: noise, right sides of each state, and the system that they make together."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from symlaw.engine.flows.rates import LINEAR
from symlaw.search.dynamics.candidates import Ranked, alone, chosen_sums, ranked, shortlist
from symlaw.search.dynamics.compiling import compile_dynamics
from symlaw.search.dynamics.formulas import formulas_on
from symlaw.search.dynamics.judging import Judge
from symlaw.search.dynamics.library import library_of
from symlaw.search.dynamics.measured.noise import Smoothed, as_measured, smoothed
from symlaw.search.dynamics.measured.weak import WIDTHS, Grid, Windows, grid_of, steps_of, windows_of
from symlaw.search.dynamics.repairs import repaired
from symlaw.search.dynamics.shooting import System
from symlaw.search.dynamics.systems import Assembly, Outcome
from symlaw.search.sparse.writing import Writer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from symlaw.knowledge.units.analysis import Units
    from symlaw.language.expression import Expression
    from symlaw.language.grammar import Language
    from symlaw.search.dynamics.data import Names, Trajectory
    from symlaw.search.watch import Watch


# Share of the time that right sides of single states may take, and of the time that is left, by state, that
# searchers of formulas may take where there is next to no noise and where there is some.
_SINGLE, _FORMULAS, _FORMULAS_IN_NOISE = 0.6, 0.2, 0.08


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

    def allowed(self, state: int, equations: Sequence[Expression]) -> list[Expression]:
        """Right sides of a state that its units allow."""
        return [one for one in equations if not self.units or self.units[state].allows(one)]


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


def find_systems(runs: Sequence[Trajectory], question: Question, watch: Watch) -> Answer | None:
    """The systems that explain trajectories; None where none could be solved at all.

    Parameters
    ----------
    runs
        At least one, each state measured at eight times or more.
    question
        What is asked.
    watch
        What ends the search.
    """
    compile_dynamics(question.language, watch)
    data = as_measured(runs) if question.is_map else smoothed(runs, question.positions)
    grid, windows = _views(data, question)
    floors = data.noise.floors(np.concatenate([data.states(k, run.times) for k, run in enumerate(runs)]))
    choices, count = [], len(question.names.states)
    for state in range(count):
        if state in question.known:
            choices.append([Ranked(question.known[state], 0.0, 0.0)])
            continue
        watch.tell(f"right sides for {question.names.states[state]}")
        sums = _sums(question, grid, windows, state)
        share = (_FORMULAS if data.noise.is_none else _FORMULAS_IN_NOISE) / count
        sums = [*formulas_on(grid, question.language, question.terms_in, state, watch.shared(share)), *sums]
        own = alone(data, question.names, state, question.positions.get(state), question.is_map)
        mean = float(np.mean(grid.rates[:, state]))
        alone_judge = Judge(np.full(len(own.shooting.counts), floors[state]), grid.columns)
        is_late = partial(watch.is_late, _SINGLE * (state + 1) / count)
        sums = question.allowed(state, sums)
        choices.append(shortlist(ranked(sums, own, alone_judge, mean, is_late)))
    if not all(choices):
        return None
    known = tuple(state in question.known for state in range(len(choices)))
    frame = System(
        tuple(each[0].equation for each in choices), question.names.columns, known, question.is_map
    )
    judge = Judge(floors, grid.columns)
    outcome = Assembly(data, frame, judge, question.input_kind).search(choices, watch)
    return None if outcome is None else Answer(data, outcome, judge)


def _views(data: Smoothed, question: Question) -> tuple[Grid, list[Windows]]:
    if question.is_map:
        grid, steps = steps_of(data, question.names)
        return grid, [steps]
    grid = grid_of(data, question.names)
    return grid, [windows_of(data, grid, width) for width in WIDTHS]


def _sums(question: Question, grid: Grid, windows: Sequence[Windows], state: int) -> list[Expression]:
    """Right sides of one state that the weak forms speak for."""
    writer = Writer(question.language)
    library = library_of(question.language, grid.columns, question.terms_in, writer)
    sums = chosen_sums(library, grid.columns, windows, state)
    if state not in question.guesses:
        return sums
    # what is the same up to digits is fitted once
    both = [*repaired(question.guesses[state], library, grid.columns, windows, state), *sums]
    return list({one.text(2): one for one in reversed(both)}.values())[::-1]
