"""The shortest grammar that explains pairs: words and rules are added one by one, then put right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from symlaw.engine.programs.grammars import Grammar, Level, Rule
from symlaw.language.programs.phrases import Piece
from symlaw.language.programs.program import Input
from symlaw.search.grammars.meanings import ROUNDS
from symlaw.search.grammars.pairs import (
    Pair,
    brackets_of,
    is_right,
    items_of,
    pair_bits,
    sample_of,
    seen_at_sight,
    shortest_and_rest,
)
from symlaw.search.grammars.proposals import (
    further_patterns,
    patterns_of,
    placings,
    plainer,
    rules_of,
    values_of,
    without,
)

# Pairs that a proposal is judged on at first, and when it is among the best.
_FIRST, _THEN = 16, 80
_BEST = 4
# Where that share of the pairs is explained, no other beginning is tried.
_ENOUGH = 0.7
_ROUNDS = 4
_MOST_DOUBTED = 5
_MOST_BRACKETS = 2
# From so many pairs on that are not explained, known words may make further phrases.
_LEAST_WRONG = 2
# How much more often than others pairs of a rule are wrong that is moved or learned anew.
_SUSPICIOUS = 1.2
# Pairs that were not explained and are looked at in a further round.
_MISSED_SHOWN = 150


@dataclass(frozen=True)
class _Looked:
    """The pairs that are looked at.

    Attributes
    ----------
    pairs
        The shortest first.
    n_words, n_items
        How many words and items there are.
    is_late
        Whether the search has to end.
    rounds
        How many operators in a row formulas of numbers have.
    """

    pairs: tuple[Pair, ...]
    n_words: int
    n_items: int
    is_late: Callable[[], bool]
    rounds: int

    def bits(self, grammar: Grammar, pairs: Sequence[Pair]) -> float:
        """Bits of the grammar, and of the pairs that it doesn't explain."""
        missed = sum(pair_bits(pair, self.n_items) for pair in pairs if not is_right(grammar, pair))
        return grammar.bits(self.n_words) + missed


def find_grammar(pairs: Sequence[Pair], is_late: Callable[[], bool], rounds: int = ROUNDS) -> Grammar:
    """The shortest grammar found that explains the pairs, or most; one round where many pairs are wrong."""
    n_words = len({word for pair in pairs for word in pair.words})
    n_items = len(items_of(pairs))
    looked = _Looked(tuple(sample_of(pairs)), n_words, n_items, is_late, rounds)
    best = _best_start(looked, seen_at_sight(pairs))
    missed = [pair for pair in pairs if not is_late() and not is_right(best, pair)]
    if missed and not is_late():
        shown = sorted(missed, key=lambda pair: len(pair.words))[:_MISSED_SHOWN]
        more = tuple(
            sorted({*looked.pairs, *shown}, key=lambda pair: (len(pair.words), pair.words, str(pair)))
        )
        looked = _Looked(more, n_words, n_items, is_late, rounds)
        best = _mended(looked, _grown(looked, best))
    return _tidied(looked, best)


def _best_start(looked: _Looked, at_sight: dict[str, Any]) -> Grammar:
    """The shortest of what comes of several beginnings; further ones where many pairs are not explained."""
    seen = Grammar(at_sight)
    starts = [seen, Grammar({})] if at_sight else [seen]
    whole = (Piece(0),) if looked.n_items else Input(0)
    starts += [
        Grammar(at_sight, (Level((Rule((one, 0, other), whole),)),))
        for one, other in brackets_of(looked.pairs)[:_MOST_BRACKETS]
    ]
    if at_sight and looked.n_items:
        # words beside each other may just give one value after the other
        starts.insert(1, Grammar(at_sight, (Level((Rule((0, 1), (Piece(0), Piece(1))),)),)))
        if 2 * sum(value == (word,) for word, value in at_sight.items()) > looked.n_words:
            starts.insert(0, starts.pop(1))
    best: tuple[float, Grammar] | None = None
    for start in starts:
        grown = _mended(looked, _grown(looked, start))
        right = sum(is_right(grown, pair) for pair in looked.pairs)
        bits = looked.bits(grown, looked.pairs)
        if best is None or bits < best[0]:
            best = (bits, grown)
        if right > _ENOUGH * len(looked.pairs) or looked.is_late():
            break
    return best[1] if best is not None else seen


