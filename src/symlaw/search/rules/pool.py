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
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Words = NDArray[np.uint64]
    Floats = NDArray[np.float64]

_BEAM, _KEPT, _LONGEST = 10, 8, 4
# Literals of a gate to begin with, and of parities.
_WIDEST, _OF_PARITY = 12, 12


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


def pool_of(words: Words, planes: Planes, rounds: int) -> Pool:
    """Conjunctions, and clauses, of two to four literals.

    Parameters
    ----------
    words
        Truths of literals, uint64 (n, n_words).
    planes
        What rows weigh.
    rounds
        How often conjunctions are looked for on what is left.
    """
    positive = planes.shares > 0
    rows, others = planes.masks[positive], planes.masks[~positive]
    gain, loss = planes.shares[positive], -planes.shares[~positive]
    found, first = _conjunctions(words, rows, gain, others, loss, rounds)
    terms = [Term(_gate(literals, False), own) for literals, own in found]
    covers = _prefixes([_gate(literals, False) for literals in first], True)
    # what is true on no row to be left out is a clause of the opposite literals
    found, first = _conjunctions(~words, others, loss, rows, gain, rounds)
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


def _conjunctions(
    words: Words, rows: Words, gain: Floats, others: Words, loss: Floats, rounds: int
) -> tuple[list[tuple[tuple[int, ...], Words]], list[tuple[int, ...]]]:
    """Literals of conjunctions and their truths, from rounds of a small beam; and the first of each round."""
    chosen: list[tuple[int, ...]] = []
    found: list[tuple[tuple[int, ...], Words]] = []
    left = rows.copy()
    total = float(_weights(np.full((1, words.shape[1]), ~np.uint64(0)), rows, gain)[0])
    for _ in range(rounds):
        best = _searched(words, left, gain, others, loss)
        if not best:
            break
        found += [(literals, own) for _, literals, own in best if len(literals) > 1]
        _, literals, first = best[0]
        chosen.append(literals)
        left = left & ~first
        if float(_weights(np.full((1, words.shape[1]), ~np.uint64(0)), left, gain)[0]) < 0.01 * total:
            break
    return found, chosen


def _searched(
    words: Words, rows: Words, gain: Floats, others: Words, loss: Floats
) -> list[tuple[float, tuple[int, ...], Words]]:
    """The best conjunctions of up to four literals, the best first."""
    every = np.full(words.shape[1], ~np.uint64(0))
    right = float(_weights(every[None], rows, gain)[0])
    wrong = float(_weights(every[None], others, loss)[0])
    if right <= 0.0:
        return []
    beam: list[tuple[float, tuple[int, ...], Words]] = [(0.0, (), every)]
    best: dict[tuple[int, ...], tuple[float, tuple[int, ...], Words]] = {}
    for _ in range(_LONGEST):
        longer: dict[tuple[int, ...], tuple[float, tuple[int, ...], Words]] = {}
        for _, literals, own in beam:
            covered = _weights(words, rows & own, gain)
            mistaken = _weights(words, others & own, loss)
            merit = _merit(covered, mistaken, right, wrong)
            for number in np.argsort(-merit, kind="stable")[: 2 * _BEAM].tolist():
                if number in literals or covered[number] <= 0.0:
                    continue
                key = tuple(sorted((*literals, number)))
                longer.setdefault(key, (float(merit[number]), key, own & words[number]))
        beam = sorted(longer.values(), key=lambda one: -one[0])[:_BEAM]
        best.update({key: one for one in beam for key in (one[1],)})
    return sorted(best.values(), key=lambda one: (-one[0], len(one[1])))[:_KEPT]


def _merit(covered: Floats, mistaken: Floats, right: float, wrong: float) -> Floats:
    """Covered weight times how many times likelier it is among the covered rows, in bits (Quinlan 1990)."""
    share = (covered + 1e-9) / (covered + mistaken + 1e-9 + (right + wrong) / 1e4)
    return np.asarray(covered * (np.log2(share) - np.log2(right / (right + wrong))))


def counts_of_best(words: Words, order: NDArray[np.intp], odd: bool, several: bool, planes: Planes) -> list[Tree]:
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
