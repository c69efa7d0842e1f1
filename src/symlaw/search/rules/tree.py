"""Rules as searches hold them: trees of gates over numbered literals, and their truths in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.language.rules.formula import Gate, Odd

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from symlaw.language.rules.formula import Formula

    Words = NDArray[np.uint64]

_ONES = ~np.uint64(0)
# `Node.least` of an exclusive or.
ODD = 0


class Node(NamedTuple):
    """At least so many of the parts, or an odd number of them (`ODD`)."""

    least: int
    parts: tuple[Tree, ...]

    @property
    def is_any(self) -> bool:
        """Whether it is a disjunction."""
        return self.least == 1

    @property
    def is_all(self) -> bool:
        """Whether it is a conjunction."""
        return self.least == len(self.parts)


Tree = int | Node


def node(least: int, parts: Sequence[Tree]) -> Tree | None:
    """A gate without needless brackets and repetitions, its parts in order.

    Repetitions say nothing in conjunctions and disjunctions; for other gates, which count them, it is None.

    Examples
    --------
    >>> node(1, (4, Node(1, (2, 3))))
    Node(least=1, parts=(2, 3, 4))
    """
    plain = least in (1, len(parts))
    whole: list[Tree] = []
    for part in parts:
        if isinstance(part, Node) and _merges(least, len(parts), part):
            whole += part.parts
        else:
            whole.append(part)
    distinct = dict.fromkeys(whole)
    if len(distinct) < len(whole):
        if not plain:
            return None
        whole = list(distinct)
    if len(whole) == 1:
        return whole[0]
    if plain and least != 1:
        least = len(whole)
    return Node(least, tuple(sorted(whole, key=_order)))


def _merges(least: int, n_parts: int, part: Node) -> bool:
    if least == ODD:
        return part.least == ODD
    return (least == 1 and part.is_any) or (least == n_parts and n_parts > 1 and part.is_all)


def _order(tree: Tree) -> tuple[int, list[int]]:
    return (-1, [tree]) if isinstance(tree, int) else (tree.least, leaves(tree))


def leaves(tree: Tree) -> list[int]:
    """Numbers of the literals, as often as they occur."""
    if isinstance(tree, int):
        return [tree]
    return [leaf for part in tree.parts for leaf in leaves(part)]


def size(tree: Tree, costs: NDArray[np.int64]) -> int:
    """What the literals cost, and one for each gate that is neither a conjunction nor a disjunction."""
    if isinstance(tree, int):
        return int(costs[tree])
    return int(not (tree.is_any or tree.is_all)) + sum(size(part, costs) for part in tree.parts)


def gates(tree: Tree) -> int:
    """How many gates a tree has."""
    return 0 if isinstance(tree, int) else 1 + sum(map(gates, tree.parts))


def written(tree: Tree, literals: Sequence[Formula] | Mapping[int, Formula]) -> Formula:
    """A tree of numbered literals as a formula."""
    if isinstance(tree, int):
        return literals[tree]
    parts = tuple(written(part, literals) for part in tree.parts)
    return Odd(parts) if tree.least == ODD else Gate(tree.least, parts)


def value(tree: Tree, words: Words) -> Words:
    """Truths of a tree over the literals' words (n_literals, n_words)."""
    if isinstance(tree, int):
        return np.asarray(words[tree])
    parts = [value(part, words) for part in tree.parts]
    return gate(tree.least, parts)


def gate(least: int, parts: Sequence[Words]) -> Words:
    """Truths of a gate over those of its parts."""
    if least == ODD:
        return np.asarray(np.bitwise_xor.reduce(np.asarray(parts)))
    if least == 1:
        return np.asarray(np.bitwise_or.reduce(np.asarray(parts)))
    if least == len(parts):
        return np.asarray(np.bitwise_and.reduce(np.asarray(parts)))
    return reached(least, parts)[least]


def reached(most: int, parts: Sequence[Words]) -> list[Words]:
    """Where at least 0, 1, ..., ``most`` of the parts hold."""
    n = len(parts[0]) if parts else 0
    found = [np.full(n, _ONES)] + [np.zeros(n, np.uint64) for _ in range(most)]
    for part in parts:
        for count in range(most, 0, -1):
            found[count] = found[count] | (found[count - 1] & part)
    return found


