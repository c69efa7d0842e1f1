"""Systems that a fit found, with the errors of their constants and what they were fitted to."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from symlaw.engine.flows.rates import HELD, Inputs
from symlaw.errors import InvalidSetting
from symlaw.tasks.dynamics.equations import errors_of
from symlaw.trust.dynamics.solutions import Solver

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symlaw.language.expression import Expression
    from symlaw.search.dynamics.data import Names
    from symlaw.search.dynamics.shooting import System
    from symlaw.tasks.dynamics.equations import Equations

    Array = NDArray[np.float64]


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
        ``r2`` of runs, or stretches of few long runs, that its constants were not fitted to; nan without any.
    by_group
        Of each group of runs the constants and their covariance; empty without groups.
    """

    system: System
    equations: Equations
    complexity: float
    nats: float
    r2: float
    covariance: Array
    preferred: float = math.nan
    held_out: float = math.nan
    by_group: tuple[tuple[Array, Array], ...] = ()

    def of_group(self, group: int) -> Row:
        """The row with the constants of one group."""
        constants, covariance = self.by_group[group]
        system = self.system.with_constants(constants)
        equations = replace(
            self.equations, expressions=system.right_sides, errors=errors_of(system, covariance)
        )
        return replace(self, system=system, equations=equations, covariance=covariance, by_group=())

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
    groups, group_of
        Names of groups of runs that have constants of their own, and which group each run is of.
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
    groups: tuple[str, ...] = ()
    group_of: tuple[int, ...] = ()

    def of_group(self, name: str) -> FoundDynamics:
        """What was found for one group of runs.

        Raises
        ------
        InvalidSetting
            When there is no such group.
        """
        if name not in self.groups:
            known = f"the groups are {', '.join(self.groups)}" if self.groups else "there are no groups"
            raise InvalidSetting(f"there is no group {name!r}: {known}")
        group = self.groups.index(name)
        runs = [k for k, own in enumerate(self.group_of) if own == group]
        return replace(
            self, rows=tuple(row.of_group(group) for row in self.rows), groups=(), group_of=(),
            begins=tuple(self.begins[k] for k in runs), ends=tuple(self.ends[k] for k in runs),
        )  # fmt: skip

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
