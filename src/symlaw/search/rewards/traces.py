"""Traces of events and rewards, and whether a machine gives them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from symlaw.engine.programs.rewards import Events, RewardStates


class Traces(NamedTuple):
    """Episodes.

    Attributes
    ----------
    events
        Of each step of each episode which happened, by their places.
    rewards
        Of each step.
    ended
        Whether an episode's last step ended it; empty where that is not known.
    n_events
        How many events there are.
    """

    events: list[list[Events]]
    rewards: list[list[float]]
    ended: list[bool]
    n_events: int

    def part(self, places: Sequence[int]) -> Traces:
        """Some of the episodes."""
        return Traces(
            [self.events[place] for place in places], [self.rewards[place] for place in places],
            [self.ended[place] for place in places] if self.ended else [], self.n_events,
        )  # fmt: skip


def gives_all(machine: RewardStates, traces: Traces) -> bool:
    """Whether a machine gives the rewards of all steps, and ends where episodes ended."""
    pairs = zip(traces.events, traces.rewards, strict=True)
    if any(machine.run(steps) != rewards for steps, rewards in pairs):
        return False
    return all(
        machine.ends(steps) == ended for steps, ended in zip(traces.events, traces.ended, strict=False)
    )
