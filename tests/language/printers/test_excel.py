"""Cells and SQL are of the table's own columns, whatever the fit made of them."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from symlaw.errors import InvalidSetting
from symlaw.language import parse
from symlaw.language.expression import Expression, Variable
from symlaw.language.user_operators.lookup import lookup

RECIPES = [
    {"name": "t_h", "source": "t", "kind": "time", "unit": "h", "origin": "2026-01-02T03:00:00"},
    {"name": "D [m]", "source": "D [mm]", "kind": "number", "scale": 0.001, "offset": 0.0},
    {"name": "red", "source": "color", "kind": "category", "value": 'dark "red"', "known": []},
    {"name": "on", "source": "on", "kind": "boolean"},
    {"name": "lag_s", "source": "lag", "kind": "duration"},
    {"name": "site", "source": "site", "kind": "label", "known": ["east", "north"]},
]
COLUMNS = ["t", "D [mm]", "color", "on", "lag", "site"]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("t_h * 2", "=((A2-DATE(2026,1,2)-10800.0/86400)*24) * 2.0"),
        ("`D [m]` + 1", "=(0.001*B2) + 1.0"),
        ("red", '=IF(C2="dark ""red""",1,0)'),
        ("on + lag_s", "=N(D2) + (E2*86400)"),
    ],
)
def test_what_the_fit_made_is_made_in_the_cell(text: str, written: str) -> None:
    assert parse(text).export("excel", columns=COLUMNS, recipes=RECIPES) == written


def test_cells_may_be_named_as_the_sheet_has_them() -> None:
    law = parse("t_h + on")
    written = "=((C5-DATE(2026,1,2)-10800.0/86400)*24) + N(D5)"
    assert law.export("excel", cells={"t": "C5", "on": "D5"}, recipes=RECIPES) == written
    assert law.export("excel", cells={"t_h": "C5", "on": "D5"}, recipes=RECIPES) == written
    with pytest.raises(InvalidSetting, match="cells lacks column 't'"):
        law.export("excel", cells={"on": "D5"}, recipes=RECIPES)


def test_texts_that_differ_by_capital_letters_are_told_apart() -> None:
    recipe = {"name": "k", "source": "k", "kind": "category", "value": "Red", "known": ["Red", "blue", "red"]}
    assert parse("k").export("excel", columns=["k"], recipes=[recipe]) == '=IF(EXACT(A2,"Red"),1,0)'


def test_labels_of_any_text_are_texts_of_sqlite() -> None:
    recipe = {"name": "site", "source": "site", "kind": "label", "known": ["a\"b'c", "site"]}
    formula = Expression((Variable("site"), lookup("a", [0.0, 1.0], [1.5, 2.5])))
    with closing(sqlite3.connect(":memory:")) as base:
        base.execute("CREATE TABLE t (site TEXT)")
        base.executemany("INSERT INTO t VALUES (?)", [("a\"b'c",), ("site",), ("south",)])
        found = base.execute(f"SELECT {formula.export('sqlite', recipes=[recipe])} FROM t").fetchall()
    assert found == [(1.5,), (2.5,), (None,)]


def test_groups_are_told_by_their_labels() -> None:
    formula = Expression((Variable("site"), lookup("a", [0.0, 1.0], [1.5, 2.5])))
    written = formula.export("excel", columns=COLUMNS, recipes=RECIPES)
    assert written == '=IF(F2="east",1.5,IF(F2="north",2.5,NA()))'


def test_columns_of_a_formula_alone_are_in_the_order_of_their_names() -> None:
    assert parse("b - a").export("excel") == "=B2 - A2"
    assert parse("x10 - x2").export("excel", legend=True) == "=B2 - A2\nA2: x2\nB2: x10"


def test_a_sheet_without_the_column_is_refused() -> None:
    with pytest.raises(InvalidSetting, match="columns lacks 'b'"):
        parse("a * b").export("excel", columns=["a", "c"])


def test_sql_is_of_the_tables_columns_too() -> None:
    formula = Expression((Variable("site"), lookup("a", [0.0, 1.0], [1.5, 2.5])))
    written = formula.export("sqlite", recipes=RECIPES)
    assert """CASE WHEN "site" = 'east' THEN 1.5""" in written and """"site" = 'north'""" in written
    assert parse("red").export("duckdb", recipes=RECIPES).startswith("""(CASE WHEN "color" = 'dark "red"'""")
    assert parse("`D [m]`").export("sqlite", recipes=RECIPES) == """(0.001 * CAST("D [mm]" AS REAL) + 0.0)"""


def test_sql_of_labels_computes() -> None:
    formula = Expression((Variable("site"), lookup("a", [0.0, 1.0], [1.5, 2.5])))
    with closing(sqlite3.connect(":memory:")) as base:
        base.execute("CREATE TABLE t (site TEXT)")
        base.executemany("INSERT INTO t VALUES (?)", [("east",), ("north",), ("south",)])
        found = base.execute(f"SELECT {formula.export('sqlite', recipes=RECIPES)} FROM t").fetchall()
    assert found == [(1.5,), (2.5,), (None,)]
