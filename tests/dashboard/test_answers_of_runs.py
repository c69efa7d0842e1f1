"""What the page is told and may do of a run as a whole: its progress, name, note, deletion, report."""

from __future__ import annotations

import gzip
import io
import json
import os
from pathlib import Path
from urllib.parse import urlencode

import pyarrow as pa
import pytest
from pyarrow import parquet

from symlaw.cli import main
from symlaw.dashboard.progress import MOST_MOMENTS, Improvements
from symlaw.report.plots.search import improvements
from symlaw.runs.annotations.notes import Note, read_note, write_note
from symlaw.runs.store import read_run

from .conftest import LIMIT, Answer, Client, Growing

RUN = "/api/runs/pendulum"


def test_the_fall_of_the_loss_is_that_of_the_journal(client: Client) -> None:
    told = next(client.news(f"{RUN}/stream"))["improvements"]
    moments = improvements(read_run(client.root / "pendulum"))
    assert told["loss"] == [one.loss for one in moments] and len(moments) == 4
    assert told["seconds"] == [0.0, 0.5, 1.0, 1.5] and told["evaluations"] == [12_345] * 4
    assert told["source"] == ["sparse", "sparse", "evolution", "evolution"]


def test_improvements_come_as_the_run_goes_with_its_limits(client: Client, growing: Growing) -> None:
    growing.add("x + 1", 0.25)
    news = client.news("/api/runs/growing/stream")
    first = next(news)
    assert first["improvements"]["loss"] == [0.25]
    assert first["limits"] == {"seconds": 60, "evaluations": None, "target_loss": None, "patience": None}
    growing.add("x", 0.5)
    growing.add("x**2", 0.01)
    while (told := next(news))["improvements"]["loss"] != [0.25, 0.01]:
        pass
    assert told["improvements"]["evaluations"] == [10, 30]


def test_of_many_improvements_the_first_and_the_latest_are_kept() -> None:
    kept = Improvements()
    for number in range(1000):
        entries = [{"loss": 1.0 / (number + 1), "source": "bank"}]
        kept.take([{"kind": "front", "seconds": number, "evaluations": number, "entries": entries}])
        kept.take([{"kind": "front", "seconds": "x", "entries": [{}]}, {"kind": "note", "text": "no front"}])
    assert MOST_MOMENTS / 2 <= len(kept.moments) <= MOST_MOMENTS
    assert (kept.moments[0].seconds, kept.moments[-1].seconds) == (0, 999)
    losses = [one.loss for one in kept.moments]
    assert losses == sorted(losses, reverse=True)


def test_names_and_notes_are_those_of_the_command(client: Client) -> None:
    news = client.news(f"{RUN}/stream")
    assert next(news)["note"] == {"name": "", "text": ""}
    assert client.post(f"{RUN}/note", {"name": " clean data ", "text": "Row 7.\nOut."}).json == {}
    assert read_note(client.root / "pendulum") == Note("clean data", "Row 7.\nOut.")
    assert next(news)["note"] == {"name": "clean data", "text": "Row 7.\nOut."}
    write_note(client.root / "pendulum", Note("from the terminal"))
    assert next(news)["note"] == {"name": "from the terminal", "text": ""}
    told = {run["id"]: run["name"] for run in client.get("/api/runs").json["runs"]}
    assert told == {"pendulum": "from the terminal", "hubble": ""}


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ({"name": "x" * 81, "text": ""}, "80 letters at most"),
        ({"name": "", "text": "x" * 20_001}, "20,001 letters"),
        ({"name": "x"}, "text is missing"),
        ({"name": 3, "text": ""}, "name is missing"),
    ],
    ids=str,
)
def test_a_note_that_cannot_be_kept_is_refused(client: Client, body: dict[str, object], why: str) -> None:
    answer = client.post(f"{RUN}/note", body)
    assert answer.status == 400 and why in answer.json["error"]


def test_a_run_is_deleted_with_all_that_it_holds(client: Client) -> None:
    client.get(RUN)
    assert client.post(f"{RUN}/delete", {}).json == {}
    assert not (client.root / "pendulum").exists() and (client.root / "hubble").exists()
    assert "there is no run 'pendulum'" in client.get(RUN).json["error"]
    assert [run["id"] for run in client.get("/api/runs").json["runs"]] == ["hubble"]


def test_a_run_that_goes_is_not_deleted(client: Client, growing: Growing) -> None:
    growing.add("x", 0.5)
    answer = client.post("/api/runs/growing/delete", {})
    assert answer.status == 400 and "is running: stop it first" in answer.json["error"]
    assert (growing.writer.folder / "run.json").exists()


@pytest.mark.parametrize("name", ["..", "%2e%2e", "..%2fhubble", ".tables", "", "link"])
def test_nothing_outside_the_folder_of_runs_is_deleted(client: Client, tmp_path: Path, name: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "run.json").write_text((client.root / "hubble" / "run.json").read_text())
    os.symlink(outside, client.root / "link")
    assert client.post(f"/api/runs/{name}/delete", {}).status in (400, 404, 405)
    assert (outside / "run.json").exists() and (client.root / "hubble" / "run.json").exists()


