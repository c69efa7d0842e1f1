"""Weighted rows, 64 to the word: what a literal gains on some of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.engine.bits.words import ones_in, packed
from symlaw.engine.compiling.jit import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Words = NDArray[np.uint64]

# Weights that are not all alike are rounded to so many binary digits of the largest.
_DIGITS = 10


class Planes(NamedTuple):
    """What each row weighs, as binary digits: rows to be covered count for a rule, the others against it.

    Attributes
    ----------
    masks
        The digits, uint64 (n_planes, n_words).
    shares
        What one row of a plane adds, negative for rows that are not to be covered, float64 (n_planes,).
    positive
        Weight of all rows to be covered: what a rule gains that is right everywhere.
    exact
        Whether the digits are the weights themselves, not rounded.
    """

    masks: Words
    shares: NDArray[np.float64]
    positive: float
    exact: bool

    def gain(self, words: Words) -> float:
        """Weight of the right rows that are covered less that of the wrong ones."""
        out = np.zeros((len(self.shares), 1), np.int64)
        counts(words[None], self.masks, out)
        return float(self.shares @ out[:, 0])


def planes_of(target: NDArray[np.bool_], weights: NDArray[np.float64]) -> Planes:
    """The planes of rows with a target (n_rows,) and weights (n_rows,)."""
    found = [_digits(target, weights, 1.0), _digits(~target, weights, -1.0)]
    masks = packed(np.concatenate([rows for rows, _ in found]))
    shares = np.concatenate([shares for _, shares in found])
    made = np.abs(shares) @ np.concatenate([rows for rows, _ in found])
    exact = bool(np.all(np.abs(made - weights) <= 1e-9 * weights))
    return Planes(masks, shares, float(found[0][1] @ found[0][0].sum(axis=1)), exact)


def _digits(
    rows: NDArray[np.bool_], weights: NDArray[np.float64], sign: float
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Binary digits of the weights of some rows, and what each digit is worth."""
    own = np.where(rows, weights, 0.0)
    largest = float(own.max(initial=0.0))
    if largest == 0.0 or np.all((own == 0.0) | (own == largest)):
        return (own > 0.0)[None], np.array([sign * largest])
    # a common unit that is nearly exact, such as 1 of whole weights
    least = float(own[own > 0.0].min())
    whole = np.all(np.abs(own / least - np.round(own / least)) < 1e-9) and largest / least < 2**_DIGITS
    unit = least if whole else largest / (2**_DIGITS - 1)
    steps = np.round(own / unit).astype(np.int64)
    used = int(steps.max()).bit_length()
    planes = np.array([(steps >> digit) & 1 == 1 for digit in range(used)])
    return planes, np.asarray(sign * unit * 2.0 ** np.arange(used), dtype=float)


@kernel
def counts(words, masks, out):  # type: ignore[no-untyped-def]
    """Bits that each of words (n, n_words) shares with each mask (m, n_words), into out (m, n)."""
    for number in range(len(words)):
        for plane in range(len(masks)):
            total = 0
            for k in range(words.shape[1]):
                total += ones_in(words[number, k] & masks[plane, k])
            out[plane, number] = total
