"""Machines with states: prefixes of sequences that nothing tells apart are one state (red and blue merging).

A tree of all prefixes is folded: each new state is merged with the first one with which it agrees on all
that follows,
and becomes a state of its own where there is none (Oncina and García 1992; Lang, Pearlmutter and Price 1998).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

Step = tuple[Any, ...]
# children and outputs by what is read, and a label
Node = tuple[dict[Step, int], dict[Step, Step], Step | None]
_MOST_NODES = 20_000
_MOST_STATES = 64
_MOST_SYMBOLS = 64


@dataclass(frozen=True)
class States:
    """A machine with states, of which the first is 0.

    Attributes
    ----------
    steps
        For each state, by what is read: the next state and what is written.
    labels
        What each state says at the end of a sequence; None where that is not known, empty where steps write.
    """

    steps: tuple[dict[Step, tuple[int, Step | None]], ...]
    labels: tuple[Step | None, ...]

    def run(self, sequence: Sequence[Step]) -> list[Step | None]:
        """What is written in each step; None from the first step on that was never seen."""
        state: int | None = 0
        written: list[Step | None] = []
        for given in sequence:
            after = None if state is None else self.steps[state].get(given)
            state, said = (None, None) if after is None else after
            if self.labels:
                said = None if state is None else self.labels[state]
            written.append(said)
        return written

    def bits(self, n_symbols: int) -> float:
        """Bits of the table."""
        entries = sum(map(len, self.steps))
        return entries * (2.0 + math.log2(max(2, len(self.steps))) + math.log2(max(2, n_symbols)))


class PrefixTree:
    """Prefixes: children and outputs of each node, and which node stands for it.

    With `stays`, steps of that kind do not lead on to another node.
    """

    def __init__(
        self, inputs: Sequence[Sequence[Step]], outputs: Sequence[Sequence[Step]], is_label: bool,
        stays: Step | None = None,
    ) -> None:  # fmt: skip
        self.stays = stays
        self.children: list[dict[Step, int]] = [{}]
        self.written: list[dict[Step, Step]] = [{}]
        self.labels: list[Step | None] = [None]
        self.is_consistent = True
        for steps, answers in zip(inputs, outputs, strict=True):
            self._add(steps, answers, is_label)

    def _add(self, steps: Sequence[Step], answers: Sequence[Step], is_label: bool) -> None:
        node = 0
        for place, step in enumerate(steps):
            if not is_label:
                said = self.written[node].setdefault(step, answers[place])
                self.is_consistent = self.is_consistent and said == answers[place]
            if step == self.stays:
                continue
            if step not in self.children[node]:
                self.children[node][step] = len(self.children)
                self.children.append({})
                self.written.append({})
                self.labels.append(None)
            node = self.children[node][step]
        if is_label:
            self.is_consistent = self.is_consistent and self.labels[node] in (None, answers[0])
            self.labels[node] = answers[0]

    def take(self, changed: Mapping[int, Node]) -> dict[int, Node]:
        """Put nodes in place of those with their numbers; what was there before."""
        before = {node: (self.children[node], self.written[node], self.labels[node]) for node in changed}
        for node, (children, written, label) in changed.items():
            self.children[node], self.written[node], self.labels[node] = children, written, label
        return before


def find_states(
    inputs: Sequence[Sequence[Step]], outputs: Sequence[Sequence[Step]], is_label: bool
) -> States | None:
    """A machine of few states that gives all outputs; None where there is none."""
    symbols = {step for steps in inputs for step in steps}
    if sum(map(len, inputs)) > _MOST_NODES or len(symbols) > _MOST_SYMBOLS:
        return None
    tree = PrefixTree(inputs, outputs, is_label)
    if not tree.is_consistent:
        return None
    red = merged_greedily(tree)
    return None if red is None else _states(tree, red, is_label)


def merged_greedily(tree: PrefixTree) -> list[int] | None:
    """Merge nodes of a tree in place until only states are left; None where these are too many."""
    red = [0]
    while True:
        blue = next(blue_nodes(tree, red), None)
        if blue is None:
            return red
        # of the states that nothing tells apart from it, the one with which it agrees most often
        merges = [one for node in red if (one := merged(tree, red, node, blue)) is not None]
        if merges:
            merges.sort(key=lambda one: -one.agreements)
            tree.take(merges[0].changed)
        else:
            red.append(blue)
            if len(red) > _MOST_STATES:
                return None


def blue_nodes(tree: PrefixTree, states: list[int]) -> Iterator[int]:
    """What the states lead to that is no state yet."""
    known = set(states)
    return (child for node in states for child in _ordered(tree, node) if child not in known)


def _ordered(tree: PrefixTree, node: int) -> list[int]:
    return [tree.children[node][step] for step in sorted(tree.children[node])]


class Merge(NamedTuple):
    """Nodes as they are after a merge, and how often both said the same."""

    agreements: int
    changed: dict[int, Node]


def merged(tree: PrefixTree, states: list[int], red: int, blue: int) -> Merge | None:
    """The tree with two nodes made one; None where something is said differently."""
    changed: dict[int, Node] = {}
    agreements = 0

    def at(node: int) -> Node:
        return changed.get(node, (tree.children[node], tree.written[node], tree.labels[node]))

    for node in states:
        children = tree.children[node]
        if blue in children.values():
            renamed = {step: red if child == blue else child for step, child in children.items()}
            changed[node] = (renamed, tree.written[node], tree.labels[node])
    waiting = [(red, blue)]
    while waiting:
        into, node = waiting.pop()
        if into == node:
            continue
        (children, written, label), (more, said, other) = at(into), at(node)
        if label is not None and other is not None and label != other:
            return None
        if any(step in written and written[step] != answer for step, answer in said.items()):
            return None
        agreements += (label is not None and label == other) + len(written.keys() & said.keys())
        waiting.extend((children[step], child) for step, child in more.items() if step in children)
        changed[into] = ({**more, **children}, {**said, **written}, other if label is None else label)
    return Merge(agreements, changed)


def _states(tree: PrefixTree, red: list[int], is_label: bool) -> States:
    place = {node: number for number, node in enumerate(red)}
    steps = tuple(
        {
            step: (place[child], None if is_label else tree.written[node].get(step))
            for step, child in sorted(tree.children[node].items())
        }
        for node in red
    )
    return States(steps, tuple(tree.labels[node] for node in red) if is_label else ())