@pytest.mark.parametrize(("form", "start"), [("html", b"<!DOCTYPE html>"), ("md", b"# ")])
def test_a_report_is_saved_and_never_shown_as_a_page(client: Client, form: str, start: bytes) -> None:
    answer = client.get(f"{RUN}/report", format=form)
    assert answer.status == 200 and answer.body.lower().startswith(start.lower())
    assert answer.headers["content-disposition"] == f"attachment; filename*=UTF-8''report-pendulum.{form}"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "length [m]" in answer.body.decode()


def test_without_a_browser_a_pdf_is_refused_in_a_sentence(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("symlaw.report.document.BROWSERS", ())
    answer = client.get(f"{RUN}/report", format="pdf")
    assert answer.status == 400 and "a PDF needs Chromium or Chrome" in answer.json["error"]
    assert client.get(RUN).json["prints"] is False


@pytest.mark.parametrize("form", ["", "../x", "exe", "html/../../x"])
def test_a_report_of_no_known_form_is_refused(client: Client, form: str) -> None:
    answer = client.get(f"{RUN}/report", format=form)
    assert answer.status == 400 and "choose html, md or pdf" in answer.json["error"]


def test_a_run_without_formulas_has_no_report(client: Client, growing: Growing) -> None:
    answer = client.get("/api/runs/growing/report", format="html")
    assert answer.status == 400 and "has found no formula yet" in answer.json["error"]


NEW = "length [m],gravity [m/s^2],mass [kg]\n1,9.81,1\n4,9.81,2\n-1,9.81,1\n"


def predict(client: Client, name: str, content: bytes, **which: str) -> Answer:
    return client.ask("POST", f"{RUN}/predict?{urlencode({'name': name, **which})}", content)


def test_predictions_are_those_of_the_command(
    client: Client, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = next(client.news(f"{RUN}/stream"))["rows"][2]["key"]
    told = predict(client, "new.csv", NEW.encode(), key=key).json
    assert (told["name"], told["n_rows"], told["n_undefined"]) == ("new-predicted.csv", 3, 1)
    (tmp_path / "new.csv").write_text(NEW)
    assert main(["predict", "pendulum", str(tmp_path / "new.csv"), f"--runs={client.root}"]) == 0
    assert told["csv"] == capsys.readouterr().out
    own = predict(client, "new.csv", NEW.encode(), formula="2 * `length [m]`").json
    assert own["csv"] == "period_predicted [s]\n2.0\n8.0\n-2.0\n"
    assert not (client.root / ".tables").exists()


def sheet(rows: list[list[object]]) -> bytes:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def packed(suffix: str) -> bytes:
    rows = [line.split(",") for line in NEW.splitlines()]
    values = [[float(cell) for cell in row] for row in rows[1:]]
    if suffix == ".csv.gz":
        return gzip.compress(NEW.encode())
    if suffix == ".tsv":
        return NEW.replace(",", "\t").encode()
    if suffix == ".jsonl":
        return "\n".join(json.dumps(dict(zip(rows[0], row, strict=True))) for row in values).encode()
    if suffix == ".xlsx":
        return sheet([list(rows[0]), *values])
    file = io.BytesIO()
    parquet.write_table(pa.table(dict(zip(rows[0], zip(*values, strict=True), strict=True))), file)
    return file.getvalue()


@pytest.mark.parametrize("suffix", [".csv.gz", ".tsv", ".jsonl", ".xlsx", ".parquet"])
def test_all_kinds_of_tables_can_be_predicted(client: Client, suffix: str) -> None:
    told = predict(client, f"new{suffix}", packed(suffix), formula="2 * `length [m]`").json
    assert told["csv"].splitlines()[1:] == ["2.0", "8.0", "-2.0"] and told["name"] == "new-predicted.csv"


@pytest.mark.parametrize(
    ("name", "content", "which", "why"),
    [
        ("new.csv", b"a,b\n1,2\n", {"formula": "`mass [kg]`"}, "mass [kg]"),
        ("new.exe", b"a,b\n1,2\n", {"formula": "1"}, "let its name end in"),
        ("new.csv", b"", {"formula": "1"}, "the file is empty"),
        ("new.csv", b"a\n1\n" * LIMIT, {"formula": "1"}, "is larger than"),
        ("new.csv", NEW.encode(), {"key": "0"}, "no longer on the front"),
        ("new.csv", NEW.encode(), {"formula": "__import__('os')"}, "cannot read"),
        ("new.csv.gz", b"no gzip", {"formula": "1"}, "cannot be unpacked"),
    ],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_predicted_is_refused(
    client: Client, name: str, content: bytes, which: dict[str, str], why: str
) -> None:
    answer = predict(client, name, content, **which)
    assert answer.status in (400, 413) and why in answer.json["error"] and "\n" not in answer.json["error"]
