"""How much programs that are right on the examples disagree elsewhere."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any


def disagreement(said: Sequence[Hashable], bits: Sequence[float]) -> tuple[Any, float]:
    """What the heaviest of the other answers is, None where there is none, and the share that say otherwise.

    Parameters
    ----------
    said
        The answer of each program, the shortest program first.
    bits
        Of each: a program counts half as much for each bit more.

    Examples
    --------
    >>> disagreement(["a", "b", "a"], [10.0, 11.0, 12.0])
    ('b', 0.2857142857142857)
    """
    weights = [2.0 ** (bits[0] - one) for one in bits]
    others: dict[Hashable, float] = {}
    for answer, weight in zip(said, weights, strict=True):
        if answer != said[0]:
            others[answer] = others.get(answer, 0.0) + weight
    rival = max(others, key=lambda answer: others[answer]) if others else None
    return rival, sum(others.values()) / sum(weights)
