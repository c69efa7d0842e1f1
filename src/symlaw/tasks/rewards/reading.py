"""Traces of events and rewards as they are given."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from symlaw.engine.programs.rewards import Events
from symlaw.errors import DataError
from symlaw.search.rewards.traces import Traces

_MOST_STEPS, _MOST_EVENTS = 100_000, 64


def events_of(step: Any) -> frozenset[str]:
    """The names of the events of a step: a text, texts, truths by name, or nothing.

    Raises
    ------
    DataError
        When it is something else.
    """
    if step is None or isinstance(step, str):
        return frozenset([step] if step else [])
    if isinstance(step, Mapping):
        step = [name for name, happens in step.items() if happens]
    named = list(step) if isinstance(step, Iterable) else [None]
    if not all(isinstance(one, str) for one in named):
        raise DataError(
            f"a step is {step!r:.60}: give the names of its events, such as ['door'], and [] for none"
        )
    return frozenset(one for one in named if one)


def read_traces(traces: Any, rewards: Any, ended: Any) -> tuple[Traces, tuple[str, ...]]:
    """Traces with the names of their events in order.

    Raises
    ------
    DataError
        When they do not fit together.
    """
    named = [[events_of(step) for step in _steps(episode)] for episode in traces]
    given = [[_reward(one) for one in episode] for episode in rewards]
    if not named or any(not episode for episode in named):
        raise DataError("give at least one trace, and no empty ones")
    if len(named) != len(given):
        raise DataError(f"there are {len(named)} traces and rewards of {len(given)}: give rewards of each")
    for place, (one, other) in enumerate(zip(named, given, strict=True), 1):
        if len(one) != len(other):
            raise DataError(f"trace {place} has {len(one)} steps and {len(other)} rewards: give one a step")
    ends = [] if ended is None else [bool(one) for one in ended]
    if ends and len(ends) != len(named):
        raise DataError(f"ended is of {len(ends)} traces, and there are {len(named)}: give a truth for each")
    names = tuple(sorted({name for episode in named for step in episode for name in step}))
    if sum(map(len, named)) > _MOST_STEPS or len(names) > _MOST_EVENTS:
        raise DataError(
            f"the traces have {sum(map(len, named))} steps with {len(names)} events: give at most"
            f" {_MOST_STEPS} steps and {_MOST_EVENTS} events"
        )
    if not names:
        raise DataError("no step has an event: give the names of what happens, such as ['door']")
    coded = [[coded_step(step, names) for step in episode] for episode in named]
    read = Traces(coded, given, ends, len(names))
    _check(read)
    return read, names


def coded_step(step: frozenset[str], names: tuple[str, ...]) -> Events:
    """Events by their places; those without a place make no difference."""
    return frozenset(place for place, name in enumerate(names) if name in step)


def _steps(episode: Any) -> list[Any]:
    if isinstance(episode, str) or not isinstance(episode, Iterable):
        raise DataError(f"a trace is {episode!r:.60}: give a list of steps, each with its events")
    return list(episode)


def _reward(value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise DataError(f"a reward is {value!r:.40}: give a finite number for each step")
    return int(number) if number.is_integer() else number


def _check(traces: Traces) -> None:
    """Equal beginnings have equal rewards, and nothing follows an end."""
    # beginnings are numbered; each knows its last reward and the trace that it is of
    after: dict[tuple[int, Events], int] = {}
    seen: list[tuple[float, int]] = [(0, 0)]
    last: dict[int, int] = {}
    paths: list[list[int]] = []
    for place, (steps, rewards) in enumerate(zip(traces.events, traces.rewards, strict=True)):
        path = [0]
        for step, reward in zip(steps, rewards, strict=True):
            number = after.setdefault((path[-1], step), len(seen))
            if number == len(seen):
                seen.append((reward, place))
            known, other = seen[number]
            if known != reward:
                raise DataError(
                    f"traces {other + 1} and {place + 1} have the same events up to step {len(path)}, with"
                    f" rewards {known:g} and {reward:g} there: name the events that tell them apart"
                )
            path.append(number)
        paths.append(path)
        if traces.ended and traces.ended[place]:
            last[path[-1]] = place
    for place, path in enumerate(paths):
        if ends := [last[number] for number in path[:-1] if number in last]:
            raise DataError(
                f"trace {place + 1} goes on where trace {ends[0] + 1} has ended: name the events that"
                " tell them apart"
            )
