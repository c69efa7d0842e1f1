"""Tapes: batches of expressions as flat arrays, what the engine computes on.

A node is a ``code`` and, where it needs one, a variable's column or a constant's value. Codes belong to
a list of operators: `CONSTANT`, `VARIABLE`, then the operators in their order from `FIRST_OPERATOR`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from symlaw.errors import SymlawError
from symlaw.language.expression import Constant, Expression, Node, Variable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from symlaw.language.operators import Operator

CONSTANT = 0
VARIABLE = 1
FIRST_OPERATOR = 2


class UnknownVariable(SymlawError, KeyError):
    """A formula uses a column that the data do not have."""

    __str__ = Exception.__str__


class Tape(NamedTuple):
    """Expressions laid end to end.

    Attributes
    ----------
    codes
        Node codes, int16 (n_nodes,), postfix.
    columns
        Column of each variable node, int16 (n_nodes,).
    values
        Value of each constant node, float64 (n_nodes,).
    starts
        Where each expression begins, and the end of the last, int64 (n_expressions + 1,).
    """

    codes: NDArray[np.int16]
    columns: NDArray[np.int16]
    values: NDArray[np.float64]
    starts: NDArray[np.int64]


def to_tape(
    expressions: Sequence[Expression], operators: Sequence[Operator], variables: Sequence[str]
) -> Tape:
    """Expressions as one tape; named constants are constants on it.

    Raises
    ------
    UnknownVariable
        When an expression uses a column that is not among ``variables``.
    """
    code_of = {row.identity: FIRST_OPERATOR + place for place, row in enumerate(operators)}
    column_of = {name: place for place, name in enumerate(variables)}
    total = sum(len(e.nodes) for e in expressions)
    codes, columns = np.zeros(total, np.int16), np.zeros(total, np.int16)
    values = np.zeros(total)
    starts = np.zeros(len(expressions) + 1, np.int64)
    place = 0
    for number, expression in enumerate(expressions):
        for node in expression.nodes:
            if isinstance(node, Constant) or (isinstance(node, Variable) and node.value is not None):
                values[place] = node.value
            elif isinstance(node, Variable):
                codes[place] = VARIABLE
                columns[place] = _column(node.name, column_of)
            else:
                codes[place] = code_of[node.identity]
            place += 1
        starts[number + 1] = place
    return Tape(codes, columns, values, starts)


def _column(name: str, column_of: dict[str, int]) -> int:
    if name not in column_of:
        known = ", ".join(column_of)
        raise UnknownVariable(f"the formula uses column {name!r}, but the data have only: {known}")
    return column_of[name]


def from_nodes(
    codes: NDArray[Any],
    columns: NDArray[Any],
    values: NDArray[Any],
    operators: Sequence[Operator],
    variables: Sequence[str],
) -> Expression:
    """One expression back from its arrays."""
    nodes: list[Node] = []
    for code, column, value in zip(codes.tolist(), columns.tolist(), values.tolist(), strict=True):
        if code == CONSTANT:
            nodes.append(Constant(value))
        elif code == VARIABLE:
            nodes.append(Variable(variables[column]))
        else:
            nodes.append(operators[code - FIRST_OPERATOR])
    return Expression(tuple(nodes))


def operators_of(expressions: Sequence[Expression]) -> tuple[Operator, ...]:
    """The operators that occur, in order of first use."""
    found: dict[tuple[str, str], Operator] = {}
    for expression in expressions:
        for node in expression.nodes:
            if not isinstance(node, (Variable, Constant)):
                found.setdefault(node.identity, node)
    return tuple(found.values())
