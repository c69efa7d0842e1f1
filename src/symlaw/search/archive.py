"""What a search has found: the front, its members' genomes, and the behaviours already seen."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from symlaw.engine.fingerprint import Cache, grown, make_cache, merge
from symlaw.engine.tape import from_nodes
from symlaw.language.expression import Constant
from symlaw.search.evolution.population import Population, population, put

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from symlaw.language.expression import Expression
    from symlaw.language.grammar import Language

CACHE_KEYS = 2**24
# Keys in one kernel call: none takes long even where each touches new pages of memory.
_MERGED_AT_ONCE = 2**12
# The cache begins small, which is faster while it suffices, and grows when it is this full.
_FIRST_KEYS, _GROWTH, _CROWDED = 2**20, 4, 0.4
# Near-misses: probe losses up to this multiple of the best, and how many are kept from epoch to epoch.
_NEAR, _MOST_NEAR = 1.5, 16
# Alternatives: formulas of one complexity that are kept, and how many times the best loss theirs may be.
ALTERNATIVES, _COMPARABLE = 5, 4.0


@dataclass(frozen=True)
class Entry:
    """A formula that was scored on all rows.

    Parameters
    ----------
    expression
        The complete formula, scale and offset included, in the user's units.
    complexity
        Its complexity.
    loss
        Weighted mean cost of the errors over all rows, as a fraction of the best constant's: in least squares
        the mean square error as a fraction of the target's variance. The price of soft statements that the
        formula breaks is in it.
    inner
        The formula without scale and offset, as searchers vary it.
    source
        Name of the searcher that proposed it.
    filling
        What fills a template, where it was made of one; it is what a later fit changes.
    objective
        Value of the user's objective, if there is one.
    """

    expression: Expression
    complexity: float
    loss: float
    inner: Expression
    source: str = ""
    filling: Any = None
    objective: float | None = None

    @property
    def rank(self) -> float:
        """What fronts are ordered by: the objective where there is one, else the loss."""
        return self.loss if self.objective is None else self.objective


class Snapshot(NamedTuple):
    """What searchers see of an archive during an epoch; nobody writes to it.

    Attributes
    ----------
    cache
        Behaviours seen.
    elites
        Genomes of the best found at each complexity, with their probe losses.
    limits
        Probe loss of the best at or below each whole complexity, float64 (max_complexity + 1,).
    near
        Genomes that nearly came to the front in the last epoch, to be varied.
    """

    cache: Cache
    elites: Population
    limits: NDArray[np.float64]
    near: Population


def formula_of(genomes: Population, slot: int, language: Language) -> Expression:
    """A genome as a formula."""
    size = genomes.size[slot]
    return from_nodes(
        genomes.codes[slot, :size],
        genomes.columns[slot, :size],
        genomes.values[slot, :size],
        language.operators,
        language.variables,
    )


class Archive:
    """The front and everything else worth keeping.

    Parameters
    ----------
    max_complexity
        Largest complexity of a genome.
    loss_floor
        Losses below it count as equal; -inf under an objective.
    cache_keys
        Capacity of the equivalence cache, up to which it grows; from then on its memory is fixed.
    """

    def __init__(self, max_complexity: int, loss_floor: float, cache_keys: int = CACHE_KEYS) -> None:
        self.loss_floor = loss_floor
        self.cache = make_cache(min(cache_keys, _FIRST_KEYS))
        self._cache_keys = cache_keys
        self._learned = 0
        self._entries: dict[float, Entry] = {}
        self._best = population(max_complexity + 1)
        self._limits = np.full(max_complexity + 1, np.inf)
        self._near: list[Population] = []
        self._alternatives: dict[float, list[Entry]] = {}

    @property
    def front(self) -> tuple[Entry, ...]:
        """Entries that no simpler one equals or beats, by rising complexity."""
        kept: list[Entry] = []
        for complexity in sorted(self._entries):
            entry = self._entries[complexity]
            if not kept or self._clearly_below(entry.rank, kept[-1].rank):
                kept.append(entry)
        return tuple(kept)

    @property
    def best_loss(self) -> float:
        """Smallest loss on the front, or value of the objective."""
        return min((entry.rank for entry in self._entries.values()), default=np.inf)

    def _clearly_below(self, loss: float, other: float) -> bool:
        # objectives may be negative
        margin = 1.0 - 1e-9 if other > 0.0 else 1.0 + 1e-9
        return max(loss, self.loss_floor) < other * margin and other > self.loss_floor

    def limit_at(self, complexity: float) -> float:
        """Smallest loss among entries of no greater complexity; inf when there is none."""
        losses = (e.rank for e in self._entries.values() if e.complexity <= complexity)
        return min(losses, default=np.inf)

    def would_take(self, entry: Entry) -> bool:
        """Whether an entry improves the front."""
        return entry.rank < np.inf and all(
            other.complexity > entry.complexity or self._clearly_below(entry.rank, other.rank)
            for other in self._entries.values()
        )

    def offer(self, entry: Entry) -> bool:
        """Take an entry in if it improves the front; whether it did."""
        self._note_alternative(entry)
        if not self.would_take(entry):
            return False
        self._entries[entry.complexity] = entry
        return True

    def alternatives(self) -> dict[float, tuple[Entry, ...]]:
        """Distinct formulas by complexity, comparable with the best of that complexity, best first."""
        found = {}
        for complexity in sorted(self._alternatives):
            known = self._alternatives[complexity]
            limit = max(_COMPARABLE * self.limit_at(complexity), self.loss_floor)
            found[complexity] = tuple(entry for entry in known if entry.loss <= limit)
        return {complexity: entries for complexity, entries in found.items() if entries}

    def _note_alternative(self, entry: Entry) -> None:
        """Keep an entry among the best distinct ones of its complexity."""
        known = self._alternatives.setdefault(entry.complexity, [])
        full = len(known) == ALTERNATIVES and entry.loss >= known[-1].loss
        if full or not entry.loss <= max(_COMPARABLE * self.limit_at(entry.complexity), self.loss_floor):
            return
        own = _form(entry)
        same = next((other for other in known if _form(other) == own), None)
        if same is not None and same.loss <= entry.loss:
            return
        kept = [other for other in known if other is not same]
        kept.append(entry)
        kept.sort(key=lambda other: other.loss)
        self._alternatives[entry.complexity] = kept[:ALTERNATIVES]

    def note_genome(self, source: Population, slot: int) -> None:
        """Keep a genome as an elite of its complexity if its probe loss is the best there."""
        level = int(np.ceil(source.complexity[slot]))
        if not source.loss[slot] < self._best.loss[level]:
            return
        put(self._best, level, source, slot)
        self._limits[level:] = np.minimum(self._limits[level:], source.loss[slot])

    def is_near(self, complexity: float, loss: float) -> bool:
        """Whether a probe loss is not much above the best of no greater complexity."""
        return bool(loss < _NEAR * self._limits[int(np.ceil(complexity))])

    def note_near(self, genome: Population) -> None:
        """Keep a genome, alone in its population, for the next snapshot; the latest few stay."""
        self._near = [*self._near, genome][-_MOST_NEAR:]

    def learn_keys(self, keys: NDArray[np.uint64], complexity: NDArray[np.float32], count: int) -> None:
        """Add behaviours seen by one island to the cache."""
        for begin in range(0, count, _MERGED_AT_ONCE):
            end = min(begin + _MERGED_AT_ONCE, count)
            merge(self.cache, keys[begin:end], complexity[begin:end], end - begin)
        self._learned += count
        if self._learned > _CROWDED * len(self.cache.keys) and len(self.cache.keys) < self._cache_keys:
            self.cache = grown(self.cache, min(_GROWTH * len(self.cache.keys), self._cache_keys))

    def forgetful(self) -> Archive:
        """The same archive without the behaviours seen, which are most of its memory."""
        other = copy(self)
        other.cache, other._learned = make_cache(min(self._cache_keys, _FIRST_KEYS)), 0
        return other

    def snapshot(self) -> Snapshot:
        """The archive as searchers see it during the next epoch; its near-misses are seen once."""
        elites = population(len(self._limits))
        for mine, theirs in zip(elites, self._best, strict=True):
            mine[...] = theirs  # type: ignore[index]
        near = population(_MOST_NEAR)
        for slot, genome in enumerate(self._near):
            put(near, slot, genome, 0)
        self._near = []
        return Snapshot(self.cache, elites, self._limits.copy(), near)

    def extend(self, entries: Iterable[Entry]) -> list[Entry]:
        """Offer several entries; those taken in."""
        return [entry for entry in entries if self.offer(entry)]


def _form(entry: Entry) -> tuple[object, ...]:
    """What tells distinct formulas: the canonical form without its numbers."""
    return tuple("c" if isinstance(n, Constant) else n for n in entry.inner.canonical.nodes)
