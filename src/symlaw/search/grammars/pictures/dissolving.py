"""Classes of pictures that others do without: a shorter description of the whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from symlaw.engine.programs.grammars import Grammar, Level
from symlaw.search.grammars.pairs import Pair, is_right, items_of, pair_bits
from symlaw.search.grammars.pictures.reader import Reader, options_of
from symlaw.search.grammars.pictures.reading import Shown, pairs_read, reading

_FEWEST = 2


def dissolved(
    shown: Shown, grammar: Grammar, reader: Reader, names: Sequence[str], is_late: Callable[[], bool]
) -> tuple[Grammar, list[str]]:
    """Rules and classes without those that cost more bits than they save, the rarest first."""
    now = list(names)
    for word, _ in sorted(Counter(names).items(), key=lambda one: (one[1], one[0])):
        if is_late() or len(set(now)) <= _FEWEST:
            break
        rest = _without_word(grammar, word)
        fresh = _others(shown, rest, reader, now, word)
        if fresh is not None and _bits(shown, rest, fresh) <= _bits(shown, grammar, now):
            grammar, now = rest, fresh
    return grammar, now


def _without_word(grammar: Grammar, word: str) -> Grammar:
    levels = (
        Level(tuple(rule for rule in level.rules if word not in rule.words), level.is_last_first)
        for level in grammar.levels
    )
    words = {other: value for other, value in grammar.words.items() if other != word}
    return Grammar(words, tuple(level for level in levels if level.rules))


def _others(shown: Shown, grammar: Grammar, reader: Reader, names: list[str], word: str) -> list[str] | None:
    """Names in which the pictures of a class are of the other classes; None where there are none of those."""
    there = set(names) - {word}
    kept = np.array([reader.names[place] in there for place in reader.classes])
    own = [place for place, name in enumerate(names) if name == word]
    if not kept.any():
        return None
    rest = Reader(reader.shape, reader.pictures[kept], reader.classes[kept], reader.names)
    options = dict(zip(own, options_of(rest, shown.pictures[own]), strict=True))
    fresh = list(names)
    for steps, value in zip(shown.sequences, shown.values, strict=True):
        if not any(step in options for step in steps):
            continue
        choices: list[list[tuple[str, float]]] = [
            [(step, 1.0)] if isinstance(step, str) else options.get(step, [(names[step], 1.0)])
            for step in steps
        ]
        words = reading(grammar, choices, value) or tuple(one[0][0] for one in choices)
        for step, name in zip(steps, words, strict=True):
            if isinstance(step, int):
                fresh[step] = name
    return fresh


def _bits(shown: Shown, grammar: Grammar, names: Sequence[str]) -> float:
    """Bits of the rules, and of the outputs that they do not explain."""
    pairs: list[Pair] = pairs_read(shown, names)
    n_items: Any = len(items_of(pairs))
    n_words = len({word for pair in pairs for word in pair.words})
    missed = sum(pair_bits(pair, n_items) for pair in pairs if not is_right(grammar, pair))
    return grammar.bits(n_words) + missed
