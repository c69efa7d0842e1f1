"""What a function of one column has to make up for, in few numbers, and the sums of families that do.

A smooth function is given by its values at some nodes. What a sum leaves on all rows is compared with
functions of a column in as many numbers as there are nodes, so that hundreds of sums are fitted at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.search.terms.profiles.batches import Batch, Choice

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from symlaw.search.terms.fitting import Projection
    from symlaw.search.terms.profiles.nodes import Axis

    Array = NDArray[np.float64]

# What the others make up for but for this share adds only rounding errors, and in squares.
_INDEPENDENT = 3e-5
_INDEPENDENT_SQUARE = 1e-9
# Constants that a function more, and that two functions begin with, and how far apart they are in a scan.
_STARTS, _PAIR_STARTS, _APART = 3, 4, 3


class Fitted(NamedTuple):
    """Functions whose sum was fitted, and the loss with them."""

    functions: tuple[Choice, ...]
    loss: float


class Promise(NamedTuple):
    """Loss with constants as they are scanned, functions that are there, and places of those added."""

    loss: float
    functions: tuple[Choice, ...]
    added: tuple[int, ...]


class Profile:
    """What is left of the target for a function of one column.

    Parameters
    ----------
    axis
        The column.
    now
        The sum without it.
    beside
        What the function is multiplied by, weighted, float64 (n_rows,).
    """

    def __init__(self, axis: Axis, now: Projection, beside: Array) -> None:
        self._axis = axis
        basis, triangle = np.linalg.qr(now.beyond(axis.nodes.weights * beside[:, None]))
        self._back = np.ascontiguousarray(triangle.T)
        self._target = basis.T @ now.residual
        # what no function of the column can make up for
        self._rest = max(now.loss - float(self._target @ self._target), 0.0)
        seen = axis.scanned @ self._back
        self._scanned = _unit(seen, _INDEPENDENT_SQUARE * float(np.max(np.abs(seen), initial=0.0)))

    @property
    def size(self) -> int:
        """Numbers in which functions are compared."""
        return len(self._target)

    @property
    def n_scanned(self) -> int:
        """Number of functions that are compared."""
        return len(self._scanned)

    def singles(self) -> list[tuple[Choice, ...]]:
        """The best function of every family, the most useful first."""
        return [(self._choice(place),) for place in self._best_of_each((self._scanned @ self._target) ** 2)]

    def promises(self, base: tuple[Choice, ...], added: int, enough: float) -> list[Promise]:
        """The functions of a base with the best of one or two families beside them, from several constants.

        Parameters
        ----------
        base
            Functions that are there.
        added
            How many are added, 1 or 2.
        enough
            Loss from which on none is wanted.
        """
        left, beyond = self._beyond(base)
        loss = float(left @ left)
        if added == 1:
            gains = (beyond @ left) ** 2
            places = self._best_of_each(gains, _STARTS)
            found = [Promise(loss - float(gains[place]), base, (place,)) for place in places]
        else:
            blocks = _best_of_blocks(_gains_of_two(left, beyond), self._axis.scan.owner, loss - enough)
            found = [Promise(loss - gain, base, places) for gain, places in blocks]
        return [one for one in found if one.loss < enough]

    def functions_of(self, promise: Promise) -> tuple[Choice, ...]:
        """The functions of a sum that promises something."""
        return (*promise.functions, *(self._choice(place) for place in promise.added))

    def _beyond(self, base: tuple[Choice, ...]) -> tuple[Array, Array]:
        """What a base leaves of the target (n_seen,), and of all that is scanned (n, n_seen), of size 1."""
        if not base:
            return self._target, self._scanned
        held = [self._axis.values(one.family, one.constants[None])[0] for one in base]
        basis, _ = np.linalg.qr((np.array(held) @ self._back).T)
        left = self._target - basis @ (basis.T @ self._target)
        return left, _unit(self._scanned - (self._scanned @ basis) @ basis.T, _INDEPENDENT)

    def fit(self, asked: Sequence[tuple[Choice, ...]], steps: int) -> Iterator[tuple[object, Fitted]]:
        """Sums of equally many functions with their constants fitted; fits that end alike have one key."""
        batch = Batch(self._axis, self._back, self._target, asked)
        batch.descend(steps)
        for functions, loss in batch.found():
            one = Fitted(functions, self._rest + loss)
            yield (tuple(sorted(choice.family for choice in functions)), f"{one.loss:.2e}"), one

    def _choice(self, place: int) -> Choice:
        scan = self._axis.scan
        return Choice(int(scan.owner[place]), scan.candidates[place].constants)

    def _best_of_each(self, gains: Array, count: int = 1) -> list[int]:
        """Places of the largest gains of every family, the largest first; constants are not neighbours."""
        order, taken = np.argsort(-gains, kind="stable"), dict[int, list[int]]()
        found = []
        for place, owner in zip(order.tolist(), self._axis.scan.owner[order].tolist(), strict=True):
            some = taken.setdefault(owner, [])
            if len(some) < count and all(abs(place - other) > _APART for other in some):
                some.append(place)
                found.append(place)
        return found


def _unit(functions: Array, least: float) -> Array:
    """Functions (n, n_seen) of size 1; those below the least size are 0."""
    sizes = np.linalg.norm(functions, axis=1)
    return np.asarray(functions / np.where(sizes > least, sizes, np.inf)[:, None])


def _gains_of_two(left: Array, beyond: Array) -> Array:
    """What every two functions gain together (n, n); 0 where one is the other."""
    along, square = beyond @ left, beyond @ beyond.T
    apart = 1.0 - square**2
    gains = along[:, None] ** 2 + along**2
    square *= 2.0 * along[:, None] * along
    gains -= square
    gains /= np.where(apart > _INDEPENDENT_SQUARE, apart, np.inf)
    return np.asarray(gains)


def _best_of_blocks(
    gains: Array, owner: NDArray[np.int64], least: float
) -> Iterator[tuple[float, tuple[int, int]]]:
    """The largest gains for every two owners, above the least, and their places; they are 0 from then on."""
    begins = np.flatnonzero(np.diff(owner, prepend=-1) > 0)
    ends = [*begins[1:], len(owner)]
    largest = np.maximum.reduceat(np.maximum.reduceat(gains, begins, axis=1), begins, axis=0)
    for p, q in zip(*np.nonzero(np.triu(largest > max(least, 0.0))), strict=True):
        block = gains[begins[p] : ends[p], begins[q] : ends[q]]
        if p == q:
            block[np.tril_indices(len(block))] = 0.0
        for _ in range(_PAIR_STARTS):
            i, j = divmod(int(block.argmax()), block.shape[1])
            if block[i, j] <= max(least, 0.0):
                break
            yield float(block[i, j]), (int(begins[p] + i), int(begins[q] + j))
            block[max(i - _APART, 0) : i + _APART + 1, max(j - _APART, 0) : j + _APART + 1] = 0.0
