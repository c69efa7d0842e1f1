"""How much programs that are right on the examples disagree elsewhere."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any


def shares(said: Sequence[Hashable], bits: Sequence[float]) -> dict[Any, float]:
    """The share of programs that give each answer, that of the shortest program first.

    Parameters
    ----------
    said
        The answer of each program, the shortest program first.
    bits
        Of each: a program counts half as much for each bit more.

    Examples
    --------
    >>> shares(["a", "b", "a"], [10.0, 11.0, 12.0])
    {'a': 0.7142857142857143, 'b': 0.2857142857142857}
    """
    weights = [2.0 ** (bits[0] - one) for one in bits]
    held: dict[Hashable, float] = {}
    for answer, weight in zip(said, weights, strict=True):
        held[answer] = held.get(answer, 0.0) + weight
    return {answer: weight / sum(weights) for answer, weight in held.items()}


def disagreement(said: Sequence[Hashable], bits: Sequence[float]) -> tuple[Any, float]:
    """What the heaviest of the other answers is, None where there is none, and the share that say otherwise.

    Parameters are those of `shares`.

    Examples
    --------
    >>> disagreement(["a", "b", "a"], [10.0, 11.0, 12.0])
    ('b', 0.2857142857142857)
    """
    others = {answer: share for answer, share in shares(said, bits).items() if answer != said[0]}
    rival = max(others, key=lambda answer: others[answer]) if others else None
    return rival, sum(others.values())
