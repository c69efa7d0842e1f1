"""Growing rules: a beam of trees, each made larger, smaller or other at every place of it.

What a change of one part does to the whole is known without trying it: the whole follows the part on some
rows (`symlaw.search.rules.tree.places`), and what all literals add there are counts of bits.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from heapq import heappush, heapreplace
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.search.rules.counting import Planes, counts
from symlaw.search.rules.tree import (
    ODD,
    Node,
    Place,
    Tree,
    exactly,
    gates,
    leaves,
    node,
    places,
    replaced,
    size,
    value,
    without,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Words = NDArray[np.uint64]

# Trees of a size whose literals are also exchanged and left out.
_POLISHED = 3
# The best changes taken of one tree for each size that they lead to.
_TAKEN = 10
# Sizes in a row that do not shorten the description after which trees are no longer made larger.
_PATIENCE = 4
_TINY = 1e-9
# Trees that say the same of the rows, of which so many are remembered.
_TWINS = 30


class Fair(NamedTuple):
    """Groups of rows in which a rule is to hold about as often.

    Attributes
    ----------
    groups
        Rows of each, uint64 (n_groups, n_words).
    sizes
        How many each has, (n_groups,).
    most
        By how much the shares in which a rule holds may differ.
    """

    groups: Words
    sizes: NDArray[np.float64]
    most: float

    def is_kept(self, found: Words) -> bool:
        """Whether rows (1, n_words) are about the same share of each group."""
        out = np.zeros((len(self.groups), 1), np.int64)
        counts(found, self.groups, out)
        return bool(np.ptp(out[:, 0] / self.sizes) <= self.most + _TINY)


@dataclass(frozen=True)
class Ground:
    """What rules are made of, and how they are judged.

    Attributes
    ----------
    words
        Truths of the literals, and of small trees of them that are taken as one, uint64 (n, n_words).
    trees
        What each row of ``words`` stands for.
    planes
        What the table's rows weigh.
    costs
        What each literal counts in a tree's size, int64 (n,).
    rows
        How many rows there are.
    odd, several
        Whether exclusive or, and gates such as "at least 2 of 3", may be used.
    required
        Literals of each of which a tree has to have one.
    fair
        Between what rows a tree may hold how often.
    choices
        How many literals there were to choose from, with those of columns that were left aside.
    """

    words: Words
    trees: tuple[Tree, ...]
    planes: Planes
    costs: NDArray[np.int64]
    rows: float
    odd: bool = True
    several: bool = True
    required: tuple[frozenset[int], ...] = ()
    fair: tuple[Fair, ...] = ()
    choices: int = 0

    def has_required(self, tree: Tree) -> bool:
        """Whether a tree has what it has to have."""
        if not self.required:
            return True
        used = set(leaves(tree))
        return all(used & one for one in self.required)

    def is_fair(self, tree: Tree) -> bool:
        """Whether a tree holds about as often in all groups of rows."""
        if not self.fair:
            return True
        return self.keeps(value(tree, self.words))

    def keeps(self, words: Words) -> bool:
        """Whether rows (n_words,) are about the same share of all groups."""
        return all(one.is_kept(words[None]) for one in self.fair)

    def size(self, tree: Tree) -> int:
        """What the literals cost, and one for each gate that is neither a conjunction nor a disjunction."""
        return size(tree, self.costs)

    def gains(self, rising: Words, falling: Words) -> NDArray[np.float64]:
        """What each literal gains that makes the whole true on some rows and false on others, (n,)."""
        masks, shares = self.planes.masks, self.planes.shares
        lit = np.concatenate([rising & masks, falling & masks])
        used = lit.any(axis=1)
        out = np.zeros((int(used.sum()), len(self.words)), np.int64)
        counts(self.words, np.ascontiguousarray(lit[used]), out)
        return np.asarray(np.concatenate([shares, -shares])[used] @ out)

    @cached_property
    def tree_sizes(self) -> NDArray[np.int64]:
        """Sizes of the literals and of the small trees that are taken as one, int64 (n,)."""
        return np.array([self.size(tree) for tree in self.trees], dtype=np.int64)

    @cached_property
    def whole(self) -> float:
        """Weight of all rows."""
        out = np.zeros((len(self.planes.shares), 1), np.int64)
        counts(np.full((1, self.words.shape[1]), ~np.uint64(0)), self.planes.masks, out)
        return float(np.abs(self.planes.shares) @ out[:, 0])

    def length(self, size: int, gain: float) -> float:
        """Bits that tell the rows' targets by a rule of that size and gain."""
        share = min(0.5, max(0.0, (self.planes.positive - gain) / self.whole))
        return description_length(size, share, self.rows, self.choices)

    def weight(self, words: Words) -> float:
        """Weight of rows, right less wrong."""
        return self.planes.gain(words)


def description_length(size: int, share: float, rows: float, n_literals: int) -> float:
    """Bits of a rule and of which rows it gets wrong, that share of them."""
    entropy = 0.0 if share <= 0.0 else -share * np.log2(share) - (1.0 - share) * np.log2(1.0 - share)
    return float(
        size * (np.log2(max(2, n_literals)) + 1.0) + rows * entropy + 0.5 * np.log2(rows + 1.0) * (share > 0)
    )


