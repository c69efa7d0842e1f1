"""Products and quotients that fit noisy data: the best partners of entries by correlation with the target.

For ``t ~ scale * u * v + offset`` the correlation over all rows comes from three matrix products, so that
no key is needed and noise does no harm.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from symlaw.search.bank.meet_in_the_middle import PRODUCT, RATIO, joined, possible_joins
from symlaw.search.bank.targets import Workplace

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symlaw.language.expression import Expression
    from symlaw.search.bank.bank import Bank

_FACTORS = 250
_ENTRIES_AT_ONCE = 2**11
_PRODUCTS_PER_VALUE = 16
_PER_LEVEL = 3
_PROPOSED = 12
# Products whose variance is below this share of their square say nothing in single precision.
_SMALL = 1e-5


@dataclass
class Products:
    """Products and quotients of two entries for one target.

    Parameters
    ----------
    target
        Number of the target.
    place, end
        Entries still to try as the second factor.
    factors
        Entries to try as the first; chosen at the first step.
    """

    target: int
    place: int
    end: int
    factors: NDArray[np.int64] | None = None
    found: list[tuple[int, float, int, int, int]] = field(default_factory=list)

    @property
    def done(self) -> bool:
        """Whether nothing is left."""
        return self.place >= self.end

    def cost(self, bank: Bank) -> float:
        """Node values that it will take, about."""
        return float(self._work(bank, self.end - self.place, 2 * _FACTORS, 2))

    @staticmethod
    def _work(bank: Bank, n_entries: int, n_factors: int, n_kinds: int) -> int:
        return 3 * n_kinds * n_entries * n_factors * bank.rows_paid // _PRODUCTS_PER_VALUE

    def step(self, workplace: Workplace, best: float, work: float) -> tuple[int, list[Expression], float]:
        """Try the next entries with every chosen factor; as `LookUp.step`."""
        target, bank = workplace.targets[self.target], workplace.bank
        if self.factors is None:
            self.factors = _factors(bank, target.probe, self.end)
        factors = self.factors
        per_entry = max(1, self._work(bank, 1, len(factors), 2))
        last = min(self.end, self.place + max(64, min(_ENTRIES_AT_ONCE, int(work / per_entry))))
        kinds = [kind for kind in (PRODUCT, RATIO) if possible_joins(workplace)[kind]]
        for kind in kinds:
            self.found += _partners(bank, target.probe, factors, kind, self.place, last)
        used = self._work(bank, last - self.place, len(factors), len(kinds))
        self.place = last
        self.found = _best_per_level(self.found)
        if not self.done:
            return used, [], best
        return (used, *self._proposals(workplace, best))

    def _proposals(self, workplace: Workplace, best: float) -> tuple[list[Expression], float]:
        target = workplace.targets[self.target]
        formulas: list[Expression] = []
        front, lowest = [], np.inf
        for level, loss, kind, u, v in self.found:
            if level < best and loss < 1.1 * lowest:
                front.append((kind, u, v))
                lowest = min(loss, lowest)
        for kind, u, v in front[-_PROPOSED:]:
            new, loss = workplace.seen_through(target, joined(workplace, target, kind, u, v), 1.0)
            formulas += new
            best = workplace.simplest_exact(best, new, loss)
        return formulas, best


def _factors(bank: Bank, target: NDArray[np.float64], end: int) -> NDArray[np.int64]:
    """The first entries, and those among the first few thousand that correlate best with the target."""
    first = bank.constants[1]
    usable = first + np.flatnonzero(bank.entries.spread[first : min(end, first + 8 * _ENTRIES_AT_ONCE)] > 0)
    centred = (target - np.mean(target)) / np.std(target)
    near = np.abs(bank.entries.values[usable] @ centred.astype(np.float32)) / bank.entries.spread[usable]
    best = usable[np.argsort(-near, kind="stable")[:_FACTORS]]
    return np.unique(np.concatenate([usable[:_FACTORS], best]))


def _partners(
    bank: Bank, target: NDArray[np.float64], factors: NDArray[np.int64], kind: int, first: int, last: int
) -> list[tuple[int, float, int, int, int]]:
    """For each factor the entry that makes the best product, as (level, loss, kind, factor, entry)."""
    n = bank.n_rows
    centred = target - np.mean(target)
    centred = centred / np.linalg.norm(centred)
    with np.errstate(all="ignore"):
        u = bank.entries.values[factors].astype(float)
        u = 1.0 / u if kind == RATIO else u
        u = u / np.sqrt(np.mean(u**2, axis=1, keepdims=True))
    u[~np.all(np.isfinite(u), axis=1)] = 0.0
    values = bank.entries.values[first:last]
    covariance = values @ (u * centred).T.astype(np.float32)
    sums = values @ u.T.astype(np.float32)
    squares = values**2 @ (u**2).T.astype(np.float32)
    variance = squares - sums**2 / n
    usable = (variance > _SMALL * squares) & (bank.entries.spread[first:last, None] > 0)
    score = np.where(usable, covariance**2 / np.where(usable, variance, 1), 0)
    rows = np.argmax(score, axis=0)
    chosen = score[rows, np.arange(len(factors))]
    levels = bank.entries.level[first + rows].astype(int) + bank.entries.level[factors] + 1
    return [
        (int(level), float(1.0 - gain), kind, int(factor), int(first + row))
        for level, gain, factor, row in zip(levels, chosen, factors, rows, strict=True)
        if gain > 0
    ]


def _best_per_level(found: list[Any]) -> list[Any]:
    kept: dict[int, list[Any]] = {}
    for one in sorted(found):
        group = kept.setdefault(one[0], [])
        if len(group) < _PER_LEVEL:
            group.append(one)
    return [one for level in sorted(kept) for one in kept[level]]
