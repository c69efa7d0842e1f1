"""How many grammars are found from pairs: SCAN, generated here from its published definition."""

from __future__ import annotations

from collections.abc import Iterator

Pairs = list[tuple[tuple[str, ...], tuple[str, ...]]]
_PRIMITIVES = {"walk": "WALK", "look": "LOOK", "run": "RUN", "jump": "JUMP"}
_DIRECTIONS = {"left": "LTURN", "right": "RTURN"}
_TIMES = {"twice": 2, "thrice": 3}


def _verbs() -> Iterator[tuple[str, list[str]]]:
    for word, action in [*_PRIMITIVES.items(), ("turn", "")]:
        own = [action] if action else []
        if own:
            yield word, own
        for side, turn in _DIRECTIONS.items():
            yield f"{word} {side}", [turn, *own]
            yield f"{word} opposite {side}", [turn, turn, *own]
            yield f"{word} around {side}", [turn, *own] * 4


def scan() -> Pairs:
    """All 20,910 commands of SCAN (Lake and Baroni, 2018) with their actions."""
    phrases = [
        (" ".join([words, times]).strip(), actions * count)
        for words, actions in _verbs()
        for times, count in [("", 1), *_TIMES.items()]
    ]
    pairs = [(words, actions) for words, actions in phrases]
    for one, first in phrases:
        for other, second in phrases:
            pairs.append((f"{one} and {other}", first + second))
            pairs.append((f"{one} after {other}", second + first))
    return [(tuple(words.split()), tuple(actions)) for words, actions in pairs]


def split(pairs: Pairs, name: str) -> tuple[Pairs, Pairs]:
    """Pairs to learn from, and those that are asked."""
    if name == "length":
        asked = {place for place, (_, actions) in enumerate(pairs) if len(actions) > 22}
    elif name == "jump":
        asked = {place for place, (words, _) in enumerate(pairs) if "jump" in words and len(words) > 1}
    else:
        asked = {place for place, (words, _) in enumerate(pairs) if "around right" in " ".join(words)}
    return [pair for place, pair in enumerate(pairs) if place not in asked], [
        pairs[place] for place in sorted(asked)
    ]
