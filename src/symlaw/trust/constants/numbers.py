"""The numbers that stand in a formula, those of groups of rows among them, and its slopes by each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from symlaw.engine import reference
from symlaw.engine.differentiate import TooLong, value_and_jacobian
from symlaw.engine.evaluate import evaluate
from symlaw.language.expression import Constant, Expression, Variable
from symlaw.language.operators import Operator
from symlaw.language.printers.notation import rounded
from symlaw.language.user_operators.lookup import lookup

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from symlaw.language.expression import Node

    Array = NDArray[np.float64]


class GroupNumber(NamedTuple):
    """A constant that a group of rows has of its own.

    Attributes
    ----------
    name
        Of the parameter, which is that of the lookup.
    column, level
        Which column tells groups, and its number for this one.
    """

    name: str
    column: str
    level: float

    def name_at(self, labels: Sequence[str] | None = None) -> str:
        """As ``a[0]``, or ``a[cold]`` where ``labels`` say what groups are called, by number."""
        return f"{self.name}[{self.label(labels)}]"

    def label(self, labels: Sequence[str] | None = None) -> str:
        """What the group is called."""
        known = labels is not None and 0 <= self.level < len(labels)
        return str(labels[int(self.level)]) if known and labels else f"{self.level:g}"


def group_numbers(expression: Expression) -> list[GroupNumber]:
    """Constants of groups, lookup by lookup as they first stand; none where the formula has no lookups."""
    return [
        GroupNumber(name, column, level)
        for name, (column, row) in _lookups(expression).items()
        for level, _ in row.table
    ]


class GroupConstant(NamedTuple):
    """A constant of one group as it is shown.

    Attributes
    ----------
    name
        Of the parameter.
    group
        What the group is called.
    value
        With the digits that the data say.
    """

    name: str
    group: str
    value: str


def group_constants(
    expression: Expression, digits: int = 6, labels: Sequence[str] | None = None
) -> list[GroupConstant]:
    """Constants of groups as they are shown; ``digits`` of them where the data do not say how many."""
    own = group_numbers(expression)
    values = all_numbers(expression).tolist()[len(expression.constants) :]
    known = (expression.digits or ())[len(expression.constants) :] or [digits] * len(own)
    return [
        GroupConstant(one.name, one.label(labels), rounded(value, number))
        for one, value, number in zip(own, values, known, strict=True)
    ]


def all_numbers(expression: Expression) -> Array:
    """Values of the constants, left to right, and then of the groups' constants (n_numbers,)."""
    tables = (row.table for _, row in _lookups(expression).values())
    return np.array([*expression.constants, *(value for table in tables for _, value in table)], dtype=float)


def with_numbers(expression: Expression, numbers: Sequence[float]) -> Expression:
    """The formula with other numbers, in the order of `all_numbers`."""
    own = [float(number) for number in numbers]
    n_constants = len(expression.constants)
    made = expression.with_constants(own[:n_constants])
    rest = iter(own[n_constants:])
    others = {
        name: lookup(name, [level for level, _ in row.table], [next(rest) for _ in row.table])
        for name, (_, row) in _lookups(expression).items()
    }
    if not others:
        return made
    nodes = (others[n.name] if isinstance(n, Operator) and n.table else n for n in made.nodes)
    return Expression(tuple(nodes))


def by_numbers(expression: Expression, X: Array, columns: Sequence[str]) -> tuple[Array, Array]:
    """Values (n_samples,) and their derivatives by all numbers (n_samples, n_numbers).

    Rows of groups that the formula has no constants for have the value nan.
    """
    lookups = _lookups(expression)
    if not lookups:
        return values_and_slopes(expression, X, columns)
    own = group_numbers(expression)
    n_constants = len(expression.constants)
    values = np.full(len(X), np.nan)
    slopes = np.zeros((len(X), n_constants + len(own)))
    looked_at = [
        list(columns).index(name) for name in dict.fromkeys(column for column, _ in lookups.values())
    ]
    for levels in np.unique(X[:, looked_at], axis=0):
        rows = np.flatnonzero((X[:, looked_at] == levels).all(axis=1))
        at = dict(zip((columns[place] for place in looked_at), levels.tolist(), strict=True))
        if any(at[column] not in dict(row.table) for column, row in lookups.values()):
            continue
        plain, places = _at(expression, at, own)
        values[rows], by_constant = values_and_slopes(plain, X[rows], columns)
        for place, slope in zip(places, by_constant.T, strict=True):
            slopes[rows, place] += slope
    return values, slopes


def _at(
    expression: Expression, at: dict[str, float], own: Sequence[GroupNumber]
) -> tuple[Expression, list[int]]:
    """The formula of one group, and which number each of its constants is."""
    nodes: list[Node] = []
    places: list[int] = []
    n_constants = len(expression.constants)
    shared = 0
    for node in expression.nodes:
        if isinstance(node, Operator) and node.table:
            # the column that it looks at stands right before it
            column = nodes[-1]
            assert isinstance(column, Variable)
            level = at[column.name]
            nodes[-1] = Constant(dict(node.table)[level])
            places.append(n_constants + own.index(GroupNumber(node.name, column.name, level)))
            continue
        if isinstance(node, Constant):
            places.append(shared)
            shared += 1
        nodes.append(node)
    return Expression(tuple(nodes)), places


def _lookups(expression: Expression) -> dict[str, tuple[str, Operator]]:
    """Lookups by name, each with the column that it looks at."""
    found: dict[str, tuple[str, Operator]] = {}
    for before, node in zip(expression.nodes, expression.nodes[1:], strict=False):
        if isinstance(node, Operator) and node.table and isinstance(before, Variable):
            found[node.name] = (before.name, node)
    return found


def values_and_slopes(expression: Expression, X: Array, columns: Sequence[str]) -> tuple[Array, Array]:
    """Values (n_samples,) and derivatives by all constants without a name (n_samples, n_constants).

    Of formulas too long for exact derivatives these are central differences.
    """
    try:
        values, slopes = value_and_jacobian(expression, X, columns)
    except TooLong:
        table = dict(zip(columns, X.T, strict=True))
        with np.errstate(all="ignore"):
            return evaluate([expression], X, columns)[0], reference.jacobian(expression, table)
    # named constants count as numbers there, left to right as they stand
    numbers = [node for node in expression.nodes if isinstance(node, (Constant, Variable))]
    own = [isinstance(node, Constant) for node in numbers if node.value is not None]
    return values, slopes if all(own) else slopes[:, own]
