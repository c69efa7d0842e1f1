"""Events that have to come one after the other before the first reward, however many there are.

A machine of six events in a row gives no reward before all of them have come, so that half of it is hardly
better than none, and annealing does not get there. But in each trace with a reward, these events come in
this order before it, while other orders of as many events don't in some trace: where enough traces have
rewards, few orders remain.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symlaw.search.rewards.traces import Traces

# Orders that are looked at together, and events in one at most.
_KEPT, _LONGEST = 3_000, 10
# Traces with a reward that are needed, and the share of all traces that may speak against an order.
_LEAST_TRACES, _AGAINST = 12, 0.25


class _Orders(NamedTuple):
    """Orders of events.

    Attributes
    ----------
    events
        (n, length).
    ends
        Where each has come in each trace, (n, n_traces); past the end of a trace where it has not.
    """

    events: NDArray[np.int64]
    ends: NDArray[np.int64]


def chain_to_reward(traces: Traces) -> tuple[int, ...] | None:
    """The order of events that ends where first rewards come; None where a quarter speaks against each."""
    usual = _usual(traces)
    firsts = np.array([
        next((at for at, reward in enumerate(episode) if reward != usual), -1) for episode in traces.rewards
    ])  # fmt: skip
    if (firsts >= 0).sum() < _LEAST_TRACES or not traces.n_events:
        return None
    following = _following(traces)
    n = len(firsts)
    orders = _Orders(np.zeros((1, 0), dtype=np.int64), np.full((1, n), -1))
    best, fewest = None, _AGAINST * n + 1.0
    for _ in range(_LONGEST):
        longer = _longer(orders, following)
        order, wrong = _best(longer, firsts, following.shape[2] - 1)
        if wrong < fewest:
            best, fewest = order, wrong
        orders = _possible(longer, firsts)
        if not fewest or not len(orders.events):
            break
    return best


def _usual(traces: Traces) -> float:
    rewards = np.concatenate([np.asarray(episode, dtype=float) for episode in traces.rewards])
    values, counts = np.unique(rewards, return_counts=True)
    return float(values[counts.argmax()])


def _following(traces: Traces) -> NDArray[np.int64]:
    """Where each event comes next, (n_traces, n_events, 1 + longest trace); the last place for never."""
    longest = max(map(len, traces.events))
    table = np.full((len(traces.events), traces.n_events, longest + 1), longest)
    for number, episode in enumerate(traces.events):
        for at in range(len(episode) - 1, -1, -1):
            table[number, :, at] = table[number, :, at + 1]
            table[number, list(episode[at]), at] = at
    return table


def _longer(orders: _Orders, following: NDArray[np.int64]) -> _Orders:
    """All orders with one event more."""
    n_traces, n_events, size = following.shape
    after = np.minimum(orders.ends + 1, size - 1)
    ends = following[np.arange(n_traces)[None, None], np.arange(n_events)[None, :, None], after[:, None, :]]
    n = len(orders.events)
    events = np.hstack([np.repeat(orders.events, n_events, 0), np.tile(np.arange(n_events), n)[:, None]])
    return _Orders(events, ends.reshape(n * n_events, n_traces))


def _best(orders: _Orders, firsts: NDArray[np.int64], never: int) -> tuple[tuple[int, ...], int]:
    """The order that most often ends where first rewards come and nowhere else, and how often it does not."""
    expected = np.where(firsts < 0, never, firsts)
    wrong = (orders.ends != expected).sum(axis=1)
    place = int(wrong.argmin())
    return tuple(map(int, orders.events[place])), int(wrong[place])


def _possible(orders: _Orders, firsts: NDArray[np.int64]) -> _Orders:
    """Orders that come before all first rewards, those first that leave most time."""
    rewarded = firsts >= 0
    left = firsts[rewarded] - orders.ends[:, rewarded]
    possible = np.flatnonzero((left > 0).all(axis=1))
    ranked = possible[np.lexsort((-left[possible].mean(axis=1), -left[possible].min(axis=1)))][:_KEPT]
    return _Orders(orders.events[ranked], orders.ends[ranked])
