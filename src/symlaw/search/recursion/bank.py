"""A bank of terms: one for each behaviour on the rows of a goal, built from small to large."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

from symlaw.engine.recursion.interpret import NO_VALUE
from symlaw.language.recursion.program import Apply, Constant, Recursive, Variable, bits
from symlaw.language.recursion.table import OPERATORS, RecursiveOperator, bound, filled
from symlaw.language.recursion.types import NUMBER, TEXT, TRUTH, Type
from symlaw.search.recursion.goals import Goal, within

# Numbers beyond this are not looked at, nor lists longer than this.
_LARGEST, _LONGEST = 10**9, 200
# Terms computed for each one that may be kept: most behave as another one does. Work and not time decides
# what is searched, so that answers are the same everywhere.
_TRIED = 10


class _Sign:
    """Stands where there is no value to compute with."""


# A term has no value; a value that no example says, such as the function's own of a rest.
NOTHING, UNKNOWN = _Sign(), _Sign()
Values = tuple[Any, ...]


class Entry(NamedTuple):
    """A term with its values on all rows."""

    program: Recursive
    values: Values
    bits: float
    serial: int = 0


class Bank:
    """Terms over a goal's variables.

    Parameters
    ----------
    goal
        Its variables, rows and types; its outputs are not looked at.
    extras
        Gives more entries of a size, from those that there are, with their types.
    levels
        By how much operators make a term larger, those that are not named by 1.
    """

    def __init__(
        self,
        goal: Goal,
        extras: Callable[[Bank, int], Iterator[tuple[Type, Entry]]] | None = None,
        levels: Mapping[str, int] | None = None,
    ) -> None:
        self.goal = goal
        self.size, self.count, self.work = 0, 0, 0
        self._levels = levels or {}
        self._extras = extras
        self._by_type: dict[Type, list[list[Entry]]] = {}
        self._seen: set[tuple[Type, Values]] = set()
        # nothing is made that the result has no part of: what takes it apart again would give its parts
        self._made = within(goal.target)
        world = goal.world
        self._has = {"": True, "missing": world.has_missing, "fractions": world.has_fractions}

    def of_type(self, type_: Type, size: int | None = None) -> list[Entry]:
        """Entries of a type, of one size or of all, the smallest first."""
        sizes = self._by_type.get(type_, [])
        if size is not None:
            return sizes[size] if size < len(sizes) else []
        return [entry for entries in sizes for entry in entries]

    def grow(self, size: int, most: int, is_late: Callable[[], bool], *, is_last: bool = False) -> None:
        """Add all terms up to a size, while fewer than so many are kept, and few enough are tried.

        The last time terms of the largest size are left out that are neither wanted nor conditions.
        """
        while self.size < size and not self._is_full(most) and not is_late():
            self.size += 1
            for type_, entry in self._terms(is_late, is_last=is_last and self.size == size):
                self._add(type_, entry)
                if self._is_full(most):
                    return
            if self._extras is not None:
                left = _TRIED * most - self.work
                for type_, entry in list(islice(self._extras(self, self.size), left)):
                    self._add(type_, entry)

    def _terms(self, is_late: Callable[[], bool], *, is_last: bool) -> Iterator[tuple[Type, Entry]]:
        types = [TRUTH, *self._made] if is_last else self.goal.world.types
        return self._leaves() if self.size == 1 else self._calls(self.size, types, is_late)

    def _is_full(self, most: int) -> bool:
        return self.count >= most or self.work >= _TRIED * most

    def _add(self, type_: Type, entry: Entry) -> None:
        self.work += 1
        key = (type_, entry.values)
        if key in self._seen or all(value is NOTHING or value is UNKNOWN for value in entry.values):
            return
        self._seen.add(key)
        sizes = self._by_type.setdefault(type_, [])
        while len(sizes) <= self.size:
            sizes.append([])
        sizes[self.size].append(entry._replace(serial=self.count))
        self.count += 1

    def _leaves(self) -> Iterator[tuple[Type, Entry]]:
        goal = self.goal
        n = len(goal.rows)
        for place, type_ in enumerate(goal.types):
            if type_ is not None:
                yield type_, _leaf(Variable(place), [row[place] for row in goal.rows])
        constants: list[tuple[Type, Any]] = [(NUMBER, 0), (NUMBER, 1), (TRUTH, False), (TRUTH, True)]
        constants += [(TEXT, text) for text in goal.world.texts]
        if goal.world.has_missing:
            constants.append((goal.target, None))
        for type_, value in constants:
            yield type_, _leaf(Constant(value), [value] * n)
        for row in OPERATORS.values():
            if not row.arguments:
                for type_ in self._made:
                    if bound(row.result, type_, {}):
                        yield type_, _leaf(Apply(row.name, ()), [row.function()] * n)

    def _calls(
        self, size: int, types: Sequence[Type], is_late: Callable[[], bool]
    ) -> Iterator[tuple[Type, Entry]]:
        for row in OPERATORS.values():
            if not row.arguments or not self._has[row.needs]:
                continue
            for entries, names in self._arguments(row, 0, size - self._levels.get(row.name, 1), {}):
                result = self._result(row, names, types)
                if result is None or _is_idle(row, entries):
                    continue
                if is_late():
                    return
                yield result, applied(row, entries)

    def _result(self, row: RecursiveOperator, names: dict[str, Type], types: Sequence[Type]) -> Type | None:
        try:
            result = filled(row.result, names)
        except KeyError:
            return None
        allowed = types if row.undone is None else self._made
        return result if result in allowed else None

    def _arguments(
        self, row: RecursiveOperator, place: int, left: int, names: dict[str, Type]
    ) -> Iterator[tuple[tuple[Entry, ...], dict[str, Type]]]:
        """Arguments from a place on whose sizes add up to what is left."""
        after = len(row.arguments) - place - 1
        for type_ in list(self._by_type):
            given = dict(names)
            if not bound(row.arguments[place], type_, given):
                continue
            for size in range(left if after == 0 else 1, left - after + 1):
                for entry in self.of_type(type_, size):
                    if after == 0:
                        yield (entry,), given
                        continue
                    for others, found in self._arguments(row, place + 1, left - size, given):
                        yield (entry, *others), found


def _leaf(program: Recursive, values: list[Any]) -> Entry:
    return Entry(program, tuple(values), bits(program))


def _is_idle(row: RecursiveOperator, entries: tuple[Entry, ...]) -> bool:
    """Whether another order of the arguments, or none of them, says the same."""
    if all(isinstance(entry.program, Constant) for entry in entries) and row.name not in ("plus", "minus"):
        return row.result in (NUMBER, TRUTH)
    return row.is_symmetric and entries[0].serial > entries[1].serial


def applied(row: RecursiveOperator, entries: tuple[Entry, ...]) -> Entry:
    """An operator on entries."""
    values = tuple(
        _value(row.function, given) for given in zip(*(entry.values for entry in entries), strict=True)
    )
    size = row.cost + sum(entry.bits for entry in entries)
    return Entry(Apply(row.name, tuple(entry.program for entry in entries)), values, size)


def _value(function: Callable[..., Any], given: tuple[Any, ...]) -> Any:
    for sign in (NOTHING, UNKNOWN):
        if any(value is sign for value in given):
            return sign
    try:
        value = function(*given)
    except NO_VALUE:
        return NOTHING
    return kept(value)


def kept(value: Any) -> Any:
    """A value, unless it is larger than the search looks at."""
    if isinstance(value, tuple):
        return value if len(value) <= _LONGEST else NOTHING
    if isinstance(value, (int, float)) and not -_LARGEST < value < _LARGEST:
        return NOTHING
    return value
