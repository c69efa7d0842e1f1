"""Machines in which single events move a state on, by simulated annealing over descriptions.

Where several events happen in a step, prefixes of traces seldom come again, and merging them says little.
Here a machine is a number of states, each with an order of events that lead on from it; all else stays. Its
description costs bits for each of these rules, and the outputs cost what the rules leave open of them (their
entropy), so that half a machine is better than none (Kirkpatrick, Gelatt and Vecchi 1983; Rissanen 1978).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.engine.compiling.jit import inner, kernel
from symlaw.engine.random import below, stream, uniform

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from symlaw.engine.programs.rewards import Events

# Steps that the moves of one call may run through together, so that it stays short.
_CALL = 4e7
# Temperatures, in bits, at first and at the end.
_HOT, _COLD = 20.0, 1.0
_TARGET, _ORDER = 0, 1
# Places of `info`: moves, temperature at first and at the end, bits of a rule, kinds of outputs; energy now,
# and the best; then n log2 n for each count n.
_MOVES, _FIRST, _LAST, _RULE, _KINDS, _NOW, _BEST, _TABLE = 0, 1, 2, 3, 4, 5, 6, 7


class Steps(NamedTuple):
    """Traces as arrays.

    Attributes
    ----------
    labels
        Which events happen in each kind of step, (n_kinds, n_events).
    steps
        Kind and output of each step, (n_steps, 2).
    starts
        Where traces begin, and where the last ends.
    n_outputs
        How many kinds of outputs there are.
    """

    labels: NDArray[np.uint8]
    steps: NDArray[np.int32]
    starts: NDArray[np.int64]
    n_outputs: int


class Effort(NamedTuple):
    """How often a machine is annealed from the beginning, and through how many steps its moves run."""

    restarts: int
    work: float


class EventRule(NamedTuple):
    """An event that leads on to a state, and the output; without an event what happens otherwise."""

    event: int | None
    after: int
    output: int


def steps_of(traces: Sequence[Sequence[Events]], outputs: Sequence[Sequence[int]], n_events: int) -> Steps:
    """Arrays of traces, whose outputs are numbered from 0."""
    distinct = dict.fromkeys(events for trace in traces for events in trace)
    kinds = {events: place for place, events in enumerate(distinct)}
    labels = np.zeros((len(kinds), n_events), dtype=np.uint8)
    for events, place in kinds.items():
        labels[place, list(events)] = 1
    pairs = [
        (kinds[events], output)
        for trace, said in zip(traces, outputs, strict=True)
        for events, output in zip(trace, said, strict=True)
    ]
    starts = np.concatenate([[0], np.cumsum([len(trace) for trace in traces])])
    return Steps(labels, np.array(pairs, dtype=np.int32), starts, 1 + max(max(said) for said in outputs))


@inner
def _fire(machine, scratch, labels, state):  # type: ignore[no-untyped-def]
    """Which event leads on from a state in each kind of step; one more than there are for none."""
    n_events = labels.shape[1]
    for kind in range(labels.shape[0]):
        scratch[state, kind] = n_events
        for place in range(n_events):
            event = machine[_ORDER, state, place]
            if machine[_TARGET, state, event] >= 0 and labels[kind, event]:
                scratch[state, kind] = event
                break


@inner
def _energy(machine, scratch, labels, steps, starts, info):  # type: ignore[no-untyped-def]
    """Bits of the rules, and of the outputs when the rules are known."""
    n_kinds, n_events = labels.shape
    n_outputs = int(info[_KINDS])
    for state in range(scratch.shape[0]):
        for place in range(n_kinds, scratch.shape[1]):
            scratch[state, place] = 0
    for trace in range(len(starts) - 1):
        state = 0
        for at in range(starts[trace], starts[trace + 1]):
            event = scratch[state, steps[at, 0]]
            scratch[state, n_kinds + event * n_outputs + steps[at, 1]] += 1
            if event < n_events:
                state = machine[_TARGET, state, event]
    bits = 0.0
    for state in range(machine.shape[1]):
        for event in range(n_events):
            if machine[_TARGET, state, event] >= 0:
                bits += info[_RULE]
        for event in range(n_events + 1):
            total = 0
            for output in range(n_outputs):
                count = scratch[state, n_kinds + event * n_outputs + output]
                total += count
                bits -= info[_TABLE + count]
            bits += info[_TABLE + total]
    return bits


@inner
def _copy(into, machine):  # type: ignore[no-untyped-def]
    for which in range(2):
        for state in range(machine.shape[1]):
            for event in range(machine.shape[2]):
                into[which, state, event] = machine[which, state, event]


@inner
def _turn(machine, state, one, other):  # type: ignore[no-untyped-def]
    """Let two events change places in the order of a state."""
    before = machine[_ORDER, state, one]
    machine[_ORDER, state, one] = machine[_ORDER, state, other]
    machine[_ORDER, state, other] = before


@kernel
def _anneal(machine, best, scratch, labels, steps, starts, info, random):  # type: ignore[no-untyped-def]
    """Vary a machine while it cools; the best is kept."""
    n_states, n_events = machine.shape[1], machine.shape[2]
    for state in range(n_states):
        _fire(machine, scratch, labels, state)
    moves = int(info[_MOVES])
    for move in range(moves):
        heat = info[_FIRST] * (info[_LAST] / info[_FIRST]) ** (move / moves)
        state = below(random, n_states)
        one, other = below(random, n_events), below(random, n_events)
        turns = uniform(random) < 0.15
        before = machine[_TARGET, state, one]
        if turns:
            _turn(machine, state, one, other)
        elif before >= 0 and uniform(random) < 0.4:
            machine[_TARGET, state, one] = -1
        else:
            machine[_TARGET, state, one] = below(random, n_states)
        _fire(machine, scratch, labels, state)
        bits = _energy(machine, scratch, labels, steps, starts, info)
        if bits <= info[_NOW] or uniform(random) < math.exp((info[_NOW] - bits) / heat):
            info[_NOW] = bits
            if bits < info[_BEST]:
                info[_BEST] = bits
                _copy(best, machine)
            continue
        if turns:
            _turn(machine, state, one, other)
        else:
            machine[_TARGET, state, one] = before
        _fire(machine, scratch, labels, state)


@kernel
def _counted(machine, scratch, labels, steps, starts, info):  # type: ignore[no-untyped-def]
    """How often each rule gave each output, into the scratch."""
    for state in range(machine.shape[1]):
        _fire(machine, scratch, labels, state)
    info[_NOW] = _energy(machine, scratch, labels, steps, starts, info)


def annealed(
    given: Steps, n_states: int, effort: Effort, is_late: Callable[[], bool], chain: Sequence[int] = ()
) -> list[list[EventRule]] | None:
    """The shortest machine found of so many states that says all outputs; None where none does.

    It begins with the events of a chain, each leading on from one state to the next, the last to the first.
    """
    n_events = given.labels.shape[1]
    width = len(given.labels) + (n_events + 1) * given.n_outputs
    scratch = np.zeros((n_states, width), dtype=np.int32)
    counts = np.arange(len(given.steps) + 1)
    info = np.zeros(_TABLE + len(counts))
    info[_TABLE:] = counts * np.log2(np.maximum(counts, 1))
    info[_RULE] = 1.0 + math.log2(max(2, n_events)) + math.log2(max(2, n_states))
    info[_KINDS] = given.n_outputs
    best: tuple[float, list[list[EventRule]]] | None = None
    for restart in range(effort.restarts):
        random = stream(effort.restarts, "reward machine", n_states, restart)
        machine = _cooled(given, random, effort.work, (scratch, info), is_late, chain)
        bits, rules = info[_BEST], _rules(machine, scratch, given, info)
        # two that agree need no third
        if rules is not None and best is not None and bits == best[0]:
            break
        if rules is not None and (best is None or bits < best[0]):
            best = bits, rules
    return None if best is None else best[1]


def _cooled(
    given: Steps,
    random: NDArray[np.uint64],
    work: float,
    memory: tuple[NDArray[np.int32], NDArray[np.float64]],
    is_late: Callable[[], bool],
    chain: Sequence[int],
) -> NDArray[np.int16]:
    """The best machine of one annealing, from one with the rules of a chain alone."""
    scratch, info = memory
    n_events = given.labels.shape[1]
    machine = np.empty((2, len(scratch), n_events), dtype=np.int16)
    machine[_TARGET], machine[_ORDER] = -1, np.arange(n_events)
    for state, event in enumerate(chain):
        machine[_TARGET, state, event] = (state + 1) % len(chain)
    best = machine.copy()
    calls = max(1, round(work / _CALL))
    # a move looks at what happens in a state twice, at all steps once, and at all counts
    per_move = len(given.steps) + 2 * given.labels.size + 2 * scratch.size
    info[_MOVES] = max(50, int(_CALL / per_move))
    info[[_NOW, _BEST]] = np.inf
    for call in range(calls):
        if is_late():
            break
        info[_FIRST], info[_LAST] = (_HOT * (_COLD / _HOT) ** ((call + end) / calls) for end in (0, 1))
        _anneal(machine, best, scratch, given.labels, given.steps, given.starts, info, random)
    return best


def _rules(
    machine: NDArray[np.int16], scratch: NDArray[np.int32], given: Steps, info: NDArray[np.float64]
) -> list[list[EventRule]] | None:
    """A machine as rules; None where one of them gave several outputs."""
    _counted(machine, scratch, given.labels, given.steps, given.starts, info)
    n_kinds, n_events = given.labels.shape
    counts = scratch[:, n_kinds:].reshape(len(scratch), n_events + 1, given.n_outputs)
    if ((counts > 0).sum(axis=2) > 1).any():
        return None
    usual = int(np.bincount(given.steps[:, 1]).argmax())
    states = []
    for state, own in enumerate(counts):
        rules = [
            EventRule(int(event), int(machine[_TARGET, state, event]), int(own[event].argmax()))
            for event in machine[_ORDER, state]
            if machine[_TARGET, state, event] >= 0 and own[event].any()
        ]
        otherwise = own[n_events]
        rules.append(EventRule(None, state, int(otherwise.argmax()) if otherwise.any() else usual))
        states.append(rules)
    return states
