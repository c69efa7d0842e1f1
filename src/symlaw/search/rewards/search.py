"""The search for a reward machine: which events matter, few states, short rules, parts that come again."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from symlaw.engine.programs.rewards import END, Call, Events, RewardStates, taken
from symlaw.search.machines.smallest import smaller
from symlaw.search.machines.states import PrefixTree, Step, merged_greedily
from symlaw.search.rewards.events import machine_of_events
from symlaw.search.rewards.guards import Outcome, bits_of, rules_of
from symlaw.search.rewards.parts import factored
from symlaw.search.rewards.traces import Traces, gives_all

_NOTHING: Step = ()
Edges = list[dict[Events, Outcome]]


class RewardsFound(NamedTuple):
    """A machine that gives all rewards.

    Attributes
    ----------
    bits
        Of its description.
    machine
        With rules.
    n_states
        How many states it has on one level.
    is_smallest
        Whether no machine of fewer states gives all rewards from the events that it reads.
    """

    bits: float
    machine: RewardStates
    n_states: int
    is_smallest: bool


class _Flat(NamedTuple):
    """A machine on one level, with what each state does by the events that matter."""

    bits: float
    machine: RewardStates
    edges: Edges
    events: Events


def find_rewards(traces: Traces, levels: int, is_late: Callable[[], bool]) -> RewardsFound | None:
    """The machine found; None where equal events have different rewards, or states are too many."""
    by_events = machine_of_events(traces, is_late)
    # where single events lead on, prefixes of traces need not be merged
    best = _by_merging(traces, is_late) if by_events is None else _walked(traces, by_events)
    if best is None:
        return None
    best, is_smallest = _with_fewest_states(traces, best, is_late)
    found = RewardsFound(best.bits, best.machine, len(best.edges), is_smallest)
    if levels > 1:
        machine = factored(best.edges, is_late)
        bits = _bits(traces, machine)
        if machine.parts and bits < best.bits and gives_all(machine, traces):
            found = found._replace(bits=bits, machine=machine)
    return found


def _by_merging(traces: Traces, is_late: Callable[[], bool]) -> _Flat | None:
    """States are prefixes that nothing tells apart; events that nothing is lost without are left out."""
    best = _merged(traces, frozenset(range(traces.n_events)))
    if best is None:
        return None
    for event in range(traces.n_events):
        fewer = None if is_late() else _merged(traces, best.events - {event})
        if fewer is not None and fewer.bits <= best.bits:
            best = fewer
    return best


def _with_fewest_states(traces: Traces, best: _Flat, is_late: Callable[[], bool]) -> tuple[_Flat, bool]:
    """A machine of fewer states where its description is no longer; whether there is none of fewer states."""
    tree = _tree(traces, best.events)
    fewest = smaller(tree, len(best.edges), is_late)
    if fewest.states is None:
        return best, fewest.is_proved
    other = _flat(traces, tree, fewest.states, best.events)
    return (other, True) if other.bits <= best.bits else (best, False)


def _walked(traces: Traces, machine: RewardStates) -> _Flat:
    """A machine of rules with what the traces show of its states."""
    listed = [rules for rules in machine.states if not isinstance(rules, Call)]
    read = frozenset(event for rules in listed for rule in rules for event in (*rule.needs, *rule.bars))
    edges: Edges = [{} for _ in listed]
    for episode in traces.events:
        state = 0
        for events in episode:
            rule = taken(listed[state], events)
            edges[state][events & read] = (rule.after, rule.reward)
            state = rule.after
    return _Flat(_bits(traces, machine), machine, edges, read)


def _merged(traces: Traces, events: Events) -> _Flat | None:
    """States from some of the events; None where these do not say what the rewards are."""
    tree = _tree(traces, events)
    states = merged_greedily(tree) if tree.is_consistent else None
    return None if states is None else _flat(traces, tree, states, events)


def _tree(traces: Traces, events: Events) -> PrefixTree:
    """Prefixes of the episodes; steps without events do not move on, where that says the same."""
    steps = [[tuple(sorted(one & events)) for one in episode] for episode in traces.events]
    answers = [[(reward, 0) for reward in episode] for episode in traces.rewards]
    for place, ended in enumerate(traces.ended):
        answers[place][-1] = (answers[place][-1][0], int(ended))
    tree = PrefixTree(steps, answers, False, stays=_NOTHING)
    return tree if tree.is_consistent else PrefixTree(steps, answers, False)


def _flat(traces: Traces, tree: PrefixTree, states: list[int], events: Events) -> _Flat:
    place = {node: number for number, node in enumerate(states)}
    edges: Edges = []
    for node in states:
        own: dict[Events, Outcome] = {}
        for step, (reward, has_ended) in tree.written[node].items():
            after = place[tree.children[node].get(step, node)]
            own[frozenset(step)] = (END if has_ended else after, reward)
        # a state that nothing follows, as after the last step of all episodes
        edges.append(own or {frozenset(): (place[node], 0)})
    machine = RewardStates(tuple(map(rules_of, edges)))
    return _Flat(_bits(traces, machine), machine, edges, events)


def _bits(traces: Traces, machine: RewardStates) -> float:
    n_rewards = len({reward for episode in traces.rewards for reward in episode})
    levels = (machine.states, *machine.parts)
    return sum(bits_of(states, traces.n_events, n_rewards) for states in levels)
