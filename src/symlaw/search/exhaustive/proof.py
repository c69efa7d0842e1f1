"""What can be proved of short formulas: the least that any without constants inside leaves of a target.

Every formula of one size after the other is scored on all rows with its best scale and offset, as in
certified regression, or left out because it misses more of the first rows alone than another one of all rows.
What is said holds for the sizes that were enumerated in full, with these columns and these operators, and for
nothing else.
"""

from __future__ import annotations

import math
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.language.operators import operator
from symlaw.search.exhaustive.enumeration import Enumeration, Table
from symlaw.search.exhaustive.kernels import better_of_values, make_judge, make_scratch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from symlaw.language.expression import Expression
    from symlaw.language.grammar import Language
    from symlaw.language.operators import Operator

    Array = NDArray[np.float64]

# Symbols of the longest formulas that are ever enumerated.
MAX_SIZE = 15
# How many times as many formulas the next size has, at least, and what scoring one takes beside keeping it.
_GROWTH, _SCORED = 4.0, 0.3
_SYMBOLS = "columns and operators; scale and offset are free"
# How a formula may be better by rounding alone: as a share of the loss, and of the target's variance.
_RELATIVE, _ABSOLUTE = 1e-9, 1e-12


class Effort(NamedTuple):
    """What an enumeration may cost: no size is begun that would take more.

    Attributes
    ----------
    size
        Symbols of the longest formulas.
    formulas
        Formulas that are scored.
    values
        Values that are computed, at most; many formulas are left out after some rows.
    seconds
        Time; a size that is not done by then does not count.
    threads
        Threads; what is found does not depend on them.
    kept
        Values of formulas that are kept for longer ones, 8 bytes each.
    """

    size: int = MAX_SIZE
    formulas: float = 5e6
    values: float = 1e9
    seconds: float = math.inf
    threads: int = 1
    kept: float = 2.0**24


@dataclass(frozen=True)
class Proof:
    """What every formula without constants inside leaves of a target, whatever its scale and offset.

    Attributes
    ----------
    losses
        Smallest share of the target's variance that formulas of up to 1, 2, ... symbols leave; inf where none
        varies and is defined on all rows.
    n_formulas
        Formulas that were made, those of known behaviour left out.
    best
        For each of these sizes a formula that leaves so little, without scale and offset.
    """

    losses: tuple[float, ...]
    n_formulas: int
    best: tuple[Expression | None, ...]

    def up_to(self, loss: float) -> int:
        """Largest size such that no formula of up to so many symbols leaves less than ``loss``.

        Examples
        --------
        >>> Proof((0.5, 0.5, 0.1), 12, (None, None, None)).up_to(0.2)
        2
        """
        least = loss * (1.0 - _RELATIVE) - _ABSOLUTE
        better = (size for size, left in enumerate(self.losses) if left < least)
        return next(better, len(self.losses))

    def words(self, loss: float) -> str:
        """What is proved of a formula that leaves ``loss`` with its best scale and offset; "" for nothing."""
        size = self.up_to(loss)
        if size < 2:
            return ""
        said = f"no formula of up to {size} symbols ({_SYMBOLS}) without constants inside does better: proved"
        if size == len(self.losses):
            return said
        share = f"with {self.losses[size] / loss:.2g} of its squared errors"
        return f"{said}, and one of {size + 1} symbols does, {share}: {self.best[size]}"


def left_by(values: Array, y: Array, weights: Array | None = None) -> float:
    """Share of the target's variance that values leave with the best scale and offset; nan where undefined.

    Examples
    --------
    >>> x = np.array([1.0, 2.0, 4.0])
    >>> round(left_by(x, 3.0 * x + 1.0), 12), left_by(np.ones(3), x)
    (0.0, 1.0)
    """
    if not np.isfinite(values).all():
        return math.nan
    judge = make_judge(y, weights)
    _, left = better_of_values(values[None, :].copy(), judge, math.inf, make_scratch(len(y)))
    return min(1.0, float(left / judge.squares[-1]))


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
    names: Sequence[str] | None = None,
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
    names
        Of the columns; x0, x1, ... otherwise.
    """
    effort = effort or Effort()
    end = time.monotonic() + effort.seconds
    named = [f"x{place}" for place in range(X.shape[1])] if names is None else names
    with ThreadPoolExecutor(effort.threads) as pool:
        run = Enumeration(Table(X, y, weights, named), operators, effort.kept, pool)
        return _enumerated(run, len(y), effort, end)


def compile_enumeration() -> None:
    """Compile what an enumeration needs, by a tiny one; nothing happens where that was done before."""
    x = np.linspace(1.0, 2.0, 8)
    least_losses(x[:, None], x**3, [operator("sqrt")], effort=Effort(size=3))


def _enumerated(run: Enumeration, n_rows: int, effort: Effort, end: float) -> Proof:
    """Go through size after size as long as the effort goes."""
    most = min(effort.formulas, effort.values / n_rows)
    found, done, last, rate = [run.best], 0, 1, 0.0
    while len(found) < effort.size:
        size, began = len(found) + 1, time.monotonic()
        count = run.count(size)
        if not 0 < count <= most - done or began + _SCORED * rate * count > end:
            break
        # what comes after this size, if it grows as before
        longer = count * max(count / last, _GROWTH)
        goes_on = size < effort.size and run.can_keep(size) and done + count + longer <= most
        goes_on = goes_on and began + rate * (count + _SCORED * longer) <= end
        if not (run.keep(size, end) if goes_on else run.score(size, end)):
            break
        found.append(run.best)
        done, last, rate = done + count, count, (time.monotonic() - began) / count
        if not goes_on:
            break
    return Proof(tuple(one.loss for one in found), done, tuple(one.formula for one in found))
