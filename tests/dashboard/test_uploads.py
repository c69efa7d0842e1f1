"""Dropped tables: described, kept in their folder, refused where they are too large or no tables."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from symlaw.dashboard import tables
from symlaw.dashboard.tables import safe_name

from .conftest import EXAMPLES, LIMIT, Client

CSV = b"a,b [m],word,same,c\n1,2,x,5,3\n2,3,y,5,4\n3,,z,5,6\n"


def kept(client: Client) -> list[Path]:
    return sorted(
        path.relative_to(client.root) for path in client.root.glob(".tables/**/*") if path.is_file()
    )


def test_a_table_is_described(client: Client) -> None:
    told = client.upload("t.csv", CSV).json
    assert (told["n_rows"], told["n_columns"], told["target"], told["name"]) == (3, 5, "c", "t.csv")
    by_name = {column["name"]: column for column in told["columns"]}
    assert by_name["b [m]"]["unit"] == "m" and by_name["b [m]"]["missing"] == 1
    assert by_name["word"]["kind"] == "text" and by_name["same"]["constant"]
    assert by_name["a"]["cells"] == ["1", "2", "3"]


def test_the_same_table_is_kept_once(client: Client) -> None:
    ids = {client.upload("t.csv", CSV).json["table"] for _ in range(3)}
    assert len(ids) == 1 and len(kept(client)) == 1
    assert client.upload("u.csv", CSV).json["table"] not in ids


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../../etc/cron.d/x.csv", "x.csv"),
        ("..\\..\\boot.csv", "boot.csv"),
        ("/etc/passwd.csv", "passwd.csv"),
        (".hidden.csv", "hidden.csv"),
        ("-rf.csv", "rf.csv"),
        ("a\x00b\n;$(id).csv", "a_b____id_.csv"),
        ("é" * 500 + ".csv", "é" * 40 + ".csv"),
    ],
)
def test_names_stay_inside(client: Client, name: str, safe: str) -> None:
    assert safe_name(name) == safe
    assert client.upload(name, CSV).status == 200
    (path,) = kept(client)
    assert path.parts[0] == ".tables" and path.name == safe and len(path.parts) == 3


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("t.exe", CSV, "let its name end in .csv, .tsv,"),
        ("", CSV, "let its name end in"),
        ("t.docx", CSV, "let its name end in"),
        ("t.npy", CSV, "is not a .npy file of plain numbers"),
        ("t.csv", b"", "the file is empty"),
        ("t.csv", b"word\nx\ny\n", "no column holds numbers that vary"),
        ("t.parquet", b"PAR1 nonsense", "not a Parquet file"),
    ],
)
def test_what_is_no_table_is_refused(client: Client, name: str, content: bytes, why: str) -> None:
    answer = client.upload(name, content)
    assert answer.status == 400 and why in answer.json["error"] and "\n" not in answer.json["error"]


def test_what_is_too_large_is_refused_and_leaves_nothing(client: Client) -> None:
    whole = client.upload("t.csv", b"a,b\n" + b"1,2\n" * LIMIT)
    assert whole.status == 413 and "is larger than 0.1 MB" in whole.json["error"]
    pieces = client.upload("t.csv", iter([b"1,2\n" * 10_000] * 4))
    assert pieces.status == 413 and "--max-upload" in pieces.json["error"]
    assert kept(client) == []


def test_a_packed_table_of_too_many_cells_is_refused(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "MOST_CELLS", 1_000_000)
    path = tmp_path / "zeros.parquet"
    parquet.write_table(pa.table({"x": np.zeros(600_000), "y": np.zeros(600_000)}), path)
    assert path.stat().st_size < LIMIT
    answer = client.upload("zeros.parquet", path.read_bytes())
    assert answer.status == 413 and "600,000 rows of 2 columns, too many" in answer.json["error"]


def workbook() -> bytes:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (["a", "b [m]", "c"], [1, 2.5, 3], [2, 3.5, 4], [3, 4.5, 6]):
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("t.csv.gz", lambda: gzip.compress(b"a,b [m],c\n1,2.5,3\n2,3.5,4\n3,4.5,6\n")),
        ("t.xlsx", workbook),
        ("t.jsonl", lambda: b'{"a": 1, "b [m]": 2.5, "c": 3}\n{"a": 2, "b [m]": 3.5, "c": 4}\n'),
    ],
)
def test_packed_text_sheets_and_lines_are_tables(
    client: Client, name: str, make: Callable[[], bytes]
) -> None:
    told = client.upload(name, make()).json
    assert [column["name"] for column in told["columns"]] == ["a", "b [m]", "c"] and told["name"] == name
    assert told["columns"][1]["unit"] == "m" and told["columns"][1]["cells"][:2] == ["2.5", "3.5"]


def bomb() -> bytes:
    """A sheet of few bytes that unpacks to many."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 3_000_000)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "make"), [("t.csv.gz", lambda: gzip.compress(b"a,b\n" + b"1,2\n" * 700_000)), ("t.xlsx", bomb)]
)
def test_what_unpacks_to_too_much_is_refused(
    client: Client, monkeypatch: pytest.MonkeyPatch, name: str, make: Callable[[], bytes]
) -> None:
    monkeypatch.setattr(tables, "MOST_UNPACKED", 2_000_000)
    content = make()
    assert len(content) < LIMIT
    answer = client.upload(name, content)
    assert answer.status == 413 and "unpacks to more than 2 MB" in answer.json["error"]


@pytest.mark.parametrize("name", ["t.csv.gz", "t.xlsx", "t.jsonl.gz"])
def test_what_is_not_packed_as_its_name_says_is_refused(client: Client, name: str) -> None:
    for content in (CSV, gzip.compress(CSV)[:20] if name.endswith("gz") else b"PK\x03\x04"):
        answer = client.upload(name, content)
        assert answer.status == 400 and f"'{name}' cannot be unpacked" in answer.json["error"]


@pytest.mark.parametrize("table", ["../pendulum", "", "0" * 32, "g" * 32, "/etc", "\x00"])
def test_only_dropped_tables_are_searched(client: Client, table: str) -> None:
    answer = client.post("/api/fit", {"table": table, "target": "y"})
    assert answer.status == 400 and "drop the file again" in answer.json["error"]


def test_a_search_that_cannot_start_says_why(client: Client) -> None:
    table = client.upload("kepler.csv", (EXAMPLES / "kepler.csv").read_bytes()).json["table"]
    launch = client.post("/api/fit", {"table": table, "target": "year", "seconds": 1}).json
    for told in client.news("/api/stream"):
        (now,) = [one for one in told["launches"] if one["id"] == launch["id"]]
        if not now["going"]:
            break
    assert "There is no column 'year' to use as target." in now["error"] and now["run"] == ""
