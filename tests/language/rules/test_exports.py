"""Exported decisions, run in their consumers, say what the decision says of each row."""

from __future__ import annotations

import ctypes
import json
import shutil
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from symlaw.errors import CannotExport, InvalidSetting
from symlaw.language.rules.decision import Clause, Decision
from symlaw.language.rules.formula import NEVER, Formula, Gate, Odd, literals_of, negation, truths_of
from symlaw.language.rules.literals import Above, Among, Equal, Holds, Missing, Related
from symlaw.language.rules.printers import FORMS, exported
from symlaw.language.rules.printers.json_form import read

AGE, GRADE, SMOKES = Above("age", 50.0), Equal("grade", 2.0), Holds("smokes")
WARD, GONE, PAID = Among("the ward", ('A"s', "B'")), Missing("weight"), Related("paid", "owed")
SEEN = Above("seen", 1_709_251_200.0, is_date=True)
LATE = Related("seen", "due")
LITERALS: list[Formula] = [AGE, GRADE, SMOKES, WARD, GONE, PAID, SEEN, LATE, Among("the ward", ("C",))]
FORMULAS: list[Formula] = [
    *LITERALS,
    *(negation(literal) for literal in LITERALS),
    Gate(2, (AGE, Gate(1, (SMOKES, negation(GRADE), GONE)))),
    Gate(2, (AGE, WARD, GONE, negation(PAID))),
    Odd((AGE, SMOKES, WARD)),
    Gate(1, (Odd((GONE, PAID)), Gate(2, (AGE, GRADE, SEEN)))),
    Gate(1, (NEVER, AGE)),
]


def table(n: int = 160) -> pd.DataFrame:
    """Rows of all kinds of cells, a tenth of them missing."""
    rng = np.random.default_rng(5)
    days = (
        np.datetime64("2024-02-20") + rng.integers(0, 20, n).astype("timedelta64[D]") + np.timedelta64(1, "h")
    )
    frame = pd.DataFrame(
        {
            "age": rng.integers(30, 70, n).astype(float),
            "grade": rng.integers(0, 4, n).astype(float),
            "smokes": rng.integers(0, 2, n).astype(float),
            "the ward": rng.choice(['A"s', "B'", "C"], n),
            "weight": rng.normal(70, 9, n).round(1),
            "paid": rng.integers(0, 3, n).astype(float),
            "owed": rng.integers(0, 3, n).astype(float),
            "seen": days,
            "due": days + rng.integers(-2, 3, n).astype("timedelta64[D]"),
        }
    )
    for name in frame.columns:
        frame.loc[rng.random(n) < 0.1, name] = None
    return frame


FRAME = table()


def columns() -> dict[str, Any]:
    texts = FRAME["the ward"]
    found: dict[str, Any] = {name: FRAME[name].to_numpy() for name in FRAME.columns}
    found["the ward"] = np.array([None if pd.isna(cell) else cell for cell in texts], object)
    return found


def expected(decision: Decision) -> list[str]:
    labels = [*(clause.label for clause in decision.clauses), decision.otherwise]
    return [labels[place] for place in decision.places(columns(), len(FRAME))]


def decision_of(formula: Formula) -> Decision:
    return Decision((Clause(formula, "it's yes"),), "no")


@pytest.mark.parametrize("number", range(len(FORMULAS)))
def test_sqlite_runs_the_case(number: int) -> None:
    decision = decision_of(FORMULAS[number])
    frame = FRAME.assign(seen=FRAME["seen"].dt.strftime("%Y-%m-%d %H:%M:%S"))
    with sqlite3.connect(":memory:") as base:
        frame.to_sql("t", base, index=True, index_label="at")
        rows = base.execute(f"SELECT {exported(decision, 'sql', name='said')} FROM t ORDER BY at").fetchall()
    base.close()
    assert [row[0] for row in rows] == expected(decision)


@pytest.mark.parametrize("number", range(len(FORMULAS)))
def test_python_runs_the_function(number: int) -> None:
    decision = decision_of(FORMULAS[number])
    space: dict[str, Any] = {}
    exec(exported(decision, "python", name="said"), space)
    rows = FRAME.astype(object).where(FRAME.notna(), None).to_dict("records")
    assert [space["said"](row) for row in rows] == expected(decision)


@pytest.mark.parametrize("number", range(len(FORMULAS)))
def test_pandas_runs_the_query(number: int) -> None:
    decision = decision_of(FORMULAS[number])
    kept = FRAME.query(exported(decision, "pandas"), engine="python").index
    assert kept.tolist() == [row for row, label in enumerate(expected(decision)) if label == "it's yes"]


@pytest.mark.parametrize("number", range(len(FORMULAS)))
def test_json_is_read_back(number: int) -> None:
    decision = decision_of(FORMULAS[number])
    assert read(json.loads(exported(decision, "json"))) == decision


@pytest.mark.consumers
def test_duckdb_runs_the_case() -> None:
    duckdb = pytest.importorskip("duckdb")
    base = duckdb.connect()
    frame = FRAME.assign(smokes=FRAME["smokes"].astype("boolean"))
    base.register("t", frame.astype(object).where(frame.notna(), None).convert_dtypes())
    for formula in FORMULAS:
        decision = decision_of(formula)
        found = base.execute(f"SELECT {exported(decision, 'sql')} FROM t").fetchall()
        assert [row[0] for row in found] == expected(decision), exported(decision, "sql")


