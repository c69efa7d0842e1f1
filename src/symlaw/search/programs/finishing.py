"""What is done to whole texts: case, padding, replacement, lists joined again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from symlaw.language.programs.functions.text import CLASSES
from symlaw.language.programs.program import Call, Literal
from symlaw.language.programs.table import OPERATORS, in_role
from symlaw.search.programs.bank import Bank, Entry, Task, call
from symlaw.search.programs.description import literal_bits
from symlaw.search.programs.joining import useful

_MOST_REPLACED = 10


def cases_into(bank: Bank, entries: Sequence[Entry]) -> None:
    """Put texts in other cases into a bank, where outputs have them in that case only."""
    outputs = bank.task.outputs
    small = tuple(None if output is None else output.lower() for output in outputs)
    for entry in entries:
        if bank.is_late():
            return
        exact = useful(entry.values, outputs)
        lowered = tuple(None if value is None else value.lower() for value in entry.values)
        if useful(lowered, small) & ~exact:
            for name in in_role("case"):
                one = call(name, [entry])
                if useful(one.values, outputs):
                    bank.add(*one)


def cleaned(entry: Entry, marks: tuple[str, ...], task: Task) -> Iterator[Entry]:
    """A text without blanks at its ends, without some characters, or with some replaced."""
    for name in in_role("tidy"):
        yield call(name, [entry])
    for kind in CLASSES:
        if kind != "word":
            yield call("keep", [entry], kind)
            yield call("remove", [entry], kind)
    for mark in marks:
        yield call("replace", [entry], mark, "")
        for new in _new_marks(task, marks):
            if new != mark:
                yield call("replace", [entry], mark, new)
    for mark in ("0", *marks[:6]):
        yield call("strip", [entry], mark)
        yield call("strip_end", [entry], mark)


def _new_marks(task: Task, marks: tuple[str, ...]) -> list[str]:
    """Marks that occur in outputs, also where no input has them."""
    written = [output for output in task.outputs if output]
    found = {letter for output in written for letter in output if not letter.isalnum()}
    found |= {mark for mark in marks if any(mark in output for output in written)}
    return sorted(found, key=lambda mark: (len(mark), mark))[:_MOST_REPLACED]


def crossed(columns: Sequence[Entry], task: Task) -> Iterator[Entry]:
    """A column without another one, or with a text of it replaced by another one."""
    replace = OPERATORS["replace"]
    for one in columns:
        for other in columns:
            if one is other:
                continue
            yield call("without", [one, other])
            for mark in _slots(one, task):
                values = tuple(
                    None if None in pair else replace.function(pair[0], mark, pair[1])
                    for pair in zip(one.values, other.values, strict=True)
                )
                cost = replace.cost + one.cost + other.cost + literal_bits("mark", mark)
                yield Entry(values, cost, Call("replace", (one.program, Literal(mark), other.program)))


def _slots(column: Entry, task: Task) -> list[str]:
    """Texts that stand for something else: words in marks, and marks, in two examples or more."""
    counts: dict[str, int] = {}
    for text in column.values[: task.n]:
        for found in set(re.findall(r"[^\w\s]+\w+[^\w\s]+|[^\W_]{2,}|[^\w\s]", text or "")):
            counts[found] = counts.get(found, 0) + 1
    often = [found for found, n in counts.items() if n >= min(2, task.n)]
    return sorted(often, key=lambda found: (-counts[found], found))[:12]


def padded(entry: Entry, task: Task) -> Iterator[Entry]:
    """A short text, padded as outputs have it."""
    known = [value for value in entry.values if value is not None]
    if not known or max(map(len, known)) > 16:
        return
    for mark in "0 *-_.":
        if not any(mark in (output or "") for output in task.outputs):
            continue
        for name in ("pad", "pad_end"):
            for width in range(2, 17):
                one = call(name, [entry], width, mark)
                if one.values != entry.values and useful(one.values, task.outputs):
                    yield one


def lists_of(sources: Sequence[Entry], columns: Sequence[Entry], marks: tuple[str, ...]) -> Iterator[Entry]:
    """Lists: pieces and runs of texts, the columns together, and what is made of these."""
    begun = []
    if len(columns) > 1:
        begun.append(call("gather", columns))
    for source in sources:
        for mark in marks:
            if any(value is not None and mark in value for value in source.values):
                begun.append(call("pieces", [source], mark))
        for kind in CLASSES:
            begun.append(call("runs", [source], kind))
    for one in begun:
        yield one
        for name in (*in_role("shorten"), *in_role("reshape")):
            changed = call(name, [one])
            if changed.values != one.values:
                yield changed
                if OPERATORS[name].role == "shorten":
                    yield call("each_first", [changed], 1)
        for n in (1, 2, 3):
            yield call("each_first", [one], n)


def joined_into(bank: Bank, lists: Iterator[Entry], marks: tuple[str, ...]) -> None:
    """Put joined lists into a bank."""
    task = bank.task
    joints = ["", *_new_marks(task, marks)]
    for pair in _pairs(task):
        if pair not in joints:
            joints.append(pair)
    for one in lists:
        if bank.is_late():
            return
        if not any(values for values in one.values):
            continue
        for joint in joints:
            text = call("join", [one], joint)
            if useful(text.values, task.outputs):
                bank.add(*text)
        common = call("most_common", [one]) if all(one.values) else None
        if common is not None and useful(common.values, task.outputs):
            bank.add(*common)


def _pairs(task: Task) -> list[str]:
    """Two marks side by side in outputs, such as a comma and a blank."""
    found = {
        output[at : at + 2]
        for output in task.outputs
        if output
        for at in range(len(output) - 1)
        if not output[at].isalnum() and not output[at + 1].isalnum()
    }
    return sorted(found)[:4]
