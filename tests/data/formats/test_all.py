"""The same table from every source, and the many ways in which people write text files."""

from __future__ import annotations

import csv
import gzip
import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from symlaw.data import Table, read_table
from symlaw.errors import DataError

COLUMNS: dict[str, list[object]] = {
    "mass": [1.5, 2.25, None, 4.0, 0.1, 1e-300],
    "count": [1, 2, 3, 4, 5, 7],
    "color": ["red", "green", "red", "blue", "green", "red"],
    "flag": [True, False, True, True, False, False],
    "y": [1.0, 4.0, 9.0, 16.0, 25.0, 0.1],
}


def same(one: Table, other: Table) -> None:
    np.testing.assert_array_equal(one.X, other.X)
    np.testing.assert_array_equal(one.kept_rows, other.kept_rows)
    assert one.feature_names == other.feature_names
    assert one.notes == other.notes
    assert one.encodings == other.encodings
    assert one.digest() == other.digest()


def save(kind: str, folder: Path) -> object:
    """Return the columns as a source of some kind."""
    frame = pd.DataFrame(COLUMNS)
    path = folder / f"table.{kind}"
    if kind in ("csv", "csv.gz"):
        frame.to_csv(path, index=False)
    elif kind in ("tsv", "txt"):
        frame.to_csv(path, index=False, sep="\t")
    elif kind == "dat":
        frame.to_csv(path, index=False, sep=" ", na_rep="nan")
    elif kind == "parquet":
        frame.to_parquet(path)
    elif kind == "npy":
        rows = [tuple(np.nan if c is None else c for c in row) for row in zip(*COLUMNS.values(), strict=True)]
        kinds = [("mass", float), ("count", int), ("color", "U5"), ("flag", bool), ("y", float)]
        np.save(path, np.array(rows, dtype=kinds))
    elif kind == "feather-like batch":
        return pa.RecordBatch.from_pydict(COLUMNS)
    else:
        table = pa.table(COLUMNS)
        return {"pandas": frame, "polars": pl.DataFrame(COLUMNS), "pyarrow": table, "dict": COLUMNS}[kind]
    return path


KINDS = [
    "csv",
    "csv.gz",
    "tsv",
    "txt",
    "dat",
    "parquet",
    "npy",
    "pandas",
    "polars",
    "pyarrow",
    "feather-like batch",
]


@pytest.mark.parametrize("kind", KINDS)
def test_every_source_gives_the_same_table(kind, tmp_path):
    same(read_table(save(kind, tmp_path), target="y"), read_table(COLUMNS, target="y"))


def test_a_2d_array_and_its_npy_file_agree(tmp_path):
    array = np.random.default_rng(0).normal(size=(20, 4))
    np.save(tmp_path / "a.npy", array)
    table = read_table(tmp_path / "a.npy", target="x3")
    same(table, read_table(array, target="x3"))
    same(table, read_table(array.astype(">f8"), target="3"))
    same(table, read_table(np.asfortranarray(array), target="3"))
    np.savetxt(tmp_path / "a.txt", array)
    np.testing.assert_array_equal(read_table(tmp_path / "a.txt", target="x3").X, table.X)


def test_digest_depends_on_every_part():
    source = {"a": [1.0, 2.0, 3.0], "b": [2.0, 1.0, 5.0], "y": [1.0, 2.0, 4.0]}
    tables = [
        read_table(source, target="y"),
        read_table(source, target="b"),
        read_table(source),
        read_table(source, target="y", features=["b", "a"]),
        read_table(source, target="y", weights=[1, 1, 2]),
        read_table({**source, "a": [1.0, 2.0, 3.5]}, target="y"),
        read_table({"A": source["a"], "b": source["b"], "y": source["y"]}, target="y"),
    ]
    assert len({table.digest() for table in tables}) == len(tables)
    assert len(tables[0].digest()) == 64


def test_pandas_index_is_no_column(tmp_path):
    frame = pd.DataFrame({"a": [1, 2, 3], "y": [1, 4, 9]}, index=[5, 7, 9])
    frame.to_parquet(tmp_path / "t.parquet")
    assert read_table(tmp_path / "t.parquet").feature_names == ("a", "y")
    assert read_table(frame).feature_names == ("a", "y")


