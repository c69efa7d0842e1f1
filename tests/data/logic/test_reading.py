"""Reading truth tables: what files and lists say, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from symlaw.data.logic.blif import read_blif
from symlaw.data.logic.pla import read_pla, write_pla
from symlaw.data.logic.reading import read_truths
from symlaw.data.logic.truths import TruthRows
from symlaw.errors import ColumnNotFound, DataError, FileUnreadable

ADDER = """
# the carry of a full adder
.i 3
.o 1
.ilb a b c
.ob carry
11- 1
1-1 1
-11 1
.e
"""
BLIF = """
.model carry
.inputs a b \\
c
.outputs carry
.names a b both
11 1
.names a b one
00 0
.names one c more
11 1
.names both more carry
1- 1
-1 1
.end
"""


def as_text(table: TruthRows) -> dict[str, int]:
    rows = ("".join(map(str, row)) for row in table.rows.astype(int))
    return dict(zip(rows, table.truths.astype(int).tolist(), strict=True))


def test_a_circuit_and_its_table_are_the_same() -> None:
    table, circuit = read_pla(ADDER, "carry.pla"), read_blif(BLIF, "carry.blif")
    assert table.names == circuit.names == ("a", "b", "c")
    assert (
        as_text(table) == as_text(circuit) == {format(k, "03b"): int(bin(k).count("1") > 1) for k in range(8)}
    )
    assert table.is_full


def test_rows_that_do_not_matter_are_left_out() -> None:
    assert as_text(read_pla(".i 2\n.o 1\n11 1\n00 -\n.e", "t")) == {"01": 0, "10": 0, "11": 1}
    assert as_text(read_pla(".i 2\n.o 1\n.type fr\n11 1\n00 0\n.e", "t")) == {"00": 0, "11": 1}
    assert as_text(read_truths("1-0-")) == {"00": 1, "10": 0}
    assert as_text(read_truths([1, None, 0, "-"])) == {"00": 1, "10": 0}


def test_a_table_that_is_written_is_read_back(tmp_path: Path) -> None:
    table = read_pla(".i 3\n.o 1\n.ilb a b c\n.ob out\n11- 1\n000 -\n", "t")
    path = tmp_path / "again.pla"
    path.write_text(write_pla(table))
    again = read_truths(path)
    assert (again.names, again.target) == (table.names, "out")
    assert as_text(again) == as_text(table)


def test_columns_of_truths_are_a_table_and_empty_outputs_do_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("a,out,b\n0,1,0\n1,,0\n1,0,1\n")
    table = read_truths(path, "out")
    assert table.names == ("a", "b")
    assert as_text(table) == {"00": 1, "11": 0}
    frame = pd.DataFrame({"a": [True, False], "f": [1, 0]})
    assert as_text(read_truths(frame)) == {"1": 1, "0": 0}


@pytest.mark.parametrize(
    ("source", "says"),
    [
        (".i 2\n.o 1\n111 1\n", "line 3 of 't' has 3 inputs, and .i says 2"),
        (".i 2\n.o 2\n11 11\n", "2 outputs, and one is read"),
        (".o 1\n11 1\n", "before .i"),
        (".i 2\n.o 1\n1x 1\n", "give 0, 1 and -"),
        (".i 2\n.o 1\n.latch a b\n", "not understood"),
        (".i 2\n.o 1\n", "lacks rows"),
        (".i 40\n.o 1\n1" + "-" * 39 + " 1\n", "40 inputs, and 1 to 16"),
    ],
)
def test_a_pla_that_is_none_is_refused_with_its_line(source: str, says: str) -> None:
    with pytest.raises(DataError, match=says):
        read_pla(source, "t")


@pytest.mark.parametrize(
    ("source", "says"),
    [
        (BLIF.replace(".outputs carry", ".outputs carry both"), "2 outputs"),
        (BLIF.replace(".names a b both", ".names a d both"), "'d' before it is defined"),
        (BLIF.replace(".names a b both", ".latch a b"), "latch"),
        (BLIF.replace("1- 1", "1 1"), "a gate of 2 inputs"),
    ],
)
def test_a_blif_that_is_not_read_is_refused(source: str, says: str) -> None:
    with pytest.raises(DataError, match=says):
        read_blif(source, "t")


@pytest.mark.parametrize(
    ("source", "target", "error", "says"),
    [
        ("011", None, DataError, "these are 3"),
        ([0, 1, 2, 0], None, DataError, "holds '2'"),
        ({"a": [0, 2], "f": [0, 1]}, None, DataError, "'a' holds more than 0 and 1"),
        ({"a": [0, np.nan], "f": [0, 1]}, None, DataError, "'a' holds more than 0 and 1"),
        ({"a": [0, 1], "f": [0, 1]}, "g", ColumnNotFound, "no column"),
        ({"f": [0, 1]}, None, DataError, "a column for each input"),
        ("missing.pla", None, FileUnreadable, "missing.pla"),
    ],
)
def test_other_sources_are_refused_in_one_sentence(
    source: Any, target: str | None, error: type, says: str
) -> None:
    with pytest.raises(error, match=says) as caught:
        read_truths(source, target)
    assert "\n" not in str(caught.value)
