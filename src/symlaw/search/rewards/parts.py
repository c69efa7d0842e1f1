"""Parts of a reward machine that come again, made machines of their own which the whole calls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from symlaw.engine.programs.rewards import END, LEAVE, Call, Events, RewardStates, Rules
from symlaw.search.rewards.guards import Outcome, rules_of

Edges = Sequence[dict[Events, Outcome]]


@dataclass(frozen=True)
class _Region:
    """States that are entered at the first of them, and left by one kind of step.

    Attributes
    ----------
    states
        In the order in which they are reached.
    leaving
        Where what leaves it leads to, and what that gives.
    """

    states: tuple[int, ...]
    leaving: Outcome


def factored(edges: Edges, is_late: Callable[[], bool]) -> RewardStates:
    """The machine with parts in place of states that come again; without parts where none do."""
    left = [region for region in _regions(edges) if not is_late()]
    calls: dict[int, tuple[int, Outcome]] = {}
    gone: set[int] = set()
    parts: list[tuple[Rules, ...]] = []
    while True:
        left = [one for one in left if not (gone | set(calls)) & set(one.states)]
        chosen, part = _likest(edges, left)
        if len(chosen) < 2:
            break
        for region in chosen:
            calls[region.states[0]] = len(parts), region.leaving
            gone.update(region.states[1:])
        parts.append(tuple(map(rules_of, part)))
    kept = [state for state in range(len(edges)) if state not in gone]
    place = {state: number for number, state in enumerate(kept)} | {END: END}
    made: list[Rules | Call] = []
    for state in kept:
        if state in calls:
            number, (after, reward) = calls[state]
            made.append(Call(number, place[after], reward))
        else:
            renamed = {events: (place[after], reward) for events, (after, reward) in edges[state].items()}
            made.append(rules_of(renamed))
    return RewardStates(tuple(made), tuple(parts))


def _regions(edges: Edges) -> list[_Region]:
    """All regions of two states or more, those of the most states first."""
    found = []
    outcomes = sorted({outcome for own in edges for outcome in own.values()})
    for first in range(len(edges)):
        for leaving in outcomes:
            region = _region(edges, first, leaving)
            if region is not None:
                found.append(region)
    return sorted(found, key=lambda one: (-len(one.states), one.states))


def _region(edges: Edges, first: int, leaving: Outcome) -> _Region | None:
    """What is reached from a state before it is left; None where there are other ways in or out."""
    exit_, _ = leaving
    states, is_left = [first], False
    for state in states:
        for outcome in edges[state].values():
            is_left = is_left or outcome == leaving
            after = outcome[0]
            if outcome == leaving or after == END:
                continue
            if after == exit_:
                return None
            if after not in states:
                states.append(after)
    # what comes in does so at its first state, where sequences begin too if they begin in it
    inside = set(states) - {first}
    comes_in = any(
        after in inside
        for state, own in enumerate(edges) if state not in states
        for after, _ in own.values()
    )  # fmt: skip
    if len(states) < 2 or not is_left or exit_ in states or comes_in or 0 in inside:
        return None
    return _Region(tuple(states), leaving)


def _likest(edges: Edges, regions: list[_Region]) -> tuple[list[_Region], list[dict[Events, Outcome]]]:
    """Regions that are one part, of which the most states are saved, and the part's steps."""
    best: tuple[list[_Region], list[dict[Events, Outcome]]] = ([], [])
    saved = 0
    for number, region in enumerate(regions):
        part = [_translated(edges, region, state, {s: p for p, s in enumerate(region.states)})
                for state in region.states]  # fmt: skip
        chosen, taken = [region], set(region.states)
        for other in regions[number + 1 :]:
            if len(other.states) != len(region.states) or taken & set(other.states):
                continue
            joined = _joined(edges, part, other)
            if joined is not None:
                part = joined
                chosen.append(other)
                taken |= set(other.states)
        states = (len(chosen) - 1) * len(region.states) - len(chosen)
        if len(chosen) > 1 and states > saved:
            best, saved = (chosen, part), states
    return best


def _translated(edges: Edges, region: _Region, state: int, place: dict[int, int]) -> dict[Events, Outcome]:
    """Steps of a state, with places in the part."""
    return {
        events: (LEAVE, 0) if outcome == region.leaving else (place.get(outcome[0], END), outcome[1])
        for events, outcome in edges[state].items()
    }


def _joined(
    edges: Edges, part: list[dict[Events, Outcome]], region: _Region
) -> list[dict[Events, Outcome]] | None:
    """The part with the steps of a region too; None where the region does something else."""
    first = region.states[0]
    place, order = {first: 0}, [first]
    for state in order:
        for events, outcome in edges[state].items():
            said = part[place[state]].get(events)
            if said is None or said[0] < 0 or outcome == region.leaving or outcome[0] == END:
                continue
            if outcome[0] not in place:
                place[outcome[0]] = said[0]
                order.append(outcome[0])
    if len(place) != len(part) or len(set(place.values())) != len(part):
        return None
    joined = [dict(own) for own in part]
    for state in order:
        for events, outcome in _translated(edges, region, state, place).items():
            if joined[place[state]].setdefault(events, outcome) != outcome:
                return None
    return joined