@pytest.mark.parametrize(
    "content",
    [
        "a;b;y\n1,5;2;1\n2,5;-1,25e1;4\n-3,5;7;9\n",
        "a;b;y\r\n1.5;2;1\r\n2.5;-12.5;4\r\n-3.5;7;9\r\n",
        "a\tb\ty\n1,5\t2\t1\n2,5\t-12,5\t4\n-3,5\t7\t9\n",
        "a|b|y\n1.5|2|1\n2.5|-12.5|4\n-3.5|7|9\n",
        "a,b,y\r1.5,2,1\r2.5,-12.5,4\r-3.5,7,9\r",
        "a,b,y\n\n1.5, 2 ,1\n2.5,\u221212.5,4\n-3.5,7,9\n\n",
        '"a","b","y"\n"1.5","2","1"\n"2.5","-12.5","4"\n"-3.5","7","9"\n',
        "\ufeffa,b,y\n1.5,2,1\n2.5,-12.5,4\n-3.5,7,9",
        "# measured today\n# by me\na,b,y\n1.5,2,1\n2.5,-12.5,4\n-3.5,7,9\n",
        "# a,b,y\n1.5,2,1\n2.5,-12.5,4\n-3.5,7,9\n",
        "#  a  b y\n1.5 2 1\n 2.5 -12.5 4\n-3.5   7 9\n",
        "  a    b  y\n1.5   2  1\n2.5 -12.5 4\n-3.5 7 9\n",
    ],
)
@pytest.mark.parametrize("name", ["t.csv", "t.txt", "t.tsv"])
def test_layouts_of_text(write, content, name):
    if (
        name == "t.csv"
        and "," not in content
        and ";" not in content
        and "|" not in content
        and "\t" not in content
    ):
        pytest.skip("columns parted by spaces with a header are for .txt")
    table = read_table(write(content, name), target="y")
    assert table.feature_names == ("a", "b")
    np.testing.assert_array_equal(table.X, [[1.5, 2], [2.5, -12.5], [-3.5, 7]])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings_of_text(write, encoding):
    content = "größe,y\n1,2\n2,3\n3,5\n".encode(encoding)
    table = read_table(write(content), target="y")
    assert table.feature_names == ("größe",)
    assert any("Windows-1252" in said for said in table.notes) == (encoding == "cp1252")


def test_thousands_separators_and_decimal_commas(write):
    table = read_table(
        write("price;big;y\n1.234,5;1.234;1\n12,5;2.345.678;2\n1.000.000,25;3.000;4\n"), target="y"
    )
    np.testing.assert_array_equal(table.X, [[1234.5, 1234], [12.5, 2345678], [1000000.25, 3000]])
    assert any("'big'" in said and "'1.234' is 1234.0" in said for said in table.notes)


def test_thousands_separators_in_quotes(write):
    table = read_table(write('a,b,y\n"1,234",0.5,1\n"12,345.5",0.25,2\n999,0.125,4\n'), target="y")
    np.testing.assert_array_equal(table.X[:, 0], [1234, 12345.5, 999])
    assert any("'a'" in said and "thousands" in said for said in table.notes)


def test_a_dot_column_beside_decimal_commas(write):
    table = read_table(write("a;b;y\n1,5;0.25;1\n2,5;0.5;2\n3,5;12.75;4\n"), target="y")
    np.testing.assert_array_equal(table.X, [[1.5, 0.25], [2.5, 0.5], [3.5, 12.75]])


@pytest.mark.parametrize("mark", ["", "NA", "nan", "NULL", "#DIV/0!", "?", "-", " ", "n/a"])
def test_marks_of_missing_values(write, mark):
    table = read_table(write(f"a,b,y\n1,1,1\n{mark},2,4\n3,5,9\n4,4,16\n"), target="y")
    np.testing.assert_array_equal(table.kept_rows, [0, 2, 3])


def test_plus_and_minus_are_categories(write):
    table = read_table(write("sign,y\n+,1\n-,2\n+,3\n-,5\n"), target="y")
    np.testing.assert_array_equal(table.X[:, 0], [0, 1, 0, 1])


def test_a_file_without_names(write):
    table = read_table(write("1,2,3\n4,5,7\n7,8,1\n"), target="x2")
    assert table.feature_names == ("x0", "x1")
    assert any("x0, x1" in said for said in table.notes)


def test_a_nameless_column_and_repeated_names(write):
    table = read_table(write(",a,a\n0,1,2\n1,5,3\n2,3,9\n"))
    assert table.feature_names == ("x0", "a", "a_2")
    assert any("no name" in said for said in table.notes)


def test_dates_in_text(write):
    table = read_table(
        write("t,clock,y\n2020-01-01,10:00:00,1\n2020-02-01,10:00:30,2\n2020-01-31,11:00:00,5\n"), target="y"
    )
    assert table.feature_names == ("t_d", "clock_s")
    np.testing.assert_array_equal(table.X, [[0, 36000], [31, 36030], [30, 39600]])


def test_types_that_change_late_in_a_long_file(write):
    rows = "".join(f"{i},{i * i}\n" for i in range(60_000)) + "0.5,-1\n"
    table = read_table(write("a,y\n" + rows), target="y")
    assert table.X[-1, 0] == 0.5
    assert len(table.y) == 60_001


def test_quoted_names_may_hold_anything(write):
    names = ['a "quoted" name', "two\nlines", "comma, semicolon; tab\t", " spaces ", "naïve μ ∂ 🚀"]
    stream = io.StringIO()
    csv.writer(stream).writerows(
        [[*names, "y"], *[[i, i**2, i**3, -i, 1 / (i + 1), 7 - i**2] for i in range(4)]]
    )
    assert read_table(write(stream.getvalue()), target="y").feature_names == tuple(names)


