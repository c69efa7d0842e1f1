"""What losses chance reaches: the best of millions of formulas on targets that were shuffled among the rows.

The null distribution of the largest statistic over all formulas (Westfall and Young 1993), which holds
whatever the number of formulas that are independent on these rows. Behaviours of a bank against shuffled
targets are one matrix product, taken in blocks.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from symlaw.search.bank.bank import enumerate_more, formulas_beyond, make_bank
from symlaw.trust.selection.description import EXACT_LOSS, fitted_constants

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from symlaw.language.expression import Expression
    from symlaw.language.grammar import Language
    from symlaw.search.bank.bank import Bank, Mapper

    Array = NDArray[np.float64]

# Formulas of one block, shuffled targets at most and at least, and share of a target's spread that is none.
_BLOCK, PERMUTATIONS, LEAST = 2**13, 200, 20
_NOTHING = 1e-6
# Formulas that are kept where the others are enumerated from them, and memory for them.
_KEPT, _BYTES = 2**16, 2**28
# Euler's constant, and how standard deviation and scale of a Gumbel distribution hang together.
_EULER, _GUMBEL = 0.5772156649, math.sqrt(6.0) / math.pi


@dataclass(frozen=True)
class Chance:
    """What the best formulas up to each size gain on shuffled targets.

    Parameters
    ----------
    n_rows
        Rows that were shuffled.
    n_formulas
        Formulas tried on each shuffled target.
    gains
        ``-(n_rows - 2) / 2 ln(loss)`` of the best formula of no more than each complexity, by whole
        complexity from 0, for each shuffled target, float64 (n_sizes, n_permutations).
    """

    n_rows: int
    n_formulas: int
    gains: Array

    def reaches(self, formula: Expression, complexity: float, loss: float) -> float:
        """Share of shuffled targets on which chance reaches a formula's loss, its constants counted as rows.

        Examples
        --------
        >>> from symlaw.language import parse
        >>> few = Chance(10, 1000, np.array([[0.0, 0.0], [2.0, 3.0]]))
        >>> few.reaches(parse("3.7 * x"), 2, 1e-4) < 0.01 < few.reaches(parse("3.7 * x"), 2, 0.5)
        True
        """
        free = max(self.n_rows - max(fitted_constants(formula), 1) - 1, 1)
        return self.probability(complexity, -0.5 * free * math.log(max(loss, EXACT_LOSS)))

    def loss(self, complexity: float) -> float:
        """The loss that chance reaches on half of the shuffled targets, with scale and offset."""
        gain = float(np.median(self._at(complexity)))
        return math.exp(-2.0 * gain / (self.n_rows - 2))

    def probability(self, complexity: float, gain: float) -> float:
        """Share of shuffled targets on which a formula of no greater complexity gains as much.

        The largest of many gains is distributed as Gumbel (1958) found, which tells what so few shuffled
        targets cannot show; sizes beyond those that were tried go on as the last ones did.
        """
        here = self._at(complexity)
        scale = max(_GUMBEL * float(np.std(here)), 0.5)
        place = float(np.mean(here)) - _EULER * scale
        return float(-np.expm1(-np.exp(min((place - gain) / scale, 700.0))))

    def _at(self, complexity: float) -> Array:
        last = len(self.gains) - 1
        size = int(complexity)
        if size <= last:
            return np.asarray(self.gains[size])
        step = float(np.mean(self.gains[last]) - np.mean(self.gains[last - 1])) if last > 0 else 0.0
        return np.asarray(self.gains[last] + max(step, 0.0) * (size - last))


def chance_in(
    bank: Bank, y: Array, seconds: float, *, n_permutations: int = PERMUTATIONS, seed: int = 0
) -> Chance | None:
    """What chance reaches with the formulas of a bank.

    Parameters
    ----------
    bank
        Formulas on rows.
    y
        The target on these rows, float64 (n_rows,).
    seconds
        Time that it may take: there are fewer permutations where it does not suffice.
    n_permutations
        Shuffled targets at most.
    seed
        Of the shuffling.

    Returns
    -------
    Chance or None
        None with fewer than 4 rows, or where the time is too short for `LEAST` shuffled targets.
    """
    blocks = list(_blocks(bank))
    if len(y) < 4 or not blocks:
        return None
    shuffled = _shuffled(y, n_permutations, seed)
    if math.isfinite(seconds):
        began = time.perf_counter()
        _largest(_values(bank, blocks[-1]), shuffled)
        one = (time.perf_counter() - began) * len(blocks) / n_permutations
        n_permutations = min(n_permutations, int(seconds / max(one, 1e-9)))
        if n_permutations < LEAST:
            return None
        shuffled = shuffled[:n_permutations]
    return _counted(((block[0], _values(bank, block)) for block in blocks), shuffled)


def chance_on(
    X: Array,
    y: Array,
    language: Language,
    n_formulas: int,
    *,
    n_permutations: int = PERMUTATIONS,
    seed: int = 0,
    run_all: Mapper = map,
) -> Chance | None:
    """What chance reaches with so many formulas of a language, which are enumerated and not kept.

    Parameters
    ----------
    X, y
        Rows, float64 (n_rows, n_features) and (n_rows,); the first 256 count.
    language
        What the formulas may say.
    n_formulas
        Distinct formulas at most, up to scale and offset.
    n_permutations, seed
        Shuffled targets, and the seed of the shuffling.
    run_all
        What runs parts of the enumeration, side by side or not.

    Returns
    -------
    Chance or None
        None with fewer than 4 rows, or without a formula.
    """
    bank = make_bank(np.ascontiguousarray(X.T), language, _BYTES)
    y = y[: bank.n_rows]
    if len(y) < 4:
        return None
    while bank.count < min(n_formulas, _KEPT) and not bank.finished:
        enumerate_more(bank, run_all=run_all)
    kept = ((block[0], _values(bank, block)) for block in _blocks(bank))
    beyond = formulas_beyond(bank, n_formulas - bank.count, run_all)
    return _counted(chain(kept, beyond), _shuffled(y, n_permutations, seed))


def _counted(
    formulas: Iterable[tuple[int, NDArray[np.float32]]], shuffled: NDArray[np.float32]
) -> Chance | None:
    """What the best of formulas, given by level, gain on shuffled targets."""
    n_permutations, n_rows = shuffled.shape
    best: dict[int, Array] = {}
    count = 0
    for level, values in formulas:
        nothing = np.zeros(n_permutations)
        best[level] = np.maximum(best.get(level, nothing), _largest(values, shuffled))
        count += len(values)
    if not best:
        return None
    levels = np.array([best.get(level, np.zeros(n_permutations)) for level in range(max(best) + 1)])
    explained = np.minimum(np.maximum.accumulate(levels, axis=0) ** 2, 1.0 - 1e-12)
    return Chance(n_rows, count, -0.5 * (n_rows - 2) * np.log1p(-explained))


def _blocks(bank: Bank) -> Iterator[tuple[int, int, int]]:
    """Level, begin and end of blocks of entries, level by level, those of an unfinished one last."""
    bounds = [*bank.bounds, (bank.bounds[-1][1], bank.count)]
    for level, (first, end) in enumerate(bounds):
        for begin in range(first, end, _BLOCK):
            yield level, begin, min(begin + _BLOCK, end)


def _values(bank: Bank, block: tuple[int, int, int]) -> NDArray[np.float32]:
    _, begin, end = block
    return bank.entries.values[begin:end]


def _shuffled(y: Array, count: int, seed: int) -> NDArray[np.float32]:
    """Shuffled targets of mean 0 and length 1, float32 (count, n_rows)."""
    rng = np.random.Generator(np.random.Philox(key=[seed, 2]))
    unit = (y - np.mean(y)) / (float(np.max(np.abs(y - np.mean(y)))) or 1.0)
    unit = unit / (float(np.linalg.norm(unit)) or 1.0)
    return np.array([rng.permutation(unit) for _ in range(count)], np.float32)


def _largest(values: NDArray[np.float32], shuffled: NDArray[np.float32]) -> Array:
    """Largest correlation of formulas, (n, n_rows), with each shuffled target, float64 (n_permutations,)."""
    with np.errstate(all="ignore"):
        values = values - values.mean(axis=1, keepdims=True)
        size = np.sqrt(np.sum(values * values, axis=1, keepdims=True))
        varies = np.isfinite(size[:, 0]) & (size[:, 0] > _NOTHING)
        unit = values[varies] / size[varies]
    if not len(unit):
        return np.zeros(len(shuffled))
    return np.asarray(np.max(np.abs(unit @ shuffled.T), axis=0), dtype=float)
