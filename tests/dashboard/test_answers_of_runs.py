"""What the page is told and may do of a run as a whole: its progress, name, note, deletion, report."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from symlaw.dashboard.progress import MOST_MOMENTS, Improvements
from symlaw.report.courses import improvements
from symlaw.runs.notes import Note, read_note, write_note
from symlaw.runs.store import read_run

from .conftest import Client, Growing

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