def _tidied(looked: _Looked, grammar: Grammar) -> Grammar:
    """The grammar with each rule where it makes the whole shortest: like phrases bind alike."""
    bits = looked.bits(grammar, looked.pairs)
    for rule in grammar.rules:
        if looked.is_late():
            break
        rest = without(grammar, rule)
        judged = _judged_by_words(looked, rule)
        choices = [placed for one in dict.fromkeys((rule, plainer(rule))) for placed in placings(rest, one)]
        moved = _best_of(looked, choices, judged)
        if moved is not None and (shorter := looked.bits(moved, looked.pairs)) < bits:
            grammar, bits = moved, shorter
    return grammar


def _judged_by_words(looked: _Looked, rule: Rule) -> list[Pair]:
    """Pairs with the words of a rule."""
    return shortest_and_rest(
        [pair for pair in looked.pairs if set(rule.words).issubset(pair.words)], 2 * _THEN
    )


def _grown(looked: _Looked, grammar: Grammar) -> Grammar:
    """The grammar with what makes the whole shorter, one word or rule after the other."""
    while not looked.is_late():
        step = _step(looked, grammar)
        if step is None:
            return grammar
        grammar = step
    return grammar


def _step(looked: _Looked, grammar: Grammar) -> Grammar | None:
    """The first addition that explains all that it should, or the best of those that pay."""
    best: tuple[float, Grammar | None] = (0.0, None)
    for unknown, pairs in _groups(looked, grammar):
        if looked.is_late():
            break
        judged = _judged_on(looked, grammar, unknown)
        before = looked.bits(grammar, judged)
        found = _best_of(looked, list(_proposals(grammar, unknown, pairs, looked.rounds)), judged)
        if found is None:
            continue
        gain = before - looked.bits(found, judged)
        if gain > 0 and all(is_right(found, pair) for pair in judged):
            return found
        if gain > best[0]:
            best = (gain, found)
    return best[1] or _further(looked, grammar)


def _further(looked: _Looked, grammar: Grammar) -> Grammar | None:
    """The grammar with another phrase of a known word, where that makes the whole shorter."""
    known = grammar.vocabulary
    fitting = [pair for pair in looked.pairs if known.issuperset(pair.words)]
    wrong = [pair for pair in fitting if not is_right(grammar, pair)]
    if len(wrong) < _LEAST_WRONG:
        return None
    judged = wrong[:_THEN] + shortest_and_rest([pair for pair in fitting if is_right(grammar, pair)], _THEN)
    proposals = [
        placed
        for pattern in further_patterns(grammar, wrong)
        for rule in rules_of(grammar, pattern, wrong, looked.rounds)
        for placed in placings(grammar, rule)
    ]
    found = _best_of(looked, proposals, judged)
    if found is None or looked.bits(found, looked.pairs) >= looked.bits(grammar, looked.pairs):
        return None
    return found


def _groups(looked: _Looked, grammar: Grammar) -> list[tuple[tuple[str, ...], list[Pair]]]:
    """Pairs that are not explained, by their words that are not known; the least unknown first."""
    known = grammar.vocabulary
    groups: dict[tuple[str, ...], list[Pair]] = defaultdict(list)
    for pair in looked.pairs:
        unknown = tuple(sorted(set(pair.words) - known))
        if len(unknown) <= 2 and (unknown or not is_right(grammar, pair)):
            groups[unknown].append(pair)
    return sorted(groups.items(), key=lambda one: (len(one[0]), len(one[1][0].words), one[0]))


