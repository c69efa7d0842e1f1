"""Splits, figures and the result file of the tables without a law; the tables where statsmodels is there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.without_law import PlainTrial, arguments, key, r2_of, run_all, split_of, summary, trials
from benchmarks.without_law_tables import load


def record(name: str, split: int, r2: float, linear: float = 0.5, complexity: float = 9) -> dict[str, Any]:
    return {
        "name": name, "split": split, "seconds": 1.0, "threads": 1, "r2": r2, "linear": linear,
        "forest": 0.4, "complexity": complexity, "formula": "x", "error": "",
    }  # fmt: skip


def test_a_split_is_fixed_by_its_number_and_leaves_a_quarter_of_the_rows() -> None:
    fitted, new = split_of(100, 3)
    assert len(new) == 25
    assert sorted([*fitted, *new]) == list(range(100))
    assert np.array_equal(new, split_of(100, 3)[1])
    assert not np.array_equal(new, split_of(100, 4)[1])


def test_predictions_that_are_no_numbers_count_as_the_worst() -> None:
    y = np.array([1.0, 2.0, 3.0])
    assert r2_of(y, y, 0.0) == 1.0
    assert r2_of(y, np.array([1.0, np.nan, 3.0]), 0.0) == -np.inf


def test_the_summary_names_tables_behind_and_splits_that_are_broken() -> None:
    told = summary([record("a", 0, 0.5), record("a", 1, -0.7), record("b", 0, 0.1), record("b", 1, 0.2)])
    assert "more than 0.1 behind the linear fit: 2 (bar: 0) a, b" in told
    assert "above 0: 1 (bar: 0) a (1)" in told
    assert "median complexity: 9" in told


def test_only_what_the_file_lacks_is_run(tmp_path: Path) -> None:
    asked = [PlainTrial("a", 0, 1.0, 1), PlainTrial("a", 1, 1.0, 1)]
    ran: list[int] = []

    def trial(one: PlainTrial) -> dict[str, Any]:
        ran.append(one.split)
        return record(one.name, one.split, 0.5)

    results = tmp_path / "results.jsonl"
    run_all(asked[:1], results, trial, show=lambda _: None)
    found = run_all(asked, results, trial, show=lambda _: None)
    assert ran == [0, 1]
    assert [key(one) for one in found] == [key(vars(one)) for one in asked]


def test_twenty_tables_of_50_to_1000_rows_are_shipped() -> None:
    pytest.importorskip("statsmodels.api")
    tables = load()
    assert len(tables) == 20
    assert all(50 <= len(one.y) <= 1000 and 4 <= one.X.shape[1] <= 20 for one in tables)
    assert all(np.all(np.isfinite(one.X)) and len(set(one.inputs)) == one.X.shape[1] for one in tables)
    assert len(trials(arguments().parse_args(["--limit", "2"]))) == 10
