"""Following a run: each new formula once, in memory that does not grow."""

from __future__ import annotations

import gc
import time
import tracemalloc

import pytest

from symlaw.dashboard.following import Following, Journals, live
from symlaw.dashboard.streams import _OfRun
from symlaw.runs.store import read_run

from .conftest import Client, Growing


def test_a_front_is_told_as_it_grows(client: Client, growing: Growing) -> None:
    growing.add("2.5 * x", 0.25)
    news = client.news("/api/runs/growing/stream")
    first = next(news)
    assert [row["text"] for row in first["rows"]] == ["2.5 * x"] and first["state"] == "running"
    began = time.monotonic()
    growing.add("x**2", 0.01)
    second = next(news)
    assert [row["text"] for row in second["rows"]] == ["x**2", "2.5 * x"]
    assert time.monotonic() - began < 5
    growing.add("x**2", 0.001)
    assert next(news)["rows"][0]["loss"] == 0.001


def test_the_journal_read_in_pieces_gives_the_front_of_the_whole(growing: Growing) -> None:
    pieces = Following(growing.writer.folder)
    for number in range(30):
        growing.add(f"{number} * x + {'x + ' * (number % 7)}1", 1.0 / (number + 1))
        pieces.update()
    whole = Following(growing.writer.folder)
    assert live(pieces) == live(whole)
    assert pieces.run() == read_run(growing.writer.folder)


def test_a_run_that_ends_is_told_so(client: Client, growing: Growing) -> None:
    growing.add("x", 0.5)
    news = client.news("/api/runs/growing/stream")
    assert next(news)["state"] == "running"
    growing.writer.fail("ended by an error: no more")
    told = next(news)
    assert told["state"] == "interrupted" and told["stopped_by"] == "ended by an error: no more"


@pytest.mark.long
def test_memory_is_flat_over_many_updates(growing: Growing, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr("symlaw.runs.journal.os.fsync", lambda _file: None)
    look = _OfRun(Following(growing.writer.folder))

    def held_after(updates: int) -> int:
        for _ in range(updates):
            count[0] += 1
            growing.add(f"{count[0]}.5 * x + {'x + ' * (count[0] % 10)}1", 1.0 / count[0])
            assert look() is not None
        gc.collect()
        # only what followers hold: threads that other tests left may be at work in this process
        own = tracemalloc.take_snapshot().filter_traces(
            [
                tracemalloc.Filter(True, f"*/{where}/*")
                for where in ("symlaw/dashboard", "symlaw/runs", "json")
            ]
        )
        return sum(trace.size for trace in own.traces)

    count = [0]
    tracemalloc.start()
    try:
        held_after(100)
        before = held_after(20)
        assert held_after(400) - before < 50_000
    finally:
        tracemalloc.stop()


def test_the_list_tells_only_changes(client: Client, growing: Growing) -> None:
    news = client.news("/api/stream")
    assert {run["id"] for run in next(news)["runs"]} == {"pendulum", "hubble", "growing"}
    growing.add("x", 0.5)
    (now,) = [run for run in next(news)["runs"] if run["id"] == "growing"]
    assert now["loss"] == 0.5


def test_names_that_have_no_utf_8_break_nothing(client: Client) -> None:
    odd = Growing(client.root / "odd", "x", "y\ud800")
    odd.add("x", 0.5)
    assert next(client.news("/api/runs/odd/stream"))["rows"]
    assert client.get("/api/runs/odd").json["target"] == "y?"
    assert "y?" in {run["target"] for run in next(client.news("/api/stream"))["runs"]}
    odd.writer._close()


def test_few_runs_are_followed_at_a_time(tmp_path) -> None:  # type: ignore[no-untyped-def]
    journals = Journals()
    first = journals.of(tmp_path / "0")
    assert journals.of(tmp_path / "0") is first
    for number in range(1, 100):
        journals.of(tmp_path / str(number))
    assert journals.of(tmp_path / "0") is not first
