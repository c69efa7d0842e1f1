"""Exported programs do in their consumers what the interpreter does."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import subprocess
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from symlaw.engine.programs.columns import apply
from symlaw.errors import CannotExport
from symlaw.language.programs.functions.text import CLASSES
from symlaw.language.programs.printers import exported
from symlaw.language.programs.printers.sql import quoted
from symlaw.language.programs.program import Branch, Call, Input, Literal, Program
from symlaw.language.programs.table import OPERATORS

TEXTS = [
    "", " ", "a", "Ada Lovelace", "x-12-ab-7", "  two  blanks ", "ÉCOLE à Paris", "0012", "it's"
    " \"so\"\n2nd line",
    "a,b,,c", "AbC1dEf22", "--", "a_b", "12.50", "tail-", "-head", "a-b-c-d-e",
]  # fmt: skip
ROWS = [(text, text[::-1]) for text in TEXTS]
FIRST = Input(0)


def call(name: str, *arguments: object) -> Call:
    return Call(name, tuple(one if isinstance(one, (Call, Input)) else Literal(one) for one in arguments))


def text_programs() -> list[Program]:
    """Each operator on text and lists at least once."""
    placed = [
        call(name, FIRST, argument, place)
        for names, arguments in (
            (("part", "before", "after"), ("-", ",", "a")),
            (("run", "before_run", "after_run", "from_run", "through_run"), tuple(CLASSES)),
        )
        for name in names
        for argument in arguments
        for place in (1, 2, -1, -2)
    ]
    lists = [call("pieces", FIRST, "-"), call("runs", FIRST, "letters"), Call("gather", (Input(1), FIRST))]
    shaped = [
        call(name, one)
        for one in lists
        for name in (
            "present",
            "rest",
            "front",
            "backwards",
            "ordered",
            "distinct",
            "each_capital",
            "each_trim",
        )
    ]
    return [
        *placed,
        *(call(name, FIRST, 3) for name in ("first", "last", "skip", "drop")),
        *(call(name, FIRST) for name in ("upper", "lower", "proper", "capital", "trim", "squeeze")),
        *(call(name, FIRST, kind) for name in ("keep", "remove") for kind in CLASSES),
        *(call(name, FIRST, 6, "*") for name in ("pad", "pad_end")),
        *(call(name, FIRST, mark) for name in ("strip", "strip_end") for mark in ("0", "-")),
        call("replace", FIRST, "-", "+'"), call("replace", FIRST, "a", ""), call("without", FIRST, Input(1)),
        *(call("join", one, ", ") for one in (*lists, *shaped)),
        *(call("join", call("each_first", one, 1), "") for one in lists),
        call("most_common", lists[2]),
        Call("concat", (Literal("<"), FIRST, Literal("|"), call("part", FIRST, "-", 2))),
        Literal(None),
    ]  # fmt: skip


CONDITIONS = [
    call("has", FIRST, "a"), call("has", FIRST, Input(1)), call("has_any_case", FIRST, "A"),
    call("begins", FIRST, "a"), call("ends", FIRST, "-"), call("equal", FIRST, Input(1)), call("longer",
    FIRST, 4),
    call("occurs", FIRST, "-", 2), call("equal", call("part", FIRST, "-", 2), "12"),
    *(call(name, FIRST, kind) for name in ("has_class", "begins_with_class", "ends_with_class") for kind in
    CLASSES),
]  # fmt: skip
PROGRAMS = [
    *text_programs(), *(Branch(one, Call("concat", (FIRST, Literal("!"))), Literal("no")) for one in
    CONDITIONS),
]  # fmt: skip
QUANTITIES = [
    call("decimals", call("round_to", call("number", FIRST), Decimal("0.5"), "nearest"), 2, 3),
    call("grouped", call("decimals", call("times", call("number", FIRST), Decimal(100000)), 0, 1), "2"),
    call("ordinal", call("length", FIRST)),
    call("say", call("shift", call("round_clock", call("clock", FIRST), 30, "up"), 60), "hour of 12"),
    call("say", call("on", call("moment", FIRST, "dmy"), call("clock", FIRST)), "weekday"),
    Branch(call("below", call("number", FIRST), Decimal(0)), Literal("minus"), Literal("plus")),
]
QUANTITY_ROWS = [
    (text, "") for text in ("12.25", "-3", "x", "1,234", "3 May 2001 9:15pm", "11/12/13 0:59", "")
]


def test_every_operator_is_tried() -> None:
    def names(program: Program) -> set[str]:
        if isinstance(program, Branch):
            return names(program.condition) | names(program.then) | names(program.otherwise)
        if isinstance(program, Call):
            return {program.name}.union(*map(names, program.arguments))
        return set()

    tried = set().union(*map(names, [*PROGRAMS, *QUANTITIES]))
    assert tried >= set(OPERATORS) - {"count", "absolute", "plus", "number_with_comma"}


def test_python_needs_nothing_else_and_says_the_same() -> None:
    for program in [*PROGRAMS[::5], *QUANTITIES]:
        rows = QUANTITY_ROWS if program in QUANTITIES else ROWS
        space: dict[str, object] = {}
        code = exported(program, ("Bike", "class"), "python")
        assert "symlaw" not in code
        exec(compile(code, "exported", "exec"), space)
        function = space["transform"]
        assert callable(function)
        assert [function(*row) for row in rows] == apply(program, rows), program


def test_pandas_takes_a_frame() -> None:
    program = call("upper", FIRST)
    space: dict[str, object] = {}
    exec(exported(program, ("my column",), "pandas"), space)
    function = space["transform_table"]
    assert callable(function)
    assert list(function(pd.DataFrame({"my column": ["a", "b"]}))) == ["A", "B"]


@pytest.mark.consumers
@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_javascript_says_the_same(tmp_path: Path) -> None:
    parts = [
        f"(() => {{ {exported(program, ('a', 'b'), 'javascript')}\n return rows.map((r) =>"
        f" transform(...r)); }})()"
        for program in PROGRAMS
    ]
    script = f"const rows = {json.dumps(ROWS)};\nconsole.log(JSON.stringify([{', '.join(parts)}]));"
    (tmp_path / "all.js").write_text(script)
    done = subprocess.run(
        ["node", tmp_path / "all.js"], capture_output=True, text=True, check=True, timeout=60
    )
    for program, answers in zip(PROGRAMS, json.loads(done.stdout), strict=True):
        assert answers == apply(program, ROWS), program


@pytest.mark.consumers
def test_duckdb_says_the_same() -> None:
    duckdb = pytest.importorskip("duckdb")
    base = duckdb.connect()
    values = ", ".join(f"({n}, {quoted(one)}, {quoted(other)})" for n, (one, other) in enumerate(ROWS))
    base.execute(f'CREATE TABLE t AS SELECT * FROM (VALUES {values}) AS v(n, "my a", b)')
    spelled = 0
    for program in PROGRAMS:
        try:
            code = exported(program, ("my a", "b"), "duckdb")
        except CannotExport:
            continue
        spelled += 1
        answers = [row[0] for row in base.execute(f"SELECT {code} FROM t ORDER BY n").fetchall()]
        assert answers == apply(program, ROWS), (program, code)
    assert spelled > 0.9 * len(PROGRAMS)


def test_what_a_consumer_lacks_is_refused() -> None:
    with pytest.raises(CannotExport, match="python"):
        exported(QUANTITIES[3], ("a",), "javascript")
    with pytest.raises(CannotExport, match="no SQL"):
        exported(QUANTITIES[3], ("a",), "duckdb")
    with pytest.raises(CannotExport, match="no form"):
        exported(FIRST, ("a",), "cobol")


def test_sqlite_says_the_same() -> None:
    base = sqlite3.connect(":memory:")
    base.execute('CREATE TABLE t (n INTEGER, "my a" TEXT, b TEXT)')
    base.executemany("INSERT INTO t VALUES (?, ?, ?)", [(n, *row) for n, row in enumerate(ROWS)])
    spelled = 0
    for program in PROGRAMS:
        try:
            code = exported(program, ("my a", "b"), "sqlite")
        except CannotExport:
            continue
        spelled += 1
        answers = [row[0] for row in base.execute(f"SELECT {code} FROM t ORDER BY n").fetchall()]
        assert answers == apply(program, ROWS), (program, code)
    assert spelled > 25


@pytest.mark.consumers
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_sheets_say_the_same(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.remove(book.active)
    spelled = []
    rows = [row for row in ROWS if row[0].isascii() and row[0].strip() and "\n" not in row[0]]
    for program in PROGRAMS:
        try:
            code = exported(program, ("a", "b"), "excel")
        except CannotExport:
            continue
        spelled.append(program)
        sheet = book.create_sheet(f"s{len(spelled)}")
        sheet.append(["a", "b", "out"])
        for place, row in enumerate(rows, 2):
            for column, text in enumerate(row, 1):
                cell = sheet.cell(place, column, text)
                cell.data_type, cell.number_format = "s", "@"
            sheet.cell(place, 3, re.sub(r"\b([AB])2\b", rf"\g<1>{place}", code))
    book.save(tmp_path / "all.xlsx")
    command = [
        "soffice",
        "--headless",
        f"-env:UserInstallation=file://{tmp_path}/profile",
        "--convert-to",
        "xlsx",
    ]
    subprocess.run(
        [*command, "--outdir", tmp_path / "out", tmp_path / "all.xlsx"],
        check=True,
        timeout=120,
        capture_output=True,
    )
    read = openpyxl.load_workbook(tmp_path / "out" / "all.xlsx", data_only=True)
    for number, program in enumerate(spelled, 1):
        cells = [read[f"s{number}"].cell(place, 3).value for place in range(2, len(rows) + 2)]
        said = [
            None if str(cell).startswith("#") else str(cell if cell is not None else "") for cell in cells
        ]
        assert said == apply(program, rows), (program, exported(program, ("a", "b"), "excel"))
    assert len(spelled) > 20
