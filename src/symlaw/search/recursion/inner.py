"""Small schemes inside of programs: folds and maps whose steps are enumerated on random values.

A step is a term over five variables: a value from outside, the list that is taken apart, its first element,
its rest, and the fold's value of the rest. Steps that do the same on random values are one.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from symlaw.engine.recursion.interpret import NO_VALUE, Meter, run
from symlaw.language.recursion.program import (
    Apply,
    Choice,
    Constant,
    Recursive,
    Scheme,
    Variable,
    bits,
    nodes,
)
from symlaw.language.recursion.types import NUMBER, TRUTH, Type
from symlaw.search.recursion.bank import NOTHING, UNKNOWN, Bank, Entry, kept
from symlaw.search.recursion.goals import Goal, World, within

_PROBES, _STEP_SIZE, _MOST_TERMS, _MOST_STEPS, _MOST_PAIRED = 8, 5, 2500, 40, 12
_OUTSIDE, _WHOLE, _FIRST, _REST, _AGAIN = range(5)
_METER = 20_000


class Step(NamedTuple):
    """The large case of a fold, or what becomes of two elements."""

    program: Recursive
    size: int
    reads_outside: bool


class Inner:
    """Small schemes for the banks of one task."""

    def __init__(self, world: World, is_late: Callable[[], bool]) -> None:
        self._world, self._is_late = world, is_late
        self._steps: dict[tuple[Type, ...], list[Step]] = {}
        self._values: dict[tuple[Any, ...], Any] = {}

    def extras(self, bank: Bank, size: int) -> Iterator[tuple[Type, Entry]]:
        """Folds over variables, of one size; zips of two lists."""
        for type_ in self._world.types:
            if type_[0] == "list":
                for subject in _variables(bank, type_):
                    yield from self._folds(bank, size, type_, subject)
        yield from self._zips(bank, size)

    def _folds(self, bank: Bank, size: int, type_: Type, subject: Entry) -> Iterator[tuple[Type, Entry]]:
        for result in results_of(bank.goal):
            for outside in _atoms(bank, type_[1]):
                kind = type_[1] if outside is not None else ("unknown",)
                for step in self.steps(type_, result, kind):
                    if step.reads_outside != (outside is not None):
                        continue
                    left = size - step.size
                    if left < 1 or left > 3 or self._is_late():
                        continue
                    for base in bank.of_type(result, left):
                        if _is_plain(base.program):
                            yield result, self._fold(bank.goal, step, subject, base, outside)

    def _fold(self, goal: Goal, step: Step, subject: Entry, base: Entry, outside: Entry | None) -> Entry:
        beside = outside.values if outside is not None else (None,) * len(goal.rows)
        values = tuple(
            self._folded(step.program, *given)
            for given in zip(beside, subject.values, base.values, strict=True)
        )
        program = _placed(step.program, len(goal.types), outside.program if outside is not None else None)
        scheme = Scheme(("list",), (subject.program,), (base.program, program))
        return Entry(scheme, values, bits(scheme))

    def _folded(self, step: Recursive, beside: Any, xs: Any, base: Any) -> Any:
        """A fold's value; the same ones come up again and again."""
        if any(value is UNKNOWN for value in (base, xs, beside)):
            return UNKNOWN
        if base is NOTHING or xs is None:
            return NOTHING
        key = (id(step), beside, xs, base, type(base))
        if key not in self._values:
            self._values[key] = _walked(step, beside, xs, base)
        return self._values[key]

    def steps(self, type_: Type, result: Type, outside: Type) -> list[Step]:
        """Steps of folds from a kind of list to a type, the smallest first."""
        key = (type_, result, outside)
        if key not in self._steps:
            self._steps[key] = self._enumerated(*key)
        return self._steps[key]

    def _enumerated(self, type_: Type, result: Type, outside: Type) -> list[Step]:
        draw = random.Random(1)
        rows = []
        for place in range(_PROBES):
            xs = drawn(draw, type_, self._world) or (drawn(draw, type_[1], self._world),)
            beside = xs[0] if place % 2 else drawn(draw, outside, self._world)
            rows.append((beside, xs, xs[0], xs[1:], drawn(draw, result, self._world)))
        known = outside[0] != "unknown"
        types = (outside if known else None, None, type_[1], None, result)
        bank = Bank(Goal(types, tuple(rows), result, (), self._world))
        bank.grow(_STEP_SIZE, _MOST_TERMS, self._is_late)
        found = [_step(entry.program) for entry in bank.of_type(result) if _reads(entry.program, _AGAIN)]
        found = [step for step in found if step.reads_outside == known and step.size > 1][:_MOST_STEPS]
        return found + (self._choosing(bank, result, type_) if known else [])

    def _choosing(self, bank: Bank, result: Type, type_: Type) -> list[Step]:
        """Steps that take the fold's value of the rest, or one term more, by a comparison."""
        again = Variable(_AGAIN)
        conditions = [
            entry.program
            for entry in bank.of_type(TRUTH, 3)
            if _reads(entry.program, _OUTSIDE)
            and _reads(entry.program, _FIRST)
            and isinstance(entry.program, Apply)
        ]
        more = [
            entry.program
            for size in (2, 3)
            for entry in bank.of_type(result, size)
            if _reads(entry.program, _AGAIN) and not _reads(entry.program, _OUTSIDE)
        ][:3]
        found = []
        for condition in conditions:
            if isinstance(condition, Apply) and condition.name in ("same", "less"):
                for one in more:
                    found += [_step(Choice(condition, again, one)), _step(Choice(condition, one, again))]
        # as large as a fold without a choice is, since it is as usual
        return [Step(step.program, 4, True) for step in found]

    def _zips(self, bank: Bank, size: int) -> Iterator[tuple[Type, Entry]]:
        lists = [type_ for type_ in self._world.types if type_[0] == "list"]
        for one in lists:
            for other in lists:
                for result in (type_ for type_ in results_of(bank.goal) if type_[0] == "list"):
                    for left in _variables(bank, one):
                        for right in _variables(bank, other):
                            if left is not right and not self._is_late():
                                yield from self._zipped(bank, size, (one, other, result), (left, right))

    def _zipped(
        self, bank: Bank, size: int, types: tuple[Type, Type, Type], subjects: tuple[Entry, Entry]
    ) -> Iterator[tuple[Type, Entry]]:
        is_long = types[0] == types[1] == types[2]
        n = len(bank.goal.types)
        for step in self._pairings(*types):
            if size != 3 + min(step.size, 3):
                continue
            # the whole lists are at n and n + 1; then come first and rest of the one and of the other
            large = Apply("cons", (renamed(step.program, {0: Variable(n + 2), 1: Variable(n + 4)}, n + 5),
                                   Variable(n + 6)))  # fmt: skip
            nil = Apply("nil", ())
            for rests in ((nil, nil), (Variable(n + 1), Variable(n)))[: 1 + is_long]:
                scheme = Scheme(
                    ("list", "list"), (subjects[0].program, subjects[1].program), (nil, *rests, large)
                )
                both = zip(subjects[0].values, subjects[1].values, bank.goal.rows, strict=True)
                values = tuple(
                    UNKNOWN if one is UNKNOWN or other is UNKNOWN else ran(scheme, row)
                    for one, other, row in both
                )
                yield types[2], Entry(scheme, values, bits(scheme))

    def _pairings(self, one: Type, other: Type, result: Type) -> list[Step]:
        """What becomes of two elements, a fold of one of them included."""
        key = (("zip",), one, other, result)
        if key not in self._steps:
            draw = random.Random(2)
            rows = tuple(
                (drawn(draw, one[1], self._world), drawn(draw, other[1], self._world)) for _ in range(_PROBES)
            )
            goal = Goal((one[1], other[1]), rows, result[1], (), self._world)
            bank = Bank(goal, self._folds_of_both)
            bank.grow(6, _MOST_TERMS, self._is_late)
            found = [entry.program for entry in bank.of_type(result[1]) if _reads(entry.program, 0)]
            both = [program for program in found if _reads(program, 1)]
            self._steps[key] = [_step(program) for program in both[:_MOST_PAIRED]]
        return self._steps[key]

    def _folds_of_both(self, bank: Bank, size: int) -> Iterator[tuple[Type, Entry]]:
        for type_ in self._world.types:
            if type_[0] == "list":
                for subject in _variables(bank, type_):
                    yield from self._folds(bank, size, type_, subject)


