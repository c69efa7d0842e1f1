"""Statements for the benchmark are what they say they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks.knowledge import arguments, summary, trials
from benchmarks.problems import random_problems
from benchmarks.statements import CLEARLY, false_statement, misses, statements_for, true_statements
from benchmarks.summary import key

PROBLEMS = random_problems(5, 6)


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.name)
def test_true_statements_hold_and_a_false_one_is_clearly_broken(problem: Any) -> None:
    held = true_statements(problem)
    assert not held or misses(problem, held).max() == 0.0
    wrong = false_statement(problem, 0.05, 0)
    assert not wrong or misses(problem, [wrong])[0] > CLEARLY * 0.05 * 0.5
    told, false = statements_for(problem, "false", 0.05, 0)
    assert false == wrong and (not wrong or told[-1] == wrong)
    assert set(told) - {wrong} <= set(held)


def test_each_problem_is_asked_for_in_six_ways() -> None:
    asked = trials(arguments().parse_args(["--limit", "2", "--out", "x.jsonl"]))
    scarce = ["", "true", "columns", "functions", "required"]
    ways = [*((told, 20) for told in scarce), ("false", 200)]
    assert [(trial.told, trial.rows) for trial in asked[:6]] == ways
    assert len({key(vars(trial)) for trial in asked}) == len(asked) == 12


def test_the_summary_counts_what_was_named() -> None:
    base = {"error": "", "overrun": False, "picked": True, "on_front": True, "statements": [], "named": []}
    records = [
        {**base, "told": "", "picked": False, "false_statement": ""},
        {**base, "told": "true", "false_statement": ""},
        {**base, "told": "false", "false_statement": "a", "statements": ["b", "a"], "named": ["a", "b"]},
    ]
    text = summary(records)
    assert "20 rows, without: picked 0, on the front 1 of 1" in text
    assert "named in 1 of 1; of 1 true ones 1 named" in text
    assert Path("benchmarks/results/symlaw-knowledge.jsonl") == arguments().parse_args([]).out
