"""How far a formula is from the law: edit distance of their trees, as a share of the larger one.

The trees are SymPy's after numbers became one symbol: a part without inputs is one node ``number``, several
numbers in one sum or product are one, and a factor of 1 is none. Exponents that are whole or half stay as
they are, so that a square is not a square root. Arguments of sums and products are ordered by the inputs in
them.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, NamedTuple

import sympy

from benchmarks.candidates import as_sympy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.problems import Problem

MAX_NODES = 60
SECONDS = 3.0
NUMBER = "number"
# stands before the names of inputs, so that none is taken for a function
INPUT = "`"
ROUNDING = 1e-6


class Tree(NamedTuple):
    """A node and what is below it, in order."""

    label: str
    below: tuple[Tree, ...] = ()

    def size(self) -> int:
        """Number of nodes."""
        return 1 + sum(part.size() for part in self.below)

    def inputs(self) -> list[str]:
        """Labels of the inputs in it, sorted."""
        if self.label.startswith(INPUT):
            return [self.label]
        return sorted(label for part in self.below for label in part.inputs())


def normalised_distance(candidate: Any, problem: Problem) -> float | None:
    """Edit distance of a formula to the law over the number of nodes of the larger tree, at most 1.

    Parameters
    ----------
    candidate
        A symlaw expression, a text in symlaw's language, or a SymPy expression.
    problem
        What it was found for.

    Returns
    -------
    float or None
        0 for the law whatever its constants; None for a tree of more than 60 nodes, or one that takes
        seconds to compare.

    Examples
    --------
    >>> from benchmarks.problems import load
    >>> kinetic = load("feynman")[15]
    >>> normalised_distance("0.7 * x**2 * k_spring", kinetic)
    0.0
    >>> round(normalised_distance("0.7 * x * k_spring", kinetic), 3)
    0.333
    """
    return tree_distance(skeleton(as_sympy(candidate)), skeleton(as_sympy(problem.expression)))


def tree_distance(one: Tree, other: Tree) -> float | None:
    """Edit distance of two trees over the size of the larger; None where it is too much to compute."""
    larger = max(one.size(), other.size())
    if larger > MAX_NODES:
        return None
    edits = edit_distance(one, other, time.monotonic() + SECONDS)
    return None if edits is None else min(1.0, edits / larger)


def skeleton(formula: Any) -> Tree:
    """The tree of a SymPy expression with numbers as one symbol."""
    if formula.is_Symbol:
        return Tree(INPUT + formula.name)
    if not formula.free_symbols:
        return Tree(NUMBER)
    if formula.is_Pow:
        return Tree("Pow", (skeleton(formula.base), _exponent(formula.exp)))
    if formula.is_Add or formula.is_Mul:
        return _many(formula)
    return Tree(type(formula).__name__, tuple(skeleton(argument) for argument in formula.args))


def _exponent(exponent: Any) -> Tree:
    if not exponent.is_number or not exponent.is_real:
        return skeleton(exponent)
    twice = 2 * float(exponent)
    return Tree(f"{round(twice)}/2") if abs(twice - round(twice)) < ROUNDING else Tree(NUMBER)


def _many(formula: Any) -> Tree:
    numbers = [argument for argument in formula.args if not argument.free_symbols]
    parts = [skeleton(argument) for argument in formula.args if argument.free_symbols]
    if numbers and not (formula.is_Mul and _is_one(sympy.Mul(*numbers))):
        parts.append(Tree(NUMBER))
    ordered = sorted(parts, key=lambda part: (part.inputs(), part))
    return ordered[0] if len(ordered) == 1 else Tree(type(formula).__name__, tuple(ordered))


def _is_one(number: Any) -> bool:
    try:
        return bool(abs(complex(number) - 1) < ROUNDING)
    except (TypeError, ValueError, OverflowError):
        return False


class _Ordered(NamedTuple):
    """A tree in postorder: labels, the first leaf below each node, and the roots of sub-problems."""

    labels: list[str]
    first: list[int]
    roots: list[int]


def _ordered(tree: Tree) -> _Ordered:
    labels: list[str] = []
    first: list[int] = []

    def visit(node: Tree) -> None:
        leaf = len(labels)
        for part in node.below:
            visit(part)
        labels.append(node.label)
        first.append(leaf)

    visit(tree)
    last_of = {leaf: place for place, leaf in enumerate(first)}
    return _Ordered(labels, first, sorted(last_of.values()))


def edit_distance(one: Tree, other: Tree, deadline: float = float("inf")) -> int | None:
    """Fewest insertions, deletions and renamings of nodes that make one ordered tree the other.

    K. Zhang and D. Shasha, *Simple fast algorithms for the editing distance between trees and related
    problems*, SIAM Journal on Computing 18(6), 1245-1262 (1989).

    Parameters
    ----------
    one, other
        The trees.
    deadline
        By `time.monotonic`; None is returned after it.
    """
    a, b = _ordered(one), _ordered(other)
    known = [[0] * len(b.labels) for _ in a.labels]
    for i in a.roots:
        for j in b.roots:
            if time.monotonic() > deadline:
                return None
            _compare(a, b, i, j, known)
    return known[-1][-1]


def _compare(a: _Ordered, b: _Ordered, i: int, j: int, known: Sequence[list[int]]) -> None:
    """Distances of the forests that end at or before nodes i and j; those of whole trees go to ``known``."""
    first_a, first_b = a.first[i], b.first[j]
    cost = [[x + y for y in range(j - first_b + 2)] for x in range(i - first_a + 2)]
    for x, s in enumerate(range(first_a, i + 1), start=1):
        for y, t in enumerate(range(first_b, j + 1), start=1):
            alone = 1 + min(cost[x - 1][y], cost[x][y - 1])
            if a.first[s] == first_a and b.first[t] == first_b:
                cost[x][y] = min(alone, cost[x - 1][y - 1] + (a.labels[s] != b.labels[t]))
                known[s][t] = cost[x][y]
            else:
                before = cost[a.first[s] - first_a][b.first[t] - first_b]
                cost[x][y] = min(alone, before + known[s][t])
