"""Events that come in one order before the first reward are found, however many they are."""

from __future__ import annotations

import random

import pytest

import symlaw
from symlaw.search.rewards.chains import chain_to_reward
from symlaw.search.rewards.traces import Traces

CHAIN = (4, 0, 3, 2, 0, 0, 1, 4)
N_EVENTS = 6


def rewards_of(steps: list[int], chain: tuple[int, ...]) -> list[float]:
    at, rewards = 0, []
    for event in steps:
        at += event == chain[at]
        rewards.append(float(at == len(chain)))
        at %= len(chain)
    return rewards


def walked(seed: int, n: int, length: int) -> list[list[int]]:
    draw = random.Random(seed)
    return [[draw.randrange(N_EVENTS) for _ in range(length)] for _ in range(n)]


def traces_of(steps: list[list[int]], rewards: list[list[float]]) -> Traces:
    return Traces([[frozenset([event]) for event in one] for one in steps], rewards, [], N_EVENTS)


@pytest.mark.parametrize("length", [1, 4, 6, 8])
def test_the_order_is_found(length: int) -> None:
    steps = walked(length, 100, 60)
    chain = CHAIN[:length]
    assert chain_to_reward(traces_of(steps, [rewards_of(one, chain) for one in steps])) == chain


def test_rewards_without_an_order_have_none() -> None:
    draw = random.Random(1)
    steps = walked(0, 100, 30)
    rewards = [[float(draw.random() < 0.1) for _ in one] for one in steps]
    assert chain_to_reward(traces_of(steps, rewards)) is None
    assert chain_to_reward(traces_of(steps[:5], rewards[:5])) is None


@pytest.mark.long
def test_a_reward_after_seven_events_is_learned() -> None:
    steps = walked(3, 100, 60)
    given = [[f"e{event}" for event in one] for one in steps]
    found = symlaw.reward_machine(given, [rewards_of(one, CHAIN[:7]) for one in steps], time_budget=None)
    for one in walked(4, 30, 200):
        assert found([f"e{event}" for event in one]) == rewards_of(one, CHAIN[:7])
    assert found.n_states == 7 and not found.warning