class Place(NamedTuple):
    """A part of a tree, and where the whole depends on it.

    Attributes
    ----------
    path
        Positions of parts that lead to it from the root.
    tree
        The part.
    value
        Its truths.
    up, down
        Rows in which the whole becomes true, and false, as the part does.
    """

    path: tuple[int, ...]
    tree: Tree
    value: Words
    up: Words
    down: Words


def places(tree: Tree, words: Words) -> list[Place]:
    """All parts of a tree, the whole first."""
    n = words.shape[1]
    found: list[Place] = []

    def visit(part: Tree, path: tuple[int, ...], up: Words, down: Words) -> None:
        found.append(Place(path, part, value(part, words), up, down))
        if isinstance(part, int):
            return
        values = [value(one, words) for one in part.parts]
        for number, one in enumerate(part.parts):
            rest = values[:number] + values[number + 1 :]
            if part.least == ODD:
                odd = np.bitwise_xor.reduce(np.asarray(rest))
                visit(one, (*path, number), (up & ~odd) | (down & odd), (down & ~odd) | (up & odd))
                continue
            deciding = exactly(part.least - 1, rest)
            visit(one, (*path, number), up & deciding, down & deciding)

    visit(tree, (), np.full(n, _ONES), np.zeros(n, np.uint64))
    return found


def exactly(count: int, parts: Sequence[Words]) -> Words:
    """Where exactly so many of the parts hold."""
    if count > len(parts):
        return np.zeros(len(parts[0]), np.uint64)
    found = reached(min(count + 1, len(parts)), parts)
    return found[count] & ~found[count + 1] if count < len(parts) else found[count]


def replaced(tree: Tree, path: tuple[int, ...], new: Tree) -> Tree | None:
    """A tree with another part in a place; None where a gate would then count a part twice."""
    if not path:
        return new
    assert isinstance(tree, Node)
    part = replaced(tree.parts[path[0]], path[1:], new)
    if part is None:
        return None
    return node(tree.least, (*tree.parts[: path[0]], part, *tree.parts[path[0] + 1 :]))


def without(tree: Tree, path: tuple[int, ...]) -> Tree | None:
    """A tree that lacks the part in a place, which is not the whole; None where nothing sensible is left."""
    assert isinstance(tree, Node)
    rest = (*tree.parts[: path[0]], *tree.parts[path[0] + 1 :])
    if len(path) > 1:
        part = without(tree.parts[path[0]], path[1:])
        return None if part is None else node(tree.least, (*rest, part))
    least = tree.least - 1 if tree.is_all and tree.least > 1 else tree.least
    return node(least, rest) if least <= len(rest) else None


def factored(tree: Tree) -> Tree:
    """An equal tree in which parts that several alternatives share stand once.

    Examples
    --------
    >>> factored(Node(1, (Node(2, (0, 1)), Node(2, (0, 2)), 3)))
    Node(least=1, parts=(3, Node(least=2, parts=(0, Node(least=1, parts=(1, 2))))))
    """
    if isinstance(tree, int):
        return tree
    parts = [factored(part) for part in tree.parts]
    if not (tree.is_any or tree.is_all):
        return node(tree.least, parts) or tree
    is_any = tree.is_any
    shared: dict[Tree, int] = {}
    for part in parts:
        for one in _alternatives(part, not is_any):
            shared[one] = shared.get(one, 0) + 1
    most = max(shared.values(), default=0)
    if most < 2:
        return node(1 if is_any else len(parts), parts) or tree
    common = next(one for one, count in shared.items() if count == most)
    own = [part for part in parts if common in _alternatives(part, not is_any)]
    other = [part for part in parts if part not in own]
    rests = [[one for one in _alternatives(part, not is_any) if one != common] for part in own]
    if not all(rests):
        # the common part alone is one of the alternatives, and takes in the others
        inside: Tree = common
    else:
        left = [_joined(rest, not is_any) for rest in rests]
        inside = _joined([common, factored(_joined(left, is_any))], not is_any)
    return factored(_joined([*other, inside], is_any)) if other else inside


def _alternatives(tree: Tree, is_any: bool) -> tuple[Tree, ...]:
    """The parts of a disjunction, or of a conjunction; any other tree is one part."""
    if isinstance(tree, Node) and (tree.is_any if is_any else tree.is_all):
        return tree.parts
    return (tree,)


def _joined(parts: Sequence[Tree], is_any: bool) -> Tree:
    """A disjunction or a conjunction of parts, of which there is at least one."""
    found = node(1 if is_any else len(parts), parts)
    assert found is not None  # only gates that count refuse repetitions
    return found
