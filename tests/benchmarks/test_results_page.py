"""The benchmark page is written from result files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.results_page import BEGIN, END, PAGE, main, recovery_part, with_part
from benchmarks.summary import newest, read

OLD = {
    "engine": "symlaw", "suite": "nguyen", "problem": "Nguyen-1", "noise": 0.0, "seed": 0, "seconds": 30.0,
    "threads": 2, "overrun": False, "on_front": True, "picked": True, "error": "", "engine_version": "0.1",
    "operators": "+ *", "machine": {"processor": "Some CPU", "cores": 2, "system": "Linux"},
    "versions": {"python": "3.11.7"}, "commit": "abc", "date": "2026-11-22T17:12:05+00:00",
}  # fmt: skip


def made(**changes: Any) -> dict[str, Any]:
    return {**OLD, **changes}


def test_each_setting_and_engine_is_a_row() -> None:
    records = [made(), made(problem="Nguyen-2", picked=False), made(engine="random", on_front=False)]
    rows = [line for line in recovery_part(records).splitlines() if line.startswith("| `")]
    assert [row.split(" | ")[5:10] for row in rows] == [
        ["random 0.1", "1", "1", "0", "1"],
        ["symlaw 0.1", "2", "1", "2", "1"],
    ]


def test_date_commit_machine_and_operators_are_stated() -> None:
    part = " ".join(
        recovery_part([made(), made(problem="b", date="2026-12-01T00:00:00+00:00", commit="def+")]).split()
    )
    for fact in ("2026-11-22 to 2026-12-01", "abc and def+", "Some CPU, 2 cores, Linux", "`+ *`", "python 3"):
        assert fact in part


def test_new_figures_are_shown_and_old_lines_do_without() -> None:
    new = made(freeze=True, distractors=2, seconds_to_law=1.25, edit_distance=0.5)
    part = recovery_part([made(), new])
    assert "| - | 0 | 30 s | 2 | symlaw 0.1 | 1 | 1 | 1 | 1 | - | - |" in part
    assert "| frozen, +2 columns | 0 | 30 s | 2 | symlaw 0.1 | 1 | 1 | 1 | 1 | 1.2 | 0.50 |" in part


def test_the_newest_record_of_a_trial_counts_whatever_file_holds_it(tmp_path: Path) -> None:
    old, new = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    old.write_text(json.dumps(made(date="2026-12-02T00:00:00+00:00", on_front=False)) + "\n")
    new.write_text(json.dumps(made()) + "\n" + json.dumps(made(seed=1)) + "\n")
    assert sorted((r["seed"], r["on_front"]) for r in newest([old, new])) == [(0, False), (1, True)]


def test_problems_not_found_are_named() -> None:
    assert "- nguyen, 30 s, symlaw 0.1: Nguyen-1" in recovery_part([made(on_front=False)])
    assert "All were found." in recovery_part([made()])


def test_only_what_is_between_the_markers_changes() -> None:
    page = f"before\n{BEGIN}\nold\n{END}\nafter\n"
    changed = with_part(page, "new")
    assert changed == f"before\n{BEGIN}\n\nnew\n\n{END}\nafter\n"
    assert with_part(changed, "new") == changed


@pytest.mark.parametrize("page", ["", BEGIN, f"{END}{BEGIN}", f"{BEGIN}{BEGIN}{END}"])
def test_a_page_without_its_markers_is_refused(page: str) -> None:
    with pytest.raises(ValueError, match="once each"):
        with_part(page, "new")


def test_the_command_writes_and_checks(tmp_path: Path) -> None:
    results, page = tmp_path / "results.jsonl", tmp_path / "page.md"
    results.write_text(json.dumps(OLD) + "\n")
    page.write_text(f"{BEGIN}\n{END}\n")
    options = [str(results), "--page", str(page)]
    assert main([*options, "--check"]) == 1
    assert main(options) == 0
    assert main([*options, "--check"]) == 0
    assert "Nguyen" not in page.read_text() and "`nguyen`" in page.read_text()


def test_no_records_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        main([str(tmp_path / "none.jsonl"), "--page", str(PAGE)])


def test_the_result_files_in_the_repository_can_be_shown() -> None:
    files = Path("benchmarks/results").glob("symlaw-*.jsonl")
    assert recovery_part([record for path in files for record in read(path)])
