"""How many reward machines are read off traces: random ones of 2 to 6 states, of one level and of two.

    python -m benchmarks.reward_machines --machines 10
    python -m benchmarks.reward_machines --machines 2 --chains 6 7 8

Of each drawn machine 60 traces of 40 steps are walked at random, in which several of six events may happen at
once;
two of the events matter nowhere. It counts when what is found gives the rewards of 200 traces of 400 steps.
With ``--chains`` the one reward is given after so many events in their order, of 100 traces of 60 steps
with one event each.
"""

from __future__ import annotations

import argparse
import random
import time

from benchmarks.machine import describe, facts
from symlaw.engine.programs.rewards import Events, RewardStates, Rule, Rules
from symlaw.tasks.rewards.reward_machine import reward_machine

_EVENTS, _IDLE, _CHANCE = 6, 2, 0.15
Trace = list[Events]


def drawn(draw: random.Random, n_states: int) -> RewardStates:
    """A ring of states, each left by one event; another event leads back; some steps on are rewarded."""
    states: list[Rules] = []
    for state in range(n_states):
        on, back = draw.sample(range(_EVENTS - _IDLE), 2)
        after = (state + 1) % n_states
        reward = draw.choice((1, 2, 5)) if after == 0 or draw.random() < 0.5 else 0
        rules = [Rule((on,), (), after, reward), Rule((), (), state, 0)]
        if draw.random() < 0.5:
            rules.insert(1, Rule((back,), (), 0, 0))
        states.append(tuple(rules))
    return RewardStates(tuple(states))


def walked(draw: random.Random, n: int, steps: int) -> list[Trace]:
    """Traces in which each event happens by chance."""
    return [
        [frozenset(one for one in range(_EVENTS) if draw.random() < _CHANCE) for _ in range(steps)]
        for _ in range(n)
    ]


def named(trace: Trace) -> list[list[str]]:
    """A trace with names of events."""
    return [[f"event{one}" for one in sorted(events)] for events in trace]


def in_a_row(draw: random.Random, length: int) -> RewardStates:
    """A reward after so many events in an order, and nothing on the way."""
    states = [
        (Rule((draw.randrange(_EVENTS - _IDLE),), (), (state + 1) % length, int(state + 1 == length)),
         Rule((), (), state, 0))
        for state in range(length)
    ]  # fmt: skip
    return RewardStates(tuple(states))


def chains(lengths: list[int], machines: int) -> None:
    """Rewards that come after many events in a row."""
    for length in lengths:
        right = warned = 0
        began = time.process_time()
        for number in range(machines):
            draw = random.Random(f"chain {length} {number}")
            machine = in_a_row(draw, length)
            traces, fresh = (
                [[frozenset([draw.randrange(_EVENTS)]) for _ in range(steps)] for _ in range(n)]
                for n, steps in ((100, 60), (200, 400))
            )
            found = reward_machine(
                map(named, traces), [machine.run(trace) for trace in traces], time_budget=None
            )
            is_right = all(found(named(trace)) == machine.run(trace) for trace in fresh)
            right, warned = right + is_right, warned + (not is_right and bool(found.warning))
        used = (time.process_time() - began) / machines
        print(
            f"{length} events in a row: {right} of {machines} right on all fresh traces, {warned} of the"
            f" others warned of; {used:.1f} s of processor each",
            flush=True,
        )


def main() -> None:
    """Draw machines and find them again."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--machines", type=int, default=10)
    parser.add_argument("--states", type=int, nargs="+", default=[2, 3, 4, 5, 6])
    parser.add_argument("--chains", type=int, nargs="+", default=[])
    asked = parser.parse_args()
    print(describe(facts()))
    if asked.chains:
        return chains(asked.chains, asked.machines)
    for n_states in asked.states:
        right = states = proved = 0
        began = time.process_time()
        for number in range(asked.machines):
            draw = random.Random(f"{n_states} {number}")
            machine = drawn(draw, n_states)
            traces, fresh = walked(draw, 60, 40), walked(draw, 200, 400)
            found = reward_machine(
                map(named, traces), [machine.run(trace) for trace in traces], time_budget=None
            )
            right += all(found(named(trace)) == machine.run(trace) for trace in fresh)
            states += found.n_states == n_states
            proved += found.is_smallest
        used = (time.process_time() - began) / asked.machines
        print(
            f"{n_states} states: {right} of {asked.machines} right on all fresh traces, {states} with as many"
            f" states, {proved} proved; {used:.1f} s of processor each",
            flush=True,
        )


if __name__ == "__main__":
    main()
