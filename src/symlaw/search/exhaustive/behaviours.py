"""Every formula without constants, size by size, on all rows; formulas of the same values are one.

Formulas count as the same only where their values agree in every bit on every row: whatever is built of them
agrees then as well, so that leaving one out leaves nothing out.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symlaw.language.operators import Operator

    Array = NDArray[np.float64]

# Values of one call of NumPy.
_VALUES = 2**18
_32 = np.uint64(32)


class Joining(NamedTuple):
    """An operator on all pairs of two sizes, or on all formulas of one size.

    Attributes
    ----------
    row
        The operator.
    left, right
        Sizes of the arguments; ``right`` is 0 for an operator of one.
    """

    row: Operator
    left: int
    right: int

    @property
    def is_mirrored(self) -> bool:
        """Whether each pair occurs twice."""
        return self.row.commutative and self.left == self.right


@dataclass
class Behaviours:
    """Values of formulas by size.

    Parameters
    ----------
    operators
        Operators of one and two arguments.
    columns
        float64 (n_columns, n_rows).
    most_values
        Values that may be kept.
    """

    operators: Sequence[Operator]
    columns: Array
    most_values: float
    sizes: list[Array] = field(default_factory=list)
    known: NDArray[np.uint64] = field(default_factory=lambda: np.zeros((0, 2), np.uint64))

    def __post_init__(self) -> None:
        rng = np.random.Generator(np.random.Philox(20261130))
        odd = rng.integers(0, 2**63, (self.n_rows, 2), dtype=np.uint64) * np.uint64(2) + np.uint64(1)
        self._multipliers = odd
        self._drops_undefined = all(map(_passes_nan_on, self.operators))
        self.sizes = [np.zeros((0, self.n_rows)), self.news(self.columns)]

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return int(self.columns.shape[1])

    def joinings(self, size: int) -> list[Joining]:
        """What formulas of a size consist of."""
        found = []
        for row in self.operators:
            if row.arity == 1:
                found.append(Joining(row, size - 1, 0))
                continue
            pairs = [(left, size - 1 - left) for left in range(1, size - 1)]
            found += [Joining(row, *pair) for pair in pairs if pair[0] <= pair[1] or not row.commutative]
        return [one for one in found if self._count(one) > 0]

    def count(self, size: int) -> int:
        """Formulas of a size, about."""
        return sum(map(self._count, self.joinings(size)))

    def made(self, size: int) -> Iterator[Array]:
        """Values of all formulas of a size, some at a time, (n, n_rows)."""
        step = max(1, _VALUES // self.n_rows)
        for one in self.joinings(size):
            left, right = self.sizes[one.left], self.sizes[one.right]
            for begin in range(0, self._pairs(one), step):
                pairs = np.arange(begin, min(begin + step, self._pairs(one)))
                if one.right == 0:
                    yield self._applied(one.row, left[pairs])
                    continue
                first, second = np.divmod(pairs, len(right))
                if one.is_mirrored:
                    # a pair of one size and its exchange are one formula
                    first, second = first[first <= second], second[first <= second]
                yield self._applied(one.row, left[first], right[second])

    def news(self, values: Array) -> Array:
        """Those of unknown behaviour, each once, and defined unless something defined may come of them."""
        if self._drops_undefined:
            values = values[~np.isnan(values).any(axis=1)]
        keys = self._keys(values)
        _, first = np.unique(keys, axis=0, return_index=True)
        first.sort()
        values, keys = values[first], keys[first]
        unknown = ~_in_rows(keys, self.known)
        self.known = np.concatenate([self.known, keys[unknown]])
        return np.ascontiguousarray(values[unknown])

    def room(self) -> float:
        """Values that can be kept beside those that are."""
        return self.most_values - sum(array.size for array in self.sizes)

    def _count(self, one: Joining) -> int:
        left = len(self.sizes[one.left])
        return left * (left + 1) // 2 if one.is_mirrored else self._pairs(one)

    def _pairs(self, one: Joining) -> int:
        return len(self.sizes[one.left]) * (len(self.sizes[one.right]) if one.right else 1)

    def _applied(self, row: Operator, *arguments: Array) -> Array:
        shape = arguments[0].shape
        values = row.numpy_function(*(np.ravel(one) for one in arguments))
        return np.asarray(values, float).reshape(shape)

    def _keys(self, values: Array) -> NDArray[np.uint64]:
        """128 bits of each formula's values, uint64 (n, 2)."""
        bits = np.ascontiguousarray(values).view(np.uint64)
        # numbers of few digits have zeros at the end, where a product keeps them
        mixed = bits ^ (bits >> _32)
        return np.stack([(mixed * own).sum(axis=1, dtype=np.uint64) for own in self._multipliers.T], axis=1)


def _in_rows(keys: NDArray[np.uint64], known: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Which keys are among known ones."""
    pair = np.dtype([("a", np.uint64), ("b", np.uint64)])
    one, other = (np.ascontiguousarray(part).view(pair).ravel() for part in (keys, known))
    return np.isin(one, other)


def _passes_nan_on(row: Operator) -> bool:
    """Whether an operator is undefined wherever an argument is."""
    ordinary = np.array([-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, math.inf])
    missing = np.full_like(ordinary, np.nan)
    with np.errstate(all="ignore"):
        for place in range(row.arity):
            arguments = [missing if place == k else ordinary for k in range(row.arity)]
            if not np.isnan(np.asarray(row.numpy_function(*arguments), float)).all():
                return False
    return True
