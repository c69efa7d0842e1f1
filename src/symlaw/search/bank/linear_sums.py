"""Sums of entries with coefficients: a beam of orthogonal matching pursuits over the bank.

Orthogonal least squares (Chen, Billings and Luo 1989): each step adds to each set of terms
the entry that leaves least of the target, with all coefficients and an offset refitted. With a beam of many
first terms, the best partner of each is found exactly.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from symlaw.engine import reference
from symlaw.language.expression import Constant, Expression, Node
from symlaw.language.operators import LINEAR_SUM
from symlaw.search.bank.targets import Target, Workplace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from symlaw.search.bank.bank import Bank

# Sets kept with one, two and three terms; the last step's best are only proposed.
WIDTHS = (200, 200, 60, 16)
# Partners kept for each set among the entries taken at once.
_PARTNERS = 3
# A term is left out where less than this share of its variance is new.
_NEW_SHARE = 1e-4
_ENTRIES_AT_ONCE = 2**13
# Multiplications in a matrix product that cost, with the choice of the largest, as much as one node value.
_PRODUCTS_PER_VALUE = 2
_PROPOSED_PER_STEP = 6


@dataclass(frozen=True)
class TermSet:
    """Some entries and what their best sum leaves, as a fraction of the target's variance."""

    terms: tuple[int, ...]
    loss: float


@dataclass
class Sums:
    """Sums of one to ``len(widths)`` entries for one target.

    Parameters
    ----------
    target
        Number of the target.
    end
        Entries below this one are terms.
    widths
        Sets kept after each step.
    """

    target: int
    end: int
    widths: tuple[int, ...] = WIDTHS
    place: int = 0
    beam: list[TermSet] = field(default_factory=lambda: [TermSet((), 1.0)])
    found: list[TermSet] = field(default_factory=list)

    @property
    def done(self) -> bool:
        """Whether nothing is left."""
        return not self.widths or not self.beam

    @property
    def is_untouched(self) -> bool:
        """Whether nothing of it was done yet."""
        return self.place == 0 and self.beam == [TermSet((), 1.0)]

    def cost(self, bank: Bank) -> float:
        """Node values that all of it takes, about."""
        return float(sum(self._work(bank, self.end, width, k) for k, width in enumerate((1, *WIDTHS[:-1]))))

    @staticmethod
    def _work(bank: Bank, n_entries: int, n_sets: int, n_terms: int) -> int:
        return n_entries * bank.rows_paid * n_sets * (1 + n_terms) // _PRODUCTS_PER_VALUE

    def step(self, workplace: Workplace, best: float, work: float) -> tuple[int, list[Expression], float]:
        """Extend every set of the beam by the next entries; as `LookUp.step`."""
        target, bank = workplace.targets[self.target], workplace.bank
        per_entry = max(1, self._work(bank, 1, len(self.beam), len(self.beam[0].terms)))
        last = min(self.end, self.place + max(64, min(_ENTRIES_AT_ONCE, int(work / per_entry))))
        self.found += _extended(bank, target.probe, self.beam, self.place, last, self.widths[0])
        used = self._work(bank, last - self.place, len(self.beam), len(self.beam[0].terms))
        self.place = last
        if last < self.end:
            return used, [], best
        self.beam = _chosen(bank, self.found, self.widths[0])
        self.widths, self.place, self.found = self.widths[1:], 0, []
        formulas, best = _proposals(workplace, target, self.beam, best)
        return used, formulas, best


def _extended(
    bank: Bank, target: NDArray[np.float64], beam: Sequence[TermSet], first: int, last: int, width: int
) -> list[TermSet]:
    """The best sets made of a set of the beam and one of the entries."""
    n, centred = bank.n_rows, target - np.mean(target)
    centred = centred / np.linalg.norm(centred)
    bases = _bases(bank, beam)
    left = centred - np.einsum("bkn,bk->bn", bases, bases @ centred)
    values = bank.entries.values[first:last]
    squares = bank.entries.spread[first:last].astype(np.float32) ** 2 * np.float32(n)
    numerator = values @ left.T.astype(np.float32)
    free = np.repeat(squares[:, None], len(beam), axis=1)
    for k in range(bases.shape[1]):
        free -= (values @ bases[:, k].T.astype(np.float32)) ** 2
    usable = free > _NEW_SHARE * squares[:, None]
    gain = np.where(usable, numerator**2 / np.where(usable, free, 1), 0).astype(np.float32)
    losses = np.einsum("bn,bn->b", left, left)
    pairs = _largest(gain, width if len(beam) == 1 else _PARTNERS)
    if len(beam) > 1:
        pairs += _smallest(losses.astype(np.float32) - gain, width)
    return [
        TermSet(tuple(sorted((*beam[b].terms, first + row))), float(losses[b] - gain[row, b]))
        for row, b in pairs
        if gain[row, b] > 0
    ]


