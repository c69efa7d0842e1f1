"""`symlaw.reward_machine`: traces of events with rewards give what the rewards depend on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from symlaw.errors import DataError, InvalidSetting
from symlaw.search.rewards.search import RewardsFound, find_rewards
from symlaw.search.rewards.traces import Traces, gives_all
from symlaw.search.watch import Watch, watching
from symlaw.tasks.rewards.reading import read_traces
from symlaw.tasks.rewards.result import RewardMachine

# Of so many traces every fourth is kept back once, to say how far the machine is to be trusted.
_TRACES_FOR_HOLDING, _HELD_OUT = 8, 4


def reward_machine(
    traces: Iterable[Any],
    rewards: Iterable[Any],
    *,
    ended: Iterable[bool] | None = None,
    levels: int = 1,
    time_budget: float | None = 60.0,
    watch: Watch | None = None,
) -> RewardMachine:
    """Find the reward machine behind traces: few states, what leads on from each, and what is rewarded.

    Parameters
    ----------
    traces
        Of each episode its steps; of each step which events happened in it: a name, names, truths by name, or
        nothing (``[]``, ``None`` or ``""``).
    rewards
        Of each episode as many numbers.
    ended
        Of each episode whether its last step ended it; None where that is not known, or episodes were cut.
    levels
        With 2, states that come again become a part, which the machine calls, where that is shorter.
    time_budget
        Seconds after which neither events are left out nor fewer states are looked for, or None.
    watch
        What ends the search in place of ``time_budget``. Without it the first Ctrl-C ends it.

    Returns
    -------
    RewardMachine
        Right on all traces; to be called on traces of any length.

    Raises
    ------
    DataError
        When the traces do not fit together, or no machine of few states gives all rewards.

    Examples
    --------
    >>> import symlaw
    >>> traces = [["key", "door"], ["door", "key", "", "door"], ["key", "key"], ["door", "door"]]
    >>> found = symlaw.reward_machine(traces, [[0, 1], [0, 0, 0, 1], [0, 0], [0, 0]])
    >>> found(["door", "", "key", "", "door"])
    [0, 0, 0, 0, 1]
    """
    if levels not in (1, 2):
        raise InvalidSetting(f"levels is {levels!r}: give 1, or 2 for parts that come again")
    watch = watching(time_budget, watch)
    read, names = read_traces(traces, rewards, ended)
    watch.tell(f"reward machines for {len(read.events)} traces")
    with watch.heeding_signals():
        found, held_out = _found(read, levels, watch)
    if found is None or not gives_all(found.machine, read):
        raise DataError(
            "no reward machine of 64 states or fewer gives all rewards: name more of what happens as events"
        )
    return RewardMachine(
        found.machine, names, found.bits, found.n_states, found.is_smallest, len(read.events), held_out
    )


def _found(traces: Traces, levels: int, watch: Watch) -> tuple[RewardsFound | None, tuple[int, int] | None]:
    """What was found; of traces kept back, on how many a machine of the others is right, and of how many."""
    n = len(traces.events)
    if n < _TRACES_FOR_HOLDING:
        return find_rewards(traces, levels, watch.is_late), None
    kept = [place for place in range(n) if place % _HELD_OUT == _HELD_OUT - 1]
    shown = traces.part([place for place in range(n) if place not in set(kept)])
    # no more than half of the time, where it has to be done again
    found = find_rewards(shown, levels, watch.part(0.5))
    right = 0 if found is None else sum(gives_all(found.machine, traces.part([place])) for place in kept)
    if right < len(kept):
        found = find_rewards(traces, levels, watch.is_late)
    return found, (right, len(kept))
