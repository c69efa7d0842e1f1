"""Running programs: limits, and no way out of them."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest

from symlaw.engine.programs.columns import apply
from symlaw.engine.programs.interpret import run
from symlaw.errors import ParseError
from symlaw.language.programs.program import Branch, Call, Input, Literal, Program, as_json, from_json

TEXT = Input(0)


def doubled(times: int) -> Program:
    program: Program = TEXT
    for _ in range(times):
        program = Call("concat", (program, program))
    return program


def grown(times: int) -> Program:
    program: Program = TEXT
    for _ in range(times):
        program = Call("replace", (program, Literal("a"), Literal("aaaaaaaaaa")))
    return program


HOSTILE: list[Program] = [
    doubled(40),
    grown(30),
    Call("pad", (TEXT, Literal(10**9), Literal(" "))),
    Call("pad", (TEXT, Literal(10**5), Literal("ab"))),
    Call("decimals", (Literal(Decimal("1E+50")), Literal(10**12), Literal(1))),
    Call("part", (TEXT, Literal(""), Literal(1))),
    Call("run", (TEXT, Literal("no class"), Literal(1))),
    Call("run", (TEXT, Literal("digits"), Literal("1"))),
    Call("say", (TEXT, Literal("year"))),
    Call("first", (Literal(None), Literal(2))),
    Call("shift", (Call("clock", (TEXT,)), Literal(10**15))),
    Branch(Call("longer", (TEXT, Literal("x"))), TEXT, TEXT),
    Input(7),
]


@pytest.mark.parametrize("program", HOSTILE)
def test_hostile_programs_have_no_value_and_end_at_once(program: Program) -> None:
    began = time.process_time()
    assert run(program, ("aaaa 12:30",)) is None
    assert apply(program, [("aaaa 12:30",)]) == [None]
    assert time.process_time() - began < 1.0


def test_long_texts_have_no_value() -> None:
    assert run(TEXT, ("x" * 60_000,)) is None
    assert apply(TEXT, [("x" * 60_000,)]) == [None]


def test_a_condition_without_a_value_has_no_answer() -> None:
    program = Branch(
        Call("has", (Call("part", (TEXT, Literal("-"), Literal(2))), Literal("x"))),
        Literal("y"),
        Literal("n"),
    )
    assert [run(program, (text,)) for text in ("a-x", "a-b", "a")] == ["y", "n", None]
    assert apply(program, [("a-x",), ("a-b",), ("a",)]) == ["y", "n", None]


def test_distinct_rows_run_once_and_all_get_their_answer() -> None:
    program = Call("upper", (TEXT,))
    assert apply(program, [("a",), ("b",), ("a",)]) == ["A", "B", "A"]


@pytest.mark.parametrize(
    "record",
    [
        ["eval", {"value": "1"}],
        ["part", {"input": 0}],
        ["if", {"input": 0}, {"input": 0}],
        {"input": -1},
        {"input": True},
        {"value": 1.5},
        {"decimal": "nan"},
        {"decimal": "1E+999999"},
        {"value": "x", "more": 1},
        [],
        [["part"]],
        5,
        None,
        ["concat", *[{"value": "x"}] * 6000],
    ],
)
def test_what_is_no_program_is_refused(record: object) -> None:
    with pytest.raises(ParseError):
        from_json(record)


def test_deep_programs_are_refused() -> None:
    record: object = {"input": 0}
    for _ in range(100):
        record = ["upper", record]
    with pytest.raises(ParseError, match="levels"):
        from_json(record)


def test_programs_go_through_json() -> None:
    program = Branch(
        Call("below", (Call("number", (TEXT,)), Literal(Decimal("0.5")))),
        Literal(None),
        Call("concat", (Call("part", (TEXT, Literal("-"), Literal(-2))), Literal("\"'\n"))),
    )
    assert from_json(as_json(program)) == program


def test_columns_say_what_rows_say_also_where_there_is_no_value() -> None:
    rows = [(text,) for text in ("a-1", "b", "", "c-2", "a-1", "12/30/2001", "13/40/2001", "x" * 3000, "Z-9")]
    part = Call("part", (Input(0), Literal("-"), Literal(2)))
    date = Call("say", (Call("moment", (Input(0), Literal("mdy"))), Literal("day")))
    again = Call("concat", (Call("upper", (part,)), part, date))
    for program in (part, date, Call("concat", (part, part)), again):
        assert apply(program, rows) == [run(program, row) for row in rows]
        # texts that occur often are computed once
        assert apply(program, rows * 50) == [run(program, row) for row in rows] * 50