NAMES = st.lists(
    st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=12).filter(
        lambda name: name.strip() and not any(sign.isdigit() for sign in name) and not name.startswith("# ")
    ).filter(lambda name: name.lower().strip(" +-\u2212") not in ("nan", "inf", "infinity")),
    min_size=2,
    max_size=5,
    unique=True,
)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=NAMES)
def test_names_are_kept_exactly(names, tmp_path):
    numbers = np.random.default_rng(len(names)).normal(size=(4, len(names)))
    columns = dict(zip(names, numbers.T, strict=True))
    path = tmp_path / "t.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows([names, *numbers.tolist()])
    for source in (path, columns, pd.DataFrame(columns), pl.DataFrame(columns), pa.table(columns)):
        table = read_table(source, target=names[-1])
        assert (*table.feature_names, table.target_name) == tuple(names)
        np.testing.assert_array_equal(table.X, numbers[:, :-1])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    numbers=st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=3, max_size=8, unique=True)
)
def test_numbers_survive_text_to_the_last_bit(numbers, tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,y\n" + "".join(f"{number!r},{i}\n" for i, number in enumerate(numbers)))
    if min(numbers) != max(numbers):
        np.testing.assert_array_equal(read_table(path, target="y").X[:, 0], numbers)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    content=st.one_of(
        st.binary(max_size=200), st.text(",;\t\n\r \"'#.0123456789-+eEabxy\u2212", max_size=120)
    )
)
def test_any_bytes_are_read_or_refused_in_words(content, tmp_path):
    from symlaw.errors import SymlawError

    path = tmp_path / "t.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    try:
        table = read_table(path)
    except SymlawError as error:
        assert str(error)
    else:
        assert np.isfinite(table.X).all()


@pytest.mark.parametrize(
    ("name", "target", "shape"),
    [
        ("kepler", "period_years", (13, 1)),
        ("hubble", "velocity_km_s", (24, 1)),
        ("gas", "pressure_in_hg", (25, 1)),
        ("galileo", "distance_punti", (7, 1)),
        ("balmer", "wavelength_nm", (10, 1)),
        ("stars", "luminosity_sun", (12, 3)),
    ],
)
def test_examples_are_read(name, target, shape):
    path = Path(__file__).parents[3] / "examples" / f"{name}.csv"
    assert read_table(path, target=target).X.shape == shape


def test_example_laws_hold():
    folder = Path(__file__).parents[3] / "examples"
    kepler = read_table(folder / "kepler.csv", target="period_years")
    np.testing.assert_allclose(kepler.y, kepler.X[:, 0] ** 1.5, rtol=1e-3)
    gas = read_table(folder / "gas.csv", target="pressure_in_hg")
    np.testing.assert_allclose(gas.y * gas.X[:, 0], 1407, rtol=0.01)
    balmer = read_table(folder / "balmer.csv", target="wavelength_nm")
    squares = balmer.X[:, 0] ** 2
    np.testing.assert_allclose(balmer.y, 364.6 * squares / (squares - 4), rtol=1e-5)


def test_gzip_is_only_a_wrapper(write):
    content = b"a,y\n1,2\n2,4\n3,9\n"
    same(read_table(write(gzip.compress(content), "t.csv.gz")), read_table(write(content)))


def test_importing_loads_no_frame_library():
    code = "import sys, symlaw.data, symlaw.errors; print({'pandas', 'pyarrow', 'polars'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_arrays_need_no_pyarrow():
    code = (
        "import sys; sys.modules['pyarrow'] = None; import numpy as np; from symlaw.data import read_table; "
        "print(read_table(np.arange(12.).reshape(4, 3)**2, target='x2').X.shape)\n"
        "try: read_table({'a': ['x', 'y']})\nexcept ImportError as e: print(e)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "(4, 2)" in done.stdout and "pip install pyarrow" in done.stdout


def test_a_lone_exponent_is_a_name(write):
    assert read_table(write("E0,y\n1,2\n2,4\n3,9\n")).feature_names == ("E0", "y")


UNIT_ROW = "t,mass,n\ns,[kg],\n1,2.5,3\n2,3.5,4\n3,4.5,6\n"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_row_of_units_below_the_names(tmp_path: Path, delimiter: str) -> None:
    path = tmp_path / "table.csv"
    path.write_text(UNIT_ROW.replace(",", delimiter))
    table = read_table(path, target="mass", unit_row=True)
    assert table.units == {"t": "s", "mass": "kg", "n": ""}
    np.testing.assert_array_equal(table.X, [[1, 3], [2, 4], [3, 6]])
    again = read_table(path, encodings=table.encodings)
    np.testing.assert_array_equal(again.X, table.X)


def test_a_row_of_numbers_is_no_row_of_units(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("t,mass\n1,2\n2,3\n3,5\n")
    with pytest.raises(DataError, match="holds no units: it is '1,2'"):
        read_table(path, target="mass", unit_row=True)
    with pytest.raises(DataError, match="below the names of a text file"):
        read_table({"t": [1.0, 2.0], "mass": [1.0, 3.0]}, target="mass", unit_row=True)
