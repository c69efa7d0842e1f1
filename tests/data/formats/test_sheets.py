"""Excel files and JSON lines are read as the same table in text would be."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import sys
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from symlaw.data import read_table
from symlaw.errors import DataError, FileUnreadable, MissingDependency

ROWS = [
    ("when", "mass [kg]", "flag", "y"),
    *[(dt.datetime(2026, 1, k), k / 2, k % 2 == 0, k * k) for k in range(1, 9)],
]


def book(path: Path, *sheets: tuple[str, list[tuple[object, ...]]]) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for title, rows in sheets:
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(row)
    made.save(path)
    return path


def test_a_sheet_is_read_with_dates_and_truth_values(tmp_path: Path) -> None:
    table = read_table(book(tmp_path / "t.xlsx", ("data", ROWS)), target="y")
    assert table.feature_names == ("when_d", "mass [kg]", "flag")
    np.testing.assert_array_equal(table.X[:, 0], np.arange(8.0))
    np.testing.assert_array_equal(table.X[:, 1], np.arange(1, 9) / 2)


def test_margins_and_empty_rows_are_no_part_of_the_table(tmp_path: Path) -> None:
    rows = [(None,) * 6, *((None, *row, None) for row in ROWS), (None, None, "", None, None, None)]
    table = read_table(book(tmp_path / "t.xlsx", ("empty", []), ("data", rows)), target="y")
    assert table.X.shape == (8, 3) and not any("no name" in note for note in table.notes)


def test_other_filled_sheets_are_said(tmp_path: Path) -> None:
    path = book(tmp_path / "t.xlsx", ("data", ROWS), ("more", ROWS))
    assert "Sheet 'data' of 't.xlsx' is read; others are not: 'more'." in read_table(path, target="y").notes


def test_a_sheet_of_numbers_alone(tmp_path: Path) -> None:
    path = book(tmp_path / "t.xlsx", ("data", [(k, k * k) for k in range(6)]))
    assert read_table(path, target="x1").feature_names == ("x0",)


def test_what_is_no_sheet_is_refused(tmp_path: Path) -> None:
    (tmp_path / "t.xlsx").write_text("a,b")
    with pytest.raises(FileUnreadable, match="not an Excel file"):
        read_table(tmp_path / "t.xlsx")
    with pytest.raises(DataError, match="no filled sheet"):
        read_table(book(tmp_path / "e.xlsx", ("data", [])))


def test_without_openpyxl_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = book(tmp_path / "t.xlsx", ("data", ROWS))
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(MissingDependency, match=r"pip install 'symlaw\[excel\]'"):
        read_table(path)


@pytest.mark.parametrize("packed", [False, True])
def test_json_lines(tmp_path: Path, packed: bool) -> None:
    lines = "\n".join(json.dumps({"x": k / 2, "kind": "ab"[k % 2], "y": k * k}) for k in range(8)).encode()
    path = tmp_path / ("t.jsonl.gz" if packed else "t.ndjson")
    path.write_bytes(gzip.compress(lines) if packed else lines)
    table = read_table(path, target="y")
    assert table.feature_names == ("x", "kind") and table.X.shape == (8, 2)


def test_cells_that_lines_lack_are_missing(tmp_path: Path) -> None:
    (tmp_path / "t.jsonl").write_text('{"x": 1, "y": 2}\n{"y": 3}\n{"x": 3, "y": 5}\n{"x": 4, "y": 9}\n')
    assert "1 of 4 rows is left out" in read_table(tmp_path / "t.jsonl", target="y").notes[0]


@pytest.mark.parametrize("text", ["", "x,y\n1,2\n", '{"x": 1}\n{"x": \n', '{"x": 1}\n{"x": "a"}\n3\n'])
def test_what_is_no_json_lines_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "t.jsonl").write_text(text)
    with pytest.raises(FileUnreadable, match="JSON|empty"):
        read_table(tmp_path / "t.jsonl")


def test_lines_of_mixed_kinds_are_text_as_in_a_frame(tmp_path: Path) -> None:
    lines = [
        json.dumps({"x": x, "k": k, "y": k * k}) for k, x in enumerate([1, "a", 2.5, True, None, 1, "a"])
    ]
    (tmp_path / "t.jsonl").write_text("\n".join(lines))
    table = read_table(tmp_path / "t.jsonl", target="y")
    assert table.feature_names == ("x=1", "x=2.5", "x=True", "x=a", "k") and len(table.y) == 6


def test_names_of_a_sheet_keep_their_blanks_as_in_text(tmp_path: Path) -> None:
    rows = [(" x", "y "), *((k, k * k) for k in range(6))]
    table = read_table(book(tmp_path / "t.xlsx", ("a", rows)), target="y")
    assert table.feature_names == (" x",) and table.target_name == "y "


def test_quotes_after_blanks_and_delimiters_at_the_end(tmp_path: Path) -> None:
    (tmp_path / "q.csv").write_text('x, "y z",\n1, 2,\n2, 4,\n3, 7,\n')
    table = read_table(tmp_path / "q.csv", target="y z")
    assert table.feature_names == ("x",) and table.notes == ()
    np.testing.assert_array_equal(table.y, [2, 4, 7])


def test_one_column_whose_name_has_blanks(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("Pressure drop_predicted [Pa]\n740.06\n12.5\n8\n")
    table = read_table(tmp_path / "p.csv")
    assert table.feature_names == ("Pressure drop_predicted [Pa]",) and table.X[1, 0] == 12.5