class Grown(NamedTuple):
    """A rule and what it gains."""

    gain: float
    tree: Tree


class Change(NamedTuple):
    """What becomes of a tree with each literal put in one way.

    Attributes
    ----------
    gains
        Of the whole, by literal, float64 (n,).
    write
        The tree with a literal.
    more
        What it costs beside the literal.
    """

    gains: NDArray[np.float64]
    write: Callable[[Tree], Tree | None]
    more: int = 0


def additions(ground: Ground, tree: Tree, base: float) -> list[Change]:
    """Ways to put one more literal into a tree that gains ``base``."""
    found: list[Change] = []
    for place in places(tree, ground.words):
        found += _around(ground, tree, place, base)
        if isinstance(place.tree, Node) and place.tree.least != ODD:
            found += _into(ground, tree, place, place.tree, base)
    return found


def exchanges(ground: Ground, tree: Tree, base: float) -> list[Change]:
    """Ways to put another literal where one is."""
    found = []
    for place in places(tree, ground.words):
        if isinstance(place.tree, int):
            without = base - ground.weight(place.up & place.value) + ground.weight(place.down & place.value)
            gains = without + ground.gains(place.up, place.down)
            found.append(Change(gains, _writer(tree, place.path, lambda one: one)))
    return found


def _writer(
    tree: Tree, path: tuple[int, ...], part: Callable[[Tree], Tree | None]
) -> Callable[[Tree], Tree | None]:
    def write(literal: Tree) -> Tree | None:
        new = part(literal)
        return None if new is None else replaced(tree, path, new)

    return write


def _around(ground: Ground, tree: Tree, place: Place, base: float) -> list[Change]:
    """A part or a literal, a part and a literal, a part that differs from a literal."""
    own, inside = place.tree, place.value
    gate = own if isinstance(own, Node) else None
    up, down = place.up, place.down
    rise = ground.gains(up & ~inside, down & ~inside)
    keep = ground.gains(up & inside, down & inside)
    held = ground.weight(up & inside) - ground.weight(down & inside)
    found = []
    # a literal beside the parts of such a gate is put into it, see `_into`
    if gate is None or not gate.is_any:
        found.append(Change(base + rise, _writer(tree, place.path, lambda one: node(1, (own, one)))))
    if gate is None or not gate.is_all:
        found.append(Change(base - held + keep, _writer(tree, place.path, lambda one: node(2, (own, one)))))
    if ground.odd:
        more = 0 if gate is not None and gate.least == ODD else 1
        write = _writer(tree, place.path, lambda one: node(ODD, (own, one)))
        found.append(Change(base + rise - keep, write, more))
    return found


def _into(ground: Ground, tree: Tree, place: Place, own: Node, base: float) -> list[Change]:
    """A literal among the parts of a gate that asks for as many as before, or for one more."""
    values = [value(part, ground.words) for part in own.parts]
    up, down = place.up, place.down
    is_several = not (own.is_any or own.is_all)
    found = []
    if own.is_any or ground.several:
        nearly = exactly(own.least - 1, values)
        gains = base + ground.gains(up & nearly, down & nearly)
        write = _writer(tree, place.path, lambda one: node(own.least, (*own.parts, one)))
        found.append(Change(gains, write, int(own.is_all and not is_several)))
    if own.is_all or ground.several:
        just = exactly(own.least, values)
        held = ground.weight(up & just) - ground.weight(down & just)
        gains = base - held + ground.gains(up & just, down & just)
        write = _writer(tree, place.path, lambda one: node(own.least + 1, (*own.parts, one)))
        found.append(Change(gains, write, int(own.is_any)))
    return found


