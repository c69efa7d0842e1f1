"""Pairs of words and what they mean: which are looked at, what they cost, what words mean at sight."""

from __future__ import annotations

import math
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations_with_replacement, permutations
from typing import Any, NamedTuple

from symlaw.engine.programs.grammars import Grammar, TooLong

# Pairs that are looked at: the shortest with each two words, and some drawn from all.
_OF_TWO_WORDS, _DRAWN, _MOST_TOGETHER = 4, 250, 1_500
_MOST_WORDS_PAIRED = 60
# How often a word and an item have to come together to be taken for each other.
_TOGETHER = 0.95
_LEAST_BRACKETS = 8


class Pair(NamedTuple):
    """Words, and what they mean."""

    words: tuple[str, ...]
    value: Any


def is_right(grammar: Grammar, pair: Pair) -> bool:
    """Whether the grammar gives the value of the pair."""
    try:
        return bool(grammar.read(pair.words) == pair.value)
    except TooLong:
        return False


def items_of(pairs: Iterable[Pair]) -> set[Any]:
    """All items of values that are sequences."""
    return {item for pair in pairs if isinstance(pair.value, tuple) for item in pair.value}


def pair_bits(pair: Pair, n_items: int) -> float:
    """Bits of a value that is written out, as that of a pair which is not explained."""
    if isinstance(pair.value, tuple):
        return 8.0 + len(pair.value) * math.log2(n_items + 2)
    return 8.0 + 2.0 * math.log2(1.0 + abs(pair.value))


def sample_of(pairs: Sequence[Pair], seed: int = 0) -> list[Pair]:
    """Pairs that show each word beside each other, the shortest first."""
    order = sorted(range(len(pairs)), key=lambda place: (len(pairs[place].words), place))
    counts = Counter(word for pair in pairs for word in set(pair.words))
    paired = {word for word, _ in counts.most_common(_MOST_WORDS_PAIRED)}
    seen: Counter[Any] = Counter()
    chosen: set[int] = set()
    for place in order:
        words = pairs[place].words
        counted = Counter(words)
        inner = sorted(paired.intersection(counted))
        keys: list[Any] = [
            two for two in combinations_with_replacement(inner, 2) if two[0] != two[1] or counted[two[0]] > 1
        ]
        keys += sorted(counted)
        if any(seen[key] < _OF_TWO_WORDS for key in keys) and len(chosen) < _MOST_TOGETHER:
            chosen.add(place)
            seen.update(keys)
    rest = [place for place in range(len(pairs)) if place not in chosen]
    chosen.update(random.Random(seed).sample(rest, min(_DRAWN, len(rest))))
    return [pairs[place] for place in order if place in chosen]


def shortest_and_rest(pairs: Sequence[Any], most: int) -> list[Any]:
    """So many of what is sorted: the first ones, and some of the rest at even distances."""
    if len(pairs) <= most:
        return list(pairs)
    first, rest = pairs[: most // 2], pairs[most // 2 :]
    return [*first, *rest[:: -(-len(rest) // (most - most // 2))]]


def brackets_of(pairs: Sequence[Pair]) -> list[tuple[str, str]]:
    """Two words that open and close in each pair that has one of them."""
    found = []
    words = sorted({word for pair in pairs for word in pair.words})
    counts = {word: tuple(pair.words.count(word) for pair in pairs) for word in words}
    for one, other in permutations(words, 2):
        if counts[one] != counts[other] or sum(map(bool, counts[one])) < _LEAST_BRACKETS:
            continue
        if all(_is_nested(pair.words, one, other) for pair in pairs):
            found.append((one, other))
    return found


def _is_nested(words: Sequence[str], one: str, other: str) -> bool:
    depth = 0
    for word in words:
        depth += (word == one) - (word == other)
        if depth < 0:
            return False
    return depth == 0


def seen_at_sight(pairs: Sequence[Pair]) -> dict[str, Any]:
    """Values of words that stand alone in a pair, are items or numbers, or come where one item comes."""
    alone: dict[str, Counter[Any]] = defaultdict(Counter)
    for pair in pairs:
        if len(pair.words) == 1:
            alone[pair.words[0]][pair.value] += 1
    facts = {word: counts.most_common(1)[0][0] for word, counts in alone.items()}
    if pairs and not isinstance(pairs[0].value, tuple):
        return {word: int(word) for pair in pairs for word in pair.words if word.isdecimal()} | facts
    return _together(pairs) | facts


def _together(pairs: Sequence[Pair]) -> dict[str, Any]:
    """Values of words that are items themselves, or come where one item comes and nowhere else."""
    with_word: Counter[str] = Counter()
    with_item: Counter[Any] = Counter()
    with_both: dict[Any, Counter[str]] = defaultdict(Counter)
    for pair in pairs:
        words, items = set(pair.words), set(pair.value)
        with_word.update(words)
        with_item.update(items)
        for item in items:
            with_both[item].update(words)
    values: dict[str, list[Any]] = defaultdict(list)
    for item in sorted(with_item, key=str):
        together = with_both[item]
        if isinstance(item, str) and together[item] >= _TOGETHER * with_item[item]:
            values[item].append(item)
            continue
        close = [
            word
            for word, both in together.items()
            if both >= _TOGETHER * with_item[item] and both >= _TOGETHER * with_word[word]
        ]
        if len(close) == 1:
            values[close[0]].append(item)
    return {word: (items[0],) for word, items in sorted(values.items()) if len(items) == 1}
