"""How a target behaves with each column: what formulas of earlier data are looked up by.

Numbers without units, which a change of scale or offset of column or target leaves as they are: how the
target goes with the column's rank, and in which way the curve over that rank bends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linear_sum_assignment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

# Stretches of a column's ranks, each with as many rows, and rows of one at least.
_STRETCHES, _LEAST = 8, 3
# A curve over ranks is told by so many of its bends: Legendre polynomials of degree 1 to this.
_DEGREES = 4


def signature_of(X: Array, y: Array) -> Array:
    """The behaviour of a target (n_rows,) with each column of X: (n_columns, 5).

    Each row has the parts of the target's spread that straight, bent, ... curves over the column's ranks
    explain, with their signs, and the part that no curve of the column explains.
    """
    ranks = np.argsort(np.argsort(y, kind="stable"), kind="stable") / max(1, len(y) - 1)
    target = (ranks - ranks.mean()) / (ranks.std() or 1.0)
    return np.array([_of_column(column, target) for column in X.T])


def _of_column(column: Array, target: Array) -> Array:
    order = np.argsort(column, kind="stable")
    n = int(np.clip(len(order) // _LEAST, 1, _STRETCHES))
    means = np.array([target[part].mean() for part in np.array_split(order, n)])
    places = (np.arange(n) + 0.5) / n * 2.0 - 1.0
    basis = np.polynomial.legendre.legvander(places, _DEGREES)[:, 1:]
    parts = basis.T @ means * (2.0 * np.arange(1, _DEGREES + 1) + 1.0) / n
    explained = parts / np.sqrt(2.0 * np.arange(1, _DEGREES + 1) + 1.0)
    left = np.sqrt(max(0.0, 1.0 - float(np.mean(means**2))))
    return np.append(explained, left)


def matched(wanted: Array, there: Array, most: int = 1) -> list[tuple[float, list[int]]]:
    """Ways to match the columns of one signature with those of another, the nearest first.

    Columns that behave nearly alike are told apart by their formula only, so that ways next to the nearest
    one count too: with two columns exchanged, or one replaced.

    Parameters
    ----------
    wanted
        Of the columns that a formula uses, (n_used, 5).
    there
        Of the columns of new data, as many or more.
    most
        Ways to give.

    Returns
    -------
    list of (distance, places)
        Root mean square over the matched columns, and over those that are left and matter; and for each
        column of ``wanted``, which one of ``there``.
    """
    costs = np.sum((wanted[:, None, :] - there[None, :, :]) ** 2, axis=2)
    best: list[int] = linear_sum_assignment(costs)[1].tolist()
    ways = [best, *(_neighbours(best, len(there)) if most > 1 else ())]
    ranked = sorted((_distance(costs, there, places), places) for places in ways)
    return ranked[:most]


def _neighbours(places: list[int], n_there: int) -> Iterator[list[int]]:
    """A matching with two columns exchanged, or one replaced by one that is left."""
    left = [place for place in range(n_there) if place not in places]
    for one in range(len(places)):
        for other in range(one):
            changed = list(places)
            changed[one], changed[other] = places[other], places[one]
            yield changed
        for place in left:
            yield [*places[:one], place, *places[one + 1 :]]


def _distance(costs: Array, there: Array, places: Sequence[int]) -> float:
    left = np.delete(there, places, axis=0)
    # a column that matters and that the formula does not use speaks against it
    unused = float(np.sum(left[:, :-1] ** 2))
    total = float(costs[np.arange(len(places)), places].sum()) + unused
    return float(np.sqrt(total / len(there)))


def rounded(signature: Array) -> list[list[float]]:
    """A signature as a file has it."""
    return [[round(float(value), 3) for value in row] for row in signature]


def read_signature(rows: Sequence[Sequence[float]]) -> Array:
    """A signature of a file."""
    return np.array(rows, dtype=float).reshape(len(rows), _DEGREES + 1)