@pytest.mark.consumers
@pytest.mark.skipif(shutil.which("gcc") is None, reason="no gcc")
def test_c_runs_the_function(tmp_path: Path) -> None:
    cells = columns()
    for name in ("seen", "due"):
        seconds = FRAME[name].to_numpy().astype("datetime64[s]").astype(float)
        cells = {**cells, name: np.where(FRAME[name].isna(), np.nan, seconds)}
    for place, formula in enumerate(FORMULAS):
        decision = decision_of(formula)
        source = tmp_path / f"rule{place}.c"
        source.write_text(exported(decision, "c", name="said"))
        library = source.with_suffix(".so")
        flags = ["-shared", "-fPIC", "-Wall", "-Werror", "-Wno-parentheses"]
        subprocess.run(["gcc", *flags, str(source), "-o", str(library), "-lm"], check=True)
        said = ctypes.CDLL(str(library)).said
        said.restype = ctypes.c_char_p
        names = list(dict.fromkeys(name for one in literals_of(formula) for name in one.columns))
        rows = [
            said(*(_cell(cells[name][row], text=name == "the ward") for name in names)).decode()
            for row in range(len(FRAME))
        ]
        assert rows == expected(decision), source.read_text()


def _cell(value: Any, *, text: bool) -> Any:
    if text:
        return ctypes.c_char_p(None if value is None else value.encode())
    return ctypes.c_double(float(value))


@pytest.mark.consumers
@pytest.mark.skipif(shutil.which("iverilog") is None, reason="no Icarus Verilog")
def test_verilog_simulates_the_module(tmp_path: Path) -> None:
    a, b, c, d = (Holds(name) for name in ("a", "reg", "out", "d e"))
    for number, formula in enumerate(
        [
            Gate(2, (a, negation(b))),
            Gate(2, (a, b, c)),
            Odd((a, b, negation(d))),
            Gate(1, (Odd((a, c)), Gate(3, (b, c, d, a)))),
        ]
    ):
        decision = Decision((Clause(formula, 1),), 0)
        names = list(dict.fromkeys(name for one in literals_of(formula) for name in one.columns))
        wires = ", ".join(f"row[{k}]" for k in range(len(names)))
        bench = (
            f"module bench; reg [{len(names) - 1}:0] row; wire y; integer i; rule one({wires}, y);\n"
            f"initial for (i = 0; i < {2 ** len(names)}; i = i + 1)"
            ' begin row = i; #1 $display("%d", y); end\n'
            "endmodule\n"
        )
        source = tmp_path / f"rule{number}.v"
        source.write_text(exported(decision, "verilog") + bench)
        subprocess.run(["iverilog", "-o", str(tmp_path / "run"), str(source)], check=True)
        told = subprocess.run(
            ["vvp", "-n", str(tmp_path / "run")], check=True, capture_output=True, text=True
        )
        rows = np.arange(2 ** len(names))
        cells = {name: (rows >> k & 1).astype(float) for k, name in enumerate(names)}
        assert (
            list(map(int, told.stdout.split())) == truths_of(formula, cells, len(rows)).astype(int).tolist()
        )


def test_verilog_has_bits_only() -> None:
    with pytest.raises(CannotExport, match="the rule asks age > 50: export to c"):
        exported(decision_of(AGE), "verilog")


def test_texts_of_c_are_those_of_the_labels() -> None:
    labels = ('q"uote\\', "näme\n1", "??)")
    decision = Decision((Clause(Among("ward", labels), "yes"),), "no")
    source = exported(decision, "c")
    assert all(32 <= ord(one) < 127 or one == "\n" for one in source)
    assert "\\303\\244" in source and "\\077\\077)" in source


@pytest.mark.consumers
def test_a_sheet_computes_the_formula(tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed")
    from openpyxl import Workbook, load_workbook

    book = Workbook()
    sheet = book.active
    sheet.append(list(FRAME.columns))
    letters = {name: chr(ord("A") + place) for place, name in enumerate(FRAME.columns)}
    for number, row in enumerate(FRAME.itertuples(index=False), start=2):
        sheet.append(
            [
                None if pd.isna(cell) else getattr(cell, "to_pydatetime", lambda own=cell: own)()
                for cell in row
            ]
        )
        cells = {name: f"{letter}{number}" for name, letter in letters.items()}
        for place, formula in enumerate(FORMULAS):
            sheet.cell(number, 12 + place, exported(decision_of(formula), "excel", cells=cells))
    book.save(tmp_path / "in.xlsx")
    (tmp_path / "out").mkdir()
    subprocess.run(
        [office, "--headless", "--convert-to", "xlsx", "--outdir", tmp_path / "out", tmp_path / "in.xlsx"],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    found = load_workbook(tmp_path / "out" / "in.xlsx", data_only=True).active
    for place, formula in enumerate(FORMULAS):
        column = [found.cell(row, 12 + place).value for row in range(2, len(FRAME) + 2)]
        assert column == expected(decision_of(formula)), exported(decision_of(formula), "excel")


def test_several_classes_are_one_case_in_order() -> None:
    decision = Decision((Clause(AGE, "old"), Clause(SMOKES, "smoker")), "other")
    assert exported(decision, "sql") == (
        "CASE WHEN \"age\" > 50 THEN 'old'"
        " WHEN CAST(\"smokes\" AS INTEGER) <> 0 THEN 'smoker' ELSE 'other' END"
    )
    assert exported(decision, "words") == (
        "It is old if age is above 50. Otherwise it is smoker if smokes is true. Otherwise it is other."
    )
    with pytest.raises(CannotExport, match="two labels"):
        exported(decision, "pandas")


def test_an_unknown_form_or_option_is_refused() -> None:
    with pytest.raises(InvalidSetting, match="sql, python"):
        exported(decision_of(AGE), "prolog")
    for form in FORMS:
        with pytest.raises(InvalidSetting, match="no option 'colour'"):
            exported(decision_of(AGE), form, colour="red")
