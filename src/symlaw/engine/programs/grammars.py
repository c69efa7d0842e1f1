"""Grammars with meanings: read a sequence of words by rules, the loosest first, and say what it means."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from symlaw.language.programs.phrases import Meaning, meaning_bits, value_of

Pattern = tuple[str | int, ...]
# Ways to read its parts that are tried for one sequence.
_MOST_TRIED = 1_000_000
# Phrases of one shape share a level where nothing speaks against it: each other shape costs so much.
_SHAPE_BITS = 3.0
# A word's value costs less than a pair of that word alone.
_VALUE_BITS = 2.0


class TooLong(Exception):
    """A sequence takes more steps to read than are allowed."""


@dataclass(frozen=True)
class Rule:
    """A phrase of words and of one or two parts, and what it means.

    Attributes
    ----------
    pattern
        Words, and the places of parts: 0 before 1. Between its parts any words may stand, or none.
    meaning
        What it gives of the values of its parts.
    """

    pattern: Pattern
    meaning: Meaning
    before: tuple[str, ...] = field(init=False, repr=False, compare=False)
    between: tuple[str, ...] = field(init=False, repr=False, compare=False)
    after: tuple[str, ...] = field(init=False, repr=False, compare=False)
    arity: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        places = [at for at, part in enumerate(self.pattern) if isinstance(part, int)]
        first, last = places[0], places[-1]
        object.__setattr__(self, "before", self.pattern[:first])
        object.__setattr__(self, "between", self.pattern[first + 1 : last])
        object.__setattr__(self, "after", self.pattern[last + 1 :])
        object.__setattr__(self, "arity", len(places))

    @property
    def words(self) -> tuple[str, ...]:
        """The words of its pattern."""
        return tuple(part for part in self.pattern if isinstance(part, str))


@dataclass(frozen=True)
class Level:
    """Rules that bind equally.

    Attributes
    ----------
    rules
        In any order.
    is_last_first
        Whether the last place at which one of them fits is taken, so that the first words belong together.
    """

    rules: tuple[Rule, ...]
    is_last_first: bool = True


@dataclass(frozen=True)
class Grammar:
    """Words that have a value, and rules of phrases.

    Attributes
    ----------
    words
        Values of words that stand for themselves.
    levels
        Rules, the loosest first.
    """

    words: Mapping[str, Any]
    levels: tuple[Level, ...] = ()

    @property
    def rules(self) -> tuple[Rule, ...]:
        """All rules, the loosest first."""
        return tuple(rule for level in self.levels for rule in level.rules)

    @property
    def vocabulary(self) -> frozenset[str]:
        """Words that it knows."""
        return frozenset(self.words) | {word for rule in self.rules for word in rule.words}

    def bits(self, n_words: int) -> float:
        """Length of its description where there are so many words."""
        name = math.log2(n_words + 3)
        total = 0.0
        for word, value in self.words.items():
            size = len(value) if isinstance(value, tuple) else math.log2(1.0 + abs(value))
            total += 1.0 if value == (word,) else 1.0 + _VALUE_BITS * size
        for rule in self.rules:
            total += 2.0 + name * len(rule.pattern) + meaning_bits(rule.meaning, rule.arity)
        shapes = (
            {tuple(isinstance(part, int) for part in rule.pattern) for rule in level.rules}
            for level in self.levels
        )
        return total + sum(1.0 + _SHAPE_BITS * len(own) for own in shapes)

    def read(self, words: Sequence[str]) -> Any:
        """What the sequence means; None where it cannot be read.

        Raises
        ------
        TooLong
            When it takes more steps than are allowed.
        """
        return _Reading(self, words).value(0, len(words)) if words else None

    def parts(self, rule: Rule, words: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        """Values of the parts in each way in which a rule fits the whole sequence and all parts can be read.

        Raises
        ------
        TooLong
            As `read` does.
        """
        reading = _Reading(self, words)
        for _, spans in reading.ways(rule, 0, len(words), False):
            values = tuple(reading.value(start, end) for start, end in spans)
            if None not in values:
                yield values


class _Reading:
    """One sequence that is being read; the values of its spans are kept."""

    def __init__(self, grammar: Grammar, words: Sequence[str]) -> None:
        self._words, self._values, self._levels = words, grammar.words, grammar.levels
        self._known: dict[tuple[int, int], Any] = {}
        self._tried = 0
        self._places: dict[str, list[int]] = {}
        for place, word in enumerate(words):
            self._places.setdefault(word, []).append(place)

    def value(self, start: int, end: int) -> Any:
        """What a span means; None where it cannot be read."""
        if end - start == 1 or (start, end) in self._known:
            return self._value_known(start, end)
        # a stack of our own, so that phrases may be nested as deeply as sequences are long
        stack = [self._steps(start, end)]
        given: Any = None
        while stack:
            try:
                asked = stack[-1].send(given)
            except StopIteration as done:
                stack.pop()
                given = done.value
            else:
                stack.append(self._steps(*asked))
                given = None
        return given

    def _value_known(self, start: int, end: int) -> Any:
        return self._values.get(self._words[start]) if end - start == 1 else self._known[start, end]

    def _steps(self, start: int, end: int) -> Generator[tuple[int, int], Any, Any]:
        """Ask for the spans that are needed, and return what this one means."""
        self._known[start, end] = None
        for level in self._levels:
            for rule, spans in self._fits(level, start, end):
                self._tried += 1
                if self._tried > _MOST_TRIED:
                    raise TooLong
                given = []
                for span in spans:
                    is_known = span[1] - span[0] == 1 or span in self._known
                    value = self._value_known(*span) if is_known else (yield span)
                    if value is None:
                        break
                    given.append(value)
                else:
                    self._known[start, end] = value_of(rule.meaning, given)
                    return self._known[start, end]
        return None

    def _fits(self, level: Level, start: int, end: int) -> Iterator[tuple[Rule, list[tuple[int, int]]]]:
        """The ways in which rules of a level fit a span, in their order."""
        if len(level.rules) == 1:
            if not self._may_fit(level.rules[0], start, end):
                return
            for _, spans in self.ways(level.rules[0], start, end, level.is_last_first):
                yield level.rules[0], spans
            return
        ways = [
            (place, number, spans)
            for number, rule in enumerate(level.rules)
            if self._may_fit(rule, start, end)
            for place, spans in self.ways(rule, start, end, level.is_last_first)
        ]
        self._tried += len(ways)
        for _, number, spans in sorted(ways, reverse=level.is_last_first):
            yield level.rules[number], spans

    def _may_fit(self, rule: Rule, start: int, end: int) -> bool:
        """Whether the first and the last word of a span are those of the rule."""
        words = self._words
        return not (
            (rule.before and words[start] != rule.before[0])
            or (rule.after and words[end - 1] != rule.after[-1])
        )

    def ways(
        self, rule: Rule, start: int, end: int, is_last_first: bool
    ) -> Iterator[tuple[int, list[tuple[int, int]]]]:
        """The ways in which a rule fits a span, each with where it does."""
        words = self._words
        low, high = start + len(rule.before), end - len(rule.after)
        if low >= high or (rule.before and tuple(words[start:low]) != rule.before):
            return
        if rule.after and tuple(words[high:end]) != rule.after:
            return
        if rule.arity == 1:
            yield (start if rule.before else high), [(low, high)]
            return
        size = len(rule.between)
        places = self._between(rule, low + 1, high - size)
        for place in reversed(places) if is_last_first else places:
            yield (start if rule.before else place), [(low, place), (place + size, high)]

    def _between(self, rule: Rule, low: int, high: int) -> Sequence[int]:
        """Places from `low` to before `high` at which what stands between the parts stands."""
        if not rule.between:
            return range(low, high)
        places = self._places.get(rule.between[0], [])
        found = places[bisect_left(places, low) : bisect_left(places, high)]
        size = len(rule.between)
        if size == 1:
            return found
        return [place for place in found if tuple(self._words[place : place + size]) == rule.between]
