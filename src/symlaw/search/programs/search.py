"""The search as a whole: fill the bank, join pieces, branch, leave out examples that look wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from symlaw.search.programs.bank import Bank, Entry, Task, inputs
from symlaw.search.programs.conditions import conditions
from symlaw.search.programs.cover import Cover
from symlaw.search.programs.extraction import extract, marks_of
from symlaw.search.programs.finishing import cases_into, cleaned, crossed, joined_into, lists_of, padded
from symlaw.search.programs.joining import Found, Pieces, useful
from symlaw.search.programs.quantities import moments_into, numbers_into

# Values of the bank at most. Work and not time decides what is searched, so that answers are the same
# everywhere.
MOST_WORK = 1_500_000
MOST_SOURCES, MOST_CHEAP = 90, 4000
# Bits of leaving out an example, of each letter that would have to be changed in it, and of its letters at
# most.
_LEFT_OUT, _CHANGED, _WRITTEN = 6.0, 4.0, 2.0
_DEPTH = 3


class Programs(NamedTuple):
    """What was found.

    Attributes
    ----------
    found
        Programs, cheapest first, that differ in some row.
    left_out
        Places of examples that they do not honour.
    """

    found: list[Found]
    left_out: tuple[int, ...]


def search(task: Task, is_late: Callable[[], bool] = lambda: False, *, noisy: bool = True) -> Programs:
    """Find the shortest programs for examples.

    Parameters
    ----------
    task
        Examples, and rows without an answer.
    is_late
        Asked from time to time; the search ends with what it has.
    noisy
        Whether examples may be wrong.
    """
    columns, marks = inputs(task), marks_of(task)
    bank, parts = fill(task, columns, marks, is_late)
    pieces = Pieces(task, bank.entries(), is_late)
    cover = Cover(task, pieces, conditions(task, columns, parts), is_late)
    best = Programs(cover.whole(task.everything), ())
    for depth in range(1, _DEPTH + 1):
        if not is_late():
            best = _better(best, Programs(cover.tree(task.everything, depth), ()), task)
    if noisy and task.n >= 4:
        for place in range(task.n):
            if not is_late():
                mask = task.everything & ~(1 << place)
                best = _better(best, Programs(cover.tree(mask, 1), (place,)), task)
    return best


def _better(one: Programs, other: Programs, task: Task) -> Programs:
    if not other.found:
        return one
    return one if one.found and _bits(one, task) <= _bits(other, task) else other


def _bits(one: Programs, task: Task) -> float:
    values = one.found[0].values
    return one.found[0].cost + sum(_left_out(values[place], task.outputs[place]) for place in one.left_out)


def _left_out(said: str | None, given: str | None) -> float:
    """Bits of an example that is not honoured: few where it looks like a typo of what is said."""
    whole = _LEFT_OUT + 8.0 + _WRITTEN * len(given or "")
    if said is None or given is None:
        return whole
    return min(whole, _LEFT_OUT + _CHANGED * typing_errors(said, given))


def typing_errors(one: str, other: str) -> int:
    """Letters that are missing, too many, others, or exchanged with their neighbour."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for row, letter in enumerate(one, 1):
        now = [row]
        for column, wanted in enumerate(other, 1):
            least = min(last[column] + 1, now[-1] + 1, last[column - 1] + (letter != wanted))
            is_exchanged = row > 1 and column > 1 and letter == other[column - 2] and one[row - 2] == wanted
            now.append(min(least, before[column - 2] + 1) if is_exchanged else least)
        before, last = last, now
    return last[-1]


def fill(
    task: Task, columns: list[Entry], marks: tuple[str, ...], is_late: Callable[[], bool]
) -> tuple[Bank, list[Entry]]:
    """A bank of texts made of the inputs, and the simplest parts of the inputs."""
    bank = Bank(task, is_late, most_work=MOST_WORK)
    for column in columns:
        bank.add(*column)
    near: list[Entry] = []
    for column in columns:
        near.extend(extract(column, marks, bank))
    whole = [*columns]
    for column in columns:
        for one in cleaned(column, marks, task):
            if bank.is_full():
                break
            if bank.add(*one):
                whole.append(one)
    for one in crossed(columns, task):
        if bank.is_full():
            break
        bank.add(*one)
    near.sort(key=lambda entry: entry.cost)
    simple = near[:MOST_SOURCES]
    lists = lists_of([*columns, *simple[:12]], columns, marks)
    joined_into(bank, lists, marks)
    numbers_into(bank, [*columns, *simple], marks)
    moments_into(bank, [*columns, *simple[:30]])
    for source in [*whole[len(columns) :][:30], *simple]:
        if bank.is_full():
            break
        extract(source, marks, bank)
    for source in simple[:40]:
        if bank.is_full():
            break
        for one in cleaned(source, marks, task):
            if useful(one.values, task.outputs):
                bank.add(*one)
    _finish(bank, is_late)
    return bank, [*columns, *near[:40]]


def _finish(bank: Bank, is_late: Callable[[], bool]) -> None:
    cheap = bank.cheapest()
    cases_into(bank, cheap[:MOST_CHEAP])
    for entry in cheap[:400]:
        if is_late():
            break
        if useful(entry.values, bank.task.outputs):
            for one in padded(entry, bank.task):
                bank.add(*one)
