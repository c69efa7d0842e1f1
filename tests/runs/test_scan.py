"""Lists of runs from headers, filters, clearing up, following a journal, and requests to other processes."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from symlaw.errors import InvalidSetting, RunError
from symlaw.runs.control import obey, take_back, wish, wished
from symlaw.runs.journal import follow
from symlaw.runs.records import Header
from symlaw.runs.scan import Filter, clutter, differences, moment_of, remove, scan, summary
from symlaw.runs.store import read_run
from symlaw.runs.writer import RunWriter
from symlaw.search.loop.budget import Spent

from .conftest import CLOSER, LINE, SQUARE, progress, result
from .test_store import dead_process

Writer = Callable[..., RunWriter]


def test_a_header_tells_how_a_run_ended(writer: Writer) -> None:
    run = writer()
    run.finish(result())
    (run.folder / "journal.jsonl").unlink()
    (run.folder / "result.json").unlink()
    found = summary(run.folder)
    assert (found.state, found.target, found.source) == ("finished", "y", "/data/t.csv")
    assert found.outcome["formula"] == "x**2"
    assert found.outcome["evaluations"] == 30


def test_states(tmp_path: Path, header: Header, writer: Writer) -> None:
    going, failed = writer("a"), writer("b")
    failed.fail("boom")
    RunWriter(tmp_path / "c", replace(header, process=dead_process()))
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "run.json").write_text("{")
    found = {run.id: run.state for run in scan(tmp_path)}
    assert found == {"a": "running", "b": "interrupted", "c": "interrupted", "d": "unreadable"}
    wish(going.folder, "pause")
    assert summary(going.folder).state == read_run(going.folder).state == "paused"


def test_filters(tmp_path: Path, header: Header) -> None:
    day = datetime.now(UTC) - timedelta(days=3)
    RunWriter(tmp_path / "old", replace(header, created=day.isoformat())).finish(result())
    RunWriter(tmp_path / "new", replace(header, target_name="z", source="/other/u.csv")).fail("x")

    def ids(**wanted: object) -> list[str]:
        return [run.id for run in scan(tmp_path, Filter(**wanted))]  # type: ignore[arg-type]

    assert ids() == ["old", "new"]
    assert ids(target="z") == ids(source="u.csv") == ids(state="interrupted") == ["new"]
    assert ids(since=moment_of("2d")) == ["new"]
    assert ids(since=moment_of("1w")) == ["old", "new"]
    assert ids(since=moment_of("2001-01-01")) == ["old", "new"]


@pytest.mark.parametrize("text", ["", "yesterday", "xd", "2026-13-01", "nand"])
def test_no_moment(text: str) -> None:
    with pytest.raises(InvalidSetting, match="is no moment"):
        moment_of(text)


def test_differences_of_settings() -> None:
    assert differences({"a": 1, "b": [1]}, {"b": [2], "c": None}) == [("a", "1", "null"), ("b", "[1]", "[2]")]


def test_removing_and_clearing_up(tmp_path: Path, writer: Writer) -> None:
    done, going = writer("done"), writer("going")
    for run in (done, going):
        (run.folder / "checkpoint.npz").write_bytes(b"x")
        (run.folder / ".result.json.7.tmp").write_text("half")
    done.finish(result())
    names = sorted(path.name for path in clutter(scan(tmp_path)))
    assert names == [".result.json.7.tmp", "checkpoint.npz"]
    remove(summary(done.folder))
    assert not done.folder.exists()
    with pytest.raises(RunError, match="is running: stop it first"):
        remove(summary(going.folder))
    assert going.folder.exists()


def test_two_hundred_headers_are_read_quickly(tmp_path: Path, header: Header) -> None:
    text = json.dumps({**header.to_record(), "outcome": {"reason": "done"}})
    for number in range(200):
        (tmp_path / f"r{number:03}").mkdir()
        (tmp_path / f"r{number:03}" / "run.json").write_text(text)
        # a journal that is read would be refused
        (tmp_path / f"r{number:03}" / "journal.jsonl").mkdir()
    assert sum(run.state == "finished" for run in scan(tmp_path)) == 200


def test_following_a_journal(writer: Writer) -> None:
    run = writer()
    path = run.folder / "journal.jsonl"
    run.listen(progress(LINE))
    records, offset = follow(path)
    assert [record["kind"] for record in records] == ["front"]
    assert follow(path, offset) == ([], offset)
    run.listen(progress(LINE, SQUARE, evaluations=20))
    with path.open("ab") as file:
        file.write(b'{"kind": "no')
    records, offset = follow(path, offset)
    assert [record["evaluations"] for record in records] == [20]
    assert follow(path, offset) == ([], offset)
    assert follow(path.with_name("none"), 7) == ([], 7)


def test_a_request_to_stop(writer: Writer) -> None:
    run, stop = writer(), threading.Event()
    run.obey(progress(LINE), stop)
    assert not stop.is_set()
    wish(run.folder, "stop")
    run.obey(progress(LINE), stop)
    assert stop.is_set()
    run.finish(result())
    assert wished(run.folder) is None


def test_a_pause_does_not_count_as_time_used(tmp_path: Path) -> None:
    spent, told = Spent(), []
    wish(tmp_path, "pause")
    before = spent.seconds
    threading.Timer(0.3, lambda: take_back(tmp_path)).start()
    began = time.monotonic()
    obey(tmp_path, spent, threading.Event(), told.append)
    assert time.monotonic() - began >= 0.3
    assert spent.seconds - before < 0.2
    assert [record["kind"] for record in told] == ["paused", "continued"]


def test_a_run_that_goes_on_keeps_what_it_had(writer: Writer, header: Header) -> None:
    run = writer()
    run.listen(progress(LINE, SQUARE, evaluations=50))
    run.finish(result())
    again = RunWriter(run.folder, header, again=True)
    found = read_run(run.folder)
    assert (found.state, len(found.rows)) == ("running", 2)
    again.listen(progress(LINE, evaluations=40))
    assert len(read_run(run.folder).rows) == 2
    again.listen(progress(CLOSER, SQUARE, evaluations=60))
    assert read_run(run.folder).rows[-1].expression == CLOSER.expression
    with pytest.raises(RunError, match="is being written by another process"):
        RunWriter(run.folder, header, again=True)
    again.finish(result())
    assert read_run(run.folder).state == "finished"


def test_a_link_to_a_run_elsewhere_is_not_removed(writer: Writer, tmp_path: Path) -> None:
    run = writer()
    run.finish(result())
    link = tmp_path / "link"
    link.symlink_to(run.folder, target_is_directory=True)
    with pytest.raises(RunError, match="a link to a folder elsewhere"):
        remove(summary(link))
    assert (run.folder / "run.json").exists()