def _judged_on(looked: _Looked, grammar: Grammar, unknown: tuple[str, ...]) -> list[Pair]:
    """Pairs of known words and those: all that they should explain, the shortest and some of the rest."""
    known = grammar.vocabulary | set(unknown)
    fitting = [
        pair for pair in looked.pairs if known.issuperset(pair.words) and set(unknown).issubset(pair.words)
    ]
    return shortest_and_rest(fitting, 2 * _THEN)


def _proposals(
    grammar: Grammar, unknown: tuple[str, ...], pairs: list[Pair], rounds: int
) -> Iterator[Grammar]:
    if len(unknown) == 1:
        for value in values_of(grammar, unknown[0], pairs):
            yield Grammar({**grammar.words, unknown[0]: value}, grammar.levels)
    for pattern in patterns_of(grammar, unknown):
        for rule in rules_of(grammar, pattern, pairs, rounds):
            yield from placings(grammar, rule)


def _best_of(looked: _Looked, proposals: list[Grammar], judged: list[Pair]) -> Grammar | None:
    """The proposal that makes pairs shortest: judged on few at first, the best ones on more."""
    if not proposals:
        return None
    few = judged if len(judged) <= _FIRST else judged[:: -(-len(judged) // _FIRST)]
    ranked = sorted(range(len(proposals)), key=lambda place: (looked.bits(proposals[place], few), place))
    best = [proposals[place] for place in ranked[: _BEST if few is not judged else 1]]
    return min(best, key=lambda one: looked.bits(one, judged))


def _mended(looked: _Looked, grammar: Grammar) -> Grammar:
    """The grammar with rules moved, or words learned anew, where that makes the whole shorter."""
    bits = looked.bits(grammar, looked.pairs)
    for _ in range(_ROUNDS):
        wrong = [pair for pair in looked.pairs if not is_right(grammar, pair)]
        if not wrong or looked.is_late():
            break
        changed, shorter = _changed(looked, grammar, wrong, bits)
        if shorter >= bits:
            break
        grammar, bits = changed, shorter
    return grammar


def _changed(looked: _Looked, grammar: Grammar, wrong: list[Pair], bits: float) -> tuple[Grammar, float]:
    """The first change that makes the whole shorter, or the grammar itself."""
    for rule in _suspects(looked, grammar, wrong):
        if looked.is_late():
            break
        rest = without(grammar, rule)
        judged = _judged_by_words(looked, rule)
        moved = _best_of(looked, list(placings(rest, rule)), judged)
        for changed in (moved, None):
            grown = _grown(looked, rest) if changed is None else changed
            shorter = looked.bits(grown, looked.pairs)
            if shorter < bits:
                return _grown(looked, grown), shorter
    for word in _doubted(looked, grammar):
        if looked.is_late():
            break
        words = {other: value for other, value in grammar.words.items() if other != word}
        grown = _grown(looked, Grammar(words, grammar.levels))
        shorter = looked.bits(grown, looked.pairs)
        if shorter < bits:
            return grown, shorter
    return grammar, bits


def _doubted(looked: _Looked, grammar: Grammar) -> list[str]:
    """Words with which most pairs are wrong, the worst first."""
    known = grammar.vocabulary
    rates = {}
    for word in grammar.words:
        judged = [pair for pair in looked.pairs if word in pair.words and known.issuperset(pair.words)]
        wrong = sum(not is_right(grammar, pair) for pair in judged)
        if 2 * wrong > len(judged):
            rates[word] = wrong / len(judged)
    return sorted(rates, key=lambda word: -rates[word])[:_MOST_DOUBTED]


def _suspects(looked: _Looked, grammar: Grammar, wrong: list[Pair]) -> list[Rule]:
    """Rules whose pairs are wrong more often than others, the worst first."""
    usual = len(wrong) / len(looked.pairs)
    rates = {}
    for rule in grammar.rules:
        own = set(rule.words)
        held = sum(own.issubset(pair.words) for pair in looked.pairs)
        rates[rule] = sum(own.issubset(pair.words) for pair in wrong) / max(1, held)
    suspects = [rule for rule in grammar.rules if rates[rule] > min(0.5, _SUSPICIOUS * usual)]
    return sorted(suspects, key=lambda rule: -rates[rule])
