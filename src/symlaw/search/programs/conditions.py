"""Conditions: what may be true of some rows and not of others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from symlaw.language.programs.functions.text import CLASSES
from symlaw.language.programs.program import Call
from symlaw.search.programs.bank import Bank, Entry, Task, call

_ALTERNATIVES = 3
_MOST_WORDS = 40


def conditions(task: Task, columns: Sequence[Entry], parts: Sequence[Entry]) -> list[list[Entry]]:
    """Conditions grouped by the examples of which they are true, cheapest first.

    Parameters
    ----------
    task
        What is asked.
    columns
        The inputs.
    parts
        Texts of which whether they are equal to others may be asked.
    """
    bank = Bank(task)
    numbers = [entry for column in columns for entry in [call("number", [column])]]
    for one in _all(task, columns, parts, numbers):
        known = one.values[: task.n]
        if None not in known and len(set(known)) == 2:
            bank.add(*one)
    groups = [group[:_ALTERNATIVES] for group in bank.groups.values()]
    return sorted(groups, key=lambda group: group[0].cost)


def _all(
    task: Task, columns: Sequence[Entry], parts: Sequence[Entry], numbers: Sequence[Entry]
) -> Iterator[Entry]:
    for column in columns:
        yield from _classes(column)
        yield from _words(task, column)
        for name in ("upper", "lower", "trim"):
            yield call("equal", [column, call(name, [column])])
    for one in columns:
        for other in columns:
            if one is not other:
                yield call("equal", [one, other])
                yield call("has", [one, other])
                yield call("begins", [one, other])
                yield call("ends", [one, other])
                yield call("has_any_case", [one, other])
    for part in parts:
        for text in sorted(
            {value for value in part.values[: task.n] if value is not None and len(value) < 20}
        ):
            yield call("equal", [part], text)
    for entry in numbers:
        yield from _limits(task, entry)


def _classes(column: Entry) -> Iterator[Entry]:
    for kind in CLASSES:
        yield call("has_class", [column], kind)
        yield call("begins_with_class", [column], kind)
        yield call("ends_with_class", [column], kind)
    yield call("equal", [column], "")
    for n in (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 30):
        yield call("longer", [column], n)


def _words(task: Task, column: Entry) -> Iterator[Entry]:
    """Whether it has a mark or a word that occurs in some examples."""
    texts = [value for value in column.values[: task.n] if value is not None]
    marks = sorted({letter for text in texts for letter in text if not letter.isalnum()})
    words = {word for text in texts for word in re.findall(r"[^\W_]+", text)}
    counts = sorted(words, key=lambda word: (-sum(word in text for text in texts), len(word), word))
    for mark in [*marks, *counts[:_MOST_WORDS]]:
        yield call("has", [column], mark)
        yield call("begins", [column], mark)
        yield call("ends", [column], mark)
    for mark in marks:
        for n in range(2, 6):
            yield call("occurs", [column], mark, n)


def _limits(task: Task, entry: Entry) -> Iterator[Entry]:
    known = sorted({value for value in entry.values[: task.n] if value is not None})
    if len(known) < 2 or None in entry.values[: task.n]:
        return
    between = [(one + other) / 2 for one, other in pairwise(known)]
    for limit in [Decimal(0), *map(_short, known[1:], known), *between[:8]]:
        yield call("below", [entry], limit)


def _short(above: Decimal, under: Decimal) -> Decimal:
    """The shortest number above one and at most another."""
    for digits in range(-4, 6):
        step = Decimal(1).scaleb(-digits)
        rounded = (above / step).to_integral_value(rounding="ROUND_FLOOR") * step
        if under < rounded <= above:
            return rounded
    return above


def condition_of(entry: Entry) -> Call:
    """The call that a condition is."""
    assert isinstance(entry.program, Call)
    return entry.program
