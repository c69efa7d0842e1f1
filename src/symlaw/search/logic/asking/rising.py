"""Functions that rise with each input, by their minimal true rows and maximal false ones.

A row of which the function says more than the implicants found so far, or less than the clauses found so far,
gives another one (Angluin 1988). Where the disjunction of the implicants is the conjunction of the clauses,
both are all of the function; whether it is, is decided by going through the clauses (Fredman and Khachiyan
1996 decide it faster). A function that says each input once has each two inputs in a common implicant or in a
common clause, and never in both (Angluin, Hellerstein and Karpinski 1993).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.search.rules.tree import Tree, node

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    Row = NDArray[np.bool_]
    Says = Callable[[Row], bool]

# Implicants and clauses that are looked for, and of those the most that a formula is written of.
_MOST_FOUND, _MOST_WRITTEN = 400, 60
# Rows in a row that tell nothing new before rows are no longer drawn, and steps of a division into cases.
_BARREN, _STEPS = 400, 20_000


class Rising(NamedTuple):
    """A formula of inputs 0, 1, ... that all rise, and what it rests on."""

    tree: Tree
    words: str


@dataclass
class _Known:
    """Implicants and clauses, as sets of inputs in the bits of numbers."""

    n: int
    says: Says
    generator: np.random.Generator
    implicants: list[int] = field(default_factory=list)
    clauses: list[int] = field(default_factory=list)

    @property
    def every(self) -> int:
        return (1 << self.n) - 1

    @property
    def is_full(self) -> bool:
        return len(self.implicants) + len(self.clauses) >= _MOST_FOUND

    def holds(self, row: int) -> bool:
        bits = np.array([(row >> k) & 1 for k in range(self.n)], bool)
        return self.says(bits)

    def learn_from(self, row: int) -> bool:
        """Take in what a row tells; whether that is anything new."""
        if any(one & row == one for one in self.implicants) or any(not one & row for one in self.clauses):
            return False
        if self.holds(row):
            self.implicants.append(self.least(row))
        else:
            self.clauses.append(self.every & ~self.most(row))
        return True

    def least(self, row: int) -> int:
        """A true row with as few ones as can be, none of which can be left out."""
        for place in self.generator.permutation(self.n).tolist():
            if (row >> place) & 1 and self.holds(row & ~(1 << place)):
                row &= ~(1 << place)
        return row

    def most(self, row: int) -> int:
        """A false row with as many ones as can be."""
        for place in self.generator.permutation(self.n).tolist():
            if not (row >> place) & 1 and not self.holds(row | (1 << place)):
                row |= 1 << place
        return row


def learn_rising(says: Says, n: int, generator: np.random.Generator) -> Rising | None:
    """A formula of a function that rises with each of n inputs, all of which matter; None if it is too long.

    Parameters
    ----------
    says
        What it says of a row.
    n
        How many inputs.
    generator
        Of the rows that are drawn.
    """
    known = _Known(n, says, generator)
    known.implicants.append(known.least(known.every))
    known.clauses.append(known.every & ~known.most(0))
    barren = 0
    while barren < _BARREN and not known.is_full:
        row = int(sum(1 << k for k in np.flatnonzero(generator.random(n) < generator.random()).tolist()))
        barren = 0 if known.learn_from(row) else barren + 1
    whole = _completed(known)
    once = _once(known)
    if once is not None:
        sure = ": no other function that rises or falls with each input fits what was said" if whole else ""
        return Rising(once, f"each input stands once{sure}")
    if not whole:
        return None
    return _written(known)


def _completed(known: _Known) -> bool:
    """Ask for the rows that implicants and clauses leave open; whether none is left."""
    while not known.is_full:
        row = _open_row(known.implicants, known.clauses)
        if row is None:
            return False
        if row < 0:
            return True
        known.learn_from(row)
    return False


def _open_row(implicants: list[int], clauses: list[int]) -> int | None:
    """A row with a one of each clause and not all of any implicant; -1 if there is none, None if unknown."""
    steps = 0

    def search(ones: int, zeros: int) -> int:
        nonlocal steps
        steps += 1
        if steps > _STEPS:
            return -2
        left = [clause & ~zeros for clause in clauses if not clause & ones]
        if not left:
            return ones
        # the clause with the fewest inputs left to choose from
        clause = min(left, key=int.bit_count)
        while clause:
            bit = clause & -clause
            clause ^= bit
            if not any(one & (ones | bit) == one for one in implicants):
                found = search(ones | bit, zeros)
                if found != -1:
                    return found
            zeros |= bit
        return -1

    found = search(0, 0)
    return None if found == -2 else found


def _written(known: _Known) -> Rising | None:
    """The implicants side by side, or the clauses, whichever are shorter."""
    ways = []
    for sets, inner, word in ((known.implicants, 0, "implicants"), (known.clauses, 1, "clauses")):
        if len(sets) <= _MOST_WRITTEN:
            ways.append((sum(map(int.bit_count, sets)), sets, inner, word))
    if not ways:
        return None
    _, sets, inner, word = min(ways)
    parts = [_gate(inner, list(_inputs(one))) for one in sets]
    words = (
        f"it rises or falls with each input, and its {len(sets)} prime {word} are known: no other such"
        " function fits what was said"
    )
    return Rising(_gate(1 - inner, parts), words)


def _gate(is_any: int, parts: list[Tree]) -> Tree:
    found = node(1 if is_any else len(parts), parts)
    assert found is not None  # conjunctions and disjunctions may repeat parts
    return found


def _inputs(bits: int) -> Iterator[int]:
    while bits:
        yield (bits & -bits).bit_length() - 1
        bits &= bits - 1


def _once(known: _Known) -> Tree | None:
    """A formula with each input once; None where no such formula has these implicants and clauses."""
    joined = [_neighbours(sets, known.n) for sets in (known.implicants, known.clauses)]
    for place in range(known.n):
        rest = known.every & ~(1 << place)
        if joined[0][place] & joined[1][place] or joined[0][place] | joined[1][place] != rest:
            return None
    return _divided(known.every, joined)


def _neighbours(sets: list[int], n: int) -> list[int]:
    """Of each input those that stand with it in a set."""
    found = [0] * n
    for one in sets:
        for place in _inputs(one):
            found[place] |= one & ~(1 << place)
    return found


def _divided(inputs: int, joined: list[list[int]]) -> Tree | None:
    """The formula of some inputs: groups that no implicant joins are alternatives, and so for clauses."""
    if inputs & (inputs - 1) == 0:
        return inputs.bit_length() - 1
    for neighbours, is_any in ((joined[0], 1), (joined[1], 0)):
        groups = list(_groups(inputs, neighbours))
        if len(groups) > 1:
            parts = [_divided(group, joined) for group in groups]
            known = [part for part in parts if part is not None]
            return _gate(is_any, known) if len(known) == len(parts) else None
    return None


def _groups(inputs: int, neighbours: list[int]) -> Iterator[int]:
    """Sets of inputs that are joined by neighbours."""
    while inputs:
        group = inputs & -inputs
        while True:
            more = group
            for place in _inputs(group):
                more |= neighbours[place] & (inputs | group)
            if more == group:
                break
            group = more
        yield group
        inputs &= ~group
