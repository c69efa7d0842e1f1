"""A bank of values: for each behaviour on the examples the cheapest expressions that have it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from symlaw.language.programs.program import Call, Input, Literal, Program
from symlaw.language.programs.table import OPERATORS
from symlaw.search.programs.description import INPUT, literal_bits

# Expressions kept that agree on the examples and differ on other rows.
_ALTERNATIVES = 6
# Bits for each row without examples in which an expression has no value, as a share of all.
_MISSING = 8.0


class Entry(NamedTuple):
    """An expression and what it gives in each row.

    Attributes
    ----------
    values
        One for each example, then one for each probe row; None where there is none.
    cost
        Bits of its description.
    program
        The expression.
    """

    values: tuple[Any, ...]
    cost: float
    program: Program


@dataclass(frozen=True)
class Task:
    """What is asked.

    Attributes
    ----------
    rows
        Texts of the input columns: the examples' rows, then rows without an answer (probes).
    outputs
        The examples' answers; None where there is none.
    """

    rows: tuple[tuple[str, ...], ...]
    outputs: tuple[str | None, ...]

    @property
    def n(self) -> int:
        """Number of examples."""
        return len(self.outputs)

    @property
    def everything(self) -> int:
        """The set of all examples as bits."""
        return (1 << self.n) - 1


@dataclass
class Bank:
    """Entries of one type, by their behaviour.

    Attributes
    ----------
    task
        What is asked.
    is_late
        Whether to stop filling it.
    groups
        Entries by their values on the examples, cheapest first, of which no two agree on all probes.
    work
        Values computed so far.
    most_work
        So many of them, after which no more parts of texts are taken.
    """

    task: Task
    is_late: Callable[[], bool] = lambda: False
    groups: dict[tuple[Any, ...], list[Entry]] = field(default_factory=dict)
    work: int = 0
    most_work: float = float("inf")

    def is_full(self) -> bool:
        """Whether to take no more parts of texts."""
        return self.work > self.most_work or self.is_late()

    def add(self, values: tuple[Any, ...], cost: float, program: Program) -> bool:
        """Take an expression in, unless a cheaper one does the same; whether its behaviour is new."""
        self.work += len(values)
        key = values[: self.task.n]
        group = self.groups.get(key)
        if group is None:
            if not any(value is not None for value in key):
                return False
            self.groups[key] = [Entry(values, cost + gaps(values, self.task.n), program)]
            return True
        cost += gaps(values, self.task.n)
        for place, other in enumerate(group):
            if other.values == values:
                if cost < other.cost:
                    group[place] = Entry(values, cost, program)
                    group.sort(key=_by_cost)
                return False
        if len(group) < _ALTERNATIVES or cost < group[-1].cost:
            group.append(Entry(values, cost, program))
            group.sort(key=_by_cost)
            del group[_ALTERNATIVES:]
        return False

    def cheapest(self) -> list[Entry]:
        """The cheapest entry of each behaviour, cheapest first."""
        return sorted((group[0] for group in self.groups.values()), key=_by_cost)

    def entries(self) -> list[Entry]:
        """All entries."""
        return [entry for group in self.groups.values() for entry in group]


def gaps(values: tuple[Any, ...], n: int) -> float:
    """Bits for the rows without examples in which there is no value."""
    probes = len(values) - n
    return _MISSING * values[n:].count(None) / probes if probes else 0.0


def _by_cost(entry: Entry) -> float:
    return entry.cost


def inputs(task: Task) -> list[Entry]:
    """The input columns."""
    width = len(task.rows[0])
    return [Entry(tuple(row[place] for row in task.rows), INPUT, Input(place)) for place in range(width)]


def call(name: str, parts: Sequence[Entry], *literals: Any) -> Entry:
    """An operator on entries, then literals."""
    row = OPERATORS[name]
    function = row.function
    if len(parts) == 1:
        values = tuple(None if value is None else function(value, *literals) for value in parts[0].values)
    else:
        values = tuple(
            None if None in given else function(*given, *literals)
            for given in zip(*(part.values for part in parts), strict=True)
        )
    cost = row.cost + sum(part.cost for part in parts)
    if literals:
        kinds = row.arguments[len(parts) :]
        cost += sum(literal_bits(kind, value) for kind, value in zip(kinds, literals, strict=True))
    arguments = (*(part.program for part in parts), *(Literal(value) for value in literals))
    return Entry(values, cost, Call(name, arguments))
