"""Formulas of functions that can be asked, of more inputs than a table has.

Counts of inputs, functions that rise or fall with each input (by their prime implicants and clauses, or read
once), and polynomials modulo 2 of low degree are learned; what else a function may be is not claimed.
"""

from __future__ import annotations

from itertools import combinations, groupby
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.data.logic.truths import columns_of
from symlaw.language.rules.formula import Formula, truths_of
from symlaw.language.rules.literals import Holds
from symlaw.search.logic.asking.rising import Rising, learn_rising
from symlaw.search.logic.asking.teacher import drawn, turned_at
from symlaw.search.rules.tree import ODD, Tree, factored, node, size, written

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Rows = NDArray[np.bool_]
    Says = Callable[[Rows], bool]

# Rows drawn by chance that a guess of a form has to say right, and rows in which each input is turned round.
_TRIED, _TURNED = 300, 60
# Rows that a polynomial may be asked for, and parts of a formula that are written.
_MOST_ASKED, _MOST_PARTS = 6_000, 200


class Learned(NamedTuple):
    """A formula of the inputs 0, 1, ...: literal ``2 * k`` is input ``k``, and ``2 * k + 1`` its opposite.

    Attributes
    ----------
    tree
        The formula.
    words
        What form it is of, and what that rests on.
    """

    tree: Tree
    words: str

    @property
    def size(self) -> int:
        """What the formula counts."""
        return size(self.tree, np.ones(2**20, np.int64))

    def formula(self, names: Sequence[str]) -> Formula:
        """The formula over inputs with names."""
        return written(self.tree, [Holds(name, truth) for name in names for truth in (True, False)])

    def truths(self, rows: Rows) -> Rows:
        """What it says of rows (n_rows, n_inputs)."""
        names = [str(k) for k in range(rows.shape[1])]
        return truths_of(self.formula(names), columns_of(names, rows), len(rows))


def learn(says: Says, starts: Sequence[Rows], generator: np.random.Generator) -> Learned | None:
    """A formula that says what a function says, of one of the forms known; None where it is of none.

    Parameters
    ----------
    says
        What it says of a row of the inputs, all of which matter.
    starts
        For each input a row in which it matters.
    generator
        Of the rows that are drawn.
    """
    n = len(starts)
    rows = drawn(generator, _TRIED, n)
    truths = np.array([says(row) for row in rows])
    falls = _directions(says, starts, rows[:_TURNED])
    turned = np.zeros(n, bool) if falls is None else falls
    guesses = [_counted(says, turned)]
    if falls is None:
        guesses.append(_polynomial(says, n))
    else:
        rising = learn_rising(lambda row: says(row ^ turned), n, generator)
        # of forms as short the one that rests on more
        guesses = [None if rising is None else _of_rising(rising, turned), *guesses]
    right = [one for one in guesses if one is not None and (one.truths(rows) == truths).all()]
    return min(right, key=lambda one: one.size, default=None)


def _directions(says: Says, starts: Sequence[Rows], rows: Rows) -> Rows | None:
    """Which inputs the function falls with, rising with the others; None where it does both with one."""
    n = len(starts)
    falls = np.zeros(n, bool)
    for place in range(n):
        low = starts[place].copy()
        low[place] = False
        falls[place] = says(low)
    for row in rows:
        said = says(row)
        for place in range(n):
            # where it changes, it is true on the side of the input that it goes with
            if says(turned_at(row, place)) != said and (row[place] != falls[place]) != said:
                return None
    return falls


def _counted(says: Says, turned: Rows) -> Learned | None:
    """A formula of how many inputs hold, those turned round that the function falls with."""
    n = len(turned)
    literals = tuple(2 * k + int(turned[k]) for k in range(n))
    said = [says((np.arange(n) < count) ^ turned) for count in range(n + 1)]
    if all(said) or not any(said):
        return None
    if all(said[k] != said[k + 1] for k in range(n)):
        return _parity(literals, odd=not said[0])
    parts: list[Tree] = []
    start = 0
    for truth, run in groupby(said):
        end = start + len(list(run))
        if truth:
            bounds = [node(start, literals)] if start else []
            # fewer than so many: at least the rest of their opposites
            bounds += [node(n - end + 1, [one ^ 1 for one in literals])] if end <= n else []
            part = node(len(bounds), [one for one in bounds if one is not None])
            if part is None:
                return None
            parts.append(part)
        start = end
    whole = node(1, parts)
    return None if whole is None else Learned(whole, "it depends on how many inputs hold")


def _parity(literals: Sequence[int], *, odd: bool) -> Learned | None:
    own = (*literals[:-1], literals[-1] if odd else literals[-1] ^ 1)
    tree = node(ODD, own)
    return None if tree is None else Learned(tree, "a parity of the inputs")


def _polynomial(says: Says, n: int) -> Learned | None:
    """An exclusive or of conjunctions of as many inputs as can be asked for (Schapire and Sellie 1996)."""
    terms: list[frozenset[int]] = []
    asked = 1
    for degree in range(n + 1):
        if asked > _MOST_ASKED or len(terms) > _MOST_PARTS:
            break
        for chosen in map(frozenset, combinations(range(n), degree)):
            row = np.zeros(n, bool)
            row[list(chosen)] = True
            # what the smaller terms do not say already
            rest = sum(1 for term in terms if term <= chosen) % 2 == 1
            if says(row) != rest:
                terms.append(chosen)
        asked = asked * (n - degree) // (degree + 1)
    parts = [node(len(term), [2 * k for k in sorted(term)]) for term in terms if term]
    if not parts or len(parts) > _MOST_PARTS or any(part is None for part in parts):
        return None
    made: list[Tree] = [part for part in parts if part is not None]
    if frozenset() in terms:
        made[0] = _opposite(made[0])
    whole = made[0] if len(made) == 1 else node(ODD, made)
    degree = max(map(len, terms))
    return None if whole is None else Learned(whole, f"a polynomial modulo 2 of degree {degree}")


def _opposite(tree: Tree) -> Tree:
    """Of a literal or a conjunction of literals."""
    if isinstance(tree, int):
        return tree ^ 1
    found = node(1, [_opposite(part) for part in tree.parts])
    assert found is not None  # different literals have different opposites
    return found


def _of_rising(found: Rising, turned: Rows) -> Learned | None:
    """The formula of a function that rises with each input, in the inputs themselves."""

    def own(tree: Tree) -> Tree:
        if isinstance(tree, int):
            return 2 * tree + int(turned[tree])
        made = node(tree.least, [own(part) for part in tree.parts])
        assert made is not None  # inputs are exchanged one to one
        return made

    return Learned(own(factored(found.tree)), found.words)
