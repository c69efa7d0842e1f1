"""Cells that a fit's export fills are computed by LibreOffice as the model computes them."""

from __future__ import annotations

import csv
import datetime as dt
import math
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

from symlaw import parse
from symlaw.data import read_table
from symlaw.engine.evaluate import evaluate
from symlaw.language import Expression, operator_table
from symlaw.language.printers import targets
from symlaw.testing.formulas import random_formula
from tests.language.printers.comparing import OF_DATES, compare

OFFICE = shutil.which("soffice")
pytestmark = [
    pytest.mark.consumers,
    pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed"),
]
BEGIN = dt.datetime(2026, 3, 1, 7, 30)
ROWS = [
    (BEGIN + dt.timedelta(hours=2 * k), 100 + 3 * k, "dark" if k % 3 else 'li"ght', k % 2 == 0, k * k)
    for k in range(12)
]


def test_dates_texts_and_truth_values_are_made_in_the_cell(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(("when", "D [mm]", "color", "on", "y"))
    for row in ROWS:
        sheet.append(row)
    book.save(tmp_path / "table.xlsx")
    table = read_table(tmp_path / "table.xlsx", target="y")
    assert table.feature_names == ("when_h", "D [mm]", "color", "on")
    law = parse("0.5 * when_h + 2 * color - 0.25 * on + `D [mm]` / 100")
    expected = evaluate([law], table.X, list(table.feature_names))[0]
    recipes = table.encodings["features"]
    formula = law.export("excel", columns=table.encodings["columns"], recipes=recipes)
    for number in range(len(ROWS)):
        # as a cell that is dragged down
        sheet.cell(number + 2, 6).value = _moved(formula, number)
    book.save(tmp_path / "filled.xlsx")
    found = [float(row[5]) for row in computed(tmp_path / "filled.xlsx", tmp_path)[1:]]
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)


def _moved(formula: str, rows: int) -> str:
    """The formula some rows below."""
    return re.sub(r"\b([A-Z])2\b", lambda cell: f"{cell[1]}{2 + rows}", formula)


NAMES = ("when", "D [mm]", "color", "on", "lag", "speed", 'odd "name", here')
COLORS = ("dark", "Dark", 'li"ght', "it's")
N_FORMULAS, N_ROWS = 100, 8


def rows_of_a_table() -> list[tuple[object, ...]]:
    rng = np.random.default_rng(3)
    return [
        (
            BEGIN + dt.timedelta(hours=2 * k),
            float(np.round(rng.uniform(50, 300), 1)),
            COLORS[k % 4],
            k % 3 == 0,
            dt.timedelta(seconds=int(rng.integers(60, 4000))),
            float(rng.normal()),
            float(rng.normal(0.4, 1.3)),
            float(k * k),
        )
        for k in range(N_ROWS)
    ]


def test_100_formulas_on_a_sheet_whose_columns_are_in_another_order(tmp_path: Path) -> None:
    rows = rows_of_a_table()
    book = openpyxl.Workbook()
    for row in ((*NAMES, "y"), *rows):
        book.active.append(row)
    book.save(tmp_path / "table.xlsx")
    table = read_table(tmp_path / "table.xlsx", target="y")
    columns = dict(zip(table.feature_names, table.X.T, strict=True))
    assert len(columns) == 10
    operators = [row for row in operator_table().values() if row.name not in targets()["excel"].lacks()]
    rng = np.random.default_rng(4)
    laws = [
        random_formula(rng, operators, table.feature_names, int(rng.integers(1, 8)))
        for _ in range(N_FORMULAS)
    ]
    found = computed_in_office(laws, table.encodings["features"], rows, tmp_path)
    checked = sum(
        compare(law, got, columns, precision=OF_DATES)[0] for law, got in zip(laws, found, strict=True)
    )
    assert checked > 0.5 * N_FORMULAS * N_ROWS


def computed_in_office(
    laws: Sequence[Expression], recipes: Sequence[Any], rows: Sequence[Sequence[object]], folder: Path
) -> list[list[float]]:
    """Values of formulas, a list for each, in a sheet that has the columns backwards, with two of text."""
    order = ["remark", *NAMES[::-1], "unit"]
    book = openpyxl.Workbook()
    book.active.append(order)
    written = [law.export("excel", columns=order, recipes=recipes) for law in laws]
    for place, row in enumerate(rows):
        by_name = dict(zip(NAMES, row, strict=False))
        cells = [by_name.get(name, "none") for name in order]
        book.active.append([*cells, *(_moved(text, place) for text in written)])
    book.save(folder / "filled.xlsx")
    table = computed(folder / "filled.xlsx", folder)
    return [[_number(row[len(order) + k]) for row in table[1:]] for k in range(len(laws))]


def computed(path: Path, folder: Path) -> list[list[str]]:
    """The first sheet of a workbook as LibreOffice computes it, with all digits of its numbers."""
    form = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false"
    office = [str(OFFICE), f"-env:UserInstallation=file://{folder}/office", "--headless"]
    command = [*office, "--convert-to", form, "--outdir", str(folder), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    with path.with_suffix(".csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan
