"""Whether grammars found from pairs are right on what was kept back.

    python -m benchmarks.grammars --results benchmarks/results/grammars.jsonl

SCAN with its splits length, jump and around right, and ten scrambled copies of it; PCFG SET with the splits
systematicity and productivity; HINT. All are generated here from their published definitions. Copies of SCAN
have other words and actions; words and actions may stand in reverse order, "thrice" may be four times,
"twice" five times, and "around" three times.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.machine import describe, facts
from symlaw.errors import DataError
from symlaw.tasks.grammars.grammar import grammar

Pairs = list[tuple[tuple[str, ...], tuple[str, ...]]]
_PRIMITIVES = {"walk": "WALK", "look": "LOOK", "run": "RUN", "jump": "JUMP"}
_DIRECTIONS = {"left": "LTURN", "right": "RTURN"}


class Spoken(NamedTuple):
    """How often what stands beside some words of SCAN is done."""

    twice: int = 2
    thrice: int = 3
    around: int = 4


def _verbs(around: int) -> Iterator[tuple[str, list[str]]]:
    for word, action in [*_PRIMITIVES.items(), ("turn", "")]:
        own = [action] if action else []
        if own:
            yield word, own
        for side, turn in _DIRECTIONS.items():
            yield f"{word} {side}", [turn, *own]
            yield f"{word} opposite {side}", [turn, turn, *own]
            yield f"{word} around {side}", [turn, *own] * around


def scan(spoken: Spoken = Spoken()) -> Pairs:  # noqa: B008 - an immutable record
    """All 20,910 commands of SCAN (Lake and Baroni, 2018) with their actions."""
    times_of = {"": 1, "twice": spoken.twice, "thrice": spoken.thrice}
    phrases = [
        (" ".join([words, times]).strip(), actions * count)
        for words, actions in _verbs(spoken.around)
        for times, count in times_of.items()
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


def scrambled(copy: int) -> tuple[Pairs, Callable[[Pairs], Pairs]]:
    """A copy of SCAN with counts of its own, and what renames and turns its pairs; 0 is SCAN itself."""
    if copy == 0:
        return scan(), lambda pairs: pairs
    draw = random.Random(copy)
    spoken = Spoken(draw.choice([2, 5]), draw.choice([3, 4]), draw.choice([3, 4]))
    pairs = scan(spoken)
    names = _renamed(draw, {word for words, _ in pairs for word in words}, "w")
    actions_ = _renamed(draw, {action for _, actions in pairs for action in actions}, "A")
    turn_words, turn_actions = draw.choice([1, -1]), draw.choice([1, -1])

    def changed(own: Pairs) -> Pairs:
        return [
            (
                tuple(names[word] for word in words[::turn_words]),
                tuple(actions_[action] for action in actions[::turn_actions]),
            )
            for words, actions in own
        ]

    return pairs, changed


def _renamed(draw: random.Random, words: set[str], letter: str) -> dict[str, str]:
    numbers = list(range(len(words)))
    draw.shuffle(numbers)
    return {word: f"{letter}{number}" for word, number in zip(sorted(words), numbers, strict=True)}


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


Task = Callable[[], tuple[list[Any], list[Any], float]]
_SHOWN, _ASKED = 8_000, 200


def scan_task(copy: int, name: str) -> tuple[list[Any], list[Any], float]:
    """Pairs to learn from, pairs that are asked, and the seconds allowed."""
    pairs, changed = scrambled(copy)
    shown, asked = split(pairs, name)
    return changed(shown), changed(asked), 300.0


def strings_task(name: str) -> tuple[list[Any], list[Any], float]:
    """PCFG SET: pairs of functions, or so many functions, that were not shown."""
    draw = random.Random(1)
    names = [*_UNARY, *_BINARY]
    new = {(draw.choice(names), draw.choice(names)) for _ in range(4)}
    shown, asked = [], []
    while len(shown) < _SHOWN or len(asked) < _ASKED:
        is_asked = len(shown) >= _SHOWN
        many = draw.randint(9, 14) if name == "productivity" and is_asked else draw.randint(1, 8)
        words, value, nested = strings(draw, many)
        is_new = many > 8 if name == "productivity" else bool(new & set(nested))
        if is_new and is_asked:
            asked.append((words, value))
        elif not is_new and not is_asked:
            shown.append((words, value))
    return shown, asked, 600.0


def sums_task() -> tuple[list[Any], list[Any], float]:
    """HINT: from up to 7 digits to 8 to 16, and values that were not shown."""
    draw = random.Random(2)
    shown, asked = [], []
    while len(shown) < _SHOWN or len(asked) < _ASKED:
        is_asked = len(shown) >= _SHOWN
        words, value = sums(draw, draw.randint(8, 16) if is_asked else draw.randint(1, 7))
        if value is not None and value <= (10_000 if is_asked else 100):
            (asked if is_asked else shown).append((words, value))
    return shown, asked, 600.0


def tasks() -> dict[str, Task]:
    """All tasks by name."""
    found: dict[str, Task] = {
        f"scan {split_} {copy}": partial(scan_task, copy, split_)
        for copy in range(11)
        for split_ in ("length", "jump", "around right")
    }
    for name in ("systematicity", "productivity"):
        found[f"pcfg {name}"] = partial(strings_task, name)
    found["hint"] = sums_task
    return found


def judged(name: str, task: Task) -> dict[str, Any]:
    """How many of the pairs that were kept back the grammar gives."""
    shown, asked, seconds = task()
    began = time.perf_counter()
    try:
        found = grammar(shown, time_budget=seconds)
    except DataError as error:
        return {"name": name, "right": 0, "asked": len(asked), "seconds": seconds, "found": str(error)}
    took = time.perf_counter() - began
    right = sum(_same(found(list(words)), value) for words, value in asked)
    return {
        "name": name, "right": right, "asked": len(asked), "seconds": round(took, 2), "found": found.rules,
    }  # fmt: skip


def _same(said: Any, value: Any) -> bool:
    return said is not None and (said == value if isinstance(value, int) else list(said) == list(value))


def main() -> None:
    """Measure all tasks that the result file does not have."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--results", type=Path, default=Path("benchmarks", "results", "grammars.jsonl"))
    parser.add_argument("--only", default="", help="part of the names")
    asked = parser.parse_args()
    print(describe(facts()))
    lines = asked.results.read_text().splitlines() if asked.results.exists() else []
    done = {record["name"]: record for record in map(json.loads, lines)}
    asked.results.parent.mkdir(parents=True, exist_ok=True)
    chosen = {name: task for name, task in tasks().items() if asked.only in name}
    for name, task in chosen.items():
        if name not in done:
            done[name] = judged(name, task)
            with asked.results.open("a") as file:
                file.write(json.dumps(done[name]) + "\n")
        one = done[name]
        print(f"{one['right']:6} of {one['asked']:6}{one['seconds']:7.1f} s  {name}", flush=True)
    print(f"{sum(done[name]['right'] == done[name]['asked'] for name in chosen)} of {len(chosen)} all right")


if __name__ == "__main__":
    main()
