"""Recovery runs resume, keep what they have, and report."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from benchmarks.problems import random_problems
from benchmarks.recovery import arguments, main, run_all, trials
from benchmarks.summary import differences, key, read, table, unsolved
from benchmarks.trial import Trial, find_problem


def fake(trial: Trial, **found: Any) -> dict[str, Any]:
    """A record as an engine would give it."""
    return {
        **asdict(trial),
        "engine_version": "1",
        "seconds_used": trial.seconds,
        "overrun": False,
        "on_front": True,
        "picked": True,
        "picked_formula": "x",
        "error": "",
        **found,
    }


def asked(*options: str) -> list[Trial]:
    return trials(arguments().parse_args(["--suite", "nguyen", *options]))


def test_every_problem_is_asked_for_once_per_seed() -> None:
    found = asked("--seeds", "2")
    assert len(found) == 26
    assert len(set(found)) == 26


def test_problems_are_chosen_by_name_number_of_inputs_and_limit() -> None:
    assert [t.problem for t in asked("--problems", "Nguyen-3,Nguyen-9")] == ["Nguyen-3", "Nguyen-9"]
    assert len(asked("--max-variables", "1")) == 8
    assert [t.problem for t in asked("--limit", "2")] == ["Nguyen-1", "Nguyen-2"]


def test_a_run_appends_one_line_per_trial(tmp_path: Path) -> None:
    out = tmp_path / "made" / "results.jsonl"
    run_all(asked("--limit", "3"), out, trial=fake, show=lambda _: None)
    assert sorted(r["problem"] for r in read(out)) == ["Nguyen-1", "Nguyen-2", "Nguyen-3"]


def test_a_second_run_does_only_what_is_missing(tmp_path: Path) -> None:
    out = tmp_path / "results.jsonl"
    done: list[str] = []

    def count(trial: Trial) -> dict[str, Any]:
        done.append(trial.problem)
        return fake(trial)

    run_all(asked("--limit", "2"), out, trial=count, show=lambda _: None)
    records = run_all(asked("--limit", "3"), out, trial=count, show=lambda _: None)
    assert sorted(done) == ["Nguyen-1", "Nguyen-2", "Nguyen-3"]
    assert len(records) == len(read(out)) == 3


@pytest.mark.parametrize(
    "option",
    ["--noise=0.01", "--seconds=5", "--threads=1", "--engine=pyoperon", "--freeze", "--distractors=3"],
)
def test_other_settings_are_other_trials(tmp_path: Path, option: str) -> None:
    out = tmp_path / "results.jsonl"
    run_all(asked("--problems", "Nguyen-9"), out, trial=fake, show=lambda _: None)
    run_all(asked("--problems", "Nguyen-9", option), out, trial=fake, show=lambda _: None)
    assert len(read(out)) == 2


def test_a_record_without_a_variant_is_of_the_problem_as_it_is(tmp_path: Path) -> None:
    out = tmp_path / "results.jsonl"
    (trial,) = asked("--limit", "1")
    old = {name: value for name, value in fake(trial).items() if name not in ("freeze", "distractors")}
    assert key(old) == key(fake(trial))
    out.write_text(json.dumps(old) + "\n")
    assert run_all([trial], out, trial=lambda _: pytest.fail("done already"), show=lambda _: None) == [old]


def test_several_noise_levels_are_asked_for_one_after_the_other() -> None:
    found = asked("--limit", "2", "--noise", "0", "0.001", "0.01")
    assert [t.noise for t in found] == [0, 0, 0.001, 0.001, 0.01, 0.01]


def test_problems_of_one_input_are_not_frozen() -> None:
    assert {t.problem for t in asked("--freeze")} == {
        "Nguyen-9", "Nguyen-10", "Nguyen-11", "Nguyen-12", "Nguyen-12a"
    }  # fmt: skip


def test_a_line_cut_short_is_done_again_and_spoils_no_other(tmp_path: Path) -> None:
    out = tmp_path / "results.jsonl"
    run_all(asked("--limit", "2"), out, trial=fake, show=lambda _: None)
    out.write_text(out.read_text()[:-30])
    run_all(asked("--limit", "2"), out, trial=fake, show=lambda _: None)
    assert sorted(r["problem"] for r in read(out)) == ["Nguyen-1", "Nguyen-2"]


def test_results_stay_when_a_trial_raises(tmp_path: Path) -> None:
    out = tmp_path / "results.jsonl"

    def fail_on_second(trial: Trial) -> dict[str, Any]:
        if trial.problem == "Nguyen-2":
            raise KeyboardInterrupt
        return fake(trial)

    with pytest.raises(KeyboardInterrupt):
        run_all(asked("--limit", "2"), out, trial=fail_on_second, show=lambda _: None)
    assert [r["problem"] for r in read(out)] == ["Nguyen-1"]


def test_an_error_is_tried_again_and_replaced(tmp_path: Path) -> None:
    out = tmp_path / "results.jsonl"
    run_all(asked("--limit", "1"), out, trial=lambda t: fake(t, error="crashed"), show=lambda _: None)
    run_all(asked("--limit", "1"), out, trial=fake, show=lambda _: None)
    assert [r["error"] for r in read(out)] == [""]


def test_an_overrun_is_a_miss() -> None:
    first, second = asked("--limit", "2")
    last = table([fake(first), fake(second, overrun=True)]).splitlines()[-1].split()
    assert last[-9:-3] == ["2", "1", "1", "0", "1", "0"]


def test_a_formula_with_a_vanishing_term_is_counted_apart() -> None:
    (trial,) = asked("--limit", "1")
    record = fake(trial, on_front=False, picked=False, vanishing_rows=[2])
    assert table([record]).splitlines()[-1].split()[-9:-3] == ["1", "0", "0", "1", "0", "0"]


def test_time_to_the_law_is_the_median_of_solved_problems() -> None:
    found = asked("--limit", "4")
    seconds = [1.0, 2.0, 9.0]
    records = [fake(t, seconds_to_law=s) for t, s in zip(found, seconds, strict=False)]
    records.append(fake(found[3], on_front=False, seconds_to_law=None))
    assert table(records).splitlines()[-1].split()[-3] == "2.00"


def test_edit_distance_is_the_mean_of_those_known() -> None:
    distances = [0.0, 0.5, None]
    records = [fake(t, edit_distance=d) for t, d in zip(asked("--limit", "3"), distances, strict=True)]
    assert table(records).splitlines()[-1].split()[-2] == "0.250"


def test_formulas_with_irrelevant_columns_are_counted() -> None:
    records = [fake(t, uses_irrelevant=u) for t, u in zip(asked("--limit", "2"), (True, False), strict=True)]
    assert table(records).splitlines()[-1].split()[-1] == "1"


def test_variants_of_a_suite_are_lines_of_their_own() -> None:
    plain, harder = asked("--problems", "Nguyen-9"), asked("--problems", "Nguyen-9", "--freeze")
    lines = table([fake(*plain), fake(*harder)]).splitlines()
    assert len(lines) == 4 and "frozen" in lines[3]


def test_unsolved_problems_are_named_with_the_seeds_that_lack_them() -> None:
    found = asked("--limit", "3", "--seeds", "2")
    solved = {("Nguyen-1", 0), ("Nguyen-1", 1), ("Nguyen-2", 0)}
    text = unsolved([fake(t, on_front=(t.problem, t.seed) in solved) for t in found])
    assert text.splitlines()[1:] == ["nguyen, 30 s, symlaw 1: Nguyen-2(1) Nguyen-3"]
    assert unsolved([fake(found[0])]) == ""


def test_engines_stand_side_by_side_where_they_differ() -> None:
    mine, same = asked("--limit", "2")
    peer = asked("--limit", "1", "--engine", "pyoperon")[0]
    text = differences([fake(mine), fake(same), fake(peer, picked=False)])
    assert text.splitlines()[1:] == [
        "Nguyen-1                 seed 0  pyoperon 1: on front, symlaw 1: picked"
    ]


def test_the_summary_command_reads_several_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = []
    for name in ("symlaw", "gplearn"):
        files.append(tmp_path / f"{name}.jsonl")
        record = fake(asked("--limit", "1", "--engine", name)[0], picked=name == "symlaw")
        files[-1].write_text(json.dumps(record) + "\n")
    assert main(["--summary", *map(str, files)]) == 0
    shown = capsys.readouterr().out
    assert "gplearn 1" in shown and "where engines differ" in shown


def test_generated_problems_are_found_again_by_name() -> None:
    trial = Trial("symlaw", "generator-5", "random-5-7", 0.0, 0, 1.0, 1)
    assert find_problem(trial) == random_problems(5, 8)[7]
