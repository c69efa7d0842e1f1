"""Runs written and read back: finished, going, cut off, damaged."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from symlaw.errors import RunError
from symlaw.runs.process import is_alive, this_process
from symlaw.runs.records import Header
from symlaw.runs.store import read_run, resolve_run
from symlaw.runs.writer import RunWriter, new_run_id

from .conftest import CLOSER, LINE, SQUARE, progress, result

Writer = Callable[..., RunWriter]


def dead_process() -> dict[str, Any]:
    """The record of a process that has ended."""
    code = "import json; from symlaw.runs.process import this_process; print(json.dumps(this_process()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    record: dict[str, Any] = json.loads(done.stdout)
    return record


def test_a_finished_run_reads_back(writer: Writer, header: Header) -> None:
    run = writer()
    run.note("a note")
    run.listen(progress(LINE))
    run.finish(result())
    found = read_run(run.folder)
    assert found.header == header
    assert found.state == "finished"
    assert [row.expression for row in found.rows] == [SQUARE.expression, LINE.expression]
    assert found.rows[0].max_error == float("inf")
    assert (found.recommended, found.reason, found.stopped_by) == (0, "because", "budget used")
    assert found.counters == {"seconds": 1.5, "evaluations": 30}
    assert found.notes == ("a note",)
    assert found.id == "a-run"


def test_a_run_that_goes_on_has_the_front_so_far(writer: Writer) -> None:
    run = writer()
    run.listen(progress(LINE, SQUARE))
    run.listen(progress(CLOSER, SQUARE, evaluations=20))
    found = read_run(run.folder)
    assert found.state == "running"
    assert [row.expression for row in found.rows] == [SQUARE.expression, CLOSER.expression]
    assert [row.loss for row in found.rows] == [0.01, 0.2]
    assert found.rows[0].r2 == pytest.approx(0.99)
    assert found.rows[0].rmse == pytest.approx(1.0)
    assert found.rows[0].mae is None
    assert found.recommended == 0
    assert found.counters["evaluations"] == 20


def test_an_entry_that_left_the_front_is_left_out(writer: Writer) -> None:
    run = writer()
    run.listen(progress(SQUARE, LINE))
    run.listen(progress(SQUARE, evaluations=20))
    run.listen(progress(SQUARE, evaluations=30, stopping="done"))
    assert len(read_run(run.folder).rows) == 2
    run.listen(progress(SQUARE, CLOSER, evaluations=40))
    assert [row.expression for row in read_run(run.folder).rows] == [SQUARE.expression, CLOSER.expression]


def test_a_run_whose_process_died_is_interrupted(tmp_path: Path, header: Header) -> None:
    run = RunWriter(tmp_path / "a", replace(header, process=dead_process()))
    run.listen(progress(LINE))
    found = read_run(run.folder)
    assert found.state == "interrupted"
    assert len(found.rows) == 1


def test_a_run_that_failed_says_why(writer: Writer) -> None:
    run = writer()
    run.listen(progress(LINE))
    run.fail("ended by an error: boom")
    found = read_run(run.folder)
    assert (found.state, found.stopped_by) == ("interrupted", "ended by an error: boom")


def test_a_run_without_anything_found(writer: Writer) -> None:
    found = read_run(writer().folder)
    assert found.rows == ()
    assert found.recommended is None
    with pytest.raises(RunError, match="has found no formula yet"):
        found.row()


def test_a_cut_last_line_is_ignored(writer: Writer) -> None:
    run = writer()
    run.listen(progress(LINE))
    run.listen(progress(LINE, SQUARE))
    journal = run.folder / "journal.jsonl"
    whole = journal.read_bytes()
    for cut in range(whole.find(b"\n") + 1, len(whole)):
        journal.write_bytes(whole[:cut])
        assert len(read_run(run.folder).rows) in (1, 2)
    assert [row.expression for row in read_run(run.folder).rows][-1] == LINE.expression


def test_every_line_of_the_journal_is_json_with_what_resuming_needs(writer: Writer) -> None:
    run = writer()
    run.listen(progress(LINE))
    run.finish(result())
    lines = [json.loads(line) for line in (run.folder / "journal.jsonl").read_text().splitlines()]
    assert [line["kind"] for line in lines] == ["front", "end"]
    assert lines[0]["epochs"] == 1
    assert lines[0]["evaluations"] == 10
    stored = lines[0]["entries"][0]
    assert set(stored) == {"complexity", "loss", "source", "expression", "inner"}


def test_epochs_with_nothing_to_say_write_nothing(writer: Writer) -> None:
    run = writer()
    for evaluations in range(10, 1000):
        run.listen(progress(LINE, evaluations=evaluations))
    assert len((run.folder / "journal.jsonl").read_text().splitlines()) == 1


@pytest.mark.parametrize(("file", "key"), [("run.json", "symlaw_run"), ("result.json", "symlaw_result")])
def test_an_unknown_version_is_refused(writer: Writer, file: str, key: str) -> None:
    run = writer()
    run.finish(result())
    record = json.loads((run.folder / file).read_text())
    (run.folder / file).write_text(json.dumps({**record, key: 99}))
    with pytest.raises(RunError, match="has format version 99 and this symlaw reads 1"):
        read_run(run.folder)


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "{}", '{"symlaw_run": 1}', '{"symlaw_run": 1, "seed": 2}']
)
def test_a_damaged_header_is_refused(writer: Writer, content: str) -> None:
    run = writer()
    (run.folder / "run.json").write_text(content)
    with pytest.raises(RunError):
        read_run(run.folder)


def test_a_missing_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="cannot be read"):
        read_run(tmp_path)


def test_a_folder_that_holds_a_run_is_not_written_over(writer: Writer) -> None:
    first, second, third = writer(), writer(), writer()
    first.listen(progress(LINE))
    assert [w.folder.name for w in (first, second, third)] == ["a-run", "a-run-2", "a-run-3"]
    assert len(read_run(first.folder).rows) == 1


def test_resolve_by_id_prefix_path_and_last(tmp_path: Path, header: Header) -> None:
    for name, created in [("2026-b", "2026-01-02"), ("2026-a", "2026-01-03"), ("2025-c", "2026-01-01")]:
        RunWriter(tmp_path / name, replace(header, created=created))
    assert resolve_run("2026-b", tmp_path) == tmp_path / "2026-b"
    assert resolve_run("2025", tmp_path) == tmp_path / "2025-c"
    assert resolve_run(str(tmp_path / "2026-a")) == tmp_path / "2026-a"
    assert resolve_run("last", tmp_path) == tmp_path / "2026-a"
    with pytest.raises(RunError, match="'2026' begins several ids: 2026-a, 2026-b"):
        resolve_run("2026", tmp_path)
    with pytest.raises(RunError, match="there is no run 'x'"):
        resolve_run("x", tmp_path)
    with pytest.raises(RunError, match="none is there"):
        resolve_run("last", tmp_path / "empty")


def test_an_exact_id_wins_over_longer_ones(tmp_path: Path, header: Header) -> None:
    for _ in range(2):
        RunWriter(tmp_path / "a", header)
    assert resolve_run("a", tmp_path) == tmp_path / "a"


def test_ids_sort_by_time_and_differ() -> None:
    ids = {new_run_id() for _ in range(50)}
    assert len(ids) > 40
    assert all(len(one) == len("2026-01-01-120000-abcd") for one in ids)


def test_a_process_is_told_from_one_of_the_same_number() -> None:
    here = this_process()
    assert is_alive(here)
    assert not is_alive({**here, "host": "elsewhere"})
    assert not is_alive({**here, "boot": "another"})
    assert not is_alive(dead_process())
    if here["mark"]:
        assert not is_alive({**here, "mark": "1"})


def test_a_formula_is_found_by_complexity(writer: Writer) -> None:
    run = writer()
    run.finish(result())
    found = read_run(run.folder)
    assert found.row().expression == SQUARE.expression
    assert found.row(3).expression == LINE.expression
    with pytest.raises(RunError, match="no formula of complexity 5: there are 2, 3"):
        found.row(5)