@dataclass
class Beam:
    """The best trees of each size.

    Attributes
    ----------
    width
        How many of a size are made larger.
    levels
        Trees by their size, by their truths.
    twins
        Other trees of the same size and truths.
    bars
        What the best few of each size gained when they were proposed, a heap.
    """

    width: int
    levels: dict[int, dict[bytes, Grown]] = field(default_factory=dict)
    twins: dict[tuple[int, bytes], list[Tree]] = field(default_factory=dict)
    bars: dict[int, list[float]] = field(default_factory=dict)

    def add(self, ground: Ground, tree: Tree, gain: float) -> None:
        """Keep a tree unless one of its size has the same truths, or it lacks what it has to have."""
        if not ground.has_required(tree):
            return
        key = value(tree, ground.words).tobytes()
        own = ground.size(tree)
        level = self.levels.setdefault(own, {})
        known = level.get(key)
        if known is None:
            level[key] = Grown(gain, tree)
            return
        twins = self.twins.setdefault((own, key), [])
        if tree != known.tree and tree not in twins and len(twins) < _TWINS:
            twins.append(tree)
            if gates(tree) < gates(known.tree):
                twins[-1], level[key] = known.tree, Grown(gain, tree)

    def wants(self, level: int, gain: float) -> bool:
        """Whether a tree of that gain would be among the best few of its size, which is then remembered."""
        bar = self.bars.setdefault(level, [])
        if len(bar) >= 3 * self.width:
            if gain <= bar[0]:
                return False
            heapreplace(bar, gain)
            return True
        heappush(bar, gain)
        return True

    def _fair(self, level: int, ground: Ground, most: int) -> list[Grown]:
        """The best fair ones of a size."""
        every = sorted(self.levels.get(level, {}).values(), key=lambda one: (-one.gain, gates(one.tree)))
        return list(islice((one for one in every if ground.is_fair(one.tree)), most))

    def grown_on(self, level: int, ground: Ground) -> list[Grown]:
        """Those of a size that are made larger: the best, and the best fair ones where rules have to be."""
        found = self.best(level)
        if not ground.fair:
            return found
        known = {one.tree for one in found}
        more = self._fair(level, ground, self.width)
        return [*found, *(one for one in more if one.tree not in known)]

    def best(self, level: int) -> list[Grown]:
        """The best of a size, of equal gain those that came first."""
        found = list(self.levels.get(level, {}).values())
        return sorted(found, key=lambda one: (-one.gain, gates(one.tree)))[: self.width]

    def of_size(self, level: int) -> list[Tree]:
        """All trees of a size that were kept, those of equal truths among them."""
        found = [one.tree for one in self.levels.get(level, {}).values()]
        twins = [tree for (size, _), trees in self.twins.items() if size == level for tree in trees]
        return [*found, *twins]

    def front(self, ground: Ground) -> list[Grown]:
        """The best fair one of each size that gains more than all smaller ones."""
        found: list[Grown] = []
        for level in sorted(self.levels):
            for one in self._fair(level, ground, 1) if ground.fair else self.best(level)[:1]:
                if not found or one.gain > found[-1].gain + _TINY * max(1.0, abs(found[-1].gain)):
                    found.append(one)
        return found


def grow(
    ground: Ground,
    most: int,
    width: int,
    *,
    begun: Sequence[Tree] = (),
    is_late: Callable[[], bool] = lambda: False,
) -> Beam:
    """Grow trees of up to ``most`` literals.

    Parameters
    ----------
    ground
        What they are made of.
    most
        The largest size.
    width
        How many trees of a size are made larger.
    begun
        Trees to begin with beside the literals.
    is_late
        Whether to stop; asked between sizes.
    """
    beam = Beam(width)
    n_words = ground.words.shape[1]
    alone = ground.gains(np.full(n_words, ~np.uint64(0)), np.zeros(n_words, np.uint64))
    for number in np.argsort(-alone, kind="stable")[: 8 * width].tolist():
        beam.add(ground, ground.trees[number], float(alone[number]))
    for tree in begun:
        if ground.size(tree) <= most:
            beam.add(ground, tree, ground.weight(value(tree, ground.words)))
    shortest, barren = np.inf, 0
    for level in range(1, most + 1):
        if is_late():
            break
        _polish(ground, beam, level)
        found = beam.best(level)
        if found:
            length = ground.length(level, found[0].gain)
            barren = 0 if length < shortest else barren + 1
            shortest = min(shortest, length)
            if found[0].gain >= ground.planes.positive * (1.0 - _TINY):
                break
        # larger trees that wait there may still be better
        waiting = any(
            ground.length(own, one.gain) < shortest
            for own in beam.levels
            if own > level
            for one in beam.best(own)[:1]
        )
        if barren >= _PATIENCE and not waiting:
            break
        if level < most and barren < _PATIENCE:
            for grown in beam.grown_on(level, ground):
                _take(ground, beam, additions(ground, grown.tree, grown.gain), level, most)
    return beam


def _polish(ground: Ground, beam: Beam, level: int) -> None:
    """Exchange literals of the best trees of a size, and leave each out."""
    for grown in beam.best(level)[:_POLISHED]:
        _take(ground, beam, exchanges(ground, grown.tree, grown.gain), level - 1, level)
        for place in places(grown.tree, ground.words)[1:]:
            less = without(grown.tree, place.path)
            if less is not None:
                beam.add(ground, less, ground.weight(value(less, ground.words)))


def _take(ground: Ground, beam: Beam, changes: Sequence[Change], level: int, most: int) -> None:
    """Put the best changes of a tree of some size into the beam, so many of each size that they lead to."""
    if not changes:
        return
    more = np.array([change.more for change in changes])
    gains = np.array([change.gains for change in changes])
    total = level + more[:, None] + ground.tree_sizes[None]
    for own_size in np.unique(total[total <= most]).tolist():
        own = np.where(total == own_size, gains, -np.inf).ravel()
        few = min(_TAKEN, len(own))
        best = np.argpartition(-own, few - 1)[:few]
        for place in sorted(best.tolist(), key=lambda one: (-own[one], one)):
            if not np.isfinite(own[place]) or not beam.wants(own_size, float(own[place])):
                break
            number, literal = divmod(place, len(ground.trees))
            tree = changes[number].write(ground.trees[literal])
            if tree is not None:
                beam.add(ground, tree, float(own[place]))
