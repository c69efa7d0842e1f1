"""Formulas whose values on new rows may be far from anything in the data: poles, and values that explode.

Noisy rows do not tell ``1 / (x - z)`` from a line where few rows come near its pole, and a new row that falls
beside it is predicted far out. What is looked at is the box of the data, a little wider, and columns drawn
independently of each other, which is what a new row may be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from symlaw.knowledge.statements.domain import Domain, spread_shares
from symlaw.knowledge.statements.enclosing import written_out
from symlaw.language.values import values
from symlaw.trust.behaviour.ranges import guarded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symlaw.language.expression import Expression
    from symlaw.trust.constants.fit import Sample

    Array = NDArray[np.float64]

# Share of a column's range by which new rows may be beyond it.
_BEYOND = 0.1
_POINTS = 512
# Values that are more than so many ranges of the target away from it are far out.
_FAR = 1.0
# Parts that come this near to 0, as a share of their usual size, count as having a zero between the points.
_TOUCH = 1e-3

POLE = "has a pole in or just outside the range of the data"
UNDEFINED = "is undefined in or just outside the range of the data"
EXPLODES = "leaves the target's range by far just outside the data"


def straying(formula: Expression, sample: Sample) -> str:
    """Why new rows may be predicted far out; empty where nothing was found.

    Parameters
    ----------
    formula
        The formula.
    sample
        The rows that it was fitted to.

    Examples
    --------
    >>> from symlaw.language import parse
    >>> from symlaw.trust.constants.fit import Sample
    >>> x = np.linspace(0.0, 4.0, 9)
    >>> rows = Sample(x[:, None], x, ("x",), np.ones(9))
    >>> straying(parse("x + 0.01 / (x - 1.2)"), rows)
    'has a pole in or just outside the range of the data'
    >>> straying(parse("x + 0.01 / (x + 1.2)"), rows)
    ''
    """
    if not formula.variables:
        return ""
    box = reachable(sample)
    drawn = _independent(sample)
    inside = box.points(spread_shares(_POINTS, len(box.names), corners=True))
    points = np.concatenate([sample.X, drawn, inside])
    if _has_pole(formula, dict(zip(sample.names, points.T, strict=True))):
        return POLE
    with np.errstate(all="ignore"):
        if not np.all(np.isfinite(values(formula, dict(zip(sample.names, points.T, strict=True))))):
            return UNDEFINED
        near = np.concatenate([drawn, _at_ends(sample, box)])
        seen = values(formula, dict(zip(sample.names, near.T, strict=True)))
    low, high = float(np.min(sample.y)), float(np.max(sample.y))
    room = _FAR * (high - low)
    return "" if np.all((seen >= low - room) & (seen <= high + room)) else EXPLODES


def reachable(sample: Sample) -> Domain:
    """The box of the data and a little more, where the column's sign allows it.

    Columns of two values have no others, and a positive column stays positive.
    """
    low, high = sample.X.min(axis=0), sample.X.max(axis=0)
    more = np.array([_BEYOND * float(np.ptp(x)) if len(np.unique(x)) > 2 else 0.0 for x in sample.X.T])
    below = np.where(low < 0, low - more, np.maximum(low - more, (1.0 - _BEYOND) * low))
    above = np.where(high > 0, high + more, np.minimum(high + more, (1.0 - _BEYOND) * high))
    return Domain(tuple(sample.names), np.where(more > 0, below, low), np.where(more > 0, above, high))


def _independent(sample: Sample) -> Array:
    """Points whose columns are drawn from those of the data, each by itself."""
    rng = np.random.Generator(np.random.Philox(key=sample.n_rows))
    return np.column_stack([column[rng.integers(0, sample.n_rows, _POINTS)] for column in sample.X.T])


def _at_ends(sample: Sample, box: Domain) -> Array:
    """Rows with one column each at an end of the box."""
    rng = np.random.Generator(np.random.Philox(key=sample.n_rows + 1))
    found = []
    for place in range(len(box.names)):
        for end in (box.low[place], box.high[place]):
            rows = sample.X[rng.integers(0, sample.n_rows, 16)].copy()
            rows[:, place] = end
            found.append(rows)
    return np.concatenate(found)


def _has_pole(formula: Expression, columns: dict[str, Array]) -> bool:
    """Whether a divisor changes its sign between points, or comes to 0."""
    for kind, part in guarded(written_out(formula)):
        if kind != "pole" or not part.variables:
            continue
        with np.errstate(all="ignore"):
            seen = values(part, columns)
        size = np.abs(seen)
        if not np.min(seen) * np.max(seen) > 0 or np.min(size) < _TOUCH * np.median(size):
            return True
    return False
