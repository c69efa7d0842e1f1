"""All rules of few literals: what the best of them gains, which proves that smaller rules are worse.

Truths of all smaller rules are kept once each; a rule of the largest size is two of them in one gate. What a
conjunction gains tells what the disjunction and the exclusive or of the same two gain, so that one count of
bits serves three rules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.engine.bits.words import ones_in
from symlaw.engine.compiling.jit import kernel
from symlaw.search.rules.counting import counts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symlaw.search.rules.growth import Ground

    Words = NDArray[np.uint64]
    Floats = NDArray[np.float64]

# Words that may be compared, and rules whose truths may be kept.
_MOST_WORDS, _MOST_KEPT = 1e9, 60_000


class Proof(NamedTuple):
    """What is known of all rules up to a size.

    Attributes
    ----------
    size
        Every rule of up to this size was looked at.
    best
        The most that any of them gains.
    """

    size: int
    best: float


@kernel
def best_of_pairs(left, right, gains, others, masks, shares, out):  # type: ignore[no-untyped-def]
    """The most that two rules gain in a conjunction, a disjunction and an exclusive or, into out (3,).

    ``left`` (n, n_words) and ``right`` (m, n_words) are truths, ``gains`` (n,) and ``others`` (m,) what they
    gain alone.
    """
    for one in range(len(left)):
        for other in range(len(right)):
            both = 0.0
            for plane in range(len(shares)):
                total = 0
                for k in range(left.shape[1]):
                    total += ones_in(left[one, k] & right[other, k] & masks[plane, k])
                both += shares[plane] * total
            alone = gains[one] + others[other]
            out[0] = max(out[0], both)
            out[1] = max(out[1], alone - both)
            out[2] = max(out[2], alone - 2.0 * both)


def prove(ground: Ground, most: int) -> Proof:
    """Look at every rule of at most three literals and of at most a size, as far as the work is affordable.

    Rules of other gates than ``and``, ``or`` and ``xor`` have four literals or more of size.

    Parameters
    ----------
    ground
        What rules are made of; the literals alone are taken.
    most
        The largest size to look at.
    """
    masks, n_words = ground.planes.masks, ground.words.shape[1]
    n = len(ground.costs)
    work = len(masks) * n_words
    words = ground.words[:n]
    # bits beyond the last row would make equal truths different
    used = np.bitwise_or.reduce(masks)
    levels = {cost: words[ground.costs == cost] & used for cost in (1, 2, 3)}
    best = max(0.0, ground.planes.gain(used))
    proof = Proof(0, best)
    for size in range(1, min(most, 3) + 1):
        pairs = [(1, size - 1)] if size > 1 else []
        price = sum(float(len(levels[a])) * len(levels[b]) * work for a, b in pairs)
        if price > _MOST_WORDS:
            return proof
        best = max(best, _best(levels, size, ground))
        for a, b in pairs:
            found = _pairs(levels[a], levels[b], ground)
            best = max(best, found[0], found[1])
        if ground.odd and size == 3:
            best = max(best, _pairs(levels[1], _alone(ground, 1, used), ground)[2])
        proof = Proof(size, best)
        if size == 2 and most > 2:
            if len(levels[1]) ** 2 > _MOST_KEPT:
                return proof
            levels[2] = _distinct(np.concatenate([levels[2], *_gates(levels[1])]))
    return proof


def _alone(ground: Ground, cost: int, used: Words) -> Words:
    return np.asarray(ground.words[: len(ground.costs)][ground.costs == cost] & used)


def _best(levels: dict[int, Words], size: int, ground: Ground) -> float:
    """The most that literals of a size gain alone."""
    return float(_gains(levels[size], ground).max(initial=-np.inf))


def _gains(words: Words, ground: Ground) -> Floats:
    out = np.zeros((len(ground.planes.shares), len(words)), np.int64)
    counts(np.ascontiguousarray(words), ground.planes.masks, out)
    return np.asarray(ground.planes.shares @ out)


def _pairs(left: Words, right: Words, ground: Ground) -> Floats:
    out = np.full(3, -np.inf)
    if len(left) and len(right):
        left, right = np.ascontiguousarray(left), np.ascontiguousarray(right)
        planes = ground.planes
        best_of_pairs(
            left, right, _gains(left, ground), _gains(right, ground), planes.masks, planes.shares, out
        )
    return out


def _gates(words: Words) -> list[Words]:
    """Conjunctions and disjunctions of two of some rules."""
    first, second = np.triu_indices(len(words), 1)
    return [words[first] & words[second], words[first] | words[second]]


def _distinct(words: Words) -> Words:
    return np.unique(words, axis=0)
