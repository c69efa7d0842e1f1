"""Exact formulas from the top down: a truth table divided by an entry leaves a smaller one to look up.

For an operator o and an entry d, the rows on which ``o(d, h)`` is what is asked say what h has to be there;
where h makes no difference, anything may stand. What is left, a table with fewer rows that matter, is looked
up among the entries or divided again. Choices divide a table into two, after Shannon (1938).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.engine.bits.words import ones_in, word_table
from symlaw.engine.compiling.jit import address_of, call_forward, kernel
from symlaw.engine.tape import FIRST_OPERATOR
from symlaw.language.expression import Variable
from symlaw.language.operators import Operator
from symlaw.search.bits.store import Store
from symlaw.search.bits.truths import TruthTable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from symlaw.language.expression import Nodes

    Words = NDArray[np.uint64]

# Entries that are looked at for what is left, and for what to divide by.
_LOOKED_UP, _DIVISORS = 2**17, 2**12
# Up to so many divisions more, all atoms are tried as conditions.
_FEW = 3
# A level of a divisor counts as this share of the rows that it leaves.
_PRICE = 0.04
_ZERO = np.uint64(0)
# Where the choice among three columns is looked for.
_CHOICE_LEVELS, _CHOICE_ENTRIES = 14, 2000


class Found(NamedTuple):
    """A formula that gives what was asked, and its level."""

    level: int
    nodes: Nodes


@kernel
def first_agreeing(words, count, target, care):  # type: ignore[no-untyped-def]
    """The first entry that is as the target where it matters; -1 where there is none."""
    for entry in range(count):
        agrees = True
        for k in range(len(care)):
            if (words[entry, k] ^ target[k]) & care[k] != _ZERO:
                agrees = False
                break
        if agrees:
            return entry
    return -1


@kernel
def divide(words, count, address, swapped, target, care, left, cell):  # type: ignore[no-untyped-def]
    """Rows on which each entry leaves something to say as an argument of an operator, into left (count,).

    It is -1 where the operator cannot give the target whatever its other argument is. ``swapped`` is 1 where
    the entry is the second argument; ``cell`` is scratch (4, n_words), its first row 0 and its second all 1.
    """
    n = len(care)
    zeros = address_of(cell)
    ones, low, high = zeros + 8 * n, zeros + 16 * n, zeros + 24 * n
    for entry in range(count):
        own = address_of(words) + 8 * n * entry
        if swapped != 0:
            call_forward(address, zeros, own, 0, low, n)
            call_forward(address, ones, own, 0, high, n)
        else:
            call_forward(address, own, zeros, 0, low, n)
            call_forward(address, own, ones, 0, high, n)
        rows = 0
        for k in range(n):
            if (cell[2, k] ^ target[k]) & (cell[3, k] ^ target[k]) & care[k] != _ZERO:
                rows = -1
                break
            rows += ones_in((cell[2, k] ^ cell[3, k]) & care[k])
        left[entry] = rows


@kernel
def impurity(words, count, target, care, out):  # type: ignore[no-untyped-def]
    """Rows that constants get wrong where an entry holds and where it does not, into out (count,)."""
    for entry in range(count):
        true, false, other_true, other_false = 0, 0, 0, 0
        for k in range(len(care)):
            own, rest = words[entry, k] & care[k], ~words[entry, k] & care[k]
            true += ones_in(own & target[k])
            false += ones_in(own & ~target[k])
            other_true += ones_in(rest & target[k])
            other_false += ones_in(rest & ~target[k])
        out[entry] = min(true, false) + min(other_true, other_false)


@dataclass
class Divider:
    """Divides truth tables by the entries of a store.

    Parameters
    ----------
    store
        The entries.
    choice
        The cheapest formula of ``c``, ``x`` and ``y`` that is x where c holds, else y; None where there is
        none.
    depth, width
        How often what is left is divided again, and by how many entries of each kind.
    most
        Words that may be compared.

    Attributes
    ----------
    work
        Words compared.
    """

    store: Store
    choice: Nodes | None
    depth: int
    width: int
    most: float
    work: float = 0.0
    _known: dict[tuple[bytes, bytes, int], Found | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        store, n = self.store, len(self.store.asked.care)
        self._kernels = word_table(store.operators)
        self._looked_up = min(store.count, _LOOKED_UP)
        self._divisors = min(store.count, _DIVISORS)
        self._cell = np.zeros((4, n), np.uint64)
        self._cell[1] = ~_ZERO
        self._left = np.zeros(self._divisors, np.int64)
        # what choices cost beside their arguments, and how often each of these is in it
        names = [node.name for node in self.choice or () if isinstance(node, Variable)]
        self._uses = [names.count(name) for name in "cxy"]
        rows = [node for node in self.choice or () if isinstance(node, Operator)]
        self._own = sum(store.cost_of(row) for row in rows)

    def solve(self, limit: int) -> Found | None:
        """An exact formula below a level, or None."""
        asked = self.store.asked
        return self._solved(asked.target & asked.care, asked.care, self.depth, limit)

    def _solved(self, target: Words, care: Words, depth: int, limit: int) -> Found | None:
        """The cheapest formula found that is as the target where it matters, below a level."""
        key = target.tobytes(), care.tobytes(), depth
        if key not in self._known:
            self._known[key] = self._searched(target, care, depth, limit)
        found = self._known[key]
        return found if found is not None and found.level < limit else None

    def _searched(self, target: Words, care: Words, depth: int, limit: int) -> Found | None:
        entries = self.store.entries
        entry = int(first_agreeing(entries.words, self._looked_up, target, care))
        self.work += (entry + 1 if entry >= 0 else self._looked_up) * len(care)
        best = None if entry < 0 else Found(int(entries.level[entry]), self.store.nodes(entry))
        if depth == 0 or limit <= 2:
            return best
        for found in (*self._quotients(target, care, depth, best), *self._choices(target, care, depth, best)):
            if best is None or found.level < best.level:
                best = found
        return best

    def _quotients(self, target: Words, care: Words, depth: int, best: Found | None) -> Iterator[Found]:
        """The target as an operator on an entry and a formula."""
        store = self.store
        bound = 10**6 if best is None else best.level
        for code, row in enumerate(store.operators, FIRST_OPERATOR):
            for swapped in range(row.arity if row.arity == 2 and not row.commutative else row.arity - 1):
                if row.arity != 2 or self.work > self.most:
                    continue
                for entry in self._best_divisors(code, swapped, target, care):
                    below = bound - store.cost_of(row) - int(store.entries.level[entry])
                    asked, matters = self._quotient(code, swapped, entry, target, care)
                    rest = self._solved(asked, matters, depth - 1, below) if below > 1 else None
                    if rest is not None:
                        bound = bound - below + rest.level
                        own = store.nodes(entry)
                        parts = (*rest.nodes, *own) if swapped else (*own, *rest.nodes)
                        yield Found(bound, (*parts, row))

    def _best_divisors(self, code: int, swapped: int, target: Words, care: Words) -> list[int]:
        """Entries to divide by: those that leave few rows for their price."""
        entries, left = self.store.entries, self._left
        address = self._kernels.forward[code]
        divide(entries.words, self._divisors, address, swapped, target, care, left, self._cell)
        self.work += 4.0 * self._divisors * len(care)
        rows = max(1, sum(int(word).bit_count() for word in care))
        price = left / rows + _PRICE * entries.level[: self._divisors]
        useful = np.flatnonzero(left > 0)
        return [int(k) for k in useful[np.argsort(price[useful], kind="stable")[: self.width]]]

    def _quotient(
        self, code: int, swapped: int, entry: int, target: Words, care: Words
    ) -> tuple[Words, Words]:
        """What the other argument has to be, and where that matters."""
        words = self.store.entries.words[entry : entry + 1]
        divide(
            words, 1, self._kernels.forward[code], swapped, target, care, self._left[:1].copy(), self._cell
        )
        low, high = self._cell[2], self._cell[3]
        matters = (low ^ high) & care
        return ~(high ^ target) & matters, matters

    def _choices(self, target: Words, care: Words, depth: int, best: Found | None) -> Iterator[Found]:
        """The target as one formula where an entry holds, and another where it does not."""
        if self.choice is None:
            return
        entries, (c, x, y) = self.store.entries, self._uses
        bound = 10**6 if best is None else best.level
        for entry in self._best_conditions(target, care, depth):
            if self.work > self.most:
                return
            words, own = entries.words[entry], self._own + c * int(entries.level[entry])
            if not (np.any(words & care) and np.any(~words & care)):
                continue
            first = self._solved(target & words, care & words, depth - 1, (bound - own - y - 1) // x + 1)
            if first is None:
                continue
            below = (bound - own - x * first.level - 1) // y + 1
            second = self._solved(target & ~words, care & ~words, depth - 1, below)
            if second is not None and own + x * first.level + y * second.level < bound:
                bound = own + x * first.level + y * second.level
                yield Found(bound, self._chosen(self.store.nodes(entry), first.nodes, second.nodes))

    def _best_conditions(self, target: Words, care: Words, depth: int) -> list[int]:
        """Entries to choose by: while that is affordable all atoms, else those that tell most."""
        count = min(self._divisors, max(len(self.store.names), self.width))
        if depth <= _FEW:
            return list(range(count))
        out = np.zeros(count, np.int64)
        impurity(self.store.entries.words, count, target, care, out)
        return [int(entry) for entry in np.argsort(out, kind="stable")[: self.width]]

    def _chosen(self, *parts: Nodes) -> Nodes:
        places = dict(zip("cxy", parts, strict=True))
        return tuple(
            inner
            for node in self.choice or ()
            for inner in (places[node.name] if isinstance(node, Variable) else (node,))
        )


def choice_of(operators: Sequence[Operator], costs: Mapping[str, int]) -> Nodes | None:
    """The cheapest formula of ``c``, ``x`` and ``y`` that is x where c holds, else y."""
    rows = np.array([[(row >> place) & 1 for row in range(8)] for place in range(3)], np.uint64)
    columns = np.array([[sum(int(bit) << k for k, bit in enumerate(row))] for row in rows], np.uint64)
    care = np.array([0xFF], np.uint64)
    c, x, y = columns
    names = ("c", "x", "y")
    atoms = tuple((Variable(name),) for name in names)
    wanted = ((c & x) | (~c & y)) & care
    table = TruthTable(atoms, names, columns, wanted, care, care[None], np.ones(1), 0.0, 1.0, False)
    store = Store(table, operators, costs, [1, 1, 1], _CHOICE_ENTRIES)
    while not store.finished and store.level <= _CHOICE_LEVELS:
        store.grow(10**6)
        entry = int(first_agreeing(store.entries.words, store.count, wanted, care))
        if entry >= 0:
            return store.nodes(entry)
    return None
