"""Conjunctions and clauses that say much by themselves, which grow into rules as if they were literals.

Rounds of a small beam look for conjunctions that hold on rows to be covered which the conjunctions before
leave out; with the roles exchanged they are clauses, of which rules leave out rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.search.rules.counting import Planes, counts
from symlaw.search.rules.tree import ODD, Tree, factored, node, reached

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Words = NDArray[np.uint64]
    Floats = NDArray[np.float64]
    Merit = Callable[[Floats, Floats, float, float], Floats]

_BEAM, _KEPT, _LONGEST = 10, 8, 4
# Literals of a gate to begin with, and of parities.
_WIDEST, _OF_PARITY = 12, 12
# How much a share of rows that are covered wrongly counts where conjunctions are to be pure.
_PURITY = 20


class Pool(NamedTuple):
    """Terms, and rules made of several of them.

    Attributes
    ----------
    terms
        Conjunctions and clauses of few literals.
    covers
        The first one, two, ... of the conjunctions as alternatives, and of the clauses as conditions.
    """

    terms: list[Term]
    covers: list[Tree]


class Term(NamedTuple):
    """A conjunction of literals, or a clause, and its truths."""

    tree: Tree
    words: Words


def pool_of(
    words: Words, n_plain: int, planes: Planes, rounds: int, is_late: Callable[[], bool] = lambda: False
) -> Pool:
    """Conjunctions, and clauses, of two to four literals.

    Parameters
    ----------
    words
        Truths of literals, uint64 (n, n_words).
    n_plain
        How many of them, from the first on, look at one column.
    planes
        What rows weigh.
    rounds
        How often conjunctions are looked for on what is left.
    is_late
        Whether to stop with those that were found.
    """
    positive = planes.shares > 0
    rows, others = planes.masks[positive], planes.masks[~positive]
    gain, loss = planes.shares[positive], -planes.shares[~positive]
    until = _Until(rounds, is_late)
    terms: list[Term] = []
    covers: list[Tree] = []
    for merit, own_words in ((_merit, words), (_pure, words[:n_plain])):
        found, first = _conjunctions(own_words, _Sides(rows, gain, others, loss), merit, until)
        terms += [Term(_gate(literals, False), own) for literals, own in found]
        covers += _prefixes([_gate(literals, False) for literals in first], True)
        # what is true on no row to be left out is a clause of the opposite literals
        found, first = _conjunctions(~own_words, _Sides(others, loss, rows, gain), merit, until)
        terms += [Term(_gate(literals, True), ~own) for literals, own in found]
        covers += _prefixes([_gate(literals, True) for literals in first], False)
    distinct = {(term.words.tobytes(), len(_parts(term.tree))): term for term in reversed(terms)}
    return Pool(list(reversed(distinct.values())), covers)


def _gate(parts: Sequence[Tree], is_any: bool) -> Tree:
    tree = node(1 if is_any else len(parts), parts)
    assert tree is not None  # the literals of a term are different
    return tree


def _prefixes(terms: Sequence[Tree], is_any: bool) -> list[Tree]:
    """The first two, three, ... terms together, with what they share written once."""
    return [factored(_gate(terms[:end], is_any)) for end in range(2, len(terms) + 1)]


def _parts(tree: Tree) -> tuple[Tree, ...]:
    return (tree,) if isinstance(tree, int) else tree.parts


def _weights(words: Words, masks: Words, shares: Floats) -> Floats:
    out = np.zeros((len(masks), len(words)), np.int64)
    counts(words, np.ascontiguousarray(masks), out)
    return np.asarray(shares @ out)


class _Sides(NamedTuple):
    """Planes of rows to be covered and of the others, and what a row of each weighs."""

    rows: Words
    gain: Floats
    others: Words
    loss: Floats


class _Until(NamedTuple):
    """How often conjunctions are looked for at most, and whether time is up."""

    rounds: int
    is_late: Callable[[], bool]


class _Conjunction(NamedTuple):
    """Literals, their truths together, and how good that is."""

    merit: float
    literals: tuple[int, ...]
    words: Words


def _conjunctions(
    words: Words, sides: _Sides, merit: Merit, until: _Until
) -> tuple[list[tuple[tuple[int, ...], Words]], list[tuple[int, ...]]]:
    """Literals of conjunctions and their truths, from rounds of a small beam; and the first of each round."""
    chosen: list[tuple[int, ...]] = []
    found: list[tuple[tuple[int, ...], Words]] = []
    every = np.full((1, words.shape[1]), ~np.uint64(0))
    total = float(_weights(every, sides.rows, sides.gain)[0])
    for _ in range(until.rounds):
        if until.is_late():
            break
        best = _searched(words, sides, merit)
        if not best:
            break
        found += [(one.literals, one.words) for one in best if len(one.literals) > 1]
        chosen.append(best[0].literals)
        sides = sides._replace(rows=sides.rows & ~best[0].words)
        if float(_weights(every, sides.rows, sides.gain)[0]) < 0.005 * total:
            break
    return found, chosen


def _searched(words: Words, sides: _Sides, merit: Merit) -> list[_Conjunction]:
    """The best conjunctions of up to four literals, the best first."""
    every = np.full(words.shape[1], ~np.uint64(0))
    right = float(_weights(every[None], sides.rows, sides.gain)[0])
    wrong = float(_weights(every[None], sides.others, sides.loss)[0])
    if right <= 0.0:
        return []
    beam = [_Conjunction(0.0, (), every)]
    best: dict[tuple[int, ...], _Conjunction] = {}
    for _ in range(_LONGEST):
        longer: dict[tuple[int, ...], _Conjunction] = {}
        for one in beam:
            covered = _weights(words, sides.rows & one.words, sides.gain)
            mistaken = _weights(words, sides.others & one.words, sides.loss)
            merits = merit(covered, mistaken, right, wrong)
            for number in np.argsort(-merits, kind="stable")[: 2 * _BEAM].tolist():
                if number in one.literals or covered[number] <= 0.0:
                    continue
                key = tuple(sorted((*one.literals, number)))
                longer.setdefault(key, _Conjunction(float(merits[number]), key, one.words & words[number]))
        beam = sorted(longer.values(), key=lambda one: -one.merit)[:_BEAM]
        best.update({one.literals: one for one in beam})
    return sorted(best.values(), key=lambda one: (-one.merit, len(one.literals)))[:_KEPT]


def _merit(covered: Floats, mistaken: Floats, right: float, wrong: float) -> Floats:
    """Covered weight times how many times likelier it is among the covered rows, in bits (Quinlan 1990)."""
    share = (covered + 1e-9) / (covered + mistaken + 1e-9 + (right + wrong) / 1e4)
    return np.asarray(covered * (np.log2(share) - np.log2(right / (right + wrong))))


def _pure(covered: Floats, mistaken: Floats, right: float, wrong: float) -> Floats:
    """Covered weight where hardly anything is covered wrongly."""
    return np.asarray(covered * ((covered + 1e-9) / (covered + mistaken + 1e-9)) ** _PURITY)


def counts_of_best(
    words: Words, order: NDArray[np.intp], odd: bool, several: bool, planes: Planes
) -> list[Tree]:
    """Gates over the literals that say most by themselves: at least so many of them, and parities.

    Parameters
    ----------
    words
        Truths of literals, uint64 (n, n_words).
    order
        Numbers of literals of different columns, those that say most first, each true where rows are rather
        to be covered.
    odd, several
        Whether parities, and gates of other numbers than one and all, may be used.
    planes
        What rows weigh.
    """
    found: list[tuple[float, Tree]] = []
    if several:
        for n in range(3, min(len(order), _WIDEST) + 1):
            parts = words[order[:n]]
            for least, own in enumerate(reached(n, list(parts))):
                if 1 < least < n and (tree := node(least, tuple(order[:n].tolist()))) is not None:
                    found.append((planes.gain(own), tree))
    if odd:
        found += _parities(words, order[:_OF_PARITY], planes)
    return [tree for _, tree in sorted(found, key=lambda one: -one[0])[: 2 * _KEPT]]


def _parities(words: Words, order: NDArray[np.intp], planes: Planes) -> list[tuple[float, Tree]]:
    """The best parities of up to all of some literals, by the truths of all of them."""
    parity = np.zeros((1, words.shape[1]), np.uint64)
    for literal in order:
        parity = np.concatenate([parity, parity ^ words[literal]])
    out = np.zeros((len(planes.shares), len(parity)), np.int64)
    counts(parity, planes.masks, out)
    gains = planes.shares @ out
    every = np.zeros((len(planes.shares), 1), np.int64)
    counts(np.full((1, words.shape[1]), ~np.uint64(0)), planes.masks, every)
    whole = float(planes.shares @ every[:, 0])
    found: list[tuple[float, Tree]] = []
    for number in np.argsort(-np.maximum(gains, whole - gains), kind="stable")[:_KEPT].tolist():
        parts = [int(order[k]) for k in range(len(order)) if number >> k & 1]
        if len(parts) < 2:
            continue
        if gains[number] < whole - gains[number]:
            # the negation: the first literal is exchanged for its opposite where there is one
            opposite = _opposite(words, parts[0])
            if opposite is None:
                continue
            parts[0] = opposite
        tree = node(ODD, tuple(parts))
        if tree is not None:
            found.append((max(float(gains[number]), whole - float(gains[number])), tree))
    return found


def _opposite(words: Words, literal: int) -> int | None:
    """The literal that is true on the other rows, the last word's unused bits apart."""
    wanted = ~words[literal, :-1] if words.shape[1] > 1 else None
    for number in range(len(words)):
        if wanted is not None and not np.array_equal(words[number, :-1], wanted):
            continue
        if not int(words[number, -1] & words[literal, -1]):
            union = int(words[number, -1] | words[literal, -1])
            if union & (union + 1) == 0:
                return number
    return None
