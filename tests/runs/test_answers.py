"""Runs of other questions: written, read, listed, archived, removed."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from symlaw.errors import RunError
from symlaw.runs.answers import ANSWER_FILE, AnswerWriter, Asked, read_answer, task_of
from symlaw.runs.archives import export_run, import_run
from symlaw.runs.control import take_back, wish
from symlaw.runs.scan import remove, scan, summary
from symlaw.runs.store import read_run, resolve_run

OUTCOME = {"reason": "all was tried", "seconds": 1.5, "loss": 0.25, "complexity": 3, "formula": "x' = x"}


def asked() -> Asked:
    return Asked("dynamics", "all states", "/data/runs.csv", {"order": 2}, {"time": "t"}, "symlaw dynamics")


def written(root: Path) -> Path:
    writer = AnswerWriter(root / "one", asked())
    writer.note("right sides for x")
    writer.finish(lambda path: path.write_text("{}") and None, {**OUTCOME, "target": "x, v"})
    return writer.folder


def test_what_was_written_is_read(tmp_path: Path) -> None:
    answer = read_answer(written(tmp_path))
    assert (answer.state, answer.asked.task, answer.asked.target) == ("finished", "dynamics", "x, v")
    assert answer.asked.settings == {"order": 2} and answer.asked.reading == {"time": "t"}
    assert answer.notes == ("right sides for x",)
    assert answer.outcome == OUTCOME
    assert answer.model_file.read_text() == "{}"


def test_it_is_listed_and_removed_as_other_runs(tmp_path: Path) -> None:
    folder = written(tmp_path)
    (one,) = scan(tmp_path)
    assert (one.task, one.target, one.state, one.outcome["formula"]) == (
        "dynamics", "x, v", "finished", "x' = x"
    )  # fmt: skip
    assert resolve_run("last", tmp_path) == folder
    remove(one)
    assert not folder.exists()


def test_one_that_goes_says_so_and_can_be_asked_to_stop(tmp_path: Path) -> None:
    writer = AnswerWriter(tmp_path / "one", asked())
    assert read_answer(writer.folder).state == "running" and summary(writer.folder).state == "running"
    stop = threading.Event()
    assert not writer.asks(stop)
    wish(writer.folder, "stop")
    assert writer.asks(stop)
    with pytest.raises(RunError, match="is running and has no answer"):
        read_answer(writer.folder).model_file  # noqa: B018
    writer.fail("the disk is full")
    assert read_answer(writer.folder).state == "interrupted"


def test_a_pause_waits_until_it_is_taken_back_or_the_search_is_ended(tmp_path: Path) -> None:
    writer = AnswerWriter(tmp_path / "one", asked())
    wish(writer.folder, "pause")
    timer = threading.Timer(0.3, lambda: take_back(writer.folder))
    timer.start()
    assert not writer.asks(threading.Event())
    timer.join()
    wish(writer.folder, "pause")
    ended = threading.Event()
    ended.set()
    assert not writer.asks(ended)
    writer.fail("")


def test_a_folder_that_cannot_be_written_costs_no_search(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    said: list[str] = []
    writer = AnswerWriter(tmp_path / "file" / "one", asked(), said.append)
    writer.note("on")
    writer.finish(lambda path: None, OUTCOME)
    assert len(said) == 1 and "cannot be saved" in said[0]


def test_commands_for_formulas_refuse_it(tmp_path: Path) -> None:
    folder = written(tmp_path)
    assert task_of(folder) == "dynamics"
    with pytest.raises(RunError, match="is of dynamics: symlaw show, report and export take it"):
        read_run(folder)


def test_it_travels_as_an_archive(tmp_path: Path) -> None:
    folder = written(tmp_path)
    export_run(folder, tmp_path / "one.zip")
    there = import_run(tmp_path / "one.zip", tmp_path / "elsewhere")
    assert read_answer(there).outcome == OUTCOME and (there / ANSWER_FILE).is_file()


def test_a_damaged_header_is_named(tmp_path: Path) -> None:
    folder = written(tmp_path)
    text = (folder / "run.json").read_text().replace('"reading"', '"writing"')
    (folder / "run.json").write_text(text)
    with pytest.raises(RunError, match="'reading' is missing"):
        read_answer(folder)
