"""Loops over pairs of truths: new behaviours are kept once, and pairs that gain enough are found."""

from __future__ import annotations

import numpy as np

from symlaw.engine.bits.words import ones_in
from symlaw.engine.compiling.jit import inner, kernel
from symlaw.engine.random import mix

# Gates of two parts as the kernels number them.
ALL, ANY, DIFFER = 0, 1, 2
_SALT = np.uint64(0x9E3779B97F4A7C15)


@inner
def _is_new(words, count, slots):  # type: ignore[no-untyped-def]
    """Whether no row before ``count`` says the same as that one, which is then remembered."""
    key = _SALT
    for k in range(words.shape[1]):
        key = mix(key ^ words[count, k])
    last = len(slots) - 1
    place = np.int64(key >> np.uint64(1)) & last
    while slots[place] >= 0:
        same = True
        for k in range(words.shape[1]):
            if words[slots[place], k] != words[count, k]:
                same = False
                break
        if same:
            return False
        place = (place + 1) & last
    slots[place] = count
    return True


@kernel
def join(words, parents, slots, spans, gate, state):  # type: ignore[no-untyped-def]
    """Put a gate over each two of the words of two spans, and keep what is new.

    Parameters
    ----------
    words
        Truths (capacity + 1, n_words); those that are new are written after the first ``state[0]``.
    parents
        The two parts of each, int32 (capacity + 1, 2).
    slots
        A hash table of the words, int64, -1 where it is empty; its length is a power of two.
    spans
        First and end of the left parts and of the right ones; of equal spans each pair is looked at once.
    gate
        `ALL`, `ANY` or `DIFFER`.
    state
        How many words there are, and 1 once there is no room, int64 (2,).
    """
    same = spans[0] == spans[2] and spans[1] == spans[3]
    count = state[0]
    for left in range(spans[0], spans[1]):
        for right in range(left + 1 if same else spans[2], spans[3]):
            if count == len(words) - 1:
                state[0], state[1] = count, 1
                return
            for k in range(words.shape[1]):
                if gate == ALL:
                    words[count, k] = words[left, k] & words[right, k]
                elif gate == ANY:
                    words[count, k] = words[left, k] | words[right, k]
                else:
                    words[count, k] = words[left, k] ^ words[right, k]
            if _is_new(words, count, slots):
                parents[count, 0], parents[count, 1] = left, right
                count += 1
    state[0] = count


@kernel
def insert(words, parents, slots, batch, first, state):  # type: ignore[no-untyped-def]
    """Keep what is new of a batch (n, n_words); the parts of its row k are ``first`` and k."""
    count = state[0]
    for row in range(len(batch)):
        if count == len(words) - 1:
            state[0], state[1] = count, 1
            return
        for k in range(words.shape[1]):
            words[count, k] = batch[row, k]
        if _is_new(words, count, slots):
            parents[count, 0], parents[count, 1] = first, row
            count += 1
    state[0] = count


@kernel
def meet(left, right, alone, others, masks, shares, factor, found):  # type: ignore[no-untyped-def]
    """Pairs of words that gain enough: ``alone + others + factor * (what both of them cover gains)``.

    Parameters
    ----------
    left, right
        Truths (n, n_words) and (m, n_words).
    alone, others
        What each part adds by itself, (n,) and (m,).
    masks, shares
        What rows weigh, see `symlaw.search.rules.counting.Planes`.
    factor
        How often what both cover counts.
    found
        float64 (1 + room, 3). In its first row the gain that is asked for and how many pairs reach it; then
        gain and the two places of each. With room for one pair the best of those is kept.
    """
    room = len(found) - 1
    for one in range(len(left)):
        for other in range(len(right)):
            both = 0.0
            for plane in range(len(shares)):
                total = 0
                for k in range(left.shape[1]):
                    total += ones_in(left[one, k] & right[other, k] & masks[plane, k])
                both += shares[plane] * total
            gain = alone[one] + others[other] + factor * both
            if gain < found[0, 0]:
                continue
            count = int(found[0, 1])
            found[0, 1] += 1.0
            if room == 1:
                if count > 0 and gain <= found[1, 0]:
                    continue
                count = 0
            if count < room:
                found[1 + count, 0] = gain
                found[1 + count, 1], found[1 + count, 2] = one, other
