"""Dropped tables: described, kept in their folder, refused where they are too large or no tables."""

from __future__ import annotations

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
