"""Recursion with a second value that is no result: carried along, as the step of the wanted one needs it.

Second values are recursions themselves, over the same shape: a base and a small step, enumerated once on
random values. Each is tried as a further variable of a plan's last case. What is found becomes one recursion
that gives pairs. Terms of several such values of an argument, such as a sum over a length, need no recursion
of their own.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product
from typing import Any, NamedTuple

from symlaw.language.recursion.program import Apply, Recursive, Scheme, Variable, bits, nodes, places_read
from symlaw.language.recursion.shapes import SHAPES, Shape
from symlaw.language.recursion.table import OPERATORS
from symlaw.language.recursion.types import NUMBER, TEXT, TRUTH, Type
from symlaw.search.recursion.bank import NOTHING, Bank, Entry, applied
from symlaw.search.recursion.cover import programs_for
from symlaw.search.recursion.goals import Candidate, Goal, World
from symlaw.search.recursion.inner import drawn, ran, renamed

_PROBES, _STEP_SIZE, _MOST_TERMS = 8, 5, 1500
# Size of terms, how many are kept, and how many second values are tried, the cheapest first.
_TRIES = ((3, 250, 60), (5, 1200, 12))
# So many where there is an answer without any.
_FEW = (30, 6)
# Bits that a second value costs beside its description.
_SECOND = 4.0
# Those that treat two rests differently come later, as if they were longer by this.
_SLANT = 4.0
_TOGETHER_SIZE, _TOGETHER_TERMS, _MOST_TOGETHER = 3, 2000, 24


class Hidden(NamedTuple):
    """A second value, as a recursion.

    Attributes
    ----------
    type
        Its type.
    base, step
        The small case and the large one, in whose variables the value taken apart comes first.
    bits
        Of its description.
    is_slanted
        Whether it treats two rests differently.
    """

    type: Type
    base: Recursive
    step: Recursive
    bits: float
    is_slanted: bool


class Column(NamedTuple):
    """A second value with its values of each rest, then of the whole, on all rows."""

    hidden: Hidden
    values: list[list[Any]]


class Step(NamedTuple):
    """What becomes of the wanted value, with a second value as further variables."""

    hidden: Hidden
    candidate: Candidate


class Case(NamedTuple):
    """The last case of a way to take one argument apart.

    Attributes
    ----------
    scheme
        Shape and subject.
    small
        Programs for the small case.
    goal
        Of the large case.
    own
        Places of the function's own values of the rests in it.
    """

    scheme: Scheme
    small: list[Candidate]
    goal: Goal
    own: range

    @property
    def shape(self) -> Shape:
        """How the argument is taken apart."""
        return SHAPES[self.scheme.shapes[0]]

    @property
    def start(self) -> int:
        """Place of the value that is taken apart, behind the variables around it."""
        return self.own.start - len(self.shape.names) - 1

    def with_pairs(self, hidden: Hidden, step: Candidate) -> Candidate:
        """The recursion that gives pairs, and its first value."""
        n = self.start
        mine: dict[int, Recursive] = {place: Apply("second", (Variable(place),)) for place in self.own}
        second = renamed(renamed(hidden.step, {}, n), mine, 0)
        moved: dict[int, Recursive] = {place: Apply("first", (Variable(place),)) for place in self.own}
        moved.update(zip(range(self.own.stop, self.own.stop + len(self.own)), mine.values(), strict=True))
        moved[self.own.stop + len(self.own)] = second
        small = self.small[0]
        cases = (
            Apply("pair", (small.program, renamed(hidden.base, {}, n))),
            Apply("pair", (renamed(step.program, moved, 0), second)),
        )
        program = Apply("first", (Scheme(self.scheme.shapes, self.scheme.subjects, cases),))
        # both values are variables of the case; that they come as a pair is how the program is written
        return Candidate(bits(self.scheme) + small.bits + step.bits + hidden.bits + _SECOND, program)


class Seconds:
    """Second values for the cases of one task."""

    def __init__(self, world: World, is_late: Callable[[], bool]) -> None:
        self._world, self._is_late = world, is_late
        self._known: dict[tuple[Any, ...], list[Hidden]] = {}
        self._tried: dict[Scheme, list[Column]] = {}

    def steps(self, case: Case, attempt: int, *, is_known: bool) -> Iterator[Step]:
        """Steps that read a second value, and are right on the rows of the large case."""
        size, most, n = _TRIES[attempt]
        n = _FEW[attempt] if is_known else n
        tried = self._tried.pop(case.scheme, None) or self._first(case)
        scored: list[tuple[int, Column]] = []
        for column in tried[:n]:
            if self._is_late():
                break
            bank = Bank(_with_column(case, column))
            bank.grow(size, most, self._is_late, is_last=True)
            scored.append((_most_right(bank, case), column))
            for step in programs_for(bank, self._is_late):
                if max(places_read(step.program), default=0) >= case.own.stop:
                    yield Step(column.hidden, step)
        # with the first attempt's wrong terms the next one knows what is near
        self._tried[case.scheme] = _in_turns(scored)

    def _first(self, case: Case) -> list[Column]:
        """Second values of the rests and of the whole, those that differ on the rows, the shortest first."""
        subject, name = case.start, case.scheme.shapes[0]
        type_ = case.goal.types[subject]
        assert type_ is not None
        places = (*(subject + 1 + part for part in case.shape.recurs), subject)
        found: dict[str, tuple[int, Column]] = {}
        for hidden in self.of(name, type_):
            if self._is_late():
                break
            values = [_values(name, hidden, [row[at] for row in case.goal.rows]) for at in places]
            if all(values) and (key := repr(values)) not in found:
                column = Column(hidden, values)
                found[key] = (_near(case, column), column)
        return _in_turns(list(found.values()))

    def together(self, goal: Goal, name: str, place: int) -> Iterator[Candidate]:
        """Terms of several second values of one argument."""
        type_ = goal.types[place]
        assert type_ is not None
        found: dict[Any, tuple[Hidden, list[Any]]] = {}
        for hidden in self.of(name, type_):
            values = _values(name, hidden, [row[place] for row in goal.rows])
            if values:
                found.setdefault((hidden.type, repr(values)), (hidden, values))
            if len(found) == _MOST_TOGETHER or self._is_late():
                break
        if len(found) < 2:
            return
        n = len(goal.types)
        rows = _wider(goal.rows, [values for _, values in found.values()])
        types = (*(None if at == place else one for at, one in enumerate(goal.types)),
                 *(hidden.type for hidden, _ in found.values()))  # fmt: skip
        bank = Bank(Goal(types, rows, goal.target, goal.outputs, goal.world))
        bank.grow(_TOGETHER_SIZE, _TOGETHER_TERMS, self._is_late, is_last=True)
        moved: dict[int, Recursive] = {
            n + at: _alone(name, Variable(place), hidden, n) for at, (hidden, _) in enumerate(found.values())
        }
        for one in programs_for(bank, self._is_late):
            program = renamed(one.program, moved, 0)
            yield Candidate(bits(program) + one.bits - bits(one.program), program)

    def of(self, name: str, type_: Type) -> list[Hidden]:
        """Second values of a shape, the shortest first."""
        shape = SHAPES[name]
        key = (shape.small_types(type_), shape.large_types(type_))
        if key not in self._known:
            atoms = [one for one in shape.large_types(type_) if one in (NUMBER, TEXT, TRUTH)]
            found = [
                one
                for result in dict.fromkeys([*atoms, NUMBER, TRUTH])
                for one in self._enumerated(shape, type_, result)
            ]
            self._known[key] = sorted(found, key=lambda hidden: hidden.bits + _SLANT * hidden.is_slanted)
        return self._known[key]

    def _enumerated(self, shape: Shape, type_: Type, result: Type) -> Iterator[Hidden]:
        small = (None, *shape.small_types(type_))
        parts = [None if place in shape.recurs else one for place, one in enumerate(shape.large_types(type_))]
        large = (None, *parts, *(result,) * len(shape.recurs))
        own = list(range(len(large) - len(shape.recurs), len(large)))
        bases = self._terms(small, result, 1)
        probes = self._probes(large)
        for step in self._terms(large, result, _STEP_SIZE):
            if _is_of_one(step, own) or all(_uses(step, place) == 1 for place in own):
                swapped = renamed(step, dict(zip(own, map(Variable, own[::-1]), strict=True)), 0)
                is_slanted = any(ran(step, row) != ran(swapped, row) for row in probes)
                for base in bases:
                    yield Hidden(result, base, step, bits(base) + bits(step), is_slanted)

    def _terms(self, types: tuple[Type | None, ...], result: Type, size: int) -> list[Recursive]:
        """Terms over variables of some types, one for each behaviour on random values."""
        bank = Bank(Goal(types, self._probes(types), result, (), self._world))
        bank.grow(size, _MOST_TERMS, self._is_late)
        return [entry.program for entry in bank.of_type(result)]

    def _probes(self, types: tuple[Type | None, ...]) -> tuple[tuple[Any, ...], ...]:
        draw = random.Random(3)
        return tuple(
            tuple(drawn(draw, one, self._world) if one is not None else None for one in types)
            for _ in range(_PROBES)
        )


def _values(name: str, hidden: Hidden, given: list[Any]) -> list[Any]:
    """A second value of several values; nothing where one has none, or where all are the same."""
    program = _alone(name, Variable(0), hidden, 1)
    values = [ran(program, (one,)) for one in given]
    if NOTHING in values or all(one == values[0] for one in values):
        return []
    return values


def _with_column(case: Case, column: Column) -> Goal:
    """The large case with second values as further variables; what is taken apart is not read."""
    goal, subject = case.goal, case.start
    banned = {subject, *(subject + 1 + part for part in case.shape.recurs)}
    types = [None if place in banned else one for place, one in enumerate(goal.types)]
    types += [column.hidden.type] * len(column.values)
    return replace(goal, types=tuple(types), rows=_wider(goal.rows, column.values))


def _most_right(bank: Bank, case: Case) -> int:
    """On how many rows the best term that reads a second value is right."""
    return max(
        (
            sum(value == output for value, output in zip(entry.values, case.goal.outputs, strict=True))
            for entry in bank.of_type(case.goal.target)
            if max(places_read(entry.program), default=0) >= case.own.stop
        ),
        default=0,
    )


def _in_turns(scored: list[tuple[int, Column]]) -> list[Column]:
    """The first ones and those with the best scores by turns, since a score alone may mislead."""
    best = sorted(scored, key=lambda one: -one[0])
    turns = [column for pair in zip(scored, best, strict=True) for _, column in pair]
    return list({id(column): column for column in turns}.values())


def _near(case: Case, column: Column) -> int:
    """On how many rows one operator on a second value and something else is right, at most."""
    goal = _with_column(case, column)
    entries = [
        (type_, Entry(Variable(place), tuple(row[place] for row in goal.rows), 0.0))
        for place, type_ in enumerate(goal.types)
        if type_ is not None
    ]
    best = 0
    for row in OPERATORS.values():
        if len(row.arguments) != 2 or row.result != goal.target:
            continue
        for (one, left), (other, right) in product(entries, entries[-len(column.values) :]):
            if row.arguments == (one, other):
                values = applied(row, (left, right)).values
                best = max(best, sum(a == b for a, b in zip(values, goal.outputs, strict=True)))
    return best


def _wider(rows: tuple[tuple[Any, ...], ...], columns: list[list[Any]]) -> tuple[tuple[Any, ...], ...]:
    """Rows with more columns."""
    return tuple((*row, *more) for row, more in zip(rows, zip(*columns, strict=True), strict=True))


def _alone(name: str, subject: Recursive, hidden: Hidden, n: int) -> Scheme:
    """A second value as a recursion by itself, within n variables."""
    return Scheme((name,), (subject,), (renamed(hidden.base, {}, n), renamed(hidden.step, {}, n)))


def _is_of_one(step: Recursive, own: list[int]) -> bool:
    """Whether a step is a variable, such as a first element, a label, or what is last."""
    return isinstance(step, Variable) and (step.place not in own or len(own) == 1)


def _uses(program: Recursive, place: int) -> int:
    return sum(one == Variable(place) for one in nodes(program))
