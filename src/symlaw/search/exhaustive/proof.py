"""What can be proved of short formulas: the least that any without constants inside leaves of a target.

Every formula of one size after the other is scored on all rows with its best scale and offset, as in
certified regression. What is said holds for the sizes that were enumerated in full, with these columns and
these operators, and for nothing else.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.search.exhaustive.behaviours import Behaviours

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from symlaw.language.grammar import Language
    from symlaw.language.operators import Operator

    Array = NDArray[np.float64]

MAX_SIZE = 15
# Values that may be kept, 128 MiB, and how a formula may be better by rounding alone: as a share of the
# loss, and of the target's variance.
_KEPT, _RELATIVE, _ABSOLUTE = 2.0**24, 1e-9, 1e-12
# Below this share of a formula's size its spread is made of rounding.
_DIGITS = 1e-10


class Effort(NamedTuple):
    """What an enumeration may cost: no size is begun that would take more.

    Attributes
    ----------
    formulas
        Formulas that are scored.
    values
        Values that are computed.
    seconds
        Time; a size that is not done by then does not count.
    """

    formulas: float = 5e6
    values: float = 1e9
    seconds: float = math.inf


@dataclass(frozen=True)
class Proof:
    """What every formula without constants inside leaves of a target, whatever its scale and offset.

    Attributes
    ----------
    losses
        Smallest share of the target's variance that a formula of 1, 2, ... symbols leaves; inf where none is
        defined on all rows.
    n_formulas
        Formulas that were scored, those of known behaviour left out.
    """

    losses: tuple[float, ...]
    n_formulas: int

    def up_to(self, loss: float) -> int:
        """Largest size such that no formula of up to so many symbols leaves less than ``loss``.

        Examples
        --------
        >>> Proof((0.5, 0.5, 0.1), 12).up_to(0.2)
        2
        """
        least = loss * (1.0 - _RELATIVE) - _ABSOLUTE
        better = (size for size, left in enumerate(self.losses) if left < least)
        return next(better, len(self.losses))

    def words(self, loss: float) -> str:
        """What is proved of a formula that leaves ``loss``; empty where that is nothing."""
        size = self.up_to(loss)
        if size < 2:
            return ""
        scope = "" if size == len(self.losses) else f", and one of {size + 1} does"
        return f"no formula of up to {size} symbols without constants inside does better: proved{scope}"


def provable(language: Language) -> bool:
    """Whether short formulas of a language are all enumerated: of numbers, by operators of two arguments."""
    plain = language.template is None and not language.is_typed
    return plain and all(row.arity <= 2 for row in language.operators)


@np.errstate(all="ignore")  # numerical trouble is a value
def least_losses(
    X: Array,
    y: Array,
    operators: Sequence[Operator],
    weights: Array | None = None,
    effort: Effort | None = None,
) -> Proof:
    """Enumerate formulas without constants by size, as far as the effort goes.

    Parameters
    ----------
    X
        Columns, float64 (n_rows, n_columns).
    y
        Target, float64 (n_rows,), not constant.
    operators
        Operators of one and two arguments.
    weights
        Of the rows, float64 (n_rows,).
    effort
        What it may cost.
    """
    effort = effort or Effort()
    end = time.monotonic() + effort.seconds
    judge = _judge(y, weights)
    behaviours = Behaviours(operators, np.ascontiguousarray(X.T, dtype=float), _KEPT)
    losses = [judge.least(behaviours.sizes[1])]
    done, rate = len(behaviours.sizes[1]), 0.0
    while len(losses) < MAX_SIZE:
        size = len(losses) + 1
        count, began = behaviours.count(size), time.monotonic()
        within = done + count <= effort.formulas and (done + count) * len(y) <= effort.values
        if not within or began + count * rate > end:
            break
        found = _scored(size, behaviours, judge, end)
        if found is None:
            break
        losses.append(found)
        done, rate = done + count, (time.monotonic() - began) / max(count, 1)
        if len(behaviours.sizes) <= size:
            # what longer ones are made of was not kept
            break
    return Proof(tuple(losses), done)


def _scored(size: int, behaviours: Behaviours, judge: _Judge, end: float) -> float | None:
    """Score all formulas of a size, and keep them where there is room; None when time was up before."""
    least, room = math.inf, behaviours.room()
    kept: list[Array] = [behaviours.sizes[0]]
    for values in behaviours.made(size):
        if time.monotonic() > end:
            return None
        least = min(least, judge.least(values))
        if room > 0.0:
            kept.append(behaviours.news(values))
            room -= kept[-1].size
    if room > 0.0:
        behaviours.sizes.append(np.concatenate(kept))
    return least


class _Judge(NamedTuple):
    """A target, its mean taken off, and weights of sum 1."""

    target: Array
    weights: Array

    def least(self, values: Array) -> float:
        """Smallest share of the variance that one of some formulas (n, n_rows) leaves."""
        if not len(values):
            return math.inf
        target, weights = self
        size = np.max(np.abs(values), axis=1)
        moved = values / size[:, None]
        moved -= (moved @ weights)[:, None]
        square, product = (moved * moved) @ weights, moved @ (weights * target)
        losses = 1.0 - product * product / square / float(weights @ target**2)
        losses[~((square > _DIGITS**2) & np.isfinite(losses))] = math.inf
        best = int(np.argmin(losses))
        if not losses[best] < math.inf:
            return math.inf
        # the difference above has no digits left where a formula is nearly exact
        rest = target - product[best] / square[best] * moved[best]
        return float(weights @ rest**2) / float(weights @ target**2)


def _judge(y: Array, weights: Array | None) -> _Judge:
    w = np.ones(len(y)) if weights is None else np.asarray(weights, float)
    w = w / w.sum()
    scaled = y / np.max(np.abs(y))
    return _Judge(scaled - w @ scaled, w)