def results_of(goal: Goal) -> list[Type]:
    """Types that small schemes give: parts of what is wanted, truths and numbers."""
    found = [type_ for type_ in within(goal.target) if type_[0] in ("list", "truth", "number")]
    return list(dict.fromkeys([*found, TRUTH, NUMBER]))


def _variables(bank: Bank, type_: Type) -> list[Entry]:
    return [entry for entry in bank.of_type(type_, 1) if isinstance(entry.program, Variable)]


def _atoms(bank: Bank, type_: Type) -> list[Entry | None]:
    """What steps may read from outside: nothing, or a variable that an element can be compared with."""
    return [None, *(_variables(bank, type_))]


def _is_plain(program: Recursive) -> bool:
    return not any(isinstance(one, (Scheme, Choice)) for one in nodes(program))


def _reads(program: Recursive, place: int) -> bool:
    return any(isinstance(one, Variable) and one.place == place for one in nodes(program))


def _step(program: Recursive) -> Step:
    return Step(program, sum(1 for _ in nodes(program)), _reads(program, _OUTSIDE))


def _walked(step: Recursive, beside: Any, xs: Any, base: Any) -> Any:
    value = base
    meter = Meter(_METER)
    try:
        for place in reversed(range(len(xs))):
            value = kept(run(step, (beside, xs[place:], xs[place], xs[place + 1 :], value), meter))
            if value is NOTHING:
                return NOTHING
    except NO_VALUE:
        return NOTHING
    return value


