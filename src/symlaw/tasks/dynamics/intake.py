"""Trajectories from frames, files and mappings, checked once."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.data.reading import read_raw
from symlaw.errors import ColumnNotFound, DataError, InvalidSetting
from symlaw.search.dynamics.data import Names, Trajectory

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symlaw.data.raw import Column

    Array = NDArray[np.float64]
    Places = NDArray[np.int64]

# Values of a state that a fit needs, and rows that a run has at least.
FEWEST, _FEWEST_ROWS, _FEWEST_GROUPS = 8, 4, 2
_EVEN = 1e-6


@dataclass(frozen=True)
class Asked:
    """Which columns are what.

    Parameters
    ----------
    time
        The column of times.
    states
        Columns of states; all others by default.
    inputs
        Columns of measured inputs.
    run
        The column that tells runs apart, if there is one.
    order
        2 where states are positions whose rates were not measured.
    discrete
        Whether rows follow one from the other.
    hidden
        States whose rates are states too, which were not measured.
    groups
        The column that tells groups of runs apart, True where each run is one, or None.
    """

    time: str = "t"
    states: tuple[str, ...] | None = None
    inputs: tuple[str, ...] = ()
    run: str | None = None
    order: int = 1
    discrete: bool = False
    hidden: tuple[str, ...] = ()
    groups: str | bool | None = None


@dataclass(frozen=True)
class Taken:
    """Trajectories, the names of their columns, and which states are rates of others.

    Rates that were not measured stand behind the measured states; ``positions`` says whose they are.
    ``groups`` are names of the groups of runs, none where there are none.
    """

    runs: tuple[Trajectory, ...]
    names: Names
    positions: dict[int, int]
    groups: tuple[str, ...] = ()


def taken(data: Any, asked: Asked) -> Taken:
    """Read trajectories.

    Parameters
    ----------
    data
        A frame, mapping of columns or path, or a list of them, one for each run.
    asked
        Which columns are what.

    Raises
    ------
    ColumnNotFound
        When a column is not there.
    DataError
        When times repeat or go back, a state is constant or has too few values, or an input is missing.
    """
    tables = [_columns_of(one) for one in _each(data)]
    if not tables:
        raise DataError("no trajectory was given: give a frame, or a list of frames or files")
    names = _names_of(tables[0], asked)
    runs: list[Trajectory] = []
    groups: dict[str, int] = {}
    for number, table in enumerate(tables):
        for rows in _runs_in(table, asked.run):
            label = f"run {number + 1 if asked.run is None else len(runs) + 1}"
            one = _run(table, rows, names, label)
            group = groups.setdefault(_group_of(table, rows, asked, label), len(groups))
            runs.append(replace(one, group=group))
    _check(runs, names, asked)
    if asked.groups and len(groups) < _FEWEST_GROUPS:
        raise DataError(f"groups: all runs are of group {next(iter(groups))!r}: leave groups out")
    second = names.states if asked.order == 2 else asked.hidden
    found = _with_rates(runs, names, second) if second else Taken(tuple(runs), names, {})
    return replace(found, groups=tuple(groups) if asked.groups else ())


def _group_of(table: Mapping[str, Column], rows: Places, asked: Asked, label: str) -> str:
    """The name of the group that a run is of; "" without groups."""
    column = asked.groups
    if not column:
        return ""
    if column is True:
        return label if asked.run is None else _called(table[asked.run].values[rows[0]])
    if column not in table:
        raise ColumnNotFound(f"there is no column {column!r}: the columns are {', '.join(table)}")
    each = sorted({_called(one) for one in table[column].values[rows]})
    if len(each) > 1:
        raise DataError(
            f"{label} is of groups {each[0]!r} and {each[1]!r} by column {column!r}: a run is of one group"
        )
    return each[0]


def _called(value: Any) -> str:
    """A group by its value in a column."""
    return f"{value:g}" if isinstance(value, float) else str(value)


def rate_name(state: str) -> str:
    """What the rate of a position is called where only positions were measured."""
    return f"d{state}"


def measured_name(rate: str) -> str:
    """The position that a rate named by `rate_name` is of."""
    return rate.removeprefix(rate_name(""))


def _each(data: Any) -> list[Any]:
    if isinstance(data, (list, tuple)):
        return list(data)
    return [data]


def _columns_of(source: Any) -> dict[str, Column]:
    if not (hasattr(source, "items") or hasattr(source, "columns") or isinstance(source, (str, os.PathLike))):
        raise DataError(
            f"a trajectory is given as {type(source).__name__}: give a frame, a mapping of columns or a path"
        )
    return {column.name: column for column in read_raw(source).columns}


def _names_of(table: Mapping[str, Column], asked: Asked) -> Names:
    others = {asked.time, *asked.inputs, asked.run, asked.groups}
    states = asked.states or tuple(
        name for name, column in table.items() if name not in others and column.kind == "number"
    )
    if not states:
        raise DataError("there is no column of a state: name them with states=")
    twice = [name for name in states if name in others]
    if twice:
        raise InvalidSetting(f"{twice[0]!r} is a state and also time, input, run or groups: name it once")
    return Names(tuple(states), tuple(asked.inputs), asked.time)


def _column(table: Mapping[str, Column], name: str) -> Array:
    if name not in table:
        raise ColumnNotFound(f"there is no column {name!r}: the columns are {', '.join(table)}")
    column = table[name]
    if column.kind == "text":
        raise DataError(f"column {name!r} holds text: give numbers")
    values = column.values
    if column.kind == "time":
        values = (values - values[0]) / np.timedelta64(1, "s")
    return np.asarray(values, dtype=float)


def _runs_in(table: Mapping[str, Column], run: str | None) -> list[Places]:
    """Rows of each run, in the order in which runs begin."""
    if run is None:
        return [np.arange(len(next(iter(table.values())).values))]
    if run not in table:
        raise ColumnNotFound(f"there is no column {run!r}: the columns are {', '.join(table)}")
    labels = [str(one) for one in table[run].values]
    return [np.flatnonzero(np.array(labels) == label) for label in dict.fromkeys(labels)]


def _times_of(table: Mapping[str, Column], rows: Places, name: str, label: str) -> Array:
    times = np.asarray(_column(table, name)[rows], dtype=float)
    if not np.all(np.isfinite(times)):
        raise DataError(f"{label} has rows without a time in column {name!r}: leave these rows out")
    steps = np.diff(times)
    if np.any(steps <= 0.0):
        row = int(np.flatnonzero(steps <= 0.0)[0]) + 1
        raise DataError(
            f"times of {label} repeat or go back at row {row + 1} ({name} = {times[row]:g}): sort the rows,"
            " or name the column that tells runs apart with run="
        )
    return times


def _run(table: Mapping[str, Column], rows: Places, names: Names, label: str) -> Trajectory:
    times = _times_of(table, rows, names.time, label)
    states = np.column_stack([_column(table, name)[rows] for name in names.states])
    inputs = [_column(table, name)[rows] for name in names.inputs]
    for name, column in zip(names.inputs, inputs, strict=True):
        if not np.all(np.isfinite(column)):
            row = int(np.flatnonzero(~np.isfinite(column))[0])
            raise DataError(
                f"input {name!r} is missing at {names.time} = {times[row]:g} of {label}: fill it in,"
                " or leave these rows out"
            )
    states = np.where(np.isfinite(states), states, np.nan)
    table_of_inputs = np.column_stack(inputs) if inputs else np.zeros((len(times), 0))
    return Trajectory(times, states, table_of_inputs)


def _check(runs: Sequence[Trajectory], names: Names, asked: Asked) -> None:
    for number, run in enumerate(runs):
        if len(run.times) < _FEWEST_ROWS:
            raise DataError(
                f"run {number + 1} has {len(run.times)} rows: give {_FEWEST_ROWS} or more, or leave it out"
            )
        for k, name in enumerate(names.states):
            count = int(np.sum(np.isfinite(run.states[:, k])))
            if count < FEWEST:
                raise DataError(
                    f"state {name!r} has {count} values in run {number + 1}: a fit needs {FEWEST} in each run"
                )
        if asked.discrete:
            _check_steps(run, number)
    for k, name in enumerate(names.states):
        values = np.concatenate([run.states[:, k] for run in runs])
        if np.nanmax(values) == np.nanmin(values):
            raise DataError(f"state {name!r} is constant: leave it out, for it has no dynamics to find")


def _check_steps(run: Trajectory, number: int) -> None:
    steps = np.diff(run.times)
    if np.ptp(steps) > _EVEN * steps[0]:
        raise DataError(
            f"times of run {number + 1} are not evenly spaced, as a discrete map needs: make a run of each"
            " stretch without gaps"
        )
    if not np.all(np.isfinite(run.states)):
        raise DataError(
            f"run {number + 1} has missing values, which a discrete map cannot pass over: make a run of each"
            " stretch without gaps"
        )


def _with_rates(runs: Sequence[Trajectory], names: Names, second: Sequence[str]) -> Taken:
    count = len(names.states)
    rates = tuple(rate_name(name) for name in second)
    clash = [name for name in rates if name in names.columns]
    if clash:
        raise InvalidSetting(f"column {clash[0]!r} has the name that the rate of a position gets: rename it")
    wider = [
        Trajectory(
            run.times,
            np.hstack([run.states, np.full((len(run.times), len(rates)), np.nan)]),
            run.inputs,
            run.group,
        )
        for run in runs
    ]
    both = Names((*names.states, *rates), names.inputs, names.time)
    return Taken(tuple(wider), both, {count + k: names.states.index(name) for k, name in enumerate(second)})
