"""Bad tables are refused in one sentence that names the column or argument and the fix."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest

from symlaw.data import read_table
from symlaw.errors import ColumnNotFound, DataError, FileUnreadable, InvalidSetting, SymlawError

GOOD = {"mass": [1.0, 2.0, 3.0, 4.0], "length": [2.0, 1.0, 5.0, 0.5], "period": [1.0, 4.0, 9.0, 16.0]}


def refused(kind: type[SymlawError], *words: str, source: object = None, **asked: object) -> str:
    with pytest.raises(kind) as caught:
        read_table(GOOD if source is None else source, **asked)
    message = str(caught.value)
    for word in words:
        assert word in message
    assert "\n" not in message.strip()
    return message


def test_fewer_than_three_usable_rows_says_where_cells_are_missing():
    source = {"a": [1, 2, None, 4, 5], "b": [1, None, 3, None, 7], "y": [1, 2, 3, 4, 5]}
    refused(
        DataError, "2 of 5 rows", "'a' (1)", "'b' (2)", "leave such columns out", source=source, target="y"
    )


def test_rows_of_weight_zero_do_not_count():
    refused(DataError, "2 of 4 rows", "weight", target="period", weights=[1, 1, 0, 0])


def test_constant_target():
    refused(DataError, "'y'", "3 in every row", source={"x": [1, 2, 3], "y": [3, 3, 3]}, target="y")


def test_text_target_names_the_first_cell_that_is_no_number():
    source = {"x": [1, 2, 3], "y": ["1", "broken", "3"]}
    refused(DataError, "'y'", "'broken' in row 2", source=source, target="y")


def test_target_of_dates():
    source = {"x": [1, 2, 3], "when": np.array(["2020-01-01", "2020-01-02", "2020-01-03"], "M8[D]")}
    refused(DataError, "'when'", "dates", source=source, target="when")


@pytest.mark.parametrize("value", [np.inf, -np.inf])
@pytest.mark.parametrize("column", ["mass", "period"])
def test_infinity_names_column_and_row(value, column):
    source = {**GOOD, column: [1.0, 2.0, value, 4.0]}
    refused(DataError, repr(column), "row 3", source=source, target="period")


def test_unknown_column_says_which_is_meant():
    message = refused(ColumnNotFound, "'masss'", "Did you mean 'mass'?", "'length'", target="masss")
    assert not message.startswith(("'", '"'))


def test_unknown_column_among_many_shows_a_few():
    source = {f"c{i}": [1.0, 2.0, 4.0] for i in range(40)}
    message = refused(ColumnNotFound, "(40 in all)", source=source, target="nothing")
    assert len(message) < 250


@pytest.mark.parametrize("asked", [{"features": ["nope"]}, {"drop": ["nope"]}, {"weights": "nope"}])
def test_unknown_names_are_refused_in_every_argument(asked):
    refused(ColumnNotFound, "'nope'", target="period", **asked)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"target": "period", "features": ["mass", "period"]}, ("'period'", "target", "features")),
        ({"target": "period", "drop": ["period"]}, ("'period'", "target", "drop")),
        ({"target": "period", "weights": "period"}, ("'period'", "weights")),
        ({"target": "period", "weights": "mass", "features": ["mass"]}, ("'mass'", "weights", "features")),
        ({"target": "period", "drop": ["mass", "length"]}, ("No feature",)),
        ({"target": "period", "features": []}, ("No feature",)),
    ],
)
def test_roles_that_clash(asked, words):
    refused(DataError, *words, **asked)


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        ([1, -1, 1, 1], ("row 2", "-1")),
        ([1, 1, np.nan, 1], ("row 3", "nan")),
        ([1, 1, np.inf, 1], ("row 3",)),
        ([0, 0, 0, 0], ("zero",)),
        ([1, 1], ("(2,)", "4 rows")),
        (["a", "b", "c", "d"], ("one number per row",)),
    ],
)
def test_bad_weights(weights, words):
    refused(DataError, "weights", *words, target="period", weights=weights)


def test_bad_weight_column_is_named():
    source = {**GOOD, "w": [1.0, -2.0, 1.0, 1.0]}
    refused(DataError, "'w'", "row 2", "-2", source=source, target="period", weights="w")
    source = {**GOOD, "w": ["a", "b", "c", "d"]}
    refused(DataError, "'w'", "text", source=source, target="period", weights="w")


@pytest.mark.parametrize(
    "source",
    [
        np.array([[1 + 1j, 2], [3, 4], [5, 6]]),
        {"x0": [1 + 1j, 2, 3], "y": [1, 2, 3]},
        pd.DataFrame({"x0": [1 + 1j, 2, 3], "y": [1, 2, 3]}),
    ],
)
def test_complex_numbers(source):
    refused(DataError, "'x0'", "complex", source=source)


@pytest.mark.parametrize(
    "source",
    [
        {"a": [[1, 2], [3, 4], [5, 6]], "y": [1, 2, 3]},
        {"a": np.ones((3, 2)), "y": [1, 2, 3]},
        {"a": [np.ones(2), np.ones(3), np.ones(2)], "y": [1, 2, 3]},
        pd.DataFrame({"a": [[1, 2], [3, 4], [5]], "y": [1, 2, 3]}),
        pd.DataFrame({"a": [np.ones(2), 1.0, "x"], "y": [1, 2, 3]}),
        pl.DataFrame({"a": [[1, 2], [3, 4], [5]], "y": [1, 2, 3]}),
        pl.DataFrame({"a": [{"b": 1}, {"b": 2}, {"b": 3}], "y": [1, 2, 3]}),
        np.zeros(3, dtype=[("a", float, 2), ("y", float)]),
    ],
)
def test_more_than_one_value_per_cell(source):
    refused(DataError, "'a'", "more than one value per cell", source=source)


def test_columns_of_different_length():
    refused(DataError, "'a' has 2", "'b' has 3", source={"a": [1, 2], "b": [1, 2, 3]})


@pytest.mark.parametrize("source", [np.zeros(4), np.zeros((2, 2, 2)), np.float64(1)])
def test_arrays_that_are_no_table(source):
    with pytest.raises(DataError):
        read_table(source)


@pytest.mark.parametrize(
    "source", [3, [[1, 2], [3, 4]], None, pl.Series([1, 2, 3]), pd.Series([1, 2]), object()]
)
def test_sources_of_another_kind(source):
    with pytest.raises(DataError, match="table cannot be read"):
        read_table(source)


@pytest.mark.parametrize(
    "source", [{}, {"a": []}, np.zeros((0, 3)), np.zeros((3, 0)), pd.DataFrame(), {"a": 1}]
)
def test_sources_without_rows_or_columns(source):
    with pytest.raises(DataError):
        read_table(source)


def test_no_feature_left_says_why():
    source = {"name": list("abcdefghijklmno"), "c": [1] * 15, "y": range(15)}
    refused(DataError, "No feature", "'name'", "'c'", source=source, target="y")


def test_missing_file_suggests_a_near_name(write):
    path = write("a,b\n1,2\n", "planets.csv")
    refused(FileUnreadable, "no file", "Did you mean", "planets.csv", source=path.with_name("planet.csv"))
    refused(FileUnreadable, "no file", source="/nowhere/at/all.csv")


def test_directory(tmp_path):
    refused(FileUnreadable, "directory", source=tmp_path)
    (tmp_path / "folder.csv").mkdir()
    refused(FileUnreadable, "directory", source=tmp_path / "folder.csv")


def test_unknown_ending(write):
    refused(FileUnreadable, "table.docx", ".parquet", source=write(b"PK", "table.docx"))
    refused(FileUnreadable, ".csv", source=write("a", "table"))


@pytest.mark.parametrize("content", ["", "\n\n  \n", "\ufeff"])
def test_empty_file(write, content):
    refused(DataError, "empty", source=write(content))


@pytest.mark.parametrize("content", ["a,b", "a,b\n", "# only\n# comments\n", "a;b\n\n\n"])
def test_header_without_rows(write, content):
    refused(DataError, "no data rows", source=write(content))


@pytest.mark.parametrize("name", ["table.csv", "table.tsv", "table.txt"])
def test_binary_garbage_as_text(write, name):
    garbage = np.random.default_rng(0).integers(0, 256, 5000, dtype=np.uint8).tobytes()
    refused(FileUnreadable, name, "binary", source=write(garbage, name))


@pytest.mark.parametrize("name", ["table.csv.gz", "table.parquet", "table.npy"])
@pytest.mark.parametrize("content", [b"", b"no such format", bytes(range(256)) * 20])
def test_damaged_files(write, name, content):
    with pytest.raises((FileUnreadable, DataError)) as caught:
        read_table(write(content, name))
    assert name in str(caught.value)


def test_truncated_gzip(write):
    path = write(gzip.compress(b"a,b\n1,2\n" * 500)[:-20], "table.csv.gz")
    refused(FileUnreadable, "table.csv.gz", source=path)


def test_pickled_array_is_not_opened(tmp_path):
    path = tmp_path / "table.npy"
    np.save(path, np.array([{"a": 1}], dtype=object))
    refused(FileUnreadable, "table.npy", source=path)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may read everything")
def test_file_without_permission(write):
    path: Path = write("a,b\n1,2\n")
    path.chmod(0)
    refused(FileUnreadable, "table.csv", source=path)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("row", ["4,5,6,7", "4,5"])
def test_ragged_rows_are_named(write, delimiter, row):
    content = f"a,b,c\n1,2,3\n{row}\n7,8,9\n".replace(",", delimiter)
    refused(DataError, "Row 2", f"{row.count(',') + 1} cells", "has 3", source=write(content))


def test_ragged_columns_of_spaces(write):
    refused(DataError, "Row 3", source=write("a b\n1 2\n3 4\n5\n6 7\n", "table.txt"))


@pytest.mark.parametrize("encodings", [{}, {"features": []}, {"features": [{"name": "a"}]}, [1]])
def test_encodings_that_are_none(encodings):
    refused(InvalidSetting, "encodings", encodings=encodings)
