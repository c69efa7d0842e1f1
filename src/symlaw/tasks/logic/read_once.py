"""Functions that a formula of conjunctions, disjunctions and negations says with each input once.

Such a function rises or falls with each input. With the falling inputs turned round, inputs that stand
together in a minimal true row are joined by a conjunction somewhere; a disjunction at the root leaves groups
of inputs that are not joined (Golumbic, Mintz and Rotics 2006). Each division found is checked on the table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Truths = NDArray[np.bool_]


def is_read_once(truths: Truths) -> bool:
    """Whether a function can be said with each input that matters once.

    Parameters
    ----------
    truths
        The outputs of all 2^n rows, in order.

    Examples
    --------
    >>> is_read_once(np.array([0, 0, 0, 1, 0, 1, 0, 1], bool)), is_read_once(np.array([0, 1, 1, 0], bool))
    (True, False)
    """
    n = len(truths).bit_length() - 1
    table = truths.reshape((2,) * n)
    for axis in reversed(range(n)):
        low, high = np.take(table, 0, axis), np.take(table, 1, axis)
        if np.array_equal(low, high):
            table = low
        elif (low & ~high).any():
            if (high & ~low).any():
                return False
            table = np.flip(table, axis)
    return table.ndim == 0 or _divides(table)


def _divides(table: Truths) -> bool:
    """Whether a rising function, all of whose inputs matter, is read-once."""
    if table.ndim == 1:
        return True
    # a disjunction of groups; or a conjunction, which is one of the function turned round
    for own, neutral in ((table, 0), (~np.flip(table), 1)):
        groups = _groups(own)
        if len(groups) > 1:
            parts = [_restricted(table, group, neutral) for group in groups]
            return _joined(parts, groups, table, neutral) and all(map(_divides, parts))
    return False


def _groups(table: Truths) -> list[list[int]]:
    """Inputs that minimal true rows join."""
    n = table.ndim
    least = table.copy()
    for axis in range(n):
        one = np.take(table, 0, axis)
        least &= ~np.stack([np.zeros_like(one), one], axis)
    together = np.argwhere(least).astype(bool)
    groups: list[list[int]] = []
    left = set(range(n))
    while left:
        group = {min(left)}
        while True:
            touched = together[together[:, sorted(group)].any(axis=1)]
            more = group | set(np.flatnonzero(touched.any(axis=0)).tolist())
            if more == group:
                break
            group = more
        groups.append(sorted(group))
        left -= group
    return groups


def _restricted(table: Truths, group: list[int], others: int) -> Truths:
    """The function of a group of inputs, all others being 0, or 1."""
    return np.asarray(table[tuple(slice(None) if axis in group else others for axis in range(table.ndim))])


def _joined(parts: list[Truths], groups: list[list[int]], table: Truths, neutral: int) -> bool:
    """Whether the disjunction (conjunction where the neutral value is 1) of the parts is the function."""
    whole = np.full(table.shape, bool(neutral))
    for part, group in zip(parts, groups, strict=True):
        spread = part.reshape([2 if axis in group else 1 for axis in range(table.ndim)])
        whole = whole & spread if neutral else whole | spread
    return bool(np.array_equal(whole, table))