def ran(program: Recursive, row: tuple[Any, ...]) -> Any:
    """What a program gives, `NOTHING` where that is nothing."""
    try:
        return kept(run(program, row, Meter(_METER)))
    except NO_VALUE:
        return NOTHING


def _placed(step: Recursive, n: int, outside: Recursive | None) -> Recursive:
    """A step with its variables where a scheme has them, behind the n around it."""
    moved: dict[int, Recursive] = {place: Variable(n + place - 1) for place in range(1, 5)}
    if outside is not None:
        moved[_OUTSIDE] = outside
    return renamed(step, moved, n)


def renamed(program: Recursive, moved: dict[int, Recursive], shift: int) -> Recursive:
    """A program with other variables; those of schemes inside move by a shift."""
    if isinstance(program, Variable):
        return moved.get(program.place, Variable(program.place + shift))
    if isinstance(program, Constant):
        return program
    if isinstance(program, Apply):
        return Apply(program.name, tuple(renamed(one, moved, shift) for one in program.arguments))
    if isinstance(program, Choice):
        parts = (program.condition, program.then, program.otherwise)
        return Choice(*(renamed(one, moved, shift) for one in parts))
    subjects = tuple(renamed(one, moved, shift) for one in program.subjects)
    cases = tuple(None if one is None else renamed(one, moved, shift) for one in program.cases)
    return Scheme(program.shapes, subjects, cases)


def drawn(draw: random.Random, type_: Type, world: World, depth: int = 3) -> Any:
    """A small random value of a type."""
    kind = type_[0]
    if kind == "number":
        return draw.randrange(-3, 9)
    if kind == "truth":
        return draw.random() < 0.5
    if kind == "text":
        return draw.choice(world.texts or ("a", "b", "c"))
    if kind == "unknown":
        return None
    if kind == "list":
        return tuple(drawn(draw, type_[1], world, depth - 1) for _ in range(draw.randrange(4)))
    if kind == "pair":
        return (drawn(draw, type_[1], world), drawn(draw, type_[2], world))
    if depth <= 0 or draw.random() < 0.3:
        return () if kind == "labelled" else drawn(draw, type_[1], world)
    left, right = drawn(draw, type_, world, depth - 1), drawn(draw, type_, world, depth - 1)
    return (left, right) if kind == "leafy" else (left, drawn(draw, type_[-1], world), right)
