"""Reward machines as JSON, and back; what is read is checked."""

from __future__ import annotations

import math
from typing import Any

from symlaw.engine.programs.rewards import END, LEAVE, Call, RewardStates, Rule, Rules
from symlaw.errors import ParseError

_MOST_STATES = 1000


def record_of(machine: RewardStates) -> dict[str, Any]:
    """A machine as JSON writes it."""
    return {
        "states": [
            _call_record(one) if isinstance(one, Call) else _rules_record(one) for one in machine.states
        ],
        "parts": [[_rules_record(rules) for rules in part] for part in machine.parts],
    }


def machine_from(record: Any, n_events: int) -> RewardStates:
    """A machine of so many events from what `record_of` gave.

    Raises
    ------
    ParseError
        When it is none.
    """
    states, parts = record["states"], record["parts"]
    if not all(isinstance(one, list) and 0 < len(one) <= _MOST_STATES for one in (states, *parts)):
        raise ParseError(f"a reward machine and its parts have from 1 to {_MOST_STATES} states")
    made = tuple(
        _call(one, len(states), len(parts))
        if isinstance(one, dict)
        else _rules(one, END, len(states), n_events)
        for one in states
    )
    return RewardStates(
        made, tuple(tuple(_rules(one, LEAVE, len(part), n_events) for one in part) for part in parts)
    )


def _call_record(call: Call) -> dict[str, Any]:
    return {"part": call.part, "after": call.after, "reward": call.reward}


def _rules_record(rules: Rules) -> list[Any]:
    return [[list(rule.needs), list(rule.bars), rule.after, rule.reward] for rule in rules]


def _call(record: dict[str, Any], n_states: int, n_parts: int) -> Call:
    part, after = _whole(record["part"], 0, n_parts), _whole(record["after"], END, n_states)
    return Call(part, after, _reward(record["reward"]))


def _rules(record: Any, least: int, n_states: int, n_events: int) -> Rules:
    rules = tuple(
        Rule(
            _events(needs, n_events), _events(bars, n_events), _whole(after, least, n_states), _reward(given)
        )
        for needs, bars, after, given in record
    )
    if not rules or rules[-1].needs or rules[-1].bars:
        raise ParseError("a state of the machine has no rule for all else")
    return rules


def _events(places: Any, n_events: int) -> tuple[int, ...]:
    return tuple(_whole(place, 0, n_events) for place in places)


def _whole(value: Any, least: int, end: int) -> int:
    if type(value) is not int or not least <= value < end:
        raise ParseError(f"{value!r:.60} is no whole number from {least} to {end - 1}")
    return value


def _reward(value: Any) -> float:
    if type(value) not in (int, float) or not math.isfinite(value):
        raise ParseError(f"{value!r:.60} is no reward")
    number: float = value
    return number
