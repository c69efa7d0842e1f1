"""Cells that a fit's export fills are computed by LibreOffice as the model computes them."""

from __future__ import annotations

import csv
import datetime as dt
import shutil
import subprocess
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from symlaw import parse
from symlaw.data import read_table
from symlaw.engine.evaluate import evaluate

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
    office = [str(OFFICE), f"-env:UserInstallation=file://{tmp_path}/office", "--headless"]
    command = [*office, "--convert-to", "csv", "--outdir", str(tmp_path), str(tmp_path / "filled.xlsx")]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    with (tmp_path / "filled.csv").open(encoding="utf-8") as file:
        computed = [float(row[5]) for row in list(csv.reader(file))[1:]]
    np.testing.assert_allclose(computed, expected, rtol=1e-6, atol=1e-6)


def _moved(formula: str, rows: int) -> str:
    """The formula some rows below."""
    for column in "ABCD":
        formula = formula.replace(f"{column}2", f"{column}{2 + rows}")
    return formula
