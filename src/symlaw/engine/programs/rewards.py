"""Reward machines: events are read, rewards are given, and the state says what is still to be done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

# Where a rule leads that ends the episode, and one that leaves a part for the machine that called it.
END, LEAVE = -1, -2

Events = frozenset[int]


@dataclass(frozen=True)
class Rule:
    """What happens in a step.

    Attributes
    ----------
    needs, bars
        Events, by their places, that have to happen in the step, and that must not.
    after
        The next state, `END` or `LEAVE`.
    reward
        What is given; of what leaves a part, the call says it.
    """

    needs: tuple[int, ...]
    bars: tuple[int, ...]
    after: int
    reward: float

    def holds(self, events: Events) -> bool:
        """Whether it is for a step with these events."""
        return events.issuperset(self.needs) and events.isdisjoint(self.bars)


@dataclass(frozen=True)
class Call:
    """A state that runs a part, from its first state.

    Attributes
    ----------
    part
        The place of the part.
    after
        The state once the part is left, or `END`.
    reward
        What is given in the step that leaves the part.
    """

    part: int
    after: int
    reward: float


Rules = tuple[Rule, ...]


@dataclass(frozen=True)
class RewardStates:
    """A reward machine of one level, or of two.

    Attributes
    ----------
    states
        Rules of each state, of which the first that holds is taken, or the call of a part. Sequences begin
        in the first.
    parts
        States of each part.
    """

    states: tuple[Rules | Call, ...]
    parts: tuple[tuple[Rules, ...], ...] = ()

    def run(self, steps: Iterable[Events]) -> list[float | None]:
        """The reward of each step; None once the episode has ended."""
        state, inner = 0, 0
        given: list[float | None] = []
        for events in steps:
            if state == END:
                given.append(None)
                continue
            here = self.states[state]
            if isinstance(here, Call):
                rule = taken(self.parts[here.part][inner], events)
                inner, reward = rule.after, rule.reward
                if inner == LEAVE:
                    state, inner, reward = here.after, 0, here.reward
                elif inner == END:
                    state, inner = END, 0
            else:
                rule = taken(here, events)
                state, reward = rule.after, rule.reward
            given.append(reward)
        return given

    def ends(self, steps: Iterable[Events]) -> bool:
        """Whether the episode has ended after these steps."""
        return self.run([*steps, frozenset()])[-1] is None


def taken(rules: Rules, events: Events) -> Rule:
    """The first of the rules that holds; the last always does."""
    return next(rule for rule in rules if rule.holds(events))
