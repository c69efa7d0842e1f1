"""Solutions of a found system for users: frames with bands, and warnings where they diverge."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from symlaw.engine.flows.rates import Inputs
from symlaw.errors import DataError, InvalidSetting

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from symlaw.tasks.dynamics.answer.found import FoundDynamics

    Array = NDArray[np.float64]

_DRAWS = 200


def simulate(
    found: FoundDynamics, x0: Any, t: ArrayLike, inputs: Any, level: float | None, row: int | None
) -> pd.DataFrame:
    """Solve a system; see `symlaw.DynamicsRegressor.simulate`."""
    times = np.ascontiguousarray(np.asarray(t, dtype=float))
    if times.ndim != 1 or len(times) < 2 or not np.all(np.diff(times) > 0):
        raise DataError("t does not rise: give two or more times in order, the first that of x0")
    place = found.place if row is None else row
    if not 0 <= place < len(found.rows):
        raise InvalidSetting(f"row is {row}: the front has rows 0 to {len(found.rows) - 1}")
    first, known = _first_state(found, x0), _inputs(found, inputs, times)
    solution = found.solver(place).solve(first, times, known)
    _tell(solution.diverged_at, found)
    if level is None:
        return _frame(found, times, solution.states, None)
    covariance = found.rows[place].covariance
    constants = _draws(found.rows[place].system.constants, covariance)
    solver = found.solver(place)
    drawn = np.array([solver.solve(first, times, known, one).states for one in constants])
    return _frame(found, times, solution.states, _band(drawn, _checked(level)))


def forecast(
    found: FoundDynamics, span: float, run: int, inputs: Any, points: int, level: float
) -> pd.DataFrame:
    """Solve on from the end of a run; see `symlaw.DynamicsRegressor.forecast`."""
    if not span > 0:
        raise InvalidSetting(f"span is {span!r}: give how far to go, above 0")
    if not -len(found.ends) <= run < len(found.ends):
        raise InvalidSetting(f"run is {run}: there are {len(found.ends)} runs")
    if found.groups:
        group = found.group_of[run]
        own = [place for place, one in enumerate(found.group_of) if one == group]
        found, run = found.of_group(found.groups[group]), own.index(run % len(found.group_of))
    end, system = found.ends[run], found.recommended.system
    if system.is_map:
        times = end.time + np.arange(round(span) + 1.0)
    else:
        times = np.linspace(end.time, end.time + span, points)
    if inputs is None and len(found.names.inputs):
        inputs = {
            found.names.time: times[:1],
            **dict(zip(found.names.inputs, end.inputs[:, None], strict=True)),
        }
    known, solver = _inputs(found, inputs, times), found.solver()
    solution = solver.solve(end.state, times, known)
    _tell(solution.diverged_at, found)
    count = len(system.constants)
    both = _draws(np.concatenate([system.constants, end.state]), end.spread)
    drawn = np.array([solver.solve(one[count:], times, known, one[:count]).states for one in both])
    return _frame(found, times, solution.states, _band(drawn, _checked(level)))


def _checked(level: float) -> float:
    if not 0.0 < level < 1.0:
        raise InvalidSetting(f"level is {level!r}: give a number between 0 and 1")
    return level


def _draws(centre: Array, covariance: Array) -> Array:
    """Draws from a normal distribution, the same each time, (_DRAWS, n)."""
    generator = np.random.Generator(np.random.Philox(key=len(centre)))
    values, vectors = np.linalg.eigh(covariance)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    return np.asarray(centre + generator.standard_normal((_DRAWS, len(centre))) @ root.T)


def _band(drawn: Array, level: float) -> tuple[Array, Array]:
    """Lower and upper ends of drawn solutions; nan where most of them are lost."""
    tail = 0.5 * (1.0 - level)
    lost = np.mean(~np.isfinite(drawn), axis=0) > tail
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        ends = np.nanquantile(drawn, [tail, 1.0 - tail], axis=0)
    ends[:, lost] = np.nan
    return ends[0], ends[1]


def _frame(
    found: FoundDynamics, times: Array, states: Array, band: tuple[Array, Array] | None
) -> pd.DataFrame:
    columns = {found.names.time: times}
    for k, name in enumerate(found.names.states):
        columns[name] = states[:, k]
        if band is not None:
            columns[f"{name}_low"], columns[f"{name}_high"] = band[0][:, k], band[1][:, k]
    return pd.DataFrame(columns)


def _tell(diverged_at: float | None, found: FoundDynamics) -> None:
    if diverged_at is not None:
        warnings.warn(
            f"the solution diverges before {found.names.time} = {diverged_at:g}: no states are given from"
            " there on",
            UserWarning,
            stacklevel=4,
        )


def _first_state(found: FoundDynamics, x0: Any) -> Array:
    names = found.names.states
    if isinstance(x0, Mapping) or hasattr(x0, "keys"):
        missing = [name for name in names if name not in x0]
        if missing:
            raise DataError(f"x0 lacks {missing[0]!r}: give a number for each of {', '.join(names)}")
        x0 = [x0[name] for name in names]
    first = np.asarray(x0, dtype=float).ravel()
    if len(first) != len(names) or not np.all(np.isfinite(first)):
        raise DataError(f"x0 is {x0!r}: give a number for each of {', '.join(names)}")
    return first


def _inputs(found: FoundDynamics, given: Any, times: Array) -> Inputs | None:
    """Inputs at the times, or at times of their own where a time column is given."""
    names = found.names.inputs
    if not names:
        if given is not None:
            raise InvalidSetting("the system has no inputs: leave inputs out")
        return None
    if given is None:
        raise DataError(f"the system has inputs: give {', '.join(names)} at the times")
    own = times
    if isinstance(given, Mapping) or hasattr(given, "columns"):
        if found.names.time in given:
            own = np.asarray(given[found.names.time], dtype=float)
        missing = [name for name in names if name not in given]
        if missing:
            raise DataError(f"inputs lack {missing[0]!r}: give a column for each of {', '.join(names)}")
        values = np.array([np.asarray(given[name], dtype=float) for name in names])
    else:
        values = np.atleast_2d(np.asarray(given, dtype=float).T)
    if values.shape != (len(names), len(own)) or not np.all(np.isfinite(values)):
        raise DataError(
            f"inputs are of shape {values.shape[::-1]}: give a finite number for each time and input"
        )
    kinds = np.full(len(names), found.input_kind, np.int64)
    return Inputs(
        np.ascontiguousarray(own), np.ascontiguousarray(values), np.zeros_like(values), kinds, np.zeros(1)
    )
