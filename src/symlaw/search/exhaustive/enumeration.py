"""Goes through all formulas of one size after the other, by several threads, for the best of them.

What is found depends on the data and the operators alone: chunks of formulas are taken in their order, and a
thread knows of other formulas what chunks of earlier groups found.
"""

from __future__ import annotations

import math
import time
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.language.expression import Expression, Variable
from symlaw.search.exhaustive.behaviours import Behaviours
from symlaw.search.exhaustive.kernels import (
    Operands,
    better_of_pairs,
    better_of_values,
    make_judge,
    make_scratch,
)
from symlaw.search.exhaustive.levels import Growing, Joining, Made, Pairs
from symlaw.search.exhaustive.rounding import rounded_otherwise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import ThreadPoolExecutor

    from numpy.typing import NDArray

    from symlaw.language.operators import Operator

    Array = NDArray[np.float64]
    _Work = Callable[[Pairs, float], "_Chunk"]
    # from a place on, the first that leaves less than a share, counted from there, and what; -1 where none
    _Among = Callable[[int, float], tuple[int, float]]

# Formulas of one size of which it may be kept how they were made.
_MOST_FORMULAS = 2**21
# By what share of itself, and of the target's variance, what a formula leaves may depend on rounding.
_SAME, _NOTHING = 1e-6, 1e-12
# Chunks that are given to threads at a time; how many chunks are seen before the time of a size is foretold,
# and how far from that it may be.
_GROUP, _SEEN, _SURE = 16, 0.05, 1.5


class Best(NamedTuple):
    """What the best formula so far leaves, as a share of the target's variance, and which it is."""

    loss: float
    formula: Expression | None


class _Chunk(NamedTuple):
    """What comes of some formulas: how many they are, the best of them, and what may be kept."""

    done: int
    best: Best
    made: Made | None = None


class Table(NamedTuple):
    """Columns (n_rows, n_columns), target (n_rows,), weights of the rows or None, and the columns' names."""

    X: Array
    y: Array
    weights: Array | None
    names: Sequence[str]


