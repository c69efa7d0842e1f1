"""What a state does by which events happen: a short list of rules, of which the first that holds is taken."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import combinations

from symlaw.engine.programs.rewards import Call, Events, Rule, Rules

# Where a state leads, and what it gives.
Outcome = tuple[int, float]
# Events that one rule may speak of, fewer where there are many; longer rules name all events of a step.
_MOST_SPOKEN, _MANY_EVENTS = 3, 12


def rules_of(outcomes: Mapping[Events, Outcome]) -> Rules:
    """The shortest list found that says what was seen of a state; the last rule is for all else."""
    counted = Counter(outcomes.values())
    # the outcome of a step without events comes first among equals
    usual = sorted(counted, key=lambda one: (one != outcomes.get(frozenset()), -counted[one], one))
    lists = [(*_exceptions(outcomes, one), Rule((), (), *one)) for one in usual[:3]]
    return min(lists, key=lambda rules: sum(2 + len(rule.needs) + len(rule.bars) for rule in rules))


def bits_of(states: Iterable[Rules | Call], n_events: int, n_rewards: int) -> float:
    """Bits of the description of states."""
    listed = list(states)
    place = math.log2(len(listed) + 2)
    reward = math.log2(max(2, n_rewards))
    literal = 1.0 + math.log2(max(2, n_events))
    rules = [rule for rules in listed if not isinstance(rules, Call) for rule in rules]
    spoken = sum(len(rule.needs) + len(rule.bars) for rule in rules)
    calls = sum(isinstance(one, Call) for one in listed)
    return len(listed) + (len(rules) + calls) * (1.0 + place + reward) + spoken * literal


def _exceptions(outcomes: Mapping[Events, Outcome], usual: Outcome) -> list[Rule]:
    """Rules, in order, for what is not the usual outcome."""
    left = {events: outcomes[events] for events in sorted(outcomes, key=sorted)}
    rules: list[Rule] = []
    while any(outcome != usual for outcome in left.values()):
        rule = _widest(left, usual)
        rules.append(rule)
        left = {events: outcome for events, outcome in left.items() if not rule.holds(events)}
    return rules


def _widest(left: Mapping[Events, Outcome], usual: Outcome) -> Rule:
    """The rule of the fewest events that is right on all that it is for; of these that for the most steps."""
    known = sorted({event for events in left for event in events})
    literals = [(event, True) for event in known] + [(event, False) for event in known]
    for spoken in range(1, (_MOST_SPOKEN if len(known) <= _MANY_EVENTS else 2) + 1):
        best: tuple[tuple[int, int], Rule] | None = None
        for chosen in combinations(literals, spoken):
            needs = tuple(event for event, happens in chosen if happens)
            bars = tuple(event for event, happens in chosen if not happens)
            rule = Rule(needs, bars, 0, 0.0)
            said = [outcome for events, outcome in left.items() if rule.holds(events)]
            if said and said[0] != usual and all(one == said[0] for one in said):
                rank = (-len(said), len(bars))
                if best is None or rank < best[0]:
                    best = rank, Rule(needs, bars, *said[0])
        if best is not None:
            return best[1]
    events, outcome = next(one for one in left.items() if one[1] != usual)
    return Rule(tuple(sorted(events)), tuple(one for one in known if one not in events), *outcome)
