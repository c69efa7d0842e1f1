"""Reward machines in which single events lead on: few states first, on more and more of the traces."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable

from symlaw.engine.programs.rewards import END, RewardStates, Rule, Rules
from symlaw.search.rewards.annealing import Effort, EventRule, annealed, steps_of
from symlaw.search.rewards.chains import chain_to_reward
from symlaw.search.rewards.traces import Traces, gives_all

# How many states are tried with little effort first, and then with more.
_EFFORTS = ((8, Effort(2, 8e7)), (10, Effort(6, 3.2e8)))
# Effort from a chain of events on, and states beside its own.
_FROM_CHAIN, _MORE_STATES = Effort(2, 1.6e8), 2
# Steps that are looked at first, and how often traces are added on which a machine was wrong.
_STEPS, _ROUNDS, _ADDED = 2_500, 4, 20
_Output = tuple[float, bool]


def machine_of_events(traces: Traces, is_late: Callable[[], bool]) -> RewardStates | None:
    """The machine of the fewest states found in which single events lead on; None where there is none."""
    outputs = [
        [(reward, bool(traces.ended and traces.ended[number] and place == len(episode) - 1))
         for place, reward in enumerate(episode)]
        for number, episode in enumerate(traces.rewards)
    ]  # fmt: skip
    counted = Counter(one for said in outputs for one in said)
    kinds = [kind for kind, _ in sorted(counted.items(), key=lambda one: (-one[1], one[0]))]
    shown = _telling(traces, outputs, counted)
    chain = chain_to_reward(traces) or ()
    little, much = ([(n, effort, ()) for n in range(1, most + 1)] for most, effort in _EFFORTS)
    # a chain says itself how many states it has at least
    by_chain = [(len(chain) + more, _FROM_CHAIN, chain) for more in range(_MORE_STATES + 1) if chain]
    fewer = max(0, len(chain) - 1)
    for n_states, effort, begun in [*little[:fewer], *by_chain, *little[fewer:], *much]:
        for _ in range(_ROUNDS):
            if is_late():
                return None
            coded = [[kinds.index(one) for one in outputs[place]] for place in shown]
            given = steps_of([traces.events[place] for place in shown], coded, traces.n_events)
            rules = annealed(given, n_states, effort, is_late, begun)
            if rules is None:
                break
            machine = _machine(rules, kinds)
            wrong = [place for place in range(len(outputs))
                     if place not in set(shown) and not gives_all(machine, traces.part([place]))]  # fmt: skip
            if not wrong:
                return machine if gives_all(machine, traces) else None
            shown = sorted({*shown, *wrong[:_ADDED]})
    return None


def _telling(traces: Traces, outputs: list[list[_Output]], counted: Counter[_Output]) -> list[int]:
    """Traces to look at first: those with rare outputs, and others, half of each."""
    total = sum(counted.values())
    rarity = [sum(math.log2(total / counted[one]) for one in said) for said in outputs]
    ranked = sorted(range(len(outputs)), key=lambda place: (-rarity[place], place))
    chosen: list[int] = []
    for share, order in ((0.5, ranked), (1.0, range(len(outputs)))):
        for place in order:
            steps = sum(len(outputs[one]) for one in chosen)
            if place not in chosen and (not chosen or steps + len(outputs[place]) <= share * _STEPS):
                chosen.append(place)
    return sorted(chosen)


def _machine(states: list[list[EventRule]], kinds: list[_Output]) -> RewardStates:
    """With the states that are reached, in the order in which they are."""
    order = [0]
    for state in order:
        for rule in states[state]:
            if not kinds[rule.output][1] and rule.after not in order:
                order.append(rule.after)
    place = {state: number for number, state in enumerate(order)}
    made: list[Rules] = []
    for state in order:
        rules = []
        for event, after, output in states[state]:
            reward, has_ended = kinds[output]
            rules.append(
                Rule(() if event is None else (event,), (), END if has_ended else place[after], reward)
            )
        made.append(tuple(rules))
    return RewardStates(tuple(made))
