"""How many grammars are found from pairs: SCAN, generated here from its published definition."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

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


_LETTERS = [f"{letter}{number}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" for number in range(1, 21)]
_UNARY: dict[str, Callable[[list[str]], list[str]]] = {
    "copy": lambda x: x,
    "reverse": lambda x: x[::-1],
    "shift": lambda x: x[1:] + x[:1],
    "swap_first_last": lambda x: x[-1:] + x[1:-1] + x[:1],
    "repeat": lambda x: x + x,
    "echo": lambda x: x + x[-1:],
}
_BINARY: dict[str, Callable[[list[str], list[str]], list[str]]] = {
    "append": lambda x, y: x + y,
    "prepend": lambda x, y: y + x,
    "remove_first": lambda _, y: y,
    "remove_second": lambda x, _: x,
}


def strings(draw: random.Random, functions: int) -> tuple[list[str], list[str], list[tuple[str, str]]]:
    """Words of so many functions of PCFG SET (Hupkes et al., 2020), what they give, and what is nested."""
    if functions == 0:
        letters = [draw.choice(_LETTERS) for _ in range(draw.randint(2, 5))]
        return letters, letters, []
    if draw.random() < 0.6:
        name = draw.choice(list(_UNARY))
        words, value, nested = strings(draw, functions - 1)
        nested += [(name, words[0])] if words[0] not in _LETTERS else []
        return [name, *words], _UNARY[name](value), nested
    name = draw.choice(list(_BINARY))
    left = draw.randint(0, functions - 1)
    one, first, inner = strings(draw, left)
    other, second, more = strings(draw, functions - 1 - left)
    nested = [*inner, *more, *((name, words[0]) for words in (one, other) if words[0] not in _LETTERS)]
    return [name, *one, ",", *other], _BINARY[name](first, second), nested


def sums(draw: random.Random, digits: int) -> tuple[list[str], int | None]:
    """An expression of HINT (Li et al., 2023) with so many digits, and its number, or None.

    Terms are added and subtracted from the left; differences below nothing are 0.
    """
    parts = _parts(draw, digits, 0.5)
    words, value = _product(draw, parts[0])
    for part in parts[1:]:
        sign = draw.choice("+-")
        more, number = _product(draw, part)
        words = [*words, sign, *more]
        if value is not None:
            value = None if number is None else value + number if sign == "+" else max(0, value - number)
    return words, value


def _product(draw: random.Random, digits: int) -> tuple[list[str], int | None]:
    """Factors that are multiplied and divided from the left; quotients are rounded up."""
    parts = _parts(draw, digits, 0.6)
    words, value = _factor(draw, parts[0])
    for part in parts[1:]:
        sign = draw.choice("*/")
        more, number = _factor(draw, part)
        words = [*words, sign, *more]
        if value is not None:
            value = (
                None
                if not number and (sign == "/" or number is None)
                else (value * number if sign == "*" else -(-value // number))
            )
    return words, value


def _factor(draw: random.Random, digits: int) -> tuple[list[str], int | None]:
    if digits == 1:
        digit = draw.randrange(10)
        return [str(digit)], digit
    words, value = sums(draw, digits)
    return ["(", *words, ")"], value


def _parts(draw: random.Random, digits: int, more: float) -> list[int]:
    """Counts that sum up to the digits."""
    parts = []
    while digits > 1 and draw.random() < more:
        parts.append(draw.randint(1, digits - 1))
        digits -= parts[-1]
    return [*parts, digits]