class Enumeration:
    """Formulas of a table, size by size.

    Parameters
    ----------
    table
        The rows.
    operators
        Operators of one and two arguments.
    kept
        Values that may be kept.
    pool
        Threads.
    """

    def __init__(
        self, table: Table, operators: Sequence[Operator], kept: float, pool: ThreadPoolExecutor
    ) -> None:
        X, y, weights, names = table
        # the first rows shall be like all
        order = np.random.Generator(np.random.Philox(20261201)).permutation(len(y))
        self._behaviours = Behaviours(operators, np.ascontiguousarray(X.T[:, order], dtype=float), kept)
        self._judge = make_judge(y[order], None if weights is None else np.asarray(weights)[order])
        self._names, self._pool = names, pool
        self._columns = dict(zip(names, self._behaviours.columns, strict=True))
        self.best = self._best_of(
            self._among(self._behaviours.columns), lambda place: Expression((Variable(names[place]),)),
            Best(math.inf, None),
        )  # fmt: skip

    def count(self, size: int) -> int:
        """Formulas of a size, about; 0 where what they are made of was not kept."""
        return self._behaviours.count(size) if self._behaviours.can_make(size) else 0

    def can_keep(self, size: int) -> bool:
        """Whether longer formulas can be made of those of a size."""
        all_have_values = all(level.values is not None for level in self._behaviours.levels)
        return all_have_values and self.count(size) <= _MOST_FORMULAS

    def keep(self, size: int, end: float) -> bool:
        """Go through a size of which longer formulas will be made; False when time was up before."""
        growing = Growing(self._behaviours.room())
        chunks = ((self._kept, pairs) for one in self._joinings(size) for pairs in self._pairs(one))
        is_whole = self._run(chunks, self.count(size), end, growing)
        if is_whole:
            self._behaviours.levels.append(growing.level())
        return is_whole

    def score(self, size: int, end: float) -> bool:
        """Go through a size and keep nothing of it; False when time was up before."""
        return self._run(self._scored_chunks(size), self.count(size), end, None)

    def _scored_chunks(self, size: int) -> Iterator[tuple[_Work, Pairs]]:
        has_values = self._behaviours.levels[size - 1].values is not None
        for one in self._joinings(size):
            if has_values or one.left < size - 1:
                yield from ((self._scored, pairs) for pairs in self._pairs(one))
        if not has_values:
            yield from ((self._scored_above, pairs) for pairs in self._behaviours.parts(size - 1))

    def _run(
        self, chunks: Iterator[tuple[_Work, Pairs]], count: int, end: float, growing: Growing | None
    ) -> bool:
        """Whether all chunks were gone through."""
        began, done = time.monotonic(), 0
        while group := list(islice(chunks, _GROUP)):
            known = self.best.loss
            for chunk in self._pool.map(partial(_worked, known=known), group):
                done += chunk.done
                if chunk.best.loss < self.best.loss:
                    self.best = chunk.best
                if growing is not None and chunk.made is not None:
                    self._behaviours.take(chunk.made, growing)
            now = time.monotonic()
            late = done > _SEEN * count and (now - began) * (count - done) > _SURE * (end - now) * done
            if now > end or late:
                return False
        return True

    def _kept(self, pairs: Pairs, known: float) -> _Chunk:
        """Formulas that longer ones are made of."""
        made = self._behaviours.described(pairs, self._behaviours.made(pairs))
        best = self._best_of(self._among(made.values), partial(self._formula, pairs), Best(known, None))
        return _Chunk(len(pairs.first), best, made)

    def _scored(self, pairs: Pairs, known: float) -> _Chunk:
        """Formulas of which nothing is kept."""
        needed, behaviours = self._behaviours.needed(pairs), self._behaviours
        among = self._among_pairs(pairs.joining.place, behaviours.operands(pairs.joining), needed)
        best = self._best_of(among, partial(self._formula, needed), Best(known, None))
        return _Chunk(len(pairs.first), best)

    def _scored_above(self, pairs: Pairs, known: float) -> _Chunk:
        """What operators of one argument make of formulas whose values were not kept."""
        best, values = Best(known, None), self._behaviours.made(pairs)
        every, places = np.arange(len(values), dtype=np.int32), self._behaviours.bending()
        for place in places:
            above = Pairs(Joining(place, 0, 0), every, every)
            among = self._among_pairs(place, Operands(values, values), above)
            best = self._best_of(among, partial(self._formula_above, pairs, place), best)
        return _Chunk(len(every) * len(places), best)

    def _best_of(self, among: _Among, formula_at: Callable[[int], Expression], best: Best) -> Best:
        """The best of some formulas, those made of rounding left out, if it is better than another."""
        begin = 0
        while True:
            step, loss = among(begin, best.loss)
            if step < 0:
                return best
            formula = formula_at(begin + step)
            if not self._is_rounding(formula, loss):
                best = Best(loss, formula)
            begin += step + 1

    def _is_rounding(self, formula: Expression, loss: float) -> bool:
        """Whether a formula leaves something else when its parts are rounded otherwise."""
        values = rounded_otherwise(formula, self._columns)
        others = [self._among(one[None, :])(0, math.inf)[1] for one in values]
        return any(not abs(other - loss) <= _SAME * loss + _NOTHING for other in others)

    def _among(self, values: Array) -> _Among:
        """Looks for the first of some formulas that leaves less."""
        whole, scratch = self._judge.squares[-1], make_scratch(len(self._judge.target))

        def look(begin: int, known: float) -> tuple[int, float]:
            place, left = better_of_values(values[begin:], self._judge, known * whole, scratch)
            return place, left / whole

        return look

    def _among_pairs(self, place: int, operands: Operands, pairs: Pairs) -> _Among:
        """Looks for the first of an operator's pairs that leaves less."""
        whole, scratch = self._judge.squares[-1], make_scratch(len(self._judge.target))
        address = self._behaviours.addresses[place]

        def look(begin: int, known: float) -> tuple[int, float]:
            first, second = pairs.first[begin:], pairs.second[begin:]
            found, left = better_of_pairs(
                address, operands, first, second, self._judge, known * whole, scratch
            )
            return found, left / whole

        return look

    def _formula(self, pairs: Pairs, place: int) -> Expression:
        first, second = int(pairs.first[place]), int(pairs.second[place])
        return self._behaviours.formula(pairs.joining, first, second, self._names)

    def _formula_above(self, pairs: Pairs, operator: int, place: int) -> Expression:
        below = self._formula(pairs, place).nodes
        return Expression((*below, self._behaviours.operators[operator]))

    def _joinings(self, size: int) -> list[Joining]:
        return self._behaviours.joinings(size)

    def _pairs(self, one: Joining) -> Iterator[Pairs]:
        return self._behaviours.pairs(one)


def _worked(one: tuple[_Work, Pairs], known: float) -> _Chunk:
    """What comes of a chunk; numerical trouble is a value in its thread too."""
    with np.errstate(all="ignore"):
        return one[0](one[1], known)
