"""The bank and what is made of it: what entries say is what the interpreter gives."""

from __future__ import annotations

import pytest

from symlaw.engine.programs.columns import apply
from symlaw.engine.programs.interpret import run
from symlaw.search.programs.bank import Bank, Task, inputs
from symlaw.search.programs.cover import Cover
from symlaw.search.programs.description import bits
from symlaw.search.programs.extraction import extract, marks_of
from symlaw.search.programs.joining import Pieces
from symlaw.search.programs.search import fill, search, typing_errors

ROWS = (("a-b c, 12/07/2001 9:30pm",), ("xy-z  w7, 3/11/1999 11:05am",), ("",), ("--,,  //",), ("Ünïq-9 K",))
TASK = Task(ROWS, ("b c", "z  w7"))


def test_parts_of_texts_are_what_the_operators_give() -> None:
    bank = Bank(TASK)
    source = inputs(TASK)[0]
    marks = marks_of(TASK)
    assert len(extract(source, marks, bank)) > 50
    for entry in bank.entries():
        assert entry.values == tuple(run(entry.program, row) for row in ROWS), entry.program


def test_everything_in_a_bank_is_what_the_interpreter_gives() -> None:
    columns = inputs(TASK)
    bank, _ = fill(TASK, columns, marks_of(TASK), lambda: False)
    entries = bank.entries()
    names = {getattr(entry.program, "name", "") for entry in entries}
    assert {"say", "decimals", "join", "upper"} - names == {"say", "decimals", "join", "upper"} - names
    for entry in entries[:: max(1, len(entries) // 800)]:
        assert entry.values == tuple(apply(entry.program, ROWS)), entry.program


def test_a_group_agrees_on_examples_and_differs_on_other_rows() -> None:
    bank, _ = fill(TASK, inputs(TASK), marks_of(TASK), lambda: False)
    for key, group in bank.groups.items():
        assert {entry.values[: TASK.n] for entry in group} == {key}
        assert len({entry.values for entry in group}) == len(group)
        assert [entry.cost for entry in group] == sorted(entry.cost for entry in group)


@pytest.mark.parametrize("outputs", [("ab", "cd"), ("x1y", "x2y"), ("", "")])
def test_programs_give_the_outputs_and_the_shortest_is_first(outputs: tuple[str, ...]) -> None:
    task = Task((("ab 1",), ("cd 2",), ("ef 3",)), outputs)
    found = search(task).found
    assert found
    for one in found:
        assert one.values == tuple(run(one.program, row) for row in task.rows)
        assert one.values[:2] == outputs
    assert [one.cost for one in found] == sorted(one.cost for one in found)
    assert len({one.values for one in found}) == len(found)


def test_a_part_that_occurs_twice_is_described_once() -> None:
    task = Task((("14:05",), ("09:30",), ("23:59",)), ("2 PM", "9 AM", "11 PM"))
    program = search(task).found[0].program
    shared = bits(program)
    assert (
        shared < bits(search(Task(task.rows, ("2 PM 2", "9 AM 9", "11 PM 11"))).found[0].program) < 2 * shared
    )


def test_no_condition_no_branch() -> None:
    task = Task((("a",), ("b",)), ("x", "y"))
    cover = Cover(task, Pieces(task, []), [], lambda: False)
    assert cover.tree(3, 3) == []
    assert [one.values[0] for one in cover.tree(1, 3)] == ["x"]


@pytest.mark.parametrize(
    ("one", "other", "errors"),
    [("", "", 0), ("abc", "abc", 0), ("abc", "acb", 1), ("abc", "ab", 1), ("abc", "xabd", 2), ("ab", "", 2)],
)
def test_typing_errors_are_counted(one: str, other: str, errors: int) -> None:
    assert typing_errors(one, other) == typing_errors(other, one) == errors
