"""Text in a frame is what the same cells are in a text file: numbers, truth values, dates, durations."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from symlaw.data import read_table
from symlaw.data.cells.numerals import refine
from symlaw.data.raw import Column


def refined(*cells: str | None) -> Column:
    """A column of texts as it is read."""
    return refine(Column("c", "text", np.array(cells, dtype=object)), False)[0]


@pytest.mark.parametrize(
    ("cells", "seconds"),
    [
        (("0 days 00:01:40", "1 days 00:00:00.5", None), [100.0, 86400.5, np.nan]),
        (("-1 days +23:59:59", "2 days"), [-1.0, 172800.0]),
        (("1 day, 2:00:00", "0 days, 0:00:01"), [93600.0, 1.0]),
        (("P0DT0H1M40S", "P1DT2H0M0.5S", "PT1H"), [100.0, 93600.5, 3600.0]),
        (("12:30:00.25", "00:00:01"), [45000.25, 1.0]),
        (("12:30", "13:00"), [45000.0, 46800.0]),
    ],
)
def test_durations_and_times_of_day(cells: tuple[str | None, ...], seconds: list[float]) -> None:
    column = refined(*cells)
    assert column.kind == "duration"
    np.testing.assert_array_equal(column.values, seconds)


@pytest.mark.parametrize(
    "cells", [("P", "PT"), ("1 days", "soon"), ("25:00:00", "1:00:00"), ("2026-01", "2026-13")]
)
def test_what_is_no_duration_or_month_stays_text(cells: tuple[str, ...]) -> None:
    assert refined(*cells).kind == "text"


def test_months_are_dates() -> None:
    column = refined("2026-01", None, "2025-12")
    assert column.kind == "time"
    assert column.values[[0, 2]].tolist() == [*np.array(["2026-01-01", "2025-12-01"], "M8[s]").tolist()]


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (("true", "false", None), [1.0, 0.0, np.nan]),
        (("TRUE", "0", "1"), [1.0, 0.0, 1.0]),
        (("0x10", "0x0F"), [16.0, 15.0]),
    ],
)
def test_words_of_truth_and_numerals_of_programs(cells: tuple[str | None, ...], values: list[float]) -> None:
    np.testing.assert_array_equal(refined(*cells).values, values)


def test_a_name_may_be_a_character_that_ends_lines_elsewhere(tmp_path: Path) -> None:
    frame = pd.DataFrame({"\u2028": np.arange(5), "y": np.arange(5) ** 2})
    frame.to_csv(tmp_path / "t.csv", index=False)
    assert read_table(tmp_path / "t.csv", target="y").feature_names == ("\u2028",)


def test_whole_numbers_of_any_length_are_said_to_be_rounded(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("a,b,y\n" + "".join(f"{10**25 + k},{k}e300,{k}\n" for k in range(9)))
    notes = " ".join(read_table(tmp_path / "t.csv", target="y").notes)
    assert "Column 'a' holds integers above 2**53" in notes and "'b' holds integers" not in notes
