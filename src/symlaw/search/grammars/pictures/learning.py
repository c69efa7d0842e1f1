"""Classes of pictures and the rules of their sequences, each put right by the other.

Pictures that look alike are put into many small clusters, which are words at first. The grammar of these
words says which of them mean the same: they are one class. Where the grammar does not give the output of a
sequence, the likeliest other reading of its pictures that does is taken (abduction), and pictures are judged
anew by those of the sequences that are explained; and so on, until nothing changes (Li et al.,
Neural-Symbolic Recursive Machine, 2023, with neighbours in place of a network).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from symlaw.engine.programs.grammars import Grammar, Level, Rule
from symlaw.search.grammars.learning import find_grammar
from symlaw.search.grammars.meanings import ROUNDS
from symlaw.search.grammars.pairs import Pair, is_right
from symlaw.search.grammars.pictures.dissolving import dissolved
from symlaw.search.grammars.pictures.reader import Pictures, Reader, options_of
from symlaw.search.grammars.pictures.reading import Shown, pairs_read, reading

# Clusters at first; more where sequences remain that are not explained.
_CLUSTERS = (24, 48, 96)
# Pictures that are clustered; others join the cluster most like them.
_MOST_CLUSTERED = 3_000
# A cluster has at least so many pictures on average.
_LEAST_IN_CLUSTER = 4
_ROUNDS = 6
# Where so few sequences are not explained, rules are not learned anew, and no other beginning is tried; where
# so many are not, formulas of several operators are looked for.
_FEW, _MANY = 0.15, 0.4


class Learned(NamedTuple):
    """Rules, what tells the classes, and the class of each picture."""

    grammar: Grammar
    reader: Reader
    names: tuple[str, ...]


def find_with_pictures(shown: Shown, is_late: Callable[[], bool]) -> Learned:
    """The grammar and the classes that explain most sequences."""
    best: tuple[int, Learned] | None = None
    letter = _letter(shown)
    most = max(2, len(shown.pictures) // _LEAST_IN_CLUSTER)
    for n in dict.fromkeys(min(one, most) for one in _CLUSTERS):
        if best is not None and (is_late() or best[0] <= _FEW * len(shown.values)):
            break
        learned = _corrected(shown, [f"{letter}{one}" for one in clusters(shown.pictures, n)], is_late)
        missed = _missed(learned.grammar, pairs_read(shown, learned.names))
        if best is None or missed < best[0]:
            best = missed, learned
    assert best is not None
    return _named(best[1], letter)


def _letter(shown: Shown) -> str:
    """What names of classes begin with, and no word that was given does."""
    letter = "p"
    while any(isinstance(step, str) and step.startswith(letter) for one in shown.sequences for step in one):
        letter += "p"
    return letter


def _named(learned: Learned, letter: str) -> Learned:
    """Classes called by what they mean, if they mean something by themselves; others by number."""
    grammar, reader, names = learned
    taken = grammar.vocabulary - set(names)
    called: dict[str, str] = {}
    for name in dict.fromkeys(names):
        value = grammar.words.get(name)
        said = " ".join(map(str, value)) if isinstance(value, tuple) else str(value)
        is_word = value is not None and said not in taken and " " not in said and said != ""
        called[name] = said if is_word else f"{letter}{len(called) + 1}"
        taken |= {called[name]}
    own = tuple(called.get(name, name) for name in reader.names)
    return Learned(
        _renamed_all(grammar, called), replace(reader, names=own), tuple(called[name] for name in names)
    )


def clusters(pictures: Pictures, n: int) -> NDArray[np.int64]:
    """Of each picture the cluster of those that look alike (Ward's), numbered as they come."""
    from sklearn.cluster import AgglomerativeClustering

    stride = max(1, -(-len(pictures) // _MOST_CLUSTERED))
    some = pictures[::stride]
    own = AgglomerativeClustering(min(n, len(some))).fit_predict(some)
    if stride > 1:
        reader = Reader((1, pictures.shape[1]), some, own, tuple(map(str, range(own.max() + 1))))
        own = reader.shares(pictures).argmax(axis=1)
    _, first, inverse = np.unique(own, return_index=True, return_inverse=True)
    numbers: NDArray[np.int64] = np.argsort(np.argsort(first))[inverse]
    return numbers


def _corrected(shown: Shown, names: Sequence[str], is_late: Callable[[], bool]) -> Learned:
    """Rules and classes in turn, from a first guess at the classes."""
    # many pairs are misread yet: long formulas would explain chance
    grammar = find_grammar(pairs_read(shown, names), is_late, 1)
    for number in range(_ROUNDS):
        grammar, names = _joined(grammar, names)
        grammar, names = dissolved(shown, grammar, _reader(shown, grammar, names), names, is_late)
        reader = _reader(shown, grammar, names)
        better = _read_anew(shown, grammar, reader, names, is_late)
        is_same, names = better == list(names), better
        pairs = pairs_read(shown, names)
        missed = _missed(grammar, pairs)
        if is_late() or (is_same and number) or not missed:
            break
        if missed > _FEW * len(pairs):
            other = find_grammar(pairs, is_late, ROUNDS if missed > _MANY * len(pairs) else 1)
            if _missed(other, pairs) < missed:
                grammar = other
    grammar, names = _joined(grammar, names)
    return Learned(grammar, _reader(shown, grammar, names), tuple(names))


def _missed(grammar: Grammar, pairs: Sequence[Pair]) -> int:
    """How many pairs the rules do not explain."""
    return sum(not is_right(grammar, pair) for pair in pairs)


def _joined(grammar: Grammar, names: Sequence[str]) -> tuple[Grammar, list[str]]:
    """One name for words that mean the same, or make the same phrase."""
    own = dict.fromkeys(names)
    kinds: dict[Any, str] = {}
    called: dict[str, str] = {}
    for word in own:
        meant = tuple(sorted(_role(rule, word) for rule in grammar.rules if word in rule.words)) or (
            grammar.words.get(word, word),
        )
        called[word] = kinds.setdefault(meant, word)
    return _renamed_all(grammar, called), [called[name] for name in names]


def _renamed_all(grammar: Grammar, called: dict[str, str]) -> Grammar:
    words = {called.get(word, word): value for word, value in grammar.words.items()}
    levels = (
        Level(tuple(dict.fromkeys(_renamed(rule, called) for rule in level.rules)), level.is_last_first)
        for level in grammar.levels
    )
    return Grammar(words, tuple(levels))


def _role(rule: Rule, word: str) -> tuple[str, str]:
    """What a word does in a rule, whatever it is called."""
    return str(tuple("" if part == word else part for part in rule.pattern)), str(rule.meaning)


def _renamed(rule: Rule, called: dict[str, str]) -> Rule:
    pattern = tuple(called.get(part, part) if isinstance(part, str) else part for part in rule.pattern)
    return Rule(pattern, rule.meaning)


def _reader(shown: Shown, grammar: Grammar, names: Sequence[str]) -> Reader:
    """What tells classes, from pictures of sequences that are explained; of classes without any, from all."""
    known = np.zeros(len(names), dtype=bool)
    for steps, pair in zip(shown.sequences, pairs_read(shown, names), strict=True):
        if is_right(grammar, pair):
            known[[step for step in steps if isinstance(step, int)]] = True
    called = {name: place for place, name in enumerate(dict.fromkeys(names))}
    classes = np.array([called[name] for name in names])
    lacking = ~np.isin(classes, classes[known])
    kept = known | lacking
    return Reader(shown.shape, shown.pictures[kept], classes[kept], tuple(called))


def _read_anew(
    shown: Shown, grammar: Grammar, reader: Reader, names: Sequence[str], is_late: Callable[[], bool]
) -> list[str]:
    """Names of all pictures: of each sequence the likeliest that gives its value, if there is one."""
    places = {picture.tobytes(): place for place, picture in enumerate(reader.pictures)}
    own = np.array([places.get(picture.tobytes(), -1) for picture in shown.pictures], np.int64)
    options = options_of(reader, shown.pictures, own)
    fresh = list(names)
    for steps, pair in zip(shown.sequences, pairs_read(shown, names), strict=True):
        if is_late():
            break
        choices = [options[step] if isinstance(step, int) else [(step, 1.0)] for step in steps]
        words = reading(grammar, choices, pair.value)
        if words is None and is_right(grammar, pair):
            continue
        for step, word, choice in zip(steps, words or steps, choices, strict=True):
            if isinstance(step, int):
                fresh[step] = choice[0][0] if words is None else str(word)
    return fresh
