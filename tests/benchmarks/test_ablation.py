"""The ablation asks for each searcher alone and left out, and sums up."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from benchmarks import ablation
from benchmarks.problems import load
from benchmarks.trial import Trial
from symlaw.search.searchers import SCHEDULE


def fake(trial: Trial, **found: Any) -> dict[str, Any]:
    base = {"engine_version": "1", "seconds_used": 1.0, "overrun": False, "on_front": True, "picked": True}
    return {**asdict(trial), **base, "picked_formula": "x", "seconds_to_law": 2.0, "error": "", **found}


def asked(*options: str) -> list[Trial]:
    return ablation.trials(ablation.arguments().parse_args(options))


def test_each_searcher_is_alone_and_left_out_once() -> None:
    names = ablation.engines()
    assert len(names) == len(set(names)) == 1 + 2 * len(SCHEDULE)
    assert {"symlaw", "symlaw:bank", "symlaw:-bank"} <= set(names)


def test_problems_are_for_development() -> None:
    problems = ablation.default_problems()
    assert Counter(suite == ablation.FEYNMAN for suite, _ in problems) == {True: 30, False: 31}
    assert not {name for _, name in problems} & {problem.name for problem in load("feynman-claims")}
    assert len(asked()) == 61 * 2 * len(ablation.engines())


def test_engines_can_be_chosen() -> None:
    trials = asked("--problems", "I.6.2", "--seeds", "1", "--engines", "symlaw,symlaw:-bank")
    assert [trial.engine for trial in trials] == ["symlaw", "symlaw:-bank"]


def test_engines_take_turns_on_each_problem() -> None:
    first = asked("--problems", "I.6.2,I.8.14")[: len(ablation.engines())]
    assert {trial.problem for trial in first} == {"I.6.2"}
    assert [trial.engine for trial in first] == ablation.engines()


def test_the_table_has_a_line_for_each_engine() -> None:
    one, other = asked("--problems", "I.6.2", "--seeds", "2")[:: len(ablation.engines())]
    text = ablation.table([fake(one), fake(other, on_front=False, picked=False, seconds_to_law=None)])
    assert text.splitlines()[-1].split() == ["symlaw", "2", "1", "1", "2.00", "6.00"]


def test_an_overrun_is_unsolved() -> None:
    (one,) = asked("--problems", "I.6.2", "--seeds", "1")[:1]
    assert ablation.table([fake(one, overrun=True)]).splitlines()[-1].split()[2:] == ["0", "0", "-", "10.00"]


def test_a_second_run_does_only_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    done: list[Trial] = []

    def count(trial: Trial) -> dict[str, Any]:
        done.append(trial)
        return fake(trial)

    run_all = ablation.run_all
    monkeypatch.setattr(ablation, "run_all", lambda asked, out: run_all(asked, out, trial=count))
    options = ["--problems", "I.6.2", "--out", str(tmp_path / "ablation.jsonl"), "--seeds"]
    assert ablation.main([*options, "1"]) == 0
    assert ablation.main([*options, "2"]) == 0
    assert len(done) == 2 * len(ablation.engines())
    assert "symlaw:-bank" in capsys.readouterr().out
