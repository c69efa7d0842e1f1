"""Fitted numbers that are named constants as far as the data tell, by their names."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from symlaw.language.expression import Constant, Expression, Node, Variable
from symlaw.language.operators import Operator, operator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from symlaw.language.grammar import Language
    from symlaw.search.archive import Entry
    from symlaw.search.problem import Problem
    from symlaw.search.scoring.confirmers.rows import Confirmer

# A number is compared with the data's help where it is this near to a named constant, relatively.
_NEAR = 0.2


def renamed(entry: Entry, confirmer: Confirmer, problem: Problem, room: float) -> Entry:
    """An entry with named constants instead of numbers where the loss does not mind.

    Parameters
    ----------
    entry
        Fitted on all rows, in least squares.
    confirmer, problem
        Of these rows.
    room
        Complexity that it may have at most.
    """
    changed = True
    while changed:
        changed = False
        for other in _with_a_name(entry.expression, problem.language):
            if problem.language.complexity(other) > room or not problem.language.admits(other):
                continue
            loss = confirmer.loss_as_it_is(other)
            if _is_as_good(loss, entry.loss, problem):
                complexity = problem.language.complexity(other)
                entry, changed = replace(entry, expression=other, complexity=complexity, loss=loss), True
                break
    return entry


def _is_as_good(loss: float, best: float, problem: Problem) -> bool:
    """Whether the data do not pay for a number of their own (Rissanen 1978)."""
    floor, n_rows = problem.loss_floor, problem.n_rows
    if not math.isfinite(loss):
        return False
    return 0.5 * n_rows * math.log(max(loss, floor) / max(best, floor)) < 0.5 * math.log(n_rows)


def _with_a_name(formula: Expression, language: Language) -> Iterator[Expression]:
    """The formula with one of its numbers replaced, every way whose value is near the number."""
    square = next((row for row in language.operators if row.exponent == 2), None)
    for place, node in enumerate(formula.nodes):
        if not isinstance(node, Constant) or not node.value:
            continue
        for name, value in language.named.items():
            own = Variable(name, value)
            ways: list[tuple[float, tuple[Node, ...]]] = [(value, (own,))]
            ways += [(value * value, (own, square))] if square is not None else []
            for size, nodes in ways:
                if _near(node.value, size):
                    yield Expression((*formula.nodes[:place], *nodes, *formula.nodes[place + 1 :]))
                if _near(node.value, 1.0 / size):
                    yield from _divided(formula, place, nodes)


def _near(value: float, other: float) -> bool:
    return abs(value / other - 1.0) < _NEAR


def _divided(formula: Expression, place: int, nodes: tuple[Node, ...]) -> Iterator[Expression]:
    """The formula with the factor at a place replaced by a division, where a factor is there."""
    for end, root in enumerate(formula.nodes):
        if not isinstance(root, Operator) or root.name != "*":
            continue
        begin, middle = formula.starts[end], formula.starts[end - 1]
        if begin == place and middle == place + 1:
            other = formula.nodes[middle:end]
        elif middle == place and end == place + 1:
            other = formula.nodes[begin:middle]
        else:
            continue
        quotient = (*other, *nodes, operator("/"))
        yield Expression((*formula.nodes[:begin], *quotient, *formula.nodes[end + 1 :]))