def _largest(gain: NDArray[np.float32], count: int) -> list[tuple[int, int]]:
    """Rows of the largest values of each column, as (row, column)."""
    count = min(count, len(gain))
    rows = (
        np.argpartition(-gain, count - 1, axis=0)[:count] if count < len(gain) else np.argsort(-gain, axis=0)
    )
    return [(int(row), column) for column in range(gain.shape[1]) for row in np.sort(rows[:, column])]


def _smallest(left: NDArray[np.float32], count: int) -> list[tuple[int, int]]:
    """Places of the smallest values, as (row, column)."""
    count = min(count, left.size)
    places = np.sort(np.argpartition(left, count - 1, axis=None)[:count])
    return [
        (int(row), int(column)) for row, column in zip(*np.unravel_index(places, left.shape), strict=True)
    ]


def _bases(bank: Bank, beam: Sequence[TermSet]) -> NDArray[np.float64]:
    """Orthonormal bases of the sets' centred terms, float64 (n_sets, n_terms, n_rows)."""
    terms = np.array([s.terms for s in beam], np.int64).reshape(len(beam), -1)
    values = bank.entries.values[terms].astype(float)
    values -= values.mean(axis=2, keepdims=True)
    if terms.shape[1] == 0:
        return values
    return np.ascontiguousarray(np.linalg.qr(values.transpose(0, 2, 1))[0].transpose(0, 2, 1))


def level_of(bank: Bank, terms: Sequence[int]) -> int:
    """About how complex a sum is."""
    return int(sum(bank.entries.level[term] for term in terms)) + 3 * (len(terms) - 1)


def _chosen(bank: Bank, found: Sequence[TermSet], width: int) -> list[TermSet]:
    """The best sets, at first a like share of each complexity."""
    distinct = {s.terms: s for s in found}
    by_level: dict[int, list[TermSet]] = {}
    for s in sorted(distinct.values(), key=lambda s: (s.loss, s.terms)):
        by_level.setdefault(level_of(bank, s.terms), []).append(s)
    share = max(2, -(-width // max(1, len(by_level))))
    shares = [s for level in sorted(by_level) for s in by_level[level][:share]]
    return sorted(shares, key=lambda s: (s.loss, s.terms))[:width]


def _proposals(
    workplace: Workplace, target: Target, beam: Sequence[TermSet], best: float
) -> tuple[list[Expression], float]:
    """Formulas of the sets that no simpler set equals."""
    formulas: list[Expression] = []
    lowest = np.inf
    ordered = sorted(beam, key=lambda s: (level_of(workplace.bank, s.terms), s.loss))
    front = []
    for s in ordered:
        if s.loss < 0.9 * lowest and level_of(workplace.bank, s.terms) < best:
            front.append(s)
            lowest = s.loss
    for s in front[-_PROPOSED_PER_STEP:]:
        inner = _sum_of(workplace, target, s.terms)
        if inner is not None:
            new, loss = workplace.seen_through(target, inner, 1.0)
            formulas += new
            best = workplace.simplest_exact(best, new, loss)
    return formulas, best


def _sum_of(workplace: Workplace, target: Target, terms: Sequence[int]) -> Expression | None:
    """The sum with coefficients fitted on rows that were not matched; the first one is 1."""
    parts = [workplace.bank.expression(term) for term in terms]
    f = workplace.values(parts)
    if not np.all(np.isfinite(f)):
        return None
    units = np.max(np.abs(f), axis=1)
    design = np.vstack([f / units[:, None], np.ones(f.shape[1])]).T
    coefficients = reference.least_squares(design, target.sample)[:-1] / units
    if not np.all(np.isfinite(coefficients)) or np.any(coefficients == 0):
        return None
    nodes = {row.name: row for row in workplace.problem.language.operators}
    if len(parts) > 1 and not LINEAR_SUM <= set(nodes):
        return None
    made: list[Node] = list(parts[0].nodes)
    for part, coefficient in zip(parts[1:], coefficients[1:] / coefficients[0], strict=True):
        made += [Constant(float(coefficient)), *part.nodes, nodes["*"], nodes["+"]]
    return Expression(tuple(made))
