"""What a picture shows, by the pictures most like it among those whose class is known."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Pictures = NDArray[np.float32]
# Neighbours that have a say, and what a class without one among them is given.
_NEIGHBOURS, _LEAST = 5, 1e-3
# Classes of a picture that are options, and shares that are none.
_OPTIONS, _LEAST_SHARE = 4, 0.01
# Pictures that are compared at a time.
_TOGETHER = 256


@dataclass(frozen=True, eq=False)
class Reader:
    """Pictures with their classes.

    Attributes
    ----------
    shape
        Rows and columns of a picture.
    pictures
        One a row, (n, rows * columns).
    classes
        Of each the place of its name, (n,).
    names
        Of the classes.
    """

    shape: tuple[int, int]
    pictures: Pictures
    classes: NDArray[np.int64]
    names: tuple[str, ...]

    def shares(self, pictures: Pictures, own: NDArray[np.int64] | None = None) -> NDArray[np.float64]:
        """How much each class is voted for, (n_pictures, n_classes).

        Parameters
        ----------
        pictures
            One a row.
        own
            Of each its place among the reader's pictures, which has no say then; -1 where it has none.
        """
        votes = np.full((len(pictures), len(self.names)), _LEAST)
        k = min(_NEIGHBOURS, len(self.pictures))
        for start in range(0, len(pictures), _TOGETHER):
            part = pictures[start : start + _TOGETHER]
            far = _distances(part, self.pictures)
            if own is not None:
                held = np.flatnonzero(own[start : start + _TOGETHER] >= 0)
                far[held, own[start + held]] = np.inf
            near = np.argsort(far, axis=1, kind="stable")[:, :k]
            close = np.take_along_axis(far, near, axis=1)
            # those twice as far as the nearest have a fourth of its say
            weights = (close[:, :1] + 1e-12) / (close + 1e-12)
            weights[~np.isfinite(weights)] = 0.0
            for place in range(k):
                np.add.at(
                    votes,
                    (np.arange(start, start + len(part)), self.classes[near[:, place]]),
                    weights[:, place],
                )
        shares: NDArray[np.float64] = votes / votes.sum(axis=1, keepdims=True)
        return shares

    def means(self) -> dict[str, NDArray[np.float64]]:
        """The mean picture of each class."""
        return {
            name: self.pictures[self.classes == place].mean(axis=0, dtype=float).reshape(self.shape)
            for place, name in enumerate(self.names)
            if (self.classes == place).any()
        }


def _distances(some: Pictures, others: Pictures) -> NDArray[np.float64]:
    """Squared distances, (n_some, n_others)."""
    one, other = some.astype(float), others.astype(float)
    squares = (one**2).sum(axis=1)[:, None] + (other**2).sum(axis=1) - 2.0 * one @ other.T
    found: NDArray[np.float64] = np.maximum(squares, 0.0)
    return found


def likely(options: Sequence[Sequence[tuple[str, float]]], most: int) -> Iterator[tuple[str, ...]]:
    """Choices of one word at each place, the likeliest first.

    Parameters
    ----------
    options
        At each place words with their shares, the likeliest first.
    most
        How many choices at most.

    Examples
    --------
    >>> list(likely([[("a", 0.6), ("b", 0.4)], [("c", 0.9), ("d", 0.1)]], 3))
    [('a', 'c'), ('b', 'c'), ('a', 'd')]
    """
    bits = [[-float(np.log2(share)) for _, share in place] for place in options]
    first = (0,) * len(options)
    heap = [(sum(place[0] for place in bits), first)]
    seen = {first}
    for _ in range(most):
        if not heap:
            return
        cost, ranks = heapq.heappop(heap)
        yield tuple(place[rank][0] for place, rank in zip(options, ranks, strict=True))
        for at, rank in enumerate(ranks):
            further = (*ranks[:at], rank + 1, *ranks[at + 1 :])
            if rank + 1 < len(options[at]) and further not in seen:
                seen.add(further)
                heapq.heappush(heap, (cost + bits[at][rank + 1] - bits[at][rank], further))


def options_of(
    reader: Reader, pictures: Pictures, own: NDArray[np.int64] | None = None
) -> list[list[tuple[str, float]]]:
    """Classes that each picture may have, with their shares, the likeliest first."""
    options = []
    for shares in reader.shares(pictures, own):
        order = np.argsort(-shares, kind="stable")[:_OPTIONS]
        kept = [(reader.names[place], float(shares[place])) for place in order]
        options.append([kept[0], *(one for one in kept[1:] if one[1] >= _LEAST_SHARE)])
    return options
