"""Short sums of terms whose rate is about 0 though each state moves them: a beam over sets of terms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Places = tuple[int, ...]

# Sets of each size that are looked at, those that are judged, and the largest size.
_LOOKED_AT, _JUDGED, _MOST = 50_000, 12, 6
# Squared share of its parts that a rate of 0 may be off, and what counts as no change at all.
_OFF, _NOTHING = 1e-3, 1e-6


def vanishing(parts: Array, judge: Callable[[Places, Array], bool]) -> None:
    """Find sums of terms that are conserved.

    A set of terms is as good as the least ratio of the sum's rate to what the states move it by, over all
    weights: the least eigenvalue of one Gram matrix by the other. Terms of one state that make a constant
    have a ratio of 1.

    Parameters
    ----------
    parts
        What each state moves each term by at each point, (n_terms, n_points, n_states), of comparable size.
    judge
        Takes the places of terms, rising, and their weights; says whether their sum is conserved. Larger sets
        are then no longer asked about.
    """
    rates, moved = parts.sum(axis=2), parts.reshape(len(parts), -1)
    of_rates, of_parts = rates @ rates.T / rates.shape[1], moved @ moved.T / rates.shape[1]
    accepted: list[set[int]] = []
    alone = np.flatnonzero(np.diag(of_rates) < _OFF * np.diag(of_parts))
    accepted += [{int(k)} for k in alone if judge((int(k),), np.ones(1))]
    sets = np.arange(len(parts))[:, None]
    for _ in range(min(_MOST, len(parts)) - 1):
        sets = _grown(sets, len(parts), accepted)
        if not len(sets):
            return
        values = _least(sets, of_rates, of_parts)
        order = np.argsort(values, kind="stable")[: _LOOKED_AT // len(parts)]
        sets, values = sets[order], values[order]
        for places in sets[values < _OFF][:_JUDGED]:
            if not any(one <= set(places.tolist()) for one in accepted):
                weights = _weights(places, rates, of_rates, of_parts)
                if judge(tuple(places.tolist()), weights):
                    accepted.append(set(places.tolist()))


def _grown(sets: NDArray[np.intp], count: int, accepted: list[set[int]]) -> NDArray[np.intp]:
    """Sets with one more term each, rising and none twice, without those that hold an accepted one."""
    wider = np.concatenate([np.repeat(sets, count, axis=0), np.tile(np.arange(count), len(sets))[:, None]], 1)
    wider = np.sort(wider, axis=1)
    wider = np.unique(wider[np.all(np.diff(wider, axis=1) > 0, axis=1)], axis=0)
    for one in accepted:
        wider = wider[np.sum(np.isin(wider, list(one)), axis=1) < len(one)]
    return wider


def _least(sets: NDArray[np.intp], of_rates: Array, of_parts: Array) -> Array:
    """The least eigenvalue of each set."""
    rows, columns = sets[:, :, None], sets[:, None, :]
    whole = _NOTHING * np.eye(sets.shape[1])
    own = of_rates[rows, columns] + whole
    half = np.linalg.cholesky(of_parts[rows, columns] + whole)
    turned = np.linalg.solve(half, np.swapaxes(np.linalg.solve(half, own), 1, 2))
    return np.asarray(np.linalg.eigvalsh(0.5 * (turned + np.swapaxes(turned, 1, 2)))[:, 0])


def _weights(places: NDArray[np.intp], rates: Array, of_rates: Array, of_parts: Array) -> Array:
    """Weights of a set, the largest being 1."""
    both = np.ix_(places, places)
    whole = _NOTHING * np.eye(len(places))
    half = np.linalg.cholesky(of_parts[both] + whole)
    turned = np.linalg.solve(half, np.linalg.solve(half, of_rates[both] + whole).T)
    vector = np.linalg.solve(half.T, np.linalg.eigh(0.5 * (turned + turned.T))[1][:, 0])
    pivot = int(np.argmax(np.abs(vector)))
    # Gram matrices lose half of the digits
    others = np.delete(np.arange(len(places)), pivot)
    own, *_ = np.linalg.lstsq(rates[places[others]].T, -rates[places[pivot]], rcond=None)
    found = np.ones(len(places))
    found[others] = own
    return found
