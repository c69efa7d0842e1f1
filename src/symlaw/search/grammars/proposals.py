"""Words and rules that may explain pairs with one or two words that are not known yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from symlaw.engine.programs.grammars import Grammar, Level, Pattern, Rule, TooLong
from symlaw.search.grammars.meanings import ROUNDS, Example, meanings_of
from symlaw.search.grammars.pairs import Pair, shortest_and_rest

# Pairs that proposals are read off.
_MOST_READ = 60
# Values of a word that are tried, those that most pairs ask for.
_MOST_VALUES = 2
# Words that are known already and may make another phrase.
_MOST_AGAIN = 3


class _Unknown:
    """Stands for the value of a word while that is solved for."""


_HOLE = _Unknown()


def values_of(grammar: Grammar, word: str, pairs: Sequence[Pair]) -> list[Any]:
    """Values that the word must have where all else is known."""
    votes: Counter[Any] = Counter()
    holding = Grammar({**grammar.words, word: (_HOLE,)}, grammar.levels)
    for pair in pairs[:_MOST_READ]:
        if len(pair.words) == 1:
            votes[pair.value] += 1
            continue
        if not isinstance(pair.value, tuple):
            continue
        try:
            told = holding.read(pair.words)
        except TooLong:
            continue
        value = _solved(told, pair.value) if told is not None else None
        if value is not None:
            votes[value] += 1
    return [value for value, _ in votes.most_common(_MOST_VALUES)]


def _solved(told: tuple[Any, ...], wanted: tuple[Any, ...]) -> tuple[Any, ...] | None:
    """What stands for the hole, where that makes both the same."""
    holes = sum(item is _HOLE for item in told)
    size, rest = divmod(len(wanted) - len(told) + holes, holes) if holes else (0, 1)
    if rest or size < 0:
        return None
    value: tuple[Any, ...] | None = None
    at = 0
    for item in told:
        if item is not _HOLE:
            if at >= len(wanted) or wanted[at] != item:
                return None
            at += 1
            continue
        value = wanted[at : at + size] if value is None else value
        if wanted[at : at + size] != value:
            return None
        at += size
    return value


def patterns_of(grammar: Grammar, unknown: Sequence[str]) -> Iterator[Pattern]:
    """Phrases that words which are not known may make; of known words none but one part beside another."""
    if not unknown:
        if not any(rule.pattern == (0, 1) for rule in grammar.rules):
            yield (0, 1)
        return
    if len(unknown) == 1:
        word = unknown[0]
        yield from ((0, word), (word, 0), (0, word, 1), (word, 0, 1), (0, 1, word))
        for mark in sorted(
            {rule.words[-1] for rule in grammar.rules if len(rule.words) == 2 and rule.arity == 2}
        ):
            yield from ((word, 0, mark, 1), (0, mark, 1, word))
        for mark in sorted({word for rule in grammar.rules if len(rule.words) == 2 for word in rule.words}):
            yield from ((0, word, mark), (0, mark, word), (word, mark, 0), (mark, word, 0))
        return
    for one, other in (tuple(unknown), tuple(reversed(unknown))):
        yield from ((one, 0, other), (one, 0, other, 1), (0, one, 1, other))
        yield from ((0, one, other), (one, other, 0), (0, one, other, 1))


def further_patterns(grammar: Grammar, wrong: Sequence[Pair]) -> Iterator[Pattern]:
    """Phrases that known words of pairs which are not explained may make beside those that they make."""
    there = {rule.pattern for rule in grammar.rules}
    counted = Counter(word for pair in wrong[:_MOST_READ] for word in set(pair.words))
    for word, _ in counted.most_common(_MOST_AGAIN):
        asked: tuple[Pattern, ...] = ((0, word), (word, 0), (0, word, 1), (word, 0, 1))
        yield from (pattern for pattern in asked if pattern not in there)


def rules_of(grammar: Grammar, pattern: Pattern, pairs: Sequence[Pair], rounds: int = ROUNDS) -> list[Rule]:
    """Rules of a pattern with the meanings that pairs suggest."""
    asked = Rule(pattern, ())
    examples: list[Example] = []
    for pair in shortest_and_rest(pairs, _MOST_READ):
        ways = list(parts_of(grammar, asked, pair.words))
        if len(ways) == 1:
            examples.append((ways[0], pair.value))
    return [Rule(pattern, meaning) for meaning in meanings_of(examples, asked.arity, rounds)]


def parts_of(grammar: Grammar, rule: Rule, words: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """Values of the parts in each way in which the rule fits the whole sequence."""
    try:
        yield from grammar.parts(rule, words)
    except TooLong:
        return


def placings(grammar: Grammar, rule: Rule) -> Iterator[Grammar]:
    """The grammar with the rule at each place among the others."""
    levels = grammar.levels
    ways = (True, False) if rule.arity == 2 else (True,)
    for place in range(len(levels) + 1):
        for is_last_first in ways:
            level = Level((rule,), is_last_first)
            yield Grammar(grammar.words, (*levels[:place], level, *levels[place:]))
    for place, level in enumerate(levels):
        for is_last_first in (level.is_last_first, not level.is_last_first):
            joined = Level((*level.rules, rule), is_last_first)
            yield Grammar(grammar.words, (*levels[:place], joined, *levels[place + 1 :]))


def plainer(rule: Rule) -> Rule:
    """The rule with whole parts where its meaning looks at some of them."""
    if not isinstance(rule.meaning, tuple):
        return rule
    return Rule(rule.pattern, tuple(replace(piece, view="") for piece in rule.meaning))


def without(grammar: Grammar, dropped: Rule) -> Grammar:
    """The grammar without a rule."""
    levels = (
        Level(tuple(rule for rule in level.rules if rule != dropped), level.is_last_first)
        for level in grammar.levels
    )
    return Grammar(grammar.words, tuple(level for level in levels if level.rules))
