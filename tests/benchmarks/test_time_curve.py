"""Laws against time come from one fit of each problem, and fits are not repeated."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from benchmarks.time_curve import curve, main
from benchmarks.trial import Trial

FOUND_AT = {"mechanisms-5-0": 3.0, "mechanisms-5-1": 50.0, "mechanisms-5-2": None}


def fake(trial: Trial) -> dict[str, Any]:
    """A record of a fit that found a law at a known time."""
    seconds = FOUND_AT[trial.problem] if trial.engine == "symlaw" else None
    return {
        **asdict(trial), "on_front": seconds is not None, "picked": False, "overrun": False, "error": "",
        "picked_formula": "x", "seconds_used": trial.seconds, "seconds_to_law": seconds,
        "work_to_law": None if seconds is None else 10 * seconds,
    }  # fmt: skip


def test_a_law_counts_from_when_it_came_to_the_front() -> None:
    records = [{"seconds_to_law": 3.0}, {"seconds_to_law": 50.0}, {"seconds_to_law": None}]
    assert curve(records, "seconds", (1.0, 3.0, 49.0, 60.0)) == [0, 1, 1, 2]


def test_a_second_run_only_prints(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["--suite", "mechanisms-5", "--limit", "3", "--engines", "symlaw,symlaw:bank", "--seconds", "60"]
    asked += ["--out", str(tmp_path / "curve.jsonl")]
    assert main(asked, fake) == 0
    first = capsys.readouterr().out.splitlines()
    rows = [row.split() for row in first if row.startswith("symlaw ")]
    assert rows[0] == ["symlaw", "0", "1", "1", "1", "1", "2", "3"]
    begun: list[Trial] = []
    assert main(asked, lambda trial: begun.append(trial) or fake(trial)) == 0
    assert not begun
