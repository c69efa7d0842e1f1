"""What is seen of values through a linear operator, in plain NumPy, for those who join many columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symlaw.engine.fit import Rows

    Array = NDArray[np.float64]


class Sight(NamedTuple):
    """What is seen of values through an operator, less what an offset gives.

    Attributes
    ----------
    operator
        Of shape (n_observations, n_rows).
    ones
        What is seen of an offset of 1, float64 (n_observations,).
    weighted_ones, square
        The same times the weights, and its weighted square; 0 where an offset is not seen.
    """

    operator: Any
    ones: Array
    weighted_ones: Array
    square: float

    def of(self, values: Array) -> Array:
        """What is seen of values (n_terms, n_rows), as (n_terms, n_observations)."""
        return self.without_offset(np.ascontiguousarray((self.operator @ values.T).T))

    def without_offset(self, seen: Array) -> Array:
        """What is seen (..., n_observations), at right angles to what is seen of an offset."""
        if not self.square > 0.0:
            return seen
        shares = (seen @ self.weighted_ones) / self.square
        return seen - np.multiply.outer(shares, self.ones)


def sight_of(rows: Rows) -> Sight:
    """What is seen of values on rows that have an operator."""
    from scipy.sparse import csr_array

    observed = rows.observed
    shape = (len(observed.ones), rows.X.shape[1])
    operator = csr_array((observed.values, observed.columns, observed.starts), shape=shape)
    return Sight(operator, observed.ones, observed.weighted_ones, observed.square)
