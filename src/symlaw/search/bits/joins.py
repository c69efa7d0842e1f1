"""Formulas of truths that get most rows right: the best so far joined with entries, again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.engine.bits.words import word_table, wrong_rows
from symlaw.engine.compiling.jit import address_of, call_forward, kernel
from symlaw.engine.compiling.records import record
from symlaw.engine.tape import FIRST_OPERATOR
from symlaw.language.expression import Expression

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from symlaw.language.expression import Nodes
    from symlaw.search.bits.store import Asked, Entries, Store


class Member(NamedTuple):
    """A formula of the atoms' names, its level, and the weight of the rows that it gets wrong."""

    level: int
    wrong: float
    nodes: Nodes


@record
class Joining(NamedTuple):
    """What is joined.

    Attributes
    ----------
    words, levels
        Formulas, uint64 (n, n_words) and int64 (n,).
    entries, n_entries
        What they are joined with: so many of the first entries.
    asked
        What is asked of the joins.
    least
        The smallest weight of wrong rows known of each level, float64 (n_levels,).
    scratch
        uint64 (n_words,).
    """

    words: NDArray[np.uint64]
    levels: NDArray[np.int64]
    entries: Entries
    n_entries: int
    asked: Asked
    least: NDArray[np.float64]
    scratch: NDArray[np.uint64]


@kernel
def best_joins(joining, address, swapped, cost, picks):  # type: ignore[no-untyped-def]
    """Note the best join of each level by one operator, whose kernel and cost are given.

    ``picks`` (n_levels, 2) gets the formula and the entry of one that is better than what is known.
    """
    words, levels, entries, asked = joining.words, joining.levels, joining.entries, joining.asked
    least, scratch, n = joining.least, joining.scratch, len(asked.care)
    first, second, out = address_of(words), address_of(entries.words), address_of(scratch)
    for formula in range(len(levels)):
        for entry in range(joining.n_entries):
            level = levels[formula] + entries.level[entry] + cost
            if level >= len(least):
                break
            a, b = first + 8 * n * formula, second + 8 * n * entry
            if swapped != 0:
                a, b = b, a
            call_forward(address, a, b, 0, out, n)
            wrong = wrong_rows(scratch, asked.target, asked.planes, asked.shares)
            if wrong < least[level]:
                least[level] = wrong
                picks[level, 0], picks[level, 1] = formula, entry


def joined(store: Store, members: list[Member], most_entries: int, max_level: int) -> list[Member]:
    """The best join of each level that is better than all members of no greater level."""
    words = store.table.words_of([Expression(member.nodes) for member in members])
    levels = np.array([member.level for member in members], np.int64)
    count = min(store.count, most_entries)
    least = np.full(max_level + 1, np.inf)
    for member in members:
        if member.level <= max_level:
            least[member.level :] = np.minimum(least[member.level :], member.wrong)
    found: dict[int, Member] = {}
    kernels, scratch = word_table(store.operators), np.zeros(len(store.asked.care), np.uint64)
    joining = Joining(words, levels, store.entries, count, store.asked, least, scratch)
    for code, row in enumerate(store.operators, FIRST_OPERATOR):
        for swapped in range(0 if row.arity != 2 else 1 if row.commutative else 2):
            picks = np.full((max_level + 1, 2), -1)
            best_joins(joining, kernels.forward[code], swapped, store.cost_of(row), picks)
            for level in np.flatnonzero(picks[:, 0] >= 0).tolist():
                own, other = members[picks[level, 0]].nodes, store.nodes(int(picks[level, 1]))
                nodes = (*other, *own, row) if swapped else (*own, *other, row)
                found[level] = Member(level, float(least[level]), nodes)
    return [found[level] for level in sorted(found)]
