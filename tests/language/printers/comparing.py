"""Values of exported formulas beside those of symlaw, where these are steady enough to be compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from symlaw.language import Expression
from symlaw.language.values import node_values
from symlaw.testing.formulas import sensitivity

# Beyond it a formula is not told from overflow by every target.
HUGE = 1e100


class Precision(NamedTuple):
    """How near values have to be, relative to the largest within a formula, and how exact columns are."""

    relative: float
    noise: float


EXACT, ROUGH = Precision(1e-12, 1e-15), Precision(2e-6, 1e-7)
# Dates of sheets are numbers of days since 1900.
OF_DATES = Precision(1e-9, 1e-10)


def compare(
    law: Expression,
    got: Sequence[float],
    columns: Mapping[str, NDArray[np.float64]],
    *,
    precision: Precision = EXACT,
    told_undefined: bool = True,
) -> tuple[int, int]:
    """How many rows were compared, and at how many the formula is undefined here and there.

    ``told_undefined`` says whether a target has no value where the formula has none.
    """
    n_rows = len(got)
    nodes = np.stack([np.broadcast_to(one, n_rows) for one in node_values(law, columns)])
    expected, largest = nodes[-1], np.max(np.abs(nodes), axis=0)
    allowed = precision.relative * (np.abs(expected) + largest)
    # near a jump, or where rounding alone moves the value by more, there is nothing to compare
    steady = sensitivity(law, columns, precision.noise) < 10 * allowed
    told = np.isfinite(largest) & (largest < HUGE) & steady
    apart = np.abs(np.asarray(got)[told] - expected[told])
    assert np.all(apart <= allowed[told]), f"{law}: {got}, not {expected}"
    lost = np.isnan(expected) & told_undefined
    assert not np.any(np.isfinite(np.asarray(got)[lost])), f"{law}: {got}, not {expected}"
    return int(told.sum()), int(lost.sum())
