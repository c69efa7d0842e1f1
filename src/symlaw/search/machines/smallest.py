"""The smallest machine that gives all outputs: all ways to merge prefixes are tried (exbar; Lang 1999)."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from symlaw.search.machines.states import Merge, PrefixTree, blue_nodes, merged

# Nodes of the tree that one proof may change, and merges that may lie one inside the other.
_WORK, _DEEPEST = 150_000, 600


class Smaller(NamedTuple):
    """What a search for fewer states came to.

    Attributes
    ----------
    states
        Nodes of the tree that are the states of a smaller machine, with the tree merged in place; None where
        none was found, with the tree as it was.
    is_proved
        Whether no machine has fewer states than this one or, without one, than were asked for.
    """

    states: list[int] | None
    is_proved: bool


class _Spent(Exception):
    """The work or the time is over."""


class _Search:
    def __init__(self, tree: PrefixTree, is_late: Callable[[], bool]) -> None:
        self.tree, self.is_late = tree, is_late
        self.left = _WORK

    def merges(self, states: list[int], blue: int) -> list[Merge]:
        """All ways to make a node one of the states, that with the most agreements first."""
        found = [one for node in states if (one := merged(self.tree, states, node, blue)) is not None]
        self.left -= 4 * len(states) + sum(len(one.changed) for one in found)
        if self.left < 0 or self.is_late():
            raise _Spent
        return sorted(found, key=lambda one: -one.agreements)

    def solved(self, states: list[int], most: int, depth: int) -> list[int] | None:
        """States of a machine of at most so many, with the tree merged; None, and the tree as it was."""
        chosen: tuple[int, list[Merge]] | None = None
        for blue in blue_nodes(self.tree, states):
            merges = self.merges(states, blue)
            if chosen is None or len(merges) < len(chosen[1]):
                chosen = blue, merges
            if not merges:
                break
        if chosen is None:
            return states
        blue, merges = chosen
        if depth > _DEEPEST:
            raise _Spent
        for one in merges:
            before = self.tree.take(one.changed)
            try:
                found = self.solved(states, most, depth + 1)
            except _Spent:
                self.tree.take(before)
                raise
            if found is not None:
                return found
            self.tree.take(before)
        return self.solved([*states, blue], most, depth + 1) if len(states) < most else None


def smaller(tree: PrefixTree, n_states: int, is_late: Callable[[], bool]) -> Smaller:
    """A machine of fewer states than so many, the smallest, or the proof that there is none.

    The work is bounded, so that the answer is the same on any machine unless the clock cuts it.
    """
    search = _Search(tree, is_late)
    try:
        for most in range(1, n_states):
            found = search.solved([0], most, 0)
            if found is not None:
                return Smaller(found, True)
    except _Spent:
        return Smaller(None, False)
    return Smaller(None, True)
